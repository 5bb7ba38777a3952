"""A case's graph in Neo4j: one object that loads, derives, answers and compares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import neo4j
import polars as pl

from graphsess.case import Case
from graphsess.case.tables import Provenance
from graphsess.errors import StoreError
from graphsess.queries import Query, Value
from graphsess.stores.base import GraphStore, Row
from graphsess.stores.neo4j.asking import answer, ask
from graphsess.stores.neo4j.connect import connect, shown
from graphsess.stores.neo4j.contents import the_case
from graphsess.stores.neo4j.derive import Derived, derive, is_derived
from graphsess.stores.neo4j.derive import Report as DeriveReport
from graphsess.stores.neo4j.load import Loaded, load
from graphsess.stores.neo4j.load import Report as LoadReport
from graphsess.stores.neo4j.plain import plain
from graphsess.stores.neo4j.tables import StoreTables
from graphsess.stores.neo4j.verify import differences
from graphsess.stores.neo4j.writing import Writer


@dataclass(frozen=True, slots=True)
class Neo4jStore(GraphStore):
    """One database of one server.

    Attributes:
        driver: The connection.
        where: The server's address, without any secret.
        tables: The rows of the case as the database holds them.
    """

    driver: neo4j.Driver
    where: str
    tables: StoreTables

    @property
    def name(self) -> str:
        """Host and port."""
        return self.where.partition("://")[2]

    @property
    def provenance(self) -> Provenance:
        """What the case that was loaded had been built with.

        Raises:
            StoreError: nothing is loaded.
        """
        said = self._case()
        settings = json.loads(said["settings"])
        return Provenance(said["tool"], said["rules"], said["schema"], settings, raw=False)

    @classmethod
    def open(cls, url: str, password: str | None = None, **options: Any) -> Self:  # noqa: ANN401
        """The store at an address, `bolt://127.0.0.1:7687`.

        Raises:
            UsageError: the address is none.
            StoreError: nobody answers, the password is wrong, or the server is too old.
        """
        driver = connect(url, password, **options)
        return cls(driver, shown(url), StoreTables(driver, shown(url)))

    def load(
        self, case: Case, *, replace: bool = False, report: LoadReport | None = None
    ) -> Loaded:
        """Put the linked events of a case into the database; see `graphsess.stores.neo4j.load`."""
        return load(Writer(self.driver, self.where), case, replace=replace, report=report)

    def derive(self, *, again: bool = False, report: DeriveReport | None = None) -> Derived:
        """Derive inside the database; see `graphsess.stores.neo4j.derive`."""
        return derive(Writer(self.driver, self.where), again=again, report=report)

    def verify(self, case: Case, *, every: bool = False) -> pl.DataFrame:
        """Where the database's rows differ from the case's; see `graphsess.stores.neo4j.verify`."""
        self.derived()
        return differences(case, self.tables, every=every)

    def ask(
        self, query: Query, params: Mapping[str, Value], timeout_s: float | None = None
    ) -> list[Row]:
        """The rows of a hunt, in its order."""
        return self.cypher(query.text, query.values(params), timeout_s)

    def cypher(
        self, text: str, values: Mapping[str, Any], timeout_s: float | None = None
    ) -> list[Row]:
        """The rows of any reading query, in its order; see `graphsess.stores.neo4j.asking`.

        Raises:
            StoreError: it would write or load a file, or the server refuses it.
        """
        return ask(self.driver, text, values, where=self.where, timeout_s=timeout_s)

    def answer(
        self, text: str, values: Mapping[str, Any], timeout_s: float | None = None
    ) -> tuple[list[str], list[Row], list[str]]:
        """Columns and rows of any reading query as JSON can hold them, and no warning."""
        columns, rows = answer(self.driver, text, values, where=self.where, timeout_s=timeout_s)
        told = [{name: plain(value) for name, value in row.items()} for row in rows]
        return columns, told, []

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table of the case, in its total order."""
        return self.tables.table(name)

    def scan(self, name: str) -> pl.LazyFrame:
        """The same rows in no order; only the columns that are asked for are fetched."""
        return self.tables.scan(name)

    def derived(self) -> None:
        """Make sure that what the database says of sessions holds for what is loaded.

        Raises:
            StoreError: nothing is loaded, or it was not derived since.
        """
        if not is_derived(self._case()):
            raise StoreError(
                f"the case in {self.where} is loaded but not derived; derive it: graphsess derive "
                f"--store {self.where}"
            )

    def _case(self) -> Mapping[str, Any]:
        said = the_case(Writer(self.driver, self.where))
        if said is None:
            raise StoreError(
                f"the database at {self.where} holds no case; load one: graphsess load CASE "
                f"--store {self.where}"
            )
        return said

    def close(self) -> None:
        """Close the connection."""
        self.driver.close()
