"""`failures`: runs of failed attempts, one record each."""

from __future__ import annotations

import polars as pl

from graphsess.case import overlays
from graphsess.records.ask import Ask
from graphsess.records.columns import moment
from graphsess.records.names import with_host
from graphsess.records.sources import with_sources
from graphsess.records.stream import Stream, Tables

C = pl.col


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Failure runs in the order of their first attempt."""
    del ask  # nothing is hidden here
    after = (
        tables.table("followed_by_success")
        .sort("failure_run", "gap_us", "session")
        .group_by(C("failure_run").alias("id"), maintain_order=True)
        .agg(C("session").alias("sessions_after"))
    )
    named = with_host(tables, overlays.failure_runs(tables))
    return (
        named.join(after, on="id", how="left", maintain_order="left")
        .with_columns(
            first=moment("first_us"),
            last=moment("last_us"),
            sessions_after=C("sessions_after").fill_null([]),
            user=C("users").list.eval(pl.element().struct.field("user")),
        )
        .sort("first_us", "host_id", "id", nulls_last=True)
    )


def finish(tables: Tables, wanted: pl.DataFrame) -> pl.DataFrame:
    """The records with the Sources of all their attempts."""
    members = (
        overlays.sessions(tables)
        .lazy()
        .filter(C("failure_run").is_not_null())
        .select(C("id").alias("session"), C("failure_run").alias("id"))
    )
    parts = overlays.sources(tables).join(members, on="session").select("id", "uid", "role", "rule")
    return with_sources(tables, wanted, parts)


FAILURES = Stream(
    name="failures",
    says="runs of failed attempts: whose password was tried, from where, and what followed",
    rows=rows,
    finish=finish,
    fields=(
        "id",
        "host",
        "host_id",
        "source_address",
        "source_name",
        "source_class",
        "kind",
        "count",
        "users",
        "first",
        "last",
        "statuses",
        "pattern",
        "sessions_after",
        "rule",
        "sources",
    ),
    shown=(
        "first",
        "source_address",
        "count",
        "pattern",
        "host",
        "kind",
        "users",
        "sessions_after",
        "last",
        "source_name",
        "statuses",
        "id",
    ),
    users=("user",),
    span=("first", "last"),
)
