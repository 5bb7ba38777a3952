"""What `hunt` and `hunts` do once their options are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import polars as pl

from graphsess.case import Case
from graphsess.cli.opened import opened
from graphsess.cli.options import Output
from graphsess.cli.output import write_bytes
from graphsess.cli.shown import console_for, show_stream
from graphsess.queries import source
from graphsess.records.ask import Ask, zone_of
from graphsess.records.formats import FORMATS
from graphsess.records.hunts import HUNTS, answered, hunt, hunting, listed, values_of
from graphsess.report.terminal import print_table


def show_hunt(
    name: str,
    case: Path | None,
    params: Sequence[str],
    ask: Ask,
    output: Output,
    store: str | None = None,
) -> None:
    """Print the records of a hunt: its twin's from a case, its Cypher's from a store.

    Raises:
        CaseError: the case cannot be read.
        StoreError: the store cannot answer.
        UsageError: there is no such hunt or parameter, or a filter means nothing to it.
    """
    query = hunt(name)
    values = values_of(query, params, zone_of(output.zone))
    with opened(case, store) as source:
        answer = None if isinstance(source, Case) else answered(query, source.cypher)
        show_stream(hunting(query, values, answer), source, ask, output)
    if output.format == "table" and output.path is None:
        click.echo(f"limits: {query.limits}", err=True)


def list_hunts(output: Output) -> None:
    """Print every hunt."""
    if output.format == "table":
        with console_for(output) as console:
            print_table(console, HUNTS, listed(), zone_of("UTC"))
        return
    write_bytes(FORMATS[output.format](listed().select(HUNTS.fields)), output.path)


def print_hunt(name: str, output: Output) -> None:
    """Print the file of one hunt, or its entry in the list, for programs.

    Raises:
        UsageError: there is no such hunt.
    """
    query = hunt(name)
    if output.format == "table":
        write_bytes([source(query.name).encode()], output.path)
        return
    mine = listed().filter(pl.col("name") == name).select(HUNTS.fields)
    write_bytes(FORMATS[output.format](mine), output.path)
