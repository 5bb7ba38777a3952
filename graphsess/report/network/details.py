"""The sessions behind a graph, with their Sources: what a click leads to in the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from graphsess.case.tables import Tables
from graphsess.records.ask import EVERYTHING
from graphsess.records.sessions import SESSIONS as STREAM
from graphsess.report.cells import event_name, harmless, words
from graphsess.report.network.cards import FACT, WHY, Fact, cut

C = pl.col
SESSIONS, SOURCES, EACH = 600, 12_000, 120
"""Sessions and events that one page holds, and events of one session; more are counted."""
_FACTS = (
    "kind",
    "outcome",
    "failure_text",
    "user",
    "attempted_user",
    "host",
    "source_address",
    "source_name",
    "source_host",
    "source_class",
    "start",
    "end",
    "end_kind",
    "end_reason",
    "opened_by",
    "logon_ids",
    "ts_id",
    "privileged",
    "confidence_band",
    "end_band",
    "flags",
    "id",
)


def wanted(rows: pl.DataFrame) -> list[str]:
    """The ids of the sessions that a page holds, the most remarkable first, then in their order."""
    ranked = rows.with_row_index("at").sort("risk", "at", descending=[True, False])
    return ranked.head(SESSIONS).sort("at")["id"].to_list()


def details(tables: Tables, ids: Sequence[str], zone: dt.tzinfo) -> list[dict[str, Any]]:
    """For each session its facts and Sources as text, in the order of the ids.

    A source is a list: time, role, channel and event id, record number, file, rule, host, uid.
    """
    rows = STREAM.rows(tables, EVERYTHING).filter(C("id").is_in(list(ids)))
    assert STREAM.finish is not None  # noqa: S101 - sessions have Sources
    finished = {row["id"]: row for row in STREAM.finish(tables, rows).iter_rows(named=True)}
    left = SOURCES
    made = []
    for ident in ids:
        row = finished[ident]
        shown = row["sources"][: min(EACH, left)]
        left -= len(shown)
        made.append(
            {
                "id": harmless(ident),
                "run": row["failure_run"] and harmless(row["failure_run"]),
                "failed": row["outcome"] == "failed",
                "facts": _facts(row, zone),
                "sources": [_source(source, zone) for source in shown],
                "more": len(row["sources"]) - len(shown),
            }
        )
    return made


def _facts(row: dict[str, Any], zone: dt.tzinfo) -> list[Fact]:
    told = []
    for name in _FACTS:
        value = row[name]
        if value in (None, [], "", False):
            continue
        if name == "flags":
            value = [WHY.get(flag, flag.replace("_", " ")) for flag in value]
        text = "; ".join(map(str, value)) if isinstance(value, list) else words(value, zone)
        told.append((name.replace("_", " "), cut(harmless(text), FACT)))
    return told


def _source(source: dict[str, Any], zone: dt.tzinfo) -> list[str]:
    values = (
        words(source["time"], zone, precise=True),
        source["role"],
        event_name(source),
        str(source["record_id"]),
        source["file"],
        source["rule"],
        source["host"],
        source["event"],
    )
    return [cut(harmless(str(value or "")), FACT) for value in values]
