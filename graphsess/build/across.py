"""The across stage: over the tables of all hosts together, always made again as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from graphsess.across import across
from graphsess.case.case import gather
from graphsess.case.journal import fingerprint
from graphsess.case.manifest import Receipt
from graphsess.case.parts import Part, write_part
from graphsess.case.schema import TABLES, Stage, tables_of
from graphsess.settings import Settings

KEY = "case"


def work_across(
    case: Path, hosts: Sequence[Receipt], ledger: pl.DataFrame, settings: Settings
) -> Receipt:
    """Make and write the tables that need all hosts, and the ledger.

    Raises:
        CaseError: the case folder cannot be read or written.
    """
    parts = [part for receipt in hosts for part in receipt.parts]
    made = {"evidence": ledger, **across(HostTables(case, parts), settings)}
    written = tuple(
        part
        for table in tables_of(Stage.ACROSS)
        if (part := write_part(case, table, KEY, made[table.name]))
    )
    name = fingerprint("across", parts=sorted(part.name for part in written))
    return Receipt(name, {table: frame.height for table, frame in sorted(made.items())}, written)


class HostTables(Mapping[str, pl.DataFrame]):
    """The tables of all hosts by name; each is read when it is first asked for, and not before."""

    def __init__(self, case: Path, parts: Sequence[Part]) -> None:
        """The tables that `parts` hold."""
        self._case, self._parts = case, parts
        self._read: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._read:
            self._read[name] = self.scan(name).collect()
        return self._read[name]

    def scan(self, name: str) -> pl.LazyFrame:
        """The same rows without reading them yet, for `events`."""
        table = TABLES[name]
        mine = [part for part in self._parts if part.table == name]
        if not mine:
            return pl.LazyFrame(schema=table.columns)
        return gather(self._case, mine).sort(table.order, maintain_order=True)

    def __iter__(self) -> Iterator[str]:
        return (table.name for table in tables_of(Stage.HOSTS))

    def __len__(self) -> int:
        return len(tables_of(Stage.HOSTS))
