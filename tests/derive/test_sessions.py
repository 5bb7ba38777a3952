"""When a session begins and ends, and how: graphsess.derive.sessions, moments (R5.1-R5.5)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    CONSOLE,
    T0,
    activity,
    build,
    console_off,
    console_on,
    event,
    nla_luid,
    rdp_auth,
    rdp_back,
    rdp_close,
    rdp_knock,
    rdp_off,
    rdp_on,
    roles,
    runs_for,
    shown,
    table,
    told,
)
from events_inline import built as built_from

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9, WS8 = "10.0.0.9", "10.0.0.8"

# R5.1: kinds

LOGON_KINDS = [
    pytest.param({"logon_type": 3, "address": WS9, "port": 49_800}, "network", None,
                 id="type 3 with a port"),
    pytest.param({"logon_type": 4}, "batch", "batch", id="type 4: hidden"),
    pytest.param({"logon_type": 5}, "service", "service", id="type 5: hidden"),
    pytest.param({"logon_type": 8, "address": WS9}, "cleartext", None, id="type 8: IIS basic"),
    pytest.param({"logon_type": 9, "by": 0xA0001}, "runas", None, id="type 9: netonly"),
    pytest.param({"logon_type": 2, "logon_process": "seclogo", "by": 0xA0001,
                  "process": r"C:\Windows\System32\svchost.exe", "address": "::1"}, "runas", None,
                 id="type 2 seclogo: runas"),
    pytest.param({"logon_type": 2}, "console", None, id="type 2 User32"),
    pytest.param({"logon_type": 11}, "console", None, id="type 11: cached"),
    pytest.param({"logon_type": 10, "address": WS9}, "rdp", None, id="type 10"),
    pytest.param({"logon_type": 12, "address": WS9}, "rdp", None, id="type 12: cached"),
]


@pytest.mark.parametrize(("given", "kind", "hidden"), LOGON_KINDS)
def test_a_logon_tells_its_kind_by_type_process_and_image(given, kind, hidden):
    """R5.1, section 0.5."""
    made = build(event("security_4624", 0, user=ANN, luid=0xA0010, **given))
    assert told(made["sessions"], "kind", "hidden") == [(kind, hidden)]


def test_a_program_run_as_another_user_is_a_session_even_where_sysmon_shows_its_desktop():
    """R5.1, R3.3: its LUID is bound to the desktop, and yet it is no part of its session."""
    made = build(
        *console_on(0, ANN, 0xA0010),
        event("security_4624", 60, user=BOB, luid=0xA0020, logon_type=2, logon_process="seclogo",
              by=0xA0010, process=r"C:\Windows\System32\svchost.exe", address="::1"),
        event("sysmon_1", 60.1, user=BOB, luid=0xA0020, ts_id=1, process=r"C:\Windows\cmd.exe"),
        event("security_4634", 300, user=BOB, luid=0xA0020, logon_type=2),
        *console_off(900, ANN, 0xA0010),
    )
    assert told(made["sessions"], "kind", "user", "start", "end") == [
        ("console", ANN, 0, 900.1),
        ("runas", BOB, 60, 300),
    ]


def test_a_share_makes_a_network_logon_smb():
    """R5.1: protocol by 5140."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=49_800),
        event("security_5140", 0.1, user=ANN, by=0xA0010, address=WS9, port=49_800,
              object=r"\\*\C$"),
    )
    assert told(made["sessions"], "kind", "protocol") == [("network", "smb")]


