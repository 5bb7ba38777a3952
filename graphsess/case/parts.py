"""Parts of tables on disk: Parquet files named by their content, written once, never changed."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from graphsess.case.schema import Table
from graphsess.errors import CaseError

FOLDER = "tables"
ROWS_A_GROUP = 65_536
"""Fixed, so that the same rows always give the same bytes."""
_NAME_LENGTH = 16
"""Hexadecimal digits of sha256 in each half of a part's name."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One file of a table, as the manifest names it.

    Attributes:
        table: Name of the table.
        name: File name, `KEYHASH-CONTENTHASH.parquet`.
        rows: Number of rows.
        first_row: Added to the column `row`: how many records of the file earlier units kept.
    """

    table: str
    name: str
    rows: int
    first_row: int = 0

    @property
    def file(self) -> str:
        """Path within the case, with forward slashes."""
        return f"{FOLDER}/{self.table}/{self.name}"

    @property
    def key(self) -> str:
        """The hash of what the part is about, as `key_hash` gives it."""
        return self.name.partition("-")[0]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the manifest."""
        return dataclasses.asdict(self)


def write_part(case: Path, table: Table, key: str, frame: pl.DataFrame) -> Part | None:
    """Write a frame as one part and return its name; None where there are no rows.

    Rows come in the table's total order, columns as the schema has them. The file appears whole
    under its final name or not at all.

    Args:
        case: The case folder.
        table: Which table the rows belong to.
        key: What the part is about, a host as a rule; only its hash becomes a file name.
        frame: The rows; columns beyond the schema are an error.

    Raises:
        CaseError: the folder cannot be written.
    """
    if set(frame.columns) != set(table.columns):
        odd = sorted(set(frame.columns) ^ set(table.columns))
        raise ValueError(f"table {table.name}: columns differ from the schema: {', '.join(odd)}")
    if frame.is_empty():
        return None
    rows = frame.select(pl.col(name).cast(kind) for name, kind in table.columns.items()).sort(
        table.order, nulls_last=False, maintain_order=True
    )
    folder = case / FOLDER / table.name
    loose = folder / f"{key_hash(key)}.{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        rows.write_parquet(
            loose,
            compression="zstd",
            compression_level=3,
            statistics=True,
            row_group_size=ROWS_A_GROUP,
        )
        with loose.open("rb") as written:
            content = hashlib.file_digest(written, "sha256").hexdigest()[:_NAME_LENGTH]
        part = Part(table.name, f"{key_hash(key)}-{content}.parquet", rows.height)
        loose.replace(case / part.file)
    except (OSError, pl.exceptions.ComputeError) as error:  # polars' own word for a full disk
        with contextlib.suppress(OSError):
            loose.unlink(missing_ok=True)
        raise unwritable(case, error) from error
    return part


def read_part(case: Path, part: Part) -> pl.LazyFrame:
    """The rows of one part, in its order.

    Raises:
        CaseError: the file is gone.
    """
    path = case / part.file
    if not path.is_file():
        raise CaseError(
            f"{case} lacks {part.file}, which its manifest names: "
            f"the case was rebuilt meanwhile or is damaged; ask again, then rebuild it"
        )
    rows = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    return rows.with_columns(pl.col("row") + part.first_row) if part.first_row else rows


def sweep(case: Path, keep: Collection[str]) -> None:
    """Delete the part files that are not among `keep` (`Part.file`); one that is open stays."""
    for path in (case / FOLDER).glob("*/*"):
        if path.relative_to(case).as_posix() not in keep:
            with contextlib.suppress(OSError):  # Windows: still open somewhere; the next sweep's
                path.unlink()


def unwritable(case: Path, error: Exception) -> CaseError:
    """The sentence for a case folder that does not take what is written to it."""
    why = getattr(error, "strerror", None) or str(error)
    return CaseError(f"cannot write to {case}: {why}; free some space or choose another folder")


def key_hash(key: str) -> str:
    """The first half of a part's name: no name from a log ever becomes a path."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_NAME_LENGTH]
