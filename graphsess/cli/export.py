"""`graphsess export`: a case for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from graphsess.cli.options import CASE

WAYS = ("csv", "jsonl", "graphml")


@click.command("export", short_help="A case for spreadsheets, scripts and graph programs")
@CASE
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
    their like.

    \b
    Examples:
      graphsess export case --as csv -o records
      graphsess export case --as graphml -o case.graphml
    """
    from graphsess.cli.exporting import export

    for line in export(case, way, path):
        click.echo(line, err=True)
