"""What every store promises: the same questions, the same answers, whatever holds the graph."""

from __future__ import annotations

import polars as pl
import pytest

from graphsess.case import TABLES
from graphsess.errors import StoreError, UsageError
from graphsess.graph.schema import LABELS
from graphsess.queries import load
from graphsess.stores.base import GraphStore
from graphsess.stores.memory import MemoryStore
from graphsess.stores.neo4j.tables import HELD

ASKED = load("hunt/shared_source")
STORES = {
    "memory": lambda request, case: MemoryStore(case),
    "neo4j": lambda request, case: request.getfixturevalue("holding")(case),
}


@pytest.fixture(params=STORES)
def any_store(request, demo):
    return STORES[request.param](request, demo)


def test_a_store_names_its_base_so_that_the_type_checker_holds_it_to_it(any_store):
    assert GraphStore in type(any_store).__mro__


@pytest.mark.parametrize("name", sorted(HELD))
def test_a_table_has_the_rows_of_the_case_in_their_order(name, any_store, demo):
    found = any_store.table(name)
    assert found.equals(demo.table(name).select(found.columns))
    left_out = LABELS["Event"].left_out if name == "events" else ()
    assert set(TABLES[name].columns) - set(found.columns) <= {*left_out}


@pytest.mark.parametrize("name", ["events", "sessions", "sources"])
def test_a_scan_has_the_same_rows_and_takes_any_filter(name, any_store, demo):
    key = list(TABLES[name].order)
    told = any_store.scan(name).select(key).collect().sort(key)
    assert told.equals(demo.table(name).select(key).sort(key))
    half = pl.col(key[-1]) > demo.table(name)[key[-1]].sort()[told.height // 2]
    few = any_store.scan(name).filter(half).select(key[0]).collect()
    assert 0 < few.height == demo.table(name).filter(half).height


def test_rows_of_a_hunt_have_its_columns_in_its_order(any_store, demo):
    rows = any_store.ask(ASKED, {"min_users": 1})
    assert rows
    assert all(tuple(row) == ASKED.returns for row in rows)
    assert rows == MemoryStore(demo).ask(ASKED, {"min_users": 1})


def test_a_value_is_a_value_whatever_it_says(any_store):
    evil = "x' OR 1=1 RETURN 1 //"
    assert any_store.ask(load("hunt/about_address"), {"address": evil}) == []


def test_a_parameter_that_the_hunt_lacks_is_refused(any_store):
    with pytest.raises(UsageError, match="has no parameter 'nothing'"):
        any_store.ask(ASKED, {"nothing": 1})


@pytest.mark.parametrize("name", ["derive/sessions", "derive/moves"])
def test_a_derivation_is_never_asked(name, any_store):
    with pytest.raises(StoreError):
        any_store.ask(load(name), {})
