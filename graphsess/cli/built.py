"""What `graphsess build` does once its options are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from graphsess.build import BuildResult, Exit, build
from graphsess.case import Case
from graphsess.report.cells import counted, harmless
from graphsess.report.ledger import print_ledger
from graphsess.report.progress import shown
from graphsess.report.summary import print_summary


def build_and_tell(evidence: Sequence[str], case: Path, **how: Any) -> Exit:  # noqa: ANN401
    """Build a case, say how it went on stdout, and return the exit code.

    Raises:
        GraphsessError: there is no new case.
    """
    with shown(Console(stderr=True)) as progress:
        result = build(evidence, case, progress=progress, **how)
    page = Console(highlight=False, soft_wrap=True)
    print_ledger(page, result.ledger, len(result.passed_over))
    for problem in result.problems:
        page.print(Text(f"  {harmless(problem)}", style="yellow"))
    if result.exit_code is Exit.NOTHING:
        click.echo(f"graphsess: {_nothing(result)}", err=True)
        return result.exit_code
    print_summary(page, Case.open(case))
    page.print(
        f"Case: {case} ({counted(result.files_read, 'file')} read, "
        f"{counted(result.hosts_worked, 'host')} worked). Next: graphsess sessions {case}"
    )
    return result.exit_code


def _nothing(result: BuildResult) -> str:
    if result.ledger.is_empty():
        return "no event logs were found in what was given; no case was made"
    return "none of the evidence holds a record that graphsess can use; no case was made"
