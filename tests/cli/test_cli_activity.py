"""Tests of graphsess/cli/activity.py and records/artefacts.py on the demonstration."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

CONTRACT = [
    "session", "local_session", "logon_id", "user", "kind", "source_address", "source_class",
    "session_start", "session_end", "method", "confidence", "while_disconnected", "flags",
    "candidates",
]


@pytest.fixture(scope="session")
def desktop(ask):
    """A session at a desktop that was left, and a moment in the middle of it."""
    record = next(
        record for record in ask("sessions", "--kind", "rdp")
        if record["outcome"] == "established" and record["end"]
    )
    begin, end = (datetime.fromisoformat(record[name]) for name in ("session_time", "end"))
    return record, begin + (end - begin) / 2


@pytest.fixture
def mapped(run, case, tmp_path):
    def invoke(text, *args, name="file.csv", code=0):
        file = tmp_path / name
        file.write_text(text, "utf-8")
        result = run("activity", case, file, *args)
        assert result.exit_code == code, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()], result.stderr

    return invoke


def test_activities_of_the_logs_have_the_contracts_fields(ask):
    records = ask("activity")
    assert records
    for record in records:
        assert set(CONTRACT) <= set(record)
        assert {"host", "channel", "provider", "event_id", "record_id", "time"} <= set(record)
        assert record["what"]


def test_an_activity_belongs_to_a_session_that_is_there(ask):
    sessions = {record["id"]: record for record in ask("sessions", "--all")}
    for record in ask("activity", "--all"):
        if record["session"]:
            assert record["source_address"] == sessions[record["session"]]["source_address"]
            assert record["user"] == sessions[record["session"]]["user"]


def test_kinds_are_those_of_the_session_and_of_the_act(ask):
    assert {record["activity"] for record in ask("activity", "--kind", "process")} == {"process"}
    assert {record["kind"] for record in ask("activity", "--kind", "rdp")} == {"rdp"}


def test_show_tells_what_was_done_in_a_session(run, case, ask):
    record = next(record for record in ask("activity") if record["session"])
    shown = json.loads(run("show", case, record["session"]).stdout)
    assert shown["activity_count"] == len(shown["activities"])
    assert record["id"] in {act["id"] for act in shown["activities"]}
    told = json.loads(run("show", case, record["id"]).stdout)
    assert told["activity"]["session"] == record["session"]
    assert "while_disconnected" in run("show", case, record["id"], "--format", "table").stdout
    assert "Activities: " in run("show", case, record["session"], "--format", "table").stdout


def test_an_artefact_of_a_file_finds_its_session(mapped, desktop):
    session, at = desktop
    ((record,), told) = mapped(
        f"time,host,user,note\n{at.isoformat()},{session['host']},{session['user']},=1+1\n"
    )
    assert record["session"] == session["id"]
    assert (record["method"], record["confidence"]) == ("user", 75)
    assert record["source_address"] == session["source_address"]
    assert record["note"] == "=1+1"
    assert record["artefact_user"] == session["user"]
    assert set(CONTRACT) <= set(record)
    assert "time = time" in told
    assert "user = user" in told


def test_json_lines_do_as_well(mapped, desktop):
    session, at = desktop
    line = json.dumps(
        {"timestamp": at.timestamp(), "Computer": session["host"].partition(".")[0],
         "LogonId": session["logon_ids"][0], "n": 5}
    )
    ((record,), _) = mapped(line, name="file.jsonl")
    assert (record["session"], record["method"], record["n"]) == (session["id"], "luid", 5)


def test_times_without_a_zone_are_in_the_one_asked_for(mapped, desktop):
    session, at = desktop
    local = (at + timedelta(hours=2)).replace(tzinfo=None)
    text = f"time,host,user\n{local},{session['host']},{session['user']}\n"
    ((record,), _) = mapped(text, "--tz", "+02:00")
    assert record["session"] == session["id"]
    assert datetime.fromisoformat(record["time"]) == at


def test_rows_that_cannot_be_used_are_told_and_the_exit_code_says_so(mapped, desktop):
    session, at = desktop
    records, told = mapped(
        f"time,host\n{at},{session['host']}\nrubbish,{session['host']}\n{at}\n", code=3
    )
    assert [record["row"] for record in records] == [1, 2]
    assert records[1]["flags"] == ["time_unreadable"]
    assert "1 rows have no time" in told
    assert "1 rows do not fit" in told


def test_a_host_that_is_not_in_the_case_is_said(mapped, desktop):
    ((record,), _) = mapped(f"time,host\n{desktop[1]},elsewhere\n")
    assert (record["host"], record["method"]) == ("elsewhere", "no_session")
    assert record["flags"] == ["host_not_in_case"]


def test_a_file_that_names_no_host_is_of_the_one_asked_for(mapped, desktop):
    session, at = desktop
    text = f"time,user\n{at},{session['user']}\n"
    _, told = mapped(text, code=2)
    assert "--host" in told
    ((record,), _) = mapped(text, "--host", session["host"])
    assert record["session"] == session["id"]


def test_the_columns_can_be_named(mapped, desktop):
    session, at = desktop
    ((record,), _) = mapped(
        f"a,b\n{at},{session['user']}\n",
        "--column", "time=a", "--column", "user=b", "--column", f"host=={session['host']}",
    )
    assert record["session"] == session["id"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--column", "x=a"), "write ROLE=NAME"),
        (("--column", "time"), "write ROLE=NAME"),
        (("--column", "time=nothing"), "no column 'nothing'"),
    ],
)
def test_a_wrong_column_is_refused(mapped, args, says):
    _, told = mapped("time,host\n2026-01-01,x\n", *args, code=2)
    assert says in told


def test_options_of_a_file_without_one_are_refused(run, case):
    assert run("activity", case, "--dates", "dmy").exit_code == 2


def test_a_file_that_is_not_there_is_refused_in_a_sentence(run, case, tmp_path):
    result = run("activity", case, tmp_path / "none.csv")
    assert result.exit_code == 1
    assert "cannot read" in result.stderr


def test_a_table_and_a_file_from_stdin(run, case, desktop):
    session, at = desktop
    result = run(
        "activity", case, "-", "--format", "table", "--fields", "time,user,method",
        input=f"time,host,user\n{at},{session['host']},{session['user']}\n",
    )
    assert result.exit_code == 0
    assert session["user"] in result.stdout
