"""Unbroken stretches of records: what a file can prove about what is missing in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import polars as pl

from graphsess.readers.tables import RUNS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Seen(NamedTuple):
    """One record of any kind, as far as stretches need it."""

    position: int
    computer: str | None
    channel: str | None
    record_id: int | None
    time: str | None


class Runs:
    """Stretches told record by record, in file order.

    Args:
        evidence: sha256 of the file.
    """

    def __init__(self, evidence: str) -> None:
        self.trusted = True
        self._evidence = evidence
        self._done: list[tuple[Seen, Seen, int]] = []
        self._first: Seen | None = None
        self._last = Seen(0, None, None, None, None)
        self._count = 0

    def add(self, seen: Seen) -> None:
        """Lengthen the stretch by one record, or begin another."""
        if self._first is None or not _follows(self._last, seen):
            self._close()
            self._first = seen
        self._last = seen
        self._count += 1

    def frame(self) -> pl.DataFrame:
        """The stretches, schema `RUNS`, in file order."""
        self._close()
        rows = [
            (
                self._evidence,
                first.channel,
                first.computer,
                first.record_id,
                last.record_id,
                time_us(first.time),
                time_us(last.time),
                count,
                first.position,
                self.trusted,
            )
            for first, last, count in self._done
        ]
        return pl.DataFrame(rows, RUNS, orient="row")

    def _close(self) -> None:
        if self._first is not None:
            self._done.append((self._first, self._last, self._count))
        self._first = None
        self._count = 0


def collected(evidence: str, records: Iterable[Seen]) -> pl.DataFrame:
    """Stretches of records that a collector mixed: each channel of each computer by record id.

    Never trusted: a collector takes what its settings say, so a missing id proves nothing.
    Records without ids make one stretch a channel.
    """
    apart: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for seen in records:
        apart[seen.computer or "", seen.channel or ""].append(seen)
    runs = Runs(evidence)
    runs.trusted = False
    for group in apart.values():
        numbered = any(seen.record_id is not None for seen in group)
        for seen in sorted(group, key=lambda s: (s.record_id or 0, s.time or "", s.position)):
            runs.add(seen if numbered else seen._replace(record_id=None))
    return runs.frame().sort("position", "first_id")


def time_us(text: str | None) -> int | None:
    """Microseconds UTC since 1970 of an ISO text; None if it is no time after 1601."""
    if text is None:
        return None
    head, dot, rest = text.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    zone = rest[len(digits) :] if dot else ""
    try:
        at = datetime.fromisoformat(f"{head}.{digits[:6]:0<6}{zone}" if dot else head)
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        return (at - _EPOCH) // _MICROSECOND if at.year > 1601 else None
    except (ValueError, OverflowError):
        return None


def _follows(last: Seen, seen: Seen) -> bool:
    """True if nothing can be missing between the two."""
    if last.channel != seen.channel or last.computer != seen.computer:
        return False
    if seen.record_id is None or last.record_id is None:
        return seen.record_id is last.record_id
    return seen.record_id == last.record_id + 1
