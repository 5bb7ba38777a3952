"""Cypher without a server: what it answers, what it refuses, and that hunts are portable."""

from __future__ import annotations

import sys

import pytest
from inline_case import case_of
from stories import story
from town import EXPECTED, town

from graphsess.errors import StoreError, UsageError
from graphsess.queries import load, names
from graphsess.queries.twins import NO_ROWS, TWINS
from graphsess.records.ask import Ask
from graphsess.records.hunts import answered, hunting
from graphsess.records.stream import records
from graphsess.stores import kglite as store

pytest.importorskip("kglite")
HUNTS = [name.partition("/")[2] for name in names("hunt")]


@pytest.fixture(scope="module")
def tables():
    return town()


@pytest.fixture(scope="module")
def memory(tables):
    return store.Memory(tables, events=True)


@pytest.mark.parametrize("name", HUNTS)
def test_a_hunt_of_the_portable_subset_gives_the_rows_of_its_twin(name, memory, tables):
    query = load(f"hunt/{name}")
    values = query.values(EXPECTED[name][0])
    _, rows, _ = memory.answer(query.text, values)
    assert rows == TWINS[name](tables, values).to_dicts()


@pytest.mark.parametrize("name", ["brute_force", "fan_out", "hidden_password", "alive_at"])
def test_an_engine_answers_a_hunt_with_the_records_of_its_twin(name, memory, tables):
    query = load(f"hunt/{name}")
    values = query.values(EXPECTED[name][0])
    answer = answered(query, lambda text, given: memory.answer(text, given)[1])
    offline = records(hunting(query, values), tables, Ask())
    assert records(hunting(query, values, answer), NO_ROWS, Ask()).equals(offline)
    nothing = {**values, "hours": 0.001, "min_hosts": 99, "min_failures": 999, "at": 1}
    none = query.values({it: nothing[it] for it in query.params if it in nothing})
    assert records(hunting(query, none, answer), NO_ROWS, Ask()).schema == offline.schema


def test_sessions_without_events_are_the_default(tables):
    graph = store.Memory(tables)
    _, rows, _ = graph.answer("MATCH (n) RETURN DISTINCT labels(n)[0] AS label ORDER BY label")
    labels = {row["label"] for row in rows}
    assert {"Session", "User", "Host", "Move", "FailureRun"} <= labels
    assert labels & {"Event", "Access", "Flag"} == set()


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (n:Session {id: 'x'}) RETURN n",
        "MATCH (s:Session) SET s.user = 'x' RETURN s",
        "MATCH (s:Session) DETACH DELETE s",
        "CREATE INDEX FOR (s:Session) ON (s.user)",
    ],
)
def test_nothing_is_written(text, memory):
    with pytest.raises(UsageError, match="read-only"):
        memory.answer(text)


@pytest.mark.parametrize(
    "text",
    [
        "LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
        "load  csv from 'file:///etc/hostname' as line return line",
        "LOAD // a remark\nCSV FROM 'file:///etc/hostname' AS line RETURN line",
        "PROFILE LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
        "EXPLAIN LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
        "RETURN 1 AS line UNION ALL LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
    ],
)
def test_no_file_is_read(text, memory):
    with pytest.raises(UsageError, match="LOAD CSV is closed"):
        memory.answer(text)


def test_undirected_patterns_are_counted_right(memory):
    hops = "MATCH (a:Session)-[:NEXT_IN_LOCAL]-(b:Session)-[:NEXT_IN_LOCAL]-(c:Session)"
    _, rows, _ = memory.answer(f"{hops} RETURN a.id AS id")
    _, counted, _ = memory.answer(f"{hops} RETURN count(*) AS n")
    assert counted == [{"n": len(rows)}] == [{"n": 2}]


def test_values_are_bound_and_never_text_of_the_query(memory):
    name = "x' }) DETACH DELETE (n) //"
    _, rows, _ = memory.answer("RETURN $name AS name", {"name": name})
    assert rows == [{"name": name}]


def test_a_property_that_nothing_has_is_told(memory):
    _, rows, warnings = memory.answer("MATCH (s:Session) WHERE s.nope = 1 RETURN s.id")
    assert rows == []
    assert "nope" in warnings[0]


def test_the_sessions_of_a_group_are_found_from_it(tmp_path):
    graph = store.Memory(case_of(tmp_path, {f"ws{seed}.lab": story(seed) for seed in range(3)}))
    _, rows, _ = graph.answer(
        "MATCH (s:Session)-[:IN_GROUP]->(g:Group) WHERE g.hidden IS NULL AND s.hidden IS NULL "
        "RETURN g.id AS id, g.by AS by, g.sessions + g.failures AS told, count(s) AS found"
    )
    assert {row["by"] for row in rows} == {"address", "range", "host"}
    assert [row for row in rows if row["told"] != row["found"]] == []


def test_a_case_too_big_is_sent_to_neo4j(tables, monkeypatch):
    monkeypatch.setattr(store, "MOST_SESSIONS", 10)
    with pytest.raises(UsageError, match="load it into Neo4j"):
        store.Memory(tables)


def test_without_kglite_the_remedy_is_told(tables, monkeypatch):
    monkeypatch.setitem(sys.modules, "kglite", None)
    with pytest.raises(StoreError, match=r"pip install 'graphsess\[cypher\]'"):
        store.Memory(tables)
