"""A block of chunks in memory: numbers anywhere in it, and the records of its sound chunks.

All sound chunks are walked at once, one step a record of each. Whatever is not as it should be
(a mark, a size, a checksum, an end that the next record runs over) leaves its chunk to
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
        size = form.itemsize
        anywhere: npt.NDArray[np.void] = np.ndarray(
            (len(self.data) - size + 1,), f"V{size}", self.data, strides=(1,)
        )
        return anywhere[at].view(form)


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
    at, last = bases + FIRST_RECORD, np.full(block.count, -1, np.int64)
    stops, edges = bases + free, bases + CHUNK
    live = np.flatnonzero(sound & (at < stops))
    counts = np.zeros(block.count, np.int64)
    found: list[tuple[Places, Places]] = []
    while live.size:
        here, edge = at[live], edges[live]
        size = block.places(np.minimum(here + SIZE_AT, edge))
        fits = (size >= SMALLEST) & (here + size <= edge)
        behind = here + np.where(fits, size, SMALLEST)
        fits &= block.u32[here] == _RECORD_MAGIC
        fits &= block.places(behind - 4) == size
        sound[live[~fits]] = False
        live, here, behind = live[fits], here[fits], behind[fits]
        found.append((live, here))
        counts[live] += 1
        last[live], at[live] = here, behind
        live = live[behind < stops[live]]
    begins = np.cumsum(counts) - counts
    records = np.empty(int(counts.sum()), np.int64)
    for step, (chunks, here) in enumerate(found):
        records[begins[chunks] + step] = here
    sound &= ~_goes_on(block, at, last, edges)
    if not sound.all():
        records = records[sound[records // CHUNK]]
    return Walked(sound, records, at)


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


def _u32(chunk: bytes | memoryview, at: int) -> int:
    return int.from_bytes(chunk[at : at + 4], "little")
