"""One-to-one assignment of candidates: nearest first, ties by position, each used once."""

from __future__ import annotations

import polars as pl

C = pl.col


def assign(pairs: pl.DataFrame, left: str, right: str) -> pl.DataFrame:
    """The pairs of which neither side has a nearer partner; no side stands twice.

    The greedy answer (nearest pair first), worked out for all pairs at once.

    Args:
        pairs: Candidates with `left`, `right` and `dt`, the distance; ties by left, then right.
        left: Name of the one side's key column.
        right: Name of the other's.
    """
    rest = pairs.sort("dt", left, right).with_row_index("rank")
    done = [rest.clear()]
    while rest.height:
        best = rest.filter(
            (C("rank") == C("rank").min().over(left)) & (C("rank") == C("rank").min().over(right))
        )
        done.append(best)
        rest = rest.join(best, on=left, how="anti").join(best, on=right, how="anti")
    return pl.concat(done).drop("rank").sort(left, right)


def within(
    left: pl.DataFrame,
    right: pl.DataFrame,
    *,
    on: list[str],
    time: tuple[str, str],
    before_us: int,
    after_us: int,
) -> pl.DataFrame:
    """All pairs with equal `on` whose times lie near: right - left in [-before_us, after_us].

    Args:
        left: One side.
        right: The other; columns of the same name get the suffix `_right`.
        on: Key columns, equal on both sides.
        time: Name of the time column left and right.
        before_us: How far right may lie before left.
        after_us: How far right may lie after left.

    Returns:
        Both sides' columns and `dt`, the absolute distance in microseconds.
    """
    width = max(before_us, after_us, 1)
    window = "window"
    near = left.with_columns(
        (C(time[0]) // width).alias(window)
    ).with_columns(
        pl.concat_list(C(window) - 1, C(window), C(window) + 1).alias(window)
    ).explode(window)
    other = right.with_columns((C(time[1]) // width).alias(window))
    at = time[1] if time[1] not in left.columns else f"{time[1]}_right"
    gap = C(at) - C(time[0])
    return (
        near.join(other, on=[*on, window], how="inner")
        .filter((gap >= -before_us) & (gap <= after_us))
        .with_columns(dt=gap.abs())
        .drop(window)
    )
