"""How values of the tables become values of records: times, LUIDs, names, words."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

MOMENT = pl.Datetime("us", "UTC")
"""The type of every time in a frame of records, until it is written out."""
_ISO = "%Y-%m-%dT%H:%M:%S%.6fZ"


def moment(column: str) -> pl.Expr:
    """A column of microseconds as moments."""
    return pl.col(column).cast(MOMENT)


def stretches(column: str) -> pl.Expr:
    """A list of `{start_us, end_us}` as a list of `{start, end}`."""
    item = pl.element().struct
    return pl.col(column).list.eval(
        pl.struct(
            item.field("start_us").cast(MOMENT).alias("start"),
            item.field("end_us").cast(MOMENT).alias("end"),
        )
    )


def luids(numbers: pl.Series) -> pl.Series:
    """LUIDs as lower-case hexadecimal text; a list of them as a list of texts."""
    nested = isinstance(numbers.dtype, pl.List)
    flat = numbers.explode(empty_as_null=False) if nested else numbers
    known = flat.unique().drop_nulls()
    if known.is_empty():
        return numbers.cast(pl.List(pl.String()) if nested else pl.String())
    texts = _hexadecimal(known.cast(pl.Int64()))

    def text(value: pl.Expr) -> pl.Expr:
        return value.replace_strict(known, texts, return_dtype=pl.String())

    column = pl.col(numbers.name)
    frame = numbers.to_frame()
    return frame.select(
        column.list.eval(text(pl.element())) if nested else text(column)
    ).to_series()


def worded(codes: pl.Series, words: Callable[[str | None], str | None]) -> pl.Series:
    """A column of codes in words."""
    known = codes.unique().drop_nulls()
    texts = pl.Series([words(code) for code in known.to_list()], dtype=pl.String())
    return codes.replace_strict(known, texts, return_dtype=pl.String()) if known.len() else codes


def written(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every moment, however deep, as ISO text with six decimals and Z."""
    return frame.with_columns(
        _text(pl.col(name), kind) for name, kind in frame.schema.items() if _holds_moments(kind)
    )


def _hexadecimal(numbers: pl.Series) -> pl.Series:
    """`0x` and the digits of each number; one below zero as the 64 bits that it stands for."""
    import numpy as np

    octets = numbers.to_numpy().astype(">i8").tobytes()
    digits = np.frombuffer(octets.hex().encode("ascii"), dtype="S16").astype("U16")
    return pl.select("0x" + pl.lit(pl.Series(digits)).str.replace("^0{1,15}", "")).to_series()


def _holds_moments(kind: pl.DataType) -> bool:
    if isinstance(kind, pl.List):
        return _holds_moments(_inner(kind))
    if isinstance(kind, pl.Struct):
        return any(_holds_moments(_inner(field)) for field in kind.fields)
    return isinstance(kind, pl.Datetime)


def _text(value: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if isinstance(kind, pl.Datetime):
        return value.dt.strftime(_ISO)
    if isinstance(kind, pl.List):
        return value.list.eval(_text(pl.element(), _inner(kind)))
    if isinstance(kind, pl.Struct):
        changed = [
            _text(value.struct.field(field.name), _inner(field)).alias(field.name)
            for field in kind.fields
            if _holds_moments(_inner(field))
        ]
        return value.struct.with_fields(changed)
    return value


def _inner(of: pl.List | pl.Field) -> pl.DataType:
    inner = of.inner if isinstance(of, pl.List) else of.dtype
    return inner if isinstance(inner, pl.DataType) else inner()
