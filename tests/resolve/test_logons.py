"""Windows logon sessions by LUID: graphsess.resolve.logons, states (R2.1-R2.4, R2.7, R2.8)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    build,
    console_off,
    console_on,
    event,
    logon,
    nla_luid,
    rdp_on,
    shown,
    sysmon_guid,
    told,
)

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9 = "10.0.0.9"


def network(at, luid, user=ANN, **given):
    return event("security_4624", at, user=user, luid=luid,
                 **{"logon_type": 3, "address": WS9, "port": 49_800} | given)


def ended(made, luid):
    row = made["logons"].filter(pl.col("luid") == luid)
    return told(row, "access_end", "end_kind", "destroyed")[0]


# R2.1, R2.2


def test_a_4624_makes_a_logon_session_with_all_it_says():
    """R2.1, R2.2."""
    guid = "11111111-2222-3333-4444-555555555555"
    made = build(network(0, 0xA0010, logon_guid=guid, name="WS9", package="Kerberos",
                         logon_process="Kerberos"))
    assert told(made["logons"], "user", "sid", "logon_type", "package", "source_address",
                "source_port", "workstation", "logon_guid", "start", "start_kind") == [
        (ANN, made["sessions"]["sid"][0], 3, "Kerberos", WS9, 49_800, "WS9", guid, 0, "logged")
    ]


WITNESSES = [
    pytest.param(event(kind, 5, user=ANN, luid=0xA0010, **given), id=kind)
    for kind, given in (
        ("security_4634", {"logon_type": 3}), ("security_4647", {}), ("security_4672", {}),
        ("security_4778", {"session_name": "RDP-Tcp#1", "address": WS9}),
        ("security_4779", {"session_name": "RDP-Tcp#1", "address": WS9}),
        ("security_4688", {"process": "x"}), ("security_4697", {"object": "x"}),
        ("security_5140", {"object": "x"}), ("security_1102", {}),
        ("sysmon_1", {"process": "x", "ts_id": 0}),
    )
]


@pytest.mark.parametrize("witness", WITNESSES)
def test_any_record_that_carries_a_luid_bears_witness_of_an_orphan(witness):
    """R2.1."""
    made = build(witness)
    row = logon(made, 0xA0010)
    assert (row["user"], row["start_us"], row["start_kind"]) == (ANN, None, "unknown")


def test_an_orphan_began_between_the_logons_with_the_next_luids():
    """R2.1: LUIDs grow within a boot; both bounds are kept."""
    made = build(
        network(0, 0xA0010), network(100, 0xA0030, BOB),
        event("security_4688", 300, user=ANN, luid=0xA0020, by=0x3E4, process="x"),
    )
    row = made["logons"].filter(pl.col("luid") == 0xA0020)
    assert told(row, "start", "start_kind", "start_earliest", "start_latest") == [
        (None, "bracketed", 0, 100)
    ]


def test_an_orphan_began_at_the_latest_at_its_first_witness():
    """R2.1."""
    made = build(
        network(0, 0xA0010),
        event("security_4688", 300, user=ANN, luid=0xA0020, by=0x3E4, process="x"),
    )
    row = made["logons"].filter(pl.col("luid") == 0xA0020)
    assert told(row, "start_earliest", "start_latest") == [(0, 300)]


def test_sysmon_tells_when_an_orphan_began():
    """R2.1, finding 10."""
    made = build(event("sysmon_1", 300, user=ANN, luid=0xA0020, ts_id=0, process="x",
                       sysmon_logon=sysmon_guid(0xA0020, 40)))
    row = made["logons"].filter(pl.col("luid") == 0xA0020)
    assert told(row, "start", "start_kind") == [(40, "sysmon")]


def test_a_logon_guid_of_another_luid_tells_nothing():
    """Section 8: validity checks."""
    made = build(event("sysmon_1", 300, user=ANN, luid=0xA0020, ts_id=0, process="x",
                       sysmon_logon=sysmon_guid(0xBEEF, 40)))
    assert logon(made, 0xA0020)["start_kind"] == "unknown"


def test_the_subject_of_a_logon_is_not_its_user():
    """Section 1.1: Subject is the requester."""
    made = build(network(0, 0xA0010, by=0x3E7, actor_user="WS1$", actor_sid="S-1-5-18"))
    assert logon(made, 0xA0010)["user"] == ANN


def test_4672_joins_by_luid_whatever_its_place_in_the_log():
    """Finding 11: it is usually written before its 4624."""
    made = build(event("security_4672", -0.01, user=ANN, luid=0xA0010), network(0, 0xA0010),
                 network(0.01, 0xA0020, BOB))
    assert [logon(made, luid)["privileged"] for luid in (0xA0010, 0xA0020)] == [True, False]
    assert told(made["sessions"], "user", "privileged", "start") == [
        (ANN, True, 0), (BOB, False, 0.01),
    ] or told(made["sessions"], "user", "privileged") == [(ANN, True), (BOB, False)]


# R2.3


CONSTANTS = [(0x3E7, "NT AUTHORITY\\SYSTEM"), (0x3E4, "NT AUTHORITY\\NETWORK SERVICE"),
             (0x3E5, "NT AUTHORITY\\LOCAL SERVICE"), (0x3E6, "NT AUTHORITY\\ANONYMOUS LOGON")]


@pytest.mark.parametrize(("luid", "user"), CONSTANTS)
def test_a_constant_luid_is_one_row_a_boot_and_never_a_session(luid, user):
    """R2.3: they recur in every boot."""
    made = build(
        event("kernel_12", -1, stated=-1),
        event("security_4624", 0, user=user, luid=luid, logon_type=5),
        event("security_4624", 50, user=user, luid=luid, logon_type=5),
        event("security_4688", 60, user=user, by=luid, process="x"),
        event("kernel_12", 1_000, stated=1_000),
        event("security_4624", 1_001, user=user, luid=luid, logon_type=5),
    )
    rows = made["logons"].filter(pl.col("luid") == luid)
    assert rows["boot"].to_list() == [0, 1]
    assert set(rows["role"]) == {"system"}
    assert made["sessions"].is_empty()


def test_luid_zero_is_none():
    """N6, R2.3."""
    made = build(event("security_4624", 0, user=ANN, logon_type=3, target_luid=0, address=WS9))
    assert made["logons"].is_empty()


# R2.4


def pair(*, linked=True, second=0.0, types=(2, 2), pids=(500, 500), privileges=1):
    """Both halves of a UAC pair, with the link or as old builds log them."""
    halves = [(0xA0011, 0xA0012, True), (0xA0012, 0xA0011, False)]
    lines = []
    for place, (luid, other, high) in enumerate(halves):
        said = {"linked": other, "elevated": high} if linked else {}
        lines.append(event("security_4624", place * second, user=ANN, luid=luid,
                           logon_type=types[place], pid=pids[place], **said))
        if place < privileges:
            lines.append(event("security_4672", place * second, user=ANN, luid=luid))
    return lines


def links(made):
    return {(row["luid"], row["linked_luid"], row["elevated"])
            for row in made["logons"].to_dicts()}


def test_a_logged_pair_is_linked_both_ways():
    """R2.4: TargetLinkedLogonId symmetric."""
    assert links(build(pair())) == {(0xA0011, 0xA0012, True), (0xA0012, 0xA0011, False)}


def test_a_pair_of_an_old_build_is_known_by_user_type_process_and_privilege():
    """R2.4: v0 and v1 log no link; one with 4672, within a second."""
    assert links(build(pair(linked=False, second=0.4))) == {
        (0xA0011, 0xA0012, True), (0xA0012, 0xA0011, False),
    }


NO_PAIR = [
    pytest.param({"second": 1.5}, id="more than a second apart"),
    pytest.param({"types": (2, 11)}, id="another type"),
    pytest.param({"pids": (500, 600)}, id="another process"),
    pytest.param({"privileges": 2}, id="both privileged"),
    pytest.param({"privileges": 0}, id="none privileged"),
]


@pytest.mark.parametrize("how", NO_PAIR)
def test_what_only_looks_like_a_pair_is_none(how):
    """R2.4."""
    assert {linked for _, linked, _ in links(build(pair(linked=False, **how)))} == {None}


def test_the_limited_half_is_the_sessions_own_and_stands_first():
    """R2.4, finding 3: 4647, 4778, 4779, 4800 and 4801 carry the limited LUID."""
    made = build(pair(), event("lsm_21", 0.5, user=ANN, ts_id=1, address="LOCAL"),
                 event("security_4647", 60, user=ANN, luid=0xA0012),
                 event("lsm_23", 60.1, user=ANN, ts_id=1))
    assert told(made["sessions"], "luids", "end", "end_kind") == [
        (["0xa0012", "0xa0011"], 60.1, "logoff")
    ]


# R2.7


def test_an_interactive_logon_ends_at_its_4647_and_is_destroyed_later():
    """R2.7, finding 12."""
    made = build(console_on(0, ANN, 0xA0010), console_off(100, ANN, 0xA0010),
                 event("security_4634", 169, user=ANN, luid=0xA0010, logon_type=2))
    assert ended(made, 0xA0010) == (100, "logoff", 169)


LADDER = [
    pytest.param(["security_4647", "lsm_23", "winlogon_7002", "security_4634"], 100, "logoff",
                 id="4647"),
    pytest.param(["lsm_23", "winlogon_7002", "security_4634"], 101, "logoff", id="23"),
    pytest.param(["winlogon_7002", "security_4634"], 102, "logoff", id="7002"),
    pytest.param(["security_4634"], 103, "destroyed", id="4634"),
    pytest.param([], 500, "inferred", id="the boot's end"),
]


@pytest.mark.parametrize(("present", "end", "kind"), LADDER)
def test_the_end_of_an_interactive_logon_is_the_first_that_exists(present, end, kind):
    """R2.7: 4647 > 23 > 7002 > 4634 > epoch end."""
    every = {
        "security_4647": event("security_4647", 100, user=ANN, luid=0xA0010),
        "lsm_23": event("lsm_23", 101, user=ANN, ts_id=1),
        "winlogon_7002": event("winlogon_7002", 102, user=ANN, ts_id=1),
        "security_4634": event("security_4634", 103, user=ANN, luid=0xA0010, logon_type=2),
    }
    made = build(console_on(0, ANN, 0xA0010), [every[name] for name in present],
                 event("kernel_13", 500, stated=500), event("kernel_12", 600, stated=600))
    assert ended(made, 0xA0010)[:2] == (end, kind)


def test_both_halves_of_a_pair_end_together():
    """R2.7, finding 12: the elevated twin usually gets neither 4647 nor 4634."""
    made = build(pair(), event("lsm_21", 0.5, user=ANN, ts_id=1, address="LOCAL"),
                 event("security_4647", 60, user=ANN, luid=0xA0012))
    assert [ended(made, luid)[:2] for luid in (0xA0011, 0xA0012)] == [(60, "logoff")] * 2


def test_a_cancelled_logoff_ends_no_logon():
    """R2.7 beside R3.4."""
    made = build(console_on(0, ANN, 0xA0010),
                 event("security_4647", 60, user=ANN, luid=0xA0010),
                 event("security_4800", 90, user=ANN, luid=0xA0010, ts_id=1))
    assert ended(made, 0xA0010)[:2] == (None, "open_at_end_of_log")


def test_a_disconnect_ends_no_logon():
    """R2.7: the token lives on with the desktop."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1),
                 event("lsm_24", 60, user=ANN, ts_id=2, address=WS9),
                 event("security_4634", 60.1, user=ANN, luid=nla_luid(1), logon_type=3))
    assert ended(made, 0xA0010)[:2] == (None, "open_at_end_of_log")


