"""Kept records, gathered into columns: each kind of event by itself, then all in file order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from graphsess.catalogue import KINDS, Kind
from graphsess.readers.pieces import Piece
from graphsess.readers.record import Identity, text
from graphsess.readers.tables import IDENTITY

_EMPTY = frozenset({None, "", "-"})
_ZERO = frozenset({"0", "0x0", "0x00000000"})
_OWN = ("activity_id", "writer_sid", "writer_pid")
_COLUMNS = ("time", "computer", "channel", "provider", "event_id", "version", "record_id", *_OWN)
assert Identity._fields == _COLUMNS  # noqa: S101 - the two tuples are one order

_PICKS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    kind.name: tuple(
        (column, (names,) if isinstance(names, str) else tuple(names))
        for column, names in kind.fields.items()
    )
    for kind in KINDS.values()
}
"""For each kind, which field fills which column, in order of preference."""


class Rows:
    """The kept records of a unit, in the order of their positions.

    A position is a record's place in its file; positions may be added in any order.
    """

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._bodies: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._bodies)

    def add(
        self,
        position: int,
        kind: Kind,
        identity: Identity,
        fields: Mapping[str, Any],
        body: str,
        *,
        carved: bool = False,
    ) -> None:
        """Keep one record: its identity, the fields that the catalogue asks for, its body."""
        picked = [_first(fields, names, column == "status") for column, names in _PICKS[kind.name]]
        self._rows.setdefault(kind.name, []).append((position, carved, *identity, *picked))
        self._bodies.append((position, body))

    def pieces(self, *, raw: bool = True) -> tuple[Piece, ...]:
        """The records in file order, as one piece; none where there are none."""
        parts = [_part(name, self._rows[name]) for name in sorted(self._rows)]
        if not parts:
            return ()
        bodies = [body for _, body in sorted(self._bodies, key=lambda item: item[0])]
        return (
            Piece(
                pl.concat(parts, how="diagonal").sort("position"),
                bodies=_bodies(bodies if raw else []),
            ),
        )


def _bodies(texts: Sequence[str]) -> pl.DataFrame:
    """Records as logged, one JSON or XML text each."""
    body = pl.col("body")
    is_xml = body.str.starts_with("<")
    return pl.DataFrame({"body": texts}, {"body": pl.String()}).select(
        pl.when(is_xml).then(pl.lit("xml")).otherwise(pl.lit("json")).alias("form"),
        body.cast(pl.Binary()),
        pl.lit(None, pl.String()).alias("template"),
    )


def _part(name: str, rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    columns = ("position", "carved", *_COLUMNS, *(column for column, _ in _PICKS[name]))
    values = zip(*rows, strict=True)
    return pl.DataFrame(
        [
            pl.Series(column, list(cells), _TYPES.get(column, pl.String()), strict=False)
            for column, cells in zip(columns, values, strict=True)
        ]
    ).with_columns(kind=pl.lit(name))


_TYPES: dict[str, pl.DataType] = {"position": pl.Int64(), **IDENTITY}


def _first(fields: Mapping[str, Any], names: tuple[str, ...], code: bool) -> str | None:
    """The first field that says something; a status code of zero only where all are zero."""
    fallback = None
    for name in names:
        value = text(fields.get(name))
        if value in _EMPTY:
            fallback = fallback or value
        elif code and value in _ZERO:
            fallback = value
        else:
            return value
    return fallback
