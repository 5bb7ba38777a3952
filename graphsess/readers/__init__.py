"""Bytes to columns: one reader a format, chosen by content."""

from __future__ import annotations

from graphsess.readers import xml
from graphsess.readers.base import Batch, Reader, Unit
from graphsess.readers.evtx import reader as evtx_file
from graphsess.readers.json import evtx_dump, nxlog, nxlog_created, sentinel, winlogbeat

READERS: dict[str, Reader] = {
    reader.NAME: reader
    for reader in (evtx_file, nxlog, nxlog_created, winlogbeat, sentinel, evtx_dump, xml)
}
"""All readers by name. The first that accepts a file's beginning reads it."""


def reader_for(head: bytes) -> str | None:
    """Name of the reader for content that begins so, or None if it is no event log."""
    return next((name for name, reader in READERS.items() if reader.accepts(head)), None)


__all__ = ["READERS", "Batch", "Reader", "Unit", "reader_for"]
