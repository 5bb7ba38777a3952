"""Asking without changing: READ sessions behind a gate that lets only reading queries through.

Neo4j refuses writes in a READ session, and the driver's word alone says which a session is; so a
query is first explained, and runs only where the server itself calls it reading. `LOAD CSV` counts
as reading there, so it is refused by name of its operator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import neo4j

from graphsess.errors import StoreError
from graphsess.stores.neo4j.connect import database, said

READS = "r"
LOADS = frozenset({"LoadCSV"})
Row = dict[str, Any]


def ask(
    driver: neo4j.Driver,
    text: str,
    values: Mapping[str, Any],
    *,
    where: str,
    timeout_s: float | None = None,
) -> list[Row]:
    """The rows of a reading query, in the query's order; see `answer`."""
    return answer(driver, text, values, where=where, timeout_s=timeout_s)[1]


def answer(
    driver: neo4j.Driver,
    text: str,
    values: Mapping[str, Any],
    *,
    where: str,
    timeout_s: float | None = None,
) -> tuple[list[str], list[Row]]:
    """The columns and rows of a reading query, in the query's order.

    Args:
        driver: Of `connect`.
        text: One statement.
        values: Bound by the server, never pasted as text.
        where: The server's address, for errors.
        timeout_s: After so many seconds the server gives up.

    Raises:
        StoreError: it would write or load a file, or the server refuses it.
    """
    with said(where), driver.session(
        database=database(), default_access_mode=neo4j.READ_ACCESS, fetch_size=10_000
    ) as session:
        refuse_writing(session, text, values)
        found = session.run(neo4j.Query(text, timeout=timeout_s), dict(values))
        columns = list(found.keys())
        return columns, [dict(zip(columns, record.values(), strict=True)) for record in found]


def refuse_writing(session: neo4j.Session, text: str, values: Mapping[str, Any]) -> None:
    """Let only a query pass that the server plans as reading, and that opens no file or address.

    Raises:
        StoreError: it is none.
    """
    summary = session.run(f"EXPLAIN {text}", dict(values)).consume()
    if summary.query_type != READS:
        raise StoreError("this query would change the database; only reading ones are asked")
    if LOADS & set(operators(summary.plan)):
        raise StoreError("this query would load a file or address; LOAD CSV is closed")


def operators(plan: Mapping[str, Any] | None) -> Iterator[str]:
    """The names of all operators of a plan, as `CartesianProduct`, without the database's name."""
    waiting: list[Mapping[str, Any]] = [plan] if plan else []
    while waiting:
        node = waiting.pop()
        yield str(node["operatorType"]).partition("@")[0]
        children: Iterable[Mapping[str, Any]] = node.get("children") or ()
        waiting.extend(children)
