"""The rungs of the ladder without a key: the account and the time, or the time alone.

Events:  any artefact that no key maps
Key:     (boot, account) or boot, and the moment
Order:   an account's desktops, its other sessions, then who sat at the host
Limits:  several at once are candidates, none is chosen
See:     rules R7.1(5)-(6), R7.3, R7.4
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity.accounts import is_service
from graphsess.derive.activity.ground import Ground
from graphsess.derive.activity.placement import overlapping, pairs_at, placed
from graphsess.derive.activity.shapes import CANDIDATES, GUESSED, empty

C = pl.col
USER, TIME = 75, 40
ELSEWHERE = 60
"""An account's own session that is no desktop, where it sits at none: SSH, WinRM, SMB."""
MOST_CANDIDATES = 8
"""So many sessions at once are listed; where more were open, time and account say nothing."""


def by_account(
    clues: pl.DataFrame, ground: Ground, skew_us: int, *, slack: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rung 5: the account's own desktops at the time; elsewhere where it sat at none (R7.4)."""
    who = clues.filter(
        (C("sid").is_not_null() | C("sam").is_not_null()) & ~is_service(C("sid"), C("sam"))
    )
    if who.is_empty():
        return empty(GUESSED), empty(CANDIDATES)
    pairs = account_pairs(who, ground, 0)
    inside, counts = _chosen(pairs)
    near = pairs.clear()
    if slack:
        near = account_pairs(who, ground, skew_us).join(pairs, on=["n", "stay"], how="anti")
    names = who.select("n", "by_path")
    chosen = _placed_stays(who, inside, ground, skew_us)
    grade = pl.when(C("elsewhere")).then(ELSEWHERE).otherwise(USER).cast(pl.Int64)
    method = pl.when(C("by_path")).then(pl.lit("path")).otherwise(pl.lit("user"))
    one = (
        chosen.join(counts.filter(C("count") == 1), on="n", how="semi")
        .join(names, on="n", how="left")
        .with_columns(method=method, confidence=grade)
    )
    several = (
        chosen.join(counts.filter(C("count") > 1), on="n", how="inner")
        .join(names, on="n", how="left")
        .with_columns(confidence=grade // C("count"), method=method)
    )
    undecided = several.group_by("n", maintain_order=True).agg(
        C("method").first(), C("confidence").max()
    )
    beside = _placed_stays(who, near.select("n", "stay"), ground, skew_us).with_columns(
        confidence=pl.lit(USER // 2, pl.Int64)
    )
    listed = pl.concat(
        [
            frame.select("n", "session", C("confidence").cast(pl.Int64)).drop_nulls("session")
            for frame in (several, beside)
        ]
    )
    columns = [name for name in GUESSED if name != "crowd"]
    return (
        pl.concat([one.select(columns), undecided], how="diagonal").with_columns(
            C("confidence").cast(pl.Int64), crowd=pl.lit(value=False)
        ),
        listed,
    )


def account_pairs(who: pl.DataFrame, ground: Ground, slack_us: int) -> pl.DataFrame:
    """Numbers of artefact and stay, and `elsewhere`: the account's own stays at the moment.

    By SID; by name only where one of both sides has no SID, or the artefact knows no more. With
    a column `until`, the stays that have any moment of the stretch.
    """
    names = (
        ground.stays.filter(C("sid").is_not_null() & C("sam").is_not_null())
        .sort("stay")
        .unique("sid", keep="first", maintain_order=True)
        .select("sid", sam_of_sid="sam", realm_of_sid="realm")
    )
    asked = who.join(names, on="sid", how="left").with_columns(
        sam=pl.coalesce("sam", "sam_of_sid"), realm=pl.coalesce("realm", "realm_of_sid")
    )
    spans = ground.stays.with_columns(
        span="stay", begin=C("begin") - slack_us, end=C("end") + slack_us
    )
    made = []
    for name, left, right in (
        ("sid", asked.filter(C("sid").is_not_null()), spans.filter(C("sid").is_not_null())),
        ("sam", asked.filter(C("sid").is_null()), spans),
        ("sam", asked.filter(C("sid").is_not_null()), spans.filter(C("sid").is_null())),
    ):
        key = pl.concat_str(C("place"), pl.lit("|"), C(name))
        points = left.drop_nulls(name).with_columns(key=key)
        there = right.drop_nulls(name).with_columns(key=key)
        if "until" in points.columns:
            pairs = overlapping(points, there, on="key", most=MOST_CANDIDATES)
        else:
            pairs, _ = pairs_at(points, there, on="key", most=MOST_CANDIDATES)
        made.append(
            pairs.rename({"span": "stay"})
            .join(left.select("n", "realm"), on="n", how="left")
            .join(
                ground.stays.select("stay", stay_realm="realm", elsewhere=C("local").is_null()),
                on="stay", how="left",
            )
            .filter(
                (C("realm") == C("stay_realm")).fill_null(value=True)
                if name == "sam"
                else pl.lit(value=True)
            )
            .select("n", "stay", "elsewhere")
        )
    return pl.concat(made).unique(["n", "stay"], keep="first", maintain_order=True).sort(
        "n", "stay"
    )


def _chosen(pairs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The desktops among the pairs, other stays only where an artefact has no desktop; counts."""
    desk = (~C("elsewhere")).any().over("n")
    kept = pairs.filter(~C("elsewhere") | ~desk)
    return kept.select("n", "stay"), kept.group_by("n").agg(count=pl.len().cast(pl.Int64)).sort("n")


def _placed_stays(
    clues: pl.DataFrame, pairs: pl.DataFrame, ground: Ground, skew_us: int
) -> pl.DataFrame:
    """The pairs with the session of each: at the desktop at that moment, or the stay itself."""
    points = (
        pairs.join(clues.select("n", "at", "time_us"), on="n", how="left")
        .join(
            ground.stays.select("stay", "local", direct="session"), on="stay", how="left"
        )
        .rename({"n": "thing"})
        .with_row_index("n")
        .with_columns(C("n").cast(pl.Int64))
    )
    return (
        points.select("n", "thing", "local")
        .join(placed(points, ground, skew_us), on="n", how="left")
        .with_columns(elsewhere=C("local").is_null())
        .sort("n")
        .drop("n")
        .rename({"thing": "n"})
    )


def by_time(
    clues: pl.DataFrame, ground: Ground, skew_us: int, *, slack: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rung 6: the only one who sat at the host then; else the only desktop that was left open."""
    if clues.is_empty():
        return empty(GUESSED), empty(CANDIDATES)
    sat = ground.visits.filter(C("class") == "user").select(
        "place", "local", "begin", "end", span="session"
    )
    open_ = ground.desks.select("place", "begin", "end", span="local")
    pairs, counts = pairs_at(clues, sat, on="place", most=MOST_CANDIDATES)
    attached = pairs.rename({"span": "session"}).join(
        sat.select("local", session="span"), on="session", how="left"
    )
    alone = clues.join(counts.select("n"), on="n", how="anti")
    loose, left = pairs_at(alone, open_, on="place", most=MOST_CANDIDATES)
    both = pl.concat(
        [
            attached.select("n", "local", direct="session"),
            loose.select("n", local="span", direct=pl.lit(None, pl.Int64)),
        ]
    )
    points = (
        both.join(clues.select("n", "at", "time_us"), on="n", how="left")
        .rename({"n": "thing"})
        .with_row_index("n")
        .with_columns(C("n").cast(pl.Int64))
    )
    where = (
        points.select("n", "thing", "local")
        .join(placed(points, ground, skew_us), on="n", how="left")
        .drop("n")
        .rename({"thing": "n"})
        .drop_nulls("session")
    )
    number = pl.concat([counts, left])
    graded = where.join(number, on="n", how="left").with_columns(
        confidence=(TIME // C("count")).cast(pl.Int64), method=pl.lit("time")
    )
    one = graded.filter(C("count") == 1)
    crowd = number.filter(C("count") > 1).select(
        "n", method=pl.lit("time"), confidence=(TIME // C("count")).cast(pl.Int64),
        crowd=C("count") > MOST_CANDIDATES,
    )
    listed = [graded.filter(C("count") > 1).select("n", "session", "confidence")]
    if slack:
        wide, _ = pairs_at(
            clues,
            sat.with_columns(begin=C("begin") - skew_us, end=C("end") + skew_us),
            on="place", most=MOST_CANDIDATES,
        )
        near = wide.rename({"span": "session"}).join(
            attached.select("n", "session"), on=["n", "session"], how="anti"
        )
        listed.append(
            near.select("n", "session", confidence=pl.lit(TIME // 2, pl.Int64))
        )
    columns = [name for name in GUESSED if name != "crowd"]
    return (
        pl.concat([one.select(columns), crowd], how="diagonal").with_columns(
            C("crowd").fill_null(value=False)
        ),
        pl.concat(listed),
    )
