"""What stands under a table: how much there is, what is hidden, and what did not fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import polars as pl

from graphsess.records.ask import Ask
from graphsess.records.stream import Stream, Tables, filtered


def footer(
    stream: Stream, tables: Tables, ask: Ask, shown: pl.DataFrame, notes: Sequence[str]
) -> Iterator[str]:
    """Lines for under a table of `shown` rows; `notes` are the table's own."""
    yield ""
    here = filtered(stream, stream.rows(tables, ask), ask)
    counted = f"{stream.name}: {here.height:,}"
    if stream.name == "alive":
        yield f"{here.height:,} logon sessions alive: {_classes(here)}"
    elif shown.height < here.height:
        folded = ask.limit is None or shown.height < min(ask.limit, here.height)
        how = "failed ones folded to runs, --failures each lists all" if folded else "--limit"
        yield f"{counted} in {shown.height:,} rows ({how})"
    else:
        yield counted
    if not ask.every:
        everything = dataclasses.replace(ask, every=True)
        hidden = filtered(stream, stream.rows(tables, everything), everything).height - here.height
        if hidden > 0:
            yield f"{hidden:,} more are hidden (machine, service, system …): --all"
    yield from notes


def _classes(alive: pl.DataFrame) -> str:
    counts = alive.group_by("class").len().sort("len", "class", descending=[True, False])
    return ", ".join(f"{count:,} {name or 'user'}" for name, count in counts.iter_rows())
