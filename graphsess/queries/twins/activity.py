"""Twins of the hunts for what sessions did: services, tasks, shares, processes, accounts."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries.twins.ground import Params, count, in_order, names, sessions

C = pl.col
SERVICES = ("security_4697", "services_7045")
TASKS = ("security_4698", "security_4702", "tasks_106", "tasks_140")
SHARES = ("security_5140", "security_5145")
PROCESSES = ("security_4688", "sysmon_1")
ACCOUNTS = (
    "security_4720", "security_4722", "security_4723", "security_4724", "security_4725",
    "security_4726", "security_4728", "security_4732", "security_4733", "security_4738",
    "security_4756", "security_4767", "security_4781",
)  # fmt: skip
WITHOUT_DESKTOP = ("network", "winrm", "wmi", "ssh")


def remote_service(tables: Tables, params: Params) -> pl.DataFrame:
    """Services that a remote session installed."""
    found = during(tables, params, SERVICES).filter(C("address").is_not_null())
    return in_order(found, "time_us", "event", "session").select(
        "time_us", "host", service="object", image="detail", session="session", user="user",
        kind="kind", address="address", method="method", confidence="confidence", event="event",
    )


def remote_task(tables: Tables, params: Params) -> pl.DataFrame:
    """Scheduled tasks that a remote session created or changed."""
    found = during(tables, params, TASKS).filter(C("address").is_not_null())
    return in_order(found, "time_us", "event", "session").select(
        "time_us", "host", task="object", event_kind="event_kind", session="session", user="user",
        kind="kind", address="address", method="method", confidence="confidence", event="event",
    )


def admin_share(tables: Tables, params: Params) -> pl.DataFrame:
    """Sessions that used administrative shares, and what ran on the host in them."""
    share = C("object").str.to_uppercase().str.split("\\").list.last()
    at_share = during(tables, params, SHARES).filter(
        (share == "ADMIN$") | (share.str.ends_with("$") & (share.str.len_chars() == 2))
    )
    used = at_share.group_by("session", "user", "host", "kind", "address", "start_us").agg(
        names("object").alias("shares"),
        count("detail").alias("files"),
        C("time_us").min().alias("first_us"),
        C("time_us").max().alias("last_us"),
    )
    ran = (
        during(tables, params, (*SERVICES, *TASKS, *PROCESSES))
        .with_columns(what=pl.coalesce("process", "detail", "object"))
        .group_by("session")
        .agg(names("what").alias("ran"))
    )
    found = used.join(ran, on="session", how="left").with_columns(C("ran").fill_null([]))
    return in_order(found, "first_us", "session").select(
        "session", "user", "host", "kind", "address", "start_us", "shares", "files", "first_us",
        "last_us", "ran",
    )


def remote_execution(tables: Tables, params: Params) -> pl.DataFrame:
    """Sessions without a desktop in which processes were started."""
    found = (
        during(tables, params, PROCESSES)
        .filter(C("kind").is_in(WITHOUT_DESKTOP))
        .group_by("session", "user", "host", "kind", "address", "start_us")
        .agg(
            count("event").alias("process_count"),
            names("process").alias("processes"),
            names("command_line").alias("command_lines"),
            C("time_us").min().alias("first_us"),
            C("time_us").max().alias("last_us"),
        )
    )
    return in_order(found, "first_us", "session").select(
        "session", "user", "host", "kind", "address", "start_us", "process_count", "processes",
        "command_lines", "first_us", "last_us",
    )


def while_disconnected(tables: Tables, params: Params) -> pl.DataFrame:
    """What desktops did while nobody was connected to them."""
    found = (
        during(tables, params, None)
        .filter(C("while_disconnected"))
        .group_by("session", "user", "host", "address", "end_us", "event_kind")
        .agg(
            count("event").alias("count"),
            names("process").alias("processes"),
            C("time_us").min().alias("first_us"),
            C("time_us").max().alias("last_us"),
        )
    )
    return in_order(found, "first_us", "session", "event_kind").select(
        "session", "user", "host", "address", "end_us", "event_kind", "count", "processes",
        "first_us", "last_us",
    )


def account_change(tables: Tables, params: Params) -> pl.DataFrame:
    """Accounts and groups that a session changed."""
    found = during(tables, params, ACCOUNTS)
    return in_order(found, "time_us", "event", "session").select(
        "time_us", "host", "event_kind", account="target_user", object="object", detail="detail",
        session="session", user="user", kind="kind", address="address", event="event",
    )


def during(tables: Tables, params: Params, kinds: tuple[str, ...] | None) -> pl.DataFrame:
    """Activities of these kinds of event, each with the session that it ran in."""
    placed = tables.table("activities").filter(C("session").is_not_null()).select(
        "session", "method", "confidence", "while_disconnected", event="id"
    )
    events = tables.scan("events").with_columns(event_kind=C("kind").cast(pl.String))
    if kinds is not None:
        events = events.filter(C("event_kind").is_in(kinds))
    told = events.select(
        "event_kind", "time_us", "object", "detail", "process", "command_line", "target_user",
        event="uid",
    )
    on = sessions(tables, params).select(
        "session", "user", "host", "kind", "address", "start_us", "end_us"
    )
    return (
        placed.lazy().join(told, on="event").join(on.lazy(), on="session").collect().sort("event")
    )
