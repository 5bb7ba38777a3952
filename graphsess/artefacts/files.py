"""Files of dated artefacts: CSV and its kin, JSON lines and JSON, as columns.

A row that does not fit its header, or a line that is no JSON, is counted and named, never lost.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from graphsess.errors import GraphsessError

_SIGNS = (",", "\t", ";", "|")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SNIFF = 1 << 16
csv.field_size_limit(1 << 27)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one file.

    Attributes:
        frame: Its columns as written, CSV all as text, and `#`, the number of the row from 1.
        bad: Numbers of rows that could not be read.
        kind: csv, tsv or json.
    """

    frame: pl.DataFrame
    bad: tuple[int, ...]
    kind: str


NUMBER = "#"


def rows(content: bytes, name: str) -> Rows:
    """The rows of a file, told by its first character.

    Raises:
        GraphsessError: it holds no rows, or is no text.
    """
    text = _text(content, name)
    first = text.lstrip()[:1]
    if not first:
        raise GraphsessError(f"{name} is empty; hand over a CSV or JSON lines with a time in each")
    if first in "[{":
        return _json(text, name)
    return _csv(text, name)


def _text(content: bytes, name: str) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if content[:_SNIFF].count(b"\0"):
        raise GraphsessError(
            f"{name} is no text; hand over a CSV or JSON lines, as other tools export them"
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _csv(text: str, name: str) -> Rows:
    sign = _separator(text[:_SNIFF])
    kind = "tsv" if sign == "\t" else "csv"
    header = next(csv.reader(io.StringIO(text, newline=""), delimiter=sign), [])
    frame = _at_once(text, sign, len(header))
    if frame is None:
        return _csv_by_row(text, sign, name)
    return Rows(_numbered(frame, _headers(header)), (), kind)


def _at_once(text: str, sign: str, width: int) -> pl.DataFrame | None:
    """The rows, or None where any of them has not as many fields as the header.

    Rows that are too long are an error; those that are too short lack signs in all, beside the
    signs that stand inside of fields.
    """
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode("utf-8")), separator=sign, infer_schema=False
        )
    except pl.exceptions.PolarsError:
        return None
    if not frame.height or frame.width != width:
        return None
    inside = frame.select(pl.all().str.count_matches(sign, literal=True).sum()).sum_horizontal()
    between = text.count(sign) - int(inside[0]) - sum(name.count(sign) for name in frame.columns)
    return frame if between == (frame.height + 1) * (width - 1) else None


def _csv_by_row(text: str, sign: str, name: str) -> Rows:
    """The careful way, some ten times slower: every row of another width is told."""
    reader = csv.reader(io.StringIO(text.replace("\0", "�"), newline=""), delimiter=sign)
    header = next(reader, [])
    kept: list[list[str]] = []
    bad: list[int] = []
    numbers: list[int] = []
    try:
        for number, row in enumerate(reader, 1):
            if len(row) == len(header):
                kept.append(row)
                numbers.append(number)
            elif row:
                bad.append(number)
    except csv.Error as error:
        raise GraphsessError(f"{name} cannot be read as CSV: {error}") from error
    if not kept and not bad:
        raise GraphsessError(f"{name} has a header and no rows")
    names = _headers(header)
    columns = zip(*kept, strict=True) if kept else ([] for _ in names)
    frame = pl.DataFrame(
        [pl.Series(name, list(values), pl.String) for name, values in zip(
            names, columns, strict=True)],
    ).with_columns(pl.Series(NUMBER, numbers, pl.Int64))
    return Rows(frame, tuple(bad), "tsv" if sign == "\t" else "csv")


def _json(text: str, name: str) -> Rows:
    bad: list[int] = []
    if text.lstrip().startswith("["):
        try:
            items: Iterable[Any] = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise GraphsessError(f"{name} is no JSON: {error}") from error
    else:
        items = (_object(line) for line in text.split("\n") if line.strip())
    columns: dict[str, list[Any]] = defaultdict(list)
    numbers: list[int] = []
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            bad.append(number)
            continue
        for key, value in _flat(item):
            column = columns[key]
            if len(column) <= len(numbers):
                column.extend([None] * (len(numbers) - len(column)))
                column.append(value)
        numbers.append(number)
    if not numbers:
        raise GraphsessError(f"{name} holds no JSON object; hand over one a line")
    for column in columns.values():
        column.extend([None] * (len(numbers) - len(column)))
    frame = pl.DataFrame([_series(key, values) for key, values in columns.items()])
    return Rows(frame.with_columns(pl.Series(NUMBER, numbers, pl.Int64)), tuple(bad), "json")


def _object(line: str) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _flat(item: dict[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    """Keys and values; what lies in an object is named `outer.inner`, a list is JSON text."""
    for key, value in item.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, list):
            yield name, orjson.dumps(value).decode()
        else:
            yield name, value


def _series(key: str, values: list[Any]) -> pl.Series:
    """A column of its own type where all values have one, else of text."""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {bool}:
        return pl.Series(key, values, pl.Boolean)
    if kinds == {int} and all(value is None or abs(value) < 1 << 63 for value in values):
        return pl.Series(key, values, pl.Int64)
    if kinds and kinds <= {int, float} and bool not in kinds and int not in kinds:
        return pl.Series(key, values, pl.Float64)
    texts = [
        value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
        for value in values
    ]
    return pl.Series(key, texts, pl.String)


def _separator(head: str) -> str:
    line = head.split("\n", 1)[0]
    return max(_SIGNS, key=lambda sign: (line.count(sign), -_SIGNS.index(sign)))


def _headers(header: list[str]) -> list[str]:
    """The column names, each once."""
    names: list[str] = []
    for place, given in enumerate(header, 1):
        name = given.strip() or f"column_{place}"
        while name in names or name == NUMBER:
            name += "_2"
        names.append(name)
    return names


def _numbered(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    renamed = frame.rename(dict(zip(frame.columns, names, strict=True)))
    return renamed.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(NUMBER))