def test_a_share_gives_the_address_of_a_logon_that_has_none():
    """Section 1.2: 5140 gives the IP of a type-3 LUID."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3),
        event("security_5140", 0.1, user=ANN, by=0xA0010, address=WS9, port=49_800,
              object=r"\\*\C$"),
    )
    assert told(made["sessions"], "source_address", "source_port") == [(WS9, 49_800)]


def test_a_remote_shell_makes_it_winrm_and_91_gives_the_address():
    """R5.1, finding 9: the 4624 has no IP at all."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, package="Kerberos",
              logon_process="Kerberos"),
        event("winrm_91", 0.3, writer_sid=None,
              detail="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd "
                     "(LAB\\ann clientIP: 10.0.0.9)"),
        event("security_4688", 0.6, user=ANN, luid=0xA0010, by=0x3E7,
              process=r"C:\Windows\System32\wsmprovhost.exe"),
    )
    assert told(made["sessions"], "kind", "source_address") == [("winrm", WS9)]


def test_a_child_of_the_wmi_provider_makes_it_wmi():
    """R5.1: 4688 with the type-3 LUID as its *target*; the subject is 0x3e4."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=49_800),
        event("security_4688", 0.6, user=ANN, luid=0xA0010, by=0x3E4,
              parent_process=r"C:\Windows\System32\wbem\WmiPrvSE.exe",
              process=r"C:\Windows\System32\cmd.exe"),
    )
    assert told(made["sessions"], "kind") == [("wmi",)]


TYPES = [
    pytest.param(rdp_on(0, ANN, 0xA0010, WS9, 1), [10], id="rdp"),
    pytest.param(console_on(0, ANN, 0xA0010), [2], id="console"),
    pytest.param([event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=WS9,
                        port=49_800)], [3], id="network"),
    pytest.param([event("security_4625", 0, user=ANN, logon_type=8, address=WS9)], [8],
                 id="failed"),
    pytest.param([event("lsm_21", 0, user=ANN, ts_id=2, address=WS9, activity=activity(1))], [],
                 id="no 4624, no type"),
]


@pytest.mark.parametrize(("lines", "types"), TYPES)
def test_a_session_names_the_logon_types_of_its_own_logons(lines, types):
    """Contract: logon_types; byproducts' types are not among them."""
    assert told(build(lines)["sessions"], "logon_types") == [(types,)]


# R5.2: one source address


def test_the_peer_of_the_connection_is_the_source_and_the_clients_word_stands_beside_it():
    """R5.2: 4778 and 4779 say what the client says; behind NAT that differs, without penalty."""
    act = activity(1)
    same = build(rdp_on(0, ANN, 0xA0010, WS9, 1), rdp_close(60, ANN, 0xA0010, WS9, 1))
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("security_4779", 60, user=ANN, luid=0xA0010, address="192.168.1.77",
              session_name="RDP-Tcp#1", name="LAPTOP"),
        event("lsm_24", 60.1, user=ANN, ts_id=2, address=WS9, activity=act),
    )
    assert told(made["sessions"], "source_address", "client_reported_address", "source_name",
                "confidence_source") == [
        (WS9, "192.168.1.77", "LAPTOP", same["sessions"]["confidence_source"][0])
    ]
    assert same["sessions"]["client_reported_address"].to_list() == [None]


LADDER = [
    pytest.param(["core_131", "rcm_1149", "security_4624", "lsm_21"], "10.1.1.31", id="131"),
    pytest.param(["rcm_1149", "security_4624", "lsm_21"], "10.1.1.49", id="1149"),
    pytest.param(["security_4624", "lsm_21"], "10.1.1.24", id="4624"),
    pytest.param(["lsm_21"], "10.1.1.21", id="LSM 21"),
]


@pytest.mark.parametrize(("present", "source"), LADDER)
def test_the_source_is_the_first_that_exists(present, source):
    """R5.2: 131 peer > 1149 > 4624 > LSM."""
    act = activity(1)
    every = {
        "core_131": event("core_131", 0, verb="TCP", address="10.1.1.31:50001", activity=act),
        "rcm_1149": event("rcm_1149", 0.5, user=ANN, address="10.1.1.49", activity=act),
        "security_4624": event("security_4624", 1, user=ANN, luid=0xA0010, logon_type=10,
                               address="10.1.1.24"),
        "lsm_21": event("lsm_21", 1.5, user=ANN, ts_id=2, address="10.1.1.21", activity=act),
    }
    made = build(event("lsm_41", 1.1, user=ANN, ts_id=2, activity=act),
                 [every[kind] for kind in present])
    rdp = made["sessions"].filter(pl.col("kind") == "rdp")
    assert told(rdp, "source_address") == [(source,)]


