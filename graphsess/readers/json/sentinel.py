"""JSON from Azure Sentinel: the tables SecurityEvent, Event and WindowsEvent, flat.

`TimeGenerated` is the event's own time. Fields stand at the top level, or in `EventData` as XML
text, or parsed in `EventData_dynamic`; record ids are only in WindowsEvent.

https://learn.microsoft.com/azure/azure-monitor/reference/tables/securityevent
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from graphsess.catalogue import kind_of
from graphsess.evidence.source import Source
from graphsess.readers.base import Batch, Unit
from graphsess.readers.json import lines
from graphsess.readers.json.spelling import canonical_channel
from graphsess.readers.record import Identity, text, whole
from graphsess.readers.xml import data_fields

NAME = "sentinel"
_ID_MAX = (1 << 63) - 1


def accepts(head: bytes) -> bool:
    """True if one of the first objects has TimeGenerated, Computer and an event id."""
    return lines.sniff(head, b'"TimeGenerated"', b'"Computer"', b'"EventID"')


def units(source: Source, *, carve: bool = False) -> list[Unit]:
    """Blocks of lines; `carve` means nothing here."""
    return lines.units(source, NAME)


def read(unit: Unit) -> Batch:
    """The unit's records; see `graphsess.readers.base.Reader`."""
    return lines.batch(unit, _understood)


def _understood(value: Mapping[str, Any]) -> lines.Event | None:
    event_id = whole(text(value.get("EventID")), 0xFFFF)
    if event_id is None:
        return None
    provider = _first(value, "EventSourceName", "Provider", "Source")
    kind = kind_of(provider, event_id) if provider else None
    identity = Identity(
        time=_first(value, "TimeGenerated", "TimeGenerated [UTC]"),
        computer=text(value.get("Computer")),
        channel=canonical_channel(_first(value, "Channel", "EventLog")),
        provider=provider,
        event_id=event_id,
        version=whole(text(value.get("Version")), 0xFF),
        record_id=whole(_first(value, "EventRecordId", "EventRecordID"), _ID_MAX),
        activity_id=_first(value, "Correlation", "CorrelationId"),
        writer_sid=_first(value, "SystemUserId", "UserId"),
        writer_pid=_first(value, "SystemProcessId", "ProcessIdSystem"),
    )
    return lines.Event(kind, identity, _fields(value) if kind else {})


def _fields(value: Mapping[str, Any]) -> dict[str, Any]:
    """Fields from the top level, from EventData, and from what was parsed of it, best last."""
    found = dict(value)
    for name in ("EventData", "EventData_dynamic"):
        data = value.get(name)
        if isinstance(data, str) and data.lstrip().startswith("<"):
            found |= data_fields(data)
        elif isinstance(data, str) and data.lstrip().startswith("{"):
            try:
                data = orjson.loads(data)
            except orjson.JSONDecodeError:
                continue
        if isinstance(data, Mapping):
            found |= data
    return found


def _first(value: Mapping[str, Any], *names: str) -> str | None:
    return next((found for name in names if (found := text(value.get(name)))), None)
