"""`graphsess report`: the case as one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from graphsess.cli.options import CASE, NO_STORE

_RECORDS = ("worst", "all", "none")


@click.command("report", short_help="The case as one HTML file that opens anywhere, offline")
@CASE
@NO_STORE
@click.option(
    "-o",
    "--output",
    "path",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The HTML file to write.",
)
@click.option("--title", metavar="TEXT", help="What stands above it. Default: the case's folder.")
@click.option(
    "--records",
    "keep",
    type=click.Choice(_RECORDS),
    default="worst",
    show_default=True,
    help="Records as logged to take along: as many as 6 MB hold, worst sessions first; all; none.",
)
def REPORT(case: Path, path: Path, title: str | None, keep: str) -> None:
    """Write the whole case into one HTML file.

    Who got in, from where and when, worst first; sessions to filter and sort, each with the
    records that say so; swimlanes, movement, failures, and what the logs cover. The file fetches
    nothing and opens in any browser of 2023 or later. The same case gives the same file.

    \b
    Examples:
      graphsess report case -o report.html
      graphsess report case -o report.html --title 'Case 2026-014' --records all
    """
    from graphsess.cli.written import write_report

    write_report(case, path, title=title, keep=keep)