def test_addresses_that_disagree_cost_confidence():
    """R5.2, R5.11: a conflict that is not the client's word lowers the source's facet by 10."""
    agreed = build(rdp_on(0, ANN, 0xA0010, WS9, 1))
    made = build(
        [line for line in rdp_on(0, ANN, 0xA0010, WS9, 1) if line["kind"] != "rcm_1149"],
        event("rcm_1149", 0.6, user=ANN, address=WS8, activity=activity(1)),
    )
    rdp = made["sessions"].filter(pl.col("kind") == "rdp")
    assert told(rdp, "source_address") == [(WS9,)]
    assert rdp["confidence_source"][0] == agreed["sessions"]["confidence_source"][0] - 10


def test_a_console_session_has_no_source_address():
    """R5.2, section 1.1.1: 127.0.0.1 of the 4624 is no source."""
    made = build(console_on(0, ANN, 0xA0010))
    assert told(made["sessions"], "kind", "source_address", "source_class") == [
        ("console", None, "local")
    ]


# R5.3: start


def test_a_session_begins_at_the_contact_and_proper_at_21():
    """R5.3: start 131 or 261, auth 1149, session 21."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1))
    assert told(made["sessions"], "start", "auth", "session", "opened_by") == [
        (0, 0.6, 1.5, "logon")
    ]


@pytest.mark.parametrize("kind", ["lsm_21", "lsm_25"])
def test_if_only_the_desktop_is_logged_the_session_begins_there(kind):
    """R5.3: an LSM-only log."""
    made = build(event(kind, 5, user=ANN, ts_id=2, address=WS9, activity=activity(1)))
    assert told(made["sessions"], "start", "session", "opened_by") == [
        (5, 5, "logon" if kind == "lsm_21" else "reconnect")
    ]


def test_a_console_session_begins_at_its_logon():
    """R5.3: 4648 or 4624, else 21 or 7001."""
    assert told(build(console_on(5, ANN, 0xA0010))["sessions"], "start", "session") == [(5, 5.5)]
    spoken = event("security_4648", 4.9, user=ANN, by=0x3E7, server="localhost",
                   process=r"C:\Windows\System32\svchost.exe", address="127.0.0.1")
    made = build(spoken, console_on(5, ANN, 0xA0010))
    assert told(made["sessions"], "start", "session") == [(4.9, 5.5)]
    bare = [line for line in console_on(5, ANN, 0xA0010) if line["kind"] == "lsm_21"]
    assert told(build(bare)["sessions"], "start") == [(5.5,)]


def test_where_only_21_is_lost_a_session_still_begins_at_its_logon():
    """R5.3: console: 4648/4624, else 21/7001. A hole of one record is no beginning of the log."""
    events = [*console_on(0, ANN, 0xA0010), *console_off(900, ANN, 0xA0010)]
    events += [event("security_4800", 300, user=ANN, luid=0xA0010, ts_id=1)]
    made = build(*[one for one in events if one["kind"] != "lsm_21"])
    assert told(made["sessions"], "opened_by", "start", "end") == [("logon", 0, 900.1)]


@pytest.mark.parametrize("number", [7, 13])
def test_without_lsm_and_4778_a_remote_unlock_is_a_reconnect(number):
    """R5.3: one rdp session, opened_by reconnect, flag lsm_not_covering."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=number, address=WS9),
        event("security_4634", 0.4, user=ANN, luid=0xA0010, logon_type=7),
    )
    assert told(made["sessions"], "kind", "opened_by", "source_address", "flags") == [
        ("rdp", "reconnect", WS9, ["lsm_not_covering"])
    ]


