"""What the reading commands do once their options are read."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import orjson
import polars as pl
from rich.console import Console
from rich.text import Text

from graphsess.case import Case
from graphsess.cli.opened import opened
from graphsess.cli.options import Output
from graphsess.cli.output import write_bytes, write_records
from graphsess.records.ask import Ask, zone_of
from graphsess.records.registry import STREAMS
from graphsess.records.show import show
from graphsess.records.stream import Stream, Tables, records
from graphsess.records.users import FAILED
from graphsess.report.cells import harmless
from graphsess.report.empty import why_empty
from graphsess.report.folded import FOLDED_BY, folded
from graphsess.report.footer import footer
from graphsess.report.terminal import print_table
from graphsess.report.thing import print_thing

_FILE_WIDTH = 200


def show_records(
    name: str,
    case: Path | None,
    ask: Ask,
    output: Output,
    *,
    failures: str | None = None,
    store: str | None = None,
) -> None:
    """Print the records of a stream as they were asked for, from a case or a store.

    Raises:
        CaseError: the case cannot be read.
        StoreError: the store cannot answer.
        UsageError: what was asked for means nothing.
    """
    stream = STREAMS[name]
    if failures == "hide":
        stream = _without_failed(stream)
    fold = name == "sessions" and failures in (None, "folded")
    with opened(case, store) as tables:
        show_stream(stream, tables, ask, output, fold=fold)


def show_stream(
    stream: Stream, tables: Tables, ask: Ask, output: Output, *, fold: bool = False
) -> None:
    """Print the records of any stream; `fold` shows failed sessions as their runs in tables.

    Raises:
        CaseError: the case cannot be read.
        UsageError: what was asked for means nothing.
    """
    if output.format == "table":
        frame = _for_table(stream, tables, ask, fold=fold)
    else:
        frame = records(stream, tables, ask)
    for problem in tables.manifest.problems if isinstance(tables, Case) else ():
        click.echo(f"graphsess: {harmless(problem)}", err=True)
    if frame.is_empty():
        click.echo(why_empty(stream, tables, ask), err=True)
    if output.format != "table":
        write_records(frame, output)
    elif not frame.is_empty():
        with console_for(output) as console:
            notes = print_table(console, stream, frame, zone_of(output.zone), ask.fields)
            for line in footer(stream, tables, ask, frame, notes):
                console.print(Text(line, style="dim"))


def show_thing(case: Path | None, ident: str, output: Output, store: str | None = None) -> None:
    """Print one thing whole.

    Raises:
        CaseError: the case cannot be read.
        StoreError: the store cannot answer.
        UsageError: nothing has this id.
    """
    with opened(case, store) as source:
        thing = show(source, ident)
    if store:
        click.echo("graphsess: a store keeps no record as logged; ask the case for those", err=True)
    if output.format == "table":
        zone = zone_of(output.zone)
        with console_for(output) as console:
            print_thing(console, thing, zone)
        return
    option = orjson.OPT_APPEND_NEWLINE
    if output.format == "json":
        option |= orjson.OPT_INDENT_2
    write_bytes([orjson.dumps(thing, option=option)], output.path)


def _for_table(stream: Stream, case: Tables, ask: Ask, *, fold: bool) -> pl.DataFrame:
    """The records with the fields that a table shows, failed sessions folded to their runs."""
    fields = ask.fields or stream.shown
    if not fold:
        return records(stream, case, dataclasses.replace(ask, fields=fields))
    wanted = tuple(dict.fromkeys((*fields, *FOLDED_BY)))
    frame = folded(records(stream, case, dataclasses.replace(ask, fields=wanted, limit=None)))
    return frame if ask.limit is None else frame.head(ask.limit)


def _without_failed(stream: Stream) -> Stream:
    """The stream as if nothing had failed."""

    def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
        return stream.rows(tables, ask).filter(~pl.col("outcome").is_in(FAILED))

    return dataclasses.replace(stream, rows=rows)


@contextmanager
def console_for(output: Output) -> Iterator[Console]:
    """The terminal, or a file that appears whole, without colours."""
    if output.path is None:
        yield Console(highlight=False)
        return
    page = io.StringIO()
    yield Console(file=page, width=_FILE_WIDTH, highlight=False)
    write_bytes([page.getvalue().encode()], output.path)
