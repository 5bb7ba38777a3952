"""Tests of graphsess/cli/reading.py and show.py on the demonstration."""

from __future__ import annotations

import json

import pytest


def test_the_filters_narrow_sessions(ask):
    every = ask("sessions", "--all")
    rdp = ask("sessions", "--all", "--kind", "rdp", "--host", "rds1")
    assert 0 < len(rdp) < len(every)
    assert {(record["kind"], record["host"]) for record in rdp} == {("rdp", "rds1.corp.example")}
    from_there = ask("sessions", "--ip", "198.51.100.0/24")
    assert {record["source_address"] for record in from_there} == {
        "198.51.100.77",
        "198.51.100.143",
    }
    assert {record["user"] for record in ask("sessions", "--user", "svc-backup")} == {
        "CORP\\svc-backup"
    }


def test_times_are_utc_in_records_and_local_in_tables(run, case, ask):
    (record,) = ask("sessions", "--user", "bob", "--kind", "console", "--tz", "+02:00")
    assert record["start"].startswith("2026-03-02T08:10:40.")
    args = ("sessions", case, "--user", "bob", "--kind", "console", "--format", "table")
    table = run(*args, "--tz", "+02:00").stdout
    assert "2026-03-02 10:10:40+0200" in table
    assert "2026-03-02 08:10:40 " in run(*args).stdout


def test_since_and_until_read_times_in_the_zone_asked_for(ask):
    span = ("--since", "2026-03-02T13:31", "--until", "2026-03-02T13:36", "--tz", "+02:00")
    starts = [record["start"] for record in ask("sessions", *span, "--ip", "198.51.100.77")]
    assert starts
    assert all("2026-03-02T11:31" <= start < "2026-03-02T11:36" for start in starts)


def test_sorting_limit_and_fields(ask):
    records = ask("sessions", "--sort", "-start", "--limit", "2", "--fields", "start,user")
    assert [list(record) for record in records] == [["start", "user"]] * 2
    assert records[0]["start"] > records[1]["start"]


def test_hidden_sessions_come_with_all(ask):
    shown, every = ask("sessions"), ask("sessions", "--all")
    assert {record["hidden"] for record in shown} == {None}
    assert len(every) > len(shown)
    assert "machine" in {record["class"] for record in every}


def test_a_table_folds_failed_sessions_to_their_run(run, case):
    def rows(*args):
        table = run("sessions", case, "--ip", "198.51.100.77", "--format", "table", *args).stdout
        return [line for line in table.splitlines() if line.startswith("2026-")]

    assert len(rows()) == 2
    assert "failed ×40" in rows()[0]
    assert len(rows("--failures", "each")) == 41
    assert len(rows("--failures", "hide")) == 1
    assert len(rows("--limit", "1")) == 1


def test_lines_for_programs_list_each_failure_unless_told_to_hide_them(run, case, ask):
    each = ask("sessions", "--ip", "198.51.100.77")
    assert len(each) == 41
    assert len(ask("sessions", "--ip", "198.51.100.77", "--failures", "hide")) == 1
    result = run("sessions", case, "--failures", "folded", "--format", "jsonl")
    assert result.exit_code == 2


def test_alive_lists_constants_both_halves_and_counts_them(run, case, ask):
    records = ask("alive", "--at", "2026-03-02T12:00:00Z", "--host", "rds1")
    luids = {record["logon_id"] for record in records}
    assert {"0x3e7", "0x3e4", "0x3e5"} <= luids
    assert all(
        record["linked_logon_id"] in luids for record in records if record["linked_logon_id"]
    )
    table = run(
        "alive", case, "--at", "2026-03-02T12:00:00Z", "--host", "rds1", "--format", "table"
    ).stdout
    assert f"{len(records)} logon sessions alive: " in table


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("sessions", "--ip", "192.0.2.1"), "No sessions match; without the filters there are "),
        (("alive", "--at", "2020-01-01"), "the logs reach from 2026-03-0"),
    ],
)
def test_an_empty_result_says_why(run, case, args, says):
    stream, *more = args
    result = run(stream, case, *more)
    assert (result.exit_code, result.stdout) == (0, "")
    assert says in result.stderr


