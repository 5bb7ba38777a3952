"""`load`, `derive`, `verify` and `--store`: from the command line to Neo4j and back."""

from __future__ import annotations

import json

import pytest

from graphsess.queries import names

READING = ("sessions", "logons", "locals", "connections", "failures", "users", "hosts", "addresses",
           "groups", "moves", "chains", "coverage", "evidence")  # fmt: skip
NAMELESS = ("coverage", "evidence")


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


@pytest.mark.parametrize("name", [name.partition("/")[2] for name in names("hunt")])
def test_a_hunt_of_a_store_prints_the_same_records(stored, run, case, name):
    ask, _ = stored
    wanted = run("hunt", case, name, "--all")
    assert wanted.exit_code == 0, wanted.stderr
    assert ask("hunt", name, "--all").stdout_bytes == wanted.stdout_bytes


def test_a_hunt_of_a_store_takes_parameters_and_filters(stored, run, case):
    ask, _ = stored
    words = ("shared_source", "--param", "min_users=1", "--limit", "2", "--format", "csv")
    wanted = run("hunt", case, *words).stdout_bytes
    assert wanted.count(b"\n") > 1
    assert ask("hunt", *words).stdout_bytes == wanted
    assert "there is no hunt 'nothing'" in ask("hunt", "nothing", code=2).stderr


@pytest.mark.parametrize("stream", [name for name in READING if name not in NAMELESS])
def test_show_of_a_store_tells_the_same_but_for_the_records_as_logged(stored, run, case, stream):
    ask, _ = stored
    ident = json.loads(run(stream, case, "--all", "--limit", "1").stdout)["id"]
    wanted = json.loads(run("show", case, ident).stdout)
    for source in wanted.get("sources") or ():
        source["fields"] = None
    told = ask("show", ident)
    assert json.loads(told.stdout) == wanted
    assert "a store keeps no record as logged" in told.stderr


def test_show_of_a_store_tells_an_event_and_what_is_not_there(stored, run, case):
    ask, _ = stored
    [session] = map(json.loads, run("sessions", case, "--limit", "1").stdout.splitlines())
    uid = session["sources"][0]["event"]
    wanted = json.loads(run("show", case, uid).stdout)
    wanted["fields"] = None
    wanted = {name: value for name, value in wanted.items() if name not in ("file", "row")}
    assert json.loads(ask("show", uid).stdout) == wanted
    assert "has the id 'nothing'; take one from" in ask("show", "nothing", code=2).stderr


@pytest.mark.parametrize("scope", ["case", "movement", "user:adm-ann", "host:rds1"])
def test_a_graph_of_a_store_is_the_same_page(stored, run, case, tmp_path, scope):
    ask, _ = stored
    one, other = tmp_path / "case.html", tmp_path / "store.html"
    wanted = run("graph", case, "--scope", scope, "--title", "x", "-o", one)
    assert wanted.exit_code == 0, wanted.stderr
    ask("graph", "--scope", scope, "--title", "x", "-o", other)
    assert one.read_bytes() == other.read_bytes()


def test_activity_of_a_store_is_the_same_of_the_logs_and_of_a_file(stored, run, case, tmp_path):
    ask, _ = stored
    file = tmp_path / "notes.csv"
    file.write_text("Time,Host,User\n2026-03-02T10:00:00Z,ws1,ann\n2026-03-02T22:00:00Z,ws2,adm-ann\n")
    for words in ((), (file,)):
        wanted = run("activity", case, *words, "--all")
        assert wanted.exit_code == 0, wanted.stderr
        assert wanted.stdout_bytes.count(b"\n") > 1
        assert ask("activity", *words, "--all").stdout_bytes == wanted.stdout_bytes


def test_cypher_of_a_store_gives_rows_nodes_and_paths(stored):
    ask, _ = stored
    told = ask("cypher", "MATCH p = (s:Session)-[r:OF_USER]->(u:User) WHERE u.name = $name "
               "RETURN u.name AS name, s, r, p, datetime('2026-03-02T00:00:00Z') AS day "
               "ORDER BY s.id LIMIT 1", "--param", "name=CORP\\ann")  # fmt: skip
    [row] = map(json.loads, told.stdout.splitlines())
    assert list(row) == ["name", "s", "r", "p", "day"]
    assert (row["s"]["labels"], row["r"]["type"]) == (["Session"], "OF_USER")
    assert row["p"]["nodes"][0] == row["s"]
    assert row["p"]["relationships"] == [row["r"]]
    assert row["day"].startswith("2026-03-02T00:00:00")
    assert ask("cypher", "MATCH (n:Host) WHERE false RETURN n.id AS id", "--format",
               "csv").stdout.splitlines() == ["id"]  # fmt: skip


@pytest.mark.parametrize("text", ["CREATE (n:Host) RETURN n", "MATCH (n) DETACH DELETE n",
                                  "LOAD CSV FROM 'file:///etc/hostname' AS x RETURN x",
                                  "RETURN 1 AS x; MATCH (n) DELETE n"])  # fmt: skip
def test_cypher_of_a_store_cannot_write_or_open_a_file(stored, case, text):
    ask, _ = stored
    refused = ask("cypher", text, code=1)
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1
    assert ask("verify", case, "--all").stderr == "Neo4j and the case agree.\n"


@pytest.mark.parametrize("command", ["hunt", "show", "cypher"])
def test_what_must_be_named_is_asked_for(run, case, command):
    for words in ((case,), ("--store", "bolt://127.0.0.1:1")):
        result = run(command, *words)
        assert result.exit_code == 2
        assert f"{command} needs a" in result.stderr


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


@pytest.mark.parametrize("command", ["report", "export"])
def test_what_needs_the_records_as_logged_says_so_instead_of_asking_a_store(run, command):
    result = run(command, "--store", "bolt://127.0.0.1:1")
    assert result.exit_code == 2
    assert f"{command} needs records as logged, which no store keeps; name the" in result.stderr
