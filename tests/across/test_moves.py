"""Movement: from which session somebody came (rules R8.1-R8.10)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import activity, console_off, console_on, event, rdp_on, sid_of
from several_hosts import (
    ADDRESS,
    ADM,
    ANN,
    SRV,
    WS1,
    network_on,
    proof,
    seen_together,
    session,
    speaks,
    steps,
)

from graphsess.settings import Settings

AT_WS1 = console_on(0, ANN, 0xA0010)
ON_SRV = network_on(600, ANN, 0xB0010)


def test_the_only_session_of_the_same_account_on_the_source_host_is_the_origin():
    """E0 and E9: 20 + 10 + 10."""
    made = seen_together(ws1=[AT_WS1], srv=[ON_SRV])
    assert steps(made, "from_session", "from_host", "to_host", "score", "band", "exact") == [
        (session(made, kind="console"), "ws1.lab", "srv.lab", 40, "low", False)
    ]
    assert proof(made) == {"E0": 20, "E9": 20}


def test_one_name_in_two_domains_is_two_people():
    """R8.7: SIDs outweigh names."""
    other = network_on(600, "OTHER\\ann", 0xB0010, target_sid="S-1-5-21-9-9-9-1001")
    made = seen_together(ws1=[AT_WS1], srv=[other])
    assert "E9" not in proof(made)


def test_a_connection_seen_at_both_ends_names_the_session_of_its_process():
    """E1: of two sessions of one account, the one whose logon opened the port."""
    lines = [
        AT_WS1, rdp_on(100, ANN, 0xA0020, "10.0.0.31", 1, ts=3),
        event("sysmon_1", 590, user=ANN, by=0xA0010, process_id=77, process=r"C:\x\net.exe"),
        speaks(599, "ws1", 50_000, SRV, process_id=77),
    ]
    made = seen_together(ws1=lines, srv=[network_on(600, ANN, 0xB0010, port=50_000)])
    [(origin, score, exact)] = steps(
        {**made, "moves": made["moves"].filter(to_host="srv.lab")}, "from_session", "score", "exact"
    )
    assert (origin, score, exact) == (session(made, kind="console"), 90, True)


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"to": "10.0.0.22"}, "another destination"), ({"port": 50_001}, "another port"),
     ({"at": 400}, "too early"), ({"verb": "false"}, "not opened by this host")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_connection_that_differs_proves_nothing(changes, why):
    """E1: the whole 5-tuple within two minutes."""
    del why
    given = {"at": 599, "port": 50_000, "to": SRV, "verb": "true", **changes}
    line = event("sysmon_3", given["at"], verb=given["verb"], address=WS1, port=given["port"],
                 other_address=given["to"], other_port=445)
    known = {"srv2": [speaks(-40, "srv2"), speaks(9_000, "srv2")]}
    made = seen_together(ws1=[AT_WS1, line], srv=[ON_SRV], **known)
    assert "E1" not in proof(made, session(made, host="srv"))


def test_the_remote_desktop_client_names_its_target():
    """E2: 1024 up to five minutes before, by the SID of who ran it; E8 needs no address."""
    client = event("client_1024", 590, server="SRV", writer_sid=sid_of(ANN), activity=activity(9))
    made = seen_together(ws1=[AT_WS1, client], srv=[rdp_on(600, ANN, 0xB0010, WS1, 1)])
    assert proof(made, session(made, host="srv"))["E2"] == 40
    late = event("client_1024", 200, server="SRV", writer_sid=sid_of(ANN), activity=activity(9))
    made = seen_together(ws1=[AT_WS1, late], srv=[rdp_on(600, ANN, 0xB0010, WS1, 1)])
    assert "E2" not in proof(made, session(made, host="srv"))


def test_the_clients_sign_belongs_to_the_session_from_its_address():
    """E2: another one's session of the same minute, from elsewhere, takes nothing from it."""
    client = event("client_1024", 590, server="SRV", writer_sid=sid_of(ANN), activity=activity(9))
    arrived = [rdp_on(600, ANN, 0xB0010, WS1, 1, ts=2),
               rdp_on(640, "LAB\\bob", 0xB0020, "203.0.113.7", 2, ts=3)]
    made = seen_together(ws1=[AT_WS1, client], srv=arrived)
    stranger = made["moves"].filter(to_user="LAB\\bob")
    assert stranger.select("from_host", "score").rows() == [(None, None)]


