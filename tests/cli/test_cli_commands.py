"""Tests of graphsess/cli: what holds for every command, whatever it is."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from graphsess.cli import main
from graphsess.records.registry import STREAMS

COMMANDS = sorted(main.commands)
READING = sorted(STREAMS)
AT = "2026-03-02T12:00:00Z"
DOCS = Path(__file__).parents[2] / "README.md"


def asked(name):
    return {"alive": ("--at", AT), "trace": ("adm-ann",)}.get(name, ())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_a_command_does_with_an_example(run, name):
    for option in ("-h", "--help"):
        result = run(name, option)
        assert result.exit_code == 0
        assert "Example" in result.stdout
        if not isinstance(main.commands[name], click.Group):
            assert f"graphsess {name} " in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_line_in_the_list_of_all(run, name):
    listed = run("--help").stdout
    assert f"\n  {name} " in listed


@pytest.mark.skipif(not DOCS.exists(), reason="there is no README yet")
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name):
    pages = [DOCS, *sorted((DOCS.parent / "docs").rglob("*.md"))]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    assert f"graphsess {name}" in text


def test_every_stream_has_its_command():
    assert set(READING) <= set(COMMANDS)


def test_help_needs_nothing_heavy():
    script = "import sys, graphsess.cli; print([m for m in ('polars', 'rich') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_the_version_is_told(run):
    assert run("--version").stdout.startswith("graphsess, version ")


@pytest.mark.parametrize("name", READING)
def test_all_formats_hold_the_same_records(run, case, name):
    def out(form):
        result = run(name, case, "--all", *asked(name), "--format", form)
        assert result.exit_code == 0
        return result.stdout

    csv.field_size_limit(1 << 30)  # the sources of a long failure run are one cell
    lines = [json.loads(line) for line in out("jsonl").splitlines()]
    assert json.loads(out("json")) == lines
    assert list(lines[0]) == list(STREAMS[name].fields)
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        rows = list(csv.DictReader(io.StringIO(out(form), newline=""), delimiter=delimiter))
        assert [row["id"] for row in rows] == [line["id"] for line in lines]
        assert list(rows[0]) == list(lines[0])


@pytest.mark.parametrize("name", READING)
def test_ids_are_unique_and_the_same_question_has_the_same_answer(ask, name):
    first = ask(name, "--all", *asked(name))
    ids = [record["id"] for record in first]
    assert len(set(ids)) == len(ids) > 0
    assert ask(name, "--all", *asked(name)) == first


@pytest.mark.parametrize("name", READING)
def test_a_pipe_gets_json_lines_and_a_person_a_table(run, case, name):
    lines = run(name, case, *asked(name)).stdout.splitlines()
    assert all(line.startswith("{") for line in lines)
    table = run(name, case, *asked(name), "--format", "table").stdout
    assert table
    assert not table.startswith("{")


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", READING)
def test_no_table_is_wider_than_its_terminal(run, case, name, width):
    table = run(name, case, *asked(name), "--format", "table", env={"COLUMNS": str(width)}).stdout
    assert max(len(line) for line in table.splitlines()) <= width


@pytest.mark.parametrize("name", [*READING, "show"])
def test_no_case_is_one_sentence_and_exit_1(run, tmp_path, name):
    args = ("some id",) if name == "show" else asked(name)
    for where in (tmp_path / "nowhere", tmp_path):
        result = run(name, where, *args)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert result.stderr.startswith("graphsess: ")
        assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", READING)
def test_an_unknown_field_is_a_usage_error(run, case, name):
    result = run(name, case, *asked(name), "--fields", "id,nonsense")
    assert result.exit_code == 2
    assert f"{name} has no field 'nonsense'" in result.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("nonsense",),
        ("sessions",),
        ("sessions", "case", "--format", "xml"),
        ("sessions", "case", "--limit", "-1"),
        ("alive", "case"),
        ("build", "evidence"),
        ("build", "-o", "case"),
        ("build", "x", "-o", "case", "--jobs", "0"),
        ("show", "case"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(run, args):
    assert run(*args).exit_code == 2


def test_a_reader_that_goes_away_is_no_error_to_talk_about(case):
    with subprocess.Popen(
        [sys.executable, "-m", "graphsess", "logons", str(case), "--all"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_results_go_to_a_file_in_the_format_of_its_name(run, case, tmp_path):
    out = tmp_path / "users.csv"
    result = run("users", case, "-o", out, "--fields", "user,sessions")
    assert (result.exit_code, result.stdout) == (0, "")
    assert out.read_text().splitlines()[0] == "user,sessions"
    assert [path.name for path in tmp_path.iterdir()] == ["users.csv"]


def test_a_file_that_cannot_be_written_is_one_sentence(run, case, tmp_path):
    result = run("users", case, "-o", tmp_path / "no" / "users.csv")
    assert result.exit_code == 1
    assert result.stderr.startswith("graphsess: cannot write ")


def test_a_path_commands_no_terminal_from_an_error(run, tmp_path):
    result = run("sessions", tmp_path / "no\x1b[31m\ncase")
    assert result.exit_code == 1
    assert "\x1b" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_name_that_nothing_has_to_do_with_is_said_in_one_sentence(run, case):
    result = run("trace", case, "nobody-of-that-name")
    assert result.exit_code == 0
    assert result.stderr.startswith("No trace")
