"""Asking Neo4j: reading passes, writing does not, and what goes wrong is a sentence."""

from __future__ import annotations

import pytest

from graphsess.errors import StoreError, UsageError
from graphsess.stores.neo4j.asking import ask
from graphsess.stores.neo4j.connect import connect

WRITING = {
    "create": "CREATE (n:Host {id: 'x'}) RETURN n",
    "merge": "MERGE (n:Host {id: 'x'}) RETURN n",
    "set": "MATCH (n) SET n.x = 1 RETURN n",
    "delete": "MATCH (n) DETACH DELETE n",
    "inside a call": "UNWIND [1] AS x CALL (x) { CREATE (:Host {id: x}) } IN TRANSACTIONS",
    "schema": "CREATE INDEX x FOR (n:Host) ON (n.x)",
    "a user": "CREATE USER eve SET PASSWORD 'abcdefgh'",
    "a procedure": "CALL db.createLabel('Evil')",
    "a file": "LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
    "an address": "LOAD CSV FROM 'http://127.0.0.1:9/x' AS line RETURN line",
    "two statements": "RETURN 1; CREATE (n)",
    "no query": "EXPLAIN CREATE (n)",
}


@pytest.mark.parametrize("text", WRITING.values(), ids=WRITING)
def test_a_query_cannot_write(neo4j, text):
    with neo4j.driver() as driver:
        driver.execute_query("CREATE (:Host {id: 'kept'})")
        with pytest.raises(StoreError):
            ask(driver, text, {}, where=neo4j.uri)
        found = driver.execute_query("MATCH (n) RETURN labels(n) AS l, properties(n) AS p").records
    assert [record.data() for record in found] == [{"l": ["Host"], "p": {"id": "kept"}}]


def test_rows_come_in_the_order_and_with_the_names_of_the_query(neo4j):
    with neo4j.driver() as driver:
        rows = ask(driver, "UNWIND $it AS x RETURN x AS b, [x] AS a ORDER BY x DESC",
                   {"it": [1, 3, 2]}, where=neo4j.uri)  # fmt: skip
    assert [list(row.items()) for row in rows] == [
        [("b", n), ("a", [n])] for n in (3, 2, 1)
    ]


def test_a_query_that_takes_too_long_is_given_up(neo4j):
    slow = "UNWIND range(1, 100000000) AS x WITH x WHERE x % 7 = 8 RETURN count(x) AS n"
    with neo4j.driver() as driver, pytest.raises(StoreError, match="took too long"):
        ask(driver, slow, {}, where=neo4j.uri, timeout_s=0.2)


def test_a_wrong_password_is_told(neo4j):
    with pytest.raises(StoreError, match="refuses the password: set NEO4J_PASSWORD"):
        connect(neo4j.uri, "wrong")


def test_a_server_that_does_not_answer_is_told():
    with pytest.raises(StoreError, match=r"nobody answers at bolt://127\.0\.0\.1:1 "):
        connect("bolt://127.0.0.1:1", "any")


def test_no_password_is_told_before_anything_is_asked(monkeypatch):
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    with pytest.raises(StoreError, match="no password for 127"):
        connect("bolt://127.0.0.1:1")


@pytest.mark.parametrize("url", ["localhost:7687", "http://127.0.0.1", "bolt://", "case"])
def test_an_address_of_another_form_is_told(url):
    with pytest.raises(UsageError, match="is no address of a store"):
        connect(url, "any")


def test_a_password_in_the_address_is_refused_without_repeating_it():
    with pytest.raises(UsageError) as caught:
        connect("bolt://neo4j:geheim@127.0.0.1", "any")
    assert "geheim" not in str(caught.value)
