"""Scripts that take turns, so that everything in a fleet happens in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

Script = Iterator[int]
"""Does something, and yields the world's time at which it goes on; first of all its beginning."""


def play(scripts: Iterable[Script]) -> None:
    """Run all scripts to their ends; of two that go on at one time, the earlier listed first."""
    waiting: list[tuple[int, int, Script]] = []
    for number, script in enumerate(scripts):
        if (at := next(script, None)) is not None:
            heapq.heappush(waiting, (at, number, script))
    while waiting:
        at, number, script = heapq.heappop(waiting)
        if (later := next(script, None)) is not None:
            heapq.heappush(waiting, (max(later, at), number, script))
