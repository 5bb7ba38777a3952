"""Records as text: JSON lines, JSON, CSV and TSV. Tables for people are the report's affair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import orjson
import polars as pl

from graphsess.records.columns import written
from graphsess.records.separated import FORMULA, rows

ROWS_AT_ONCE = 5_000
"""How many records are in memory as Python values at a time."""


def jsonl(frame: pl.DataFrame) -> Iterator[bytes]:
    """One JSON object a line."""
    for record in _plain(frame):
        yield orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def json(frame: pl.DataFrame) -> Iterator[bytes]:
    """One JSON list of all records."""
    before = b"[\n"
    for record in _plain(frame):
        yield before + orjson.dumps(record)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def csv_text(frame: pl.DataFrame) -> Iterator[bytes]:
    """Comma-separated, with a header; lists and objects as JSON in their cell."""
    return _separated(frame, ",")


def tsv_text(frame: pl.DataFrame) -> Iterator[bytes]:
    """The same with tabs."""
    return _separated(frame, "\t")


FORMATS: Mapping[str, Callable[[pl.DataFrame], Iterator[bytes]]] = MappingProxyType(
    {"jsonl": jsonl, "json": json, "csv": csv_text, "tsv": tsv_text}
)
"""Every format for programs by its name."""


def cell(value: object) -> str:
    """A value as the text of one spreadsheet cell, which no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if text.startswith(FORMULA) else text


def _separated(frame: pl.DataFrame, delimiter: str) -> Iterator[bytes]:
    yield line(frame.columns, delimiter)
    for part in frame.iter_slices(ROWS_AT_ONCE):
        yield ("\n".join(rows(written(part), delimiter, cell).to_list()) + "\n").encode()


def line(cells: Iterable[str], delimiter: str) -> bytes:
    """A row of cells; Python's csv leaves a bare carriage return unquoted, which ends it early."""
    odd = ('"', "\r", "\n", delimiter)
    quoted = (
        '"' + text.replace('"', '""') + '"' if any(char in text for char in odd) else text
        for text in cells
    )
    return (delimiter.join(quoted) + "\n").encode()


def _plain(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for part in frame.iter_slices(ROWS_AT_ONCE):
        yield from written(part).to_dicts()
