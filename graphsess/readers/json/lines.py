"""The objects of a JSON file, one a line or all in one array, and the batch made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from graphsess.catalogue import Kind
from graphsess.errors import EvidenceError
from graphsess.evidence.source import Source
from graphsess.readers.base import Batch, Unit
from graphsess.readers.record import Identity
from graphsess.readers.rows import Rows
from graphsess.readers.runs import Seen, collected

LINE_BYTES_MAX = 64 << 20
ARRAY_BYTES_MAX = 128 << 20
BLOCK_BYTES = 64 << 20
"""Bytes of a unit; a line belongs to the block in which it begins."""

_SNIFFED = 8
_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One object of a file, understood."""

    kind: Kind | None
    identity: Identity
    fields: Mapping[str, Any]


Understand = Callable[[Mapping[str, Any]], Event | None]
"""From an object to the event it holds; None where it holds none."""


def objects(file: BinaryIO, unit: Unit) -> Iterator[tuple[int, str, Any]]:
    """Line number, text and parsed value of each line of a unit; the value is None if broken.

    Lines are numbered from 1 within the unit. Of a file that is one array the elements are.

    Raises:
        EvidenceError: the file is an array too large to be read in one go.
    """
    if unit.count is None:
        yield from _elements(file, unit.source.path)
        return
    begin, end = unit.first * BLOCK_BYTES, (unit.first + unit.count) * BLOCK_BYTES
    file.seek(max(0, begin - 1))
    if begin:
        _skip(file, file.readline(LINE_BYTES_MAX))
    elif file.read(len(_BOM)) != _BOM:
        file.seek(0)
    number = 0
    while file.tell() < end and (line := file.readline(LINE_BYTES_MAX)):
        number += 1
        if _skip(file, line):
            yield number, "", None
        elif line := line.strip(_BLANK):
            yield number, *_parsed(line)


def sniff(head: bytes, *keys: bytes) -> bool:
    """True if one of the first objects of a JSON file has all these keys, quotes included."""
    begin = head.removeprefix(_BOM).lstrip(_BLANK)
    if begin.startswith(b"["):
        candidates = [begin[1:].lstrip(_BLANK)]
    else:
        candidates = begin.split(b"\n", _SNIFFED)[:_SNIFFED]
    return any(
        line.lstrip(_BLANK).startswith(b"{") and all(key in line for key in keys)
        for line in candidates
    )


def units(source: Source, name: str) -> list[Unit]:
    """Blocks of lines; a file that is one array is one unit, without a count.

    Raises:
        EvidenceError: the source cannot be opened.
    """
    with source.open() as file:
        head = file.read(4096)
    if head.removeprefix(_BOM).lstrip(_BLANK).startswith(b"["):
        return [Unit(source, name)]
    blocks = max(1, -(-source.bytes // BLOCK_BYTES))
    return [Unit(source, name, first, 1) for first in range(blocks)]


def lines_before(unit: Unit) -> int:
    """How many lines of the file begin before the unit's first."""
    left = unit.first * BLOCK_BYTES
    found, last = 0, b"\n"
    with unit.source.open() as file:
        while left > 0 and (block := file.read(min(left, 1 << 20))):
            found += block.count(b"\n")
            left -= len(block)
            last = block[-1:]
    return found + (last != b"\n")  # a line that is cut begins before


def batch(unit: Unit, understand: Understand) -> Batch:
    """The batch of a file whose objects stand by themselves."""
    gathered = Gathered(unit)
    with unit.source.open() as file:
        for number, text, value in objects(file, unit):
            gathered.add(number, text, understand(value) if isinstance(value, dict) else None)
    return gathered.batch()


class Gathered:
    """The events of a JSON file, with an account of all its lines."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._rows = Rows()
        self._seen: list[Seen] = []
        self._lines = 0
        self._not_wanted = 0
        self._broken: list[int] = []
        self.note: str | None = None

    def add(self, number: int, text: str, event: Event | None) -> None:
        """Account for one line; `event` is None where it could not be understood."""
        self._lines += 1
        if event is None:
            self._broken.append(number)
            return
        identity = event.identity
        if event.kind is None:
            self._not_wanted += 1
        else:
            self._rows.add(number, event.kind, identity, event.fields, text)
        self._seen.append(
            Seen(number, identity.computer, identity.channel, identity.record_id, identity.time)
        )

    def batch(self) -> Batch:
        """The file's batch."""
        return Batch(
            pieces=self._rows.pieces(raw=self._unit.raw),
            runs=collected(self._unit.source.sha256, self._seen),
            seen=self._lines,
            not_wanted=self._not_wanted,
            unreadable=len(self._broken),
            problem=self._problem(),
        )

    def _problem(self) -> str | None:
        path = self._unit.source.path
        if not self._broken:
            return self.note and f"{path}: {self.note}"
        before = lines_before(self._unit) if self._unit.first else 0
        shown = ", ".join(str(before + number) for number in self._broken[:5])
        more = ", …" if len(self._broken) > 5 else ""
        noun = "line" if len(self._broken) == 1 else "lines"
        note = f"; {self.note}" if self.note else ""
        return (
            f"{path}: {len(self._broken)} {noun} cannot be read ({noun} {shown}{more}); "
            f"the rest was used, export the log again for them{note}"
        )


def _skip(file: BinaryIO, line: bytes) -> bool:
    """True if the line is longer than any event; then what is left of it is skipped."""
    long = len(line) == LINE_BYTES_MAX and not line.endswith(b"\n")
    while len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
        line = file.readline(LINE_BYTES_MAX)
    return long


def _parsed(line: bytes) -> tuple[str, Any]:
    try:
        return line.decode(), orjson.loads(line)
    except (UnicodeDecodeError, orjson.JSONDecodeError):
        return "", None


def _elements(file: BinaryIO, path: str) -> Iterator[tuple[int, str, Any]]:
    file.seek(0)
    content = file.read(ARRAY_BYTES_MAX + 1).removeprefix(_BOM)
    if len(content) > ARRAY_BYTES_MAX:
        raise EvidenceError(
            f"{path} is one JSON array of more than {ARRAY_BYTES_MAX >> 20} MB; "
            "turn it into JSON lines with `jq -c '.[]'`"
        )
    try:
        values = orjson.loads(content)
    except orjson.JSONDecodeError:
        yield 1, "", None
        return
    for number, value in enumerate(values, start=1):
        yield number, orjson.dumps(value).decode(), value
