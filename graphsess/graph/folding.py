"""What does not fit into a picture, folded so that nothing is left out unsaid."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

C = pl.col
FOLDED = "Folded"
"""Label of the one thing that stands for those of a label that did not fit."""


def shares(sizes: Mapping[str, int], limit: int) -> dict[str, int]:
    """How many of each may be shown: all where they fit, else fair parts of the limit.

    What the small ones leave over goes to the big ones. Each gets one at least.
    """
    left, given = limit, {}
    for at, name in enumerate(sorted(sizes, key=lambda name: (sizes[name], name))):
        given[name] = max(1, min(sizes[name], left // (len(sizes) - at)))
        left -= given[name]
    return given


def ranked(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """The things of a column, those that deserve a look first at the top: `key`, `risk`.

    Then those of most sessions; then by first sight and name.
    """
    return (
        rows.filter(C(column).is_not_null())
        .group_by(C(column).alias("key"), maintain_order=True)
        .agg(
            risk=C("risk").max(),
            count=pl.len(),
            first_us=pl.coalesce("start_us", "end_us").min(),
        )
        .sort("risk", "count", "first_us", "key", descending=[True, True, False, False],
              nulls_last=True)
    )  # fmt: skip


def folded(
    rows: pl.DataFrame, column: str, room: int, keep: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """The rows, the things of a column that do not fit turned into one of label `FOLDED`.

    Args:
        rows: With the column, `<column>_label`, risk, start_us and end_us.
        column: Which things.
        room: How many things fit, the folded one counted.
        keep: Things that stay in any case.
    """
    order = ranked(rows, column)["key"]
    if order.len() <= room:
        return rows
    stay = [key for key in order.to_list() if key in keep]
    stay += [key for key in order.to_list() if key not in keep][: max(0, room - 1 - len(stay))]
    away = C(column).is_not_null() & ~C(column).is_in(stay)
    label = C(f"{column}_label")
    return rows.with_columns(
        pl.when(away).then(pl.lit(FOLDED)).otherwise(label).alias(f"{column}_label"),
        pl.when(away).then(label).otherwise(C(column)).alias(column),
    )
