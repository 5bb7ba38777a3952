"""`hosts`: the machines whose logs the case holds, one record each."""

from __future__ import annotations

import polars as pl

from graphsess.across.addresses import STRONG
from graphsess.records.ask import Ask
from graphsess.records.columns import MOMENT, moment
from graphsess.records.stream import Stream, Tables

C = pl.col


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Hosts sorted by name."""
    del ask  # nothing is hidden here
    boots = (
        tables.table("boots")
        .sort("host", "boot")
        .group_by(C("host").alias("id"), maintain_order=True)
        .agg(
            pl.struct("id", "end_kind", start=moment("start_us"), end=moment("end_us")).alias(
                "boots"
            )
        )
    )
    channels = (
        tables.table("coverage")
        .group_by(C("host").alias("id"))
        .agg(C("channel").drop_nulls().unique().sort().alias("channels"))
    )
    came = (
        tables.table("sessions")
        .group_by(C("host").alias("id"))
        .agg(
            C("user").drop_nulls().unique().sort().alias("users"),
            C("kind").drop_nulls().unique().sort().alias("kinds"),
        )
    )
    owned = (
        tables.table("bindings")
        .filter(C("host").is_not_null() & (C("weight") >= STRONG))
        .select(C("host").alias("id"), "address")
    )
    addresses = (
        pl.concat(
            [owned, tables.table("hosts").select("id", address="addresses").explode("address")]
        )
        .drop_nulls()
        .group_by("id")
        .agg(C("address").unique().sort().alias("addresses"))
    )
    jump, cleared = pl.element().struct, pl.element().struct
    return (
        tables.table("hosts")
        .drop("addresses")
        .join(addresses, on="id", how="left", maintain_order="left")
        .join(boots, on="id", how="left", maintain_order="left")
        .join(channels, on="id", how="left", maintain_order="left")
        .join(came, on="id", how="left", maintain_order="left")
        .with_columns(
            host=C("name").fill_null(C("id")),
            host_id=C("id"),
            first=moment("first_us"),
            last=moment("last_us"),
            boots=C("boots").list.eval(
                pl.struct(
                    *(pl.element().struct.field(n) for n in ("id", "start", "end", "end_kind"))
                )
            ),
            clock_jumps=C("clock_jumps").list.eval(
                pl.struct(
                    jump.field("before_us").cast(MOMENT).alias("before"),
                    jump.field("after_us").cast(MOMENT).alias("after"),
                )
            ),
            logs_cleared=C("logs_cleared").list.eval(
                pl.struct(
                    cleared.field("time_us").cast(MOMENT).alias("time"),
                    cleared.field("channel"),
                    cleared.field("user"),
                )
            ),
        )
        .with_columns(
            C(name).fill_null([])
            for name in ("names", "addresses", "boots", "channels", "clock_jumps", "logs_cleared")
        )
        .sort("host", "id")
    )


HOSTS = Stream(
    name="hosts",
    says="the machines whose logs the case holds",
    rows=rows,
    fields=(
        "id",
        "host",
        "host_id",
        "names",
        "addresses",
        "boots",
        "os_build",
        "product",
        "is_dc",
        "time_zone",
        "first",
        "last",
        "clock_jumps",
        "logs_cleared",
        "channels",
    ),
    shown=(
        "host",
        "addresses",
        "is_dc",
        "first",
        "last",
        "boots",
        "logs_cleared",
        "clock_jumps",
        "names",
        "product",
        "os_build",
        "time_zone",
    ),
    hosts=("host", "host_id", "names"),
    users=("users",),
    addresses=("addresses",),
    kind="kinds",
    span=("first", "last"),
)
