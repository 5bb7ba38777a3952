"""A record's values and their template as the `evtx` package would have printed the record.

It needs nothing but the two, so a case shows its records without the evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import orjson

from graphsess.readers.evtx.format import DESCRIPTOR, Type
from graphsess.readers.evtx.values import WHOLE, string, texts

Shown = str | int | bool | dict[str, Any] | None


def as_json(body: bytes, template: str) -> str:
    """The record as JSON text.

    Args:
        body: Values, see `graphsess.readers.evtx.bodies`.
        template: What they stand in, see the same.
    """
    outer, inner = _trees(template)
    count = int.from_bytes(body[:4], "little")
    values, end = _values(body, 0, count, count - 1)
    count = int.from_bytes(body[end : end + 4], "little")
    inside, _ = _values(body, end, count, count)
    event = _content(outer, [*values, _Inner(inner, inside)])
    return orjson.dumps({"Event": event}).decode()


@lru_cache(1024)
def _trees(template: str) -> tuple[Any, Any]:
    outer, inner = orjson.loads(template)
    return outer, inner


class _Inner(tuple[list[Any], list[Shown]]):
    """The inner template and its values, as the last value of the outer one."""

    __slots__ = ()

    def __new__(cls, tree: list[Any], values: list[Shown]) -> _Inner:
        return super().__new__(cls, (tree, values))


def _values(body: bytes, at: int, described: int, count: int) -> tuple[list[Any], int]:
    """`count` of the values of an instance, and where they end."""
    end = at + 4 + DESCRIPTOR * described
    values = []
    for head in range(at + 4, at + 4 + DESCRIPTOR * count, DESCRIPTOR):
        size = int.from_bytes(body[head : head + 2], "little")
        values.append(_shown(body[head + 2], body[end : end + size]))
        end += size
    return values, end


def _shown(kind: int, value: bytes) -> Shown:
    if kind == Type.NULL:
        return None
    if kind == Type.STRING:
        return string(value)
    if kind == Type.BOOL and value:
        number = int.from_bytes(value, "little", signed=True)
        return bool(number) if number in (0, 1) else number
    [text] = texts(kind, [value])
    if text is None:
        return f"0x{int.from_bytes(value, 'little'):x}" if value else None
    return int(text) if kind in WHOLE else text


def _content(tree: Sequence[Any], values: Sequence[Any]) -> Shown:
    """What stands in an element, with its attributes."""
    _, attributes, children = tree
    given = {name: value for name, value in _attributes(attributes, values) if value is not None}
    members = dict(_members(children, values))
    text = None if members else _joined(children, values)
    if text == "":
        text = None
    if not given:
        return members or text
    shown: dict[str, Any] = {"#attributes": given}
    if members:
        return shown | members
    return shown if text is None else shown | {"#text": text}


def _attributes(attributes: Sequence[Any], values: Sequence[Any]) -> Iterator[tuple[str, Shown]]:
    for name, parts in attributes:
        value = _joined(parts, values)
        yield name, value if value != "" else None


def _members(children: Sequence[Any], values: Sequence[Any]) -> Iterator[tuple[str, Shown]]:
    """The elements among what stands in an element, by name."""
    for child in children:
        if isinstance(child, str):
            continue
        if isinstance(child[0], str):
            yield _named(child, values)
        elif isinstance(value := values[child[0]], _Inner):
            tree, inside = value
            yield _named(tree, inside)


def _named(tree: Sequence[Any], values: Sequence[Any]) -> tuple[str, Shown]:
    """`<Data Name="X">` goes by its own name, any other element by that of the element."""
    name, attributes, children = tree
    if name == "Data" and [key for key, _ in attributes] == ["Name"]:
        return str(_joined(attributes[0][1], values)), _joined(children, values)
    return name, _content(tree, values)


def _joined(parts: Sequence[Any], values: Sequence[Any]) -> Shown:
    """Texts and values that stand behind each other; a single value keeps its type.

    A value that is null though its place is not optional is empty.
    """
    shown = [part if isinstance(part, str) else values[part[0]] for part in parts]
    if len(shown) == 1:
        found: Shown = shown[0]
        return "" if found is None and not parts[0][1] else found
    return "".join(map(_spelled, shown)) if shown else None


def _spelled(value: Shown) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
