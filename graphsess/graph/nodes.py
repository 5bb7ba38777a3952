"""Rows of a case's tables as nodes of the graph, and back.

A frame of nodes has `id`, `whole_id` (null unless `id` is cut) and the label's properties.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphsess.case.schema import TABLES
from graphsess.graph.ids import short
from graphsess.graph.kinds import Label
from graphsess.graph.properties import Form, Property
from graphsess.graph.schema import ID, LABELS, WHOLE_ID

C = pl.col
TYPES: dict[Form, pl.DataType] = {
    Form.TEXT: pl.String(),
    Form.WHOLE: pl.Int64(),
    Form.TRUTH: pl.Boolean(),
    Form.TEXTS: pl.List(pl.String()),
    Form.WHOLES: pl.List(pl.Int64()),
}
NONE = ""
"""A text that is null inside a list; no column ever holds it as a value."""


def nodes(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The nodes of a label out of rows of its table.

    Args:
        name: The label.
        rows: With the table's columns; those of properties that are in no table may be there.
    """
    label = LABELS[name]
    whole = _ids(label, rows).alias(WHOLE_ID)
    made = [
        _as_property(rows, found)
        for found in label.properties
        if (found.column or found.name) in rows.columns
    ]
    ids = whole if label.after else short(whole)
    return pl.DataFrame([ids.alias(ID), whole, *made]).with_columns(
        pl.when(C(WHOLE_ID) != C(ID)).then(WHOLE_ID).alias(WHOLE_ID)
    )


def rows(name: str, found: pl.DataFrame) -> pl.DataFrame:
    """The rows of a label's table out of its nodes; of the columns whose properties are there.

    Args:
        name: The label.
        found: With `id`, `whole_id` and properties of the label.
    """
    label = LABELS[name]
    made: list[pl.Expr] = []
    for column, dtype in TABLES[str(label.table)].columns.items():
        parts = [it for it in label.properties if it.column == column]
        if label.key == (column,):
            made.append(pl.coalesce(WHOLE_ID, ID).cast(dtype).alias(column))
        elif parts and parts[0].name in found.columns:
            made.append(_as_column(parts, dtype).cast(dtype).alias(column))
    return found.select(made)


def _ids(label: Label, rows: pl.DataFrame) -> pl.Series:
    if not label.after:
        return rows.select(_key(label.key)).to_series()
    first, *others = label.key
    begun = short(rows[first]).str.replace(r"^[^|]*", label.after)
    return rows.select(pl.concat_str(begun, *others, separator="|")).to_series()


def _key(columns: Sequence[str]) -> pl.Expr:
    if len(columns) == 1:
        return C(columns[0])
    escaped = [
        C(name).cast(pl.String).fill_null("-")
        .str.replace_all("%", "%25", literal=True).str.replace_all("|", "%7C", literal=True)
        for name in columns
    ]  # fmt: skip
    return pl.concat_str(escaped, separator="|")


def _as_property(rows: pl.DataFrame, found: Property) -> pl.Series:
    column = rows[found.column or found.name]
    if found.part is None:
        return column.cast(TYPES[found.form]).alias(found.name)
    parts = column.list.eval(pl.element().struct.field(found.part))
    if found.form is Form.TEXTS:
        return parts.list.eval(pl.element().fill_null(NONE)).alias(found.name)
    kept = parts.list.drop_nulls()
    inner = pl.DataFrame({"all": parts, "kept": kept}).filter(
        C("all").list.head(C("kept").list.len()) != C("kept")
    )
    if inner.height:
        raise ValueError(f"{found.name}: only the last number of a list may be missing")
    return kept.cast(TYPES[found.form]).alias(found.name)


def _as_column(parts: list[Property], dtype: pl.DataType) -> pl.Expr:
    if parts[0].part is None:
        return C(parts[0].name)
    names = [it.name for it in parts]
    assert isinstance(dtype, pl.List)  # noqa: S101 - by properties_of

    def joined(row: dict[str, list[object] | None]) -> list[dict[str, object]] | None:
        lists = [row[name] for name in names]
        if all(it is None for it in lists):
            return None
        length = max(len(it or ()) for it in lists)
        return [
            {
                str(part.part): _item(values, place, part)
                for part, values in zip(parts, lists, strict=True)
            }
            for place in range(length)
        ]

    return pl.struct(names).map_elements(joined, return_dtype=dtype, skip_nulls=False)


def _item(values: list[object] | None, place: int, part: Property) -> object:
    if values is None or place >= len(values):
        return None
    value = values[place]
    return None if part.form is Form.TEXTS and value == NONE else value
