"""A build from end to end: evidence in, a case out, or the case that was there before."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from graphsess.build.across import work_across
from graphsess.build.files import read_files
from graphsess.build.formerly import former_ids
from graphsess.build.hosts import work_hosts
from graphsess.build.ledger import is_bad, ledger
from graphsess.build.plan import Plan, options, settled
from graphsess.build.result import BuildResult, Exit, Progress, Report
from graphsess.build.survey import survey
from graphsess.build.target import begin, permitted, withdraw
from graphsess.case.case import Case
from graphsess.case.formerly import settle_former, write_former
from graphsess.case.journal import FOLDER as UNFINISHED
from graphsess.case.journal import Journal
from graphsess.case.lock import locked
from graphsess.case.manifest import Manifest, Receipt, is_case, write_manifest
from graphsess.case.parts import sweep
from graphsess.case.schema import TABLES
from graphsess.errors import GraphsessError, UsageError
from graphsess.evidence.find import Found, find
from graphsess.readers import reader_for
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
            plan = Plan(
                folder,
                before,
                settings=settled(folder, before, settings),
                options=options(folder, before, raw=raw, carve=carve),
                jobs=jobs or os.cpu_count() or 1,
                report=progress or _silent,
                journal=Journal(folder, _known(before)),
            )
            try:
                result = _build(plan, evidence)
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


def _build(plan: Plan, evidence: Sequence[str | Path]) -> BuildResult:
    plan.report(Progress("find", 0, 0))
    found = _found(plan, evidence)
    files, files_read = read_files(plan, found)
    rows = ledger(files, found.sources, _ledger_before(plan))
    passed_over = found.passed_over
    if not rows["records_kept"].sum():
        return BuildResult(plan.case, rows, (), passed_over, files_read, 0, Exit.NOTHING)
    hosts, worked, problems = work_hosts(plan, survey(plan.case, files))
    plan.report(Progress("across", 0, 1))
    manifest = Manifest(
        settings=plan.settings.as_dict(),
        options=plan.options,
        files=tuple(files),
        hosts=tuple(hosts),
        across=work_across(plan.case, hosts, rows, plan.settings),
        evidence=tuple(str(receipt.about["sha256"]) for receipt in files),
        problems=tuple(problems),
    )
    former = former_ids(plan.case, plan.before, manifest)
    write_former(plan.case, manifest, former)
    write_manifest(plan.case, manifest)
    settle_former(plan.case, manifest, former)
    plan.journal.close()
    sweep(plan.case, {part.file for part in manifest.parts()})
    plan.report(Progress("across", 1, 1))
    bad = problems or any(map(is_bad, rows.iter_rows(named=True)))
    code = Exit.SOME_BAD if bad else Exit.OK
    return BuildResult(plan.case, rows, tuple(problems), passed_over, files_read, worked, code)


def _found(plan: Plan, evidence: Sequence[str | Path]) -> Found:
    """What was given, without what a build wrote into the case folder."""
    spool = plan.case / UNFINISHED / "stdin"
    stdin = sys.stdin.buffer if "-" in map(str, evidence) else None
    found = find(evidence, reader_for, spool=spool, stdin=stdin)
    here, piped = plan.case.resolve(), spool.resolve()
    foreign = []
    for source in found.sources:
        place = source.given.resolve()
        if not place.is_relative_to(here) or place.is_relative_to(piped):
            foreign.append(source)
    return replace(found, sources=tuple(foreign))


def _known(before: Manifest | None) -> dict[str, Receipt]:
    receipts = (*before.files, *before.hosts) if before else ()
    return {receipt.fingerprint: receipt for receipt in receipts}


def _ledger_before(plan: Plan) -> pl.DataFrame:
    if plan.before is None:
        return pl.DataFrame(schema=TABLES["evidence"].columns)
    return Case(plan.case, plan.before).evidence


def _silent(_: Progress) -> None:
    """Tell nobody."""
