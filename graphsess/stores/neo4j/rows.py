"""Frames of nodes and their ends as rows that statements take, grouped by which ends there are.

A statement matches every end it names, so rows of one shape (the same ends lacking) go together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from graphsess.stores.neo4j.statements import End

C = pl.col
Row = list[Any]
KIND = "kind"


def shapes(
    nodes: pl.DataFrame, ends: pl.DataFrame, arrows: Sequence[End]
) -> Iterator[tuple[tuple[End, ...], list[Row]]]:
    """Each shape and its rows.

    Args:
        nodes: `id` and properties.
        ends: A column for each of `arrows`, and for what it carries; as high as `nodes`.
        arrows: All ends that a node may have.
    """
    ids, props = nodes["id"].to_list(), _maps(nodes)
    named = [end.column for end in arrows]
    mask = ends.select(
        pl.sum_horizontal(
            pl.lit(0), *(C(name).is_not_null().cast(pl.Int64) * (1 << bit)
                         for bit, name in enumerate(named))
        )
    ).to_series()  # fmt: skip
    for shape in mask.unique().sort().to_list():
        present = tuple(end for bit, end in enumerate(arrows) if shape >> bit & 1)
        at = (mask == shape).arg_true()
        columns = [end.column for end in present]
        columns += [name for end in present for name in end.carries]
        tails = ends[at].select(columns).rows() if columns else [()] * at.len()
        yield present, [
            [ids[place], props[place], *tail]
            for place, tail in zip(at.to_list(), tails, strict=True)
        ]


def node_rows(frame: pl.DataFrame) -> list[Row]:
    """Rows of id and properties."""
    return [[row.pop("id"), row] for row in frame.to_dicts()]


def edge_rows(frame: pl.DataFrame) -> list[Row]:
    """Rows of tail, head and properties."""
    carried = frame.drop("start", "end")
    maps: list[dict[str, Any]] = carried.to_dicts() if carried.width else [{}] * frame.height
    return [
        [start, end, props]
        for start, end, props in zip(frame["start"], frame["end"], maps, strict=True)
    ]


def _maps(nodes: pl.DataFrame) -> list[dict[str, Any]]:
    """The properties of each node as a map; columns that a kind never fills are left out of it."""
    props = nodes.drop("id")
    if KIND not in props.columns or not props.height:
        return _filled(props).to_dicts()
    found: list[dict[str, Any]] = [{}] * props.height
    for part in props.with_row_index("place").partition_by(KIND):
        for place, row in zip(part["place"], _filled(part.drop("place")).to_dicts(), strict=True):
            found[place] = row
    return found


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(column for column in frame if column.null_count() < column.len())
