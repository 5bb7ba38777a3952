"""`show`: one thing whole, with its Sources as logged and what the case was built from."""

from __future__ import annotations

import contextlib
from typing import Any

import orjson
import polars as pl

from graphsess.case.tables import Source, Tables
from graphsess.errors import UsageError
from graphsess.readers.shown import shown
from graphsess.records.activity import of_event, of_session
from graphsess.records.ask import EVERYTHING
from graphsess.records.columns import written
from graphsess.records.registry import STREAMS
from graphsess.records.stream import Stream

C = pl.col
_TABLES = {
    "sessions": "sessions",
    "logons": "logons",
    "locals": "locals",
    "connections": "connections",
    "failures": "failure_runs",
    "moves": "moves",
    "chains": "chains",
    "hosts": "hosts",
    "groups": "groups",
}
"""Streams whose ids stand in a table of their own."""
_MADE = ("users", "addresses", "coverage", "evidence")
"""Streams whose ids are made with their records."""
_ONE = {
    "sessions": "session",
    "logons": "logon session",
    "locals": "local session",
    "connections": "connection",
    "failures": "failure run",
    "moves": "move",
    "chains": "chain",
    "hosts": "host",
    "users": "user",
    "groups": "group",
    "addresses": "address",
    "coverage": "coverage",
    "evidence": "evidence file",
}
"""What one record of a stream is called."""


def show(case: Source, ident: str) -> dict[str, Any]:
    """The thing with this id: its record, `what` it is, and the `case` that says so.

    Each of its `sources` has `fields`, the record as logged, where those are kept: never in a
    store. A session has `activities`, what was done in it; an event that is one says to which
    session it belongs.

    Raises:
        UsageError: nothing in the case has this id.
        CaseError: the case cannot be read.
    """
    what, record = _found(case, ident)
    record |= {"what": what, "case": _provenance(case, record)}
    if what == _ONE["sessions"]:
        record["activity_count"], record["activities"] = of_session(case, ident)
    bodies = _bodies(case, [source["event"] for source in record.get("sources") or []])
    for source in record.get("sources") or []:
        source["fields"] = bodies.get(source["event"])
    return record


def _found(case: Source, ident: str) -> tuple[str, dict[str, Any]]:
    ident = _called_now(case, ident)
    for name, table in _TABLES.items():
        if case.scan(table).filter(C("id") == ident).head(1).collect().height:
            return _ONE[name], _record(STREAMS[name], case, ident)
    for name in _MADE:
        with contextlib.suppress(LookupError):
            return _ONE[name], _record(STREAMS[name], case, ident)
    event = case.scan("events").filter(C("uid") == ident.lower()).head(1).collect()
    if event.height:
        return "event", _event(case, event)
    raise UsageError(
        f"nothing in {case.where} has the id {ident!r}; take one from the field `id` of "
        "sessions, logons or another command, and quote it"
    )


def _called_now(case: Tables, ident: str) -> str:
    """The id of today, where the case was given evidence since this one was noted down."""
    now = case.table("formerly").filter(C("formerly") == ident)["id"]
    return str(now[0]) if now.len() else ident


def _record(stream: Stream, case: Tables, ident: str) -> dict[str, Any]:
    rows = stream.rows(case, EVERYTHING).filter(C("id") == ident)
    if rows.is_empty():
        raise LookupError(ident)
    if stream.finish:
        rows = stream.finish(case, rows)
    return written(rows.select(stream.fields)).row(0, named=True)


def _event(case: Source, event: pl.DataFrame) -> dict[str, Any]:
    """An event: its columns, what it says as logged, and the sessions that name it."""
    row = event.with_columns(id=C("uid"), time=C("time_us").cast(pl.Datetime("us", "UTC"))).drop(
        "time_us", "uid"
    )
    told = {
        name: value for name, value in written(row).row(0, named=True).items() if value is not None
    }
    uid = str(told["id"])
    parts = case.scan("sources").filter(C("uid") == uid).select("session", "role", "rule")
    done = of_event(case, uid)
    return told | ({"activity": done} if done else {}) | {
        "fields": _bodies(case, [uid]).get(uid),
        "sessions": parts.collect().sort("session", "role").to_dicts(),
    }


def _bodies(case: Source, uids: list[str]) -> dict[str, Any]:
    """The records as logged: an object where they are JSON, a text where they are XML."""
    if not uids or not case.provenance.raw:
        return {}
    rows = case.scan("raw").filter(C("uid").is_in(uids)).collect()
    found = rows.select("uid", "form", "body", "template").iter_rows()
    texts = {uid: (form, shown(form, body, template)) for uid, form, body, template in found}
    return {
        uid: text if form == "xml" else orjson.loads(text) for uid, (form, text) in texts.items()
    }


def _provenance(case: Source, record: dict[str, Any]) -> dict[str, Any]:
    """What the case was built with, and the files that the record rests on; else all files."""
    mine = {source["evidence"] for source in record.get("sources") or []}
    files = case.table("evidence")
    files = files.filter(C("sha256").is_in(mine)) if mine else files
    told = case.provenance
    return {
        "tool": told.tool,
        "rules": told.rules,
        "schema": told.schema,
        "settings": dict(told.settings),
        "evidence": files.select("path", "sha256").sort("path", "sha256").to_dicts(),
    }
