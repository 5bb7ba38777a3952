"""Twins of the hunts for guessed passwords and tried names."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries.query import Value
from graphsess.queries.twins.ground import (
    FAILED,
    Params,
    best,
    count,
    hosts,
    in_order,
    in_windows,
    names,
    sessions,
)

C = pl.col
NO_SUCH_USER = ("0xc0000064", "0x6")
"""Statuses that tell the one who asks that there is no such account."""


def brute_force(tables: Tables, params: Params) -> pl.DataFrame:
    """Runs against few accounts, or parts of one from many sources, that somebody got in after."""
    return _then_success(tables, "bruteforce", "distributed", params["min_failures"])


def spray(tables: Tables, params: Params) -> pl.DataFrame:
    """Runs against many accounts, or parts of a slow one, that somebody got in after."""
    return _then_success(tables, "spray", "slow_spray", params["min_failures"])


def user_enumeration(tables: Tables, params: Params) -> pl.DataFrame:
    """Sources that asked for many accounts that do not exist."""
    asked = failed(tables).filter(
        C("failure_status").is_in(NO_SUCH_USER),
        C("user").is_not_null(),
        C("address").is_not_null() | C("source_name").is_not_null(),
    )
    found = (
        asked.with_columns(source=pl.coalesce("address", "source_name"))
        .group_by("source")
        .agg(
            count("user_id").alias("name_count"),
            names("account").alias("names"),
            names("host").alias("hosts"),
            count().alias("attempts"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(C("name_count") >= params["min_names"])
    )
    return in_order(found, "-name_count", "source").select(
        "source", "name_count", "names", "hosts", "attempts", "first_us", "last_us"
    )


def right_password(tables: Tables, params: Params) -> pl.DataFrame:
    """Attempts that were refused although the password was, or may have been, right."""
    del params
    found = failed(tables).filter(
        (C("outcome") == "denied")
        | C("flags").list.contains("credentials_may_be_right").fill_null(value=False)
    )
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "source_name", "outcome",
        status="failure_status", start_us="start_us",
    )


def many_sources_guess(tables: Tables, params: Params) -> pl.DataFrame:
    """Accounts whose password was tried from several addresses within hours."""
    tried = failed(tables).filter(C("user_id").is_not_null(), C("address").is_not_null())
    found = (
        in_windows(tried, params["hours"])
        .group_by("user_id", "window", user="account")
        .agg(
            count("address").alias("address_count"),
            names("address").alias("addresses"),
            names("host").alias("hosts"),
            count().alias("attempts"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(C("address_count") >= params["min_addresses"])
    )
    return in_order(best(found, "user_id", "address_count"), "-address_count", "user").select(
        "user", "address_count", "addresses", "hosts", "attempts", "first_us", "last_us"
    )


def many_hosts_guess(tables: Tables, params: Params) -> pl.DataFrame:
    """Addresses whose attempts failed on several hosts within hours."""
    tried = failed(tables).filter(C("address").is_not_null())
    found = (
        in_windows(tried, params["hours"])
        .group_by("address", "window")
        .agg(
            count("host_id").alias("host_count"),
            names("host").alias("hosts"),
            names("account").alias("users"),
            count().alias("attempts"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(C("host_count") >= params["min_hosts"])
    )
    return in_order(best(found, "address", "host_count"), "-host_count", "address").select(
        "address", "host_count", "hosts", "users", "attempts", "first_us", "last_us"
    )


def failed(tables: Tables) -> pl.DataFrame:
    """Attempts that failed, also those of which only a controller knows."""
    return sessions(tables, {"hidden": True}).filter(
        C("outcome").is_in(FAILED),
        C("hidden").is_null() | (C("hidden") == "seen_at_dc_only"),
    )


def _then_success(tables: Tables, own: str, wider: str, least: Value) -> pl.DataFrame:
    """Runs of `own` pattern with at least so many attempts, and those that are parts of `wider`."""
    over_hosts = tables.table("failure_patterns").select(id="failure_run", wider="pattern")
    runs = (
        pl.concat([tables.table("failure_runs"), tables.table("runs_at_controllers")])
        .join(over_hosts, on="id", how="left")
        .filter(
            ((C("pattern") == own) & (C("count") >= least))
            | (C("wider") == wider).fill_null(value=False)
        )
        .select(
            "first_us", "last_us", "kind", run="id", address="source_address",
            **{"class": "source_class"}, failures="count", host_id="host",
        )
    )
    after = sessions(tables, {"hidden": True}).select("session", "user", "outcome", "start_us")
    found = (
        runs.join(
            tables.table("followed_by_success").select("session", "gap_us", run="failure_run"),
            on="run",
        )
        .join(after, on="session")
        .join(hosts(tables), on="host_id", how="left")
        .with_columns(gap_s=(C("gap_us") / 1_000_000).cast(pl.Int64))
    )
    return in_order(found, "first_us", "run", "start_us", "session").select(
        "run", "host", "address", "class", "kind", "failures", "first_us", "last_us", "session",
        "user", "outcome", "start_us", "gap_s",
    )
