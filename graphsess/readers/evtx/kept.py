"""The wanted records of a unit's sound chunks, block after block, and all of them as one piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from graphsess.readers.evtx.block import Places
from graphsess.readers.evtx.columns import NONE, Columns
from graphsess.readers.evtx.index import Index, Numbers
from graphsess.readers.evtx.names import Names
from graphsess.readers.evtx.strings import Codes
from graphsess.readers.pieces import BODIES, Piece

Parts = dict[str, list[tuple[int, npt.NDArray[Any]]]]
"""Columns in parts, each with the row at which it begins."""

_WHOLE = ("position", "time", "event_id", "record_id")
"""Numbers that no record lacks."""


class Kept:
    """Columns of a unit, told block by block in file order.

    Attributes:
        bodies: The same records as logged, where they are wanted: a table a block.
    """

    def __init__(self) -> None:
        self.bodies: list[pl.DataFrame] = []
        self._height = 0
        self._numbers: Parts = defaultdict(list)
        self._coded: Parts = defaultdict(list)
        self._named: Parts = defaultdict(list)
        self._kinds: list[pl.Series] = []
        self._texts: list[pl.Series] = []
        self._met = 0

    def add(
        self,
        index: Index,
        position: Places,
        part: Columns,
        keep: Numbers | slice,
        names: Mapping[str, Codes],
    ) -> None:
        """Add a block.

        Args:
            index: Its records.
            position: Where each of them lies in the file.
            part: The columns of the wanted ones.
            keep: Which of these can be read.
            names: Columns of names: a number for each record of the index.
        """
        begin, rows = self._height, part.rows[keep]
        self._height += rows.size
        whole = (position, index.time_us, index.event_id.astype(np.int64), index.record_id)
        for name, numbers in zip(_WHOLE, whole, strict=True):
            self._numbers[name].append((begin, numbers[rows]))
        for name, numbers in part.numbers.items():
            self._numbers[name].append((begin, numbers[keep]))
        for name, codes in part.coded.items():
            self._coded[name].append((begin, codes[keep] + np.int32(self._met)))
        for name, codes in names.items():
            self._named[name].append((begin, codes[rows]))
        self._kinds.append(pl.Series(part.kinds, dtype=pl.String()).gather(part.kind[keep]))
        self._texts.append(part.texts)
        self._met += len(part.texts)

    def pieces(self, names: Names) -> tuple[Piece, ...]:
        """All of them as one piece; none where there are none.

        Args:
            names: What the numbers of names stand for.
        """
        if not self._height:
            return ()
        named = pl.Series(names.texts, dtype=pl.String())
        numbers, texts = _distinct(pl.concat([*self._texts, named]))
        coded = {name: numbers[self._whole(parts, 0)] for name, parts in self._coded.items()}
        for name, parts in self._named.items():
            coded[name] = numbers[self._whole(parts, 0) + self._met]
        columns = [_column(name, self._whole(parts, NONE)) for name, parts in self._numbers.items()]
        logged = pl.DataFrame([*columns, pl.concat(self._kinds).alias("kind")])
        return (
            Piece(
                logged.with_columns(carved=False),
                pl.DataFrame(coded),
                texts,
                pl.concat(self.bodies) if self.bodies else pl.DataFrame(schema=BODIES),
            ),
        )

    def _whole(self, parts: list[tuple[int, npt.NDArray[Any]]], none: int) -> npt.NDArray[Any]:
        """A column out of its parts; `none` where no block had it."""
        if sum(part.size for _, part in parts) == self._height:
            return np.concatenate([part for _, part in parts])
        column = np.full(self._height, none, parts[0][1].dtype)
        for begin, part in parts:
            column[begin : begin + part.size] = part
        return column


def _column(name: str, numbers: Places) -> pl.Series:
    return pl.Series(name, numbers if name in _WHOLE else pa.array(numbers, mask=numbers == NONE))


def _distinct(texts: pl.Series) -> tuple[npt.NDArray[np.uint32], pl.Series]:
    """For each text its number among the distinct ones, and these; the first text is null."""
    coded = texts.to_arrow().dictionary_encode("encode")
    numbers = coded.indices.to_numpy(zero_copy_only=False).astype(np.uint32)
    return numbers, pl.Series("texts", pl.from_arrow(coded.dictionary))
