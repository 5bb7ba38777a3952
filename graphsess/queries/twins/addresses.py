"""Twins of the hunts that begin with an address, or with the address that an account came from."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries.twins.ground import (
    AT_A_SCREEN,
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


def own_address(tables: Tables, params: Params) -> pl.DataFrame:
    """Addresses that one account alone used, and seldom."""
    entered = got_in(tables, params).filter(C("user_id").is_not_null())
    used = entered.filter(C("address").is_not_null())
    alone = used.group_by("address").agg(count("user_id").alias("users")).filter(C("users") == 1)
    every = entered.group_by("user_id").agg(count().alias("all_sessions"))
    found = (
        used.join(alone, on="address", how="semi")
        .group_by("address", "user_id", user="account")
        .agg(
            count().alias("sessions"),
            names("host").alias("hosts"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .join(every, on="user_id")
        .filter(C("sessions") * 100 <= C("all_sessions") * params["max_percent"])
        .join(_classes(tables), on="address", how="left")
    )
    return in_order(found, "first_us", "address").select(
        "user", "address", "class", "sessions", "all_sessions", "hosts", "first_us", "last_us"
    )


def new_address(tables: Tables, params: Params) -> pl.DataFrame:
    """The first time that a known account came from an address."""
    entered = got_in(tables, params).filter(C("user_id").is_not_null())
    used = entered.filter(C("address").is_not_null())
    first = earliest(used, "user_id", "address").select(
        "user_id", "user", "address", "session", "host", "kind", "start_us"
    )
    before = (
        first.join(entered.select("user_id", earlier_us="start_us"), on="user_id")
        .filter(C("earlier_us") < C("start_us"))
        .group_by("user_id", "address")
        .agg(C("earlier_us").min().alias("since_us"), count().alias("earlier_sessions"))
    )
    others = (
        first.join(used.select("address", other="user_id", other_us="start_us"), on="address")
        .filter(C("other_us") < C("start_us"), C("other") != C("user_id"))
        .group_by("user_id", "address")
        .agg(count("other").alias("earlier_users"))
    )
    found = (
        first.join(before, on=["user_id", "address"])
        .filter(C("start_us") - C("since_us") >= int(params["history_hours"] * 3_600_000_000))
        .join(others, on=["user_id", "address"], how="left")
        .join(_classes(tables), on="address", how="left")
        .with_columns(C("earlier_users").fill_null(0))
    )
    return in_order(found, "start_us", "session").select(
        "user", "address", "class", "session", "host", "kind", "start_us", "since_us",
        "earlier_sessions", "earlier_users",
    )


def rare_range(tables: Tables, params: Params) -> pl.DataFrame:
    """Networks from which an account that is often seen came seldom."""
    used = got_in(tables, params).filter(C("user_id").is_not_null(), C("range").is_not_null())
    every = used.group_by("user_id").agg(count().alias("all_sessions"))
    found = (
        used.group_by("user_id", "range", user="account")
        .agg(
            names("address").alias("addresses"),
            names("host").alias("hosts"),
            count().alias("sessions"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .join(every, on="user_id")
        .filter(
            C("all_sessions") >= params["min_sessions"],
            C("sessions") * 100 <= C("all_sessions") * params["max_percent"],
        )
    )
    return in_order(found, "first_us", "range", "user").select(
        "user", "range", "addresses", "hosts", "sessions", "all_sessions", "first_us", "last_us"
    )


def external_after_internal(tables: Tables, params: Params) -> pl.DataFrame:
    """Accounts that first came from outside after a time of coming from inside only."""
    entered = got_in(tables, params).filter(C("user_id").is_not_null())
    outside = entered.filter(C("source_class") == "external", C("address").is_not_null())
    first = earliest(outside, "user_id").join(
        outside.group_by("user_id").agg(count().alias("external_sessions")), on="user_id"
    )
    inside = (
        first.select("user_id", "start_us")
        .join(
            entered.filter(C("source_class").is_in(["internal", "local"])).select(
                "user_id", earlier_us="start_us"
            ),
            on="user_id",
        )
        .filter(C("earlier_us") < C("start_us"))
        .group_by("user_id")
        .agg(C("earlier_us").min().alias("since_us"), count().alias("internal_sessions"))
        .filter(C("internal_sessions") >= params["min_internal"])
    )
    found = first.join(inside, on="user_id")
    return in_order(found, "start_us", "session").select(
        "user", "address", "session", "host", "kind", "start_us", "internal_sessions", "since_us",
        "external_sessions",
    )


def shared_source(tables: Tables, params: Params) -> pl.DataFrame:
    """Addresses from which several accounts got in."""
    used = got_in(tables, params).filter(
        C("user_id").is_not_null(), C("address").is_not_null()
    )
    found = (
        used.group_by("address")
        .agg(
            count("user_id").alias("user_count"),
            names("account").alias("users"),
            names("host").alias("hosts"),
            count().alias("sessions"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(C("user_count") >= params["min_users"])
        .join(_classes(tables), on="address", how="left")
    )
    return in_order(found, "-user_count", "address").select(
        "address", "class", "user_count", "users", "hosts", "sessions", "first_us", "last_us"
    )


def many_sources(tables: Tables, params: Params) -> pl.DataFrame:
    """Accounts that came from several addresses within hours."""
    used = got_in(tables, params).filter(
        C("user_id").is_not_null(), C("address").is_not_null()
    )
    found = (
        in_windows(used, params["hours"])
        .group_by("user_id", "window", user="account")
        .agg(
            count("address").alias("address_count"),
            names("address").alias("addresses"),
            names("host").alias("hosts"),
            count().alias("sessions"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(C("address_count") >= params["min_addresses"])
    )
    return in_order(best(found, "user_id", "address_count"), "-address_count", "user").select(
        "user", "address_count", "addresses", "hosts", "sessions", "first_us", "last_us"
    )


def two_places(tables: Tables, params: Params) -> pl.DataFrame:
    """Sessions of one account from two addresses that overlap in time."""
    used = got_in(tables, params).filter(
        C("user_id").is_not_null(),
        C("range").is_not_null(),
        C("start_us").is_not_null(),
        C("kind").is_in(AT_A_SCREEN),
    )
    kept = used.select(
        "user_id", "user", "session", "address", "range", "host", "start_us",
        until_us=pl.coalesce("end_us", "end_earliest_us", "start_us"),
    )
    later = kept.select(
        "user_id", "start_us", second_session="session", second_address="address",
        second_host="host", second_range="range", second_until_us="until_us",
    ).rename({"start_us": "second_start_us"})
    pairs = (
        kept.lazy()
        .join_where(
            later.lazy(),
            C("user_id") == C("user_id_right"),
            C("start_us") <= C("second_start_us"),
            C("second_start_us") < C("until_us"),
        )
        .collect()
    )
    told = pairs.filter(
        C("range") != C("second_range"),
        (C("start_us") < C("second_start_us")) | (C("session") < C("second_session")),
    ).with_columns(
        overlap_s=(pl.min_horizontal("until_us", "second_until_us") - C("second_start_us"))
        // 1_000_000
    )
    return in_order(told, "second_start_us", "second_session", "session").select(
        "user", "session", "address", "host", "start_us", "second_session", "second_address",
        "second_host", "second_start_us", "overlap_s",
    )


def outside_desktop(tables: Tables, params: Params) -> pl.DataFrame:
    """Desktops and shells that were opened from external addresses."""
    found = got_in(tables, params).filter(
        C("source_class") == "external", C("kind").is_in(AT_A_SCREEN)
    )
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "source_name", "outcome", "privileged",
        "start_us", "end_us", "end_kind",
    )


def outlier_group(tables: Tables, params: Params) -> pl.DataFrame:
    """Accounts with an address, range or host that stands out."""
    found = tables.table("groups").filter(
        C("by") == params["by"], C("outlier_score") >= params["min_score"],
        pl.lit(bool(params["hidden"])) | C("hidden").is_null(),
    )
    return in_order(found, "-outlier_score", "id").select(
        "user", "by", "reasons", "sessions", "failures", "hosts", "first_us", "last_us",
        address="source_address", range="source_range", host="host", score="outlier_score",
    ).select(
        "user", "by", "address", "range", "host", "score", "reasons", "sessions", "failures",
        "hosts", "first_us", "last_us",
    )


def _classes(tables: Tables) -> pl.DataFrame:
    return tables.table("addresses").select("address", "class")


