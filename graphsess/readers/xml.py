"""Exports as XML: Event Viewer's "save as", `wevtutil qe /f:xml`, PowerShell's ToXml().

Each `<Event>…</Event>` is cut out by its own marks and parsed alone, so one broken event costs
only itself, and a file may hold one root, none, or bare events after each other. The parser is
expat with document types refused: no entities, nothing fetched, nothing that grows.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.parsers import expat

from graphsess.evidence.source import Source
from graphsess.readers.base import Batch, Unit
from graphsess.readers.record import fields, kind_and_identity
from graphsess.readers.rows import Rows
from graphsess.readers.runs import Seen, collected

NAME = "xml"
EVENT_CHARS_MAX = 16 << 20
_DEPTH_MAX = 32
_BEGIN = re.compile(r"<Event(?=[\s>])")
_END = "</Event>"
_HEAD = re.compile(rb"\s*(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*<Events?[\s>]", re.DOTALL)
_DECLARED = re.compile(
    rb"encoding=[\"'](iso-8859-\d{1,2}|windows-125\d|cp\d{3,4}|gb18030|gbk|big5|shift_jis|euc-kr)[\"']",
    re.IGNORECASE,
)
"""Declared encodings that are believed, if Python knows them; all else is read as UTF-8."""

_READ_CHARS = 1 << 20


@dataclass(slots=True)
class Element:
    """An XML element: local name, attributes, text and children."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)


class XmlError(ValueError):
    """The text is no well-formed XML, or holds what is refused."""


def accepts(head: bytes) -> bool:
    """True for a file of `<Event>` elements in UTF-8 or UTF-16, with or without a root."""
    text = _decoded_head(head)
    return bool(_HEAD.match(text)) and b"<System" in text


def units(source: Source, *, carve: bool = False) -> list[Unit]:
    """One unit; `carve` means nothing here."""
    return [Unit(source, NAME)]


def read(unit: Unit) -> Batch:
    """The unit's records; see `graphsess.readers.base.Reader`."""
    rows, seen = Rows(), []
    total = not_wanted = 0
    broken: list[int] = []
    with unit.source.open() as file:
        for number, text in enumerate(_event_texts(file), start=1):
            total = number
            try:
                event = event_of(parsed(text))
            except XmlError:
                broken.append(number)
                continue
            found = kind_and_identity(event)
            if found is None:
                broken.append(number)
                continue
            kind, identity = found
            if kind is None:
                not_wanted += 1
            else:
                rows.add(number, kind, identity, fields(event), text)
            seen.append(
                Seen(number, identity.computer, identity.channel, identity.record_id, identity.time)
            )
    problem = None
    if broken:
        shown = ", ".join(map(str, broken[:5])) + (", …" if len(broken) > 5 else "")
        problem = (
            f"{unit.source.path}: {len(broken)} events cannot be read (event {shown}); "
            "the rest was used, give the .evtx instead"
        )
    return Batch(
        pieces=rows.pieces(raw=unit.raw),
        runs=collected(unit.source.sha256, seen),
        seen=total,
        not_wanted=not_wanted,
        unreadable=len(broken),
        problem=problem,
    )


def parsed(text: str) -> Element:
    """The root element of an XML text.

    Raises:
        XmlError: it is not well-formed, nested too deep, or has a document type.
    """
    root = Element("", {})
    open_elements = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_elements) > _DEPTH_MAX:
            raise XmlError("nested too deep")
        element = Element(
            name.rpartition(":")[2], {k.rpartition(":")[2]: v for k, v in attributes.items()}
        )
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def refuse(*_: object) -> None:
        raise XmlError("a document type is refused")

    def characters(data: str) -> None:
        open_elements[-1].text += data

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_elements.pop()
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise XmlError(str(error)) from error
    return root.children[0]


def event_of(event: Element) -> dict[str, Any]:
    """An `<Event>` element in the shape of `graphsess.readers.record`."""
    out: dict[str, Any] = {}
    for child in event.children:
        if child.name == "System":
            out["System"] = {part.name: _system(part) for part in child.children}
        elif child.name == "EventData":
            out["EventData"] = _data(child)
        elif child.name == "UserData":
            out["UserData"] = {
                part.name: {inner.name: _value(inner) for inner in part.children}
                for part in child.children
            }
    return out


def data_fields(text: str) -> dict[str, Any]:
    """The named fields of an `<EventData>` text; {} if it cannot be parsed."""
    try:
        return fields({"EventData": _data(parsed(text))})
    except XmlError:
        return {}


def _system(part: Element) -> object:
    if not part.attributes:
        return part.text or None
    return {"#attributes": part.attributes, "#text": part.text or None}


def _data(element: Element) -> dict[str, Any]:
    named: dict[str, Any] = {}
    unnamed: list[str | None] = []
    for child in element.children:
        if child.name != "Data":
            named[child.name] = _value(child)
        elif "Name" in child.attributes:
            named.setdefault(child.attributes["Name"], _value(child))
        else:
            unnamed.append(child.text)
    return {**named, "Data": {"#text": unnamed}} if unnamed else named


def _value(element: Element) -> object:
    if element.children:
        return {child.name: _value(child) for child in element.children}
    return element.text or None


def _event_texts(file: BinaryIO) -> Iterator[str]:
    """Each `<Event>…</Event>` of the file; a last one without its end comes as it is."""
    decoder = codecs.getincrementaldecoder(_encoding(file))("replace")
    held = ""
    while True:
        block = file.read(_READ_CHARS)
        held += decoder.decode(block, final=not block)
        at = 0
        while (begin := _BEGIN.search(held, at)) is not None:
            end = held.find(_END, begin.start())
            if end == -1:
                break
            at = end + len(_END)
            start = begin.start()
            for inner in _BEGIN.finditer(held, start + 1, end):
                yield held[start : inner.start()]  # events do not nest: this one lost its end
                start = inner.start()
            yield held[start:at]
        begin = _BEGIN.search(held, at)
        held = held[begin.start() :] if begin else held[max(at, len(held) - len(_END)) :]
        if not block:
            if begin:
                yield held
            return
        if len(held) > EVENT_CHARS_MAX:
            yield held[:1]
            held = ""


def _encoding(file: BinaryIO) -> str:
    head = file.read(512)
    file.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[:2] == b"<\0":
        return "utf-16-le"
    declared = _DECLARED.search(head)
    try:
        return codecs.lookup(declared[1].decode()).name if declared else "utf-8-sig"
    except LookupError:
        return "utf-8-sig"


def _decoded_head(head: bytes) -> bytes:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace").encode()
    if head[:2] == b"<\0":
        return head.decode("utf-16-le", "replace").encode()
    return head.removeprefix(codecs.BOM_UTF8)
