"""Twins of the hunts for what happened to desktops: taken, watched, tunnelled, never reached."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries.twins.ground import SECOND_US, Params, got_in, in_order, names, sources

C = pl.col
_PLAIN = ("session", "user", "host", "kind", "address", "start_us", "end_us")


def rdp_without_security(tables: Tables, params: Params) -> pl.DataFrame:
    """RDP sessions of which the Security log says nothing."""
    told = (
        sources(tables)
        .join(
            tables.scan("events").select("uid", channel=C("channel").str.to_lowercase()).collect(),
            on="uid",
        )
        .group_by("session")
        .agg(names("channel").alias("channels"))
    )
    found = (
        got_in(tables, params)
        .filter(C("kind") == "rdp")
        .join(told, on="session", how="left")
        .filter(~C("channels").list.contains("security").fill_null(value=False))
        .with_columns(
            C("channels").fill_null([]),
            security_covers=~C("flags").list.contains("security_not_covering").fill_null(
                value=False
            ),
        )
    )
    return in_order(found, "start_us", "session").select(
        *_PLAIN, "outcome", "security_covers", "channels"
    )


def no_shell(tables: Tables, params: Params) -> pl.DataFrame:
    """Logons with the right password after which no desktop was seen."""
    found = got_in(tables, params).filter(
        C("outcome").is_in(["authenticated", "authenticated_no_shell"])
    )
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "source_class", "outcome", "start_us",
        "end_us", "end_reason", "flags",
    )


def hijack(tables: Tables, params: Params) -> pl.DataFrame:
    """Desktops that somebody continued over another account's connection."""
    entered = got_in(tables, params)
    taken = entered.filter(C("flags").list.contains("session_hijack"))
    left = entered.filter(C("end_reason") == "hijacked").select(
        "host_id", by_user="user", by_session="session", left_us="end_us"
    )
    by = (
        taken.select("session", "host_id", "start_us")
        .join(left, on="host_id")
        .filter(
            (C("start_us") - C("left_us")).abs() <= 5 * SECOND_US,
            C("by_session") != C("session"),
        )
        .select("session", "by_user", "by_session")
    )
    found = taken.join(by, on="session", how="left")
    return in_order(found, "start_us", "session", "by_session").select(
        "session", "user", "host", "address", "source_name", "start_us", "end_us", "by_user",
        "by_session",
    )


def shadowed(tables: Tables, params: Params) -> pl.DataFrame:
    """Desktops that somebody else watched or steered, and the records that say so."""
    told = (
        tables.table("flags")
        .filter(C("flag") == "shadowed")
        .select("session", uid="uids")
        .explode("uid")
        .join(
            tables.scan("events").select("uid", "time_us", "event_id", "ord").collect(), on="uid"
        )
        .select("session", event="uid", event_id=C("event_id").cast(pl.Int64), time_us="time_us")
    )
    found = got_in(tables, params).join(told, on="session")
    return in_order(found, "time_us", "session", "event").select(
        "session", "user", "host", "address", "start_us", "end_us", "time_us", "event_id", "event"
    )


def tunnelled(tables: Tables, params: Params) -> pl.DataFrame:
    """Remote desktops whose source is the host itself."""
    found = got_in(tables, params).filter(C("source_class") == "tunnelled")
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "kind", "address", "source_name", "outcome", "start_us", "end_us"
    )


def takeover(tables: Tables, params: Params) -> pl.DataFrame:
    """Desktops that a new connection took while the old one was in use."""
    entered = got_in(tables, params)
    before = tables.table("next_in_local").select(session="next", before_session="session").join(
        entered.select(
            before_session="session", before_user="user", before_address="address",
            before_end_us="end_us",
        ),
        on="before_session",
    )
    found = entered.filter(C("flags").list.contains("takeover")).join(
        before, on="session", how="left"
    )
    return in_order(found, "start_us", "session", "before_session").select(
        "session", "user", "host", "kind", "address", "start_us", "before_session", "before_user",
        "before_address", "before_end_us",
    )


def other_source(tables: Tables, params: Params) -> pl.DataFrame:
    """Desktops that were continued from another address than before."""
    entered = got_in(tables, params)
    before = entered.select(
        before_session="session", before_user="user", before_address="address",
        before_end_us="end_us",
    )
    after = entered.select("session", "user", "host", "kind", "address", "source_name", "start_us")
    found = (
        tables.table("next_in_local")
        .select("gap_us", before_session="session", session="next")
        .join(before, on="before_session")
        .join(after, on="session")
        .filter(C("address").fill_null("local") != C("before_address").fill_null("local"))
        .with_columns(gap_s=(C("gap_us") / SECOND_US).cast(pl.Int64))
    )
    return in_order(found, "start_us", "session", "before_session").select(
        "session", "user", "host", "kind", "address", "source_name", "start_us", "before_session",
        "before_address", "before_end_us", "gap_s",
    )


def hidden_password(tables: Tables, params: Params) -> pl.DataFrame:
    """RDP sessions whose password never reached the host."""
    found = got_in(tables, params).filter(
        C("restricted_admin").fill_null(value=False) | C("credential_guard").fill_null(value=False)
    )
    return in_order(found, "start_us", "session").select(
        "session", "user", "host", "address", "start_us", "end_us",
        restricted_admin=C("restricted_admin").fill_null(value=False),
        remote_credential_guard=C("credential_guard").fill_null(value=False),
    )