OTHERS = [
    pytest.param([event("security_4634", 9, user=ANN, luid=0xA0010, logon_type=3)],
                 (9, "destroyed"), id="4634"),
    pytest.param([], (0, "unobserved"), id="no 4634, no activity: last activity + 0"),
    pytest.param([event("security_5140", 7, user=ANN, by=0xA0010, object="x")],
                 (7, "unobserved"), id="no 4634: the last activity"),
]


@pytest.mark.parametrize(("signs", "end"), OTHERS)
def test_a_network_logon_is_not_stretched_to_the_end_of_the_boot(signs, end):
    """R2.7: 187 of 782 had no 4634."""
    made = build(network(0, 0xA0010), signs, event("kernel_13", 500, stated=500),
                 event("kernel_12", 600, stated=600))
    assert ended(made, 0xA0010)[:2] == end


def test_a_service_logon_lasts_as_long_as_its_boot():
    """R2.7: all other types: 4634, else epoch end."""
    made = build(event("security_4624", 0, user="LAB\\svc", luid=0xA0010, logon_type=5),
                 event("kernel_13", 500, stated=500), event("kernel_12", 600, stated=600))
    assert ended(made, 0xA0010)[:2] == (500, "inferred")


# R2.8


SAME = [(11, 2), (12, 10), (13, 7), (3, 3), (10, 10)]


