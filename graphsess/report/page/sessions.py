"""The sessions as columns: what is filtered and drawn at once, and the rest for later."""

from __future__ import annotations

from typing import Any

import polars as pl

from graphsess.records.ask import EVERYTHING
from graphsess.records.registry import STREAMS
from graphsess.records.stream import Tables
from graphsess.report.page.block import Block
from graphsess.report.page.columns import column, luids, rows_of
from graphsess.report.page.ids import ids
from graphsess.report.page.planes import Base
from graphsess.report.page.ranking import ranked
from graphsess.report.page.words import Words, coded

C = pl.col
STREAM = STREAMS["sessions"]
CORE = (
    "start",
    "id",
    "host",
    "kind",
    "class",
    "outcome",
    "user",
    "sid",
    "attempted_user",
    "source_address",
    "source_name",
    "source_class",
    "source_host",
    "end",
    "end_kind",
    "confidence",
    "confidence_band",
    "privileged",
    "flags",
    "hidden",
    "failure_run",
    "local_session",
    "priority",
    "priority_reasons",
)
"""Needed before anything is seen; the other fields of a record wait for the first detail."""
_WITHOUT = ("sources", "duration", "failure_text", "formerly")
"""Made in the browser: of its events, of start and end, of a status; and nothing."""
_NEAR_START = ("auth_time", "session_time", "start_earliest", "start_latest", "end")
_NEAR_END = ("end_earliest", "end_latest")
_REFERENCES = {"failure_run": "failures", "local_session": "locals"}
_NEIGHBOURS = ("previous", "next", "parent")
_IDS = ("connection", "boot")
_ALONG = {"sid": "user", "host_id": "host"}
"""Fields that mostly follow from another one."""
_PARTS = ("host", "kind", "user", "source_address", "attempted_user")
"""Fields that the parts of an id follow from."""


def frame(tables: Tables) -> pl.DataFrame:
    """All sessions, hidden ones too, in the order of their start, with their priority."""
    rows = STREAM.rows(tables, EVERYTHING)
    wanted = [name for name in STREAM.fields if name not in _WITHOUT]
    return ranked(tables, rows.select(wanted))


def add_sessions(
    core: Block, more: Block, sessions: pl.DataFrame, known: dict[str, pl.Series], counts: pl.Series
) -> None:
    """Write the sessions: `CORE` into one block, all other fields into another.

    Args:
        core: The block that is unpacked at once.
        more: The block that waits.
        sessions: As `frame` gives them.
        known: The ids of other tables by the table's name.
        counts: How many events each session has.
    """
    written: dict[str, dict[str, Any]] = {}
    others = {name: coded(sessions[name]) for name in _PARTS}
    for name in CORE:
        written[name] = _column(core, sessions, name, known, others)
    written["events"] = column(counts, core.planes)
    core.add("sessions", sessions.height, written)
    parts = sessions["confidence_parts"].struct
    rest = [name for name in sessions.columns if name not in (*CORE, "confidence_parts")]
    later = {name: _column(more, sessions, name, known, others) for name in rest}
    for name in parts.fields:
        later[f"confidence_{name}"] = column(parts.field(name), more.planes)
    more.add("sessions", sessions.height, later)


def _column(
    block: Block,
    sessions: pl.DataFrame,
    name: str,
    known: dict[str, pl.Series],
    coded_parts: dict[str, Words],
) -> dict[str, Any]:
    values = sessions[name]
    start = Base("start", sessions["start"].cast(pl.Int64))
    if name in _REFERENCES:
        table = _REFERENCES[name]
        return rows_of(values, known[table], table, block.planes)
    if name in _NEIGHBOURS:
        return rows_of(values, sessions["id"], "sessions", block.planes, near=True)
    others = list(coded_parts.values())
    if name in coded_parts:
        return coded_parts[name].spec(block.planes)
    if name == "id":
        return ids(values, block.planes, base=start, others=others)
    if name in _ALONG:
        words = coded(values)
        return words.along([coded_parts[_ALONG[name]]]) or words.spec(block.planes)
    if name.endswith("logon_ids"):
        return luids(values, block.planes, sessions["host"])
    if name in _IDS:
        return ids(values, block.planes, others=others)
    if name == "start":
        return column(values, block.planes, delta=True)
    base = start if name in _NEAR_START else None
    if name in _NEAR_END:
        base = Base("end", sessions["end"].cast(pl.Int64))
    return column(values, block.planes, base=base)
