"""This file holds BinXML: element trees, and the bytes they become inside a chunk.

A name is written where it is first used and pointed at afterwards, so an element's bytes depend
on its place in the chunk and on the names before it. Format:
https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from graphsess.synth.evtx.values import STRING, utf16

FRAGMENT = b"\x0f\x01\x01\x00"
END_OF_STREAM = b"\x00"

_OPEN, _OPEN_WITH_ATTRIBUTES = 0x01, 0x41
_CLOSE_START, _CLOSE_EMPTY, _CLOSE = 0x02, 0x03, 0x04
_TEXT, _ATTRIBUTE, _MORE = 0x05, 0x06, 0x40
_SUBSTITUTION, _OPTIONAL = 0x0D, 0x0E
_NO_DEPENDENCY = 0xFFFF
_TEMPLATE_SPACE = uuid.UUID("b6a10e5c-64a7-5c43-9f0b-6f0b3ac0d0e1")

NAME_BUCKETS = 64
TEMPLATE_BUCKETS = 32


class Sub(NamedTuple):
    """A place in a template that a value is put into; an optional one vanishes when null."""

    number: int
    type: int
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """An XML element; attributes and text are literals or substitutions."""

    name: str
    attributes: tuple[tuple[str, str | Sub], ...] = ()
    children: tuple[Element | str | Sub, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateTree:
    """A template: its tree, and the GUID that follows from the tree.

    Attributes:
        guid: 16 bytes; equal trees have equal GUIDs, in every file and on every machine.
        bucket: Which of the chunk's 32 template chains it belongs to.
    """

    root: Element
    guid: bytes
    bucket: int


def template_tree(root: Element) -> TemplateTree:
    """The tree with its GUID."""
    guid = uuid.uuid5(_TEMPLATE_SPACE, _describe(root)).bytes_le
    return TemplateTree(root, guid, _hash(guid) % TEMPLATE_BUCKETS)


class Names:
    """The names of one chunk: where each stands, and the heads of the 64 hash chains."""

    def __init__(self) -> None:
        self.buckets = [0] * NAME_BUCKETS
        self._offsets: dict[str, int] = {}

    def reference(self, name: str, position: int) -> bytes:
        """Bytes that name `name` at chunk offset `position`; its definition follows if new."""
        known = self._offsets.get(name)
        if known is not None:
            return struct.pack("<I", known)
        bucket, tail = _name_entry(name)
        offset = position + 4
        before = self.buckets[bucket]
        self.buckets[bucket] = self._offsets[name] = offset
        return struct.pack("<II", offset, before) + tail


def element_bytes(element: Element, position: int, names: Names, *, template: bool) -> bytes:
    """The element as it must stand at chunk offset `position`; registers its new names.

    Args:
        element: The tree.
        position: Chunk offset of the first byte.
        names: The chunk's names.
        template: Elements of a template carry a dependency, those of a plain record do not.
    """
    out = bytearray()
    _element(out, element, position, names, template)
    return bytes(out)


def _element(out: bytearray, element: Element, base: int, names: Names, template: bool) -> None:
    out.append(_OPEN_WITH_ATTRIBUTES if element.attributes else _OPEN)
    if template:
        out += struct.pack("<H", _dependency(element))
    size_at = len(out)
    out += bytes(4)
    out += names.reference(element.name, base + len(out))
    if element.attributes:
        list_at = len(out)
        out += bytes(4)
        last = len(element.attributes) - 1
        for number, (name, value) in enumerate(element.attributes):
            out.append(_ATTRIBUTE if number == last else _ATTRIBUTE | _MORE)
            out += names.reference(name, base + len(out))
            out += _part(value)
        struct.pack_into("<I", out, list_at, len(out) - list_at - 4)
    if element.children:
        out.append(_CLOSE_START)
        for child in element.children:
            if isinstance(child, Element):
                _element(out, child, base, names, template)
            else:
                out += _part(child)
        out.append(_CLOSE)
    else:
        out.append(_CLOSE_EMPTY)
    struct.pack_into("<I", out, size_at, len(out) - size_at - 4)


def _part(part: str | Sub) -> bytes:
    if isinstance(part, Sub):
        token = _OPTIONAL if part.optional else _SUBSTITUTION
        return struct.pack("<BHB", token, part.number, part.type)
    text = utf16(part)
    return struct.pack("<BBH", _TEXT, STRING, len(text) // 2) + text


def _dependency(element: Element) -> int:
    """The value without which the element is left out: its own optional one, if it has one."""
    for child in element.children:
        if isinstance(child, Sub) and child.optional:
            return child.number
    return _NO_DEPENDENCY


@lru_cache(maxsize=4096)
def _name_entry(name: str) -> tuple[int, bytes]:
    """Hash bucket of a name, and its definition after the chain's link."""
    text = utf16(name)
    value = _hash(text)
    return value % NAME_BUCKETS, struct.pack("<HH", value, len(text) // 2) + text + b"\0\0"


def _hash(data: bytes) -> int:
    """The hash, 16 bits, that puts names and template GUIDs into their buckets."""
    value = 0
    for unit in struct.unpack(f"<{len(data) // 2}H", data):
        value = (value * 65599 + unit) & 0xFFFFFFFF
    return value & 0xFFFF


def _describe(node: Element | str | Sub) -> str:
    """Canonical text of a tree: what its GUID is made from."""
    if isinstance(node, str):
        return ascii(node)
    if isinstance(node, Sub):
        return f"{{{node.number}:{node.type:02x}{'?' if node.optional else ''}}}"
    attributes = "".join(f" {name}={_describe(value)}" for name, value in node.attributes)
    return f"<{node.name}{attributes}>{''.join(map(_describe, node.children))}</>"