def test_show_brings_a_session_with_its_records_as_logged(run, case, ask):
    session = ask("sessions", "--ip", "198.51.100.143", "--failures", "hide")[0]
    result = run("show", case, session["id"])
    shown = json.loads(result.stdout)
    assert shown["what"] == "session"
    assert {name: shown[name] for name in session if name != "sources"} == {
        name: value for name, value in session.items() if name != "sources"
    }
    assert all(source["fields"] for source in shown["sources"])
    used = {source["evidence"] for source in shown["sources"]}
    assert {file["sha256"] for file in shown["case"]["evidence"]} == used
    assert shown["case"]["settings"]["nla_s"] == 5


@pytest.mark.parametrize(
    ("stream", "what"),
    [
        ("logons", "logon session"),
        ("locals", "local session"),
        ("connections", "connection"),
        ("failures", "failure run"),
        ("users", "user"),
        ("hosts", "host"),
        ("addresses", "address"),
        ("evidence", "evidence file"),
        ("coverage", "coverage"),
    ],
)
def test_show_finds_whatever_has_an_id(run, case, ask, stream, what):
    ident = ask(stream, "--limit", "1")[0]["id"]
    shown = json.loads(run("show", case, ident).stdout)
    assert (shown["what"], shown["id"]) == (what, ident)
    page = run("show", case, ident, "--format", "table").stdout
    assert page.startswith(what)


def test_show_finds_an_event_and_the_sessions_that_it_speaks_for(run, case, ask):
    session = ask("sessions", "--kind", "rdp", "--failures", "hide", "--limit", "1")[0]
    source = session["sources"][0]
    shown = json.loads(run("show", case, source["event"]).stdout)
    assert (shown["what"], shown["event_id"]) == ("event", source["event_id"])
    assert session["id"] in [found["session"] for found in shown["sessions"]]
    assert shown["fields"]


def test_show_of_what_is_not_there_is_a_usage_error(run, case):
    result = run("show", case, "nobody\x1b[31m")
    assert result.exit_code == 2
    assert "has the id" in result.stderr
    assert "\x1b" not in result.stderr


def test_groups_rank_the_intruder_first_and_say_why(ask):
    first, *rest = ask("groups")
    assert (first["user"], first["source_address"]) == ("CORP\\svc-backup", "198.51.100.77")
    assert first["outlier_score"] == sum(first["reason_points"]) > rest[0]["outlier_score"]
    assert first["reasons"][0].startswith("40 failed attempts, then success (+")
    assert len(first["session_ids"]) == first["sessions"] + first["failures"]


def test_groups_are_by_address_range_or_host(ask):
    assert {record["by"] for record in ask("groups", "--all")} == {"address"}
    ranges = ask("groups", "--by", "range", "--user", "svc-backup")
    assert "198.51.100.0/24" in {record["place"] for record in ranges}
    assert all(record["source_address"] is None for record in ranges)
    hosts = ask("groups", "--by", "host", "--host", "rds1")
    assert {record["place"] for record in hosts} == {record["host"] for record in hosts}
    assert {record["host"] for record in hosts} == {"rds1.corp.example"}


def test_every_group_can_be_shown(run, case, ask):
    for by in ("address", "range", "host"):
        [record, *_] = ask("groups", "--by", by, "--limit", "1")
        result = run("show", case, record["id"], "--format", "json")
        assert json.loads(result.stdout)["what"] == "group"


def test_every_reason_has_words():
    from graphsess.across.reasons import REASONS
    from graphsess.records.reasons import WORDS, reasons_in_words

    assert set(WORDS) == set(REASONS)
    for by in ("address", "host"):
        group = {"by": by, "source_range": "10.0.0.0/24", "reasons": list(WORDS),
                 "points": [9] * len(WORDS), "seen": [1] * len(WORDS), "of": [2] * len(WORDS)}
        assert all(text.endswith("(+9)") for text in reasons_in_words(group))
