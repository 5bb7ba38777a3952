"""Local (TS) sessions, from first sight to end: graphsess.resolve.desktops, desks, states (R3)."""

from __future__ import annotations

import pytest
from events_inline import (
    CONSOLE,
    T0,
    activity,
    build,
    console_off,
    console_on,
    event,
    logon,
    rdp_back,
    rdp_close,
    rdp_off,
    rdp_on,
    roles,
    shown,
    sysmon_guid,
    told,
)

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9, WS8 = "10.0.0.9", "10.0.0.8"


def stretches(made, column, place=0):
    """[(start, end)] of a local session's intervals, in seconds after T0."""
    return [
        tuple(None if at is None else round(at / 1e6 - T0.timestamp(), 2) for at in row.values())
        for row in made["locals"][column][place]
    ]


# R3.0, R3.1: provisional, confirmed, never established

PROVISIONAL = [
    pytest.param([event("core_66", 0, session_name="RDP-Tcp#1", ts_id=2, activity=activity(1))],
                 id="RdpCoreTS 66, a logon screen"),
    pytest.param([event("lsm_41", 0, user=ANN, ts_id=2, activity=activity(1))], id="LSM 41"),
    pytest.param([event("security_4624", 0, user="Window Manager\\DWM-2", luid=0x90020,
                        logon_type=2, logon_process="Advapi  ")], id="DWM-2"),
    pytest.param([event("winlogon_7001", 0, user=ANN, ts_id=2)], id="7001 with LSM covering"),
    pytest.param([event("profile_1", 0, user=ANN, ts_id=2)], id="User Profile 1"),
]


@pytest.mark.parametrize("sign", PROVISIONAL)
def test_a_first_sign_alone_opens_only_provisionally(sign):
    """R3.1."""
    made = build(sign, event("lsm_40", 9, ts_id=2, reason=7, activity=activity(1)), also=["lsm"])
    assert told(made["locals"], "ts_id", "established", "start_kind", "end_kind", "end") == [
        (2, False, "provisional", "never_established", 9)
    ]
    assert "established" not in made["sessions"]["outcome"].to_list()


