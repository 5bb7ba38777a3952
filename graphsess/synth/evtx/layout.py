"""This file holds the trees of a record: its System part, and the wrapping of its fields.

A record is two templates, one inside the other: the outer holds System with the computer as a
literal, the inner the fields. The values' order is the same in every real log: 0 Level, 1 Opcode,
2 Task, 3 EventID, 4 Qualifiers, 5 Keywords, 6 TimeCreated, 7 ActivityID, 8 ProcessID, 9 ThreadID,
10 EventRecordID, 11 Version, 12 UserID, and last the inner template.
"""

from __future__ import annotations

from graphsess.synth.evtx import values
from graphsess.synth.evtx.binxml import Element, Sub
from graphsess.synth.evtx.templates import Layout, Provider, Shape, Template
from graphsess.synth.evtx.templates.base import BLOB
from graphsess.synth.evtx.values import BINXML, guid_text

EVENT_SPACE = "http://schemas.microsoft.com/win/2004/08/events/event"

_RELATED = {Layout.MANIFEST: 13, Layout.LITERAL: 18}


def value_count(layout: Layout) -> int:
    """How many values the System part takes, the inner template among them."""
    return 18 if layout is Layout.MANIFEST else 20


def event_tree(provider: Provider, channel: str, computer: str, *, user_data: bool) -> Element:
    """The outer template."""
    inner = Sub(value_count(provider.layout) - 1, BINXML, optional=True)
    body = Element("UserData", children=(inner,)) if user_data else inner
    system = Element("System", children=_system(provider, channel, computer))
    return Element("Event", (("xmlns", EVENT_SPACE),), (system, body))


def data_tree(template: Template) -> Element:
    """The inner template: the fields in their wrapper."""
    shape = template.shape
    if shape.unnamed:
        return wrapped(shape, (_leaf("Data", 0, values.STRINGS), _leaf(BLOB, 2, values.BINARY)))
    children = [
        field_element(shape, field.name, Sub(index, field.kind.declared))
        for index, field in enumerate(template.fields)
    ]
    if template.binary:  # the value before it is its length, which no element shows
        children.append(Element(BLOB, children=(Sub(len(children) + 1, values.BINARY),)))
    return wrapped(shape, tuple(children))


def wrapped(shape: Shape, children: tuple[Element, ...]) -> Element:
    """The wrapper element around the fields."""
    attributes = []
    if shape.name is not None:
        attributes.append(("Name", shape.name))
    if shape.namespace is not None:
        attributes.append(("xmlns", shape.namespace))
    return Element(shape.wrapper, tuple(attributes), children)


def field_element(shape: Shape, name: str, content: str | Sub) -> Element:
    """One field: `<User>` in UserData, `<Data Name="User">` elsewhere."""
    children = (content,) if content != "" else ()
    if shape.user_data:
        return Element(name, children=children)
    return Element("Data", (("Name", name),), children)


def _system(provider: Provider, channel: str, computer: str) -> tuple[Element, ...]:
    manifest, classic = (provider.layout is form for form in (Layout.MANIFEST, Layout.CLASSIC))
    event_id = Element("EventID", (("Qualifiers", _optional(4, 0x06)),), (_optional(3, 0x06),))
    origin: tuple[Element, ...] = ()
    if not classic:
        related = _optional(_RELATED[provider.layout], values.GUID)
        activity = (("ActivityID", _optional(7, values.GUID)), ("RelatedActivityID", related))
        origin = (
            Element("Correlation", activity),
            Element(
                "Execution",
                (
                    ("ProcessID", _optional(8, values.UINT32)),
                    ("ThreadID", _optional(9, values.UINT32)),
                ),
            ),
        )
    return (
        Element("Provider", _provider(provider)),
        event_id,
        *(() if classic else (_leaf("Version", 11, values.UINT8),)),
        _leaf("Level", 0, values.UINT8),
        _leaf("Task", 2, values.UINT16),
        *(() if classic else (_leaf("Opcode", 1, values.UINT8),)),
        _leaf("Keywords", 5, values.HEX64),
        Element("TimeCreated", (("SystemTime", _optional(6, values.FILETIME)),)),
        _leaf("EventRecordID", 10, values.UINT64),
        *origin,
        _leaf("Channel", 16, values.STRING)
        if manifest
        else Element("Channel", children=(channel,) if channel else ()),
        Element("Computer", children=(computer,) if computer else ()),
        Element("Security", (("UserID", _optional(12, values.SID)),)),
    )


def _provider(provider: Provider) -> tuple[tuple[str, str | Sub], ...]:
    if provider.layout is Layout.MANIFEST:
        return ("Name", _optional(14, values.STRING)), ("Guid", _optional(15, values.GUID))
    attributes = [("Name", provider.name)]
    if provider.guid is not None:
        attributes.append(("Guid", guid_text(provider.guid).lower()))
    if provider.source is not None:
        attributes.append(("EventSourceName", provider.source))
    return tuple(attributes)


def _optional(index: int, kind: int) -> Sub:
    return Sub(index, kind, optional=True)


def _leaf(name: str, index: int, kind: int) -> Element:
    return Element(name, children=(_optional(index, kind),))
