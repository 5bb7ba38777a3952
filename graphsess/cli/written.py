"""What `graphsess report` does once its options are read."""

from __future__ import annotations

from pathlib import Path

import click

from graphsess.case import Case
from graphsess.cli.output import write_bytes
from graphsess.report.cells import counted, harmless
from graphsess.report.page.document import Records, page

_MB = 1_000_000


def write_report(case: Path, path: Path, *, title: str | None = None, keep: str = "worst") -> None:
    """Write the report of a case and say what is in it.

    Raises:
        CaseError: the case cannot be read.
        GraphsessError: the file cannot be written.
    """
    made = page(
        Case.open(case), title=title or case.resolve().name, keep=Records(keep)
    )
    write_bytes([made.content], path)
    logged = (
        "all with their records as logged"
        if made.logged >= made.events
        else f"{made.logged:,} of them with their records as logged"
    )
    click.echo(
        f"Report: {harmless(str(path))} ({len(made.content) / _MB:.1f} MB): "
        f"{counted(made.sessions, 'session')}, {counted(made.events, 'event')} cited, {logged}\n"
        f"  sha256 {made.sha256}"
    )
