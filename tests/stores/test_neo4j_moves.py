"""Moves derived inside Neo4j: evidence, choice, alternatives and ends as in the offline case."""

from __future__ import annotations

import pytest
from inline_case import case_of
from movement_stories import stories

from graphsess.across.points import SCORES
from graphsess.settings import Settings
from graphsess.stores.neo4j.given import given


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return case_of(tmp_path_factory.mktemp("told"), stories(), Settings(aliases=(("ann", "adm"),)))


def test_the_stories_have_every_kind_of_evidence(told):
    rules = {points.partition(" ")[0] for points in SCORES}
    assert set(told.table("move_evidence")["rule"]) == rules
    assert set(told.table("moves")["rule"]) == {"R8.1", "R8.2", "R8.2a"}
    assert told.table("move_alternatives").height > 3


def test_every_story_of_movement_is_the_same_inside(holding, told):
    assert holding(told).verify(told).rows() == []


def test_deriving_moves_again_changes_nothing(holding, told, neo4j_server):
    store = holding(told)
    count = "MATCH (n)-[r]->() RETURN count(DISTINCT n) AS nodes, count(r) AS edges"
    with neo4j_server.driver() as driver:
        before = driver.execute_query(count).records
        store.derive(again=True)
        assert driver.execute_query(count).records == before


def test_evidence_of_what_was_not_chosen_stays_to_be_asked_for(holding, told, neo4j_server):
    holding(told)
    with neo4j_server.driver() as driver:
        [record] = driver.execute_query(
            "MATCH (m:Move)-[:ALTERNATIVE]->(o:Session) MATCH (m)-[:TO_SESSION]->(s:Session) "
            "MATCH (s)-[r:HINTS_AT]->(:Host)<-[:ON_HOST]-(o) RETURN count(DISTINCT m) AS moves"
        ).records
    assert record["moves"] > 0


def test_points_are_given_by_the_module_that_has_them():
    told = given(Settings(aliases=(("Ann", "adm"),)))
    assert told["points"] is SCORES
    assert told["aliases"] == {"ann": "ann", "adm": "ann"}


def test_no_move_is_loaded(empty, told, neo4j_server):
    empty.load(told)
    with neo4j_server.driver() as driver:
        [record] = driver.execute_query(
            "MATCH (n) RETURN count(CASE WHEN n:Move THEN 1 END) AS moves, count(n) AS nodes"
        ).records
    assert (record["moves"], record["nodes"] > 0) == (0, True)
