"""Tests of graphsess/report: tables and pages for people, whatever the logs hold."""

from __future__ import annotations

import datetime as dt
import io

import polars as pl
import pytest
from rich.console import Console

from graphsess.records.registry import STREAMS
from graphsess.report.cells import harmless, words
from graphsess.report.folded import folded
from graphsess.report.terminal import print_table
from graphsess.report.thing import print_thing

SESSIONS = STREAMS["sessions"]
HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil.example\x07click\x1b]8;;\x07",
    "a\rb\nc\td\x00",
    "\u202egnp.exe",
    "\u2066x\u2069\u200b",
    "\x9b31m",
    "[bold]markup[/bold] [link=http://evil.example]x[/link]",
    "x" * 65_536,
    "名前" * 50,
]


def page(width=120, **how):
    out = io.StringIO()
    return Console(file=out, width=width, highlight=False, **how), out


def sessions(*rows):
    columns = {
        "start": pl.Datetime("us", "UTC"),
        "end": pl.Datetime("us", "UTC"),
        **dict.fromkeys(
            ["id", "user", "outcome", "kind", "source_address", "host", "end_kind"], pl.String
        ),
        "attempted_user": pl.String,
        "failure_run": pl.String,
        "flags": pl.List(pl.String),
    }
    return pl.DataFrame(list(rows), columns)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("width", [20, 80, 200])
def test_no_name_commands_the_terminal_or_bursts_the_table(name, width):
    console, out = page(width, force_terminal=True, no_color=True, color_system=None)
    print_table(console, SESSIONS, sessions({"user": name, "host": name, "id": name}), dt.UTC)
    text = out.getvalue()
    assert not set(text) & set("\x1b\r\t\x00\x07\x9b\u202e\u2066\u2069\u200b")


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_commands_the_terminal_from_a_page(name):
    console, out = page(no_color=True)
    source = {
        "event": "u",
        "time": None,
        "role": name,
        "rule": name,
        "channel": name,
        "event_id": 1,
        "record_id": 1,
        "file": name,
        "fields": {"Event": {"EventData": {name: name}}},
    }
    thing = {
        "what": "session",
        "id": name,
        "user": name,
        "flags": [name],
        "sources": [source],
        "case": {
            "tool": "1",
            "rules": 1,
            "schema": 1,
            "evidence": [{"path": name, "sha256": "5a"}],
        },
    }
    print_thing(console, thing, dt.UTC)
    assert not set(out.getvalue()) & set("\x1b\r\t\x00\x07\x9b\u202e\u2066\u2069\u200b")


def test_what_is_harmless_stays_as_it_is():
    assert harmless("CORP\\ann Ünsal 名前 é") == "CORP\\ann Ünsal 名前 é"
    assert harmless("a\u202eb\x1b") == "a\\u202eb\\x1b"


def test_markup_in_a_name_stays_text():
    console, out = page()
    print_table(console, SESSIONS, sessions({"user": "[red]ann[/red]"}), dt.UTC)
    assert "[red]ann[/red]" in out.getvalue()


def test_every_colour_has_a_word_beside_it():
    row = {"user": "ann", "outcome": "failed"}
    plain, coloured = page(), page(force_terminal=True, color_system="truecolor")
    for console, _ in (plain, coloured):
        print_table(console, SESSIONS, sessions(row), dt.UTC)
    assert "\x1b[31mfailed" in coloured[1].getvalue()
    assert "failed" in plain[1].getvalue()


def test_the_most_needed_columns_come_first_and_the_rest_is_named():
    rows = sessions(
        {"start": dt.datetime(2026, 3, 2, tzinfo=dt.UTC), "user": "ann", "id": "x" * 70}
    )
    console, out = page(40)
    notes = print_table(console, SESSIONS, rows, dt.UTC)
    assert out.getvalue().split()[:2] == ["start", "user"]
    assert notes[0].startswith("columns that did not fit: ")
    assert "id" in notes[0]
    console, out = page(40)
    assert print_table(console, SESSIONS, rows, dt.UTC, ["id"]) == []
    assert out.getvalue().replace("\n", "").replace(" ", "").endswith("x" * 70)


def test_a_host_that_is_in_all_rows_is_said_once():
    rows = sessions({"host": "ws1.corp", "user": "ann"}, {"host": "ws1.corp", "user": "bob"})
    console, out = page()
    assert print_table(console, SESSIONS, rows, dt.UTC) == ["host: ws1.corp in all rows"]
    assert "host" not in out.getvalue()


def test_hosts_are_short_where_that_leaves_them_apart():
    for second, shown in (("ws2.corp", "ws1 "), ("ws1.other", "ws1.corp")):
        console, out = page()
        print_table(console, SESSIONS, sessions({"host": "ws1.corp"}, {"host": second}), dt.UTC)
        assert shown in out.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        ("", "-"),
        ([], "-"),
        (True, "yes"),
        (["a", "b", "c", "d", "e"], "a, b, c +2"),
        ([{"user": "ann", "count": 1200}], "ann ×1,200"),
        ([{"code": "0x18", "count": 3}], "0x18 ×3"),
        (dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC), "9999-12-31 23:59:00"),
    ],
)
def test_values_in_words(value, text):
    assert words(value, dt.timezone(dt.timedelta(hours=0))) == text


def test_a_time_that_no_zone_can_hold_is_shown_in_utc():
    late = dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC)
    assert words(late, dt.timezone(dt.timedelta(hours=5))).startswith("9999-12-31 23:59:00")


def test_folding_keeps_everything_that_is_no_run():
    at = [dt.datetime(2026, 3, 2, 12, n, tzinfo=dt.UTC) for n in range(6)]
    rows = sessions(
        {"id": "in", "outcome": "established", "start": at[0], "user": "ann"},
        {"id": "f1", "outcome": "failed", "failure_run": "r", "start": at[1], "user": "ann"},
        {"id": "f2", "outcome": "failed", "failure_run": "r", "start": at[2], "user": "bob"},
        {"id": "single", "outcome": "failed", "failure_run": "q", "start": at[3], "user": "ann"},
        {"id": "lone", "outcome": "failed", "start": at[4], "user": "ann"},
        {"id": "f3", "outcome": "failed", "failure_run": "r", "start": at[5], "end": at[5]},
    )
    found = folded(rows).select("id", "outcome", "user", "start", "end").rows()
    assert found == [
        ("in", "established", "ann", at[0], None),
        ("r", "failed ×3", "2 accounts", at[1], at[5]),
        ("single", "failed", "ann", at[3], None),
        ("lone", "failed", "ann", at[4], None),
    ]