def test_the_desktop_that_the_client_got_adds_to_its_evidence():
    """E2: 1027 tells the TS session at the target."""
    client = [
        event("client_1024", 590, server="srv.lab", writer_sid=sid_of(ANN), activity=activity(9)),
        event("client_1027", 602, server="LAB", ts_id=2, writer_sid=sid_of(ANN),
              activity=activity(9)),
    ]
    made = seen_together(ws1=[AT_WS1, client], srv=[rdp_on(600, ANN, 0xB0010, WS1, 1, ts=2)])
    assert proof(made, session(made, host="srv"))["E2"] == 60


def used(at, target_user=ADM, server="srv.lab", **more):
    return event("security_4648", at, user=target_user, by=0xA0010, actor_user="ann",
                 actor_domain="LAB", server=server, spn=server,
                 process=r"C:\Windows\System32\net.exe", **more)


def test_credentials_of_another_account_lead_back_to_the_session_that_used_them():
    """E3, R8.7: the subject's logon is the origin, and the account was switched."""
    made = seen_together(ws1=[AT_WS1, used(599)], srv=[network_on(600, ADM, 0xB0010)])
    assert steps(made, "from_session", "from_user", "to_user", "exact", "credential_switch") == [
        (session(made, kind="console"), ANN, ADM, True, True)
    ]
    assert proof(made)["E3"] == 45


@pytest.mark.parametrize("line", [used(599, "LAB\\bob"), used(560), used(599, server="srv2.lab")],
                         ids=["other account", "too early", "other target"])
def test_credentials_for_something_else_are_no_evidence(line):
    """E3."""
    made = seen_together(ws1=[AT_WS1, line], srv=[network_on(600, ADM, 0xB0010)])
    assert "E3" not in proof(made, session(made, host="srv"))


def test_a_persons_aliases_are_no_switch():
    """R8.7: settings.aliases."""
    settings = Settings(aliases=(("ann", "adm"),))
    made = seen_together(settings, ws1=[AT_WS1, used(599)], srv=[network_on(600, ADM, 0xB0010)])
    assert steps(made, "credential_switch") == [(False,)]


def test_a_program_told_to_reach_the_host_is_evidence():
    """E6."""
    tool = event("sysmon_1", 590, user=ANN, by=0xA0010, process=r"C:\Windows\System32\schtasks.exe",
                 command_line="schtasks /create /s srv /tn x /tr y")
    made = seen_together(ws1=[AT_WS1, tool], srv=[ON_SRV])
    assert proof(made)["E6"] == 30


def test_a_wsman_session_names_its_target_and_needs_no_address():
    """E7, finding 9: a WinRM logon has no address at all."""
    opened = event("winrm_6", 598, server="srv.lab/wsman?PSVersion=5.1", writer_sid=sid_of(ANN))
    arrived = [
        network_on(600, ANN, 0xB0010, ip=None, port=0),
        event("winrm_91", 600.5, user=ANN, address=None),
    ]
    made = seen_together(ws1=[AT_WS1, opened], srv=arrived)
    assert steps(made, "from_host", "kind") == [("ws1.lab", "winrm")]
    assert proof(made)["E7"] == 35


