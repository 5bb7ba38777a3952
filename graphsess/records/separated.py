"""Records as rows of cells, a column at a time: what CSV and TSV are made of.

No cell is a formula to a spreadsheet, and none breaks out of its place: the same as `formats.cell`
and `formats.line` make of single values, for whole tables.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson
import polars as pl

Cell = Callable[[object], str]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, or hides one behind."""
_BEGINS = r"\A[=+\-@\t\r\n]"
_EMPTY_LIST = "[]"


def rows(frame: pl.DataFrame, delimiter: str, cell: Cell) -> pl.Series:
    """Each row as text without its end of line.

    Args:
        frame: Records whose moments are text already.
        delimiter: What stands between two cells.
        cell: What makes the text of a value that is of no common type.
    """
    texts = [_texts(frame[name], delimiter, cell) for name in frame.columns]
    whole = pl.DataFrame({str(at): text for at, text in enumerate(texts)})
    return whole.select(pl.concat_str(pl.all(), separator=delimiter)).to_series()


def _texts(values: pl.Series, delimiter: str, cell: Cell) -> pl.Series:
    kind = values.dtype
    if isinstance(kind, pl.Boolean) or kind.is_integer():
        return values.cast(pl.String).fill_null("")
    if isinstance(kind, pl.String):
        guarded = values.to_frame("text").select(
            pl.when(pl.col("text").str.contains(_BEGINS)).then("'" + pl.col("text"))
            .otherwise("text").fill_null("")
        )  # fmt: skip
        return _quoted(guarded.to_series(), delimiter)
    if isinstance(kind, (pl.List, pl.Struct)):
        return _quoted(_nested(values), delimiter)
    return _quoted(pl.Series([cell(one) for one in values.to_list()], dtype=pl.String()), delimiter)


def _nested(values: pl.Series) -> pl.Series:
    """Lists and objects as JSON; a list without items is told without looking into it."""
    bare = values.is_null()
    if isinstance(values.dtype, pl.List):
        bare |= (values.list.len() == 0).fill_null(value=False)
    told = [orjson.dumps(one).decode() for one in values.filter(~bare).to_list()]
    empty = pl.select(pl.when(values.is_null()).then(pl.lit("")).otherwise(pl.lit(_EMPTY_LIST)))
    return empty.to_series().scatter((~bare).arg_true(), pl.Series(told, dtype=pl.String()))


def _quoted(texts: pl.Series, delimiter: str) -> pl.Series:
    """Python's csv leaves a bare carriage return unquoted, which ends a row early."""
    text = pl.col("text")
    odd = text.str.contains_any(['"', "\r", "\n", delimiter])
    quoted = '"' + text.str.replace_all('"', '""', literal=True) + '"'
    return texts.to_frame("text").select(pl.when(odd).then(quoted).otherwise(text)).to_series()
