"""This file holds the forwarded record: plain BinXML in which every value is text.

A Windows event collector stores what the source rendered: times with nine digits, GUIDs in braces
and upper case, and the event id as a string.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from graphsess.synth.evtx.binxml import Element
from graphsess.synth.evtx.codec import UNNAMED, field_names, template_of
from graphsess.synth.evtx.layout import EVENT_SPACE, field_element, wrapped
from graphsess.synth.evtx.templates import Layout, provider_of
from graphsess.synth.evtx.templates.base import BLOB
from graphsess.synth.evtx.values import KINDS, guid_text, sid_bytes, texts, time_text

if TYPE_CHECKING:
    from graphsess.synth.evtx.record import Record
    from graphsess.synth.evtx.templates import Template


def forwarded_event(record: Record) -> Element:
    """The record as a tree of literals.

    Raises:
        ValueError: a field that the template does not have, or a value that does not fit its
            type; the message names event and field.
    """
    template = template_of(record)
    data = wrapped(template.shape, _fields(record, template))
    if template.shape.user_data:
        data = Element("UserData", children=(data,))
    return Element("Event", (("xmlns", EVENT_SPACE),), (_system(record, template), data))


def _fields(record: Record, template: Template) -> tuple[Element, ...]:
    label = f"{record.provider} {record.event_id} v{record.version}"
    fields = record.fields
    if strange := ", ".join(sorted(fields.keys() - field_names(template))):
        raise ValueError(f"{label} has no field {strange}")
    found = []
    name = ""
    try:
        for name, kind in template.fields:
            value = fields.get(name)
            if value is not None:
                kind.pack(value)  # so that the same values are refused as with a template
            text = "" if value is None else kind.text(value)
            found.append(field_element(template.shape, name, text))
        if template.shape.unnamed:
            name = UNNAMED
            found += [_leaf(UNNAMED, item) for item in texts(fields.get(name))]
        if template.binary and fields.get(BLOB) is not None:
            name = BLOB
            found.append(_leaf(BLOB, KINDS["binary"].text(fields[name])))
    except (ValueError, TypeError, OverflowError, struct.error) as error:
        raise ValueError(f"{label}, field {name}: {error}") from error
    return tuple(found)


def _system(record: Record, template: Template) -> Element:
    provider = provider_of(record.provider)
    source = [("Name", provider.name)]
    if provider.guid is not None:
        source.append(("Guid", guid_text(provider.guid)))
    if provider.source is not None:
        source.append(("EventSourceName", provider.source))
    qualifiers = template.shape.qualifiers
    activity = (
        () if record.activity_id is None else (("ActivityID", guid_text(record.activity_id)),)
    )
    user: tuple[tuple[str, str], ...] = ()
    if record.user_sid is not None:
        sid_bytes(record.user_sid)
        user = (("UserID", record.user_sid),)
    classic = provider.layout is Layout.CLASSIC
    origin = (("ProcessID", str(record.process_id)), ("ThreadID", str(record.thread_id)))
    return Element(
        "System",
        children=(
            Element("Provider", tuple(source)),
            Element(
                "EventID",
                () if qualifiers is None else (("Qualifiers", str(qualifiers)),),
                (str(record.event_id),),
            ),
            *(() if classic else (_leaf("Version", str(record.version)),)),
            _leaf("Level", str(record.level)),
            _leaf("Task", str(record.task)),
            *(() if classic else (_leaf("Opcode", str(record.opcode)),)),
            _leaf("Keywords", f"{record.keywords:#x}"),
            Element("TimeCreated", (("SystemTime", time_text(record.time)),)),
            _leaf("EventRecordID", str(record.record_id)),
            *(() if classic else (Element("Correlation", activity), Element("Execution", origin))),
            _leaf("Channel", record.channel),
            _leaf("Computer", record.computer),
            Element("Security", user),
        ),
    )


def _leaf(name: str, text: str) -> Element:
    return Element(name, children=(text,) if text else ())