def test_two_people_with_equal_points_name_nobody():
    """An innocent person is never picked by chance: both stay as alternatives."""
    ntlm = event("security_4624", 600, user=ADM, luid=0xB0010, logon_type=3, address=WS1,
                 port=50_000, client_name="WS1")
    lines = [AT_WS1, rdp_on(100, "LAB\\bob", 0xA0020, "10.0.0.31", 1, ts=3)]
    made = seen_together(ws1=lines, srv=[ntlm])
    mine = made["moves"].filter(to_host="srv.lab")
    assert mine.select("from_host", "from_session", "from_user").rows() == [("ws1.lab", None, None)]
    rivals = made["move_alternatives"].filter(move=mine["id"][0])["from_session"].to_list()
    assert sorted(rivals) == [
        session(made, kind="console"), session(made, host="ws1", kind="rdp"),
    ]


@pytest.mark.parametrize(
    ("ended", "told_as"),
    [(300, [(True, 40)]), (-1, [(False, 20)])],
    ids=["ten minutes ago: background", "long ago: nobody there"],
)
def test_an_origin_that_is_over_is_background_and_soon_none(ended, told_as):
    """R8.5: fifteen minutes."""
    at = 600 if ended > 0 else 3_000
    lines = [AT_WS1, console_off(300, ANN, 0xA0010)]
    made = seen_together(ws1=lines, srv=[network_on(at, ANN, 0xB0010)])
    assert steps(made, "background", "score", every=True) == told_as


def test_a_host_proven_off_cannot_be_the_origin():
    """R8.2: the contradiction takes 60."""
    lines = [
        event("kernel_12", 0, stated=0), AT_WS1, event("kernel_13", 500, stated=500),
        event("kernel_12", 2_000, stated=2_000), event("lsm_32", 2_010),
    ]
    made = seen_together(ws1=lines, srv=[ON_SRV])
    assert steps(made, "from_session", "hidden", every=True) == [(None, "weak")]


def test_a_target_outside_the_case_is_a_step_too():
    """R8.2a: told by the source side alone."""
    lines = [
        rdp_on(0, ANN, 0xA0010, "203.0.113.7", 1),
        event("client_1024", 600, server="VAULT", writer_sid=sid_of(ANN), activity=activity(9)),
        event("client_1102", 640, address="10.9.9.9", writer_sid=sid_of(ANN), activity=activity(9)),
        used(639, ANN, "VAULT"),
    ]
    made = seen_together(ws1=lines)
    mine = made["moves"].filter(pl.col("to_session").is_null())
    assert mine.select("from_session", "to_host", "kind", "score", "exact", "rule").rows() == [
        (session(made, kind="rdp"), "vault", "rdp", 85, True, "R8.2a")
    ]


def test_somebody_from_outside_the_case_is_a_step_from_nowhere():
    """R8.1."""
    made = seen_together(srv=[rdp_on(0, ANN, 0xB0010, "203.0.113.7", 1)])
    assert steps(made, "from_session", "from_host", "source_address", "score", "band", "rule") == [
        (None, None, "203.0.113.7", None, None, "R8.1")
    ]


def test_failed_attempts_are_folded_and_hidden():
    tries = [
        event("security_4625", 600 + n, user=ANN, logon_type=3, address=WS1, port=50_000 + n)
        for n in range(20)
    ]
    made = seen_together(ws1=[AT_WS1], srv=tries)
    assert steps(made, "from_host", "count", "hidden", every=True) == [("ws1.lab", 20, "failed")]


def test_bursts_of_one_account_between_two_hosts_are_one_step():
    """R8.8, and another account's is another step."""
    lines = [
        *(network_on(600 + 100 * n, ANN, 0xB0010 + n) for n in range(4)),
        network_on(650, ADM, 0xB0030), network_on(3_000, ANN, 0xB0040),
    ]
    made = seen_together(ws1=[AT_WS1, used(649)], srv=lines)
    assert steps(made, "start", "to_user", "count") == [(600, ANN, 4), (650, ADM, 1),
                                                        (3_000, ANN, 1)]


