"""The hosts stage: each host on its own, from its events to its sessions. A job a host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from graphsess.build.plan import Plan
from graphsess.build.result import Progress
from graphsess.build.survey import HostSlice
from graphsess.case.case import gather
from graphsess.case.journal import fingerprint
from graphsess.case.manifest import Receipt
from graphsess.case.parts import write_part
from graphsess.case.schema import TABLES, Stage, tables_of
from graphsess.settings import from_mapping

HEAVY_ROWS = 300_000
"""A host with more events is worth a worker with several threads of polars."""


def work_hosts(plan: Plan, slices: Sequence[HostSlice]) -> tuple[list[Receipt], int, list[str]]:
    """Receipts of all hosts sorted by id, how many had to be worked, and what went wrong."""
    done: dict[str, Receipt] = {}
    tasks = []
    for known in slices:
        task = HostTask(str(plan.case), known, plan.settings.as_dict())
        if receipt := plan.journal.find(task.fingerprint):
            done[known.host] = receipt
        else:
            tasks.append(task)
    problems = []
    plan.report(Progress("hosts", len(done), len(slices)))
    heaviest = max((_rows_of(task) for task in tasks), default=0)
    heavy = len(tasks) < plan.jobs and heaviest > HEAVY_ROWS
    for task, outcome in plan.each(work_host, tasks, few_and_heavy=heavy):
        if isinstance(outcome, Receipt):
            done[task.slice.host] = outcome
        else:
            problems.append(
                f"host {task.slice.host} could not be worked ({outcome}) and is missing from the "
                "case; report this with its logs if you can"
            )
        plan.report(Progress("hosts", len(done) + len(problems), len(slices)))
    return [done[host] for host in sorted(done)], len(tasks), sorted(problems)


@dataclass(frozen=True, slots=True)
class HostTask:
    """One host to be worked: small, and the same in any process.

    Attributes:
        case: The case folder.
        slice: What is known of the host.
        settings: Settings as plain values.
    """

    case: str
    slice: HostSlice
    settings: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """Changes with anything that the host's rows depend on."""
        return fingerprint(
            "host",
            host=self.slice.host,
            computers=self.slice.computers,
            evidence=self.slice.evidence,
            read=[(part.name, part.first_row) for part in self.slice.read],
            runs=[part.name for part in self.slice.runs],
            settings=dict(self.settings),
        )


def work_host(task: HostTask) -> Receipt:
    """Resolve and derive one host and write its parts.

    Raises:
        CaseError: the case folder cannot be read or written.
    """
    from graphsess.derive import derive  # the parent needs neither
    from graphsess.resolve.host import resolve_host

    case, known = Path(task.case), task.slice
    settings = from_mapping(task.settings, task.case)
    events = _rows(case, "read", known)
    runs = _rows(case, "runs", known).filter(
        pl.col("computer").str.to_lowercase().is_in(known.computers)
    )
    tables = resolve_host(events, runs, known.host, settings)
    tables = {**tables, **derive(tables, settings)}
    parts = [
        part
        for table in tables_of(Stage.HOSTS)
        if (part := write_part(case, table, known.host, tables[table.name]))
    ]
    about = {
        "host": known.host,
        "computers": list(known.computers),
        "events": tables["events"].height,
        "sessions": tables["sessions"].height,
    }
    return Receipt(task.fingerprint, about, tuple(parts))


def _rows_of(task: HostTask) -> int:
    return sum(part.rows for part in task.slice.read)


def _rows(case: Path, name: str, known: HostSlice) -> pl.DataFrame:
    parts = list(known.read if name == "read" else known.runs)
    if not parts:
        return pl.DataFrame(schema=TABLES[name].columns)
    return gather(case, parts).collect().sort(TABLES[name].order, maintain_order=True)