def test_a_local_unlock_alone_is_no_session():
    """R2.5 (a), R5.3: only a remote address makes a reconnect of it."""
    made = build(event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=7),
                 event("security_4634", 0.4, user=ANN, luid=0xA0010, logon_type=7))
    assert made["sessions"].is_empty()


# R5.4: end


def ended(*signs, core=False):
    """An RDP session that began at 0, then the signs; without RdpCoreTS unless `core`."""
    lines = [line for line in rdp_on(0, ANN, 0xA0010, WS9, 1)
             if core or not line["kind"].startswith("core_")]
    return told(build(lines, signs)["sessions"], "end", "end_kind")


A1 = activity(1)
OFF_23 = event("lsm_23", 100, user=ANN, ts_id=2)
GONE_24 = event("lsm_24", 102, user=ANN, ts_id=2, address=WS9, activity=A1)
CUT_40 = event("lsm_40", 103, ts_id=2, reason=0, activity=A1)
STATION = event("security_4779", 104, user=ANN, luid=0xA0010, address=WS9,
                session_name="RDP-Tcp#1")
NOTICE = event("winlogon_7002", 106, user=ANN, ts_id=2)
ASKED = event("security_4647", 99, user=ANN, luid=0xA0010)
CLOSED_103 = event("core_103", 108, reason=0, activity=A1)

ENDS = [
    pytest.param([ASKED, OFF_23, GONE_24, CUT_40, STATION, NOTICE, CLOSED_103],
                 (100, "logoff"), id="23 before all"),
    pytest.param([GONE_24, CUT_40, STATION], (102, "disconnect"), id="24 before 40"),
    pytest.param([CUT_40, STATION], (103, "disconnect"), id="40 before 4779"),
    pytest.param([STATION], (104, "disconnect"), id="4779 alone"),
    pytest.param([NOTICE], (106, "logoff"), id="7002 alone"),
    pytest.param([ASKED], (99, "logoff"), id="4647 alone"),
    pytest.param([CLOSED_103], (108, "disconnect"), id="103 alone"),
    pytest.param([GONE_24, event("lsm_40", 102.2, ts_id=2, reason=12, activity=A1)],
                 (102, "logoff"), id="24 beside 40 {12}"),
    pytest.param([GONE_24, event("lsm_40", 102.2, ts_id=2, reason=2, activity=A1)],
                 (102, "logoff"), id="24 beside 40 {2}, an administrator's logoff"),
    pytest.param([GONE_24, event("winlogon_7002", 101, user=ANN, ts_id=2)],
                 (102, "logoff"), id="24 beside 7002"),
]


@pytest.mark.parametrize(("signs", "end"), ENDS)
def test_the_end_is_the_first_that_exists_on_the_ladder(signs, end):
    """R5.4: 23 > 24 > 40 > 4779 > 7002 > 4647 > 103; a sign of logoff within 5 s decides."""
    assert ended(*signs) == [end]


def test_the_tail_of_an_rdp_logoff_is_one_logoff():
    """R5.4: 4647, 23, 7002, 40 {12}, 24, 103 {12}, 4634."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1), rdp_off(60, ANN, 0xA0010, WS9, 1))
    assert told(made["sessions"], "end", "end_kind", "end_reason") == [(60.02, "logoff", "logoff")]


REASONS = [
    (0, "client_closed_or_network"), (1, "api_disconnect"), (3, "idle_limit"), (4, "time_limit"),
    (11, "user_disconnect"), (2_147_942_473, "reason:2147942473"), (777, "reason:777"),
]


@pytest.mark.parametrize(("code", "word"), REASONS)
def test_the_reason_of_a_disconnect_is_the_code_of_the_own_session(code, word):
    """R5.4: reason = 40's code of the own T; what has no word keeps its number."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1),
                 event("lsm_40", 60, ts_id=2, reason=code, activity=A1),
                 event("lsm_24", 60.1, user=ANN, ts_id=2, address=WS9, activity=A1))
    assert told(made["sessions"], "end_kind", "end_reason") == [("disconnect", word)]


