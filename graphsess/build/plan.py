"""What stays the same all through one build."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from graphsess.build.result import Report
from graphsess.case.journal import Journal
from graphsess.case.manifest import Manifest, Receipt
from graphsess.errors import CaseError, SettingsError, UnitError
from graphsess.settings import Settings, from_mapping
from graphsess.workers import Workers, kept, local, run_each, started

log = logging.getLogger(__name__)
Task = TypeVar("Task")
OPTIONS = {"raw": True, "carve": False}
"""How evidence is read unless the caller says otherwise."""
AT_ONCE = 2
"""As many workers are of use to any build, however small."""
READING = "graphsess.build.read"
"""What a worker imports first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One build.

    Attributes:
        case: The folder it writes.
        before: The case that it adds to, or None.
        settings: Windows and thresholds.
        options: `raw` and `carve`.
        jobs: Worker processes at most.
        workers: They, kept from stage to stage.
        report: Told how far it is.
        journal: What is done already.
    """

    case: Path
    before: Manifest | None
    settings: Settings
    options: dict[str, bool]
    jobs: int
    workers: Workers
    report: Report
    journal: Journal

    def each(
        self,
        job: Callable[[Task], Receipt],
        tasks: Sequence[Task],
        *,
        width: int | None = None,
        few_and_heavy: bool = False,
    ) -> Iterator[tuple[Task, Receipt | UnitError]]:
        """Run a job for each task in worker processes and note what it leaves in the journal.

        Args:
            job: What to do.
            tasks: What to do it with.
            width: Use no more workers than this.
            few_and_heavy: Fewer tasks than workers, each worth more threads of polars than a
                kept worker has: they get workers of their own.

        Raises:
            CaseError: the case folder cannot be written, so that nothing more can be done.
        """
        if not tasks:
            return
        most = min(len(tasks), width or len(tasks))
        workers = local(min(most, self.jobs)) if few_and_heavy else self.workers.narrowed(most)
        for task, outcome in run_each(workers, job, tasks):
            if isinstance(outcome, UnitError):
                if isinstance(outcome.__cause__, CaseError):
                    raise outcome.__cause__
                log.debug("%r", task, exc_info=outcome)
                yield task, outcome
            else:
                self.journal.note(outcome)
                yield task, outcome


@contextmanager
def crew(jobs: int, *, at_once: bool) -> Iterator[Workers]:
    """Workers for all stages of a build.

    Args:
        jobs: How many at most.
        at_once: Start the first ones now: they import while the caller looks for evidence.
    """
    with kept(local(jobs)) as workers:
        if at_once:
            started(workers, min(jobs, AT_ONCE), READING)
        yield workers


def settled(case: Path, before: Manifest | None, given: Settings | None) -> Settings:
    """The settings to build with: those of the case where one is added to.

    Raises:
        SettingsError: the case was built with others.
    """
    if before is None:
        return given or Settings()
    theirs = from_mapping(before.settings, str(case))
    if given is not None and given != theirs:
        raise SettingsError(
            f"{case} was built with other settings; "
            "add without --settings, or build all of it again with --force"
        )
    return theirs


def options(case: Path, before: Manifest | None, **given: bool | None) -> dict[str, bool]:
    """The reading options: those of the case where one is added to.

    Raises:
        CaseError: the case was built with others.
    """
    theirs = {**OPTIONS, **(before.options if before else {})}
    for name, value in given.items():
        if before and value is not None and value != theirs[name]:
            raise CaseError(
                f"{case} was built {'with' if theirs[name] else 'without'} {name}; "
                "add in the same way, or build all of it again with --force"
            )
        theirs[name] = theirs[name] if value is None else value
    return theirs
