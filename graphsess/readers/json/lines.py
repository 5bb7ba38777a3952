"""The objects of a JSON file: one a line, or all in one array; and the batch made from them."""

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
ARRAY_BYTES_MAX = 1 << 30
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


def objects(file: BinaryIO, path: str) -> Iterator[tuple[int, str, Any]]:
    """Line number from 1, text and parsed value of each line; the value is None if it is broken.

    Of a file that is one array the elements are numbered instead.

    Raises:
        EvidenceError: the file is an array too large to be read in one go.
    """
    head = file.read(4096)
    file.seek(len(_BOM) if head.startswith(_BOM) else 0)
    if head.removeprefix(_BOM).lstrip(_BLANK).startswith(b"["):
        yield from _elements(file, path)
        return
    number = 0
    while line := file.readline(LINE_BYTES_MAX):
        number += 1
        if len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(LINE_BYTES_MAX)
            yield number, "", None
            continue
        line = line.strip(_BLANK)
        if line:
            yield number, *_parsed(line)


def first_object(head: bytes) -> bytes:
    """The first object of a JSON file as far as `head` shows it; b"" if it is no JSON."""
    begin = head.removeprefix(_BOM).lstrip(_BLANK)
    if begin.startswith(b"["):
        begin = begin[1:].lstrip(_BLANK)
    if not begin.startswith(b"{"):
        return b""
    return begin if head.removeprefix(_BOM).lstrip(_BLANK)[:1] == b"[" else begin.split(b"\n", 1)[0]


def units(source: Source, name: str) -> list[Unit]:
    """JSON is read in one piece: zones and repeats are facts of the whole file."""
    return [Unit(source, name)]


def batch(unit: Unit, understand: Understand) -> Batch:
    """The batch of a file whose objects stand by themselves."""
    gathered = Gathered(unit.source)
    with unit.source.open() as file:
        for number, text, value in objects(file, unit.source.path):
            gathered.add(number, text, understand(value) if isinstance(value, dict) else None)
    return gathered.batch()


class Gathered:
    """The events of a JSON file, with an account of all its lines."""

    def __init__(self, source: Source) -> None:
        self._source = source
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
            events=self._rows.frame(),
            bodies=self._rows.bodies(),
            runs=collected(self._source.sha256, self._seen),
            seen=self._lines,
            not_wanted=self._not_wanted,
            unreadable=len(self._broken),
            problem=self._problem(),
        )

    def _problem(self) -> str | None:
        if not self._broken:
            return self.note and f"{self._source.path}: {self.note}"
        shown = ", ".join(map(str, self._broken[:5])) + (", …" if len(self._broken) > 5 else "")
        noun = "line" if len(self._broken) == 1 else "lines"
        tail = f"; {self.note}" if self.note else ""
        return (
            f"{self._source.path}: {len(self._broken)} {noun} cannot be read ({noun} {shown}); "
            f"the rest was used, export the log again for them{tail}"
        )


def _parsed(line: bytes) -> tuple[str, Any]:
    try:
        return line.decode(), orjson.loads(line)
    except (UnicodeDecodeError, orjson.JSONDecodeError):
        return "", None


def _elements(file: BinaryIO, path: str) -> Iterator[tuple[int, str, Any]]:
    content = file.read(ARRAY_BYTES_MAX + 1)
    if len(content) > ARRAY_BYTES_MAX:
        raise EvidenceError(
            f"{path} is one JSON array of more than {ARRAY_BYTES_MAX >> 30} GB; "
            "turn it into JSON lines with `jq -c '.[]'`"
        )
    try:
        values = orjson.loads(content)
    except orjson.JSONDecodeError:
        yield 1, "", None
        return
    for number, value in enumerate(values, start=1):
        yield number, orjson.dumps(value).decode(), value
