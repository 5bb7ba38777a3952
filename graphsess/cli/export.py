"""`graphsess export`: a case for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from graphsess.cli.options import CASE, NO_STORE

WAYS = ("csv", "jsonl", "graphml", "neo4j-admin")


@click.command("export", short_help="A case for spreadsheets, scripts, graph programs, Neo4j")
@CASE
@NO_STORE
@click.option("--as", "way", type=click.Choice(WAYS), required=True, help="For whom.")
@click.option(
    "-o",
    "--output",
    "path",
    metavar="OUT",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to make, or the file for graphml.",
)
def EXPORT(case: Path, way: str, path: Path) -> None:
    """Hand a case on to other tools.

    csv and jsonl: a folder with a file for each stream of records, hidden ones too; no cell of the
    CSV is a formula. graphml: one file with sessions and all they hang on, for Gephi, yEd and
    their like. neo4j-admin: a folder of import files, events and derived rows alike, with the
    command that imports them into a stopped server.

    \b
    Examples:
      graphsess export case --as csv -o records
      graphsess export case --as graphml -o case.graphml
      graphsess export case --as neo4j-admin -o import
    """
    from graphsess.cli.exporting import export

    for line in export(case, way, path):
        click.echo(line, err=True)
