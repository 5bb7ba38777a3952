"""Tests of graphsess/records/sessions.py, sources.py, words.py and columns.py."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from graphsess.records.ask import Ask
from graphsess.records.columns import luids, written
from graphsess.records.registry import STREAMS
from graphsess.records.stream import records
from graphsess.records.words import end_words, status_words

SESSIONS = STREAMS["sessions"]


def one(tables, stream="sessions", **ask):
    return written(records(STREAMS[stream], tables, Ask(**ask))).row(0, named=True)


def event(uid, ord_, time_us, **changes):
    return {
        "uid": uid,
        "ord": ord_,
        "host": "ws1.corp.example",
        "boot": 0,
        "era": 0,
        "time_us": time_us,
        "channel": "Security",
        "provider": "P",
        "event_id": 4624,
        "record_id": 7,
        "evidence": "5a",
        "carved": False,
        "copies": [],
        **changes,
    }


def test_times_have_six_decimals_and_z_however_round_they_are(tables, session):
    record = one(tables(sessions=[session(session_us=None)]))
    assert record["start"] == "2026-03-02T12:00:00.000000Z"
    assert record["end"] == "2026-03-02T12:10:00.000000Z"
    assert record["session_time"] is None


def test_luids_are_lower_case_hexadecimal_texts(tables, session):
    record = one(tables(sessions=[session(luids=[0x51C10F, 0xAB])]))
    assert record["logon_ids"] == ["0x51c10f", "0xab"]
    assert record["byproduct_logon_ids"] == []


def test_a_luid_above_the_signed_range_keeps_its_bits():
    assert luids(pl.Series([-1, 0, 0x3E7, None])).to_list() == [
        "0xffffffffffffffff", "0x0", "0x3e7", None,
    ]  # fmt: skip


def test_the_host_is_named_as_last_logged_and_the_boot_by_its_id(tables, session):
    record = one(tables(sessions=[session()]))
    assert (record["host"], record["host_id"]) == ("WS1.corp.example", "ws1.corp.example")
    assert record["boot"] == "boot|ws1|0"


def test_a_duration_is_seconds_and_unknown_where_an_end_is_or_time_ran_backwards(
    tables, session, at
):
    assert one(tables(sessions=[session(end_us=at(10) + 411)]))["duration"] == 600.000411
    assert one(tables(sessions=[session(end_us=None)]))["duration"] is None
    assert one(tables(sessions=[session(end_us=at(-1))]))["duration"] is None


def test_codes_come_in_words(tables, session):
    record = one(tables(sessions=[session(failure_status="0xc000006a", end_reason="displaced")]))
    assert record["failure_text"] == "wrong password"
    assert record["end_reason"] == "displaced by another connection"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, None),
        ("shutdown", "host shut down"),
        ("crash", "host crashed; last sign of life"),
        ("redirected_by_broker", "redirected by broker to another host"),
        ("reason:4107", "reason code 4107"),
        ("something_new", "something new"),
    ],
)
def test_every_end_has_words(code, words):
    assert end_words(code) == words


def test_a_status_that_nobody_knows_is_shown_as_it_is():
    assert status_words("0xC000006A") == "wrong password"
    assert status_words("0xdeadbeef") == "status 0xdeadbeef"
    assert status_words(None) is None


def test_the_best_owner_of_the_source_address_is_the_source_host(tables, session):
    origins = [
        {"session": "s1", "source_host": "ws1.corp.example", "weight": 9, "rule": "R9"},
        {"session": "s1", "source_host": "other", "weight": 5, "rule": "R9"},
    ]
    assert one(tables(sessions=[session()], origins=origins))["source_host"] == "WS1.corp.example"


def test_sources_come_in_time_order_with_file_and_role(tables, session, at):
    record = one(
        tables(
            sessions=[session()],
            sources=[
                {"session": "s1", "ord": 2, "uid": "b", "role": "LOGOFF_DONE", "rule": "R5.4"},
                {"session": "s1", "ord": 1, "uid": "a", "role": "CONNECT", "rule": "R4.1"},
                {"session": "s2", "ord": 1, "uid": "a", "role": "CONNECT", "rule": "R4.1"},
            ],
            events=[event("a", 1, at(0), copies=["6b"]), event("b", 2, at(10), event_id=4634)],
            evidence=[
                {"path": "DC/Security.evtx", "sha256": "5a", "also": []},
                {"path": "copy.evtx", "sha256": "6b", "also": []},
            ],
        )
    )
    assert record["sources"] == [
        {
            "event": "a",
            "time": "2026-03-02T12:00:00.000000Z",
            "host": "WS1.corp.example",
            "channel": "Security",
            "provider": "P",
            "event_id": 4624,
            "record_id": 7,
            "file": "DC/Security.evtx",
            "evidence": "5a",
            "role": "CONNECT",
            "rule": "R4.1",
            "copies": ["copy.evtx"],
            "carved": False,
        },
        {**record["sources"][1], "event": "b", "event_id": 4634, "copies": []},
    ]


def test_sessions_come_by_their_start_and_those_without_one_last(tables, session, at):
    rows = [
        session("late", start_us=at(5)),
        session("none", start_us=None),
        session("early", start_us=at(1)),
    ]
    frame = records(SESSIONS, tables(sessions=rows), Ask())
    assert frame["id"].to_list() == ["early", "late", "none"]


def test_moments_deep_inside_lists_are_written_too():
    moment = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    frame = pl.DataFrame({"a": [[{"b": [moment], "c": moment, "d": None}], []]})
    assert written(frame)["a"].to_list() == [
        [{"b": ["2026-03-02T00:00:00.000000Z"], "c": "2026-03-02T00:00:00.000000Z", "d": None}],
        [],
    ]
