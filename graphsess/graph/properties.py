"""How a column of a case's table becomes properties of a node, and back without loss.

A text, whole number, truth or list of them is a property of the same name; null is a property that
is not there. A list of records is one list a field, `disconnected_start_us` beside
`disconnected_end_us`: the graph knows no lists of records and no null inside a list. A text that
is null there is the empty text, which no column ever holds; a number can only lack at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class Form(StrEnum):
    """What a property holds."""

    TEXT = "text"
    WHOLE = "whole number"
    TRUTH = "true or false"
    TEXTS = "list of texts"
    WHOLES = "list of whole numbers"


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a node or relationship.

    Attributes:
        name: As Cypher says it.
        form: What it holds; never null, for then it is not there.
        column: Column of the table that it comes from; None where it is in no table.
        part: Field of the records that a list column holds; None for plain columns.
    """

    name: str
    form: Form
    column: str | None = None
    part: str | None = None


_FORMS: dict[pl.DataType, Form] = {
    pl.String(): Form.TEXT,
    pl.Int64(): Form.WHOLE,
    pl.Int32(): Form.WHOLE,
    pl.Boolean(): Form.TRUTH,
    pl.List(pl.String()): Form.TEXTS,
    pl.List(pl.Int64()): Form.WHOLES,
}


def properties_of(column: str, dtype: pl.DataType, name: str | None = None) -> list[Property]:
    """The properties that a column becomes: one, or one a field of its records.

    Args:
        column: Its name in the table.
        dtype: Its type.
        name: What it is called in the graph, where not as in the table.
    """
    said = name or column
    if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct):
        return [
            Property(f"{said}_{part.name}", _listed(part.dtype), column, part.name)
            for part in dtype.inner.fields
        ]
    return [Property(said, _FORMS[dtype], column)]


def _listed(dtype: object) -> Form:
    return Form.TEXTS if dtype == pl.String else Form.WHOLES
