"""Which logon sessions run on which desktop: LUID to TS session, strongest evidence first.

Events:  Security 4800-4803 and Sysmon 1 name both; 4778/4779 beside LSM 25/24; 4624 beside LSM 21,
         41 or System 7001; 4647 beside LSM 23 or System 7002
Key:     (host, boot, LUID) → (host, boot, TS session id, ordinal)
Order:   by evidence, then distance in time, then host order
Limits:  in a time window two sessions of one user can be taken for each other
See:     rule R3.3
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import assign, within
from graphsess.settings import Settings

C = pl.col
BESIDE_US = 3_000_000  # 4778/4779 lie this near to their LSM 25/24


def bindings(
    events: pl.DataFrame,
    logons: pl.DataFrame,
    desktops: pl.DataFrame,
    marked: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """A row a bound LUID: boot, luid, ts_id, ordinal, bound_by. Both halves of a pair are bound."""
    named = _by_name(events, marked)
    beside = _by_reconnect(events, marked)
    paired = logons.with_columns(pair=pair_of())
    taken = pl.concat([named, beside])
    timed = _by_logon(paired, desktops, taken, settings)
    off = _by_logoff(events, marked, pl.concat([taken, timed]), settings)
    every = pl.concat([named, beside, timed, off])
    best = (
        every.sort("boot", "luid", "rank", "dt", "ts_id", "ordinal")
        .unique(["boot", "luid"], keep="first", maintain_order=True)
        .select("boot", "luid", "ts_id", "ordinal", "bound_by")
    )
    other = (
        logons.filter(C("linked_luid").is_not_null())
        .select("boot", "luid", "linked_luid")
        .join(best, left_on=["boot", "linked_luid"], right_on=["boot", "luid"], how="inner")
        .join(best, on=["boot", "luid"], how="anti")
        .select("boot", "luid", "ts_id", "ordinal", bound_by=pl.format("{}_pair", C("bound_by")))
    )
    return pl.concat([best, other]).sort("boot", "luid")


def pair_of() -> pl.Expr:
    """One number for both halves of a UAC pair."""
    return pl.min_horizontal("luid", "linked_luid")


_SHAPE = ["boot", "luid", "ts_id", "ordinal", "rank", "dt", "bound_by"]


def _by_name(events: pl.DataFrame, marked: pl.DataFrame) -> pl.DataFrame:
    """4800-4803 and Sysmon 1 name LUID and TS session in one record."""
    luids = events.select(
        "ord", luid=pl.when(C("kind") == "sysmon_1").then("actor_luid").otherwise("target_luid")
    )
    return (
        marked.filter(
            C("kind").cast(pl.String).str.starts_with("security_480") | (C("mark") == "process")
        )
        .join(luids.filter(C("luid") > 0x3E7), on="ord", how="inner")
        .with_columns(
            rank=pl.when(C("mark") == "process").then(2).otherwise(1),
            dt=pl.lit(0, pl.Int64),
            bound_by=C("kind").cast(pl.String),
        )
        .unique(["boot", "luid", "rank", "ts_id", "ordinal"], keep="first", maintain_order=True)
        .select(_SHAPE)
    )


def _by_reconnect(events: pl.DataFrame, marked: pl.DataFrame) -> pl.DataFrame:
    """4778 stands beside LSM 25, 4779 beside LSM 24, of the same user and address."""
    station = events.filter(
        C("kind").is_in(["security_4778", "security_4779"]) & C("target_luid").is_not_null()
    ).select(
        "boot", "time_us", "sam", "address", station="ord", luid="target_luid",
        sign=pl.when(C("kind") == "security_4778").then(pl.lit("lsm_25")).otherwise(
            pl.lit("lsm_24")
        ),
    )
    lsm = marked.filter(C("kind").is_in(["lsm_24", "lsm_25"])).join(
        events.select("ord", "sam", "address"), on="ord", how="left"
    ).with_columns(sign=C("kind").cast(pl.String)).select(
        "boot", "ts_id", "ordinal", "ord", "sam", "sign", lsm_us="time_us", lsm_from="address"
    )
    near = within(
        station, lsm, on=["boot", "sam", "sign"], time=("time_us", "lsm_us"),
        before_us=BESIDE_US, after_us=BESIDE_US,
    ).with_columns(dt=C("dt") + pl.when(C("address") == C("lsm_from")).then(0).otherwise(1))
    return assign(near, "station", "ord").with_columns(
        rank=pl.lit(3), bound_by=pl.format("security_477x+{}", C("sign"))
    ).select(_SHAPE)


def _by_logon(
    paired: pl.DataFrame, desktops: pl.DataFrame, taken: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """The 4624 of a desktop stands beside its LSM 21, 7001 or 41 of the same user."""
    window = settings.us("security")
    made = (
        paired.filter((C("role") == "desktop") & C("start_us").is_not_null())
        .join(taken, on=["boot", "luid"], how="anti")
        .sort("boot", "start_ord")
        .unique(["boot", "pair"], keep="first", maintain_order=True)
        .select(
            "boot", "pair", "sam", "sid", at_us="start_us", at_ord="start_ord",
            remote=C("logon_type").is_in([10, 12]),
        )
        .with_row_index("made")
    )
    anchor = desktops.select(
        "boot", "ts_id", "ordinal", desk_sam="sam", desk_sid="sid",
        anchor_us=pl.coalesce("logon_us", "notice_us", "opening_us"),
        known=pl.when(C("logon_us").is_not_null()).then(0).otherwise(1),
    ).filter(C("anchor_us").is_not_null()).with_row_index("desk")
    near = within(
        made, anchor, on=["boot"], time=("at_us", "anchor_us"),
        before_us=window, after_us=window,
    ).filter(
        (C("sam") == C("desk_sam")).fill_null(value=False)
        | (C("sid") == C("desk_sid")).fill_null(value=False)
    )
    chosen = assign(near, "made", "desk")
    halves = paired.select("boot", "luid", "pair")
    return (
        chosen.join(halves, on=["boot", "pair"], how="inner")
        .with_columns(
            rank=pl.when(C("remote")).then(4).otherwise(5),
            bound_by=pl.lit("security_4624~desktop"),
        )
        .select(_SHAPE)
    )


def _by_logoff(
    events: pl.DataFrame, marked: pl.DataFrame, taken: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """A 4647 of an unbound LUID stands beside LSM 23 or System 7002 of the same user."""
    window = settings.us("end")
    said = (
        events.filter((C("kind") == "security_4647") & C("target_luid").is_not_null())
        .select("boot", "time_us", "sam", "target_sid", luid="target_luid", said="ord")
        .join(taken, on=["boot", "luid"], how="anti")
    )
    done = marked.filter(C("kind").is_in(["lsm_23", "winlogon_7002"])).join(
        events.select("ord", done_sam="sam", done_sid="target_sid"), on="ord", how="left"
    ).select("boot", "ts_id", "ordinal", "ord", "done_sam", "done_sid", done_us="time_us")
    near = within(
        said, done, on=["boot"], time=("time_us", "done_us"), before_us=window, after_us=window
    ).filter(
        (C("sam") == C("done_sam")).fill_null(value=False)
        | (C("target_sid") == C("done_sid")).fill_null(value=False)
    )
    return assign(near, "said", "ord").with_columns(
        rank=pl.lit(6), bound_by=pl.lit("security_4647~logoff")
    ).select(_SHAPE)


