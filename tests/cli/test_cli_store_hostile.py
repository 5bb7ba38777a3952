"""Names that are made to be run: from EVTX through Neo4j and back to the command line."""

from __future__ import annotations

import dataclasses
import json

import pytest

from graphsess.graph.schema import LABELS
from graphsess.synth.evtx import write_evtx
from graphsess.synth.scenarios import SCENARIOS

HOSTILE = [
    "x'}) DETACH DELETE n //", 'a"b`c', "{id: $rows}", "\u202eevil\u202c", "nul\0in", "lone\ud800",
    "'; CALL db.clear() //", "${jndi:x}", "%27)--", "n" * 20_000, "=cmd|' /C calc'!A0",
    "LOAD CSV FROM 'file:///etc/passwd' AS x",
]  # fmt: skip
WHO = ("TargetUserName", "SubjectUserName", "User", "UserName", "Param1")


def renamed(record, name, domain):
    """The record as if the account that logs on were called so, on a host of another domain."""

    def there(field, value):
        if not isinstance(value, str):
            return value
        if field in WHO and value.endswith("bob"):
            return value[:-3] + name
        return value.replace("corp.example", domain)

    fields = {field: there(field, value) for field, value in record.fields.items()}
    return dataclasses.replace(record, computer=there("", record.computer), fields=fields)


@pytest.fixture(scope="module")
def hostile(run, tmp_path_factory, neo4j_server):
    """A case of hostile names, loaded and derived; a way to ask it."""
    folder = tmp_path_factory.mktemp("hostile")
    for number, name in enumerate(HOSTILE):
        for path, records in SCENARIOS["rdp_mistype"].run(seed=number).files().items():
            file = folder / "evidence" / str(number) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            made = [renamed(record, name, f"h{number}.example") for record in records]
            write_evtx(file, made)
    case = folder / "case"
    assert run("build", folder / "evidence", "-o", case, "--jobs", "1").exit_code == 0
    neo4j_server.wipe()
    password = {"NEO4J_PASSWORD": neo4j_server.password}

    def ask(*args):
        result = run(*args, "--store", neo4j_server.uri, env=password)
        assert result.exit_code == 0, result.stderr
        return result

    ask("load", case)
    ask("derive")
    return case, ask


@pytest.mark.parametrize("stream", ["sessions", "logons", "users", "groups", "failures"])
def test_hostile_names_come_back_as_they_are_in_the_case(hostile, run, stream):
    case, ask = hostile
    assert ask(stream, "--all").stdout_bytes == run(stream, case, "--all").stdout_bytes


def test_they_are_the_names_that_were_logged(hostile):
    _, ask = hostile
    told = [json.loads(line)["user"] for line in ask("sessions", "--all").stdout.splitlines()]
    names = {user.rpartition("CORP\\")[2] for user in told if user}
    clean = {name for name in HOSTILE if "\0" not in name and "\ud800" not in name}
    assert clean - names == set()
    assert any(name.startswith("lone") for name in names)


def test_nothing_of_them_was_run(hostile, neo4j_server):
    case, ask = hostile
    assert ask("verify", case, "--all").stderr == "Neo4j and the case agree.\n"
    with neo4j_server.driver() as driver:
        found = driver.execute_query("MATCH (n) UNWIND labels(n) AS l RETURN DISTINCT l").records
    assert {record["l"] for record in found} <= set(LABELS)