def test_fast_user_switching_ends_a_console_session_and_a_reconnect_begins_another():
    """R5.4, section 2.4: A leaves, B logs on, A comes back."""
    made = build(
        console_on(0, ANN, 0xA0010, ts=1),
        event("security_4779", 100, user=ANN, luid=0xA0010, session_name="Console",
              name="Unknown", address="LOCAL"),
        event("lsm_24", 100.1, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        event("security_4800", 101, user=ANN, luid=0xA0010, ts_id=1),
        console_on(110, BOB, 0xA0110, ts=2),
        event("security_4779", 200, user=BOB, luid=0xA0110, session_name="Console",
              name="Unknown", address="LOCAL"),
        event("lsm_24", 200.1, user=BOB, ts_id=2, address="LOCAL", activity=CONSOLE),
        event("lsm_25", 201, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        event("security_4778", 201.1, user=ANN, luid=0xA0010, session_name="Console",
              name="Unknown", address="LOCAL"),
        console_off(300, ANN, 0xA0010, ts=1),
    )
    assert told(made["sessions"], "user", "kind", "ts_id", "opened_by", "start", "end",
                "end_kind") == [
        (ANN, "console", 1, "logon", 0, 100.1, "disconnect"),
        (BOB, "console", 2, "logon", 110, 200.1, "disconnect"),
        (ANN, "console", 1, "reconnect", 201, 300.1, "logoff"),
    ]
    assert told(made["locals"], "ts_id", "state") == [(1, "Closed"), (2, "Disconnected")]


def test_the_end_of_the_nla_logon_ends_a_session_only_where_nothing_else_covers():
    """R5.4, R5.5 (1): 4634 type 3, inferred."""
    lines = [
        event("security_4624", 0, user=ANN, luid=nla_luid(1), logon_type=3, address=WS9, port=0),
        event("security_4624", 1, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("security_4634", 600, user=ANN, luid=nla_luid(1), logon_type=3),
    ]
    assert told(build(lines)["sessions"], "end", "end_kind", "end_reason") == [
        (600, "inferred", "nla_end")
    ]
    later = event("security_4800", 700, user=ANN, luid=0xA0010, ts_id=2)
    assert told(build(lines, later)["sessions"], "end", "end_kind") == [
        (None, "open_at_end_of_log")
    ]
    assert told(build(lines, also=["core"])["sessions"], "end", "end_kind") == [
        (None, "open_at_end_of_log")
    ]


def test_an_attempt_without_a_shell_ends_with_its_transport():
    """R5.4: 40, 102, or the 4634 of the NLA logon: attempt_over."""
    head = [*rdp_knock(0, WS9, 1), *rdp_auth(0.1, ANN, WS9, 1)]
    gone = event("security_4634", 3, user=ANN, luid=nla_luid(1), logon_type=3)
    cut = event("lsm_40", 2, ts_id=2, reason=0, activity=A1)
    over = event("core_102", 4, activity=A1)
    for signs, end in (([cut, gone, over], 2), ([gone, over], 4), ([gone], 3)):
        made = build(head, signs, also=["lsm"])
        assert told(made["sessions"], "outcome", "end", "end_kind") == [
            ("authenticated_no_shell", end, "attempt_over")
        ]


def test_a_network_session_ends_with_its_last_logon():
    """R5.4: max(4634, last activity), closed."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=49_800),
        event("security_4624", 0.2, user=ANN, luid=0xA0020, logon_type=3, address=WS9,
              port=49_801),
        event("security_5145", 9, user=ANN, by=0xA0020, address=WS9, port=49_801,
              object=r"\\*\C$"),
        event("security_4634", 3, user=ANN, luid=0xA0010, logon_type=3),
        event("security_4634", 11, user=ANN, luid=0xA0020, logon_type=3),
    )
    assert told(made["sessions"], "start", "end", "end_kind") == [(0, 11, "closed")]


def test_a_network_logon_that_works_on_after_its_4634_ends_with_its_work():
    """R5.4, R7.5: tokens outlive their session."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=49_800),
        event("security_4634", 3, user=ANN, luid=0xA0010, logon_type=3),
        event("security_4688", 20, user=ANN, luid=0xA0010, by=0x3E7, process=r"C:\a.exe"),
    )
    assert told(made["sessions"], "end", "end_kind") == [(20, "closed")]


# R5.5: inferred ends


def test_a_network_logon_without_an_end_ends_with_its_last_activity():
    """R5.5 (3): inferred; never stretched to the end of the boot."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=49_800),
        event("security_5140", 7, user=ANN, by=0xA0010, address=WS9, port=49_800,
              object=r"\\*\C$"),
        event("kernel_13", 5_000, stated=5_000),
        event("kernel_12", 5_100, stated=5_099),
    )
    assert told(made["sessions"], "end", "end_kind", "end_reason") == [
        (7, "inferred", "last_activity")
    ]


def test_a_session_without_an_end_ends_at_the_latest_when_the_next_begins():
    """R5.5 (2): the next connection on the same T; both bounds are kept."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("security_4800", 60, user=ANN, luid=0xA0010, ts_id=2),
        event("lsm_25", 500, user=ANN, ts_id=2, address=WS8, activity=activity(2)),
    )
    assert told(made["sessions"], "end", "end_kind", "end_reason", "end_earliest",
                "end_latest")[0] == (500, "inferred", "next_on_session", 60, 500)


BOOT_ENDS = [
    pytest.param([event("kernel_13", 400, stated=400)], 400, "shutdown", id="clean"),
    pytest.param([event("power_41", 510), event("eventlog_6008", 511, stated=380)], 380, "crash",
                 id="crash with last-alive"),
]


@pytest.mark.parametrize(("signs", "end", "word"), BOOT_ENDS)
def test_the_end_of_the_boot_ends_what_is_open(signs, end, word):
    """R5.5 (2), R1.3."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1),
                 event("security_4800", 60, user=ANN, luid=0xA0010, ts_id=2), signs,
                 event("kernel_12", 500, stated=499))
    assert told(made["sessions"], "end", "end_kind", "end_reason", "end_earliest",
                "end_latest") == [(end, "inferred", word, 60, end)]


def test_an_inferred_end_names_the_event_that_bounds_it():
    """R5.5, R5.10: "which record says so?"; the 13 is a source, END_INFERRED."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1), event("kernel_13", 400, stated=400),
                 event("kernel_12", 500, stated=499))
    assert roles(made)["END_INFERRED"] == ["kernel_13"]


