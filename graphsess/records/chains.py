"""`chains`: paths over several hosts, one record each, the most telling first."""

from __future__ import annotations

import polars as pl

from graphsess.records.ask import Ask
from graphsess.records.columns import moment
from graphsess.records.names import host_names
from graphsess.records.sources import with_sources
from graphsess.records.stream import Stream, Tables

C = pl.col


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Chains by rank, then start; ordinary ones only where everything is asked for."""
    chains = tables.table("chains")
    if not ask.every:
        chains = chains.filter(C("hidden").is_null())
    names = host_names(tables)
    item = pl.element().struct
    host = item.field("host")
    named = host.replace(list(names), list(names.values())) if names else host
    hops = C("hops").list.eval(
        pl.struct(
            item.field("move"), item.field("session"), named.alias("host"), item.field("user")
        )
    )
    return chains.with_columns(
        hops=hops, start=moment("start_us"), end=moment("end_us"),
    ).with_columns(
        host_ids=C("hops").list.eval(host),
        hosts=C("hops").list.eval(pl.element().struct.field("host")),
        users=C("hops").list.eval(pl.element().struct.field("user")).list.drop_nulls(),
    ).sort("rank", "start_us", "id", descending=[True, False, False], nulls_last=True)


def finish(tables: Tables, wanted: pl.DataFrame) -> pl.DataFrame:
    """The records with the events that prove their steps."""
    steps = wanted.lazy().select("id", move=C("hops").list.eval(
        pl.element().struct.field("move"))).explode("move").filter(C("move").is_not_null())
    proof = tables.table("move_evidence").lazy().explode("uids").filter(C("uids").is_not_null())
    parts = steps.join(proof, on="move", how="inner").select(
        "id", "rule", uid="uids", role=pl.lit("EVIDENCE")
    )
    return with_sources(tables, wanted, parts)


CHAINS = Stream(
    name="chains",
    says="paths over several hosts, with who caused them and where they came in",
    rows=rows,
    finish=finish,
    fields=(
        "id", "hops", "hosts", "users", "entry_address", "entry_class", "start", "end", "score",
        "total", "credential_switches", "causal_user", "new_host", "rank", "rule", "hidden",
        "sources",
    ),
    shown=(
        "start", "entry_address", "causal_user", "hosts", "users", "credential_switches", "score",
        "rank", "entry_class", "end", "new_host", "id",
    ),
    hosts=("hosts", "host_ids"),
    users=("causal_user", "users"),
    addresses=("entry_address",),
    kind=None,
)
