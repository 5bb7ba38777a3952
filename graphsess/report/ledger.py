"""The ledger in short, for the end of a build."""

from __future__ import annotations

import polars as pl
from rich.console import Console
from rich.text import Text

from graphsess.report.cells import counted, harmless


def print_ledger(console: Console, ledger: pl.DataFrame, passed_over: int) -> None:
    """The ledger in short: a total, and a line for every file with a problem."""
    total = {
        name: int(ledger[f"records_{name}"].sum())
        for name in ("seen", "kept", "not_wanted", "unreadable")
    }
    console.print(
        f"Evidence: {counted(ledger.height, 'file')}, {counted(total['seen'], 'record')}: "
        f"{total['kept']:,} kept, {total['not_wanted']:,} not wanted, "
        f"{total['unreadable']:,} unreadable"
    )
    if passed_over:
        console.print(f"  {counted(passed_over, 'other file')} passed over: no event logs")
    for row in ledger.iter_rows(named=True):
        if trouble := _trouble(row):
            console.print(Text(f"  {harmless(trouble)}", style="yellow"))


def _trouble(row: dict[str, object]) -> str | None:
    if row["problem"]:
        return str(row["problem"])
    parts = [
        counted(number, noun)
        for name, noun in (("records_unreadable", "record"), ("chunks_bad", "chunk"))
        if isinstance(number := row[name], int) and number
    ]
    return f"{row['path']}: {' and '.join(parts)} could not be read" if parts else None
