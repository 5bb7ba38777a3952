"""A finished case, for reading: its tables, its evidence and what it was built with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import polars as pl

from graphsess.case.formerly import former_table
from graphsess.case.manifest import Manifest, read_manifest
from graphsess.case.parts import Part, read_part
from graphsess.case.schema import TABLES, Stage
from graphsess.case.tables import Provenance
from graphsess.settings import Settings, from_mapping


@dataclass(frozen=True, slots=True)
class Case:
    """One case on disk, as its manifest described it when it was opened.

    Attributes:
        path: The case folder.
        manifest: What was built, from what, with what.
    """

    path: Path
    manifest: Manifest
    _read: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """The case in a folder.

        Raises:
            CaseError: it is no case, is damaged, or was built by another version of the tables.
        """
        folder = Path(path)
        return cls(folder, read_manifest(folder))

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table in its total order, the rows of all hosts together.

        Raises:
            CaseError: a part that the manifest names is gone.
        """
        if name not in self._read:
            rows = self.scan(name).collect()
            self._read[name] = rows.sort(TABLES[name].order, maintain_order=True)
        return self._read[name]

    def scan(self, name: str) -> pl.LazyFrame:
        """The same rows in no order, not read yet: for a few columns, or rows, of a big table."""
        table = TABLES[name]
        if table.stage is Stage.BESIDE:
            return former_table(self.path, self.manifest).lazy()
        parts = [part for part in self.manifest.parts() if part.table == name]
        if not parts:
            return pl.LazyFrame(schema=table.columns)
        return gather(self.path, parts)

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path.resolve().name

    @property
    def where(self) -> str:
        """The folder as it was given."""
        return str(self.path)

    @property
    def provenance(self) -> Provenance:
        """What it was built with."""
        told = self.manifest
        return Provenance(told.tool, told.rules, told.schema, told.settings, raw=True)

    @property
    def evidence(self) -> pl.DataFrame:
        """The ledger: one row an evidence file."""
        return self.table("evidence")

    @property
    def settings(self) -> Settings:
        """The settings that the case was built with."""
        return from_mapping(self.manifest.settings, str(self.path))

    @property
    def options(self) -> Mapping[str, Any]:
        """How the case was built: `raw`, `carve`."""
        return self.manifest.options


def gather(case: Path, parts: list[Part]) -> pl.LazyFrame:
    """The rows of several parts of one table, one part after the other."""
    return pl.concat([read_part(case, part) for part in sorted(parts)], how="vertical")
