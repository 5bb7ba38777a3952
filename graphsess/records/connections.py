"""`connections`: RDP and SSH transports, one record each."""

from __future__ import annotations

import polars as pl

from graphsess.records.ask import Ask
from graphsess.records.columns import moment
from graphsess.records.names import with_boot, with_host
from graphsess.records.sources import with_sources
from graphsess.records.stream import Stream, Tables

C = pl.col
PROBE = "probe"


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Connections in the order of their start; probes only where everything is asked for."""
    table = tables.table("connections")
    if not ask.every:
        table = table.filter(C("stage").ne_missing(PROBE))
    sessions = (
        tables.table("sessions")
        .filter(C("connection").is_not_null())
        .sort("start_us", "first_ord", "id", nulls_last=True)
        .group_by(C("connection").alias("id"), maintain_order=True)
        .agg(C("id").alias("sessions"))
    )
    named = with_boot(tables, with_host(tables, table))
    return (
        named.join(sessions, on="id", how="left", maintain_order="left")
        .with_columns(
            start=moment("start_us"),
            end=moment("end_us"),
            local_session=C("local"),
            sessions=C("sessions").fill_null([]),
        )
        .sort("start_us", "host_id", "start_ord", "id", nulls_last=True)
    )


def finish(tables: Tables, wanted: pl.DataFrame) -> pl.DataFrame:
    """The records with the Sources of the accesses that they carried."""
    accesses = tables.table("accesses").filter(C("connection").is_not_null())
    parts = (
        tables.scan("links")
        .join(accesses.lazy().select("connection", access="id"), on="access")
        .select("uid", "role", "rule", id="connection")
    )
    return with_sources(tables, wanted, parts)


CONNECTIONS = Stream(
    name="connections",
    says="RDP and SSH connections, whatever came of them",
    rows=rows,
    finish=finish,
    fields=(
        "id",
        "host",
        "host_id",
        "boot",
        "kind",
        "activity_id",
        "session_name",
        "ts_id",
        "user",
        "address",
        "port",
        "client_name",
        "client_time_zone",
        "client_os",
        "stage",
        "start",
        "end",
        "local_session",
        "ambiguous",
        "sessions",
        "sources",
    ),
    shown=(
        "start",
        "address",
        "stage",
        "host",
        "user",
        "kind",
        "end",
        "client_name",
        "ts_id",
        "port",
        "session_name",
        "sessions",
        "id",
    ),
    users=("user",),
    addresses=("address",),
)
