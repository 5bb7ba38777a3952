"""Twins of the hunts for what is unlike an account: hours, silence, kinds of session."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries.twins.ground import (
    AT_A_SCREEN,
    DAY_US,
    HOUR_US,
    Params,
    count,
    got_in,
    in_order,
    names,
    sessions,
)

C = pl.col
UNATTENDED = ("batch", "service")


def unusual_hours(tables: Tables, params: Params) -> pl.DataFrame:
    """Sessions at a time of day at which the account is hardly ever there."""
    local = C("start_us") + int(params["utc_offset_hours"] * HOUR_US)
    mine = (
        got_in(tables, params)
        .filter(
            C("user_id").is_not_null(), C("start_us").is_not_null(), C("kind").is_in(AT_A_SCREEN)
        )
        .with_columns(day=local // DAY_US, hour=local // HOUR_US % 24)
    )
    all_days = mine.group_by("user_id").agg(count("day").alias("all_days"))
    by_hour = mine.group_by("user_id", "hour").agg(count("day").alias("days"))
    near = (
        by_hour.join(by_hour.rename({"hour": "near"}), on="user_id", suffix="_near")
        .filter((C("hour") - C("near")).abs().is_in([0, 1, 23]))
        .group_by("user_id", "hour")
        .agg(C("days_near").max().alias("days_at_that_time"))
    )
    found = (
        mine.join(near, on=["user_id", "hour"])
        .join(all_days, on="user_id")
        .filter(
            C("all_days") >= params["min_days"], C("days_at_that_time") <= params["max_days"]
        )
    )
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "start_us", "hour", "days_at_that_time",
        "all_days",
    )


def dormant_account(tables: Tables, params: Params) -> pl.DataFrame:
    """Accounts that came back after a long silence."""
    mine = (
        got_in(tables, params)
        .filter(C("user_id").is_not_null(), C("start_us").is_not_null())
        .sort("user_id", "start_us", "session")
        .with_columns(
            last_us=pl.max_horizontal("start_us", "end_us").shift(1).over("user_id"),
            last_session=C("session").shift(1).over("user_id"),
        )
        .filter(C("start_us") - C("last_us") >= int(params["days"] * DAY_US))
        .with_columns(days=((C("start_us") - C("last_us")) // DAY_US))
    )
    return in_order(mine, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "start_us", "last_session", "last_us", "days"
    )


def machine_account(tables: Tables, params: Params) -> pl.DataFrame:
    """Accounts named like a machine that sat at a screen."""
    del params
    found = got_in(tables, {"hidden": True}).filter(
        C("user").str.ends_with("$"), C("kind").is_in(AT_A_SCREEN)
    )
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "class", "start_us", "end_us", "flags"
    )


def service_account(tables: Tables, params: Params) -> pl.DataFrame:
    """Accounts of services and batch jobs that sat at a screen."""
    del params
    entered = got_in(tables, {"hidden": True}).filter(C("user_id").is_not_null())
    unattended = (
        entered.filter(C("kind").is_in(UNATTENDED))
        .group_by("user_id")
        .agg(count().alias("unattended_sessions"), names("host").alias("unattended_on"))
    )
    found = entered.filter(C("kind").is_in(AT_A_SCREEN)).join(unattended, on="user_id")
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "start_us", "end_us", "unattended_sessions",
        "unattended_on",
    )


def privileged_outside(tables: Tables, params: Params) -> pl.DataFrame:
    """Sessions with administrator's rights that came from outside."""
    found = got_in(tables, params).filter(
        C("privileged"), C("source_class").is_in(["external", "tunnelled"])
    )
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "source_class", "start_us", "end_us"
    )


def long_session(tables: Tables, params: Params) -> pl.DataFrame:
    """Sessions that lasted longer than a person stays awake."""
    found = (
        got_in(tables, params)
        .filter(C("end_us") - C("start_us") >= int(params["hours"] * HOUR_US))
        .with_columns(hours=(C("end_us") - C("start_us")) // HOUR_US)
    )
    return in_order(found, "-hours", "start_us", "session").select(
        "session", "user", "host", "kind", "address", "start_us", "end_us", "end_kind",
        "end_reason", "hours",
    )


def open_session(tables: Tables, params: Params) -> pl.DataFrame:
    """Sessions of which no end is known."""
    found = sessions(tables, params).filter(
        C("end_kind").is_in(["open_at_end_of_log", "unobserved"])
    )
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "outcome", "start_us", "end_kind",
        "end_earliest_us",
    )