def test_a_session_that_is_open_at_the_end_of_the_log_has_no_end():
    """R5.5 (4): never "now"."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1),
                 event("security_4672", 5_000, user=BOB, luid=0xA0F00))
    rdp = made["sessions"].filter(pl.col("kind") == "rdp")
    assert told(rdp, "end", "end_kind", "end_reason", "end_earliest", "end_latest") == [
        (None, "open_at_end_of_log", None, 1.6, None)
    ]


@pytest.mark.parametrize(
    ("logon_type", "kind", "end_kind"),
    [
        pytest.param(5, "service", "open_at_end_of_log", id="a service runs on"),
        pytest.param(4, "batch", "open_at_end_of_log", id="a task runs on"),
        pytest.param(9, "runas", "open_at_end_of_log", id="so does a program with other rights"),
        pytest.param(3, "network", "unobserved", id="a network logon is over, nobody knows when"),
    ],
)
def test_without_a_4634_only_a_network_logon_is_not_believed_to_go_on(logon_type, kind, end_kind):
    """R2.7, R5.5 (4)."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=logon_type, address=WS9,
              port=49_800),
        event("security_4634", 900, user=BOB, luid=0xA0099, logon_type=3),
    )
    mine = made["sessions"].filter(pl.col("user") == ANN)
    assert told(mine, "kind", "end", "end_kind") == [(kind, None, end_kind)]


