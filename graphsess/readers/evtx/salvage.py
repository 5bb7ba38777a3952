"""A second opinion on records that the decoder gives up: the `python-evtx` package.

It is some 800 times slower and knows fewer forms, but it stops later: often the System part of a
damaged record is sound where its data are not. What it recovers is marked as carved.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from graphsess.readers.evtx.chunks import Spot
from graphsess.readers.evtx.format import FIRST_RECORD
from graphsess.readers.runs import time_us
from graphsess.readers.xml import event_of, parsed

CALLS_MAX = 60_000
"""Function calls allowed for one record; a real one takes 8,000 to 30,000. A count, not a clock,
so that the same evidence gives the same case."""

UNIT_CALLS_MAX = 20_000_000
"""Function calls allowed for all records of a unit: half a minute, however damaged it is."""

FAILURES_MAX = 8
"""Failures in a row after which a chunk is given up."""

_ROUNDING_US = 4
"""python-evtx reckons times in floating point."""

_EPOCH_1601 = datetime(1601, 1, 1, tzinfo=UTC)


class TooManyCalls(BaseException):
    """Not an Exception, so that no handler on the way swallows it."""


class Budget:
    """The function calls that a unit has left."""

    def __init__(self) -> None:
        self.left = UNIT_CALLS_MAX

    def spend(self, function: Callable[[], str]) -> str:
        """The function's result, unless it calls other functions too often."""
        allowed = left = min(CALLS_MAX, self.left)
        before = sys.getprofile()

        def count(_frame: object, what: str, _arg: object) -> None:
            nonlocal left
            if what.endswith("call"):
                left -= 1
                if left < 0:
                    raise TooManyCalls

        sys.setprofile(count)
        try:
            return function()
        finally:
            sys.setprofile(before)
            self.left -= allowed - left


class Salvage:
    """The records of one chunk, asked for one by one."""

    def __init__(self, chunk: bytes, budget: Budget) -> None:
        self._budget = budget
        self._chunk = chunk[:128] + bytes(FIRST_RECORD - 128) + chunk[FIRST_RECORD:]
        self._failures = 0
        self._header: Any = None

    def event(self, spot: Spot) -> dict[str, Any] | None:
        """The record as an event in the shape of `graphsess.readers.record`, or None."""
        if self._failures >= FAILURES_MAX or self._budget.left <= 0:
            return None
        try:
            event = event_of(parsed(self._budget.spend(lambda: self._xml(spot))))
        except (TooManyCalls, Exception):  # a parser of hostile bytes raises what it likes
            event = None
        self._failures = 0 if event is not None else self._failures + 1
        if event is not None:
            _sharpen(event, spot.filetime)
        return event

    def _xml(self, spot: Spot) -> str:
        from Evtx.Evtx import ChunkHeader, Record

        if self._header is None:
            self._header = ChunkHeader(self._chunk, 0)
            self._header._templates = _Templates(self._header.add_template)
        return str(Record(self._chunk, spot.offset, self._header).xml())


class _Templates(dict[int, Any]):
    """Templates by offset, read where a record says they are: the chunk's table is not trusted."""

    def __init__(self, read: Callable[[int], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, offset: int) -> object:
        return self._read(offset)


def _sharpen(event: dict[str, Any], filetime: int) -> None:
    """Put the header's exact time where the body's, which python-evtx rounds, is the same."""
    created = event.get("System", {}).get("TimeCreated")
    if not isinstance(created, dict):
        return
    try:
        exact = _EPOCH_1601 + timedelta(microseconds=filetime // 10)
    except OverflowError:
        return
    exact_text = exact.isoformat(timespec="microseconds").replace("+00:00", "Z")
    rounded = time_us(created["#attributes"].get("SystemTime"))
    ours = time_us(exact_text)
    if rounded is not None and ours is not None and abs(rounded - ours) <= _ROUNDING_US:
        created["#attributes"]["SystemTime"] = exact_text
