"""Channel, computer and provider of records: literals of the outer template, or values of it."""

from __future__ import annotations

import numpy as np

from graphsess.readers.evtx.block import Block, Flags, Places
from graphsess.readers.evtx.descriptors import KIND_BITS, SIZE, Described, descriptors
from graphsess.readers.evtx.format import DESCRIPTOR, SystemValue, Type
from graphsess.readers.evtx.index import Index, Numbers
from graphsess.readers.evtx.strings import Cells, Codes, distinct
from graphsess.readers.evtx.values import texts

_KNOWN_FROM = 13
"""The index knows where the values before this one end."""


class Names:
    """The names that a unit's records give, numbered in the order they are met. 0 is none."""

    def __init__(self) -> None:
        self.texts: list[str | None] = [None]
        self._numbers: dict[str | None, int] = {None: 0}

    def number(self, name: str | None) -> int:
        """The number of a name."""
        if name not in self._numbers:
            self._numbers[name] = len(self.texts)
            self.texts.append(name)
        return self._numbers[name]


def channels(block: Block, index: Index, names: Names) -> tuple[Codes, Flags]:
    """Each record's channel as a number, and where it has none that can be read."""
    literals = [names.number(outer.channel) for outer in index.outers]
    numbers = np.array(literals or [0], np.int64)[index.outer]
    unsaid = np.flatnonzero(numbers == 0)
    bad = np.zeros(numbers.size, bool)
    if unsaid.size:
        numbers[unsaid], bad[unsaid] = _values(block, index, unsaid, SystemValue.CHANNEL, names)
    return numbers, bad


def providers(block: Block, index: Index, rows: Numbers, names: Names) -> tuple[Codes, Flags]:
    """The same of the provider, for some records in whose templates it is a value."""
    return _values(block, index, rows, SystemValue.PROVIDER, names)


def computers(index: Index, names: Names) -> Codes:
    """Each record's computer as a number."""
    numbers = [names.number(outer.computer) for outer in index.outers]
    return np.array(numbers or [0], np.int64)[index.outer]


def _values(
    block: Block, index: Index, rows: Numbers, value: SystemValue, names: Names
) -> tuple[Codes, Flags]:
    offsets, sizes, kinds = _cells(block, index, rows, value)
    size = int(sizes[0])
    if (sizes == size).all() and _alike(block, offsets, size):
        codes = np.zeros(rows.size, np.int32)
        values = [bytes(block.data[int(offsets[0]) : int(offsets[0]) + size])]
    else:
        [codes], cells = distinct(block, [Cells(offsets, sizes)])
        values = cells.to_pylist()
    known = np.array([names.number(text or None) for text in texts(Type.STRING, values)], np.int64)
    numbers = np.where(kinds == Type.STRING, known[codes], 0)
    return numbers, numbers == 0


def _alike(block: Block, offsets: Places, size: int) -> bool:
    """True if all cells of one size hold the same: one log has one channel, as a rule."""
    cells = block.anywhere(max(size, 1))[offsets].view(np.uint8).reshape(offsets.size, -1)
    return bool((cells == cells[0]).all())


def _cells(
    block: Block, index: Index, rows: Numbers, value: SystemValue
) -> tuple[Places, Places, Described]:
    """Offset, size and type of a value behind the UserID; size 0 where it leaves its record."""
    described = descriptors(
        block, index.heads[rows] + DESCRIPTOR * _KNOWN_FROM, value + 1 - _KNOWN_FROM
    )
    begin = index.values[rows] + 39 + index.qualified[rows] + index.tied[rows] + index.user[rows]
    for sizes in described[:-1] & SIZE:
        begin += sizes
    sizes, kinds = (described[-1] & SIZE).astype(np.int64), described[-1] >> KIND_BITS
    fits = begin + sizes <= index.end[rows]
    return np.where(fits, begin, index.at[rows]), np.where(fits, sizes, 0), kinds
