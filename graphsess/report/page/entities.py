"""Everything beside sessions and events: accounts, failure runs, desktops, moves, the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from graphsess.records.ask import EVERYTHING, Ask
from graphsess.records.columns import moment
from graphsess.records.names import with_host
from graphsess.records.registry import STREAMS
from graphsess.records.stream import Tables, records
from graphsess.report.page.block import Block
from graphsess.report.page.columns import column, listed, luids, positions, rows_of, through
from graphsess.report.page.events import Cited
from graphsess.report.page.ids import ids
from graphsess.report.page.planes import Base
from graphsess.report.page.words import coded

C = pl.col
_AS_PRINTED: dict[str, Ask] = {
    "users": Ask(),
    "groups": Ask(),
    "hosts": Ask(),
    "addresses": Ask(),
    "evidence": Ask(),
    "coverage": Ask(),
    "failures": EVERYTHING,
    "locals": Ask(),
    "moves": EVERYTHING,
    "chains": Ask(),
    "activity": Ask(),
}
"""Streams that are written as their command prints them, and what is asked of each."""
_AT_ONCE = ("hosts", "evidence", "coverage", "boots", "failures", "moves", "chains")
"""Tables that the first view needs."""
_LEFT_OUT: dict[str, tuple[str, ...]] = {
    "groups": ("session_ids",),
    "failures": ("sources",),
    "locals": ("sessions", "logon_ids", "sources"),
    "moves": ("evidence", "alternatives", "sources"),
    "chains": ("sources",),
}
"""Fields that stand elsewhere in the file, or that the browser makes."""
_ONLY: dict[str, tuple[str, ...]] = {
    "activity": (
        "time",
        "id",
        "host",
        "activity",
        "what",
        "logged_user",
        "user",
        "session",
        "local_session",
        "method",
        "confidence",
        "while_disconnected",
        "flags",
        "rule",
    )
}
"""The fields of records that would be too large: the rest is in the event itself."""
_ALONG = {
    "sid": "user",
    "host_id": "host",
    "from_host_id": "from_host",
    "to_host_id": "to_host",
    "source_class": "source_address",
    "source_range": "source_address",
}
"""Fields that mostly follow from another one."""
_PARTS = ("host", "kind", "user", "source_address", "to_host", "to_user")
"""Fields that the parts of an id follow from."""
_LEANING = ("locals", "logons")
"""Tables whose rows mostly repeat a session's."""
_SESSIONS = ("session", "from_session", "to_session")
"""Fields that name one session: written as its row."""
_AS_HELD: dict[str, tuple[str, ...]] = {
    "flags": ("session", "flag", "rule", "uids"),
    "move_evidence": ("move", "rule", "score", "uids"),
    "move_alternatives": ("move", "from_session", "score"),
    "activity_candidates": ("activity", "session", "confidence"),
}
"""Tables that are written as the case holds them: their columns."""
ACTIVITIES_MAX = 20_000
"""Activities beyond these are counted only: the file would grow without bound."""
_NETWORK = 3


@dataclass(frozen=True, slots=True)
class Entities:
    """Tables beside the sessions.

    Attributes:
        frames: By name.
        activities: How many activities the case has, those included that were left out.
    """

    frames: dict[str, pl.DataFrame]
    activities: int

    def uids(self) -> pl.Series:
        """Every event that one of the tables names."""
        named = [
            self.frames[name]["uids"].explode(empty_as_null=False, keep_nulls=False)
            for name in ("flags", "move_evidence")
        ]
        named.append(self.frames["activity"]["uid"])
        return pl.concat([one.alias("uid") for one in named])


def entities(tables: Tables) -> Entities:
    """All tables beside the sessions, read out of a case."""
    frames = {name: _as_printed(tables, name, ask) for name, ask in _AS_PRINTED.items()}
    frames |= {name: tables.table(name).select(held) for name, held in _AS_HELD.items()}
    frames["logons"] = _logons(tables)
    frames["boots"] = _boots(tables)
    every = frames["activity"].rename({"id": "uid", "activity": "act"})
    frames["activity"] = every.head(ACTIVITIES_MAX)
    frames["activity_candidates"] = frames["activity_candidates"].join(
        frames["activity"].select(activity="uid"), on="activity", how="semi", maintain_order="left"
    )
    return Entities(frames, every.height)