def test_a_machine_that_talks_to_its_controller_is_infrastructure():
    """R8.9."""
    made = seen_together(
        known=("ws1", "dc1"), ws1=[AT_WS1],
        dc1=[event("security_4769", 10, user="ann@LAB", server="ws1$"),
             network_on(600, "LAB\\WS1$", 0xB0010)],
    )
    assert steps(made, "from_session", "hidden", every=True) == [(None, "infrastructure")]


def test_a_machine_account_goes_on_from_a_restricted_admin_session():
    """R8.9: the next step runs as the machine."""
    made = seen_together(
        ws1=[rdp_on(0, ADM, 0xA0010, "203.0.113.7", 1, restricted_admin="%%1842")],
        srv=[network_on(600, "LAB\\WS1$", 0xB0010)],
    )
    assert steps({**made, "moves": made["moves"].filter(to_host="srv.lab")},
                 "from_session", "from_user", "to_user") == [
        (session(made, kind="rdp"), ADM, "LAB\\WS1$")
    ]


def test_the_network_identity_of_a_netonly_logon_is_an_origin():
    """R8.7: type 9."""
    netonly = event("security_4624", 300, user=ANN, luid=0xA0030, logon_type=9, by=0xA0010,
                    outbound_user="adm", outbound_domain="LAB", address="::1")
    made = seen_together(ws1=[AT_WS1, netonly], srv=[network_on(600, ADM, 0xB0010)])
    assert steps(made, "from_session") == [(session(made, kind="runas"),)]


def test_an_address_of_many_machines_is_nobodys():
    """R8.10, R9.5."""
    crowd = [
        event("security_4624", 590 + n, user=f"LAB\\PC{n}$", luid=0xB1000 + n, logon_type=3,
              address="10.0.0.99", port=40_000 + n, package="Kerberos")
        for n in range(4)
    ]
    made = seen_together(srv=[*crowd, network_on(600, ANN, 0xB0010, ip="10.0.0.99")])
    [(host,)] = steps(made, "from_host")
    assert host is None


GATEWAY = event("gateway_302", 600.5, user=ANN, address=WS1, server="srv.lab",
                channel="Microsoft-Windows-TerminalServices-Gateway/Operational")


def test_a_gateway_that_tells_is_looked_through():
    """R4.5, R8.10: the session keeps the gateway's address, the step comes from behind it."""
    made = seen_together(
        known=("ws1", "gw"), ws1=[AT_WS1], gw=[GATEWAY],
        srv=[rdp_on(600, ANN, 0xB0010, ADDRESS["gw"], 1)],
    )
    [origin] = made["origins"].filter(pl.col("via").is_not_null()).to_dicts()
    assert (origin["origin_address"], origin["via"], origin["source_host"]) == (
        WS1, "gw.lab", "ws1.lab"
    )
    assert [row for row in steps(made, "from_session", "source_address") if row[0]] == [
        (session(made, kind="console"), ADDRESS["gw"])
    ]


def test_a_gateway_that_tells_of_another_account_is_not():
    """R4.5."""
    made = seen_together(
        known=("ws1", "gw"), ws1=[console_on(0, ADM, 0xA0010)], gw=[GATEWAY],
        srv=[rdp_on(600, ADM, 0xB0010, ADDRESS["gw"], 1)],
    )
    assert made["origins"].filter(pl.col("via").is_not_null()).is_empty()


def test_a_tunnelled_session_comes_from_nowhere():
    """N8: the loopback address is a tunnel's end, whoever owns it."""
    made = seen_together(srv=[rdp_on(600, ANN, 0xB0010, "127.0.0.1", 1)])
    assert steps(made, "from_host", "source_address") == [(None, "127.0.0.1")]


