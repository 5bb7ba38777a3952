"""What an examiner must know of a session: graphsess.derive.flags (R4.2, R5.9, R6.1)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    CHANNELS,
    CONSOLE,
    activity,
    build,
    console_off,
    console_on,
    event,
    rdp_auth,
    rdp_knock,
    rdp_on,
    roles,
    told,
)

ANN, BOB, ADM = "LAB\\ann", "LAB\\bob", "LAB\\adm"
WS9, WS8 = "10.0.0.9", "10.0.0.8"
TSCON = r"C:\Windows\System32\tscon.exe"


def station(kind, at, user, luid, *, name="RDP-Tcp#8", client="JUMP01", ip=WS9):
    return event(kind, at, user=user, luid=luid, session_name=name, name=client, address=ip)


def hijack(**other):
    """Section 2.8 (T4): ann's window becomes bob's, with no logon of bob anywhere."""
    return [
        *rdp_on(0, ANN, 0xA0010, WS9, 8, ts=2),
        event("security_4688", 99, by=0x3E7, user="NT AUTHORITY\\SYSTEM", process=TSCON),
        station("security_4779", 100, ANN, 0xA0010),
        station("security_4778", 100 + other.pop("gap", 0.46), other.pop("user", BOB),
                other.pop("luid", 0x9A423), **other),
    ]


# R5.9


def test_a_session_that_is_taken_with_its_window_by_another_user_is_a_hijack():
    """R5.9 (T4): ends A's session, starts B's with the same client."""
    made = build(hijack())
    assert told(made["sessions"], "user", "kind", "opened_by", "source_address", "source_name",
                "end", "end_kind") == [
        (ANN, "rdp", "logon", WS9, "JUMP01", 100, "disconnect"),
        (BOB, "rdp", "reconnect", WS9, "JUMP01", None, "open_at_end_of_log"),
    ]
    assert ["session_hijack" in flags for flags in made["sessions"]["flags"]] == [False, True]
    assert roles(made, 0)["DISCONNECT"] == ["security_4779"]
    assert "security_4779" in roles(made, 1)["DISPLACED_BY"]


def test_a_hijack_is_seen_in_the_security_log_alone():
    """R5.9 (T4)."""
    made = build(station("security_4779", 0, ANN, 0x9B5E1E),
                 station("security_4778", 0.46, BOB, 0x9A423))
    assert told(made["sessions"], "user", "source_address", "source_name") == [
        (ANN, WS9, "JUMP01"), (BOB, WS9, "JUMP01"),
    ]
    assert ["session_hijack" in flags for flags in made["sessions"]["flags"]] == [False, True]


NO_HIJACK = [
    pytest.param({"user": ANN, "luid": 0xA0010}, id="the same user"),
    pytest.param({"gap": 2.5}, id="too late"),
    pytest.param({"name": "RDP-Tcp#9"}, id="another window"),
    pytest.param({"client": "OTHER"}, id="another client"),
    pytest.param({"ip": WS8}, id="another address"),
]


@pytest.mark.parametrize("other", NO_HIJACK)
def test_what_only_looks_like_a_hijack_is_none(other):
    """R5.9: equal SessionName and client within two seconds."""
    made = build(hijack(**other))
    assert not any("session_hijack" in flags for flags in made["sessions"]["flags"])


FRESH = [
    pytest.param(event("rcm_1149", 100.2, user=BOB, address=WS9, activity=activity(9)), id="1149"),
    pytest.param(event("security_4624", 100.2, user=BOB, luid=0xA0110, logon_type=10,
                       address=WS9), id="4624"),
]


@pytest.mark.parametrize("between", FRESH)
def test_with_a_logon_between_it_is_no_hijack(between):
    """R5.9: no 4624 or 1149 between."""
    made = build(hijack(), between)
    assert not any("session_hijack" in flags for flags in made["sessions"]["flags"])


def test_fast_user_switching_at_the_console_is_no_hijack():
    """R5.9, section 2.4: 4779 {A, Console} and 4778 {B, Console} is how switching looks."""
    made = build(
        console_on(0, ANN, 0xA0010, ts=1),
        event("lsm_24", 50, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        console_on(60, BOB, 0xA0110, ts=2),
        station("security_4779", 100, BOB, 0xA0110, name="Console", client="Unknown", ip="LOCAL"),
        event("lsm_24", 100.1, user=BOB, ts_id=2, address="LOCAL", activity=CONSOLE),
        event("lsm_25", 101, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        station("security_4778", 101.1, ANN, 0xA0010, name="Console", client="Unknown",
                ip="LOCAL"),
    )
    assert not any("session_hijack" in flags for flags in made["sessions"]["flags"])


def silent_hijack(*between, gap=1.2, ip=WS9):
    """R5.9b: LSM alone; bob's disconnected T=3 comes to the window of ann's T=2."""
    return build(
        [line for line in rdp_on(0, ANN, 0xA0010, WS9, 8, ts=2)
         if not line["kind"].startswith("security_")],
        event("lsm_21", -600, user=BOB, ts_id=3, address=WS8, activity=activity(1)),
        event("lsm_24", -500, user=BOB, ts_id=3, address=WS8, activity=activity(1)),
        event("lsm_39", 100, ts_id=2, other_ts_id=3),
        event("lsm_24", 100.1, user=ANN, ts_id=2, address=WS9, activity=activity(8)),
        between,
        event("lsm_25", 100.1 + gap, user=BOB, ts_id=3, address=ip, activity=activity(8)),
    )


def test_without_4778_and_4779_lsm_shows_the_hijack():
    """R5.9b: 24/39 of A, then 25 of B != A from one address and no new contact between."""
    made = silent_hijack()
    taken = made["sessions"].filter(pl.col("opened_by") == "reconnect")
    assert told(taken, "user", "source_address") == [(BOB, WS9)]
    assert "session_hijack" in taken["flags"][0]


NO_SILENT = [
    pytest.param([event("rcm_261", 100.4, session_name="RDP-Tcp", activity=activity(9))], {},
                 id="a new contact between"),
    pytest.param([event("core_131", 100.4, verb="TCP", address=f"{WS9}:50009",
                        activity=activity(9))], {}, id="a new 131 between"),
    pytest.param([event("rcm_1149", 100.4, user=BOB, address=WS9, activity=activity(9))], {},
                 id="a 1149 between"),
    pytest.param([], {"gap": 2.5}, id="too late"),
    pytest.param([], {"ip": WS8}, id="another address"),
]


@pytest.mark.parametrize(("between", "other"), NO_SILENT)
def test_what_only_looks_like_a_silent_hijack_is_none(between, other):
    """R5.9b."""
    made = silent_hijack(*between, **other)
    assert not any("session_hijack" in flags for flags in made["sessions"]["flags"])


# R4.2


def test_only_the_session_that_took_over_is_flagged_takeover():
    """R4.2: with the events that prove it."""
    made = build(
        console_on(0, ANN, 0xA0010, ts=1),
        rdp_knock(100, WS9, 1), rdp_auth(100.1, ANN, WS9, 1),
        event("lsm_40", 101, ts_id=1, reason=5, activity=CONSOLE),
        event("lsm_24", 101.1, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        event("lsm_25", 102, user=ANN, ts_id=1, address=WS9, activity=activity(1)),
    )
    assert told(made["sessions"], "kind", "flags") == [("console", []), ("rdp", ["takeover"])]
    [row] = made["flags"].to_dicts()
    assert (row["rule"], len(row["uids"])) == ("R4.2", 2)


def test_a_user_kicked_by_another_users_logon_lost_a_session_that_was_not_taken_over():
    """Section 2.8: client OS, "sign the other one out"; T differs."""
    made = build(
        console_on(0, ANN, 0xA0010, ts=1),
        event("lsm_39", 100, ts_id=1, other_ts_id=2),
        event("lsm_40", 100.1, ts_id=1, reason=5, activity=CONSOLE),
        event("lsm_24", 100.2, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        rdp_on(99, BOB, 0xA0110, WS9, 1, ts=2),
    )
    assert told(made["sessions"], "user", "end", "flags") == [
        (ANN, 100.2, []), (BOB, None, []),
    ]


# R6.1


CLEARS = [
    pytest.param([event("security_1102", 60, user=ANN, luid=0xA0010)], id="1102 by its own LUID"),
    pytest.param([event("security_1102", 60, user=ADM, luid=0x9FFFF)], id="1102 by another"),
    pytest.param([event("eventlog_104", 60, user=ANN, object=CHANNELS["lsm"])], id="104"),
]


@pytest.mark.parametrize("clear", CLEARS)
def test_a_clear_during_a_session_does_not_end_it(clear):
    """R6.1: it is marked, with the clear as evidence."""
    made = build(console_on(0, ANN, 0xA0010), clear, console_off(100, ANN, 0xA0010))
    mine = made["sessions"].filter(pl.col("kind") == "console")
    assert told(mine, "start", "end", "flags") == [(0, 100.1, ["log_cleared_during"])]
    flag = made["flags"].filter(pl.col("session").is_in(mine["id"].to_list()))
    cleared = made["events"].filter(pl.col("kind").is_in(["security_1102", "eventlog_104"]))
    assert flag["uids"].to_list() == [cleared["uid"].to_list()]


@pytest.mark.parametrize("at", [-10, 200], ids=["before", "after"])
def test_a_clear_outside_a_session_does_not_mark_it(at):
    """R6.1."""
    made = build(console_on(0, ANN, 0xA0010), console_off(100, ANN, 0xA0010),
                 event("security_1102", at, user=ADM, luid=0x9FFFF))
    mine = made["sessions"].filter(pl.col("kind") == "console")
    assert told(mine, "flags") == [([],)]


def test_a_clear_over_the_network_marks_the_session_that_did_it():
    """R6.1: actor LUID → session."""
    made = build(
        event("security_4624", 0, user=ADM, luid=0xA0010, logon_type=3, address=WS9, port=49_800),
        event("security_1102", 5, user=ADM, luid=0xA0010),
        event("security_4634", 9, user=ADM, luid=0xA0010, logon_type=3),
        event("security_4624", 2, user=BOB, luid=0xA0020, logon_type=3, address=WS8, port=49_801),
        event("security_4634", 20, user=BOB, luid=0xA0020, logon_type=3),
    )
    assert told(made["sessions"], "user", "flags") == [(ADM, ["log_cleared_during"]), (BOB, [])]


# All flags


def test_every_flag_names_its_rule():
    """Promise 3."""
    made = build(hijack())
    assert made["flags"]["rule"].null_count() == 0
    assert set(made["flags"]["session"]) <= set(made["sessions"]["id"])


def test_a_flag_stands_once_on_a_session():
    made = build(console_on(0, ANN, 0xA0010), event("security_1102", 60, user=ANN, luid=0xA0010),
                 event("security_1102", 70, user=ANN, luid=0xA0010))
    assert not made["flags"].select("session", "flag").is_duplicated().any()
