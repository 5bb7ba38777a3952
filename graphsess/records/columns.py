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
    if isinstance(numbers.dtype, pl.List):
        lists = [None if row is None else [_luid(n) for n in row] for row in numbers.to_list()]
        return pl.Series(numbers.name, lists, pl.List(pl.String()))
    texts = [None if n is None else _luid(n) for n in numbers.to_list()]
    return pl.Series(numbers.name, texts, pl.String())


def worded(codes: pl.Series, words: Callable[[str | None], str | None]) -> pl.Series:
    """A column of codes in words."""
    known = {code: words(code) for code in codes.unique().to_list()}
    return pl.Series(codes.name, [known[code] for code in codes.to_list()], pl.String())


def written(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every moment, however deep, as ISO text with six decimals and Z."""
    return frame.with_columns(
        _text(pl.col(name), kind) for name, kind in frame.schema.items() if _holds_moments(kind)
    )


def _luid(number: int) -> str:
    return f"{number & 0xFFFF_FFFF_FFFF_FFFF:#x}"


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
