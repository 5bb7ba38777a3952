"""JSON lines in NXLog's names, but with `TimeCreated` in UTC and no record numbers.

Some collectors (Azure agents) keep the flat shape and write the event's own time. Without record
numbers missing records cannot be told, and order is by time alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphsess.evidence.source import Source
from graphsess.readers.base import Batch, Unit
from graphsess.readers.json import lines
from graphsess.readers.json.nxlog import understood
from graphsess.readers.record import text

NAME = "nxlog_created"


def accepts(head: bytes) -> bool:
    """True if one of the first objects has TimeCreated and Hostname at its top level."""
    return lines.sniff(head, b'"TimeCreated"', b'"Hostname"', b'"SourceName"', b'"EventID"')


def units(source: Source, *, carve: bool = False) -> list[Unit]:
    """Blocks of lines; `carve` means nothing here."""
    return lines.units(source, NAME)


def read(unit: Unit) -> Batch:
    """The unit's records; see `graphsess.readers.base.Reader`."""
    return lines.batch(unit, _understood)


def _understood(value: Mapping[str, Any]) -> lines.Event | None:
    return understood(value, text(value.get("TimeCreated")))
