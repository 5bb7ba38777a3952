"""What `cypher` does once its options are read."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from graphsess.case import Case
from graphsess.cli.opened import opened
from graphsess.cli.options import Output
from graphsess.cli.output import write_bytes
from graphsess.cli.shown import console_for
from graphsess.errors import UsageError
from graphsess.records.answers import as_frame, written_rows
from graphsess.records.ask import zone_of
from graphsess.records.stream import Stream
from graphsess.report.cells import harmless
from graphsess.report.terminal import print_table
from graphsess.stores.kglite import Memory


def show_answer(
    case: Path | None,
    query: str,
    params: Sequence[str],
    output: Output,
    *,
    events: bool,
    timeout_s: float,
    store: str | None = None,
) -> None:
    """Print the rows of a query.

    Raises:
        CaseError: the case cannot be read.
        StoreError: kglite is not installed, or the store refuses the query.
        UsageError: the query is wrong, would write, or the case is too big.
    """
    text = sys.stdin.read() if query == "-" else query
    values = _values(params)
    with opened(case, store, derived=False) as source:
        graph = Memory(source, events=events) if isinstance(source, Case) else source
        columns, rows, warnings = graph.answer(text, values, timeout_s)
    for warning in warnings:
        click.echo(f"graphsess: {harmless(warning)}", err=True)
    if output.format != "table":
        write_bytes(written_rows(columns, rows, output.format), output.path)
    elif not rows:
        click.echo("No row.", err=True)
    else:
        answer = as_frame(columns, rows)
        stream = Stream("cypher", "", lambda *_: answer, tuple(columns), tuple(columns))
        with console_for(output) as console:
            print_table(console, stream, answer, zone_of("UTC"), columns)


def _values(params: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for text in params:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--param takes NAME=VALUE, not {text!r}")
        try:
            values[name.strip()] = orjson.loads(value)
        except orjson.JSONDecodeError:
            values[name.strip()] = value
    return values
