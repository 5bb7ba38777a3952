"""JSON lines from Winlogbeat: version 6 (names at the top level) and 7 and 8 (under `winlog`).

`@timestamp` is the event's own time here, unlike in other collectors. UserData survives in
`user_data`. Unnamed Data are called param1, param2, …

https://www.elastic.co/guide/en/beats/winlogbeat/6.8/exported-fields.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphsess.catalogue import kind_of
from graphsess.evidence.source import Source
from graphsess.readers.base import Batch, Unit
from graphsess.readers.json import lines
from graphsess.readers.json.spelling import canonical_channel, with_positions
from graphsess.readers.record import Identity, text, whole

NAME = "winlogbeat"
_ID_MAX = (1 << 63) - 1


def accepts(head: bytes) -> bool:
    """True if one of the first objects has a log name and a computer name in Beats' spelling."""
    return any(
        lines.sniff(head, b'"@timestamp"', *keys)
        for keys in ((b'"log_name"', b'"computer_name"'), (b'"winlog"', b'"event_id"'))
    )


def units(source: Source, *, carve: bool = False) -> list[Unit]:
    """Blocks of lines; `carve` means nothing here."""
    return lines.units(source, NAME)


def read(unit: Unit) -> Batch:
    """The unit's records; see `graphsess.readers.base.Reader`."""
    return lines.batch(unit, _understood)


def _understood(value: Mapping[str, Any]) -> lines.Event | None:
    beat = value.get("winlog", value)
    if not isinstance(beat, Mapping):
        return None
    event_id = whole(text(beat.get("event_id")), 0xFFFF)
    if event_id is None:
        return None
    provider = text(beat.get("source_name")) or text(beat.get("provider_name"))
    process = beat.get("process")
    pid = process.get("pid") if isinstance(process, Mapping) else beat.get("process_id")
    user = beat.get("user")
    record = beat.get("record_id", beat.get("record_number"))
    kind = kind_of(provider, event_id) if provider else None
    identity = Identity(
        time=text(value.get("@timestamp")),
        computer=text(beat.get("computer_name")),
        channel=canonical_channel(text(beat.get("channel", beat.get("log_name")))),
        provider=provider,
        event_id=event_id,
        version=whole(text(beat.get("version")), 0xFF),
        record_id=whole(text(record), _ID_MAX),
        activity_id=text(beat.get("activity_id")),
        writer_sid=text(user.get("identifier")) if isinstance(user, Mapping) else None,
        writer_pid=text(pid),
    )
    if kind is None:
        return lines.Event(None, identity, {})
    fields: dict[str, Any] = {}
    for name in ("user_data", "event_data"):
        data = beat.get(name)
        if isinstance(data, Mapping):
            fields |= data
    if not fields:  # then the rendered text is all there is
        fields["Message"] = value.get("message")
    return lines.Event(kind, identity, with_positions(fields))
