"""`hunt`, `hunts`, `cypher` and `export` as people call them."""

from __future__ import annotations

import json

import networkx as nx
import pytest

from graphsess.queries import names, source


def test_a_hunt_answers_in_json_lines(ask):
    [row] = ask("hunt", "brute_force")
    assert (row["address"], row["failures"], row["user"]) == (
        "198.51.100.77", 40, "CORP\\svc-backup"
    )  # fmt: skip
    assert row["first"].endswith("Z")


def test_a_table_of_a_hunt_tells_its_limits(run, case):
    result = run("hunt", case, "log_clear", "--format", "table")
    assert result.exit_code == 0
    assert "log_clear: 1" in result.stdout
    assert result.stderr.startswith("limits: administrators clear logs, too")


def test_a_hunt_that_finds_nothing_says_so(run, case):
    result = run("hunt", case, "fan_out", "--param", "min_hosts=99")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("No fan_out.")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["fanout"], "there is no hunt 'fanout'", id="no such hunt"),
        pytest.param(["fan_out", "--param", "x=1"], "has no parameter 'x'", id="no such parameter"),
        pytest.param(["fan_out", "--fields", "x"], "has no field 'x'", id="no such field"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_one_line(run, case, words, told):
    result = run("hunt", case, *words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_hunts_are_listed_and_each_can_be_printed(run):
    listed = [json.loads(line) for line in run("hunts").stdout.splitlines()]
    assert [row["name"] for row in listed] == [name.partition("/")[2] for name in names("hunt")]
    assert all(row["limits"] and row["asks"] for row in listed)
    assert run("hunts", "fan_out", "--format", "table").stdout == source("hunt/fan_out")
    assert "address" in run("hunts", "--format", "table").stdout


def test_cypher_is_answered_without_a_server(run, case):
    pytest.importorskip("kglite")
    query = "MATCH (s:Session)-[:MOVED_TO]->(t:Session) WHERE s.user = $u RETURN count(*) AS n"
    result = run("cypher", case, query, "--param", "u=CORP\\svc-backup")
    assert json.loads(result.stdout) == {"n": 3}
    counted = "MATCH (h:Host) RETURN count(h) AS n"
    result = run("cypher", case, "-", "--format", "csv", input=counted)
    assert result.stdout == "n\n4\n"


def test_cypher_that_is_wrong_is_one_line(run, case):
    pytest.importorskip("kglite")
    result = run("cypher", case, "MATCH (s RETURN s")
    assert result.exit_code == 2
    assert result.stderr.startswith("graphsess: kglite: Cypher syntax error")


def test_records_are_exported_a_file_a_stream(run, case, tmp_path):
    result = run("export", case, "--as", "jsonl", "-o", tmp_path / "out")
    assert result.exit_code == 0
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"sessions.jsonl", "failures.jsonl", "moves.jsonl", "evidence.jsonl"} <= files
    lines = (tmp_path / "out" / "sessions.jsonl").read_text("utf-8").splitlines()
    assert f"sessions.jsonl: {len(lines)} records" in result.stderr
    assert run("sessions", case, "--all").stdout.splitlines() == lines
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_export_replaces_nothing(run, case, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    result = run("export", case, "--as", "csv", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "is there already; name a new folder" in result.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]
    result = run("export", case, "--as", "graphml", "-o", tmp_path)
    assert result.exit_code == 2
    assert "is a folder; name the file" in result.stderr


def test_no_cell_of_the_export_is_a_formula(run, case, tmp_path):
    run("export", case, "--as", "csv", "-o", tmp_path / "out")
    for path in (tmp_path / "out").iterdir():
        for line in path.read_text("utf-8").splitlines():
            assert not any(cell.lstrip('"').startswith(("=", "@", "+")) for cell in line.split(","))


def test_graphml_opens_in_networkx_with_labels_and_types(run, case, tmp_path, ask):
    assert run("export", case, "--as", "graphml", "-o", tmp_path / "g.graphml").exit_code == 0
    graph = nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    labels = {data["label"] for _, data in graph.nodes(data=True)}
    types = {data["type"] for _, _, data in graph.edges(data=True)}
    assert {"Session", "User", "Host", "Address", "Move"} <= labels
    assert {"OF_USER", "MOVED_TO", "FOLLOWED_BY_SUCCESS"} <= types
    sessions = [data for _, data in graph.nodes(data=True) if data["label"] == "Session"]
    assert {data["id"] for data in sessions} >= {row["id"] for row in ask("sessions", "--all")}
