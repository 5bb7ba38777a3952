"""JSON lines from NXLog (im_msvistalog), flat: event fields and NXLog's own stand side by side.

Three traps. `EventTime` is local time without a zone, to the second; the zone is inferred for
the whole file from `@timestamp`, the time of ingestion, which follows within a minute or two.
Top-level AccountName, Domain and UserID are the *writer's* wherever UserID and AccountType stand
with them, and fields of the event (4778) elsewhere. UserData is lost: what LocalSessionManager and
RemoteConnectionManager say survives only in `Message`.

https://docs.nxlog.co/integrate/windows-eventlog.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from graphsess.catalogue import kind_of
from graphsess.catalogue.applications import SYSMON
from graphsess.evidence.source import Source
from graphsess.readers.base import Batch, Unit
from graphsess.readers.json import lines
from graphsess.readers.json.spelling import canonical_channel
from graphsess.readers.record import Identity, text, whole

NAME = "nxlog"
QUARTER_HOUR_S = 900
"""All time zones in use are whole quarter-hours from UTC …"""

EASTERNMOST, WESTERNMOST = -14 * 4, 12 * 4
"""… and this many of them. Ingestion that is days late tells nothing."""

ENOUGH = 100
"""Lines by which a block of a large file tells its own zone; else the file's beginning tells."""

_ID_MAX = (1 << 63) - 1
_WRITER = ("AccountName", "Domain", "UserID", "AccountType")


def accepts(head: bytes) -> bool:
    """True if one of the first objects has EventTime beside SourceName or Channel."""
    return any(
        lines.sniff(head, b'"EventTime"', b'"EventID"', name)
        for name in (b'"SourceName"', b'"Channel"')
    )


def units(source: Source, *, carve: bool = False) -> list[Unit]:
    """Blocks of lines; `carve` means nothing here."""
    return lines.units(source, NAME)


def read(unit: Unit) -> Batch:
    """The unit's records; see `graphsess.readers.base.Reader`."""
    gathered = lines.Gathered(unit)
    with unit.source.open() as file:
        zone = _zone(value for _, _, value in lines.objects(file, unit))
        if unit.first and zone.told < ENOUGH:
            start = lines.objects(file, Unit(unit.source, NAME, 0, 1))
            zone = _zone(value for _, _, value in islice(start, 50 * ENOUGH))
        for number, body, value in lines.objects(file, unit):
            event = _understood(value, zone.ahead) if isinstance(value, dict) else None
            gathered.add(number, body, event)
    if zone.needed and not zone.told:
        gathered.note = "its local times carry no zone and were taken as UTC"
    return gathered.batch()


def understood(value: Mapping[str, Any], time: str | None) -> lines.Event | None:
    """The event of a flat NXLog object whose time is already known."""
    event_id = whole(text(value.get("EventID")), 0xFFFF)
    provider = text(value.get("SourceName"))
    if event_id is None:
        return None
    pid = value.get("ExecutionProcessID")
    not_its_own: tuple[str, ...] = ()
    if isinstance(value.get("ProcessID"), int):  # a number is the writer's, a text the event's
        pid = value["ProcessID"] if pid is None else pid
        not_its_own = ("ProcessID",)
    written = "UserID" in value and "AccountType" in value
    kind = kind_of(provider, event_id) if provider else None
    identity = Identity(
        time=time,
        computer=text(value.get("Hostname")),
        channel=canonical_channel(text(value.get("Channel"))),
        provider=provider,
        event_id=event_id,
        version=whole(text(value.get("Version")), 0xFF),
        record_id=whole(text(value.get("RecordNumber")), _ID_MAX),
        activity_id=text(value.get("ActivityID")),
        writer_sid=text(value.get("UserID")) if written else None,
        writer_pid=text(pid),
    )
    if kind is None:
        return lines.Event(None, identity, {})
    not_its_own += _WRITER if written else ()
    fields = {name: item for name, item in value.items() if name not in not_its_own}
    if kind.provider == SYSMON:
        fields = _told(text(value.get("Message"))) | fields
    return lines.Event(kind, identity, fields)


def _told(message: str | None) -> dict[str, str]:
    """Sysmon's message as fields, `Image: C:\\…` a line: NXLog 4 drops ProcessId for ProcessID."""
    rows = (line.partition(": ") for line in (message or "").splitlines())
    return {name: item for name, colon, item in rows if colon and name.isalnum()}


class _Zone(NamedTuple):
    """How far UTC is ahead of local times, told by so many lines; and whether any line needs it."""

    ahead: timedelta
    told: int
    needed: bool


def _zone(values: Iterable[Any]) -> _Zone:
    needed = False
    seen: Counter[int] = Counter()
    for value in values:
        local = _time(value.get("EventTime")) if isinstance(value, dict) else None
        if local is None or local.tzinfo is not None:
            continue
        needed = True
        ingested = _time(value.get("@timestamp"))
        if ingested is not None and (ahead := ingested.utcoffset()) is not None:
            late = ingested.replace(tzinfo=None) - ahead - local
            quarters = round(late.total_seconds() / QUARTER_HOUR_S)
            if EASTERNMOST <= quarters <= WESTERNMOST:
                seen[quarters] += 1
    best = min(seen, key=lambda quarter: (-seen[quarter], abs(quarter), quarter), default=0)
    return _Zone(timedelta(seconds=best * QUARTER_HOUR_S), seen.total(), needed)


def _understood(value: Mapping[str, Any], ahead: timedelta) -> lines.Event | None:
    at = _time(value.get("EventTime"))
    if at is None:
        return None
    try:
        if at.tzinfo is None:
            at = (at + ahead).replace(tzinfo=UTC)
        time = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return None
    return understood(value, time)


def _time(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
