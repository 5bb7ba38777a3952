"""Links between things, each standing for the sessions (or moves) that make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

C = pl.col
LISTED = 200
"""Sessions that a link or a thing names; of more it only has the number."""
_RESOLUTION = 1000
"""A link's stretches closer together than this part of the whole time are one stretch."""
_LEAST_GAP_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of link out of a frame of sessions.

    Attributes:
        tail: Column of where it begins; the label stands in the column `tail_label`.
        type: As the schema or the view calls it.
        head: Column of where it leads, likewise. A list is several things.
        where: Which rows have it; rows without tail or head never do.
        quiet: Drawn only for a thing that is looked at.
    """

    tail: str
    type: str
    head: str
    where: pl.Expr | None = None
    quiet: bool = False


LINK_KEY = ("tail_label", "tail", "head_label", "head", "type", "kind", "got", "quiet")


def links(rows: pl.DataFrame, steps: Sequence[Step]) -> pl.DataFrame:
    """One row a link: its ends, type, kind and what came of it, and the sessions behind it.

    Columns: `LINK_KEY`, `count` (attempts), `first_us`, `last_us`, `risk`, `spans` (list of
    {start_us, end_us} in which it was in use), `sessions` (ids, at most `LISTED`), `paths`
    (numbers of the ways through the graph that use it). Sorted by `LINK_KEY`.

    Args:
        rows: Sessions with id, kind, got, risk, path, start_us, end_us and the steps' columns;
            `weight`, where it is there, is how many attempts a row stands for.
        steps: Which links they make.
    """
    parts = [_part(rows, step) for step in steps]
    told = pl.concat([part for part in parts if part.height] or parts[:1])
    begin = pl.coalesce("start_us", "end_us")
    told = told.with_columns(
        begin=begin, finish=pl.max_horizontal(pl.coalesce("end_us", begin), begin)
    ).sort(*LINK_KEY, "begin", "finish", "id", nulls_last=True)
    gap = _gap(told)
    so_far = C("finish").cum_max().over(LINK_KEY)
    told = told.with_columns(
        opens=(C("begin") > so_far.shift(1).over(LINK_KEY) + gap).fill_null(True).cum_sum()
    )
    stretches = (
        told.filter(C("begin").is_not_null())
        .group_by(*LINK_KEY, "opens", maintain_order=True)
        .agg(start_us=C("begin").min(), end_us=C("finish").max())
        .group_by(*LINK_KEY, maintain_order=True)
        .agg(spans=pl.struct("start_us", "end_us"))
    )
    return (
        told.group_by(*LINK_KEY, maintain_order=True)
        .agg(
            count=C("weight").sum(),
            first_us=C("begin").min(),
            last_us=C("finish").max(),
            risk=C("risk").max(),
            sessions=C("id").unique(maintain_order=True).head(LISTED),
            paths=C("path").unique().sort(),
        )
        .join(stretches, on=LINK_KEY, how="left", maintain_order="left", nulls_equal=True)
        .with_columns(C("spans").fill_null([]))
        .sort(*LINK_KEY, nulls_last=True)
    )


def _part(rows: pl.DataFrame, step: Step) -> pl.DataFrame:
    taken = rows if step.where is None else rows.filter(step.where)
    for column in (step.tail, step.head):
        if isinstance(taken.schema[column], pl.List):
            taken = taken.explode(column)
    made = taken.select(
        tail_label=C(f"{step.tail}_label"),
        tail=C(step.tail),
        head_label=C(f"{step.head}_label"),
        head=C(step.head),
        type=pl.lit(step.type),
        kind="kind",
        got="got",
        quiet=pl.lit(step.quiet),
        id="id",
        risk="risk",
        path="path",
        weight="weight" if "weight" in taken.columns else pl.lit(1, pl.Int64),
        start_us="start_us",
        end_us="end_us",
    )
    return made.filter(C("tail").is_not_null(), C("head").is_not_null())


def _gap(told: pl.DataFrame) -> int:
    whole = told.select(C("finish").max() - C("begin").min()).item()
    return max(_LEAST_GAP_US, (whole or 0) // _RESOLUTION)
