"""Desktops of every kind under one number, with everything that is known to happen on each.

Where a TS session id is known, it names the desktop; where only Security events remain, the LUID
pair that works on it does.

Events:  those of `desktops`; Security 4624, 4634, 4647, 4672, 4778, 4779, 4800-4803 by LUID
Key:     `desk`, a number within the host
Order:   TS desktops first, then by LUID
Limits:  without TS session ids two desktops of one LUID pair cannot be told apart
See:     rules R3.1, R3.3, R3.6, R5.12
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import open_at
from graphsess.resolve.binding import pair_of
from graphsess.resolve.coverage import covers
from graphsess.resolve.desktops import KEY
from graphsess.settings import Settings

C = pl.col
OF_DESKTOP = (
    "security_4647", "security_4778", "security_4779", "security_4800", "security_4801",
    "security_4802", "security_4803",
)
BY_LUID = ("security_4624", "security_4634", "security_4672", *OF_DESKTOP)
FAR_US = 1 << 60
SAME_UNLOCK_US = 2_000_000  # the logons of one unlock lie nearer
NEVER_A_DESKTOP = ("companion", "system", "service", "batch", "anonymous", "s4u", "ssh")


def bound_logons(logons: pl.DataFrame, bound: pl.DataFrame, desktops: pl.DataFrame) -> pl.DataFrame:
    """Logons with the number of the TS desktop they are bound to, and by what."""
    numbered = desktops.select(*KEY, "desk")
    return (
        logons.join(bound, on=["boot", "luid"], how="left")
        .join(numbered, on=KEY, how="left")
        .sort("boot", "luid")
    )


def luid_desks(
    events: pl.DataFrame, logons: pl.DataFrame, desktops: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """Desktops known by their LUID pair alone, in the columns of TS desktops plus `luid`.

    A pair is a desktop if its 4624 is one, or if events that only a desktop has name it. A desktop
    logon that dies within `temporary_s` while its user has a desktop open is an unlock or a
    reconnect, not another one.
    """
    by_event = (
        events.filter(C("kind").is_in(OF_DESKTOP) & (C("target_luid") > 0x3E7))
        .group_by("boot", luid=C("target_luid"))
        .agg(
            desk_ord=C("ord").min(),
            desk_us=C("time_us").sort_by("ord").first(),
            off_us=C("time_us").filter(C("kind") == "security_4647").last(),
            off_ord=C("ord").filter(C("kind") == "security_4647").last(),
        )
    )
    own = (
        logons.filter(C("desk").is_null() & ~C("role").is_in(NEVER_A_DESKTOP))
        .join(by_event, on=["boot", "luid"], how="left")
        .with_columns(pair=pair_of())
        .filter((C("role") == "desktop") | C("desk_ord").is_not_null())
    )
    pairs = (
        own.sort("boot", "pair", "start_ord", "luid", nulls_last=True)
        .group_by("boot", "pair", maintain_order=True)
        .agg(
            luid=C("luid").sort_by("elevated", "luid").first(),
            first_ord=pl.min_horizontal(C("first_ord").min(), C("desk_ord").min()),
            first_us=C("first_us").min(),
            last_ord=C("last_seen_ord").max(),
            last_us=C("last_seen_us").max(),
            logon_us=C("logged_us").min(),
            logon_ord=C("start_ord").min(),
            start_us=C("start_us").min(),
            destroyed_us=C("destroyed_us").max(),
            off_us=C("off_us").max(),
            off_ord=C("off_ord").max(),
            signs=C("desk_ord").is_not_null().any(),
            sid=C("sid").drop_nulls().first(),
            sam=C("sam").drop_nulls().first(),
            user=C("user").drop_nulls().first(),
            logon_type=C("logon_type").drop_nulls().first(),
        )
        .sort("boot", "first_ord")
    )
    brief = ((C("destroyed_us") - C("logon_us")) <= settings.us("temporary")) & ~C("signs")
    held = pl.concat(
        [
            desktops.filter(C("established")).select(
                "boot", "sam", "sid", "first_ord", "off_ord"
            ),
            pairs.filter(~brief.fill_null(value=False)).select(
                "boot", "sam", "sid", "first_ord", "off_ord"
            ),
        ]
    )
    passing = pairs.filter(brief & C("logon_type").is_in([2, 11]))
    between = held.with_columns(C("first_ord") + 1, C("off_ord") - 1)
    by_sam, by_sid = (
        open_at(
            passing, between, on=["boot", who], at="first_ord", span=("first_ord", "off_ord")
        )
        for who in ("sam", "sid")
    )
    open_then = passing.filter((by_sam > 0) | (by_sid > 0)).select("boot", "pair")
    return (
        pairs.join(open_then, on=["boot", "pair"], how="anti")
        .sort("boot", "first_ord", "luid")
        .with_columns(desk=pl.int_range(pl.len(), dtype=pl.Int64) + desktops.height)
    )


def remote_unlocks(
    events: pl.DataFrame, logons: pl.DataFrame, stretches: pl.DataFrame, until_us: int | None
) -> pl.DataFrame:
    """Type 7/13 logons from afar that neither LSM nor 4778 covers: each is a reconnect (R5.3).

    Returns:
        boot, luid, at, at_us, address; of a pair the first half only.
    """
    far = logons.filter(
        (C("role") == "unlock")
        & C("logged_us").is_not_null()
        & C("source_class").is_in(["internal", "external"])
    ).with_columns(pair=pair_of())
    if far.is_empty() or not events.filter(C("kind") == "security_4778").is_empty():
        far = far.clear()
    silent = ~covers(far.select(at_us="start_us"), stretches, "lsm", until_us)
    return (
        far.filter(silent)
        .sort("boot", "start_ord")
        .unique(["boot", "pair"], keep="first", maintain_order=True)
        .with_columns(
            after=(C("start_us") - C("start_us").shift(1).over("boot", "sam")).fill_null(FAR_US)
        )
        .filter(C("after") >= SAME_UNLOCK_US)
        .select("boot", "luid", at="start_ord", at_us="start_us", address="source_address")
    )


def timeline(
    events: pl.DataFrame, logons: pl.DataFrame, marked: pl.DataFrame, desktops: pl.DataFrame
) -> pl.DataFrame:
    """Everything that happens on each desktop: desk, ord, time_us, kind, mark, by (ts or luid)."""
    by_ts = marked.join(desktops.select(*KEY, "desk"), on=KEY, how="inner").select(
        "desk", "ord", "time_us", "kind", "mark", by=pl.lit("ts")
    )
    by_luid = (
        events.select("boot", "ord", "time_us", "kind", luid="target_luid")
        .filter(C("kind").is_in(BY_LUID) & C("luid").is_not_null())
        .join(
            logons.filter(C("desk").is_not_null()).select("boot", "luid", "desk"),
            on=["boot", "luid"],
            how="inner",
        )
        .select(
            "desk", "ord", "time_us", "kind", mark=pl.lit(None, pl.String), by=pl.lit("luid")
        )
    )
    started = (
        events.select(
            "boot", "ord", "time_us", "kind", luid=pl.coalesce("target_luid", "actor_luid")
        )
        .filter(C("kind") == "security_4688")
        .join(
            logons.filter(C("desk").is_not_null()).select("boot", "luid", "desk"),
            on=["boot", "luid"],
            how="inner",
        )
        .select(
            "desk", "ord", "time_us", "kind", mark=pl.lit(None, pl.String), by=pl.lit("luid")
        )
    )
    return (
        pl.concat([by_ts, by_luid, started])
        .sort("desk", "ord", "by", descending=[False, False, True])
        .unique(["desk", "ord"], keep="first", maintain_order=True)
        .sort("desk", "ord")
    )
