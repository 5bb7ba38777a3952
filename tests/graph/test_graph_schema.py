"""The graph's schema: it covers the tables, and its names say what the house's style asks."""

from __future__ import annotations

import re

import pytest

from graphsess.case.schema import TABLES
from graphsess.graph.schema import LABELS, PROPERTIES, RELATIONSHIPS, SECOND, TYPES, statements


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
def test_a_column_is_a_property_or_the_id_or_left_out_on_purpose(label):
    if label.table not in TABLES:
        return
    columns = set(TABLES[label.table].columns)
    held = {found.column for found in label.properties if found.column}
    assert set(label.left_out) <= columns | {"host", "time_us", "user", "sid"}
    assert columns - held - set(label.left_out) <= set(label.key)


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
def test_no_property_of_a_label_has_two_meanings(label):
    said = [found.name for found in label.properties]
    assert len(said) == len(set(said))
    assert not {"id", "whole_id"} & set(said)


def test_names_say_what_they_are():
    assert all(re.fullmatch(r"([A-Z][a-z]+)+", name) for name in LABELS)
    assert all(re.fullmatch(r"[A-Z]+(_[A-Z]+)*", name) for name in TYPES)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) for name in PROPERTIES)


def test_every_relationship_joins_labels_that_exist_and_stands_once():
    arrows = [(found.start, found.type, found.end) for found in RELATIONSHIPS]
    assert {name for start, _, end in arrows for name in (start, end)} <= set(LABELS)
    assert len(arrows) == len(set(arrows))


def test_what_is_derived_is_never_between_loaded_nodes_only():
    for found in RELATIONSHIPS:
        touches = LABELS[found.start].derived or LABELS[found.end].derived
        assert found.derived == touches, found.arrow


def test_the_server_takes_every_constraint_and_index_twice(neo4j):
    with neo4j.driver() as driver:
        for _ in range(2):
            for statement in statements():
                driver.execute_query(statement)
        found = driver.execute_query("SHOW CONSTRAINTS YIELD labelsOrTypes AS labels").records
    assert {record["labels"][0] for record in found} == set(LABELS) - SECOND
