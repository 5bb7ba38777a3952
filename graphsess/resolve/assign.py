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
    if pairs.is_empty():
        return pairs
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
    if left.is_empty() or right.is_empty():
        return _no_pairs(left, right, on, dt=pl.Int64())
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


def any_within(
    left: pl.DataFrame,
    right: pl.DataFrame,
    *,
    on: list[str],
    time: tuple[str, str],
    before_us: int,
    after_us: int,
) -> pl.DataFrame:
    """The rows of `left` that have any row of `right` near, each once; as `within`, without pairs.

    However many lie near each other, it costs no more than sorting both.
    """
    if left.is_empty() or right.is_empty():
        return left.clear()
    marks = right.select(*on, found=time[1]).drop_nulls().sort("found")
    return (
        left.drop_nulls([*on, time[0]])
        .with_columns(begun=C(time[0]) - before_us)
        .sort("begun")
        .join_asof(
            marks, left_on="begun", right_on="found", by=on, strategy="forward",
            check_sortedness=False,
        )
        .filter(C("found") - C(time[0]) <= after_us)
        .select(left.columns)
    )


def inside(
    left: pl.DataFrame, right: pl.DataFrame, *, on: list[str], span: tuple[str, str], time: str
) -> pl.DataFrame:
    """All pairs with equal `on` where right's time lies in left's span, both ends included.

    Only the pairs are made, never the candidates: spans may be long and keys common.

    Args:
        left: With the columns of `span`.
        right: With `time`; other columns than `on` have names of their own.
        on: Key columns, equal on both sides.
        span: First and last moment.
        time: Name of right's time column.
    """
    if left.is_empty() or right.is_empty():
        return _no_pairs(left, right, on)
    placed = right.drop_nulls([*on, time]).sort(*on, time).with_row_index("place")
    marks = placed.select(*on, "place", found=time).sort("found", "place")
    spans = left.drop_nulls([*on, *span]).with_row_index("row")
    begins, ends = (spans.select(*on, "row", at=end).sort("at") for end in span)
    first = begins.join_asof(
        marks, left_on="at", right_on="found", by=on, strategy="forward", check_sortedness=False
    ).select("row", "place")
    last = ends.join_asof(
        marks, left_on="at", right_on="found", by=on, strategy="backward", check_sortedness=False
    ).select("row", "place")
    pairs = (
        first.join(last, on="row", how="inner", suffix="_last")
        .filter(C("place") <= C("place_last"))
        .select("row", place=pl.int_ranges("place", C("place_last") + 1))
        .explode("place")
    )
    return pl.concat(
        [spans[pairs["row"]].drop("row"), placed[pairs["place"]].drop(*on, "place")],
        how="horizontal",
    )


def open_at(
    moments: pl.DataFrame, spans: pl.DataFrame, *, on: list[str], at: str, span: tuple[str, str]
) -> pl.Series:
    """How many spans with equal `on` each moment lies in, both ends included; in order.

    Counted as those that began by then, less those that were over before. A span without an end
    goes on for ever; one that ends before it begins holds nothing.
    """
    if moments.is_empty() or spans.is_empty():
        return pl.zeros(moments.height, pl.Int64, eager=True).alias("count")
    first, last = span
    real = spans.drop_nulls([*on, first]).filter(
        (C(last) >= C(first)).fill_null(value=True)
    )
    place = moments.select(*on, at=at).with_row_index("place").sort("at")
    counts = [pl.Series("none", [0], pl.Int64)]
    for end, exact in ((first, True), (last, False)):
        marks = (
            real.select(*on, end=end)
            .drop_nulls()
            .sort("end")
            .with_columns(count=pl.int_range(1, pl.len() + 1).over(on))
        )
        counts.append(
            place.drop_nulls()
            .join_asof(
                marks, left_on="at", right_on="end", by=on, strategy="backward",
                allow_exact_matches=exact, check_sortedness=False,
            )
            .select("place", "count")
            .join(place.select("place"), on="place", how="right")
            .sort("place")["count"]
            .fill_null(0)
        )
    return counts[1] - counts[2]


def _no_pairs(
    left: pl.DataFrame, right: pl.DataFrame, on: list[str], **more: pl.DataType
) -> pl.DataFrame:
    """No pair, in the shape of a join: most hosts have nothing of most kinds, and joins cost."""
    schema: dict[str, pl.DataType] = dict(left.schema)
    for name, kind in right.schema.items():
        if name not in on:
            schema[f"{name}_right" if name in schema else name] = kind
    return pl.DataFrame(schema={**schema, **more})

