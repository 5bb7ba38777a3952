"""Wanted records into columns: numbers as numbers, texts each distinct one once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from graphsess.catalogue import Kind
from graphsess.readers.evtx.block import Block, Flags, Places
from graphsess.readers.evtx.fields import Group
from graphsess.readers.evtx.format import DESCRIPTOR, FILETIME_US, WIDTHS, SystemValue, Type
from graphsess.readers.evtx.index import Index, Numbers
from graphsess.readers.evtx.plan import Pick
from graphsess.readers.evtx.strings import Codes, distinct
from graphsess.readers.evtx.values import texts

NONE = np.iinfo(np.int64).min
"""Stands for null in columns of numbers until they are whole."""
_LATEST_US = 253_402_300_800_000_000
"""Year 10000."""
_EMPTY = frozenset({None, "", "-"})


class Cells(NamedTuple):
    """Cells of one type that will be text, of consecutive rows.

    Attributes:
        column: Which column they fill.
        rank: Among the fields that may fill it, 0 is asked first.
        kind: Their type.
        begin: The row of the first one.
        offsets, sizes: Where they lie; of size 0 are those that are null or empty.
    """

    column: str
    rank: int
    kind: int
    begin: int
    offsets: Places
    sizes: Places


class Columns(NamedTuple):
    """The columns of some records.

    Attributes:
        rows: Their numbers in the index.
        groups: What they were gathered from, one after the other.
        kinds, kind: Names of kinds, and each record's number among them.
        numbers: Columns of numbers.
        coded: Columns of indices into `texts`.
        texts: Texts, the first of which is null.
        readable: Records all of whose texts could be read.
    """

    rows: Numbers
    groups: list[Group]
    kinds: list[str]
    kind: Numbers
    numbers: dict[str, Places]
    coded: dict[str, Codes]
    texts: list[str | None]
    readable: Flags


class Gatherer:
    """Gathers what is wanted of a block's records, lot after lot: one kind, one template."""

    def __init__(self, block: Block, index: Index) -> None:
        self._block = block
        self._index = index
        self._cells: list[Cells] = []
        self._numbers: list[tuple[str, int, Places]] = []
        self._lots: list[tuple[Kind, Group]] = []
        self._height = 0

    def add(self, kind: Kind, group: Group, picks: Sequence[Pick]) -> None:
        """Gather the records of a group, all of one kind."""
        begin = self._height
        self._height += group.rows.size
        self._lots.append((kind, group))
        for pick in picks:
            numbers = None
            for rank, hole in enumerate(pick.holes):
                offsets = group.offsets[:, hole.index]
                null = group.kinds[:, hole.index] == Type.NULL  # with a size now and then
                sizes = np.where(null, 0, group.sizes[:, hole.index])
                if not pick.number:
                    self._cells.append(Cells(pick.column, rank, hole.kind, begin, offsets, sizes))
                    continue
                other = _numbers(self._block, hole.kind, offsets, sizes)
                numbers = other if numbers is None else _first(pick.column, numbers, other)
            if numbers is not None:
                self._numbers.append((pick.column, begin, numbers))

    def columns(self) -> Columns:
        """The columns of all that was gathered."""
        rows = np.concatenate([lot.rows for _, lot in self._lots] or [np.empty(0, np.intp)])
        self._system(rows)
        readable = np.ones(rows.size, bool)
        numbers: dict[str, Places] = {}
        for column, begin, values in self._numbers:
            into = numbers.setdefault(column, np.full(rows.size, NONE, np.int64))
            into[begin : begin + values.size] = values
        words: list[str | None] = [None]
        coded: dict[str, Codes] = {}
        found = _codes(self._block, self._cells, words)
        for cells, codes in sorted(
            zip(self._cells, found, strict=True), key=lambda pair: pair[0].rank
        ):
            here = slice(cells.begin, cells.begin + codes.size)
            readable[here] &= codes >= 0
            into = coded.setdefault(cells.column, np.zeros(rows.size, np.int64))
            into[here] = _better(into[here], codes, words) if cells.rank else codes
        return Columns(
            rows,
            groups=[group for _, group in self._lots],
            kinds=[kind.name for kind, _ in self._lots],
            kind=np.repeat(np.arange(len(self._lots)), [lot.rows.size for _, lot in self._lots]),
            numbers=numbers,
            coded=coded,
            texts=words,
            readable=readable,
        )

    def _system(self, rows: Numbers) -> None:
        """What all of them say of themselves beside their fields."""
        block, index = self._block, self._index
        heads, tied = index.heads[rows], index.tied[rows]
        at = index.values[rows] + index.qualified[rows] + 22
        for value, column, kind, sizes, offsets in (
            (SystemValue.ACTIVITY_ID, "activity_id", Type.GUID, tied, at),
            (SystemValue.USER_ID, "writer_sid", Type.SID, index.user[rows], at + tied + 17),
        ):
            there = block.u16[heads + DESCRIPTOR * value + 2] == kind
            there &= self._shown(value, rows)
            if there.any():
                self._cells.append(Cells(column, 0, kind, 0, offsets, np.where(there, sizes, 0)))
        process_id, version = block.u32[at + tied], block.u8[at + tied + 16]
        for value, column, values in (
            (SystemValue.PROCESS_ID, "writer_pid", process_id),
            (SystemValue.VERSION, "version", version),
        ):
            shown = self._shown(value, rows)
            self._numbers.append((column, 0, np.where(shown, values.astype(np.int64), NONE)))

    def _shown(self, value: SystemValue, rows: Numbers) -> Flags:
        shown = np.array([value in outer.shown for outer in self._index.outers] or [False])
        found: Flags = shown[self._index.outer[rows]]
        return found


