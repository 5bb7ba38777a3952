"""Where an access's beginning or end may lie unseen: in a hole of the logs, or before they begin.

Events:  coverage of LocalSessionManager, else of Security; boots; starts of the access's logons
Key:     access
Order:   by time
Limits:  a hole is known only in logs that were taken whole (R0.3)
See:     rules R6.2, R3.6, R2.1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphsess.resolve import coverage

if TYPE_CHECKING:
    from graphsess.resolve.host import Host

C = pl.col
FAMILIES = ("lsm", "security")
"""Channels whose holes may hide a beginning or an end."""


def with_holes(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """Accesses with `begun_after_us` and `lost_from_us`, null where there is no such moment.

    begun_after_us: what was open before the log saw it did not begin earlier: its boot, its logon,
    or the last moment covered before the hole it comes out of. lost_from_us: from then on, after
    its last sign of life, its end may have gone unlogged.
    """
    life = frame.select(
        "first_us", life_us=pl.max_horizontal("last_seen_us", "own_last_us")
    ).with_row_index("row")
    ends = frame.with_columns(
        beside for family in FAMILIES for beside in _beside(life, _holes(host, family), family)
    )
    begun = (
        ends.join(host.boots.select("boot", boot_us="start_us"), on="boot", how="left")
        .join(_logons_began(host), on="desk", how="left")
        .join(
            host.logons.select(
                "boot", own_luid="luid", own_began=pl.coalesce("start_us", "start_earliest_us")
            ),
            on=["boot", "own_luid"], how="left",
        )
    )
    governed = pl.when(C("lsm_covers") & (C("base") != "network")).then(pl.lit("lsm")).when(
        "security_covers"
    ).then(pl.lit("security"))
    bounds = [
        pl.when(C(name) <= C("first_us")).then(C(name))
        for name in ("boot_us", "desk_began", "own_began", "until_us")
    ]
    return (
        begun.with_columns(governed=governed)
        .with_columns(
            until_us=_of_family("until"),
            lost_from_us=_of_family("lost"),
        )
        .with_columns(
            begun_after_us=pl.when(C("opened_by") == "before_coverage").then(
                pl.max_horizontal(bounds)
            )
        )
        .drop(
            "boot_us", "desk_began", "own_began", "until_us", "governed",
            *(f"{family}_{what}" for family in FAMILIES for what in ("until", "lost")),
        )
    )


def _beside(life: pl.DataFrame, holes: pl.DataFrame, family: str) -> tuple[pl.Series, pl.Series]:
    """Of each row: where the hole before its beginning starts, and the one after its life."""
    nothing = pl.Series([None] * life.height, dtype=pl.Int64)
    if holes.is_empty():
        return nothing.alias(f"{family}_until"), nothing.alias(f"{family}_lost")
    until = life.sort("first_us").join_asof(
        holes.select("to_us", until="from_us"), left_on="first_us", right_on="to_us",
        strategy="backward",
    )
    lost = life.sort("life_us").join_asof(
        holes.select(lost="from_us").sort("lost"), left_on="life_us", right_on="lost",
        strategy="forward", coalesce=False,
    )
    return (
        until.sort("row")["until"].alias(f"{family}_until"),
        lost.sort("row")["lost"].alias(f"{family}_lost"),
    )


def _of_family(what: str) -> pl.Expr:
    return (
        pl.when(C("governed") == "lsm")
        .then(f"lsm_{what}")
        .when(C("governed") == "security")
        .then(f"security_{what}")
    )


def _holes(host: Host, family: str) -> pl.DataFrame:
    """from_us, to_us of each hole in a channel family, in order; the last may have no end."""
    spans = coverage.whole_stretches(host.coverage, family).with_columns(
        reach=C("last_us").cum_max()
    )
    between = spans.select(
        from_us="reach", to_us=C("first_us").shift(-1), broken_by="broken_by"
    )
    return (
        between.filter(
            (C("to_us") > C("from_us")) | (C("to_us").is_null() & (C("broken_by") == "clear"))
        )
        .select("from_us", "to_us")
        .sort("to_us", nulls_last=True)
    )


def _logons_began(host: Host) -> pl.DataFrame:
    """Desk → when the first logon of its user began, as far as that is known."""
    return (
        host.logons.filter(
            C("desk").is_not_null() & C("byproduct_rule").is_null()
            & C("role").is_in(["desktop", "unknown"])
        )
        .group_by("desk")
        .agg(desk_began=pl.coalesce("start_us", "start_earliest_us").min())
    )
