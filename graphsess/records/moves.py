"""`moves`: steps from one host to another, one record each."""

from __future__ import annotations

import polars as pl

from graphsess.records.ask import Ask
from graphsess.records.columns import moment
from graphsess.records.names import host_names
from graphsess.records.sources import with_sources
from graphsess.records.stream import Stream, Tables

C = pl.col
_EVIDENCE = pl.Struct({"rule": pl.String(), "score": pl.Int64(), "events": pl.List(pl.String())})
_ALTERNATIVE = pl.Struct({"from_session": pl.String(), "score": pl.Int64()})


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Moves in the order of their start; hidden ones only where everything is asked for."""
    moves = tables.table("moves")
    if not ask.every:
        moves = moves.filter(C("hidden").is_null())
    names = host_names(tables)
    ends = {name: C(name).replace(list(names), list(names.values())) if names else C(name)
            for name in ("from_host", "to_host")}
    return moves.with_columns(
        from_host_id=C("from_host"), to_host_id=C("to_host"), **ends,
        start=moment("start_us"), last=moment("last_us"),
    ).sort("start_us", "id", nulls_last=True)


def finish(tables: Tables, wanted: pl.DataFrame) -> pl.DataFrame:
    """The records with their evidence, its events as Sources, and the alternatives."""
    proof = tables.table("move_evidence").rename({"move": "id"}).sort("id", "rule")
    told = proof.group_by("id", maintain_order=True).agg(
        evidence=pl.struct("rule", "score", events=C("uids"))
    )
    rivals = (
        tables.table("move_alternatives")
        .sort("move", "score", "from_session", descending=[False, True, False])
        .group_by(id="move", maintain_order=True)
        .agg(alternatives=pl.struct("from_session", "score"))
    )
    parts = proof.lazy().select(
        "id", "rule", role=pl.lit("EVIDENCE"), uid=C("uids")
    ).explode("uid").filter(C("uid").is_not_null())
    whole = (
        wanted.join(told, on="id", how="left", maintain_order="left")
        .join(rivals, on="id", how="left", maintain_order="left")
        .with_columns(
            C("evidence").cast(pl.List(_EVIDENCE)).fill_null([]),
            C("alternatives").cast(pl.List(_ALTERNATIVE)).fill_null([]),
        )
    )
    return with_sources(tables, whole, parts)


MOVES = Stream(
    name="moves",
    says="steps from host to host: from which session somebody came, and what proves it",
    rows=rows,
    finish=finish,
    fields=(
        "id", "from_session", "to_session", "from_host", "from_host_id", "to_host", "to_host_id",
        "from_user", "to_user", "source_address", "kind", "start", "last", "outcome", "score",
        "band", "exact", "credential_switch", "background", "count", "evidence", "alternatives",
        "rule", "hidden", "sources",
    ),
    shown=(
        "start", "from_host", "from_user", "to_host", "to_user", "kind", "band", "source_address",
        "count", "outcome", "score", "credential_switch", "last", "id",
    ),
    hosts=("from_host", "from_host_id", "to_host", "to_host_id"),
    users=("from_user", "to_user"),
    span=("start", "last"),
)
