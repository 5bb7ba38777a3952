"""One thing whole on a terminal: its fields, its Sources, and what the case was built from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from graphsess.report.cells import NOTHING, counted, event_name, harmless, words
from graphsess.report.headline import facts, headline
from graphsess.report.page.legend import EVIDENCE

_SHA_SHOWN = 16


def print_thing(console: Console, thing: Mapping[str, Any], zone: dt.tzinfo) -> None:
    """Print a record of `graphsess show`: first what it says, then who says so."""
    told = headline(thing, zone)
    console.print(Text(told or str(thing["what"]), style="bold"))
    console.print(Text(harmless(str(thing.get("id"))), style="dim"), overflow="fold")
    fields = _grid()
    for name, value in facts(thing):
        fields.add_row("", Text(name.replace("_", " "), style="dim"), _value(value, zone))
    console.print(fields)
    if thing.get("fields") is not None:
        console.print(Text("\nas logged", style="bold"))
        console.print(_logged(thing["fields"]))
    if thing.get("evidence"):
        _print_evidence(console, thing["evidence"])
    if thing.get("activities"):
        _print_activities(console, thing, zone)
    if thing.get("sources"):
        console.print(Text(f"\nSources: {counted(len(thing['sources']), 'event')}", style="bold"))
        _print_sources(console, thing["sources"], zone)
    _print_case(console, thing["case"])


def _print_evidence(console: Console, evidence: list[Any]) -> None:
    """What proves a move, in words; its events are among the Sources, by the same rule."""
    if not all(isinstance(proof, Mapping) and "rule" in proof for proof in evidence):
        return
    console.print(Text("\nEvidence", style="bold"))
    grid = _grid()
    for proof in evidence:
        rule = str(proof["rule"])
        said = f"{EVIDENCE.get(rule, '')} (+{proof['score']}, {_events(proof)})"
        grid.add_row("", Text(rule, style="dim"), Text(harmless(said)))
    console.print(grid)


def _events(proof: Mapping[str, Any]) -> str:
    return counted(len(proof.get("events") or ()), "event")


def _print_activities(console: Console, thing: Mapping[str, Any], zone: dt.tzinfo) -> None:
    listed, count = thing["activities"], thing["activity_count"]
    more = "" if count == len(listed) else f", the first {len(listed):,}"
    console.print(Text(f"\nActivities: {count:,}{more}", style="bold"))
    for act in listed:
        marks = " ".join(
            [*(["while disconnected"] if act["while_disconnected"] else []), *act["flags"]]
        )
        at = words(_time(act["time"]), zone, precise=True)
        console.print(Text(harmless(f"{at}  {act['what']}")))
        who = f"as {act['logged_user']}, " if act["logged_user"] else ""
        how = f"    {who}by {act['method']} {act['confidence']}  {marks}"
        console.print(Text(harmless(how.rstrip()), style="dim"))


def _print_sources(console: Console, sources: list[dict[str, Any]], zone: dt.tzinfo) -> None:
    for source in sources:
        at = words(_time(source["time"]), zone, precise=True)
        head = f"{at}  {source['role']}  {event_name(source)}"
        console.print(Text(harmless(head)), overflow="fold")
        place = f"record {source['record_id']}, rule {source['rule']}, {source['file']}"
        console.print(_below(harmless(place)))
        if source.get("fields") is not None:
            console.print(_logged(source["fields"]))


def _below(text: str) -> Table:
    """A line in the second place, indented wherever it is broken."""
    grid = Table.grid()
    grid.add_column(width=4)
    grid.add_column(overflow="fold")
    grid.add_row("", Text(text, style="dim"))
    return grid


def _logged(fields: object) -> Table:
    grid = _grid(indent=4)
    for name, value in _flat(_payload(fields)):
        if value not in (None, "", "-") and not name.endswith("#attributes.xmlns"):
            grid.add_row("", Text(harmless(name), style="dim"), Text(harmless(str(value))))
    return grid


def _payload(fields: object) -> object:
    """What the event itself says, without the envelope that every event has."""
    if isinstance(fields, Mapping) and isinstance(event := fields.get("Event"), Mapping):
        payload = {name: event[name] for name in ("EventData", "UserData") if event.get(name)}
        return payload or fields
    return fields


def _flat(fields: object, before: str = "") -> list[tuple[str, object]]:
    """Nested fields as `Outer.Inner` lines."""
    if isinstance(fields, Mapping):
        pairs = [(f"{before}.{name}" if before else str(name), v) for name, v in fields.items()]
        return [line for name, value in pairs for line in _flat(value, name)]
    if isinstance(fields, list):
        return [line for n, v in enumerate(fields) for line in _flat(v, f"{before}[{n}]")]
    return [(before, fields)]


def _print_case(console: Console, case: Mapping[str, Any]) -> None:
    console.print(
        Text(f"\ngraphsess {case['tool']}, rules {case['rules']}, schema {case['schema']}", "dim")
    )
    for file in case["evidence"]:
        sha256 = file["sha256"][:_SHA_SHOWN] or NOTHING
        console.print(_below(f"sha256 {sha256}…  {harmless(file['path'])}"))


def _value(value: object, zone: dt.tzinfo) -> Text:
    if isinstance(value, list) and value and not isinstance(value[0], Mapping):
        return Text(harmless(", ".join(str(item) for item in value)))
    if isinstance(value, Mapping):
        return Text(harmless(", ".join(f"{k} {v}" for k, v in value.items() if v is not None)))
    return Text(words(_time(value), zone, precise=True))


def _time(value: object) -> object:
    """ISO text of a record as a moment again; everything else as it is."""
    if isinstance(value, str) and value.endswith("Z") and value[10:11] == "T":
        try:
            return dt.datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


def _grid(indent: int = 2) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=indent)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    return grid
