"""One event as the `evtx` parser spells it in JSON, taken apart into identity and named fields.

    {"Event": {"System": {"Provider": {"#attributes": {"Name": …}}, "EventID": …, …},
               "EventData": {"TargetUserName": …} | null, "UserData": {"EventXML": {…}}}}

Exports as XML and `evtx_dump` files are brought into the same shape, so that fields are found in
one place only. Field names are Microsoft's; unnamed Data are called "0", "1", … by position.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from graphsess.catalogue import Kind, kind_of

_SKIPPED = frozenset({"#attributes", "xmlns", "xml_name"})


class Identity(NamedTuple):
    """What a record says of itself. Ids are null where it does not, or says nonsense."""

    time: str | None
    computer: str | None
    channel: str | None
    provider: str | None
    event_id: int
    version: int | None
    record_id: int | None
    activity_id: str | None
    writer_sid: str | None
    writer_pid: str | None


def kind_and_identity(event: Mapping[str, Any]) -> tuple[Kind | None, Identity] | None:
    """The catalogue's entry and the identity of an event; None if it has no usable event id."""
    system = _element(event.get("System"))
    event_id = whole(text(system.get("EventID")), 0xFFFF)
    if event_id is None:
        return None
    provider = _attributes(system.get("Provider"))
    names = [name for key in ("Name", "EventSourceName") if (name := text(provider.get(key)))]
    kinds = (kind_of(name, event_id) for name in names)
    return next(filter(None, kinds), None), Identity(
        time=text(_attributes(system.get("TimeCreated")).get("SystemTime")),
        computer=text(system.get("Computer")),
        channel=text(system.get("Channel")),
        provider=names[0] if names else None,
        event_id=event_id,
        version=whole(text(system.get("Version")), 0xFF),
        record_id=whole(text(system.get("EventRecordID")), (1 << 63) - 1),
        activity_id=text(_attributes(system.get("Correlation")).get("ActivityID")),
        writer_sid=text(_attributes(system.get("Security")).get("UserID")),
        writer_pid=text(_attributes(system.get("Execution")).get("ProcessID")),
    )


def fields(event: Mapping[str, Any]) -> dict[str, Any]:
    """EventData's or UserData's fields by name, values as parsed; {} where there are none.

    Where Windows could not render the fields, `EventPayload` is the text of what it had.
    """
    found: dict[str, Any] = {}
    user_data = event.get("UserData")
    if isinstance(user_data, dict):
        for name, element in user_data.items():
            if name not in _SKIPPED and isinstance(element, dict):
                _gather(element, found)
                break
    event_data = event.get("EventData")
    if isinstance(event_data, dict):
        _gather(event_data, found)
    elif isinstance(event_data, list):
        found |= {str(place): value for place, value in enumerate(event_data)}
    failed = event.get("ProcessingErrorData")
    if isinstance(failed, dict):
        found["EventPayload"] = _utf16(text(failed.get("EventPayload")))
    return found


def text(value: object) -> str | None:
    """A parsed value as the log's text. A list becomes lines, an element its own text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dict):
        if "#text" not in value:
            return _json(value) if value.keys() - _SKIPPED else None
        value = value["#text"]
    if isinstance(value, list):
        return "\n".join(_line(item) for item in value)
    return _line(value) if value is not None else None


def whole(value: str | None, most: int) -> int | None:
    """Decimal text as an integer from 0 to `most`; None if it is no such number."""
    if value is None or not value.isascii() or not value.isdigit() or len(value) > 20:
        return None
    number = int(value)
    return number if number <= most else None


def _line(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return str(value) if isinstance(value, (int, float)) else _json(value)


def _json(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # nested deeper than any log
        return ""


def _gather(element: Mapping[str, Any], found: dict[str, Any]) -> None:
    for name, value in element.items():
        if name in _SKIPPED or name.endswith("_attributes"):
            continue
        if name == "Data":
            unnamed = value.get("#text") if isinstance(value, dict) else value
            values = unnamed if isinstance(unnamed, list) else [unnamed]
            if len(values) > 1 or values[0] is not None:
                found |= {str(place): item for place, item in enumerate(values)}
        else:
            found[name] = value


def _utf16(payload: str | None) -> str | None:
    try:
        return bytes.fromhex(payload or "").decode("utf-16-le").rstrip("\0")
    except ValueError:
        return None


def _element(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _attributes(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        return {}
    inner = value.get("#attributes")
    return inner if isinstance(inner, dict) else {}
