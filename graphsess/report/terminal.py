"""Records as a table on a terminal: as many columns as fit, the most needed first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graphsess.records.stream import Stream
from graphsess.report.cells import cell, harmless

_GAP, _TIGHT = 2, 100
"""Blanks between columns; only one on terminals narrower than the second."""
_NARROW, _WIDE = 10, 60
"""No column has to be wider than the first to be shown, and none gets wider than the second."""
_NARROWER = {"user": 18, "path": 24, "outcome": 14}
"""Fields that need more than the least width."""
_HOSTS = ("host", "from_host", "to_host", "source_host")
_WHOLE = (
    "id", "start", "first", "last", "end", "time", "from", "to", "logon_id", "count", "kind",
    "sessions", "session", "run", "move", "chain", "event", "logon", "parent", "from_session",
    "to_session", "by_session", "before_session", "second_session", "last_session",
    "other_session",
)  # fmt: skip
"""Fields that are never broken over lines: whole or not at all."""


@dataclass(slots=True)
class _Column:
    """A column on its way into the table."""

    name: str
    cells: list[Text]
    natural: int
    least: int
    width: int = 0


def print_table(
    console: Console,
    stream: Stream,
    frame: pl.DataFrame,
    zone: dt.tzinfo,
    fields: Sequence[str] = (),
) -> list[str]:
    """Print records and return lines for under the table: what did not fit, what is the same.

    Args:
        console: Where to; its width decides.
        stream: What the records are.
        frame: The records.
        zone: Time zone of the times.
        fields: Show exactly these, however narrow the terminal.
    """
    names = [name for name in (fields or stream.shown) if name in frame.columns]
    same = [] if fields else [name for name in names if name == "host" and _constant(frame[name])]
    columns = [_column(name, frame, zone) for name in names if name not in same]
    gap = _GAP if console.width >= _TIGHT else 1
    kept = columns if fields else _fitting(columns, console.width, gap)
    _share(kept, console.width, gap)
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="bold")
    for column in kept:
        right = frame.schema[column.name].is_numeric()
        table.add_column(
            column.name.replace("_", " "),
            width=column.width,
            overflow="fold",
            justify="right" if right else "left",
        )
    for row in zip(*(column.cells for column in kept), strict=True):
        table.add_row(*row)
    console.print(table)
    notes = [f"{name}: {harmless(str(frame[name][0]))} in all rows" for name in same]
    left_out = [column.name for column in columns if column not in kept]
    if left_out:
        notes.append(f"columns that did not fit: {', '.join(left_out)}; choose with --fields")
    return notes


def _constant(values: pl.Series) -> bool:
    """True if one value, a known one, stands in several rows."""
    return values.len() > 1 and values.n_unique() == 1 and values.null_count() == 0


def _column(name: str, frame: pl.DataFrame, zone: dt.tzinfo) -> _Column:
    values = frame[name].to_list()
    if name in _HOSTS:
        values = _short(values)
    cells = [cell(name, value, zone) for value in values]
    longest = max((text.cell_len for text in cells), default=0)
    natural = max(longest, len(name))
    if name not in _WHOLE:
        natural = min(_WIDE, natural)
    narrow = _NARROWER.get(name, _NARROW)
    least = natural if name in _WHOLE or name.endswith("address") else min(natural, narrow)
    return _Column(name, cells, natural, least)


def _short(names: list[str | None]) -> list[str | None]:
    """Full host names as short ones, where no two of them become the same."""
    known = {name: name.partition(".")[0] for name in names if name}
    if len({short.lower() for short in known.values()}) < len({name.lower() for name in known}):
        return names
    return [name and known[name] for name in names]


def _fitting(columns: list[_Column], width: int, gap: int) -> list[_Column]:
    """The first columns that fit side by side, however narrow each; at least one."""
    kept: list[_Column] = []
    left = width
    for column in columns:
        need = column.least + (gap if kept else 0)
        if need <= left:
            kept.append(column)
            left -= need
    return kept or columns[:1]


def _share(columns: list[_Column], width: int, gap: int) -> None:
    """Give out what is left of the width, the most needed columns first."""
    left = width - sum(column.least for column in columns) - gap * (len(columns) - 1)
    for column in columns:
        more = max(0, min(column.natural - column.least, left))
        column.width = column.least + more
        left -= more