CONFIRMED = [
    pytest.param(event("lsm_21", 3, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
                 id="21"),
    pytest.param(event("lsm_22", 3, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
                 id="22"),
    pytest.param(event("lsm_25", 3, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
                 id="25"),
    *(
        pytest.param(event(f"security_{number}", 3, user=ANN, luid=0xA0010, ts_id=2),
                     id=str(number))
        for number in (4800, 4801, 4802, 4803)
    ),
    pytest.param(event("sysmon_1", 3, user=ANN, luid=0xA0010, ts_id=2,
                       process=r"C:\Windows\explorer.exe"), id="a process of the user"),
]


@pytest.mark.parametrize("proof", CONFIRMED)
def test_what_proves_a_desktop_confirms_it(proof):
    """R3.1."""
    made = build(event("lsm_41", 0, user=ANN, ts_id=2, activity=activity(1)), proof)
    assert told(made["locals"], "ts_id", "established", "start_kind") == [(2, True, "logged")]


NO_PROOF = [
    pytest.param({"user": "NT AUTHORITY\\SYSTEM", "luid": 0x3E7}, id="SYSTEM: winlogon, LogonUI"),
    pytest.param({"user": "Window Manager\\DWM-2", "luid": 0x90020}, id="DWM-2: dwm.exe"),
    pytest.param({"user": "Font Driver Host\\UMFD-2", "luid": 0x90010}, id="UMFD-2: fontdrvhost"),
]


@pytest.mark.parametrize("process", NO_PROOF)
def test_the_processes_of_a_logon_screen_prove_no_desktop(process):
    """R3.1: winlogon, LogonUI and dwm on a temporary T prove nothing."""
    made = build(
        event("core_66", 0, session_name="RDP-Tcp#1", ts_id=2, activity=activity(1)),
        event("sysmon_1", 1, ts_id=2, process=r"C:\Windows\System32\winlogon.exe", **process),
        event("lsm_40", 9, ts_id=2, reason=0, activity=activity(1)),
    )
    assert told(made["locals"], "established", "end_kind") == [(False, "never_established")]


def test_a_process_of_a_byproduct_logon_proves_no_desktop():
    """R3.1: a reconnect's type-10 LUID may run something on the temporary T."""
    over = activity(2)
    made = build(
        console_on(0, ANN, 0xA0010),
        event("rcm_1149", 100, user=ANN, address=WS9, activity=over),
        event("security_4624", 101, user=ANN, luid=0xA0020, logon_type=10, address=WS9),
        event("lsm_41", 101.1, user=ANN, ts_id=2, activity=over),
        event("sysmon_1", 101.2, user=ANN, luid=0xA0020, ts_id=2,
              process=r"C:\Windows\System32\userinit.exe"),
        event("lsm_40", 101.5, ts_id=1, reason=5, activity=CONSOLE),
        event("lsm_24", 101.6, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        event("lsm_40", 102, ts_id=2, reason=0, activity=over),
        event("lsm_25", 103, user=ANN, ts_id=1, address=WS9, activity=over),
        event("security_4634", 103.5, user=ANN, luid=0xA0020, logon_type=10),
    )
    assert [row for row in told(made["locals"], "ts_id", "established") if row[1]] == [(1, True)]


def test_the_same_id_after_a_logoff_is_another_local_session():
    """R3.1: ids are reused; the ordinal tells the instances apart."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_off(50, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_on(100, BOB, 0xA1010, WS8, 2, ts=2),
        rdp_off(150, BOB, 0xA1010, WS8, 2, ts=2),
    )
    assert told(made["locals"], "ts_id", "ordinal", "user", "start", "end", "end_kind") == [
        (2, 1, ANN, 1.5, 50.02, "logoff"),
        (2, 2, BOB, 101.5, 150.02, "logoff"),
    ]
    assert told(made["sessions"], "user", "start", "end") == [(ANN, 0, 50.02), (BOB, 100, 150.02)]


def test_a_logon_screen_that_was_left_and_the_next_client_on_its_id_are_two_local_sessions():
    """R3.1: the first is closed as never established; another connection's id begins another."""
    made = build(
        event("core_66", 0, session_name="RDP-Tcp#1", ts_id=2, activity=activity(1)),
        event("lsm_40", 5, ts_id=2, reason=0, activity=activity(1)),
        rdp_on(60, ANN, 0xA0010, WS9, 2, ts=2),
    )
    assert told(made["locals"], "ordinal", "established", "end", "end_kind") == [
        (1, False, 5, "never_established"), (2, True, None, "open_at_end_of_log"),
    ]


def test_a_second_window_manager_on_an_id_begins_another_local_session():
    """R3.1, R2.6: DWM-2 is destroyed, another DWM-2 made; nothing else is logged."""
    dwm = {"user": "Window Manager\\DWM-2", "logon_type": 2}
    made = build(
        event("security_4624", 0, luid=0x90010, logon_process="Advapi  ", **dwm),
        event("security_4634", 9, luid=0x90010, **dwm),
        event("security_4624", 60, luid=0x90020, logon_process="Advapi  ", **dwm),
    )
    assert told(made["locals"], "ordinal", "start", "established") == [(1, 0, False),
                                                                       (2, 60, False)]


def test_the_tail_of_a_logoff_from_before_the_log_does_not_keep_its_session_open():
    """R3.1, R3.4: 23, then 39, 40 {11} and 24; the next logon on the T is another session."""
    made = build(console_off(0, ANN, 0xA0010, ts=1), console_on(700, ANN, 0xA0020, ts=1))
    assert told(made["locals"], "ordinal", "start", "end", "start_kind") == [
        (1, None, 0.1, "before_coverage"), (2, 700.5, None, "logged"),
    ]
    assert told(made["sessions"], "opened_by", "luids", "end") == [
        ("before_coverage", ["0xa0010"], 0.1), ("logon", ["0xa0020"], None),
    ]


def test_the_same_id_after_a_reboot_is_another_local_session():
    """R1.1, R3.1: session 2 before and after one reboot [V]."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2),
        event("kernel_12", 500, stated=499),
        rdp_on(600, ANN, 0xA1010, WS9, 2, ts=2),
    )
    assert told(made["locals"], "boot", "ts_id", "ordinal", "end_kind") == [
        (0, 2, 1, "inferred"), (1, 2, 1, "open_at_end_of_log"),
    ]


def test_a_logon_of_another_user_on_an_open_session_is_another_local_session():
    """R3.1, section 1.4: 21 is a new local session; the last one's end is lost (T is reused)."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2), rdp_on(5_000, BOB, 0xA1010, WS8, 2, ts=2))
    assert told(made["sessions"], "user", "source_address", "luids") == [
        (ANN, WS9, ["0xa0010"]), (BOB, WS8, ["0xa1010"]),
    ]
    assert told(made["locals"], "user", "ordinal", "state") == [
        (ANN, 1, "Closed"), (BOB, 2, "Active"),
    ]


def test_a_logon_of_the_same_user_on_an_open_session_is_another_local_session():
    """R3.1, R5.5 (2): two 21s of one T are two logons; the second bounds the first."""
    made = build(
        event("lsm_21", 0, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
        event("lsm_21", 5_000, user=ANN, ts_id=2, address=WS9, activity=activity(2)),
    )
    assert told(made["locals"], "ordinal", "start") == [(1, 0), (2, 5_000)]
    assert told(made["sessions"], "opened_by", "start", "end_kind", "end_latest") == [
        ("logon", 0, "inferred", 5_000), ("logon", 5_000, "open_at_end_of_log", None),
    ]


def test_a_disconnect_may_name_a_session_that_never_logged_on():
    """R3.1: 40 of a T of which nothing else is known opens no session."""
    made = build(event("lsm_40", 0, ts_id=5, reason=0, activity=activity(1)), also=["security"])
    assert shown(made).is_empty()
    assert True not in made["locals"]["established"].to_list()


@pytest.mark.parametrize("ts_id", [0, 65_536, 4_294_967_295])
def test_services_and_listeners_are_no_local_sessions(ts_id):
    """Section 1.4: 0 services, 65536 listener, 4294967295 none."""
    made = build(event("lsm_39", 0, ts_id=ts_id, other_ts_id=0),
                 event("lsm_40", 0.1, ts_id=ts_id, reason=0))
    assert made["locals"].is_empty()


SYSTEM_ONLY = [
    event("winlogon_7001", 0, user=ANN, ts_id=1),
    event("winlogon_7002", 500, user=ANN, ts_id=1),
]


def test_the_system_log_alone_opens_and_closes_a_local_session():
    """R3.0: without LSM coverage 7001 and 7002 are enough, and shown by default."""
    made = build(SYSTEM_ONLY)
    assert told(made["locals"], "ts_id", "start_kind", "established", "start", "end",
                "end_kind") == [(1, "system_log_only", True, 0, 500, "logoff")]
    assert told(shown(made), "start", "end", "end_kind", "sid", "outcome") == [
        (0, 500, "logoff", made["locals"]["sid"][0], "established")
    ]


def test_the_user_profile_log_alone_opens_and_closes_a_local_session():
    """R3.0: so are User-Profile 1 and 4."""
    made = build(event("profile_1", 0, user=ANN, ts_id=1), event("profile_4", 500, user=ANN,
                                                                 ts_id=1))
    assert told(made["locals"], "ts_id", "start_kind", "established", "start", "end") == [
        (1, "system_log_only", True, 0, 500)
    ]


def test_the_system_log_adds_nothing_where_lsm_covers():
    """R3.0 ends where LSM coverage begins: 7001 without 21 is a logon that came to nothing."""
    made = build(SYSTEM_ONLY, also=["lsm"])
    assert told(made["locals"], "established", "end_kind") == [(False, "never_established")]
    assert shown(made).is_empty()


# R3.2, R3.3: whose desktop it is


def test_the_user_is_lsms_and_the_sid_the_system_logs():
    """R3.2."""
    made = build(
        event("lsm_41", 0, user=ANN, ts_id=2, activity=activity(1)),
        event("winlogon_7001", 0.1, user=ANN, ts_id=2),
        event("lsm_21", 0.5, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
    )
    [row] = told(made["locals"], "user", "sid")
    assert row == (ANN, made["events"]["target_sid"].drop_nulls()[0])


def test_a_connection_names_its_ts_session_before_a_user_is_known():
    """R3.2: RdpCoreTS 66, or ConnectNotify(SessionId=n) of 72."""
    made = build(
        event("core_131", 0, verb="TCP", address=f"{WS9}:50001", activity=activity(1)),
        event("core_72", 1, verb="ConnectNotify(SessionId=4)", activity=activity(1)),
        event("core_140", 2, address=WS9, activity=activity(1)),
    )
    assert told(made["connections"], "ts_id", "user") == [(4, None)]


BINDINGS = [
    pytest.param(
        [event("security_4800", 700, user=ANN, luid=0xA0010, ts_id=2)],
        "security_4800", id="4800 names both",
    ),
    pytest.param(
        [event("sysmon_1", 700, user=ANN, luid=0xA0010, ts_id=2, process=r"C:\a.exe")],
        "sysmon_1", id="Sysmon 1 names both",
    ),
    pytest.param(
        [event("security_4779", 700, user=ANN, luid=0xA0010, address=WS9,
               session_name="RDP-Tcp#1"),
         event("lsm_24", 700.4, user=ANN, ts_id=2, address=WS9, activity=activity(1))],
        "security_477x+lsm_24", id="4779 beside 24",
    ),
]


@pytest.mark.parametrize(("signs", "by"), BINDINGS)
def test_a_logon_that_began_before_the_log_is_bound_to_its_ts_session(signs, by):
    """R3.3: and which evidence was used is kept."""
    made = build(signs)
    row = logon(made, 0xA0010)
    assert (row["ts_id"], row["bound_by"], row["local"]) == (2, by, made["locals"]["id"][0])


def test_stronger_evidence_binds_against_the_time_window():
    """R3.3: two sessions of one user within seconds; 4800 says which LUID is whose."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("security_4624", 1, user=ANN, luid=0xA0020, logon_type=10, address=WS9),
        event("lsm_21", 1.5, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
        event("lsm_21", 2, user=ANN, ts_id=3, address=WS9, activity=activity(2)),
        event("security_4800", 90, user=ANN, luid=0xA0010, ts_id=3),
        event("security_4800", 91, user=ANN, luid=0xA0020, ts_id=2),
    )
    assert [logon(made, luid)["ts_id"] for luid in (0xA0010, 0xA0020)] == [3, 2]


def test_both_halves_of_a_pair_are_bound():
    """R2.4, R3.3: 4800 carries the limited LUID only."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0011, linked=0xA0012, elevated=True,
              logon_type=2),
        event("security_4624", 0, user=ANN, luid=0xA0012, linked=0xA0011, elevated=False,
              logon_type=2),
        event("security_4800", 90, user=ANN, luid=0xA0012, ts_id=1),
    )
    assert [logon(made, luid)["ts_id"] for luid in (0xA0011, 0xA0012)] == [1, 1]


def test_two_users_at_once_keep_their_own_logons():
    """R3.3: two desktops opened in the same second on a server."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2), rdp_on(0.2, BOB, 0xA0110, WS8, 2, ts=3))
    assert told(made["sessions"], "user", "ts_id", "source_address", "luids") == [
        (ANN, 2, WS9, ["0xa0010"]), (BOB, 3, WS8, ["0xa0110"]),
    ]


# R3.4: states


def active(*signs):
    """An RDP session of ann on T=2, then the signs."""
    return build(rdp_on(0, ANN, 0xA0010, WS9, 1), signs)


LEFT = [
    pytest.param([event("lsm_24", 100, user=ANN, ts_id=2, address=WS9, activity=activity(1))],
                 id="24"),
    pytest.param([event("lsm_40", 100, ts_id=2, reason=0, activity=activity(1))], id="40 {0}"),
    pytest.param([event("lsm_40", 100, ts_id=2, reason=11, activity=activity(1))], id="40 {11}"),
    pytest.param([event("lsm_40", 100, ts_id=2, reason=3, activity=activity(1))], id="40 {3}"),
    pytest.param([event("lsm_40", 100, ts_id=2, reason=5, activity=activity(2))], id="40 {5}"),
    pytest.param([event("lsm_39", 100, ts_id=2, other_ts_id=2)], id="39 {T, T}"),
    pytest.param([event("lsm_39", 100, ts_id=2, other_ts_id=3)], id="39 {T, other}"),
    pytest.param([event("security_4779", 100, user=ANN, luid=0xA0010, address=WS9,
                        session_name="RDP-Tcp#1")], id="4779"),
]


@pytest.mark.parametrize("signs", LEFT)
def test_what_disconnects_leaves_the_local_session_open(signs):
    """R3.4: Active → Disconnected."""
    made = active(*signs)
    assert told(made["locals"], "state", "end", "end_kind") == [
        ("Disconnected", None, "open_at_end_of_log")
    ]
    assert stretches(made, "disconnected") == [(100, None)]


CLOSED = [
    pytest.param([event("lsm_23", 100, user=ANN, ts_id=2)], id="23"),
    pytest.param([event("winlogon_7002", 100, user=ANN, ts_id=2)], id="7002"),
    pytest.param([event("lsm_40", 100, ts_id=2, reason=12, activity=activity(1))], id="40 {12}"),
    pytest.param([event("lsm_40", 100, ts_id=2, reason=2, activity=activity(1))], id="40 {2}"),
    pytest.param([event("security_4647", 100, user=ANN, luid=0xA0010)], id="4647 alone"),
]


@pytest.mark.parametrize("signs", CLOSED)
def test_what_logs_off_closes_the_local_session(signs):
    """R3.4: → Closed."""
    made = active(*signs)
    assert told(made["locals"], "state", "end", "end_kind") == [("Closed", 100, "logoff")]
    assert told(made["sessions"], "end", "end_kind") == [(100, "logoff")]


CANCELLED = [
    pytest.param([event("security_4800", 160, user=ANN, luid=0xA0010, ts_id=2)], id="4800"),
    pytest.param([event("sysmon_1", 160, user=ANN, luid=0xA0010, ts_id=2,
                        process=r"C:\a.exe")], id="a process, Sysmon 1"),
    pytest.param([event("security_4688", 160, user=ANN, by=0xA0010, process=r"C:\a.exe",
                        luid=None)], id="a process, 4688"),
    pytest.param([event("lsm_24", 160, user=ANN, ts_id=2, address=WS9, activity=activity(1))],
                 id="24"),
]


@pytest.mark.parametrize("life", CANCELLED)
def test_a_logoff_that_the_user_cancelled_closes_nothing(life):
    """R3.4: later life on the LUID or the T; the 4647 is a LOGOFF_INIT only."""
    made = active(event("security_4647", 100, user=ANN, luid=0xA0010), *life)
    assert told(made["locals"], "end", "end_kind") == [(None, "open_at_end_of_log")]
    assert roles(made)["LOGOFF_INIT"] == ["security_4647"]
    left = life[0]["kind"] == "lsm_24"
    assert told(made["sessions"], "end", "end_kind") == [
        (160, "disconnect") if left else (None, "open_at_end_of_log")
    ]


def test_the_end_of_the_boot_closes_what_is_open():
    """R3.4: Closed (inferred)."""
    made = active(event("kernel_13", 400, stated=400), event("kernel_12", 500, stated=499))
    assert told(made["locals"], "state", "end", "end_kind") == [("Closed", 400, "inferred")]


def test_a_reconnect_to_a_disconnected_session_displaces_nobody():
    """R3.4, finding 6: 40 {5} and 25 with no 24 or 4779 beside them."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        rdp_close(100, ANN, 0xA0010, WS9, 1),
        rdp_back(200, ANN, 0xA0010, WS9, 2),
    )
    assert told(made["sessions"], "opened_by", "end", "end_kind", "end_reason", "flags") == [
        ("logon", 100.1, "disconnect", "client_closed_or_network", []),
        ("reconnect", None, "open_at_end_of_log", None, []),
    ]
    assert stretches(made, "disconnected") == [(100, 201.5)]


TAIL = [
    pytest.param(event("lsm_40", 108, ts_id=1, reason=11), id="40 {11} eight seconds later"),
    pytest.param(event("lsm_40", 100.3, ts_id=1, reason=0), id="40 {0}"),
    pytest.param(event("lsm_39", 100.3, ts_id=1, other_ts_id=1), id="39 {T, T}"),
    pytest.param(event("lsm_24", 107.5, user=ANN, ts_id=1, address="LOCAL"), id="24 late"),
]


@pytest.mark.parametrize("tail", TAIL)
def test_what_follows_23_on_the_same_session_is_part_of_the_logoff(tail):
    """R3.4: whatever the reason code (T14)."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4647", 99.9, user=ANN, luid=0xA0010),
        event("lsm_23", 100, user=ANN, ts_id=1, activity=CONSOLE),
        tail,
    )
    assert told(made["sessions"], "end", "end_kind") == [(100, "logoff")]
    assert told(made["locals"], "state", "end") == [("Closed", 100)]
    assert stretches(made, "disconnected") == []


def test_a_session_that_is_logged_off_while_disconnected_ended_at_its_disconnect():
    """R3.4, R4.2: 23 belongs to the local session; the connection had ended hours before."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        rdp_close(100, ANN, 0xA0010, WS9, 1),
        event("lsm_23", 7_300, user=ANN, ts_id=2),
        event("winlogon_7002", 7_300.1, user=ANN, ts_id=2),
    )
    assert told(made["sessions"], "end", "end_kind") == [(100.1, "disconnect")]
    assert told(made["locals"], "state", "end", "end_kind") == [("Closed", 7_300, "logoff")]
    assert stretches(made, "disconnected") == [(100, 7_300)]


# R3.5: locks


def test_locks_of_the_user_are_kept_and_those_of_a_disconnect_are_not():
    """R3.5: 4800 follows every disconnect by a second, 4801 every reconnect by two."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("security_4800", 30, user=ANN, luid=0xA0010, ts_id=2),
        event("security_4801", 60, user=ANN, luid=0xA0010, ts_id=2),
        rdp_close(100, ANN, 0xA0010, WS9, 1),
        event("security_4800", 101, user=ANN, luid=0xA0010, ts_id=2),
        rdp_back(200, ANN, 0xA0010, WS9, 2),
    )
    assert stretches(made, "locked") == [(30, 60)]


def test_a_screen_saver_that_locks_is_one_interval():
    """R3.5: 4802, then 4800; 4801, then 4803."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4802", 600, user=ANN, luid=0xA0010, ts_id=1),
        event("security_4800", 605, user=ANN, luid=0xA0010, ts_id=1),
        event("security_4803", 899, user=ANN, luid=0xA0010, ts_id=1),
        event("security_4801", 900, user=ANN, luid=0xA0010, ts_id=1),
        console_off(1_000, ANN, 0xA0010),
    )
    assert stretches(made, "locked") == [(600, 900)]


