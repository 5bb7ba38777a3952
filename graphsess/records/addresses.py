"""`addresses`: where sessions came from and whose the addresses were, one record each."""

from __future__ import annotations

import polars as pl

from graphsess.case import overlays
from graphsess.records.ask import Ask
from graphsess.records.columns import MOMENT, moment
from graphsess.records.names import with_host
from graphsess.records.stream import Stream, Tables
from graphsess.records.users import FAILED

C = pl.col
_HOST = pl.Struct(
    {
        "host": pl.String(),
        "valid_from": MOMENT,
        "valid_to": MOMENT,
        "weight": pl.Int64(),
    }
)


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Addresses in the order of their text: sources of sessions, probes, and hosts' own."""
    sessions = overlays.sessions(tables)
    if not ask.every:
        sessions = sessions.filter(C("hidden").is_null())
    failed = C("outcome").is_in(FAILED)
    used = (
        sessions.filter(C("source_address").is_not_null())
        .select("source_address", "user", "attempted_user", "outcome", "source_class", "kind",
                "start_us", "end_us")
        .sort("start_us", nulls_last=True, maintain_order=True)  # the table goes by id
        .group_by(C("source_address").alias("address"), maintain_order=True)
        .agg(
            C("user").fill_null(C("attempted_user")).drop_nulls().unique().sort().alias("users"),
            (~failed).sum().cast(pl.Int64).alias("sessions"),
            failed.sum().cast(pl.Int64).alias("failures"),
            C("source_class").drop_nulls().mode().sort().first().alias("class_used"),
            C("kind").drop_nulls().unique().sort().alias("kinds"),
            moment("start_us").min().alias("first_used"),
            pl.max_horizontal(moment("start_us"), moment("end_us")).max().alias("last_used"),
        )
    )  # fmt: skip
    probes = (
        tables.table("connections")
        .filter(C("stage") == "probe", C("address").is_not_null())
        .group_by("address")
        .agg(
            pl.len().cast(pl.Int64).alias("probes_met"),
            moment("start_us").min().alias("first_probed"),
            moment("start_us").max().alias("last_probed"),
        )
    )
    known = tables.table("addresses").rename({"class": "class_known"})
    every = pl.concat([table.select("address") for table in (used, probes, known, _owners(tables))])
    rows = every.unique().sort("address")
    for table in (known, used, probes, _owners(tables)):
        rows = rows.join(table, on="address", how="left", maintain_order="left")
    empty = pl.lit([], dtype=pl.List(pl.String()))
    return rows.with_columns(
        pl.coalesce("class_known", "class_used").alias("class"),
        id=pl.format("address|{}", "address"),
        users=C("users").fill_null(empty),
        kinds=C("kinds").fill_null(empty),
        sessions=C("sessions").fill_null(0),
        failures=C("failures").fill_null(0),
        probes=pl.coalesce("probes", "probes_met", pl.lit(0)),
        first=pl.min_horizontal(moment("first_us"), "first_used", "first_probed"),
        last=pl.max_horizontal(moment("last_us"), "last_used", "last_probed"),
        hosts=C("hosts").fill_null(pl.lit([], dtype=pl.List(_HOST))),
        owners=C("hosts").list.eval(pl.element().struct.field("host")).fill_null(empty),
    )


def _owners(tables: Tables) -> pl.DataFrame:
    """Which hosts an address belonged to, from when to when."""
    bindings = with_host(tables, tables.table("bindings")).sort(
        "address", "valid_from_us", "host_id", "name", nulls_last=True
    )
    return bindings.group_by("address", maintain_order=True).agg(
        pl.struct(
            C("host").fill_null(C("name")),
            valid_from=moment("valid_from_us"),
            valid_to=moment("valid_to_us"),
            weight=C("weight"),
        ).alias("hosts")
    )


ADDRESSES = Stream(
    name="addresses",
    says="addresses: who came from them, and which host had them when",
    rows=rows,
    fields=(
        "id",
        "address",
        "class",
        "shared",
        "users",
        "kinds",
        "sessions",
        "failures",
        "probes",
        "first",
        "last",
        "hosts",
    ),
    shown=(
        "address",
        "class",
        "sessions",
        "failures",
        "probes",
        "users",
        "hosts",
        "first",
        "last",
        "kinds",
        "shared",
    ),
    hosts=("owners",),
    users=("users",),
    addresses=("address",),
    kind="kinds",
    span=("first", "last"),
)
