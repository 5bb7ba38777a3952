"""The moves behind a graph's links, each with what proves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from graphsess.case.tables import Tables
from graphsess.graph.drawn import Node
from graphsess.records.ask import EVERYTHING
from graphsess.records.moves import MOVES as STREAM
from graphsess.report.cells import event_name, harmless, words
from graphsess.report.network.cards import FACT, Fact, cut
from graphsess.report.page.legend import EVIDENCE

if TYPE_CHECKING:
    import networkx as nx

C = pl.col
MOVES, RECORDS = 300, 12
"""Moves that one page holds, and records of one piece of evidence."""
_FACTS = (
    "from_user", "to_user", "source_address", "outcome", "score", "band", "exact",
    "credential_switch", "count", "id",
)  # fmt: skip


def moved(graph: nx.MultiDiGraph[Node]) -> list[str]:
    """The ids of the moves that a page holds: those of the grave links first, in their order."""
    links = sorted(
        (-(data["risk"] or 0), data["order"], data["moves"])
        for *_, data in graph.edges(data=True)
        if data.get("moves")
    )
    return [move for *_, listed in links for move in listed][:MOVES]


def proofs(tables: Tables, ids: Sequence[str], zone: dt.tzinfo) -> list[dict[str, Any]]:
    """For each move its facts and its evidence as text, in the order of the ids."""
    if not ids:
        return []
    rows = STREAM.rows(tables, EVERYTHING).filter(C("id").is_in(list(ids)))
    assert STREAM.finish is not None  # noqa: S101 - moves have evidence
    found = {row["id"]: row for row in STREAM.finish(tables, rows).iter_rows(named=True)}
    return [_proof(found[ident], zone) for ident in ids]


def _proof(row: dict[str, Any], zone: dt.tzinfo) -> dict[str, Any]:
    records: dict[str, list[str]] = {}
    for source in row["sources"]:
        told = (
            f"{words(source['time'], zone)} {event_name(source)}, record {source['record_id']}, "
            f"{source['file']} · {source['host']}"
        )
        records.setdefault(source["rule"], []).append(cut(harmless(told), FACT))
    return {
        "title": f"{words(row['start'], zone)} · {harmless(str(row['kind']))}",
        "facts": _facts(row, zone),
        "evidence": [
            [proof["rule"], EVIDENCE.get(proof["rule"], ""), proof["score"],
             records.get(proof["rule"], [])[:RECORDS]]
            for proof in row["evidence"]
        ],
    }  # fmt: skip


def _facts(row: dict[str, Any], zone: dt.tzinfo) -> list[Fact]:
    return [
        (name.replace("_", " "), cut(harmless(words(row[name], zone)), FACT))
        for name in _FACTS
        if row[name] not in (None, "", False)
    ]
