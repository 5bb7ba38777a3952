"""How far a build is, on stderr and only for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

if TYPE_CHECKING:
    from graphsess.build import Progress

_SAYS = {
    "find": "looking for logs",
    "read": "reading",
    "survey": "telling hosts apart",
    "hosts": "working hosts",
    "across": "looking across hosts",
}
_MB = 1_000_000


@contextmanager
def shown(console: Console) -> Iterator[Callable[[Progress], None] | None]:
    """What a build reports to while the block lasts: a bar on a terminal, nobody elsewhere."""
    if not console.is_terminal:
        yield None
        return
    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[tally]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None, tally="")

        def tell(step: Progress) -> None:
            by_bytes = bool(step.bytes_total)
            tally = f"{step.done:,}/{step.total:,}"
            if by_bytes:
                tally += f" files, {step.bytes_done / _MB:,.0f}/{step.bytes_total / _MB:,.0f} MB"
            bar.update(
                task,
                description=_SAYS.get(step.stage, step.stage),
                completed=step.bytes_done if by_bytes else step.done,
                total=(step.bytes_total if by_bytes else step.total) or None,
                tally=tally if step.total else "",
            )

        yield tell
