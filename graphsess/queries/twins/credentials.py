"""Twins of the hunts for credentials that somebody typed, passed on or tried on others."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries.twins.ground import (
    HOUR_US,
    Params,
    count,
    got_in,
    hosts,
    in_order,
    names,
    sessions,
)

C = pl.col
HIGHEST_CONSTANT = 0x3E7
LENT = ("runas", "netonly", "elevation")
"""Roles of logons that somebody was asked for: no token was taken."""


def explicit_credentials(tables: Tables, params: Params) -> pl.DataFrame:
    """Credentials that a session typed to reach another host, and where it had come from."""
    typed = _typed(tables).filter(
        C("server").is_not_null(),
        C("server").str.to_lowercase() != "localhost",
        _short(C("server")) != _short(C("host")),
    )
    return in_order(_in_session(typed, tables, params), "time_us", "event", "session").select(
        "time_us", "host", "user", "as_user", "server", "spn", "process", "session",
        "session_user", "address", "event",
    )


def consent_as_other(tables: Tables, params: Params) -> pl.DataFrame:
    """Elevation prompts that were answered as another account than the desktop's."""
    desks = tables.table("locals").select(
        local="id", user="user", own_sid="sid", host_id="host"
    )
    answered = (
        tables.table("logons")
        .filter(C("role") == "elevation", C("elevated").fill_null(value=True))
        .select("sid", logon="id", as_user="user", time_us="start_us", local="byproduct_of")
        .join(desks, on="local")
        .filter(
            pl.coalesce(
                C("sid") != C("own_sid"),
                C("as_user").str.to_lowercase() != C("user").str.to_lowercase(),
            )
        )
    )
    there = (
        answered.select("logon", "local", "time_us")
        .join(sessions(tables, params).select("local", "session", "address", "start_us"),
              on="local")
        .filter(C("start_us") <= C("time_us"))
        .sort("logon", "start_us", "session", descending=[False, True, False])
        .unique("logon", keep="first", maintain_order=True)
        .select("logon", "session", "address")
    )
    found = answered.join(hosts(tables), on="host_id", how="left").join(
        there, on="logon", how="left"
    )
    return in_order(found, "time_us", "logon").select(
        "time_us", "host", "user", "as_user", "session", "address", "logon"
    )


def owner_change(tables: Tables, params: Params) -> pl.DataFrame:
    """Processes under another account's logon than their maker's, which the maker did not open."""
    maker, owner = C("actor_user"), C("target_user")
    began = (
        tables.scan("events")
        .filter(
            C("kind").cast(pl.String) == "security_4688",
            C("actor_luid") > HIGHEST_CONSTANT,
            C("target_luid") > HIGHEST_CONSTANT,
            C("actor_luid") != C("target_luid"),
            maker.str.to_lowercase() != owner.str.to_lowercase(),
            ~maker.str.ends_with("$"),
            ~owner.str.ends_with("$"),
        )
        .select(
            "boot", "actor_luid", "target_luid", "process", "parent_process", "command_line",
            "time_us", host_id="host", event="uid", user=_account("actor"),
            as_user=_account("target"),
        )
        .collect()
        .join(hosts(tables), on="host_id", how="left")
    )
    opened = (
        tables.table("logons")
        .select("boot", "role", opener="actor_luid", host_id="host", target_luid="luid")
        .join(began, on=["host_id", "boot", "target_luid"])
        .filter((C("opener") == C("actor_luid")) | C("role").is_in(LENT))
    )
    found = _in_session(began.join(opened, on="event", how="anti"), tables, params)
    return in_order(found, "time_us", "event", "session").select(
        "time_us", "host", "user", "as_user", "process", "parent_process", "command_line",
        "session", "session_user", "address", "event",
    )


def _in_session(events: pl.DataFrame, tables: Tables, params: Params) -> pl.DataFrame:
    """Events with the session of their actor's logon that began last before them."""
    using = sessions(tables, params).select(
        "host_id", "boot", "session", "address", "start_us", session_user="user",
        actor_luid="luids",
    ).explode("actor_luid")
    under = (
        events.select("event", "host_id", "boot", "actor_luid", "time_us")
        .join(using, on=["host_id", "boot", "actor_luid"])
        .filter(C("start_us").fill_null(C("time_us")) <= C("time_us"))
        .sort(
            "event", C("start_us").fill_null(0), "session", descending=[False, True, False]
        )
        .unique("event", keep="first", maintain_order=True)
        .select("event", "session", "session_user", "address")
    )
    return events.join(under, on="event", how="left")


