"""Artefacts whose time is coarse, or a stretch: all sessions that overlap, each with its share.

Events:  artefacts of other tools: a date only, begin and end, an hour that came twice
Key:     desktop, account or host, and the stretch of time
Order:   by share of the stretch
Limits:  a stretch that lies in two sessions has no session, but candidates
See:     rule R7.3
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity.accounts import is_service
from graphsess.derive.activity.ground import NEVER, Ground
from graphsess.derive.activity.guesses import (
    ELSEWHERE,
    MOST_CANDIDATES,
    TIME,
    USER,
    account_pairs,
)
from graphsess.derive.activity.placement import overlapping

C = pl.col


def spread(
    clues: pl.DataFrame, identity: pl.DataFrame, ground: Ground
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What coarse times leave open: n → session or none, method, confidence; and all candidates.

    A row that a key maps to one session without a desktop is not among them.

    Args:
        clues: Schema CLUES, on the clock; only those with a width are looked at.
        identity: Of `identified`.
        ground: What to join to.
    """
    wide = _in_each_boot(
        clues.filter(C("width_us") > 0)
        .join(identity.select("n", "local", "direct", "fixed", "method", "confidence"), on="n")
        .with_columns(until=C("at") + C("width_us")),
        ground,
    )
    visits = ground.visits.select(
        "local", "place", "begin", "end", "class", "session", span="session"
    )
    at_desk = wide.filter(C("local").is_not_null() & C("fixed").is_null()).unique(
        "n", keep="first", maintain_order=True
    )
    by_desk = overlapping(at_desk, visits, on="local", most=MOST_CANDIDATES).join(
        at_desk.select("n", "method", base="confidence"), on="n"
    ).rename({"span": "session"})
    open_ = wide.filter(C("method").is_null())
    who = open_.filter(
        (C("sid").is_not_null() | C("sam").is_not_null()) & ~is_service(C("sid"), C("sam"))
    )
    by_account = _of_account(who, ground, visits)
    rest = open_.filter(
        ~C("machine")
        & ((C("sid").is_null() & C("sam").is_null()) | is_service(C("sid"), C("sam")))
    )
    by_time = overlapping(
        rest, visits.filter(C("class") == "user"), on="place", most=MOST_CANDIDATES
    ).select("n", session="span", method=pl.lit("time"), base=pl.lit(TIME, pl.Int64))
    pairs = _shares(pl.concat([by_desk, by_account, by_time], how="diagonal"), wide, ground)
    counted = pairs.group_by("n").agg(
        count=pl.len(), session=C("session").first(), method=C("method").first(),
        confidence=C("confidence").max(),
    )
    alone = C("count") == 1
    return (
        counted.select(
            "n", "method", "confidence", session=pl.when(alone).then("session")
        ).sort("n"),
        pairs.join(counted.filter(~alone).select("n"), on="n", how="semi").select(
            "n", "session", "confidence"
        ),
    )


def _in_each_boot(wide: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """A row for each boot that the stretch reaches into."""
    host = ground.places.select("place", "host")
    begins = ground.places.select(
        "host", last="place", begin_us=C("begin_us").fill_null(NEVER)
    ).sort("begin_us")
    return (
        wide.join(host, on="place", how="left")
        .sort("until")
        .join_asof(
            begins, left_on="until", right_on="begin_us", by="host", strategy="backward",
            check_sortedness=False,
        )
        .with_columns(place=pl.int_ranges("place", pl.max_horizontal("place", "last") + 1))
        .explode("place")
        .drop("host", "last", "begin_us")
        .sort("n", "place")
    )


def _of_account(
    who: pl.DataFrame, ground: Ground, visits: pl.DataFrame
) -> pl.DataFrame:
    """n, session, method, base: the account's sessions at its desktops, else its other ones."""
    stays = account_pairs(who, ground, 0).join(
        ground.stays.select("stay", "local", "session"), on="stay", how="left"
    ).with_columns(desk=C("local").is_not_null().any().over("n"))
    method = pl.when(C("by_path")).then(pl.lit("path")).otherwise(pl.lit("user"))
    here = stays.filter(C("local").is_not_null()).select("n", "local").join(
        who.select("n", "at", "until", "by_path"), on="n"
    ).with_row_index("pair").with_columns(C("pair").cast(pl.Int64))
    held = overlapping(
        here.select("at", "until", "local", n="pair"), visits, on="local", most=MOST_CANDIDATES
    ).join(here.select("pair", "by_path", thing="n"), left_on="n", right_on="pair")
    away = stays.filter(~C("desk")).join(who.select("n", "by_path"), on="n")
    return pl.concat(
        [
            held.select("by_path", n="thing", session="span", base=pl.lit(USER, pl.Int64)),
            away.select("by_path", "n", "session", base=pl.lit(ELSEWHERE, pl.Int64)),
        ]
    ).select("n", "session", "base", method=method)


def _shares(pairs: pl.DataFrame, wide: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """n, session, method and confidence: the rung's, times the share of the stretch in it."""
    spans = pl.concat(
        [
            ground.visits.select("session", "begin", "end"),
            ground.stays.filter(C("session").is_not_null()).select("session", "begin", "end"),
        ]
    ).unique("session", keep="first", maintain_order=True)
    shared = (
        pl.min_horizontal("end", "until") - pl.max_horizontal("begin", "at")
    ) / C("width_us")
    return (
        pairs.unique(["n", "session"], keep="first", maintain_order=True)
        .join(wide.select("n", "at", "until", "width_us").unique("n"), on="n")
        .join(spans, on="session", how="left")
        .with_columns(
            confidence=pl.max_horizontal(
                (C("base") * shared.fill_null(0)).floor().cast(pl.Int64), pl.lit(1)
            )
        )
        .select("n", "session", "method", "confidence")
        .sort("n", "confidence", "session", descending=[False, True, False])
    )
