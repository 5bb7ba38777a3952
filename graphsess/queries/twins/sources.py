"""Twins of the hunts that ask what one address is: who came from it, and what it was called."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries.twins.ground import (
    Params,
    count,
    got_in,
    hosts,
    in_order,
    names,
    sessions,
)

C = pl.col


def about_address(tables: Tables, params: Params) -> pl.DataFrame:
    """All that the case knows of an address, in time order."""
    came = sessions(tables, params).filter(C("address").is_not_null())
    opened = came.select(
        "address", "start_us", what=pl.lit("session"), id="session", host="host", user="user",
        kind="kind", outcome="outcome", end_us="end_us", count=pl.lit(1, pl.Int64),
    )
    named = hosts(tables).select("host_id", "host")
    runs = (
        pl.concat([tables.table("failure_runs"), tables.table("runs_at_controllers")])
        .rename({"host": "host_id"})
        .filter(C("source_address").is_not_null())
        .join(named, on="host_id", how="left")
        .select(
            address="source_address", start_us="first_us", what=pl.lit("failures"), id="id",
            host="host", user=pl.lit(None, pl.String), kind="kind", outcome="pattern",
            end_us="last_us", count="count",
        )
    )
    owned = (
        tables.table("bindings")
        .filter(C("host").is_not_null())
        .rename({"host": "host_id", "name": "called"})
        .join(named, on="host_id")
        .select(
            "address", start_us="valid_from_us", what=pl.lit("owner"), id="host_id", host="host",
            user=pl.lit(None, pl.String), kind=pl.lit(None, pl.String),
            outcome=pl.lit(None, pl.String), end_us="valid_to_us", count="observations",
        )
    )
    found = pl.concat([opened, runs, owned])
    if params["address"] is not None:
        found = found.filter(C("address") == params["address"])
    return in_order(found, "address", "start_us", "what", "id", "end_us", "count")


def address_of_many(tables: Tables, params: Params) -> pl.DataFrame:
    """Addresses that belonged to several hosts."""
    found = (
        tables.table("bindings")
        .filter(C("host").is_not_null())
        .rename({"host": "host_id"})
        .join(hosts(tables), on="host_id")
        .group_by("address")
        .agg(
            count("host_id").alias("host_count"),
            names("host").alias("hosts"),
            C("valid_from_us").min().alias("first_us"),
            C("valid_to_us").max().alias("last_us"),
        )
        .filter(C("host_count") >= params["min_hosts"])
        .join(
            tables.table("addresses").select("address", "class", "shared"), on="address", how="left"
        )
    )
    return in_order(found, "-host_count", "address").select(
        "address", "class", "host_count", "hosts", "shared", "first_us", "last_us"
    )


def client_name(tables: Tables, params: Params) -> pl.DataFrame:
    """Client names that came as several accounts or from several addresses."""
    told = got_in(tables, params).filter(C("source_name").is_not_null())
    found = (
        told.with_columns(client=C("source_name").str.to_lowercase())
        .group_by("client")
        .agg(
            names("account").alias("users"),
            names("address").alias("addresses"),
            names("host").alias("hosts"),
            count().alias("sessions"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(
            (C("users").list.len() >= params["min_users"])
            | (C("addresses").list.len() >= params["min_addresses"])
        )
    )
    return in_order(found, "first_us", "client").select(
        "client", "users", "addresses", "hosts", "sessions", "first_us", "last_us"
    )
