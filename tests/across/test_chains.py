"""Paths over several hosts (rules R8.6, R8.7)."""

from __future__ import annotations

import polars as pl
from events_inline import console_on, event, rdp_on, sid_of
from several_hosts import ADDRESS, ADM, ANN, SRV, WS1, network_on, seen_together, session

SRV2 = ADDRESS["srv2"]
KNOWN = ("ws1", "srv", "srv2")
FROM_OUTSIDE = rdp_on(0, ANN, 0xA0010, "203.0.113.7", 1)


def used(at, by, who, server):
    return event("security_4648", at, user=who, by=by, server=f"{server}.lab", spn=f"{server}.lab",
                 process=r"C:\Windows\System32\net.exe")


def paths(made, *, every=True):
    """Each chain as its hosts, the end first."""
    chains = made["chains"] if every else made["chains"].filter(pl.col("hidden").is_null())
    return sorted([hop["host"].removesuffix(".lab") for hop in row] for row in chains["hops"])


def test_steps_that_follow_each_other_are_one_path():
    made = seen_together(
        known=KNOWN,
        ws1=[FROM_OUTSIDE],
        srv=[rdp_on(600, ANN, 0xB0010, WS1, 2)],
        srv2=[network_on(900, ANN, 0xC0010, ip=SRV)],
    )
    [chain] = made["chains"].to_dicts()
    assert [hop["session"] for hop in chain["hops"]] == [
        session(made, host=name) for name in ("ws1", "srv", "srv2")
    ]
    assert [hop["move"] is None for hop in chain["hops"]] == [False, False, False]
    assert (chain["entry_address"], chain["entry_class"]) == ("203.0.113.7", "external")
    assert (chain["causal_user"], chain["credential_switches"], chain["new_host"]) == (
        ANN, 0, True
    )
    assert (chain["score"], chain["total"]) == (40, 80)


def test_a_path_never_goes_back_in_time():
    """R8.6: who was at srv before ann came from ws1 did not come from there."""
    made = seen_together(
        known=KNOWN,
        ws1=[console_on(0, ANN, 0xA0010)],
        srv=[rdp_on(600, ANN, 0xB0010, WS1, 2)],
        srv2=[network_on(300, ANN, 0xC0010, ip=SRV)],
    )
    assert paths(made) == [["ws1", "srv"]]


def test_a_branch_is_a_path_of_its_own():
    made = seen_together(
        known=KNOWN,
        ws1=[FROM_OUTSIDE],
        srv=[rdp_on(600, ANN, 0xB0010, WS1, 2)],
        srv2=[network_on(900, ANN, 0xC0010, ip=WS1)],
    )
    assert paths(made) == [["ws1", "srv"], ["ws1", "srv2"]]


def test_a_switch_of_accounts_on_a_host_is_part_of_the_path():
    """R8.7: runas, then on as the other account; the causal user stays the first."""
    runas = event("security_4624", 300, user=ADM, luid=0xA0030, logon_type=2, by=0xA0010,
                  logon_process="seclogo", address="::1", actor_user="ann")
    made = seen_together(
        known=KNOWN, ws1=[FROM_OUTSIDE, runas], srv=[network_on(600, ADM, 0xB0010)],
    )
    [chain] = made["chains"].to_dicts()
    assert [hop["user"] for hop in chain["hops"]] == [ANN, ADM, ADM]
    assert (chain["causal_user"], chain["credential_switches"]) == (ANN, 1)


def test_credentials_used_towards_a_host_outside_the_case_end_a_path():
    made = seen_together(
        known=KNOWN, ws1=[FROM_OUTSIDE, used(600, 0xA0010, ADM, "vault")],
    )
    [chain] = made["chains"].to_dicts()
    assert [(hop["session"], hop["host"]) for hop in chain["hops"]][-1] == (None, "vault.lab")
    assert (chain["credential_switches"], chain["new_host"], chain["rank"]) == (1, True, 3)


def test_an_everyday_step_is_hidden():
    """From the own console to a server that one always uses."""
    made = seen_together(
        known=KNOWN, ws1=[console_on(0, ANN, 0xA0010)],
        srv=[network_on(300, ANN, 0xB0001, ip="10.0.0.77"), network_on(5_000, ANN, 0xB0010)],
    )
    assert paths(made, every=False) == []
    assert paths(made) == [["ws1", "srv"]]


def test_the_way_there_and_back_visits_a_host_twice_at_most():
    """R8.6."""
    back = [
        (1, "srv", "ws1"), (2, "ws1", "srv"), (3, "srv", "ws1"), (4, "ws1", "srv"),
        (5, "srv", "ws1"), (6, "ws1", "srv"),
    ]
    lines = {"ws1": [FROM_OUTSIDE], "srv": []}
    for n, here, there in back:
        lines[here].append(rdp_on(600 * n, ANN, 0xA0100 + n, ADDRESS[there], 10 + n, ts=10 + n))
    made = seen_together(known=KNOWN, **lines)
    for path in paths(made):
        assert max(path.count(host) for host in path) <= 2


def test_a_path_names_the_sids_person_not_the_name():
    """R8.7: the first host that the causal user never reached before."""
    early = network_on(-30, ANN, 0xB0001, ip="10.0.0.77", target_sid=sid_of(ANN))
    made = seen_together(
        known=KNOWN, ws1=[FROM_OUTSIDE], srv=[early, network_on(600, ANN, 0xB0010)],
    )
    [chain] = made["chains"].to_dicts()
    assert chain["new_host"] is False
