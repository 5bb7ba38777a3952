"""`graphsess hunt` and `graphsess hunts`: the questions of `cypher/hunt`, asked of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graphsess.cli.options import CASE, FORM, TO_FILE, Output, ask_of, shared


@click.command("hunt", short_help="One question of the library, asked of a case")
@CASE
@click.argument("name")
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the hunt; `graphsess hunts` lists them. Repeatable.",
)
@shared
def HUNT(case: Path, name: str, params: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Ask one question of the library of hunts.

    The hunts are the Cypher files that Neo4j answers, too; here their offline twins answer with
    the same rows. Every hunt says its limits: `graphsess hunts NAME`. Filters apply to what came
    out of it.

    \b
    Examples:
      graphsess hunt case fan_out
      graphsess hunt case new_address --param history_hours=4
      graphsess hunt case about_address --param address=203.0.113.7 --format csv -o address.csv
    """
    from graphsess.cli.hunting import show_hunt

    ask, output = ask_of(given)
    show_hunt(name, case, params, ask, output)


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
