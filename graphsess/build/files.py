"""The reading stage as a whole: which files are new, their units, and their receipts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from graphsess.build.ledger import file_fingerprint, file_receipt
from graphsess.build.plan import Plan
from graphsess.build.read import UnitTask, read_unit
from graphsess.build.result import Progress
from graphsess.case.manifest import Receipt
from graphsess.errors import EvidenceError, GraphsessError
from graphsess.evidence.find import Found
from graphsess.evidence.source import REFUSED, Source
from graphsess.readers import READERS

WORKER_BYTES = 16 << 20
"""So much evidence is read in the time that one more worker takes to start."""


def read_files(plan: Plan, found: Found) -> tuple[list[Receipt], int]:
    """Receipts of all files of the case, sorted by sha256, and how many had to be read."""
    done = {str(receipt.about["sha256"]): receipt for receipt in _before(plan)}
    todo: dict[str, _File] = {}
    for source in found.sources:
        if source.kind == REFUSED:
            continue
        if known := plan.journal.find(_name(plan, source)):
            done[source.sha256] = known
        else:
            todo[source.sha256] = _file(plan, source)
    for file in _each_read(plan, list(todo.values())):
        units = [file.made[name] for task in file.tasks if (name := task.fingerprint) in file.made]
        troubles = sorted(set(file.troubles))
        receipt = file_receipt(plan.case, file.source, units, troubles, **plan.options)
        if receipt.fingerprint:
            plan.journal.note(receipt)
        done[file.source.sha256] = receipt
    return [done[sha256] for sha256 in sorted(done)], len(todo)


@dataclass(slots=True)
class _File:
    """A file on its way: its units, what they left, and what went wrong with it."""

    source: Source
    tasks: list[UnitTask] = field(default_factory=list)
    made: dict[str, Receipt] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    waiting: int = 0


def _file(plan: Plan, source: Source) -> _File:
    try:
        units = READERS[source.kind].units(source, carve=plan.options["carve"])
    except EvidenceError as error:
        return _File(source, troubles=[str(error)])
    raw = plan.options["raw"]
    return _File(source, [UnitTask(str(plan.case), replace(unit, raw=raw)) for unit in units])


def _each_read(plan: Plan, files: list[_File]) -> Iterator[_File]:
    """Read what is left to be read; a file comes out when its last unit is done."""
    owner: dict[str, _File] = {}
    for file in files:
        for task in file.tasks:
            if known := plan.journal.find(task.fingerprint):
                file.made[task.fingerprint] = known
            else:
                owner[task.fingerprint] = file
                file.waiting += 1
    share = {file.source.sha256: file.source.bytes // max(1, len(file.tasks)) for file in files}
    total = sum(file.source.bytes for file in files)
    size = total - sum(share[file.source.sha256] * file.waiting for file in files)
    ready = [file for file in files if not file.waiting]
    yield from ready
    done = len(ready)
    plan.report(Progress("read", done, len(files), size, total))
    tasks = [task for file in files for task in file.tasks if task.fingerprint in owner]
    width = 1 + (total - size) // WORKER_BYTES
    for task, outcome in plan.each(read_unit, tasks, width=width):
        file = owner[task.fingerprint]
        if isinstance(outcome, Receipt):
            file.made[task.fingerprint] = outcome
        else:
            file.troubles.append(_sentence(file.source.path, outcome))
        file.waiting -= 1
        size += share[file.source.sha256]
        if not file.waiting:
            done += 1
            yield file
        plan.report(Progress("read", done, len(files), size, total))


def _sentence(path: str, error: GraphsessError) -> str:
    """What went wrong with a file, naming it, whoever says it."""
    text = str(error)
    if path in text:
        return text
    return f"a part of {path} could not be read ({text}); what was read of it is kept"


def _before(plan: Plan) -> tuple[Receipt, ...]:
    return plan.before.files if plan.before else ()


def _name(plan: Plan, source: Source) -> str:
    return file_fingerprint(source.sha256, source.kind, **plan.options)
