"""The passes that bring desktops, failures and refusals together with their connections.

See: rules R4.4, R4.6, R5.3, R5.6
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import assign, within
from graphsess.resolve.links import linked
from graphsess.settings import Settings

C = pl.col


def desk_connections(
    attached: pl.DataFrame,
    events: pl.DataFrame,
    links_of: pl.DataFrame,
    made: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """Attachments that only Security shows, joined to the connection they came over (R4.4)."""
    window = settings.us("security")
    users = made.filter(C("desk").is_not_null()).select(
        "desk", "sam", "boot", "source_address"
    ).unique("desk", keep="first", maintain_order=True)
    bare = (
        attached.filter(
            C("connection").is_null()
            & (C("place") == "rdp")
            & C("opening").is_in(["security_4624", "security_4778"])
        )
        .join(users, on="desk", how="inner")
        .select(
            "attachment", "boot", "sam", "at_us", "session_name",
            came_from=pl.coalesce("address", "source_address"),
        )
    )
    free = links_of.filter(
        C("desk_us").is_null() & (C("auth_us").is_not_null() | C("arbitration_us").is_not_null())
    ).select(
        "boot", "connection", "sam", "address", reached_us=pl.coalesce("auth_us", "arbitration_us"),
        link_name="session_name",
    )
    near = within(
        bare, free, on=["boot", "sam"], time=("at_us", "reached_us"), before_us=window,
        after_us=window,
    ).filter(
        (C("came_from") == C("address")).fill_null(value=True)
        & (C("session_name") == C("link_name")).fill_null(value=True)
    )
    pairs = assign(near, "attachment", "connection").select("attachment", found="connection")
    return (
        attached.join(pairs, on="attachment", how="left")
        .with_columns(connection=pl.coalesce("connection", "found"))
        .drop("found")
        .sort("attachment")
    )


def opened_by_connection(
    attached: pl.DataFrame, links_of: pl.DataFrame, all_desks: pl.DataFrame
) -> pl.DataFrame:
    """What was open before LSM's first word, but whose connection the logs saw begin (R5.3)."""
    seen = (
        attached.filter((C("opened_by") == "before_coverage") & C("connection").is_not_null())
        .join(all_desks.select("desk", "boot"), on="desk", how="left")
        .join(
            links_of.filter(C("named") | C("peer").is_not_null()).select("boot", "connection"),
            on=["boot", "connection"], how="semi",
        )
        .select("attachment", began=pl.lit(value=True))
    )
    return (
        attached.join(seen, on="attachment", how="left")
        .with_columns(
            opened_by=pl.when(C("began").fill_null(value=False))
            .then(pl.lit("logon"))
            .otherwise("opened_by")
        )
        .drop("began")
        .sort("attachment")
    )


def lone_desks(
    timeline: pl.DataFrame, members: pl.DataFrame, holders: pl.DataFrame, attached: pl.DataFrame
) -> pl.DataFrame:
    """Events of desktops that never came to life, under the connection that asked for them."""
    asked = (
        timeline.filter(C("kind").is_in(["lsm_41", "lsm_42", "core_66"]))
        .join(members.select("ord", "boot", "connection"), on="ord", how="inner")
        .join(holders, on=["boot", "connection"], how="inner")
        .sort("desk", "kind", "ord", descending=[False, True, False])
        .unique("desk", keep="first", maintain_order=True)
        .select("desk", "first")
    )
    return (
        timeline.join(attached.select("desk").unique(), on="desk", how="anti")
        .join(asked, on="desk", how="inner")
        .rename({"first": "access"})
        .with_columns(early=pl.lit(value=False))
    )


def with_failures(holders: pl.DataFrame, failed: pl.DataFrame) -> pl.DataFrame:
    """Connections that hold only failed attempts: the first one takes their own events."""
    only = (
        failed.filter(C("connection").is_not_null())
        .join(holders, on=["boot", "connection"], how="anti")
        .sort("boot", "connection", "ord")
        .group_by("boot", "connection", maintain_order=True)
        .agg(first=C("key").first(), last=C("key").last())
    )
    return pl.concat([holders, only]).sort("boot", "connection")


def refused_links(events: pl.DataFrame, failed: pl.DataFrame) -> pl.DataFrame:
    """The type-3 logon of a 4825 that stands alone is part of the attempt it denied (R4.4)."""
    alone = failed.filter(C("source_how") == "security_4825").join(
        events.select("ord", luid="target_luid"), on="ord", how="inner"
    ).select("boot", "luid", access="key")
    rows = (
        events.select("boot", "ord", "kind", luid="target_luid")
        .filter(C("kind").is_in(["security_4624", "security_4634", "security_4672"]))
        .join(alone, on=["boot", "luid"], how="inner")
        .with_columns(
            role=pl.when(C("kind") == "security_4624")
            .then(pl.lit("NLA_PRECURSOR"))
            .otherwise(pl.lit("BYPRODUCT"))
        )
    )
    return linked(rows, rule="R4.4", how=pl.lit("exact"))
