"""Chunks that are not as they should be: where their records lie, and how to repair them.

Headers go stale in live copies, and one broken record hides those behind it from most parsers, so
the chain is walked here by its own marks and every record that cannot be reached is counted. The
repair is for the decoder of `graphsess.readers.evtx.decode`, for odd records of sound chunks too.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from graphsess.readers.evtx.block import checksums_hold
from graphsess.readers.evtx.format import (
    CHUNK,
    CHUNK_MAGIC,
    FILE_HEADER,
    FILE_MAGIC,
    FIRST_RECORD,
    FREE_AT,
    LAST_ID_AT,
    RECORD_MAGIC,
    SMALLEST,
)

_ID_PER_BYTES = 64
"""No real record is smaller: bounds how many can hide in a damaged stretch."""

_STUB = b"\x0f\x01\x01\x00\x00"  # an empty BinXML fragment
_RECORD = struct.Struct("<4sIQQ")


class Spot(NamedTuple):
    """A record's place in its chunk, and what its header says.

    `slack`: it lies behind the end of the live records, so it is older than they are.
    """

    offset: int
    size: int
    record_id: int
    filetime: int
    slack: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """What a chunk holds.

    Attributes:
        spots: The records that can be reached, by offset.
        lost: Records that must be there and cannot be reached.
        bad: The chunk's header or a checksum is wrong.
        blank: Nothing but zeros: never used, or wiped.
    """

    spots: tuple[Spot, ...]
    lost: int = 0
    bad: bool = False
    blank: bool = False


def walk(chunk: bytes, *, carve: bool = False) -> Walk:
    """Find a chunk's records; a short last chunk is padded with zeros by the caller."""
    if not chunk.strip(b"\0"):
        return Walk((), blank=True)
    sound = chunk.startswith(CHUNK_MAGIC)
    (free,) = struct.unpack_from("<I", chunk, FREE_AT)
    (last_id,) = struct.unpack_from("<Q", chunk, LAST_ID_AT)
    end = free if sound and FIRST_RECORD <= free <= CHUNK else CHUNK
    spots: list[Spot] = []
    lost = 0
    at = FIRST_RECORD
    while at + SMALLEST <= CHUNK:
        spot = _spot(chunk, at)
        before = spots[-1].record_id if spots else None
        if at >= end:
            if spot is None or before is None or spot.record_id != before + 1:
                break  # what follows is older; a stale end, though, is followed by the next id
        elif spot is None:
            spot = _next_spot(chunk, at + 8, end)
            after = spot.record_id if spot else last_id + 1 if sound else None
            upto = spot.offset if spot else end
            if sound or spots or spot:  # else it is no chunk at all
                lost += _hidden(before, after, chunk[at:upto])
            if spot is None:
                break
        if not sound and before is not None and spot.record_id <= before:
            break
        spots.append(spot)
        at = spot.offset + spot.size
    if carve:
        spots += slack(chunk, at, {spot.record_id for spot in spots})
    return Walk(tuple(spots), lost, bad=not sound or not checksums_hold(chunk, free))


def repaired(chunk: bytes, spots: Sequence[Spot], number: int) -> bytearray:
    """The chunk as a decoder likes it: `spots` only (one at least), with ids from `number` on.

    Each record is stretched over what lies between it and the next, and a stub stands at the
    beginning where the first record is not among `spots`; it takes the number before `number`.
    The tables of strings and templates are zeroed: two names that link to each other hang the
    decoder for ever, and it finds both without them.
    """
    out = bytearray(chunk)
    out[:FIRST_RECORD] = bytes(FIRST_RECORD)
    last, tail = number + len(spots) - 1, spots[-1]
    if spots[0].offset != FIRST_RECORD:
        size = spots[0].offset - FIRST_RECORD
        _RECORD.pack_into(out, FIRST_RECORD, RECORD_MAGIC, size, number - 1, 0)
        out[FIRST_RECORD + 24 : FIRST_RECORD + 24 + len(_STUB)] = _STUB
    ends = [*(spot.offset for spot in spots[1:]), tail.offset + tail.size]
    for place, (spot, end) in enumerate(zip(spots, ends, strict=True)):
        size = end - spot.offset
        _RECORD.pack_into(out, spot.offset, RECORD_MAGIC, size, number + place, spot.filetime)
    struct.pack_into(
        "<8s4Q4I", out, 0, CHUNK_MAGIC, number, last, number, last, 128, tail.offset, ends[-1], 0
    )
    return out


def file_header(chunks: int) -> bytes:
    """A header for an in-memory file of so many chunks."""
    head = bytearray(FILE_HEADER)
    count = min(chunks, 0xFFFF)
    struct.pack_into("<8s3QI2H2H", head, 0, FILE_MAGIC, 0, chunks - 1, 1, 128, 1, 3, 4096, count)
    struct.pack_into("<I", head, 124, zlib.crc32(head[:120]))
    return bytes(head)


def spot_at(chunk: bytes, at: int) -> Spot:
    """The record at an offset where one is known to lie."""
    _, size, record_id, filetime = _RECORD.unpack_from(chunk, at)
    return Spot(at, size, record_id, filetime)


def _spot(chunk: bytes, at: int) -> Spot | None:
    """The record at an offset, if there is one: its mark, a size that fits, the size repeated."""
    magic, size, record_id, filetime = _RECORD.unpack_from(chunk, at)
    if magic != RECORD_MAGIC or not SMALLEST <= size <= CHUNK - at:
        return None
    if chunk[at + size - 4 : at + size] != chunk[at + 4 : at + 8]:
        after = chunk[at + size : at + size + 4]
        if after != RECORD_MAGIC and after.strip(b"\0"):
            return None
    return Spot(at, size, record_id, filetime)


def _next_spot(chunk: bytes, start: int, end: int) -> Spot | None:
    at = start
    while (at := chunk.find(RECORD_MAGIC, at)) != -1 and at < end:
        if at % 8 == 0 and at + SMALLEST <= CHUNK and (spot := _spot(chunk, at)) is not None:
            return spot
        at += 1
    return None


def _hidden(before: int | None, after: int | None, stretch: bytes) -> int:
    """How many records a damaged stretch hides, by the ids on either side.

    Where these do not tell, one; none where the stretch is blank and nothing says otherwise.
    """
    if before is not None and after is not None:
        between = after - before - 1
        if 0 < between <= len(stretch) // _ID_PER_BYTES + 1:
            return between
    return 1 if stretch.strip(b"\0") else 0


def slack(chunk: bytes, start: int, known: set[int]) -> list[Spot]:
    """The records from `start` on whose ids are not among `known`, which they are added to."""
    found = []
    at = start
    while (spot := _next_spot(chunk, at, CHUNK)) is not None:
        if spot.record_id not in known:
            known.add(spot.record_id)
            found.append(spot._replace(slack=True))
        at = spot.offset + spot.size
    return found