def test_a_service_that_did_something_is_still_open_at_the_end_of_the_log():
    """R5.5 (4): its last activity is evidence of life, and no end."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=5),
        event("security_4688", 600, user=ANN, by=0xA0010, process=r"C:\a.exe"),
        event("security_4634", 900, user=BOB, luid=0xA0099, logon_type=3),
    )
    mine = made["sessions"].filter(pl.col("user") == ANN)
    assert told(mine, "kind", "end", "end_kind") == [("service", None, "open_at_end_of_log")]


def test_a_disconnected_session_is_not_ended_again_by_the_shutdown():
    """R5.5 beside R5.4: a told end stays."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1), rdp_close(50, ANN, 0xA0010, WS9, 1),
                 event("lsm_54", 399), event("kernel_13", 400, stated=400),
                 event("kernel_12", 500, stated=499))
    assert told(made["sessions"], "end", "end_kind") == [(50.1, "disconnect")]


def test_a_session_whose_end_lies_in_a_hole_has_bounds():
    """R6.2: [last evidence, first contradicting evidence]; bob's 21 is on ann's T."""
    read = table([
        *rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("security_4800", 60, user=ANN, luid=0xA0010, ts_id=2),
        *rdp_on(9_000, BOB, 0xA1010, WS8, 2, ts=2),
    ])
    made = built_from(read, broken(runs_for(read), 1_000, 8_000))
    first = made["sessions"].filter(pl.col("user") == ANN)
    assert told(first, "end_kind", "end_earliest") == [("inferred", 60)]
    assert 9_000 <= told(first, "end_latest")[0][0] <= 9_001.5


def broken(whole, begin, end):
    """The runs, each broken between the two moments: ids are missing."""
    edge = [int((T0.timestamp() + at) * 1e6) for at in (begin, end)]
    middle = pl.col("first_id") + pl.col("count") // 2
    return pl.concat([
        whole.with_columns(last_id=middle, last_us=pl.lit(edge[0])),
        whole.with_columns(first_id=middle + 40, first_us=pl.lit(edge[1]),
                           last_id=pl.col("last_id") + 100, position=pl.lit(9, pl.Int64)),
    ])


# Two users, one host


def test_two_users_at_once_each_have_their_own_ends():
    """R5.4: on a terminal server ends go by T."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_on(20, BOB, 0xA0110, WS8, 2, ts=3),
        rdp_close(100, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_off(200, BOB, 0xA0110, WS8, 2, ts=3),
        rdp_back(300, ANN, 0xA0010, WS9, 3, ts=2),
        rdp_off(400, ANN, 0xA0010, WS9, 3, ts=2),
    )
    assert told(made["sessions"], "user", "ts_id", "start", "end", "end_kind") == [
        (ANN, 2, 0, 100.1, "disconnect"),
        (BOB, 3, 20, 200.02, "logoff"),
        (ANN, 2, 300, 400.02, "logoff"),
    ]


def test_one_user_with_two_desktops_on_a_server_keeps_them_apart():
    """R5.4: T decides, not the name."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_on(60, ANN, 0xA0110, WS8, 2, ts=3),
        rdp_off(100, ANN, 0xA0110, WS8, 2, ts=3),
        rdp_close(200, ANN, 0xA0010, WS9, 1, ts=2),
    )
    assert told(made["sessions"], "ts_id", "luids", "start", "end", "end_kind") == [
        (2, ["0xa0010"], 0, 200.1, "disconnect"),
        (3, ["0xa0110"], 60, 100.02, "logoff"),
    ]


# Logs of one kind only


