"""How far loading or deriving is, on stderr and only for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from graphsess.report.cells import harmless


@contextmanager
def shown(
    console: Console, says: str, total: int | None
) -> Iterator[Callable[[str, int, int], None] | None]:
    """What a load reports to while the block lasts: a bar on a terminal, nobody elsewhere.

    Args:
        console: Where.
        says: What is done.
        total: Events in all, for a load; None where the report says of how many.
    """
    if not console.is_terminal:
        yield None
        return
    bar = Bar(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[tally]}"),
        TimeElapsedColumn(), console=console, transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task(says, total=total, tally="")
        before: dict[str, int] = {}

        def loaded(host: str, events: int, elements: int) -> None:
            before[host] = events
            bar.update(
                task, description=f"{says} {harmless(host)}", completed=sum(before.values()),
                tally=f"{elements:,} elements",
            )  # fmt: skip

        def derived(name: str, done: int, hosts: int) -> None:
            bar.update(
                task, description=f"{says} {name}", completed=done, total=hosts or None,
                tally=f"{done:,}/{hosts:,} hosts",
            )  # fmt: skip

        yield derived if total is None else loaded
