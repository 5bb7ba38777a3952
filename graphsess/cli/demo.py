"""`graphsess demo`: the shipped evidence as a case, to look round in."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("demo", short_help="Build the shipped demo evidence and say what to try next")
@click.option(
    "-o",
    "--output",
    "case",
    default="demo-case",
    show_default=True,
    metavar="CASE",
    type=click.Path(path_type=Path),
    help="The folder to build the case in.",
)
@click.option("--force", is_flag=True, help="Replace the case that is there.")
def DEMO(case: Path, force: bool) -> None:
    """Build the demonstration: a break-in over four hosts in one working day.

    The case's report is written into its folder, as report.html. The logs are synthetic; what
    happened is told in the investigators' page of the docs.

    \b
    Example:
      graphsess demo -o demo-case
    """
    from graphsess.build import Exit
    from graphsess.cli.built import build_and_tell
    from graphsess.cli.written import write_report
    from graphsess.errors import CaseError
    from graphsess.synth.shipped import demo_evidence

    try:
        evidence = demo_evidence()
    except FileNotFoundError as error:
        raise CaseError(str(error)) from error
    code = build_and_tell([str(evidence)], case, force=force)
    if code is not Exit.NOTHING:
        write_report(case, case / "report.html", title="graphsess demo")
    click.echo(
        "Try next:\n"
        f"  open {case / 'report.html'} in a browser       the whole case on one page\n"
        f"  graphsess failures {case}                     whose passwords were guessed\n"
        f"  graphsess sessions {case} --ip 198.51.100.0/24   who came from there\n"
        f"  graphsess alive {case} --at 2026-03-02T12:30:00Z   who was logged on then"
    )
    sys.exit(int(code))
