"""`load`, `derive`, `verify` and `--store`: from the command line to Neo4j and back."""

from __future__ import annotations

import json

import pytest

READING = ("sessions", "logons", "locals", "connections", "failures", "users", "hosts", "addresses",
           "groups", "moves", "chains", "coverage", "evidence")  # fmt: skip


@pytest.fixture(scope="module")
def stored(run, case, neo4j_server):
    """The demonstration in Neo4j, by the commands; a way to ask it."""
    neo4j_server.wipe()
    password = {"NEO4J_PASSWORD": neo4j_server.password}

    def ask(*args, code=0):
        result = run(*args, "--store", neo4j_server.uri, env=password)
        assert result.exit_code == code, result.stderr
        return result

    asked = [ask("load", case), ask("sessions", code=1), ask("derive")]
    return ask, [result.stdout + result.stderr for result in asked]


def test_loading_and_deriving_say_what_was_done_and_what_to_do_next(stored):
    loaded, early, derived = stored[1]
    assert loaded.startswith("4 of 4 hosts loaded")
    assert "Next: graphsess derive --store bolt://" in loaded
    assert "loaded but not derived; derive it: graphsess derive --store bolt://" in early
    assert derived.startswith("4 of 4 hosts derived")


@pytest.mark.parametrize("stream", READING)
def test_a_store_prints_the_same_records_as_the_case(stored, run, case, stream):
    ask, _ = stored
    assert ask(stream, "--all").stdout_bytes == run(stream, case, "--all").stdout_bytes


def test_alive_and_filters_work_on_a_store(stored, run, case):
    ask, _ = stored
    for words in (("alive", "--at", "2026-03-02T02:10:00Z"), ("sessions", "--user", "adm*"),
                  ("trace", "rds1")):  # fmt: skip
        name, *options = words
        wanted = run(name, case, *options)
        assert wanted.exit_code == 0, wanted.stderr
        assert ask(name, *options).stdout_bytes == wanted.stdout_bytes
        assert wanted.stdout_bytes.count(b"\n") > 1


def test_verify_agrees_and_exits_0(stored, case):
    ask, _ = stored
    told = ask("verify", case, "--all")
    assert told.stdout == ""
    assert told.stderr == "Neo4j and the case agree.\n"


def test_verify_tells_a_difference_and_exits_1(stored, case, neo4j_server):
    ask, _ = stored
    with neo4j_server.driver() as driver:
        [(ident,)] = driver.execute_query(
            "MATCH (s:Session {kind: 'rdp'}) WITH s ORDER BY s.id LIMIT 1 "
            "SET s.kind = 'ssh' RETURN s.id"
        ).records
        told = ask("verify", case, code=1)
        driver.execute_query("MATCH (s:Session {id: $id}) SET s.kind = 'rdp'", id=ident)
    [row] = map(json.loads, told.stdout.splitlines())
    assert row == {"table": "sessions", "id": ident, "column": "kind", "case": '"rdp"',
                   "store": '"ssh"'}  # fmt: skip
    assert told.stderr == "1 difference between Neo4j and the case.\n"


def test_a_case_and_a_store_at_once_or_neither_is_a_question_of_usage(run, case):
    for words in (("sessions",), ("sessions", case, "--store", "bolt://127.0.0.1:1")):
        result = run(*words)
        assert result.exit_code == 2
        assert "name a CASE, or a store with --store, and not both" in result.stderr


def test_a_store_that_does_not_answer_is_one_sentence(run, case):
    told = run("load", case, "--store", "bolt://127.0.0.1:1", env={"NEO4J_PASSWORD": "x"})
    assert told.exit_code == 1
    assert told.stderr.startswith("graphsess: nobody answers at bolt://127.0.0.1:1 ")
    assert len(told.stderr.splitlines()) == 1
