"""What answers with the tables of a case: a case on disk, or a store that holds the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl


@dataclass(frozen=True, slots=True)
class Provenance:
    """What rows were made with.

    Attributes:
        tool: Name and version.
        rules: Number of the rules.
        schema: Number of the tables' columns.
        settings: As `Settings.as_dict` gives them.
        raw: The table `raw`, records as logged, can be asked for; it may be empty.
    """

    tool: str
    rules: int
    schema: int
    settings: Mapping[str, Any]
    raw: bool


class Tables(Protocol):
    """Where the rows come from: a case, or a store that holds the same tables."""

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table, in its total order."""

    def scan(self, name: str) -> pl.LazyFrame:
        """The same rows in no order, not read yet."""


class Source(Tables, Protocol):
    """Tables that also say what they are of."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def where(self) -> str:
        """Its folder, or its address."""

    @property
    def provenance(self) -> Provenance:
        """What its rows were made with."""
