"""The reading stage: each unit of evidence to parts by logged computer. A job a unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graphsess.case.journal import fingerprint
from graphsess.case.manifest import Receipt
from graphsess.case.parts import Part, write_part
from graphsess.case.schema import TABLES
from graphsess.events.normalise import normalise
from graphsess.events.raw import raw
from graphsess.readers import READERS
from graphsess.readers.base import Batch, Unit

_COMPUTER = pl.col("computer").fill_null("unknown")
"""A record that names no computer is a host's too, so that none is lost."""


@dataclass(frozen=True, slots=True)
class UnitTask:
    """One unit to be read: small, and the same in any process.

    Attributes:
        case: The case folder.
        unit: What to read.
    """

    case: str
    unit: Unit

    @property
    def fingerprint(self) -> str:
        """Changes with anything that the unit's rows depend on; not with where the file lies."""
        unit = self.unit
        return fingerprint(
            "read",
            sha256=unit.source.sha256,
            reader=unit.reader,
            first=unit.first,
            count=unit.count,
            carve=unit.carve,
            raw=unit.raw,
        )


def read_unit(task: UnitTask) -> Receipt:
    """Read one unit, bring it into columns and write its parts.

    `row` counts from 0 within the unit; whoever joins a file's units together adds the rest.

    Raises:
        EvidenceError: the file vanished or changed meanwhile.
        CaseError: the case folder cannot be written.
    """
    case, unit = Path(task.case), task.unit
    batch = READERS[unit.reader].read(unit)
    events = normalise(batch.pieces, unit.source.sha256).with_columns(_COMPUTER)
    parts = list(_by_computer(case, "read", events, events["computer"]))
    if unit.raw:
        bodies = raw(events["uid"], batch.pieces)
        parts += _by_computer(case, "raw", bodies, events["computer"])
    key = f"{unit.source.sha256}|{unit.first}"
    if runs := write_part(case, TABLES["runs"], key, _runs(batch, unit)):
        parts.append(runs)
    return Receipt(task.fingerprint, _about(batch, events), tuple(sorted(parts)))


def _by_computer(case: Path, name: str, rows: pl.DataFrame, computers: pl.Series) -> Iterator[Part]:
    keys = computers.str.to_lowercase()
    for key in keys.unique().sort():
        if part := write_part(case, TABLES[name], key, rows.filter(keys == key)):
            yield part


def _runs(batch: Batch, unit: Unit) -> pl.DataFrame:
    return batch.runs.with_columns(
        _COMPUTER,
        evidence=pl.lit(unit.source.sha256),
        position=pl.int_range(pl.len(), dtype=pl.Int64),
    )


def _about(batch: Batch, events: pl.DataFrame) -> dict[str, object]:
    times = [events["time_us"], batch.runs["first_us"], batch.runs["last_us"]]
    known = pl.concat([series.alias("us") for series in times]).drop_nulls()
    computers = pl.concat([events["computer"], batch.runs["computer"]])
    channels = pl.concat([events["channel"], batch.runs["channel"]])
    return {
        "kept": events.height,
        "seen": batch.seen,
        "not_wanted": batch.not_wanted,
        "unreadable": batch.unreadable,
        "chunks_bad": batch.chunks_bad,
        "problem": batch.problem,
        "first_us": known.min() if known.len() else None,
        "last_us": known.max() if known.len() else None,
        "computers": _words(computers),
        "channels": _words(channels),
    }


def _words(texts: pl.Series) -> Sequence[str]:
    return [str(text) for text in texts.drop_nulls().unique().sort()]
