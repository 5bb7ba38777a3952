"""The EVTX reader: a range of chunks in, kept records and an account of all records out."""

from __future__ import annotations

from graphsess.evidence.source import Source
from graphsess.readers.base import Batch, Unit
from graphsess.readers.evtx.format import CHUNK, CHUNK_MAGIC, FILE_HEADER, FILE_MAGIC

NAME = "evtx"
UNIT_CHUNKS = 256
"""Chunks of a unit: 16 MB, some 25,000 records. What is kept of them is held until it is written,
so this bounds a worker's memory; and a log of 20 MB, the default size, is two workers' work."""

BLOCK_CHUNKS = 256
"""Chunks decoded in one go, 16 MB: bounds memory."""


def accepts(head: bytes) -> bool:
    """True for an EVTX file, even with a broken header, and for bare chunks."""
    return (
        head.startswith((FILE_MAGIC, CHUNK_MAGIC))
        or head[FILE_HEADER : FILE_HEADER + len(CHUNK_MAGIC)] == CHUNK_MAGIC
    )


def units(source: Source, *, carve: bool = False) -> list[Unit]:
    """The file cut into ranges of chunks. The header's own count is never believed."""
    chunks = max(1, -(-source.bytes // CHUNK))
    return [
        Unit(source, NAME, first, min(UNIT_CHUNKS, chunks - first), carve)
        for first in range(0, chunks, UNIT_CHUNKS)
    ]


def read(unit: Unit) -> Batch:
    """The unit's records; see `graphsess.readers.base.Reader`."""
    from graphsess.readers.evtx.account import Account  # numpy and pyarrow take a while to import
    from graphsess.readers.evtx.block import blocks

    account = Account(unit)
    with unit.source.open() as file:
        bare = file.read(len(CHUNK_MAGIC)) == CHUNK_MAGIC
        file.seek((0 if bare else FILE_HEADER) + unit.first * CHUNK)
        first = unit.first
        for block in blocks(file, unit.count, BLOCK_CHUNKS):
            account.take(first, block)
            first += block.count
    return account.batch()
