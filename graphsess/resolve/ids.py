"""The parts that ids are made of, so that no id depends on anything but evidence."""

from __future__ import annotations

import polars as pl

C = pl.col


def escaped(part: pl.Expr) -> pl.Expr:
    """A part of an id: `-` where missing; `%` and `|` cannot be taken for separators."""
    return (
        part.cast(pl.String)
        .str.replace_all("%", "%25", literal=True)
        .str.replace_all("|", "%7C", literal=True)
        .fill_null("-")
    )


def instant(us: pl.Expr) -> pl.Expr:
    """A time as a part of an id."""
    return pl.from_epoch(us, time_unit="us").dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ").fill_null("-")


def hexadecimal(number: pl.Expr) -> pl.Expr:
    """A LUID as lower-case hexadecimal text."""
    return pl.format(
        "0x{}",
        number.map_batches(
            lambda values: pl.Series(
                [None if value is None else f"{value:x}" for value in values], dtype=pl.String
            ),
            return_dtype=pl.String,
        ),
    )


def boot_label(boots: pl.DataFrame) -> pl.DataFrame:
    """Boot → its part in the ids of what happened in it."""
    return boots.select(
        "boot",
        label=pl.when(C("start_us").is_not_null())
        .then(instant(C("start_us")).str.slice(0, 19))
        .otherwise(pl.format("before.{}", C("boot"))),
    )