def add_entities(
    core: Block, more: Block, found: Entities, sessions: pl.DataFrame, cited: Cited
) -> None:
    """Write the tables; ids of sessions become rows of theirs, uids rows of the events."""
    known = {
        "sessions": sessions["id"],
        "locals": found.frames["locals"]["id"],
        "moves": found.frames["moves"]["id"],
        "activity": found.frames["activity"]["uid"],
    }
    first = sessions.group_by(id="local_session").agg(session=C("id").first())
    frames = dict(found.frames)
    frames["locals"] = frames["locals"].join(first, on="id", how="left", maintain_order="left")
    for name, frame in frames.items():
        block = core if name in _AT_ONCE else more
        columns = {}
        leaning = _leaning(block, frame, sessions) if name in _LEANING else {}
        for field in frame.columns:
            if field in leaning:
                columns[field] = leaning[field]
                continue
            plain = frame.drop(leaning)
            key, spec = _column(block, plain, field, known, cited)
            columns[key] = spec
        block.add(name, frame.height, columns)


def _leaning(block: Block, frame: pl.DataFrame, sessions: pl.DataFrame) -> dict[str, Any]:
    """The columns that mostly repeat what stands in the session that a row refers to."""
    row = positions(frame["session"], sessions["id"])
    made: dict[str, Any] = {}
    for field in ("host", "user", "sid"):
        if field not in frame.columns:
            continue
        made[field] = through(frame[field], row, sessions[field], block.planes, by="session")
    if "logon_id" in frame.columns:
        made["logon_id"] = listed(
            frame["logon_id"], row, sessions["logon_ids"], block.planes, by="session"
        )
    for field in frame.columns:
        if isinstance(frame.schema[field], pl.Datetime):
            own = "start" if field.startswith("start") else "end"
            base = Base(f"session.{own}", sessions[own].cast(pl.Int64).gather(row))
            made[field] = column(frame[field], block.planes, base=base)
    return made


def _column(
    block: Block, frame: pl.DataFrame, field: str, known: dict[str, pl.Series], cited: Cited
) -> tuple[str, dict[str, Any]]:
    planes, values = block.planes, frame[field]
    if field == "uids":
        return "events", column(cited.rows_of(values), planes)
    if field == "uid":
        return "event", column(positions(values, cited.events["uid"]), planes)
    if field in _SESSIONS:
        return field, rows_of(values, known["sessions"], "sessions", planes)
    if field == "sessions_after":
        return field, column(positions(values, known["sessions"]), planes)
    if field == "local_session":
        return field, rows_of(values, known["locals"], "locals", planes)
    if field == "move":
        return field, rows_of(values, known["moves"], "moves", planes)
    if field == "activity":
        return field, rows_of(values, known["activity"], "activity", planes)
    if field.endswith("logon_id"):
        return field, luids(values, planes)
    if field in ("id", "boot") and isinstance(values.dtype, pl.String):
        others = [coded(frame[one]) for one in _PARTS if one in frame.columns]
        return field, ids(values, planes, others=others)
    if field == "last" and "first" in frame.columns:
        base = Base("first", frame["first"].cast(pl.Int64))
        return field, column(values, planes, base=base)
    if _ALONG.get(field) in frame.columns:
        words = coded(values)
        return field, words.along([coded(frame[_ALONG[field]])]) or words.spec(planes)
    return field, column(values, planes)


def _as_printed(tables: Tables, name: str, ask: Ask) -> pl.DataFrame:
    """The records of a stream without the fields that stand elsewhere."""
    stream = STREAMS[name]
    fields = _ONLY.get(name) or tuple(
        field for field in stream.fields if field not in _LEFT_OUT.get(name, ())
    )
    return records(stream, tables, Ask(every=ask.every, fields=fields))


def _logons(tables: Tables) -> pl.DataFrame:
    """Logon sessions to be drawn: of people, and no network logons, which are their session."""
    stream = STREAMS["logons"]
    rows = stream.rows(tables, Ask()).filter(
        C("local_session").is_not_null() | C("session").is_not_null(),
        C("logon_type").fill_null(0) != _NETWORK,
    )
    return rows.select(
        "start",
        "host",
        "logon_id",
        "user",
        "logon_type",
        "role",
        "elevated",
        "linked_logon_id",
        "start_earliest",
        "access_end",
        "destroyed",
        "last_seen",
        "end_kind",
        "local_session",
        "session",
    )


def _boots(tables: Tables) -> pl.DataFrame:
    rows = with_host(tables, tables.table("boots"))
    return rows.sort("host", "boot").select(
        "host", "end_kind", start=moment("start_us"), end=moment("end_us")
    )