def test_a_security_log_alone_gives_the_sessions_of_an_rdp_user():
    """R5.4, R3.6: 4624, 4779, 4778, 4647; 4778 without 25."""
    made = build(
        event("security_4624", 0, user=ANN, luid=nla_luid(1), logon_type=3, address=WS9, port=0),
        event("security_4624", 1, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("security_4779", 100, user=ANN, luid=0xA0010, session_name="RDP-Tcp#1",
              name="KALI", address=WS9),
        event("security_4778", 200, user=ANN, luid=0xA0010, session_name="RDP-Tcp#2",
              name="KALI", address=WS8),
        event("security_4647", 300, user=ANN, luid=0xA0010),
        event("security_4634", 369, user=ANN, luid=0xA0010, logon_type=10),
    )
    assert told(made["sessions"], "kind", "opened_by", "source_address", "source_name", "start",
                "end", "end_kind") == [
        ("rdp", "logon", WS9, "KALI", 0, 100, "disconnect"),
        ("rdp", "reconnect", WS8, "KALI", 200, 300, "logoff"),
    ]


def test_an_lsm_log_alone_gives_the_same_sessions():
    """R5.12: 21, 24, 25, 23 are enough."""
    made = build(
        event("lsm_41", 1, user=ANN, ts_id=2, activity=activity(1)),
        event("lsm_21", 1.5, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
        event("lsm_24", 100, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
        event("lsm_25", 200, user=ANN, ts_id=2, address=WS8, activity=activity(2)),
        event("lsm_23", 300, user=ANN, ts_id=2, activity=activity(2)),
    )
    assert told(made["sessions"], "kind", "opened_by", "source_address", "session", "end",
                "end_kind", "flags") == [
        ("rdp", "logon", WS9, 1.5, 100, "disconnect", ["security_not_covering"]),
        ("rdp", "reconnect", WS8, 200, 300, "logoff", ["security_not_covering"]),
    ]


def test_a_system_log_alone_gives_a_desktop_of_unknown_kind():
    """R3.0, N8: 7001 and 7002 say nothing of where from."""
    made = build(event("winlogon_7001", 0, user=ANN, ts_id=2),
                 event("winlogon_7002", 500, user=ANN, ts_id=2))
    assert told(shown(made), "kind", "source_class", "start", "end", "end_kind") == [
        ("unknown", "unknown", 0, 500, "logoff")
    ]


def test_citrix_is_rdp_with_an_unknown_source():
    """N8: LOCAL on a T whose SessionName is not Console; kind rdp, protocol ica."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=10, address=None),
        event("lsm_21", 0.5, user=ANN, ts_id=3, address="LOCAL"),
        event("security_4779", 60, user=ANN, luid=0xA0010, session_name="ICA-CGP#7",
              name="THIN", address="LOCAL"),
        event("lsm_24", 60.1, user=ANN, ts_id=3, address="LOCAL"),
    )
    assert told(made["sessions"], "kind", "protocol", "source_class", "source_address") == [
        ("rdp", "ica", "unknown", None)
    ]


def test_the_bounds_of_a_failed_attempt_are_its_own_moment():
    """R5.3, R6.2: its start is its 4625, though the connection was there before."""
    knock = [*rdp_knock(0, WS9, 1), event("security_4625", 1, user=ANN, logon_type=3, address=WS9),
             event("core_103", 2, reason=0, activity=activity(1))]
    assert told(build(knock)["sessions"], "start", "start_earliest", "start_latest") == [
        (1, 1, 1)
    ]


def test_an_end_known_only_by_a_later_boot_may_have_come_right_after_the_last_evidence():
    """R5.5: what bounds it is no sign of life, and nobody knows how the host stopped."""
    lines = [
        event("security_4608", 0),
        event("rcm_1149", 100, user=ANN, address=WS9),
        event("rcm_1149", 900, user="LAB\\bob", address="10.0.0.7"),
        event("security_4608", 2000),
    ]
    [first, *_] = told(build(lines)["sessions"], "end_kind", "end_reason", "end_earliest")
    assert first == ("inferred", "started_again", 100)
