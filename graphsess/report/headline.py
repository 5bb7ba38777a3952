"""One thing in a sentence, and its facts without what the sentence or another fact says already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from graphsess.report.cells import clock, harmless, lasting

_APART = (
    "activities", "activity_count", "case", "evidence", "fields", "id", "sources", "what",
)  # fmt: skip
"""What has a place of its own on the page."""
_BOUNDS = {
    "start_earliest": "start",
    "start_latest": "start",
    "end_earliest": "end",
    "end_latest": "end",
}
"""Bounds that say nothing where they equal what they bound."""
_SECOND = 1_000_000


def headline(thing: Mapping[str, Any], zone: dt.tzinfo) -> str | None:
    """What a session or a move was, in one sentence; None for other things."""
    if thing["what"] == "session":
        return harmless(_session(thing, zone))
    if thing["what"] == "move":
        return harmless(_move(thing, zone))
    return None


def facts(thing: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Names and values of a thing's record that a person has to read.

    Left out: what is empty or plainly not so, a second name of the same host, bounds that equal
    what they bound. A duration is told in words.
    """
    for name, value in thing.items():
        if name in _APART or value in (None, [], {}, False):
            continue
        if name.endswith("_id") and str(value).lower() == str(thing.get(name[:-3])).lower():
            continue
        if name in _BOUNDS and value == thing.get(_BOUNDS[name]):
            continue
        if name == "duration" and isinstance(value, int | float):
            yield name, lasting(round(value * _SECOND))
        else:
            yield name, value


def _session(thing: Mapping[str, Any], zone: dt.tzinfo) -> str:
    who = thing.get("user") or thing.get("attempted_user") or "An unknown account"
    name = f" ({thing['source_name']})" if thing.get("source_name") else ""
    address = thing.get("source_address")
    came = f" from {address}{name}" if address else f" from{name}" if name else ""
    start = _at(thing.get("start"), zone) or "before the log begins"
    return (
        f"{who}{came} to {thing.get('host')}: {thing.get('kind')} session, "
        f"{str(thing.get('outcome')).replace('_', ' ')}, {start} to {_end(thing, zone)}"
    )


def _end(thing: Mapping[str, Any], zone: dt.tzinfo) -> str:
    end = _at(thing.get("end"), zone)
    kind = str(thing.get("end_kind") or "").replace("_", " ")
    if end is None:
        return f"an unknown end ({kind})" if kind else "an unknown end"
    return f"{end} ({kind})" if kind else end


def _move(thing: Mapping[str, Any], zone: dt.tzinfo) -> str:
    before, after = thing.get("from_user"), thing.get("to_user") or "an unknown account"
    whom = f"{before} as {after}" if before and before != after else f"{after}"
    origin = thing.get("from_host") or thing.get("source_address") or "an unknown place"
    often = f", {thing['count']:,} times" if (thing.get("count") or 1) > 1 else ""
    start = _at(thing.get("start"), zone) or "an unknown time"
    band = f", {thing['band']} evidence" if thing.get("band") else ""
    way = f"from {origin} to {thing.get('to_host')}"
    return f"{whom} moved {way}: {thing.get('kind')}{often}, {start}{band}"


def _at(value: object, zone: dt.tzinfo) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return clock(dt.datetime.fromisoformat(value), zone)
    except ValueError:
        return value
