"""What each event is linked to: the ends of its relationships, one column each.

Events:  all
Key:     uid; LUIDs and TS session ids within their host and boot
Order:   that of the events
Limits:  a desktop or connection is told by the access that the event is part of, else by the TS
         session id in force at its place in the order, else by the ActivityID; an event that names
         neither has none
See:     rules N6, N7, R2.1, R3.1, R4.1
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphsess.graph.ids import short
from graphsess.graph.users import logged, user_ids

C = pl.col
ENDS: Mapping[str, tuple[str, str]] = {
    "on": ("ON", "Host"),
    "by": ("BY", "User"),
    "for": ("FOR", "User"),
    "from": ("FROM", "Address"),
    "of_logon": ("OF_LOGON", "LogonSession"),
    "under_logon": ("UNDER_LOGON", "LogonSession"),
    "in_local": ("IN_LOCAL", "LocalSession"),
    "in_connection": ("IN_CONNECTION", "Connection"),
    "part_of": ("PART_OF", "Access"),
}
"""Column of `event_ends` → type and label of the relationship that it is."""
NEEDED = ("uid", "ord", "boot", "host", "address", "ts_id", "activity_id", "target_luid",
          "actor_luid", "target_sid", "actor_sid", "target_user", "actor_user", "target_domain",
          "actor_domain")
"""Columns of the events that `event_ends` looks at."""
PART = ("role", "rule", "how")
"""Properties of PART_OF."""
ANOTHERS = "DISPLACED_BY"


def event_ends(tables: Mapping[str, pl.DataFrame], known: pl.DataFrame) -> pl.DataFrame:
    """`uid`, a column of `ENDS` each, and role, rule and how of the first access it is part of.

    Args:
        tables: `events`, `logons`, `locals`, `connections`, `accesses`, `links` of some hosts.
        known: Of `users.own_sids`.
    """
    events = tables["events"]
    logons = tables["logons"].select("host", "boot", "luid", logon="id")
    first = links_in_order(tables["links"]).unique("uid", keep="first", maintain_order=True)
    placed = (
        events.select(
            "uid", "ord", "boot", "host", "address", "ts_id", "activity_id",
            "target_luid", "actor_luid", "target_sid", "actor_sid",
            target=logged("target"), actor=logged("actor"),
        )
        .join(logons.rename({"luid": "target_luid", "logon": "of_logon"}),
              on=["host", "boot", "target_luid"], how="left", maintain_order="left")
        .join(logons.rename({"luid": "actor_luid", "logon": "under_logon"}),
              on=["host", "boot", "actor_luid"], how="left", maintain_order="left")
        .join(first.select("uid", *PART, part_of="access"), on="uid", how="left",
              maintain_order="left")
        .join(_of_access(tables), on="uid", how="left", maintain_order="left")
    )  # fmt: skip
    placed = _by_number(placed, tables["locals"])
    placed = _by_activity(placed, tables["connections"])
    return placed.select(
        "uid",
        short(placed["host"]).alias("on"),
        user_ids(placed["actor_sid"], placed["actor"], known).alias("by"),
        user_ids(placed["target_sid"], placed["target"], known).alias("for"),
        short(placed["address"]).alias("from"),
        *(
            short(placed[name]).alias(name)
            for name in ("of_logon", "under_logon", "in_local", "in_connection", "part_of")
        ),
        *PART,
    )


def links_in_order(links: pl.DataFrame) -> pl.DataFrame:
    """Links in their total order."""
    return links.sort("access", "ord", "role", "rule")


def further_parts(links: pl.DataFrame) -> pl.DataFrame:
    """Edges PART_OF beyond each event's first: most events are part of one access at most."""
    rest = links_in_order(links).filter(~C("uid").is_first_distinct())
    return pl.DataFrame({"start": rest["uid"], "end": short(rest["access"])}).hstack(
        rest.select(PART)
    )


def _of_access(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Uid → desktop and connection of the accesses that it is part of, its own before another's."""
    return (
        tables["links"]
        .join(tables["accesses"].select("local", "connection", access="id"), on="access")
        .sort(C("role") == ANOTHERS, "access", "role")
        .group_by("uid", maintain_order=True)
        .agg(told_local=C("local").drop_nulls().first(),
             told_connection=C("connection").drop_nulls().first())
    )  # fmt: skip


def _by_number(placed: pl.DataFrame, desks: pl.DataFrame) -> pl.DataFrame:
    """With `in_local`: the access's, else the desktop that had the TS session id then."""
    spans = desks.filter(C("ts_id").is_not_null()).select(
        "host", "boot", "ts_id", from_ord=C("start_ord").fill_null(-1), numbered="id"
    )
    begun = (
        placed.select("uid", "host", "boot", "ts_id", "ord")
        .filter(C("ts_id").is_not_null())
        .sort("ord")
        .join_asof(
            spans.sort("from_ord", "numbered"), left_on="ord", right_on="from_ord",
            by=["host", "boot", "ts_id"], strategy="backward", check_sortedness=False,
        )
        .select("uid", "numbered")
    )
    return placed.join(begun, on="uid", how="left", maintain_order="left").with_columns(
        in_local=pl.coalesce("told_local", "numbered")
    )


def _by_activity(placed: pl.DataFrame, connections: pl.DataFrame) -> pl.DataFrame:
    """With `in_connection`: the access's, else the one with the event's ActivityID."""
    known = (
        connections.filter(C("activity_id").is_not_null())
        .sort("start_ord", "id")
        .unique(["host", "boot", "activity_id"], keep="first", maintain_order=True)
        .select("host", "boot", "activity_id", active="id")
    )
    return placed.join(
        known, on=["host", "boot", "activity_id"], how="left", maintain_order="left"
    ).with_columns(in_connection=pl.coalesce("told_connection", "active"))
