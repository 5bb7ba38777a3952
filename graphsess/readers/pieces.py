"""Kept records as columns, however a reader came by them.

Most readers have every field as text. The EVTX reader takes numbers as numbers, and of texts hands
over each distinct one once; so a column may be spelled in up to three ways, and
`graphsess.events.normalise` reads each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from graphsess.catalogue import COLUMNS, Form
from graphsess.readers.tables import LOGGED

BODIES: dict[str, pl.DataType] = {
    "form": pl.String(),
    "body": pl.Binary(),
    "template": pl.String(),
}
"""Records as logged. `form` is json, xml or binxml: of the last, `body` are a record's values and
`template` what they stand in, see `graphsess.readers.evtx.bodies`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some kept records of a unit; `position` orders those of all its pieces.

    Attributes:
        logged: A row a record: `position`, and columns of `graphsess.readers.tables.LOGGED`. Text
            is as the log has it, whole numbers are numbers; `time` and other times then are
            microseconds since 1970.
        coded: The same rows: columns of text as indices into `texts`. A column may stand in both,
            then a row says something in one of them only.
        texts: Texts, the first of which is null.
        bodies: The same rows as logged, schema `BODIES`; without rows where nobody wants them.
    """

    logged: pl.DataFrame
    coded: pl.DataFrame = field(default_factory=pl.DataFrame)
    texts: pl.Series = field(default_factory=lambda: pl.Series("texts", [None], pl.String()))
    bodies: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BODIES))


def in_order(pieces: Sequence[Piece]) -> pl.Series:
    """Which rows of the pieces, taken one after the other, come first, second, … in the file."""
    positions = pl.concat([piece.logged["position"] for piece in pieces])
    return positions.arg_sort()


def as_logged(pieces: Sequence[Piece]) -> pl.DataFrame:
    """The bodies of all pieces, schema `BODIES`, in file order."""
    if not pieces:
        return pl.DataFrame(schema=BODIES)
    bodies = pl.concat([piece.bodies for piece in pieces])
    return bodies[in_order(pieces)] if bodies.height else bodies


def column_of(table: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Series:
    """A column; nulls where the table lacks it."""
    if name in table.columns:
        return table[name]
    return pl.Series(name, [None], dtype).new_from_index(0, table.height)


def as_text(pieces: Sequence[Piece]) -> pl.DataFrame:
    """All pieces as one table of text, schema `LOGGED`, in file order: to be looked at."""
    parts = [_text(piece) for piece in pieces]
    if not parts:
        return pl.DataFrame(schema=LOGGED)
    return pl.concat(parts)[in_order(pieces)]


def _text(piece: Piece) -> pl.DataFrame:
    columns = []
    for name, dtype in LOGGED.items():
        column = column_of(piece.logged, name, dtype)
        if dtype == pl.String and column.dtype != pl.String:
            column = _time(column) if name in _TIMES else column.cast(pl.String)
        if name in piece.coded.columns:
            column = piece.texts.gather(piece.coded[name]).fill_null(column)
        columns.append(column.alias(name).cast(dtype))
    return pl.DataFrame(columns)


_TIMES = ("time", *(name for name, column in COLUMNS.items() if column.form is Form.TIME))


def _time(us: pl.Series) -> pl.Series:
    return us.cast(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