@pytest.mark.parametrize(("opened", "closed"), SAME)
def test_a_cached_type_is_closed_as_its_plain_one(opened, closed):
    """R2.8: no contradiction."""
    made = build(network(0, 0xA0010, logon_type=opened),
                 event("security_4634", 9, user=ANN, luid=0xA0010, logon_type=closed))
    row = logon(made, 0xA0010)
    assert row["flags"] == []
    assert row["destroyed_us"] is not None


CONFLICTS = [
    pytest.param({"user": ANN, "logon_type": 2}, id="another type"),
    pytest.param({"user": BOB, "logon_type": 3}, id="another SID"),
]


@pytest.mark.parametrize("close", CONFLICTS)
def test_a_4634_that_contradicts_the_4624_is_of_another_boot(close):
    """R2.8: LUID collision across a missing boot; epoch_conflict, and it ends nothing."""
    made = build(network(0, 0xA0010), event("security_4634", 9, luid=0xA0010, **close))
    rows = made["logons"].filter(pl.col("luid") == 0xA0010)
    assert any("epoch_conflict" in flags for flags in rows["flags"])
    mine = made["sessions"].filter(pl.col("user") == ANN)
    assert told(mine, "end", "end_kind") == [(None, "unobserved")]


def test_a_luid_that_is_opened_again_for_another_sid_in_one_boot_is_told():
    """R2.8 beside R1.4: a boot with a known start is not split, but the clash is flagged."""
    made = build(event("kernel_12", -60, stated=-60), network(0, 0xA0010),
                 network(500, 0xA0010, BOB))
    both = made["logons"].filter(pl.col("luid") == 0xA0010)["flags"].to_list()
    assert both == [["epoch_conflict"], ["epoch_conflict"]]
    assert sorted(told(shown(made), "user")) == [(ANN,), (BOB,)]