def test_a_process_id_of_a_desktop_that_is_gone_is_another_process():
    """E1: Windows gives process ids anew; after the logoff the old logon opens no connection."""
    lines = [
        AT_WS1,
        event("sysmon_1", 10, user=ANN, by=0xA0010, process_id=77, process=r"C:\x\mail.exe"),
        console_off(300, ANN, 0xA0010), console_on(400, ANN, 0xA0040),
        event("security_5156", 599, verb="%%14593", address=WS1, port=50_000, other_address=SRV,
              other_port=445, process_id=77),
    ]
    made = seen_together(ws1=lines, srv=[ON_SRV])
    [(origin, exact)] = steps(made, "from_session", "exact")
    assert origin == made["sessions"].filter(kind="console").sort("start_us")["id"][1]
    assert exact is False


def test_a_netonly_session_is_not_its_own_user_on_the_network():
    """R8.7: what arrives as ann came from ann's desktop, not from her netonly shell."""
    netonly = event("security_4624", 300, user=ANN, luid=0xA0030, logon_type=9, by=0xA0010,
                    outbound_user="adm", outbound_domain="LAB", address="::1")
    made = seen_together(ws1=[AT_WS1, netonly], srv=[ON_SRV])
    assert steps(made, "from_session", "score") == [(session(made, kind="console"), 40)]


def routine(times, to="srv"):
    lines = [network_on(3_600 * n, "LAB\\svc-web", 0xB0010 + n) for n in range(times)]
    ticket = event("security_4769", -100, user="svc-web@LAB", server=f"{to}$", address=WS1)
    return {"srv": lines, "dc1": [ticket]}


@pytest.mark.parametrize(("times", "hidden"), [(9, {None}), (10, {"service"})])
def test_an_account_that_nobody_sits_at_and_that_always_goes_one_way_is_a_service(times, hidden):
    """R8.9."""
    made = seen_together(ws1=[AT_WS1], **routine(times))
    assert set(made["moves"]["hidden"]) == hidden


def test_an_account_that_somebody_sits_at_is_no_service():
    """R8.9: a stolen account is not hidden because it is busy."""
    lines = [AT_WS1, console_on(-1_000, "LAB\\svc-web", 0xA0050, ts=5)]
    made = seen_together(ws1=lines, **routine(12))
    assert None in set(made["moves"].filter(to_host="srv.lab")["hidden"])


@pytest.mark.parametrize(("hours", "agrees"), [("[1]", True), ("[2]", True), ("[-7]", False)],
                         ids=["winter", "summer", "elsewhere"])
def test_the_clients_time_zone_is_a_weak_sign(hours, agrees):
    """E10: W. Europe is -60 in the host's own log, 1 or 2 in the target's."""
    zone = event("eventlog_6013", -10, reason=600, object="-60 W. Europe Standard Time")
    arrived = rdp_on(600, ANN, 0xB0010, WS1, 1)
    told = event("core_104", 601, detail=hours, activity=activity(1))
    made = seen_together(ws1=[zone, AT_WS1], srv=[*arrived, told])
    assert ("E10" in proof(made, session(made, host="srv"))) is agrees


@pytest.mark.parametrize(("hours", "found"), [(23, True), (25, False)])
def test_a_program_left_behind_is_an_origin_for_a_day(hours, found):
    """R8.5: `hop_max_s`, where a logon itself is named; without one, fifteen minutes."""
    at = 300 + 3_600 * hours
    lines = [AT_WS1, console_off(300, ANN, 0xA0010), used(at - 1)]
    made = seen_together(ws1=lines, srv=[network_on(at, ADM, 0xB0010)])
    mine = made["moves"].filter(to_session=session(made, user=ADM))
    assert mine["from_session"].is_not_null().to_list() == [found]


def test_aliases_are_no_switch_outside_the_case_either():
    """R8.7, R8.2a."""
    settings = Settings(aliases=(("ann", "adm"),))
    made = seen_together(settings, ws1=[AT_WS1, used(600, ADM, "vault.lab")])
    assert made["moves"]["credential_switch"].to_list() == [False]
