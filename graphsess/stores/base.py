"""What every store of the graph can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries import Query, Value

Row = dict[str, Any]
"""One row of an answer: column → value, in the order of the query's `returns`."""


class GraphStore(Tables, Protocol):
    """Holds the graph of one case and answers from it.

    It also answers with the tables of the case, the same rows as the case itself. Every store
    names this class as its base, so that the type checker holds it to each of the methods.
    """

    def ask(self, query: Query, params: Mapping[str, Value]) -> list[Row]:
        """The rows of a reading query, in its order.

        Args:
            query: Of `cypher/hunt/`.
            params: Values beside the defaults; bound by the engine, never pasted as text.

        Raises:
            UsageError: the query has no such parameter.
            StoreError: the store refuses, or cannot answer it.
        """

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table of the case, in its total order.

        Raises:
            StoreError: the store does not hold it.
        """

    def scan(self, name: str) -> pl.LazyFrame:
        """The same rows in no order, not read yet."""

    def close(self) -> None:
        """Release what is held."""
