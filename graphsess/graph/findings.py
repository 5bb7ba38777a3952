"""Moves, chains and groups of a case as nodes, with what each names in lists.

The session that a finding names is told by its id alone: sessions are derived in the database, and
`cypher/derive/` ties both together.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from graphsess.case.tables import Tables
from graphsess.graph.derived import of_later_stages
from graphsess.graph.edges import Arrow, outside_ids
from graphsess.graph.ids import short
from graphsess.graph.nodes import nodes


def moves(tables: Tables) -> pl.DataFrame:
    """Nodes of Move, with rule and points of their evidence and the sessions nearly as good."""
    spoken = (
        tables.table("move_evidence")
        .sort("move", "rule")
        .group_by(id="move", maintain_order=True)
        .agg(evidence_rule="rule", evidence_score="score")
    )
    rivals = (
        tables.table("move_alternatives")
        .sort("move", "from_session")
        .group_by(id="move", maintain_order=True)
        .agg(alternative_session="from_session", alternative_score="score")
    )
    told = tables.table("moves")
    for part in (spoken, rivals):
        told = told.join(part, on="id", how="left", maintain_order="left")
    return nodes("Move", told)


def outside_ends(tables: Tables) -> pl.DataFrame:
    """Machines that moves name and whose logs the case lacks: `id` and `name`."""
    hosts = tables.table("hosts")["id"].to_list()
    named = pl.concat([tables.table("moves")[end] for end in ("from_host", "to_host")])
    names = named.drop_nulls().unique().sort()
    away = names.filter(~names.is_in(hosts))
    return (
        pl.DataFrame({"id": outside_ids(away), "name": away})
        .sort("id", "name")
        .unique("id", keep="first", maintain_order=True)
    )


def edges(tables: Tables) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    """The relationships of findings to what is loaded and to each other, sessions left out."""
    for arrow, frame in of_later_stages(tables):
        if "Session" not in (arrow[0], arrow[2]):
            short_ends = [short(frame[name]).alias(name) for name in ("start", "end")]
            yield arrow, frame.with_columns(short_ends)
