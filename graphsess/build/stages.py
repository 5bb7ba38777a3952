"""The stages of a build, one after the other: find, read, survey, hosts, across, commit."""

from __future__ import annotations

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
from graphsess.build.plan import Plan
from graphsess.build.result import BuildResult, Exit, Progress
from graphsess.build.survey import survey
from graphsess.case.case import Case
from graphsess.case.formerly import settle_former, write_former
from graphsess.case.journal import FOLDER as UNFINISHED
from graphsess.case.manifest import Manifest, write_manifest
from graphsess.case.parts import sweep
from graphsess.case.schema import TABLES
from graphsess.evidence.find import Found, find
from graphsess.readers import reader_for


def stages(plan: Plan, evidence: Sequence[str | Path]) -> BuildResult:
    """All stages of a build; where they end well, the case is the new one.

    Raises:
        GraphsessError: there is no new case.
    """
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


def _ledger_before(plan: Plan) -> pl.DataFrame:
    if plan.before is None:
        return pl.DataFrame(schema=TABLES["evidence"].columns)
    return Case(plan.case, plan.before).evidence
