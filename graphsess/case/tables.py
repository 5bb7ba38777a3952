"""What answers with the tables of a case: a case on disk, or a store that holds the same rows."""

from __future__ import annotations

from typing import Protocol

import polars as pl


class Tables(Protocol):
    """Where the rows come from: a case, or a store that holds the same tables."""

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table, in its total order."""

    def scan(self, name: str) -> pl.LazyFrame:
        """The same rows in no order, not read yet."""
