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
from graphsess.cli.options import Output
from graphsess.cli.output import write_bytes, write_records
from graphsess.errors import UsageError
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
    with _opened(case, store) as tables:
        show_stream(stream, tables, ask, output, fold=fold)


def show_stream(
    stream: Stream, opened: Tables, ask: Ask, output: Output, *, fold: bool = False
) -> None:
    """Print the records of any stream; `fold` shows failed sessions as their runs in tables.

    Raises:
        CaseError: the case cannot be read.
        UsageError: what was asked for means nothing.
    """
    if output.format == "table":
        frame = _for_table(stream, opened, ask, fold=fold)
    else:
        frame = records(stream, opened, ask)
    for problem in opened.manifest.problems if isinstance(opened, Case) else ():
        click.echo(f"graphsess: {harmless(problem)}", err=True)
    if frame.is_empty():
        click.echo(why_empty(stream, opened, ask), err=True)
    if output.format != "table":
        write_records(frame, output)
    elif not frame.is_empty():
        with console_for(output) as console:
            notes = print_table(console, stream, frame, zone_of(output.zone), ask.fields)
            for line in footer(stream, opened, ask, frame, notes):
                console.print(Text(line, style="dim"))


def show_thing(case: Path, ident: str, output: Output) -> None:
    """Print one thing whole.

    Raises:
        CaseError: the case cannot be read.
        UsageError: nothing has this id.
    """
    thing = show(Case.open(case), ident)
    if output.format == "table":
        zone = zone_of(output.zone)
        with console_for(output) as console:
            print_thing(console, thing, zone)
        return
    option = orjson.OPT_APPEND_NEWLINE
    if output.format == "json":
        option |= orjson.OPT_INDENT_2
    write_bytes([orjson.dumps(thing, option=option)], output.path)


@contextmanager
def _opened(case: Path | None, store: str | None) -> Iterator[Tables]:
    """The case, or the store that is asked instead."""
    if (case is None) == (store is None):
        raise UsageError("name a CASE, or a store with --store, and not both")
    if case is not None:
        yield Case.open(case)
        return
    from graphsess.cli.stored import opened

    with opened(str(store)) as found:
        found.derived()
        yield found


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
