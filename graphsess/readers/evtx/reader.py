"""The EVTX reader: a range of chunks in, kept records and an account of all records out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from graphsess.evidence.source import Source
from graphsess.readers.base import Batch, Unit
from graphsess.readers.evtx.account import Account
from graphsess.readers.evtx.chunks import CHUNK, CHUNK_MAGIC, FILE_HEADER, FILE_MAGIC

NAME = "evtx"
UNIT_CHUNKS = 1024
"""Chunks of a unit: 64 MB, some 70,000 records."""

BLOCK_CHUNKS = 64
"""Chunks decoded in one go: bounds memory, and what one panic of the decoder costs twice."""


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
    account = Account(unit)
    with unit.source.open() as file:
        for first, chunks in _blocks(file, unit):
            account.take(first, chunks)
    return account.batch()


def _blocks(file: BinaryIO, unit: Unit) -> Iterator[tuple[int, list[bytes]]]:
    """The unit's chunks, a block at a time; a cut last chunk is padded with zeros."""
    start = 0 if file.read(len(CHUNK_MAGIC)) == CHUNK_MAGIC else FILE_HEADER
    first = unit.first
    left = unit.count
    file.seek(start + first * CHUNK)
    while left is None or left > 0:
        count = BLOCK_CHUNKS if left is None else min(left, BLOCK_CHUNKS)
        block = file.read(count * CHUNK)
        if not block:
            return
        chunks = [block[at : at + CHUNK].ljust(CHUNK, b"\0") for at in range(0, len(block), CHUNK)]
        yield first, chunks
        first += len(chunks)
        left = None if left is None else left - len(chunks)