def _numbers(block: Block, kind: int, at: Places, sizes: Places) -> Places:
    """Whole numbers, and times in microseconds since 1970; `NONE` where there is none."""
    raw = block.u64[at]
    if kind == Type.SIZE:
        raw = np.where(sizes == 4, raw & np.uint64(0xFFFF_FFFF), raw)
    elif (size := WIDTHS[Type(kind)]) < 8:
        raw = raw & np.uint64((1 << 8 * size) - 1)
    if kind == Type.FILETIME:
        values = (raw // np.uint64(10)).view(np.int64) - FILETIME_US
        sizes = np.where(values < _LATEST_US, sizes, 0)  # no calendar has it
    else:
        values = raw.view(np.int64)
        sizes = np.where(values < 0, 0, sizes)  # beyond int64: said, but of no use
    return np.where(sizes == 0, NONE, values)


def _first(column: str, found: Places, other: Places) -> Places:
    """The first number that is there; a status of zero only where no other is."""
    empty = (found == NONE) | (found == 0) if column == "status" else found == NONE
    return np.where(empty & (other != NONE), other, found)


def _better(found: Codes, other: Codes, words: Sequence[str | None]) -> Codes:
    """The first text that says something."""
    empty = np.array([word in _EMPTY for word in words])
    return np.where(empty[found] & ~empty[other], other, found)


def _codes(block: Block, cells: Sequence[Cells], words: list[str | None]) -> list[Codes]:
    """For each lot of cells their texts' numbers in `words`; -1 for what is left to others."""
    if not cells:
        return []
    codes, values = distinct(
        block,
        np.concatenate([lot.offsets for lot in cells]),
        np.concatenate([lot.sizes for lot in cells]),
    )
    bounds = np.cumsum([0, *(lot.offsets.size for lot in cells)])
    apart = [codes[begin:end] for begin, end in pairwise(bounds.tolist())]
    there = np.array([bool(value) for value in values], bool)
    tables = {}
    for kind in sorted({lot.kind for lot in cells}):
        used = np.zeros(len(values), bool)
        for lot, mine in zip(cells, apart, strict=True):
            if lot.kind == kind:
                used[mine] = True
        used &= there
        tables[kind] = _table(kind, values, np.flatnonzero(used), words)
    return [tables[lot.kind][mine] for lot, mine in zip(cells, apart, strict=True)]


def _table(kind: int, values: Sequence[bytes], used: Numbers, words: list[str | None]) -> Codes:
    """Of distinct bytes, of which some are used as one type, the number of the text in `words`."""
    read = texts(kind, [values[place] for place in used.tolist()])
    numbers = np.zeros(len(values), np.int64)
    numbers[used] = np.arange(len(words), len(words) + len(read))
    numbers[[place for place, text in zip(used.tolist(), read, strict=True) if text is None]] = -1
    words += read
    return numbers
