"""Twins of the hunts for hosts: how many, which for the first time, and which should not be."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries.twins.ground import (
    Params,
    best,
    count,
    earliest,
    got_in,
    in_order,
    in_windows,
    names,
)

C = pl.col


def fan_out(tables: Tables, params: Params) -> pl.DataFrame:
    """Accounts that got into several hosts within hours."""
    entered = got_in(tables, params).filter(C("user_id").is_not_null())
    found = (
        in_windows(entered, params["hours"])
        .group_by("user_id", "window", user="account")
        .agg(
            count("host_id").alias("host_count"),
            names("host").alias("hosts"),
            names("address").alias("addresses"),
            names("kind").alias("kinds"),
            count().alias("sessions"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(C("host_count") >= params["min_hosts"])
    )
    return in_order(best(found, "user_id", "host_count"), "-host_count", "user").select(
        "user", "host_count", "hosts", "addresses", "kinds", "sessions", "first_us", "last_us"
    )


def source_fan_out(tables: Tables, params: Params) -> pl.DataFrame:
    """Addresses from which several hosts were entered within hours."""
    entered = got_in(tables, params).filter(C("address").is_not_null())
    found = (
        in_windows(entered, params["hours"])
        .group_by("address", "window")
        .agg(
            count("host_id").alias("host_count"),
            names("host").alias("hosts"),
            names("account").alias("users"),
            names("kind").alias("kinds"),
            count().alias("sessions"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(C("host_count") >= params["min_hosts"])
    )
    return in_order(best(found, "address", "host_count"), "-host_count", "address").select(
        "address", "host_count", "hosts", "users", "kinds", "sessions", "first_us", "last_us"
    )


def fan_in(tables: Tables, params: Params) -> pl.DataFrame:
    """Hosts that several accounts entered within hours."""
    entered = got_in(tables, params).filter(C("user_id").is_not_null())
    found = (
        in_windows(entered, params["hours"])
        .group_by("host_id", "host", "window")
        .agg(
            count("user_id").alias("user_count"),
            names("account").alias("users"),
            names("address").alias("addresses"),
            names("kind").alias("kinds"),
            count().alias("sessions"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(C("user_count") >= params["min_users"])
    )
    return in_order(best(found, "host_id", "user_count"), "-user_count", "host").select(
        "host", "user_count", "users", "addresses", "kinds", "sessions", "first_us", "last_us"
    )


def first_host(tables: Tables, params: Params) -> pl.DataFrame:
    """The first time that a known account got into a host."""
    entered = got_in(tables, params).filter(C("user_id").is_not_null())
    first = earliest(entered, "user_id", "host_id").select(
        "user_id", "user", "host_id", "host", "session", "kind", "address", "start_us"
    )
    before = (
        first.select("user_id", "host_id", "start_us")
        .join(
            entered.select("user_id", earlier_host="host_id", earlier_us="start_us"), on="user_id"
        )
        .filter(C("earlier_us") < C("start_us"))
        .group_by("user_id", "host_id")
        .agg(
            C("earlier_us").min().alias("since_us"),
            count("earlier_host").alias("earlier_hosts"),
            count().alias("earlier_sessions"),
        )
    )
    found = first.join(before, on=["user_id", "host_id"]).filter(
        C("start_us") - C("since_us") >= int(params["history_hours"] * 3_600_000_000)
    )
    return in_order(found, "start_us", "session").select(
        "user", "host", "session", "kind", "address", "start_us", "since_us", "earlier_hosts",
        "earlier_sessions",
    )


def controller_desktop(tables: Tables, params: Params) -> pl.DataFrame:
    """Desktops and shells on domain controllers."""
    found = got_in(tables, params).filter(
        C("is_dc"), C("kind").is_in(["console", "rdp", "ssh", "winrm"])
    )
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "source_class", "privileged", "start_us",
        "end_us", "end_kind",
    )


def same_local_account(tables: Tables, params: Params) -> pl.DataFrame:
    """Local accounts of one name that one address used on several hosts."""
    told = got_in(tables, params).filter(C("address").is_not_null())
    named = told.with_columns(
        parts=C("user").str.to_lowercase().str.split("\\"),
        short=C("host").str.to_lowercase().str.split(".").list.first(),
    ).filter(C("parts").list.len() == 2, C("parts").list.first() == C("short"))
    found = (
        named.with_columns(account=C("parts").list.last())
        .group_by("account", "address")
        .agg(
            count("host_id").alias("host_count"),
            names("host").alias("hosts"),
            names("kind").alias("kinds"),
            count().alias("sessions"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(C("host_count") >= params["min_hosts"])
    )
    return in_order(found, "-host_count", "account", "address").select(
        "account", "address", "host_count", "hosts", "kinds", "sessions", "first_us", "last_us"
    )
