"""`graphsess build`: evidence in, a case out."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("build", short_help="Evidence in, a case out: files, folders, zips, - for stdin")
@click.argument("evidence", nargs=-1, required=True, metavar="EVIDENCE...")
@click.option(
    "-o",
    "--output",
    "case",
    required=True,
    metavar="CASE",
    type=click.Path(path_type=Path),
    help="The folder to build the case in.",
)
@click.option("--add", is_flag=True, help="Add the evidence to the case that is there.")
@click.option("--force", is_flag=True, help="Replace the case that is there.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Worker processes. Default: one for each processor.",
)
@click.option(
    "--settings",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Windows and thresholds (TOML).",
)
@click.option(
    "--carve",
    is_flag=True,
    default=None,
    help="Also take older records out of the slack of chunks.",
)
@click.option(
    "--no-raw",
    "no_raw",
    is_flag=True,
    default=None,
    help="Do not keep the records as logged: a smaller case, a poorer show.",
)
def BUILD(
    evidence: tuple[str, ...],
    case: Path,
    add: bool,
    force: bool,
    jobs: int | None,
    settings: Path | None,
    carve: bool | None,
    no_raw: bool | None,
) -> None:
    """Build Windows event logs into a case.

    Give .evtx files, folders, globs, zip or tar archives, or - for JSON lines on stdin. The same
    evidence always gives the same case. A build that was stopped goes on where it was.

    \b
    Examples:
      graphsess build C:\\evidence\\Logs -o case
      graphsess build dc01.zip ws1/ ws2/ -o case --jobs 8
      graphsess build later.evtx -o case --add
    """
    from graphsess.cli.built import build_and_tell
    from graphsess.settings import from_toml

    code = build_and_tell(
        evidence,
        case,
        add=add,
        force=force,
        jobs=jobs,
        settings=from_toml(settings) if settings else None,
        carve=carve,
        raw=None if no_raw is None else not no_raw,
    )
    sys.exit(code)
