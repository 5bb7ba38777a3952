"""Tests of graphsess/records/logons.py and alive.py."""

from __future__ import annotations

import pytest

from graphsess.errors import UsageError
from graphsess.records.ask import EVERYTHING, Ask, moment_of
from graphsess.records.registry import STREAMS
from graphsess.records.stream import records

ALIVE, LOGONS = STREAMS["alive"], STREAMS["logons"]
CONSTANTS = ["0x3e4", "0x3e5", "0x3e7"]


def alive(tables, when="12:05", **ask):
    frame = records(ALIVE, tables, Ask(at=moment_of(f"2026-03-02T{when}"), **ask))
    return dict(frame.select("logon_id", "after_access_end").iter_rows())


def test_constants_are_alive_in_every_boot_even_where_no_log_names_them(tables):
    assert sorted(alive(tables())) == CONSTANTS


def test_a_constant_that_the_logs_name_is_listed_once(tables, logon):
    made = tables(logons=[logon(0x3E7, start_us=None, access_end_us=None, **{"class": "system"})])
    assert sorted(alive(made)) == CONSTANTS


@pytest.mark.parametrize(
    ("minutes", "listed"),
    [
        ({"start_us": 0, "access_end_us": 10}, {"0x51c10f": False}),
        ({"start_us": 6, "access_end_us": 10}, {}),
        ({"start_us": 0, "access_end_us": 4}, {}),
        ({"start_us": 0, "access_end_us": 4, "destroyed_us": 6}, {"0x51c10f": True}),
        ({"start_us": 0, "access_end_us": 4, "destroyed_us": 5}, {}),
        ({"start_us": 0, "access_end_us": None}, {"0x51c10f": False}),
        ({"start_us": None, "start_latest_us": 4, "access_end_us": None}, {"0x51c10f": False}),
        ({"start_us": None, "start_latest_us": 6, "access_end_us": None}, {}),
    ],
    ids=[
        "between start and end",
        "not yet",
        "over, and no 4634: gone at its access end",
        "over, token kept: after access end",
        "gone at its 4634",
        "no end known",
        "start bracketed before",
        "start bracketed after",
    ],
)
def test_a_token_lives_from_its_logon_to_its_4634(tables, logon, at, minutes, listed):
    row = logon(**{name: None if m is None else at(m) for name, m in minutes.items()})
    found = alive(tables(logons=[row]))
    assert {luid: after for luid, after in found.items() if luid not in CONSTANTS} == listed


def test_a_network_logon_whose_end_nobody_saw_is_gone_after_its_last_sign(tables, logon, at):
    row = logon(end_kind="unobserved", access_end_us=None, last_seen_us=at(1))
    assert "0x51c10f" not in alive(tables(logons=[row]))


def test_companions_services_and_both_uac_halves_are_listed(tables, logon):
    rows = [
        logon(1, linked_luid=2, elevated=False),
        logon(2, linked_luid=1, elevated=True),
        logon(3, **{"class": "service"}),
        logon(4, byproduct_of="local|1"),
    ]
    found = alive(tables(logons=rows))
    assert sorted(set(found) - set(CONSTANTS)) == ["0x1", "0x2", "0x3", "0x4"]


def test_luids_of_another_boot_are_not_alive(tables, logon, at):
    boots = [
        {"id": "b0", "host": "ws1.corp.example", "boot": 0, "start_us": at(-60), "end_us": at(3)},
        {"id": "b1", "host": "ws1.corp.example", "boot": 1, "start_us": at(4)},
    ]
    row = logon(access_end_us=None)
    assert "0x51c10f" not in alive(tables(logons=[row], boots=boots))
    assert "0x51c10f" in alive(tables(logons=[row], boots=boots), "12:02")
    assert alive(tables(logons=[row], boots=boots), "12:03:30") == {}


def test_a_host_whose_logs_do_not_reach_the_moment_lists_nothing(tables, logon):
    made = tables(logons=[logon(access_end_us=None)])
    assert alive(made, "13:01") == {}
    assert alive(made, "10:59") == {}


def test_alive_needs_a_moment(tables):
    with pytest.raises(UsageError, match="alive needs a moment: --at"):
        records(ALIVE, tables(), Ask())


def test_logons_of_machines_services_and_batch_are_hidden_by_default(tables, logon):
    rows = [
        logon(1),
        logon(2, **{"class": "machine"}),
        logon(3, **{"class": "service"}),
        logon(4, logon_type=4),
    ]
    made = tables(logons=rows)
    assert records(LOGONS, made, Ask())["logon_id"].to_list() == ["0x1"]
    every = records(LOGONS, made, EVERYTHING)
    assert dict(every.select("logon_id", "hidden").iter_rows()) == {
        "0x1": None,
        "0x2": "machine",
        "0x3": "service",
        "0x4": "batch",
    }


def test_a_logon_names_the_first_session_that_ran_under_it(tables, logon, session, at):
    made = tables(
        logons=[logon(0x51C10F), logon(0xAB)],
        sessions=[
            session("again", start_us=at(5)),
            session("first", byproduct_luids=[0xAB]),
        ],
    )
    frame = records(LOGONS, made, Ask())
    assert dict(frame.select("logon_id", "session").iter_rows()) == {
        "0x51c10f": "first",
        "0xab": "first",
    }


def test_a_logons_sources_are_the_events_of_its_own_life(tables, logon, at):
    def event(uid, kind, boot=0, **changes):
        return {
            "uid": uid,
            "ord": 0,
            "host": "ws1.corp.example",
            "boot": boot,
            "time_us": at(0),
            "kind": kind,
            **changes,
        }

    made = tables(
        logons=[logon()],
        events=[
            event("a", "security_4624", target_luid=0x51C10F),
            event("b", "security_4634", target_luid=0x51C10F),
            event("c", "security_4672", actor_luid=0x51C10F),
            event("other boot", "security_4624", boot=1, target_luid=0x51C10F),
            event("other luid", "security_4624", target_luid=0x51C110),
            event("what it did", "security_4688", actor_luid=0x51C10F),
        ],
    )
    sources = records(LOGONS, made, Ask())["sources"].to_list()[0]
    assert [(s["event"], s["role"]) for s in sources] == [
        ("a", "SESSION_CREATE"),
        ("b", "LOGOFF_DONE"),
        ("c", "PRIVILEGE"),
    ]
