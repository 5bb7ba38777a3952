"""Rows of an ad-hoc query as text: values may be nodes, relationships, paths or lists of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import polars as pl

from graphsess.records.formats import cell, line

Row = Mapping[str, Any]
_DELIMITERS = {"csv": ",", "tsv": "\t"}


def written_rows(columns: Sequence[str], rows: Sequence[Row], form: str) -> Iterator[bytes]:
    """The rows in a format for programs: jsonl, json, csv or tsv."""
    if form in _DELIMITERS:
        delimiter = _DELIMITERS[form]
        yield line(map(cell, columns), delimiter)
        for row in rows:
            yield line((cell(row[name]) for name in columns), delimiter)
    elif form == "json":
        yield orjson.dumps(list(rows), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    else:
        for row in rows:
            yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def as_frame(columns: Sequence[str], rows: Sequence[Row]) -> pl.DataFrame:
    """The rows as a table of texts and numbers for a terminal; whatever is neither is JSON."""
    made = [pl.Series(name, [_plain(row[name]) for row in rows], strict=False) for name in columns]
    return pl.DataFrame(
        [one.cast(pl.String) if one.dtype in (pl.Null, pl.Object) else one for one in made]
    )


def _plain(value: object) -> object:
    simple = value is None or isinstance(value, (str, int, float, bool))
    return value if simple else orjson.dumps(value).decode()
