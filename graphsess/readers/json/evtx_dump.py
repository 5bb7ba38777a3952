"""JSON lines from `evtx_dump` (crates 0.1 to 0.15) and from tools that keep its shape.

    {"Event": {"#attributes": {…}, "System": {…}, "EventData": {…}}}

Crate 0.15 writes times with seven digits, GUIDs in lower case with braces and no null elements;
normalising takes either. https://github.com/omerbenamram/evtx
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphsess.evidence.source import Source
from graphsess.readers.base import Batch, Unit
from graphsess.readers.json import lines
from graphsess.readers.record import fields, kind_and_identity

NAME = "evtx_dump"


def accepts(head: bytes) -> bool:
    """True if one of the first objects is an `Event` with `System`."""
    return lines.sniff(head, b'"Event"', b'"System"', b'"EventID"')


def units(source: Source, *, carve: bool = False) -> list[Unit]:
    """Blocks of lines; `carve` means nothing here."""
    return lines.units(source, NAME)


def read(unit: Unit) -> Batch:
    """The unit's records; see `graphsess.readers.base.Reader`."""
    return lines.batch(unit, _understood)


def _understood(value: Mapping[str, Any]) -> lines.Event | None:
    event = value.get("Event")
    if not isinstance(event, Mapping) or (found := kind_and_identity(event)) is None:
        return None
    kind, identity = found
    return lines.Event(kind, identity, fields(event) if kind else {})
