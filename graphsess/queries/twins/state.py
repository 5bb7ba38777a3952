"""Twins of the hunts for what was so at a moment: tokens alive, logs silent, logs cleared."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries.twins.ground import Params, got_in, hosts, in_order, sessions

C = pl.col


def alive_at(tables: Tables, params: Params) -> pl.DataFrame:
    """Logon sessions alive at a moment, or where no moment is given when each host's logs end."""
    moment = pl.lit(params["at"], pl.Int64)
    known = (
        tables.table("hosts")
        .select(host_id="id", host="name", first_us="first_us", last_us="last_us")
        .with_columns(at_us=pl.coalesce(moment, "last_us"))
        .filter(C("first_us") <= C("at_us"), C("at_us") <= C("last_us"))
    )
    until = pl.coalesce("end_us", C("start_us").shift(-1).over("host", order_by="boot"))
    boots = (
        tables.table("boots")
        .with_columns(until_us=until)
        .join(known.select(host="host_id", at_us="at_us"), on="host")
        .filter(
            C("start_us").is_null() | (C("start_us") <= C("at_us")),
            C("until_us").is_null() | (C("until_us") > C("at_us")),
        )
        .sort("host", "start_us", "boot", nulls_last=False)
        .unique("host", keep="last", maintain_order=True)
        .select("boot", host_id="host", boot_start_us="start_us")
    )
    access_end = pl.coalesce(
        "access_end_us", pl.when(C("end_kind") == "unobserved").then("last_seen_us")
    )
    begin = pl.coalesce("start_us", "start_latest_us", "start_earliest_us", "boot_start_us")
    found = (
        tables.table("logons")
        .rename({"host": "host_id", "id": "logon"})
        .join(boots, on=["host_id", "boot"])
        .join(known.select("host_id", "host", "at_us"), on="host_id")
        .with_columns(begin_us=begin, access_until_us=access_end)
        .with_columns(gone_us=pl.coalesce("destroyed_us", "access_until_us"))
        .filter(
            C("begin_us").is_null() | (C("begin_us") <= C("at_us")),
            C("gone_us").is_null() | (C("gone_us") > C("at_us")),
        )
        .with_columns(
            logon_id=C("logon").str.split("|").list.last(),
            after_access_end=(C("access_until_us") <= C("at_us")).fill_null(value=False),
        )
    )
    return in_order(found, "host", "logon").select(
        "host", "logon_id", "user", "class", "logon_type", "role", "source_address", "start_us",
        "access_end_us", "destroyed_us", "after_access_end", "logon", "at_us",
    )


def coverage_hole(tables: Tables, params: Params) -> pl.DataFrame:
    """Holes in a log while somebody was on the host."""
    parts = tables.table("coverage").sort("host", "channel", "first_us", "last_us", "broken_by")
    before = {
        name: C(column).shift(1).over("host", "channel")
        for name, column in (("from_us", "last_us"), ("cause", "broken_by"))
    }
    holes = (
        parts.with_columns(**before, to_us="first_us")
        .filter(
            pl.when(C("from_us").is_null())
            .then(C("channel").str.to_lowercase() == "security")
            .otherwise(C("to_us") > C("from_us"))
        )
        .select(
            "channel", "from_us", "to_us", C("cause").fill_null("begins_here"), host_id="host"
        )
    )
    on = got_in(tables, params).filter(C("start_us").is_not_null())
    found = (
        holes.lazy()
        .join(on.lazy(), on="host_id")
        .filter(
            C("start_us") < C("to_us"),
            C("end_us").is_null() | (C("end_us") > pl.coalesce("from_us", "to_us")),
        )
        .collect()
    )
    return in_order(found, "from_us", "host", "channel", "session").select(
        "host", "channel", "from_us", "to_us", "cause", "session", "user", "kind", "address",
        "start_us", "end_us",
    )


def log_clear(tables: Tables, params: Params) -> pl.DataFrame:
    """Logs that were cleared, by whom, and who was on the host meanwhile."""
    clears = (
        tables.scan("events")
        .filter(C("kind").cast(pl.String).is_in(["security_1102", "eventlog_104"]))
        .select(
            "time_us", "boot", "actor_luid", host_id="host", event="uid",
            channel=pl.coalesce("object", "channel"), by_user="actor_user",
        )
        .collect()
        .join(hosts(tables), on="host_id", how="left")
    )
    on = sessions(tables, params)
    during = (
        tables.table("flags")
        .filter(C("flag") == "log_cleared_during")
        .select("session", event="uids")
        .explode("event")
        .join(
            on.select("session", "user", "kind", "address", "start_us", "end_us", "luids", "boot"),
            on="session",
        )
    )
    found = clears.join(during, on="event", how="left", suffix="_session").with_columns(
        by_session=C("luids").list.contains(C("actor_luid")).fill_null(value=False)
    )
    return in_order(found, "time_us", "event", "session").select(
        "time_us", "host", "channel", "by_user", "session", "by_session", "user", "kind",
        "address", "start_us", "end_us", "event",
    )