def test_locking_breaks_no_triage_session():
    """R3.5, section 2.3."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4800", 30, user=ANN, luid=0xA0010, ts_id=1),
        event("security_4801", 3_000, user=ANN, luid=0xA0010, ts_id=1),
        console_off(4_000, ANN, 0xA0010),
    )
    assert told(made["sessions"], "start", "end") == [(0, 4_000.1)]


def test_a_session_that_is_locked_at_the_end_of_the_log_is_locked_until_further_notice():
    """R3.5: unknown stays unknown."""
    made = build(console_on(0, ANN, 0xA0010),
                 event("security_4800", 30, user=ANN, luid=0xA0010, ts_id=1))
    assert stretches(made, "locked") == [(30, None)]


# R3.6: the log begins mid-session

MIDWAY = [
    pytest.param([event("lsm_23", 0, user=ANN, ts_id=3)], "Closed", id="23"),
    pytest.param([event("lsm_24", 0, user=ANN, ts_id=3, address=WS9, activity=activity(1))],
                 "Disconnected", id="24"),
    pytest.param([event("security_4647", 0, user=ANN, luid=0xA0010)], "Closed", id="4647"),
    pytest.param([event("security_4779", 0, user=ANN, luid=0xA0010, address=WS9,
                        session_name="RDP-Tcp#1"),
                  event("security_4800", 1, user=ANN, luid=0xA0010, ts_id=3)], "Disconnected",
                 id="4779"),
    pytest.param([event("security_4800", 0, user=ANN, luid=0xA0010, ts_id=3)], "Active",
                 id="4800"),
    pytest.param([event("security_4803", 0, user=ANN, luid=0xA0010, ts_id=3)], "Active",
                 id="4803"),
    pytest.param([event("winlogon_7002", 0, user=ANN, ts_id=3)], "Closed", id="7002"),
    pytest.param([event("sysmon_1", 0, user=ANN, luid=0xA0010, ts_id=3, process=r"C:\a.exe")],
                 "Active", id="a process"),
]


@pytest.mark.parametrize(("signs", "state"), MIDWAY)
def test_a_session_of_which_the_log_shows_no_beginning_was_open_before_it(signs, state):
    """R3.6."""
    made = build(signs, since=0)
    assert told(made["locals"], "start_kind", "start", "state") == [
        ("before_coverage", None, state)
    ]
    assert told(made["sessions"], "opened_by", "start", "outcome") == [
        ("before_coverage", None, "established")
    ]


@pytest.mark.parametrize("kind", ["lsm_25", "security_4778"])
def test_a_reconnect_to_a_session_from_before_the_log_opens_both(kind):
    """R3.6: the local session began before coverage, the triage session with the reconnect."""
    given = {"ts_id": 3, "activity": activity(1)} if kind == "lsm_25" else {
        "luid": 0xA0010, "session_name": "RDP-Tcp#1"}
    made = build(event(kind, 0, user=ANN, address=WS9, **given))
    assert told(made["locals"], "start_kind", "start", "state") == [
        ("before_coverage", None, "Active")
    ]
    assert told(made["sessions"], "opened_by", "start") == [("reconnect", 0)]


def test_23_4647_and_7002_of_an_unknown_session_are_one_session():
    """R3.6 [V:D2], T=3: no beginning, three records of one end."""
    made = build(
        event("security_4647", 0, user=ANN, luid=0xA0010),
        event("lsm_23", 0.1, user=ANN, ts_id=3),
        event("winlogon_7002", 0.3, user=ANN, ts_id=3),
    )
    assert told(made["sessions"], "opened_by", "luids", "end", "end_kind") == [
        ("before_coverage", ["0xa0010"], 0.1, "logoff")
    ]
    assert made["locals"].height == 1


def test_sysmon_tells_when_a_session_from_before_the_log_began():
    """R2.1, R3.6, finding 10 (T3): LogonGuid holds the logon's start."""
    made = build(
        event("sysmon_1", 0, user=ANN, luid=0xA0010, ts_id=2, process=r"C:\a.exe",
              sysmon_logon=sysmon_guid(0xA0010, -1_324)),
        event("lsm_24", 100, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
    )
    row = made["logons"].filter(made["logons"]["luid"] == 0xA0010)
    assert told(row, "start", "start_kind") == [(-1_324, "sysmon")]
