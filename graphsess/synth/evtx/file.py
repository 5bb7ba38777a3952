"""This file holds the event log file: a header of 4 KB, then chunk after chunk."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from graphsess.synth.evtx.chunk import Chunk, shown_id
from graphsess.synth.evtx.codec import codec_of
from graphsess.synth.evtx.forwarded import forwarded_event

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graphsess.synth.evtx.record import Record

_HEADER_SIZE = 4096
_DIRTY = 1


def write_evtx(path: Path, records: Iterable[Record], *, dirty: bool = False) -> int:
    """Write records in the given order; returns how many.

    The same records give the same bytes, on any platform. Without records the file holds one
    empty chunk, as Windows makes it.

    Args:
        path: The file; replaced if it exists.
        records: In any order; an id that comes again opens another chunk.
        dirty: As copied from a running machine: the header's dirty flag is set, and its counts
            stand as they did after the first chunk.

    Raises:
        ValueError: a field unknown to its template, a value that does not fit its type, or a
            record larger than a chunk. The file is then incomplete.
    """
    count = chunks = next_id = stale_id = 0
    with path.open("wb") as file:
        file.write(bytes(_HEADER_SIZE))
        chunk = Chunk(first_number=1)
        for record in records:
            if not _add(chunk, record):
                if chunk.count:
                    file.write(chunk.finish())
                    chunks += 1
                    stale_id = stale_id or next_id
                    chunk = Chunk(first_number=count + 1)
                if not _add(chunk, record):
                    what = f"{record.provider} {record.event_id}, record {record.record_id}"
                    raise ValueError(f"{what}: larger than a chunk")
            count += 1
            next_id = max(next_id, shown_id(record) + 1)
        file.write(chunk.finish())
        chunks += 1
        file.seek(0)
        file.write(_header(1, stale_id or 1, _DIRTY) if dirty else _header(chunks, next_id or 1, 0))
    return count


def _add(chunk: Chunk, record: Record) -> bool:
    if record.forwarded:
        return chunk.add_plain(record, forwarded_event(record))
    return chunk.add(record, codec_of(record))


def _header(chunks: int, next_id: int, flags: int) -> bytes:
    head = struct.pack(
        "<8sQQQIHHHH76x",
        b"ElfFile\0",
        0,
        chunks - 1,
        next_id,
        128,
        1,
        3,
        _HEADER_SIZE,
        min(chunks, 0xFFFF),
    )
    return head + struct.pack("<II", flags, zlib.crc32(head)) + bytes(_HEADER_SIZE - 128)