def credential_spray(tables: Tables, params: Params) -> pl.DataFrame:
    """Accounts that tried the credentials of many others on one host."""
    tried = _typed(tables).filter(
        C("user").is_not_null(), C("as_user").is_not_null(),
        C("user").str.to_lowercase() != C("as_user").str.to_lowercase(),
        ~C("user").str.ends_with("$"),
    )
    found = (
        tried.group_by("host_id", "host", "user")
        .agg(
            C("as_user").str.to_lowercase().n_unique().cast(pl.Int64).alias("account_count"),
            names("as_user").alias("accounts"),
            names("server").alias("servers"),
            names("process").alias("processes"),
            count().alias("attempts"),
            C("time_us").min().alias("first_us"),
            C("time_us").max().alias("last_us"),
        )
        .filter(C("account_count") >= params["min_accounts"])
    )
    return in_order(found, "-account_count", "host", "user").select(
        "user", "host", "account_count", "accounts", "servers", "processes", "attempts",
        "first_us", "last_us",
    )


def other_user(tables: Tables, params: Params) -> pl.DataFrame:
    """Sessions that somebody opened as another account from within their own."""
    above = sessions(tables, {"hidden": True}).select(
        parent="session", parent_user="user", parent_kind="kind", parent_address="address"
    )
    found = (
        got_in(tables, params)
        .filter(C("kind") == "runas")
        .join(above, on="parent", how="left")
    )
    return in_order(found, "start_us", "session").select(
        "session", "user", "outbound_user", "host", "start_us", "end_us", "parent", "parent_user",
        "parent_kind", "parent_address",
    )


def netonly_then_remote(tables: Tables, params: Params) -> pl.DataFrame:
    """Borrowed network credentials, and the sessions elsewhere that they opened."""
    borrowed = (
        got_in(tables, params)
        .filter(C("kind") == "runas", C("outbound_user").is_not_null())
        .select(
            "session", "user", "outbound_user", "start_us", "end_us", host_id="host_id",
            host="host", name=C("outbound_user").str.to_lowercase(),
        )
    )
    went = (
        got_in(tables, params)
        .select(
            name=C("user").str.to_lowercase(), to_session="session", to_host="host",
            to_host_id="host_id", to_kind="kind", to_start_us="start_us",
        )
        .join(
            tables.table("origins").select(to_session="session", host_id="source_host").unique(),
            on="to_session",
        )
    )
    reach = int(params["hours"] * HOUR_US)
    found = borrowed.join(went, on=["host_id", "name"]).filter(
        C("to_host_id") != C("host_id"),
        C("to_start_us") >= C("start_us"),
        C("to_start_us") <= pl.coalesce("end_us", C("start_us") + reach),
    )
    return in_order(found, "to_start_us", "to_session", "session").select(
        "session", "user", "outbound_user", "host", "start_us", "to_session", "to_host", "to_kind",
        "to_start_us",
    )


def _typed(tables: Tables) -> pl.DataFrame:
    """Each 4648 with the names of who typed and of whom was typed."""
    return (
        tables.scan("events")
        .filter(C("kind").cast(pl.String) == "security_4648")
        .select(
            "boot", "actor_luid", "server", "spn", "process", "time_us", host_id="host",
            event="uid", user=_account("actor"), as_user=_account("target"),
        )
        .collect()
        .join(hosts(tables), on="host_id", how="left")
    )


def _account(whose: str) -> pl.Expr:
    realm, name = C(f"{whose}_domain"), C(f"{whose}_user")
    both = pl.concat_str(realm, pl.lit("\\"), name)
    return pl.when(realm.is_null()).then(name).otherwise(both)


def _short(name: pl.Expr) -> pl.Expr:
    return name.str.to_lowercase().str.split(".").list.first()
