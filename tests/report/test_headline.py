"""Tests of graphsess/report/headline.py: one thing in a sentence, and facts worth reading."""

from __future__ import annotations

import datetime as dt

import pytest

from graphsess.report.headline import facts, headline

SESSION = {
    "what": "session",
    "id": "s",
    "host": "ws1",
    "host_id": "WS1",
    "kind": "rdp",
    "outcome": "established",
    "user": "CORP\\ann",
    "source_address": "203.0.113.7",
    "source_name": "KALI",
    "start": "2026-03-02T12:00:00.000000Z",
    "start_earliest": "2026-03-02T12:00:00.000000Z",
    "end": "2026-03-02T13:31:00.000000Z",
    "end_latest": "2026-03-02T13:32:00.000000Z",
    "end_kind": "disconnect",
    "duration": 5460.0,
    "privileged": False,
}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param(
            {},
            "CORP\\ann from 203.0.113.7 (KALI) to ws1: rdp session, established, "
            "2026-03-02 12:00:00 to 2026-03-02 13:31:00 (disconnect)",
            id="all known",
        ),
        pytest.param(
            {"user": None, "source_address": None, "source_name": None, "start": None,
             "end": None, "end_kind": None},
            "An unknown account to ws1: rdp session, established, before the log begins to an "
            "unknown end",
            id="nothing known",
        ),
        pytest.param(
            {"user": "x\x1b[31m", "source_name": None, "end": None, "end_kind": "unobserved"},
            "x\\x1b[31m from 203.0.113.7 to ws1: rdp session, established, 2026-03-02 12:00:00 "
            "to an unknown end (unobserved)",
            id="a name that would colour the terminal",
        ),
    ],
)  # fmt: skip
def test_a_session_in_a_sentence(changes, sentence):
    assert headline(SESSION | changes, dt.UTC) == sentence


def test_a_move_in_a_sentence():
    move = {
        "what": "move",
        "from_host": "ws1",
        "to_host": "dc1",
        "from_user": "CORP\\ann",
        "to_user": "CORP\\adm",
        "kind": "network",
        "count": 3,
        "band": "high",
        "start": "2026-03-02T12:00:00.000000Z",
    }
    assert headline(move, dt.UTC) == (
        "CORP\\ann as CORP\\adm moved from ws1 to dc1: network, 3 times, 2026-03-02 12:00:00, "
        "high evidence"
    )


def test_facts_leave_out_what_is_said_already():
    told = dict(facts(SESSION))
    assert told["duration"] == "1 h 31 min"
    assert "end_latest" in told
    assert {"what", "id", "host_id", "start_earliest", "privileged"} & set(told) == set()
