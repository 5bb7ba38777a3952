"""`graphsess load`, `derive`, `verify`: the case's graph in Neo4j."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from graphsess.cli.options import CASE, FORMATS

STORE = click.option(
    "--store",
    required=True,
    metavar="URL",
    help="The Neo4j server: bolt://127.0.0.1:7687. The password is read from NEO4J_PASSWORD, "
    "else asked for; the user from NEO4J_USERNAME, else neo4j.",
)


@click.command("load", short_help="Put the linked events of a case into Neo4j")
@CASE
@STORE
@click.option("--replace", is_flag=True, help="Empty the database first, whatever it holds.")
def LOAD(case: Path, store: str, replace: bool) -> None:
    """Put the linked events of a case into Neo4j.

    What is in already stays; of a case that grew, only the hosts that changed are loaded. A load
    that was stopped goes on where it was. One database holds one case.

    \b
    Examples:
      graphsess load case --store bolt://127.0.0.1:7687
      graphsess load case --store bolt://127.0.0.1:7687 --replace
    """
    from graphsess.cli.stored import load_and_tell

    load_and_tell(case, store, replace=replace)


@click.command("derive", short_help="Derive sessions inside Neo4j, with cypher/derive/")
@STORE
@click.option("--again", is_flag=True, help="All hosts anew, also those that are derived.")
def DERIVE(store: str, again: bool) -> None:
    """Derive sessions, failure runs, flags and what follows of them, inside Neo4j.

    It runs the files of cypher/derive/ on what `graphsess load` put there, with the case's own
    settings.

    \b
    Examples:
      graphsess derive --store bolt://127.0.0.1:7687
      graphsess sessions --store bolt://127.0.0.1:7687
    """
    from graphsess.cli.stored import derive_and_tell

    derive_and_tell(store, again=again)


@click.command("verify", short_help="Compare what Neo4j derived with the case, row by row")
@CASE
@STORE
@click.option("--all", "every", is_flag=True, help="Also what was only loaded, events too.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: as elsewhere.")
@click.option(
    "-o", "--output", "path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the differences to FILE.",
)  # fmt: skip
def VERIFY(case: Path, store: str, every: bool, **output: Any) -> None:  # noqa: ANN401
    """Compare what Neo4j derived with the case, row by row and column by column.

    One record is one difference: table, id, column, and both values. Exit code 1 if there is any.

    \b
    Example:
      graphsess verify case --store bolt://127.0.0.1:7687
    """
    from graphsess.cli.options import Output
    from graphsess.cli.stored import verify_and_tell

    told = Output(output["form"], output["path"], "UTC")
    sys.exit(verify_and_tell(case, store, told, every=every))
