"""What is learnt of templates: where one has System's values, which fields another holds.

A GUID stands for one template in every log met so far, so each is read once a unit, from a chunk
whose checksums hold. Not once a process: what one file says of a GUID, no other has to believe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from graphsess.readers.evtx.definitions import DefinitionError, Element, Hole, Part, definition
from graphsess.readers.evtx.format import SystemValue, Type
from graphsess.readers.evtx.values import printable

Guid = tuple[int, int]
"""A GUID as two 64-bit numbers."""


@dataclass(frozen=True, slots=True)
class Outer:
    """An outer template of the usual shape.

    Attributes:
        tree: The template.
        inner: Index of the value that is the inner template's instance, the last one.
        channel: The channel; None where it is a value.
        computer: The computer's name.
        providers: Provider's Name and EventSourceName as far as they are given; empty where the
            name is a value.
        shown: Which of the values of System are shown at all.
    """

    tree: Element
    inner: int
    channel: str | None
    computer: str | None
    providers: tuple[str, ...]
    shown: frozenset[SystemValue]


@dataclass(frozen=True, slots=True)
class Inner:
    """An inner template whose fields are single values with names of their own.

    Attributes:
        tree: The template.
        holes: The fields by name.
        kinds: The types that the values must have, by index; none for those that are not shown.
    """

    tree: Element
    holes: Mapping[str, Hole]
    kinds: tuple[int | None, ...]


Learnt = TypeVar("Learnt", Outer, Inner)


class Templates(Generic[Learnt]):
    """Templates by GUID; None for those that are left to another decoder."""

    def __init__(self, understand: Callable[[Element], Learnt | None]) -> None:
        self._understand: Callable[[Element], Learnt | None] = understand
        self._known: dict[Guid, Learnt | None] = {}

    def get(self, guid: Guid, chunk: memoryview, offset: int) -> Learnt | None:
        """The template with this GUID, defined at a sound chunk's offset."""
        if guid not in self._known:
            try:
                self._known[guid] = self._understand(definition(chunk, offset))
            except DefinitionError:
                self._known[guid] = None
        return self._known[guid]


def outer(tree: Element) -> Outer | None:
    """An outer template understood; None if its shape is another than the usual."""
    if tree.name != "Event" or not 1 <= len(tree.children) <= 2:
        return None
    system, *rest = tree.children
    if not isinstance(system, Element) or system.name != "System":
        return None
    body = rest[0] if rest else None
    if isinstance(body, Element) and body.name == "UserData" and len(body.children) == 1:
        body = body.children[0]
    if not isinstance(body, Hole) or body.kind != Type.XML:
        return None
    found = dict(_system(system))
    names = [found.get(key) for key in ("Provider@Name", "Provider@EventSourceName")]
    if not all(found.get(key) == hole for key, hole in _MUST.items()):
        return None
    if any(key in found and found[key] != hole for key, hole in _MAY.items()):
        return None
    channel, computer = found.get("Channel", ""), found.get("Computer", "")
    if not isinstance(computer, str):
        return None
    if not isinstance(channel, str) and channel != SystemValue.CHANNEL:
        return None
    if names[0] == SystemValue.PROVIDER and names[1] is None:
        providers: tuple[str, ...] = ()
    elif isinstance(names[0], str) and (names[1] is None or isinstance(names[1], str)):
        providers = tuple(name for name in names if isinstance(name, str) and name)
    else:
        return None
    return Outer(
        tree=tree,
        inner=body.index,
        channel=channel if isinstance(channel, str) else None,
        computer=computer,
        providers=providers,
        shown=frozenset(value for value in found.values() if isinstance(value, SystemValue)),
    )


def inner(tree: Element) -> Inner | None:
    """An inner template understood; None if it holds more than single values with names."""
    holes: dict[str, Hole] = {}
    for child in tree.children:
        field = _field(child, named=tree.name == "EventData")
        if field is None or field[0] in holes:
            return None
        holes[field[0]] = field[1]
    if tree.name in _ELSEWHERE:
        return None
    kinds = {hole.index: hole.kind for hole in holes.values()}
    if len(kinds) < len(holes) or len(holes) < sum(1 for _ in tree.holes()):
        return None
    return Inner(tree, holes, tuple(map(kinds.get, range(max(kinds, default=-1) + 1))))


_MUST = {
    "EventID": SystemValue.EVENT_ID,
    "TimeCreated@SystemTime": SystemValue.TIME_CREATED,
    "EventRecordID": SystemValue.RECORD_ID,
}
_MAY = {
    "Version": SystemValue.VERSION,
    "Correlation@ActivityID": SystemValue.ACTIVITY_ID,
    "Execution@ProcessID": SystemValue.PROCESS_ID,
    "Security@UserID": SystemValue.USER_ID,
}
_ELSEWHERE = frozenset({"ProcessingErrorData", "UserData", "Data"})
"""Inner templates whose fields are found in another way."""


def _system(system: Element) -> Iterator[tuple[str, str | SystemValue | None]]:
    """What fills each element and attribute of System: a text, one of the usual values, or else."""
    for child in system.children:
        if isinstance(child, Element):
            yield child.name, _filled(child.children)
            for name, parts in child.attributes:
                yield f"{child.name}@{name}", _filled(parts)


def _filled(parts: tuple[Element | Part, ...]) -> str | SystemValue | None:
    if all(isinstance(part, str) for part in parts):
        return "".join(part for part in parts if isinstance(part, str))
    [part, *more] = parts
    if more or not isinstance(part, Hole):
        return None
    try:
        return SystemValue(part.index)
    except ValueError:
        return None


def _field(child: Element | Part, *, named: bool) -> tuple[str, Hole] | None:
    if not isinstance(child, Element) or len(child.children) != 1:
        return None
    [hole] = child.children
    if not isinstance(hole, Hole) or not printable(hole.kind):
        return None
    if child.name != "Data":
        return None if child.attributes else (child.name, hole)
    if not named or [name for name, _ in child.attributes] != ["Name"]:
        return None
    name = _filled(child.attributes[0][1])
    return (name, hole) if isinstance(name, str) and name else None
