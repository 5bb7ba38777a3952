"""A build from end to end: evidence in, a case out, or the case that was there before."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from graphsess.build.plan import Plan, crew, options, settled
from graphsess.build.result import BuildResult, Exit, Progress, Report
from graphsess.build.target import begin, permitted, withdraw
from graphsess.case.journal import Journal
from graphsess.case.lock import locked
from graphsess.case.manifest import Manifest, Receipt, is_case
from graphsess.errors import GraphsessError, UsageError
from graphsess.settings import Settings


def build(
    evidence: Sequence[str | Path],
    case: str | Path,
    *,
    add: bool = False,
    force: bool = False,
    jobs: int | None = None,
    settings: Settings | None = None,
    carve: bool | None = None,
    raw: bool | None = None,
    progress: Report | None = None,
) -> BuildResult:
    """Build evidence into a case folder.

    The same evidence gives the same case, byte for byte: in any order, with any number of jobs,
    at once or with `add` bit by bit. Killed at any moment it leaves the case that was there
    before or the new one, and the next build does only what is missing.

    Args:
        evidence: Files, folders, globs, archives; `-` for JSON lines on stdin.
        case: The folder to build into.
        add: Add to the case that is there.
        force: Replace the case that is there.
        jobs: Worker processes; one for each processor where None.
        settings: Windows and thresholds; those of the case where it is added to.
        carve: Also take older records out of the slack of chunks; False for a new case.
        raw: Keep every record as logged; True for a new case.
        progress: Told how far the build is.

    Raises:
        CaseError: the target may not be written or is another's; the case there is untouched.
        UsageError: nothing was given, or jobs is no number of processes.
    """
    folder = Path(case)
    if not evidence:
        raise UsageError("no evidence was given; name files or folders with Windows event logs")
    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs must be 1 or more, got {jobs}")
    permitted(folder, add=add, force=force)
    made = not folder.exists()
    begin(folder)
    try:
        with locked(folder):
            before = permitted(folder, add=add, force=force)
            how = settled(folder, before, settings)
            reading = options(folder, before, raw=raw, carve=carve)
            count = jobs or os.cpu_count() or 1
            try:
                with crew(count, at_once=before is None) as workers:
                    from graphsess.build.stages import stages  # while the workers start

                    plan = Plan(
                        folder,
                        before,
                        settings=how,
                        options=reading,
                        jobs=count,
                        workers=workers,
                        report=progress or _silent,
                        journal=Journal(folder, _known(before)),
                    )
                    result = stages(plan, evidence)
            except GraphsessError:
                withdraw(folder)
                raise
            if result.exit_code is Exit.NOTHING:
                withdraw(folder)
            return result
    finally:
        if made and not is_case(folder):
            with contextlib.suppress(OSError):  # only where nothing is left in it
                folder.rmdir()


def _known(before: Manifest | None) -> dict[str, Receipt]:
    receipts = (*before.files, *before.hosts) if before else ()
    return {receipt.fingerprint: receipt for receipt in receipts}


def _silent(_: Progress) -> None:
    """Tell nobody."""
