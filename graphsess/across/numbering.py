"""Ids of sessions and hosts as numbers of two sorted lists: less memory, and the same order.

Movement joins and sorts by these ids again and again. A number costs four bytes where an id costs
a hundred, and compares in one step; that the lists are sorted keeps every order as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

C = pl.col
SESSIONS: Mapping[str, tuple[str, ...]] = {
    "sessions": ("id", "parent"),
    "arrivals": ("session",),
    "departures": ("session",),
    "origins": ("session",),
    "executed": ("session",),
    "followed_by_success": ("session",),
}
HOSTS: Mapping[str, tuple[str, ...]] = {
    "sessions": ("host",),
    "departures": ("host", "to_host"),
    "origins": ("source_host",),
    "hosts": ("id",),
    "boots": ("host",),
}
Tables = dict[str, pl.DataFrame]


def numbered(tables: Tables) -> Tables:
    """The tables with every id of a session or host as an item of an `Enum` of all of its kind."""
    for kind in (SESSIONS, HOSTS):
        places = [(table, name) for table, names in kind.items() for name in names]
        items = in_one_list([tables[table][name] for table, name in places])
        for (table, _), column in zip(places, items, strict=True):
            tables = {**tables, table: tables[table].with_columns(column)}
    return tables


def in_one_list(columns: Sequence[pl.Series]) -> list[pl.Series]:
    """The columns with all their texts as items of one sorted `Enum`.

    They are turned over in one piece: each time that polars is given a list of a million items, it
    reads the whole list.
    """
    every = pl.concat([column.cast(pl.String).rename("item") for column in columns])
    numbers = every.cast(pl.Enum(every.unique().drop_nulls().sort()))
    begins = [0]
    for column in columns:
        begins.append(begins[-1] + len(column))
    return [
        numbers[begin : begin + len(column)].alias(column.name)
        for begin, column in zip(begins, columns, strict=False)
    ]


def text(column: str) -> pl.Expr:
    """The id that a number stands for."""
    return C(column).cast(pl.String)


def nothing(column: str) -> pl.Expr:
    """Null, of the type of a column."""
    return pl.when(pl.lit(value=False)).then(column)
