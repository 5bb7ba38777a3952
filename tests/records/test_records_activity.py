"""Tests of graphsess/records/activity.py: what was done, with what is known of its session."""

from __future__ import annotations

import pytest

from graphsess.records.ask import EVERYTHING, Ask
from graphsess.records.columns import written
from graphsess.records.registry import STREAMS
from graphsess.records.stream import records

HOST = "ws1.corp.example"


@pytest.fixture
def act(at):
    """An activity row: a process of ann's session, one past noon."""

    def make(ident="e1", **changes):
        return {
            "id": ident, "host": HOST, "time_us": at(1), "kind": "process", "session": "s1",
            "user": "CORP\\ann", "method": "luid", "confidence": 100, "flags": [],
            "while_disconnected": False, "rule": "R7.1", **changes,
        }

    return make


def listed(tables, ask=EVERYTHING):
    return written(records(STREAMS["activity"], tables, ask)).to_dicts()


def test_an_activity_says_who_had_come_and_as_whom_it_was_done(tables, session, act, at):
    rows = tables(
        sessions=[session()],
        activities=[act(user="NT AUTHORITY\\SYSTEM", sid="S-1-5-18", method="service")],
        events=[{"uid": "e1", "ord": 0, "host": HOST, "kind": "security_4688", "time_us": at(1),
                 "process": "C:\\x.exe", "event_id": 4688, "channel": "Security"}],
    )
    [record] = listed(rows)
    assert (record["user"], record["logged_user"]) == ("CORP\\ann", "NT AUTHORITY\\SYSTEM")
    assert (record["kind"], record["source_address"]) == ("rdp", "203.0.113.7")
    assert record["what"] == "a process was started: C:\\x.exe"
    assert (record["session_start"], record["activity"]) == (
        "2026-03-02T12:00:00.000000Z", "process",
    )


def test_the_systems_own_and_what_belongs_to_hidden_sessions_come_with_all(tables, session, act):
    rows = tables(
        sessions=[session(), session("s2", hidden="machine", **{"class": "machine"})],
        activities=[
            act(), act("e2", session=None, sid="S-1-5-18"), act("e3", session="s2"),
            act("e4", session=None, sid="S-1-5-21-1-2-3-1001"),
            act("e5", session=None, sid="S-1-5-18"),
        ],
        activity_candidates=[{"activity": "e5", "session": "s1", "confidence": 20}],
    )
    assert [record["id"] for record in listed(rows, Ask())] == ["e1", "e4", "e5"]
    assert [record["hidden"] for record in listed(rows)] == [None, "system", "machine", None, None]


def test_candidates_are_listed_the_surest_first(tables, session, act):
    rows = tables(
        sessions=[session(), session("s2")],
        activities=[act(session=None)],
        activity_candidates=[
            {"activity": "e1", "session": "s2", "confidence": 10},
            {"activity": "e1", "session": "s1", "confidence": 20},
        ],
    )
    assert listed(rows)[0]["candidates"] == [
        {"session": "s1", "confidence": 20}, {"session": "s2", "confidence": 10},
    ]


@pytest.mark.parametrize(
    ("kind", "told", "says"),
    [
        ("security_4697", {"object": "x", "detail": "C:\\x.exe"},
         "a service was installed: x = C:\\x.exe"),
        ("security_5145", {"object": "\\\\*\\C$", "detail": "a.txt"},
         "a file on a share was asked for: \\\\*\\C$\\a.txt"),
        ("security_4732", {"target_user": "Admins", "target_domain": "WS1", "detail": "ann"},
         "a member was added to a local group: WS1\\Admins, ann"),
        ("powershell_4103", {"detail": "Severity = x\n  Command Name = Get-Item\n  Command Type ="},
         "PowerShell pipeline executed: Get-Item"),
        ("security_1102", {}, "the Security log was cleared"),
        ("powershell_4104", {"detail": "a" * 400},
         "PowerShell script block: " + "a" * 300 + "…"),
    ],
)
def test_what_was_done_is_told_in_a_few_words(tables, act, at, kind, told, says):
    rows = tables(
        activities=[act()],
        events=[{"uid": "e1", "ord": 0, "host": HOST, "kind": kind, "time_us": at(1), **told}],
    )
    assert listed(rows)[0]["what"] == says
