"""The graph without a server: the tables of a case, and networkx graphs of any part of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from graphsess.case import Case
from graphsess.case.tables import Tables
from graphsess.errors import StoreError
from graphsess.graph.drawn import View
from graphsess.graph.scopes import scope_of
from graphsess.graph.views import NODES, view
from graphsess.queries import Query
from graphsess.queries.query import Value
from graphsess.queries.twins import TWINS
from graphsess.stores.base import GraphStore, Row

if TYPE_CHECKING:
    from types import TracebackType


class MemoryStore(GraphStore):
    """Answers from the tables of a case, row for row as Neo4j does.

    Args:
        tables: A case, or whatever holds its tables.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @classmethod
    def open(cls, path: str | Path) -> MemoryStore:
        """The store over a case folder.

        Raises:
            CaseError: it is no case, or is damaged.
        """
        return cls(Case.open(path))

    def ask(self, query: Query, params: Mapping[str, Value]) -> list[Row]:
        """The rows of a hunt, by its twin, in its order.

        Raises:
            UsageError: the query has no such parameter.
            StoreError: it is no hunt: only hunts have twins.
        """
        folder, _, name = query.name.partition("/")
        if folder != "hunt" or name not in TWINS:
            raise StoreError(f"{query.name} has no offline twin; ask a Neo4j store")
        return TWINS[name](self._tables, query.values(params)).to_dicts()

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table of the case, in its total order."""
        return self._tables.table(name)

    def scan(self, name: str) -> pl.LazyFrame:
        """The same rows in no order, not read yet."""
        return self._tables.scan(name)

    def graph(
        self,
        scope: str,
        *,
        every: bool = False,
        limit: int | None = NODES,
        events: bool = False,
    ) -> View:
        """The networkx graph of a scope, built now; see `graphsess.graph.views.view`.

        Args:
            scope: As it is typed: `case`, `movement`, `user:ann`, `session:ID` …
            every: Hidden sessions too.
            limit: At most so many things; None for all.
            events: Every event of the sessions as a thing too.

        Raises:
            UsageError: it is no scope, the case has no such thing, or too many events.
        """
        return view(self._tables, scope_of(scope), every=every, limit=limit, events=events)

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> MemoryStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
