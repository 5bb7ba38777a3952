"""Wanted records into columns: numbers as numbers, texts each distinct one once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from graphsess.catalogue import Kind
from graphsess.readers.evtx.block import Block, Flags, Places
from graphsess.readers.evtx.descriptors import Described
from graphsess.readers.evtx.fields import Group
from graphsess.readers.evtx.format import DESCRIPTOR, FILETIME_US, WIDTHS, SystemValue, Type
from graphsess.readers.evtx.index import Index, Numbers
from graphsess.readers.evtx.plan import Pick
from graphsess.readers.evtx.spelled import spelled
from graphsess.readers.evtx.strings import Cells, Codes, distinct

NONE = np.iinfo(np.int64).min
"""Stands for null in columns of numbers until they are whole."""
_LATEST_US = 253_402_300_800_000_000
"""Year 10000."""
_EMPTY = ("", "-")


class Lot(NamedTuple):
    """Cells of one type that will be text, of some rows.

    Attributes:
        column: Which column they fill.
        rank: Among the fields that may fill it, 0 is asked first.
        kind: Their type.
        rows: Which rows, by the order in which they were gathered.
        cells: Where they lie; of size 0 are those that are null or empty.
    """

    column: str
    rank: int
    kind: int
    rows: slice
    cells: Cells


class Columns(NamedTuple):
    """The columns of some records, in the order in which they lie.

    Attributes:
        rows: Their numbers in the index.
        groups: What they were gathered from.
        order: Which of all the groups' records, one group after the other, each of them is.
        kinds, kind: Names of kinds, and each record's number among them.
        numbers: Columns of numbers.
        coded: Columns of indices into `texts`.
        texts: Texts, the first of which is null.
        readable: Records all of whose texts could be read.
    """

    rows: Numbers
    groups: list[Group]
    order: Numbers
    kinds: list[str]
    kind: Numbers
    numbers: dict[str, Places]
    coded: dict[str, Codes]
    texts: pl.Series
    readable: Flags


class Gatherer:
    """Gathers what is wanted of a block's records, group after group, each of one kind."""

    def __init__(self, block: Block, index: Index) -> None:
        self._block = block
        self._index = index
        self._lots: list[Lot] = []
        self._numbers: list[tuple[str, slice, Places]] = []
        self._groups: list[tuple[Kind, Group]] = []
        self._height = 0

    def add(self, kind: Kind, group: Group, picks: Sequence[Pick]) -> None:
        """Gather the records of a group, all of one kind."""
        rows = slice(self._height, self._height + group.rows.size)
        self._height = rows.stop
        self._groups.append((kind, group))
        for pick in picks:
            numbers = None
            for rank, hole in enumerate(pick.holes):
                offsets, sizes = group.offsets[hole.index], group.sizes[hole.index]
                null = group.kinds[hole.index] == Type.NULL  # with a size now and then
                if null.any():
                    sizes = np.where(null, np.uint32(0), sizes)
                if not pick.number:
                    lot = Lot(pick.column, rank, hole.kind, rows, Cells(offsets, sizes))
                    self._lots.append(lot)
                    continue
                other = _numbers(self._block, hole.kind, offsets, sizes)
                numbers = other if numbers is None else _first(pick.column, numbers, other)
            if numbers is not None:
                self._numbers.append((pick.column, rows, numbers))

    def columns(self) -> Columns:
        """The columns of all that was gathered."""
        gathered = np.concatenate([group.rows for _, group in self._groups] or [_NO_ROWS])
        order = np.argsort(gathered)
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        self._system(gathered)
        numbers: dict[str, Places] = {}
        for column, rows, values in self._numbers:
            into = numbers.setdefault(column, np.full(order.size, NONE, np.int64))
            into[place[rows]] = values
        found, texts = _codes(self._block, self._lots)
        empty = texts.is_null() | texts.is_in(_EMPTY)
        readable = np.ones(order.size, bool)
        coded: dict[str, Codes] = {}
        for lot, codes in sorted(
            zip(self._lots, found, strict=True), key=lambda pair: pair[0].rank
        ):
            here = place[lot.rows]
            into_codes = coded.setdefault(lot.column, np.zeros(order.size, np.int32))
            if codes.size and codes.min() < 0:
                readable[here] &= codes >= 0
            if lot.rank:
                into_codes[here] = _better(into_codes[here], codes, empty.to_numpy())
            else:
                into_codes[here] = codes
        sizes = [group.rows.size for _, group in self._groups]
        return Columns(
            rows=gathered[order],
            groups=[group for _, group in self._groups],
            order=order,
            kinds=[kind.name for kind, _ in self._groups],
            kind=np.repeat(np.arange(len(sizes)), sizes)[order],
            numbers=numbers,
            coded=coded,
            texts=texts,
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
                cells = Cells(offsets, np.where(there, sizes, 0))
                self._lots.append(Lot(column, 0, kind, _ALL, cells))
        process_id, version = block.u32[at + tied], block.u8[at + tied + 16]
        for value, column, values in (
            (SystemValue.PROCESS_ID, "writer_pid", process_id),
            (SystemValue.VERSION, "version", version),
        ):
            shown = self._shown(value, rows)
            self._numbers.append((column, _ALL, np.where(shown, values.astype(np.int64), NONE)))

    def _shown(self, value: SystemValue, rows: Numbers) -> Flags:
        shown = np.array([value in outer.shown for outer in self._index.outers] or [False])
        found: Flags = shown[self._index.outer[rows]]
        return found


_ALL = slice(None)
_NO_ROWS = np.empty(0, np.intp)


def _numbers(block: Block, kind: int, at: Places, sizes: Described) -> Places:
    """Whole numbers, and times in microseconds since 1970; `NONE` where there is none."""
    raw = block.anywhere(8)[at].view(np.uint64)
    if kind == Type.SIZE:
        raw = np.where(sizes == 4, raw & np.uint64(0xFFFF_FFFF), raw)
    elif (size := WIDTHS[Type(kind)]) < 8:
        raw &= np.uint64((1 << 8 * size) - 1)
    if kind == Type.FILETIME:
        values = (raw // np.uint64(10)).view(np.int64) - FILETIME_US
        there = (sizes != 0) & (values < _LATEST_US)  # no calendar has it
    else:
        values = raw.view(np.int64)
        there = (sizes != 0) & (values >= 0)  # beyond int64: said, but of no use
    return values if there.all() else np.where(there, values, NONE)


def _first(column: str, found: Places, other: Places) -> Places:
    """The first number that is there; a status of zero only where no other is."""
    empty = (found == NONE) | (found == 0) if column == "status" else found == NONE
    return np.where(empty & (other != NONE), other, found)


def _better(found: Codes, other: Codes, empty: Flags) -> Codes:
    """The first text that says something."""
    return np.where(empty[found] & ~empty[other], other, found)


def _codes(block: Block, lots: Sequence[Lot]) -> tuple[list[Codes], pl.Series]:
    """For each lot of cells their texts' numbers, -1 for what is left to others; and the texts."""
    texts = [pl.Series([None], dtype=pl.String())]
    if not lots:
        return [], texts[0]
    codes, values = distinct(block, [lot.cells for lot in lots])
    bounds = np.frombuffer(values.buffers()[1], np.int32)[: len(values) + 1]
    there = np.diff(bounds) > 0
    tables, height = {}, 1
    for kind in sorted({lot.kind for lot in lots}):
        used = np.zeros(len(values), bool)
        for lot, mine in zip(lots, codes, strict=True):
            if lot.kind == kind:
                used[mine] = True
        places = np.flatnonzero(used & there)
        read = spelled(kind, values.take(pa.array(places)))
        tables[kind] = np.zeros(len(values), np.int32)
        tables[kind][places] = np.arange(height, height + places.size)
        if read.null_count():
            tables[kind][places[read.is_null().to_numpy()]] = -1
        texts.append(read)
        height += places.size
    return [tables[lot.kind].take(mine) for lot, mine in zip(lots, codes, strict=True)], pl.concat(
        texts
    )
