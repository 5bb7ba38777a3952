"""How far the logs reach around an access, what came next on its desktop, and what is proven of it.

See: rules R0.3, R4.6, R5.5, R5.7, R5.12
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphsess.resolve import coverage
from graphsess.resolve.assign import any_within
from graphsess.resolve.codes import codes

if TYPE_CHECKING:
    from graphsess.resolve.host import Host

C = pl.col
NO_LIFE = ("security_4634", "core_66", "core_72", "lsm_41", "lsm_42")  # the next one's beginning
BROKER_US = 60_000_000  # a broker answers within this
SIGNS_OF_DESKTOP = (
    "security_4778", "security_4779", "security_4688", "security_4647", "security_4800",
    "security_4801", "security_4802", "security_4803", "sysmon_1",
)


def with_coverage(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """Which channels covered its beginning, how far the logs reach, and how its boot ended."""
    until = host.events["time_us"].max()
    until_us = int(until) if isinstance(until, int) else None
    moments = frame.select(at_us="first_us")
    final = host.boots.select("boot", boot_end_us="end_us", boot_end_kind="end_kind")
    return frame.with_columns(
        lsm_covers=coverage.covers(moments, host.coverage, "lsm", until_us),
        core_covers=coverage.covers(moments, host.coverage, "core", until_us),
        security_covers=coverage.covers(moments, host.coverage, "security", until_us),
        covered_until_us=pl.lit(until_us, pl.Int64),
    ).join(final, on="boot", how="left")


def with_neighbours(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """The next access to the same desktop, and the last sign of life before it."""
    placed = host.attached.sort("desk", "nth").select(
        "desk",
        key=pl.format("a{}", C("attachment")),
        desk_at="at",
        next_on_local_us=C("at_us").shift(-1).over("desk"),
    )
    life = (
        host.timeline.filter(
            ~C("kind").is_in(NO_LIFE) & ~((C("kind") == "security_4624") & (C("by") == "ts"))
        )
        .sort("ord")
        .join_asof(
            placed.select("desk", "key", "desk_at").sort("desk_at"), left_on="ord",
            right_on="desk_at", by="desk", strategy="backward", check_sortedness=False,
        )
        .filter(C("key").is_not_null())
        .group_by("key")
        .agg(alive_us=C("time_us").max())
    )
    bounds = host.desks.filter(C("off_us").is_null()).select(
        "desk", "stop_us", reused_us="next_us", successor_us="succ_us"
    )
    return (
        frame.join(placed.drop("desk", "desk_at"), on="key", how="left")
        .join(bounds, on="desk", how="left")
        .join(life, on="key", how="left")
        .with_columns(
            last_seen_us=pl.when(C("base") == "desktop")
            .then(
                pl.max_horizontal(
                    "alive_us",
                    pl.when(C("next_on_local_us").is_null()).then("last_seen_us"),
                )
            )
            .otherwise("last_seen_us"),
            next_on_local_us=pl.coalesce("next_on_local_us", "reused_us"),
            boot_end_us=pl.min_horizontal("boot_end_us", "stop_us"),
            boot_end_kind=pl.when(C("stop_us") <= C("boot_end_us").fill_null(C("stop_us")))
            .then(pl.lit("clean"))
            .otherwise("boot_end_kind"),
        )
        .drop("reused_us", "stop_us")
    )


def _redirected(host: Host) -> pl.DataFrame:
    """Connections that a broker sent on to another host (R4.6): key, redirected."""
    sent = host.events.filter(C("kind") == "broker_1307").select(
        "boot", "sam", sent_us="time_us"
    )
    asked = host.holders.filter(C("first").str.starts_with("c")).join(
        host.connections.select("boot", "connection", "sam", "auth_us"),
        on=["boot", "connection"], how="inner",
    )
    return (
        any_within(
            asked, sent, on=["boot", "sam"], time=("auth_us", "sent_us"), before_us=0,
            after_us=BROKER_US,
        )
        .select(key="first", redirected=pl.lit("redirected_by_broker"))
        .unique("key")
        .sort("key")
    )


def with_flags(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """What is proven, and the flags that only resolving can know."""
    alive = (
        host.timeline.filter(C("kind").is_in(SIGNS_OF_DESKTOP))
        .group_by("desk")
        .agg(spoke=pl.lit(value=True))
    )
    lasted = (
        host.logons.filter(C("desk").is_not_null() & C("logon_type").is_in([10, 12]))
        .with_columns(
            lasted=(
                C("destroyed_us").is_null()
                | (C("destroyed_us") - C("start_us") > host.settings.us("temporary"))
            )
        )
        .group_by("desk")
        .agg(C("lasted").any())
    )
    hijacked = host.hijacked.select(key="access", hijack=pl.lit("session_hijack"))
    ambiguous = host.connections.filter(C("ambiguous")).select(
        "boot", "connection", doubt=pl.lit("ambiguous")
    )
    redirected = _redirected(host)
    unknown_desk = (
        (C("base") == "desktop")
        & (C("kind") == "rdp")
        & ~C("lsm_covers")
        & ~C("opening").is_in(["lsm_21", "lsm_25"])
    )
    jumps = host.jumps
    crosses = pl.lit(value=False)
    if jumps:
        crosses = C("eras") > 1
    joined = (
        frame.join(alive, on="desk", how="left")
        .join(lasted, on="desk", how="left")
        .join(hijacked, on="key", how="left")
        .join(ambiguous, on=["boot", "connection"], how="left")
        .join(redirected, on="key", how="left")
    )
    proven = C("spoke").fill_null(value=False) | C("lasted").fill_null(value=False)
    tickets = host.events["kind"].is_in(["security_4768", "security_4769"])
    controller = pl.lit(value=bool(tickets.any()))
    background = (
        controller
        & (C("base") == "network")
        & C("kind").is_in(["network"])
        & ~C("admin_share").fill_null(value=False)
        & (~C("privileged").fill_null(value=False) | (C("class") == "machine"))
    )
    open_ended = C("eras") > 1
    return joined.with_columns(
        reached=pl.when(C("denied").fill_null(value=False))
        .then(pl.lit("denied"))
        .when(unknown_desk & ~proven)
        .then(pl.lit("authenticated_unseen"))
        .when((C("reached") == "authenticated") & ~C("lsm_covers"))
        .then(pl.lit("authenticated_unseen"))
        .otherwise("reached"),
        spans_jump=crosses & open_ended,
        flags=pl.concat_list(
            C("flags").fill_null(pl.lit([], dtype=pl.List(pl.String))),
            codes(
                pl.when(C("source_class") == "tunnelled").then(pl.lit("tunnelled")),
                pl.when(unknown_desk | ((C("base") == "connection") & ~C("lsm_covers"))).then(
                    pl.lit("lsm_not_covering")
                ),
                pl.when(
                    C("base").is_in(["desktop", "connection"]) & ~C("security_covers")
                    & (C("opened_by") != "before_coverage")
                ).then(pl.lit("security_not_covering")),
                C("hijack"),
                C("redirected"),
                C("doubt"),
                pl.when(background).then(pl.lit("dc_background")),
                pl.when(C("sam").str.ends_with("$") & (C("class") == "user")).then(
                    pl.lit("dollar_user")
                ),
            ),
        ),
    )
