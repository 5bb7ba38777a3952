"""A block of chunks in memory: numbers anywhere in it, and the records of its sound chunks.

All sound chunks are walked at once. Whatever is not as it should be (a mark, a size, a checksum,
an end that the next record runs over) leaves its chunk to
`graphsess.readers.evtx.chunks`, which walks it alone and counts what it cannot reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from graphsess.readers.evtx.format import (
    CHUNK,
    CHUNK_MAGIC,
    DATA_SUM_AT,
    FIRST_RECORD,
    FLAGS_AT,
    FREE_AT,
    HEADER_SUM_AT,
    ID_AT,
    NO_CHECKSUM,
    RECORD_MAGIC,
    SIZE_AT,
    SMALLEST,
    TABLES_AT,
)

try:
    from isal.isal_zlib import crc32
except ImportError:  # a processor without it: the checksums then take as long as all the rest
    from zlib import crc32

Places = npt.NDArray[np.int64]
"""Offsets in a block, or numbers that are added to them."""
Flags = npt.NDArray[np.bool_]

PAD = 256
"""Zeros behind the last chunk, so that a number or a head may be read at any offset of it."""

_CHUNK_MAGIC = np.uint64(int.from_bytes(CHUNK_MAGIC, "little"))
_RECORD_MAGIC = np.uint32(int.from_bytes(RECORD_MAGIC, "little"))


class Block:
    """Some chunks of a file, one behind the other.

    Attributes:
        data: The bytes, `PAD` zeros at the end.
        count: How many chunks.
        u8, u16, u32, u64: Little-endian numbers at any offset, aligned or not.
    """

    def __init__(self, data: bytearray | memoryview) -> None:
        self.data = data
        self.count = (len(data) - PAD) // CHUNK
        self.u8: npt.NDArray[np.uint8] = np.frombuffer(data, np.uint8)
        size = len(data)
        self.u16: npt.NDArray[np.uint16] = np.ndarray((size - 1,), "<u2", data, strides=(1,))
        self.u32: npt.NDArray[np.uint32] = np.ndarray((size - 3,), "<u4", data, strides=(1,))
        self.u64: npt.NDArray[np.uint64] = np.ndarray((size - 7,), "<u8", data, strides=(1,))

    def chunk(self, number: int) -> memoryview:
        """The bytes of one chunk."""
        return memoryview(self.data)[number * CHUNK : (number + 1) * CHUNK]

    def places(self, at: Places) -> Places:
        """The u32 at each of some places, as numbers to reckon with."""
        return self.u32[at].astype(np.int64)

    def heads(self, form: np.dtype[np.void], at: Places) -> npt.NDArray[np.void]:
        """The bytes at each of some places, as fields: one gather, however many fields."""
        return self.anywhere(form.itemsize)[at].view(form)

    def anywhere(self, size: int) -> npt.NDArray[np.void]:
        """So many bytes at any offset. To gather them costs the same whether few or many."""
        shape = (len(self.data) - size + 1,)
        found: npt.NDArray[np.void] = np.ndarray(shape, f"V{size}", self.data, strides=(1,))
        return found


def blocks(file: BinaryIO, chunks: int | None, most: int) -> Iterator[Block]:
    """The next chunks of a file, `most` at a time; a cut last chunk is filled up with zeros.

    Args:
        file: At the beginning of a chunk.
        chunks: How many; None for all that follow.
        most: How many to a block. All blocks share their memory: each ends when the next comes.
    """
    left = chunks
    whole = bytearray(most * CHUNK + PAD)
    while left is None or left > 0:
        size = CHUNK * (most if left is None else min(left, most))
        got = _filled(file, memoryview(whole)[:size])
        if not got:
            return
        count = -(-got // CHUNK)
        rest = memoryview(whole)[got : count * CHUNK + PAD]
        rest[:] = bytes(len(rest))
        yield Block(memoryview(whole)[: count * CHUNK + PAD])
        left = None if left is None else left - count


def _filled(file: BinaryIO, into: memoryview) -> int:
    """Read until there is no room, or nothing more; members of archives come in small bits."""
    got = 0
    while got < len(into) and (more := file.readinto(into[got:])):  # type: ignore[attr-defined]
        got += more
    return got


class Walked(NamedTuple):
    """What a block holds.

    Attributes:
        sound: For each chunk, if all of it is as it should be.
        records: Offsets of the records of the sound ones, rising.
        ends: For each chunk, where its last record ends.
    """

    sound: Flags
    records: Places
    ends: Places


def walk(block: Block) -> Walked:
    """Find the records of all sound chunks."""
    bases = np.arange(block.count, dtype=np.int64) * CHUNK
    free = block.places(bases + FREE_AT)
    sound = (block.u64[bases] == _CHUNK_MAGIC) & (free >= FIRST_RECORD) & (free <= CHUNK)
    for number in np.flatnonzero(sound).tolist():
        sound[number] = checksums_hold(block.chunk(number), int(free[number]))
    stops, edges = bases + free, bases + CHUNK
    records, ends, last, chained = _chains(block, sound, stops)
    if unclear := np.flatnonzero(sound & ~chained).tolist():
        parts = [records]
        for number in unclear:
            found = _chain(block, number, int(stops[number]))
            sound[number] = found is not None
            if found is not None:
                parts.append(np.array(found[:-1], np.int64))
                last[number], ends[number] = found[-2], found[-1]
        records = np.sort(np.concatenate(parts))
    sound &= ~_goes_on(block, ends, last, edges)
    if not sound.all():
        records = records[sound[records // CHUNK]]
    return Walked(sound, records, ends)


def _chains(block: Block, sound: Flags, stops: Places) -> tuple[Places, Places, Places, Flags]:
    """The records of those sound chunks in which every mark of a record is where the last one ends.

    Records lie at multiples of 8, so a look at every eighth byte finds their marks; chunks with
    marks inside a value, too, are left. Returns the records, and for each chunk where they end,
    its last record or -1, and if it is such a chunk.
    """
    words = np.frombuffer(block.data, "<u4", count=block.count * CHUNK // 4).reshape(-1, 2)
    marked = np.flatnonzero(words[:, 0] == _RECORD_MAGIC)
    size = words[marked, 1].astype(np.int64)
    at = marked * 8
    chunk = at // CHUNK
    live = sound[chunk] & (at % CHUNK >= FIRST_RECORD) & (at < stops[chunk])
    if not live.all():
        at, size, chunk = at[live], size[live], chunk[live]
    edge = (chunk + 1) * CHUNK
    behind = at + size
    fits = (size >= SMALLEST) & (behind <= edge)
    fits &= block.places(np.where(fits, behind, edge) - 4) == size

    counts = np.bincount(chunk, minlength=block.count)
    filled = np.flatnonzero(counts)
    final = np.cumsum(counts)[filled] - 1
    first = final - counts[filled] + 1
    expected = np.empty_like(at)
    expected[1:] = behind[:-1]
    expected[first] = filled * CHUNK + FIRST_RECORD
    fits &= at == expected
    fits[final] &= behind[final] >= stops[filled]

    chained = stops % CHUNK == FIRST_RECORD
    chained[filled] = True
    chained[chunk[~fits]] = False
    ends = np.arange(block.count, dtype=np.int64) * CHUNK + FIRST_RECORD
    last = np.full(block.count, -1, np.int64)
    ends[filled], last[filled] = behind[final], at[final]
    return (at if fits.all() else at[chained[chunk]]), ends, last, chained


def _chain(block: Block, number: int, stop: int) -> list[int] | None:
    """The records of a sound chunk, one after the other, and where they end; None if torn."""
    at, edge = number * CHUNK + FIRST_RECORD, (number + 1) * CHUNK
    found = [at]
    while at < stop:
        size = _u32(block.data, at + SIZE_AT)
        behind = at + size
        if not (size >= SMALLEST and behind <= edge and _u32(block.data, at) == _RECORD_MAGIC):
            return None
        if _u32(block.data, behind - 4) != size:
            return None
        found.append(at := behind)
    return found


def checksums_hold(chunk: bytes | memoryview, free: int) -> bool:
    """True if both checksums of a chunk are right, or it says that it has none."""
    if _u32(chunk, FLAGS_AT) & NO_CHECKSUM:
        return True
    return (
        FIRST_RECORD <= free <= CHUNK
        and crc32(chunk[FIRST_RECORD:free]) == _u32(chunk, DATA_SUM_AT)
        and crc32(chunk[TABLES_AT:FIRST_RECORD], crc32(chunk[:FLAGS_AT]))
        == _u32(chunk, HEADER_SUM_AT)
    )


def _goes_on(block: Block, ends: Places, last: Places, edges: Places) -> Flags:
    """Chunks whose end is stale: the next id follows behind it."""
    room = (last >= 0) & (ends + SMALLEST <= edges)
    ends, last = np.where(room, ends, 0), np.where(room, last, 0)
    follows = block.u64[ends + ID_AT] == block.u64[last + ID_AT] + np.uint64(1)
    goes_on: Flags = room & follows & (block.u32[ends] == _RECORD_MAGIC)
    return goes_on


def _u32(chunk: bytes | bytearray | memoryview, at: int) -> int:
    return int.from_bytes(chunk[at : at + 4], "little")
