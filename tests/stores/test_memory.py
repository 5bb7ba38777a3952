"""Tests of graphsess/stores/memory.py: hunts by their twins, tables, graphs of any scope."""

from __future__ import annotations

import dataclasses

import pytest
from tables_inline import Frames

from graphsess.errors import StoreError, UsageError
from graphsess.queries import load
from graphsess.stores.memory import MemoryStore

NOON = 1_772_452_800_000_000


@pytest.fixture
def store():
    rows = [
        {"id": f"s{n}", "host": "ws1", "boot": 0, "kind": "rdp", "class": "user",
         "outcome": "established", "user": f"CORP\\u{n}", "source_address": "203.0.113.7",
         "source_class": "external", "start_us": NOON + n, "end_us": NOON + n, "first_ord": n}
        for n in range(4)
    ]  # fmt: skip
    with MemoryStore(Frames(hosts=[{"id": "ws1", "name": "WS1"}], sessions=rows)) as opened:
        yield opened


def test_a_hunt_is_answered_by_its_twin(store):
    rows = store.ask(load("hunt/shared_source"), {})
    assert [row[load("hunt/shared_source").returns[0]] for row in rows]
    assert set(rows[0]) == set(load("hunt/shared_source").returns)


def test_a_parameter_that_the_hunt_does_not_have_is_refused(store):
    with pytest.raises(UsageError, match="has no parameter"):
        store.ask(load("hunt/shared_source"), {"nothing": 1})


def test_what_has_no_twin_is_refused_in_one_sentence(store):
    other = dataclasses.replace(load("hunt/shared_source"), name="derive/sessions")
    with pytest.raises(StoreError, match="ask a Neo4j store"):
        store.ask(other, {})


def test_tables_are_those_of_the_case(store):
    assert store.table("sessions").height == store.scan("sessions").collect().height == 4


def test_any_scope_is_a_graph_and_events_only_where_they_are_asked_for(store):
    assert store.graph("case").graph.number_of_nodes() == 6
    assert ("Session", "s2") in store.graph("user:u2").graph
    assert store.graph("address:203.0.113.7", limit=None).total["Session"] == 4
    with pytest.raises(UsageError, match="is no scope"):
        store.graph("everything")
