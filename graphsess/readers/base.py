"""What a reader is: it turns a unit of evidence into columns, and never raises for bad records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from graphsess.evidence.source import Source
from graphsess.readers.pieces import Piece, as_logged, as_text
from graphsess.readers.shown import shown


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of work: a source, or some of its chunks. Small and picklable.

    Attributes:
        source: Where the bytes are, with sha256 and kind.
        reader: Name of the reader, as in `graphsess.readers.READERS`.
        first: First chunk, from 0; 0 for readers without chunks.
        count: Number of chunks; None for all that follow.
        carve: Also take older records out of the slack of chunks, marked `carved`.
        raw: Hand over the records as logged, too.
    """

    source: Source
    reader: str
    first: int = 0
    count: int | None = None
    carve: bool = False
    raw: bool = True


@dataclass(frozen=True, slots=True)
class Batch:
    """What a unit held.

    Attributes:
        pieces: Kept records.
        runs: Unbroken stretches of all records, schema `graphsess.readers.tables.RUNS`.
        seen: Records met, readable or not; seen = kept + not_wanted + unreadable.
        not_wanted: Readable records that the catalogue does not know.
        unreadable: Records that are known to be there and cannot be read.
        chunks_bad: Chunks without a valid header or checksum.
        problem: One sentence with the remedy, or None.
    """

    pieces: tuple[Piece, ...]
    runs: pl.DataFrame
    seen: int = 0
    not_wanted: int = 0
    unreadable: int = 0
    chunks_bad: int = 0
    problem: str | None = field(default=None)

    @property
    def kept(self) -> int:
        """How many records are kept."""
        return sum(piece.logged.height for piece in self.pieces)

    @property
    def events(self) -> pl.DataFrame:
        """The kept records as text, schema `graphsess.readers.tables.LOGGED`, in file order."""
        return as_text(self.pieces)

    @property
    def bodies(self) -> list[str]:
        """The same records as logged, one JSON or XML text each."""
        rows = as_logged(self.pieces).select("form", "body", "template").iter_rows()
        return [shown(*row) for row in rows]


class Reader(Protocol):
    """A module with these functions is a reader."""

    def accepts(self, head: bytes) -> bool:
        """True if content that begins so is this reader's."""

    def units(self, source: Source, *, carve: bool = False) -> list[Unit]:
        """The source cut into pieces that can be read apart, in any process."""

    def read(self, unit: Unit) -> Batch:
        """The unit's records. Damage is counted in the batch, never raised.

        Raises:
            EvidenceError: the source cannot be opened any more.
        """
