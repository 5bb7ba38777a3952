"""The case at a glance: addresses, users and hosts, joined by the sessions between them."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.graph import facts
from graphsess.graph.drawn import View, counted, drawn
from graphsess.graph.folding import FOLDED, folded, shares
from graphsess.graph.links import Step, links
from graphsess.graph.scopes import Scope

C = pl.col
_COLUMNS = {"Address": "source_address", "User": "who", "Host": "host"}
STEPS = (
    Step("source_address", "LOGGED_ON_AS", "who"),
    Step("who", "LOGGED_ON_TO", "host"),
    Step("source_address", "LOGGED_ON_TO", "host", where=C("who").is_null()),
    Step("source_address", "RESOLVES_TO", "source_host", quiet=True),
)
"""`(:Address)-[:LOGGED_ON_AS]->(:User)-[:LOGGED_ON_TO]->(:Host)`; the first two types stand for
sessions and failed attempts alike, `got` tells them apart."""


def build(tables: Tables, scope: Scope, rows: pl.DataFrame, limit: int | None) -> View:
    """The graph of all sessions, one link for each pair of things, kind and outcome."""
    labelled = rows.with_columns(
        pl.lit(label).alias(f"{column}_label") for label, column in _COLUMNS.items()
    ).with_columns(
        source_host_label=pl.lit("Host"),
        path=pl.struct(_COLUMNS.values()).rank("dense").cast(pl.Int64),
    )
    total = {label: rows[column].n_unique() - (rows[column].null_count() > 0)
             for label, column in _COLUMNS.items()}  # fmt: skip
    kept = labelled
    if limit is not None:
        room = shares(total, limit)
        for label, column in _COLUMNS.items():
            kept = folded(kept, column, room[label])
    hosts = kept.filter(C("host_label") != FOLDED)["host"].unique()
    kept = kept.with_columns(
        source_host=pl.when(C("source_host").is_in(hosts.implode())).then("source_host")
    )
    known = facts.of_entities(tables, rows)
    known[FOLDED] = facts.of_folded(labelled, kept, _COLUMNS)
    lone = (("Host", host) for host in hosts.to_list())
    graph = drawn(links(kept, STEPS), known, lone)
    shown = counted(graph)
    return View(scope, graph, {label: shown.get(label, 0) for label in total}, total, rows)
