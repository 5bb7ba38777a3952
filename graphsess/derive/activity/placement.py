"""From a desktop and a moment to the session that held it then, and its neighbours.

Events:  those of the sessions
Key:     (local session, order of its sessions)
Order:   on the ground's axis: order of records for the logs, the clock for other tools' artefacts
Limits:  a session that has no end in the logs holds all that follows on its desktop
See:     rules R7.2, R7.3, R5.3
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity.ground import NEVER, UNSURE, Ground
from graphsess.derive.activity.shapes import PLACED, empty
from graphsess.resolve.assign import inside

C = pl.col
OWN_TIME = ("n", "at", "time_us", "local", "direct")
PAIRS: dict[str, pl.DataType] = {"n": pl.Int64(), "span": pl.Int64()}
COUNTS: dict[str, pl.DataType] = {"n": pl.Int64(), "count": pl.Int64()}


def placed(points: pl.DataFrame, ground: Ground, skew_us: int) -> pl.DataFrame:
    """Number → session, whether nobody was attached, and what lies beside; one row a point.

    What happens between two connections belongs to the one before, never to the next: it was
    begun there. Before the first connection a desktop owns only what its own logons do (`direct`).

    Args:
        points: n, at, time_us, local and direct: the session to take where no desktop is known.
        ground: What to join to.
        skew_us: How near to a boundary the neighbour is named too.
    """
    if points.is_empty():
        return empty(PLACED)
    visits = ground.visits.select(
        "local", "begin", "end", "begin_us", "end_kind", "end_earliest_us", "desk_end",
        "previous", "next", "next_us", "logs_from_us", "logs_to_us", held="session",
    ).sort("begin")
    found = (
        points.select(OWN_TIME)
        .filter(C("local").is_not_null())
        .sort("at")
        .join_asof(
            visits, left_on="at", right_on="begin", by="local", strategy="backward",
            check_sortedness=False,
        )
    )
    over = C("at") > C("end")
    closed = over & ((C("at") > C("desk_end")) | (C("end_kind") == "logoff"))
    first = C("held").is_null()
    beyond = ~over & (
        (C("end_kind").is_in(UNSURE) & (C("time_us") > C("end_earliest_us")))
        | (
            C("end_kind").is_in(["open_at_end_of_log", "unobserved"])
            & (C("time_us") > C("logs_to_us"))
        )
        | ((C("begin") == NEVER) & (C("time_us") < C("logs_from_us")))
    )
    near_begin = (C("time_us") - C("begin_us")).abs() <= skew_us
    near_next = (C("next_us") - C("time_us")).abs() <= skew_us
    at_desk = found.select(
        "n",
        session=pl.coalesce("held", "direct"),
        while_disconnected=(~first & over & ~closed).fill_null(value=False),
        after_end=(~first & closed).fill_null(value=False),
        beyond=(~first & beyond).fill_null(value=False),
        before=pl.when(near_begin).then("previous"),
        after=pl.when(near_next).then("next"),
    )
    no = pl.lit(value=False)
    nothing = pl.lit(None, pl.Int64)
    rest = points.filter(C("local").is_null()).select(
        "n", session="direct", while_disconnected=no, after_end=no, beyond=no, before=nothing,
        after=nothing,
    )
    return pl.concat([at_desk, rest]).sort("n")


def pairs_at(
    points: pl.DataFrame, spans: pl.DataFrame, *, on: str, most: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Which spans each point lies in, both ends included, and how many they are.

    Where more than `most` lie, they are counted and not listed. It costs what sorting costs, and
    the pairs.

    Args:
        points: n, at and the key column.
        spans: span, begin, end and the key column.
        on: Name of the key column.
        most: Longest list.

    Returns:
        Pairs (n, span), and counts (n, count) of the points that lie in any.
    """
    if points.is_empty() or spans.is_empty():
        return empty(PAIRS), empty(COUNTS)
    real = spans.select(on, "span", "begin", "end").drop_nulls()
    edges = (
        pl.concat(
            [
                real.select(on, edge="begin", step=pl.lit(1, pl.Int64)),
                real.select(on, edge=C("end") + 1, step=pl.lit(-1, pl.Int64)),
            ]
        )
        .group_by(on, "edge")
        .agg(C("step").sum())
        .sort(on, "edge")
        .with_columns(count=C("step").cum_sum())  # a key's steps are none in sum
        .with_row_index("segment")
        .with_columns(C("segment").cast(pl.Int64))
        .select(on, "edge", "count", "segment")
    )
    by_edge = edges.sort("edge")
    where = (
        points.select("n", "at", on)
        .drop_nulls()
        .sort("at")
        .join_asof(
            by_edge, left_on="at", right_on="edge", by=on, strategy="backward",
            check_sortedness=False,
        )
        .filter(C("count") > 0)
    )
    hit = where.filter(C("count") <= most).select("segment").unique()
    begins = real.join(
        edges.select(on, "segment", begin="edge"), on=[on, "begin"], how="left"
    ).join(
        edges.select(on, after="segment", end=C("edge") - 1), on=[on, "end"], how="left"
    )
    cover = (
        begins.select("span", segment=pl.int_ranges("segment", "after"))
        .explode("segment")
        .join(hit, on="segment", how="semi")
    )
    pairs = where.filter(C("count") <= most).select("n", "segment").join(
        cover, on="segment", how="inner"
    ).select("n", "span").sort("n", "span")
    return pairs, where.select("n", "count").sort("n")


def overlapping(
    points: pl.DataFrame, spans: pl.DataFrame, *, on: str, most: int
) -> pl.DataFrame:
    """Pairs (n, span) where the stretch from `at` to `until` has a moment in common with the span.

    Args:
        points: n, at, until and the key column.
        spans: span, begin, end and the key column.
        on: Name of the key column.
        most: Longest list at one moment.
    """
    held, _ = pairs_at(points, spans, on=on, most=most)
    begun = inside(
        points.select("n", "until", key=on, after=C("at") + 1).filter(
            C("until") >= C("after")
        ),
        spans.select("span", "begin", key=on), on=["key"], span=("after", "until"), time="begin",
    )
    return pl.concat([held, begun.select("n", "span")]).unique().sort("n", "span")
