"""Template definitions: the binary XML of an element with holes, into a tree.

A definition is the same wherever its GUID stands, but for the places of its names: a name is
spelled out where the chunk first uses it, elsewhere only its offset is given.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from graphsess.readers.evtx.format import DEFINITION, FRAGMENT, MORE, Token, Type

DEPTH_MAX = 32
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_U16 = struct.Struct("<H")
_U32 = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Hole:
    """Where a value goes: its index, the type that the template expects, and if it may be null."""

    index: int
    kind: int
    optional: bool


Part = str | Hole


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a template: name, attributes by name, and what stands in it."""

    name: str
    attributes: tuple[tuple[str, tuple[Part, ...]], ...] = ()
    children: tuple[Element | Part, ...] = ()

    def holes(self) -> Iterator[Hole]:
        """All holes below, attributes' too."""
        for _, parts in self.attributes:
            yield from (part for part in parts if isinstance(part, Hole))
        for child in self.children:
            if isinstance(child, Element):
                yield from child.holes()
            elif isinstance(child, Hole):
                yield child


class DefinitionError(ValueError):
    """The bytes are no definition, or one of a form that is left to another decoder."""


def definition(chunk: bytes | memoryview, offset: int) -> Element:
    """The tree of the definition at a chunk's offset.

    Raises:
        DefinitionError: there is none, or it holds what no template of an event does.
    """
    try:
        (size,) = _U32.unpack_from(chunk, offset + 20)
        begin = offset + DEFINITION
        reader = _Reader(chunk, begin, min(begin + size, len(chunk)))
        if bytes(chunk[begin : begin + len(FRAGMENT)]) == FRAGMENT:
            reader.at += len(FRAGMENT)
        return reader.element(0)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise DefinitionError(str(error)) from error


class _Reader:
    """Reads on from a place in a chunk, up to the definition's end."""

    def __init__(self, chunk: bytes | memoryview, at: int, end: int) -> None:
        self.chunk = chunk
        self.at = at
        self.end = end

    def element(self, depth: int) -> Element:
        if depth > DEPTH_MAX:
            raise DefinitionError("nested too deep")
        token = self._byte()
        if token & ~MORE != Token.OPEN:
            raise DefinitionError(f"token {token:#x} where an element begins")
        self.at += 6  # dependency, size
        name = self._name()
        attributes = []
        if token & MORE:
            self.at += 4  # size of the attributes
            while self._peek() & ~MORE == Token.ATTRIBUTE:
                self.at += 1
                attributes.append((self._name(), tuple(self._parts())))
        children: list[Element | Part] = []
        close = self._byte()
        if close == Token.CLOSE_OPEN:
            while (token := self._peek()) != Token.CLOSE:
                if token & ~MORE == Token.OPEN:
                    children.append(self.element(depth + 1))
                else:
                    children.append(self._part())
            self.at += 1
        elif close != Token.CLOSE_EMPTY:
            raise DefinitionError(f"token {close:#x} where a start tag ends")
        return Element(name, tuple(attributes), tuple(children))

    def _parts(self) -> Iterator[Part]:
        while self._peek() & ~MORE in _PARTS:
            yield self._part()

    def _part(self) -> Part:
        token = self._byte() & ~MORE
        if token == Token.TEXT:
            if self._byte() != Type.STRING:
                raise DefinitionError("a text that is no string")
            return self._text(self._u16())
        if token in (Token.VALUE, Token.OPTIONAL_VALUE):
            return Hole(self._u16(), self._byte(), token == Token.OPTIONAL_VALUE)
        if token == Token.CHARACTER:
            return chr(self._u16())
        if token == Token.ENTITY and (name := self._name()) in _ENTITIES:
            return _ENTITIES[name]
        raise DefinitionError(f"token {token:#x} in a template")

    def _name(self) -> str:
        """The name whose offset stands here; spelled out just behind, if used for the first time.

        A name is offset of the next one, hash, count of characters, characters, a zero.
        """
        (place,) = _U32.unpack_from(self.chunk, self.at)
        self.at += 4
        (count,) = _U16.unpack_from(self.chunk, place + 6)
        if place == self.at:
            self.at += 8 + 2 * count + 2
        spelled = bytes(self.chunk[place + 8 : place + 8 + 2 * count])
        if len(spelled) != 2 * count or not count:
            raise DefinitionError("a name beyond the chunk")
        return spelled.decode("utf-16-le")

    def _text(self, count: int) -> str:
        text = bytes(self.chunk[self.at : self.at + 2 * count])
        self.at += 2 * count
        return text.decode("utf-16-le")

    def _peek(self) -> int:
        if self.at >= self.end:
            raise DefinitionError("it does not end")
        return self.chunk[self.at]

    def _byte(self) -> int:
        byte = self._peek()
        self.at += 1
        return byte

    def _u16(self) -> int:
        (value,) = _U16.unpack_from(self.chunk, self.at)
        self.at += 2
        return int(value)


_PARTS = frozenset({Token.TEXT, Token.VALUE, Token.OPTIONAL_VALUE, Token.CHARACTER, Token.ENTITY})
