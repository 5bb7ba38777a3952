"""What `graphsess graph` does once its options are read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from graphsess.cli.opened import opened
from graphsess.cli.output import write_bytes
from graphsess.graph.scopes import scope_of
from graphsess.graph.views import view
from graphsess.records.ask import moment_of, zone_of
from graphsess.report.network.page import page

_MICROSECOND = dt.timedelta(microseconds=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def draw(
    case: Path | None,
    scope: str,
    path: Path,
    since: str | None,
    until: str | None,
    zone: str,
    *,
    limit: int,
    every: bool,
    title: str | None,
    store: str | None = None,
) -> None:
    """Write the picture of a part of a case, and say what it holds.

    Raises:
        CaseError: the case cannot be read.
        StoreError: the store cannot answer.
        UsageError: what was asked for means nothing, or is not in the case.
        GraphsessError: the file cannot be written.
    """
    known = zone_of(zone)
    with opened(case, store) as source:
        made = view(
            source,
            scope_of(scope),
            every=every,
            since_us=_us(since, known),
            until_us=_us(until, known),
            limit=limit,
        )
        text = page(source, made, zone=known, zone_name=zone, title=title)
    content = text.encode()
    write_bytes([content], path)
    click.echo(f"{path}: {made}, {len(content) / 1000:,.0f} kB. Open it in a browser.")


def _us(text: str | None, zone: dt.tzinfo) -> int | None:
    return None if text is None else (moment_of(text, zone) - _EPOCH) // _MICROSECOND
