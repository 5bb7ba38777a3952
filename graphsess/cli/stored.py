"""What the commands around a Neo4j server do once their options are read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from graphsess.case import Case
from graphsess.cli.options import Output
from graphsess.cli.output import write_records
from graphsess.report.cells import counted, harmless
from graphsess.report.loading import shown
from graphsess.stores.neo4j.connect import PASSWORD
from graphsess.stores.neo4j.store import Neo4jStore

DIFFERENT = 1
_SHOWN = 200


@contextmanager
def opened(url: str) -> Iterator[Neo4jStore]:
    """The store at an address; a person is asked for the password where none is set.

    Raises:
        UsageError: the address is none.
        StoreError: nobody answers, or the password is wrong.
    """
    secret = os.environ.get(PASSWORD)
    if not secret and sys.stdin.isatty():
        secret = click.prompt(f"Password for {url}", hide_input=True, err=True)
    store = Neo4jStore.open(url, secret)
    try:
        yield store
    finally:
        store.close()


def load_and_tell(case: Path, url: str, *, replace: bool) -> None:
    """Load a case and say on stdout what was done.

    Raises:
        CaseError: the case cannot be read.
        StoreError: the database is another's, or refuses.
    """
    asked = Case.open(case)
    total = sum(part.rows for part in asked.manifest.parts() if part.table == "events")
    with opened(url) as store, shown(Console(stderr=True), "loading", total) as report:
        done = store.load(asked, replace=replace, report=report)
    click.echo(
        f"{done.changed} of {counted(done.hosts, 'host')} loaded, "
        f"{counted(done.created, 'element')} new. Next: graphsess derive --store {url}"
    )
    if done.lost:
        click.echo(f"The connection was lost {counted(done.lost, 'time')} and found again.")


def derive_and_tell(url: str, *, again: bool) -> None:
    """Derive and say on stdout what was done.

    Raises:
        StoreError: nothing is loaded, or the server refuses.
    """
    with opened(url) as store, shown(Console(stderr=True), "deriving", None) as report:
        done = store.derive(again=again, report=report)
    click.echo(
        f"{done.changed} of {counted(done.hosts, 'host')} derived, "
        f"{counted(done.sessions, 'session')}. Next: graphsess sessions --store {url}"
    )


def verify_and_tell(case: Path, url: str, output: Output, *, every: bool) -> int:
    """Print the differences; 1 if there are any.

    Raises:
        CaseError: the case cannot be read.
        StoreError: nothing is derived, or the server refuses.
    """
    asked = Case.open(case)
    with opened(url) as store:
        found = store.verify(asked, every=every)
    if output.format != "table":
        write_records(found, output)
    elif found.height:
        page = Table("table", "id", "column", "case", "store", box=None, pad_edge=False)
        for row in found.head(_SHOWN).iter_rows():
            page.add_row(*(harmless(text or "") for text in row))
        Console(highlight=False, markup=False).print(page)
    said = "Neo4j and the case agree" if found.is_empty() else (
        f"{counted(found.height, 'difference')} between Neo4j and the case"
    )
    click.echo(f"{said}.", err=True)
    return DIFFERENT if found.height else 0
