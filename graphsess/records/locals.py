"""`locals`: desktops, that is TS sessions, one record each from logon to logoff."""

from __future__ import annotations

import polars as pl

from graphsess.records.ask import Ask
from graphsess.records.columns import luids, moment, stretches
from graphsess.records.names import with_boot, with_host
from graphsess.records.sources import with_sources
from graphsess.records.stream import Stream, Tables

C = pl.col
NEVER = "never_established"


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Local sessions in the order of their start; those never established only on demand."""
    table = tables.table("locals")
    if not ask.every:
        table = table.filter(C("end_kind").ne_missing(NEVER))
    named = with_boot(tables, with_host(tables, table.with_columns(boot_ordinal="boot")))
    found = named.join(_sessions(tables), on="id", how="left", maintain_order="left").join(
        _luids(tables), on="id", how="left", maintain_order="left"
    )
    return found.with_columns(
        start=moment("start_us"),
        end=moment("end_us"),
        logon_ids=luids(found["luids"].fill_null([])),
        sessions=C("sessions").fill_null([]),
        disconnected=stretches("disconnected").fill_null([]),
        locked=stretches("locked").fill_null([]),
    ).sort("start_us", "host_id", "start_ord", "id", nulls_last=True)


def finish(tables: Tables, wanted: pl.DataFrame) -> pl.DataFrame:
    """The records with the Sources of all accesses to the desktop."""
    accesses = tables.table("accesses").filter(C("local").is_not_null())
    parts = (
        tables.scan("links")
        .join(accesses.lazy().select("local", access="id"), on="access")
        .select("uid", "role", "rule", id="local")
    )
    return with_sources(tables, wanted, parts)


def _sessions(tables: Tables) -> pl.DataFrame:
    return (
        tables.table("sessions")
        .filter(C("local").is_not_null())
        .sort("start_us", "first_ord", "id", nulls_last=True)
        .group_by(C("local").alias("id"), maintain_order=True)
        .agg(
            C("id").alias("sessions"),
            C("kind").drop_nulls().unique().sort().alias("kinds"),
            C("source_address").drop_nulls().unique().sort().alias("addresses"),
        )
    )


def _luids(tables: Tables) -> pl.DataFrame:
    """A desktop's own LUIDs, both halves of a UAC pair, without companions and byproducts."""
    bound = tables.table("logons").filter(
        C("local").is_not_null(),
        C("byproduct_of").is_null(),
        C("class").fill_null("user") == "user",
    )
    halves = [bound.select("local", "luid"), bound.select("local", luid="linked_luid")]
    used = tables.table("sessions").select("local", "luids").explode("luids")
    return (
        pl.concat([*halves, used.rename({"luids": "luid"})])
        .drop_nulls()
        .unique()
        .sort("local", "luid")
        .group_by(C("local").alias("id"), maintain_order=True)
        .agg(C("luid").alias("luids"))
    )


LOCALS = Stream(
    name="locals",
    says="desktops (TS sessions) from logon to logoff, over all their reconnects",
    rows=rows,
    finish=finish,
    fields=(
        "id",
        "host",
        "host_id",
        "boot",
        "ts_id",
        "ordinal",
        "user",
        "sid",
        "start",
        "start_kind",
        "end",
        "end_kind",
        "state",
        "established",
        "logon_ids",
        "sessions",
        "disconnected",
        "locked",
        "sources",
    ),
    shown=(
        "start",
        "user",
        "ts_id",
        "host",
        "end",
        "end_kind",
        "state",
        "sessions",
        "disconnected",
        "logon_ids",
        "start_kind",
        "id",
    ),
    addresses=("addresses",),
    kind="kinds",
)
