"""`graphsess show`: one thing whole."""

from __future__ import annotations

from pathlib import Path

import click

from graphsess.cli.options import CASE_OR_STORE, OF_STORE, Output
from graphsess.errors import UsageError

_FORMATS = ("table", "jsonl", "json")


@click.command("show", short_help="One thing whole: a session with the records that say so")
@CASE_OR_STORE
@click.argument("ident", metavar="ID", required=False)
@OF_STORE
@click.option(
    "--tz",
    "zone",
    default="UTC",
    show_default=True,
    metavar="ZONE",
    help="Zone of the times for people; records for programs are always UTC.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="Default: a page on a terminal, jsonl in a pipe.",
)
@click.option(
    "-o",
    "--output",
    "path",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to FILE.",
)
def SHOW(
    case: Path | None,
    ident: str | None,
    store: str | None,
    zone: str,
    form: str | None,
    path: Path | None,
) -> None:
    """Show one thing whole: a session, logon, desktop, connection, failure run, host or event.

    With it come all its Sources, event by event, each with its role, its rule and its fields as
    logged, and the tool, the settings and the evidence hashes that it rests on. The ID is the
    field `id` of any other command; quote it, because it holds | signs. A store keeps no record as
    logged: there the fields are left out.

    \b
    Examples:
      graphsess sessions case --limit 1 --fields id
      graphsess show case 'access|dc01|…'
    """
    from graphsess.cli.opened import after_case
    from graphsess.cli.shown import show_thing

    case, ident = after_case(case, ident, store)
    if not ident:
        raise UsageError("show needs an id: graphsess show CASE ID")
    show_thing(case, ident, Output(form, path, zone), store)
