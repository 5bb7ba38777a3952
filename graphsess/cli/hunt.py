"""`graphsess hunt` and `graphsess hunts`: the questions of `cypher/hunt`, asked of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graphsess.cli.options import (
    CASE_OR_STORE,
    FORM,
    OF_STORE,
    TO_FILE,
    Output,
    ask_of,
    shared,
)
from graphsess.errors import UsageError


@click.command("hunt", short_help="One question of the library, asked of a case")
@CASE_OR_STORE
@click.argument("name", required=False)
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the hunt; `graphsess hunts` lists them. Repeatable.",
)
@shared
@OF_STORE
def HUNT(
    case: Path | None,
    name: str | None,
    params: tuple[str, ...],
    store: str | None,
    **given: Any,  # noqa: ANN401
) -> None:
    """Ask one question of the library of hunts.

    The hunts are Cypher files. Of a case their offline twins answer, with --store Neo4j itself,
    with the same rows; it lets no query write. Every hunt says its limits: `graphsess hunts NAME`.
    Filters apply to what came out of it.

    \b
    Examples:
      graphsess hunt case fan_out
      graphsess hunt case new_address --param history_hours=4
      graphsess hunt case about_address --param address=203.0.113.7 --format csv -o address.csv
      graphsess hunt fan_out --store bolt://127.0.0.1:7687
    """
    from graphsess.cli.hunting import show_hunt
    from graphsess.cli.opened import after_case

    case, name = after_case(case, name, store)
    if not name:
        raise UsageError("hunt needs a name: graphsess hunt CASE NAME; `graphsess hunts` lists all")
    ask, output = ask_of(given)
    show_hunt(name, case, params, ask, output, store)


@click.command("hunts", short_help="The hunts: question, parameters, limits")
@click.argument("name", required=False)
@FORM
@TO_FILE
def HUNTS(name: str | None, form: str | None, path: Path | None) -> None:
    """List the hunts, or print one as it stands: header, limits and Cypher.

    \b
    Examples:
      graphsess hunts
      graphsess hunts fan_out
    """
    from graphsess.cli.hunting import list_hunts, print_hunt

    output = Output(form, path, "UTC")
    if name is None:
        list_hunts(output)
    else:
        print_hunt(name, output)
