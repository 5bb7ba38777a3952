"""This file holds the codecs: what turns a record's values into the bytes behind its templates.

A codec is made once for each kind of event of a computer, so that a million records cost a
million packings and nothing else.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from graphsess.synth.evtx import values
from graphsess.synth.evtx.binxml import FRAGMENT, template_tree
from graphsess.synth.evtx.layout import data_tree, event_tree, value_count
from graphsess.synth.evtx.templates import TEMPLATES, Field, Layout, Shape, Template, provider_of
from graphsess.synth.evtx.templates.base import BLOB
from graphsess.synth.evtx.values import (
    KINDS,
    VALUE_LIMIT,
    guid_bytes,
    sid_bytes,
    terminated_string,
    texts,
    utf16,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsess.synth.evtx.record import Record
    from graphsess.synth.evtx.templates import Provider

UNNAMED = "Data"
_REMEMBERED = 8192  # codecs: kinds of events, times computers
_FIRST = struct.Struct("<BBHH")
_TIMES = struct.Struct("<QQ")
_ORIGIN = struct.Struct("<IIQB")


class DataCodec:
    """Packs the fields of one event.

    Attributes:
        tree: The inner template.
        lead: What stands before the template instance inside the value.
    """

    def __init__(self, template: Template) -> None:
        provider = provider_of(template.provider)
        self.tree = template_tree(data_tree(template))
        self.lead = b"" if provider.layout is Layout.MANIFEST else FRAGMENT
        self._label = f"{template.provider} {template.event_id} v{template.version}"
        self._unnamed = template.shape.unnamed
        self._binary = template.binary
        text = terminated_string if provider.terminated else KINDS["str"].pack
        self._slots = tuple(
            (name, text if kind is KINDS["str"] else kind.pack, kind.stored)
            for name, kind in template.fields
        )
        self._names = field_names(template)
        # a Binary is two values: its length, which no element shows, and itself
        self._count = len(self._slots) + self._unnamed + 2 * self._binary
        self._head = struct.Struct(f"<I{2 * self._count}H")

    def encode(self, fields: Mapping[str, object]) -> bytes:
        """Count, descriptors and values of the inner template.

        Raises:
            ValueError: a field that the template does not have, or a value that does not fit
                its type; the message names event and field, or the field's size.
        """
        if not fields.keys() <= self._names:
            strange = ", ".join(sorted(fields.keys() - self._names))
            raise ValueError(f"{self._label} has no field {strange}")
        head = [self._count]
        body: list[bytes] = []
        get = fields.get
        name = ""
        try:
            for name, pack, stored in self._slots:
                value = get(name)
                if value is None:
                    head += (0, 0)
                else:
                    packed = pack(value)
                    head += (len(packed), stored)
                    body.append(packed)
            if self._unnamed:
                name = UNNAMED
                packed = utf16("".join(text + "\0" for text in texts(get(name))))
                head += (len(packed), values.STRINGS if packed else 0)
                body.append(packed)
            if self._binary:
                name = BLOB
                packed = KINDS["binary"].pack(get(name) or b"")
                head += (4, values.UINT32, len(packed), values.BINARY if packed else 0)
                body += (struct.pack("<I", len(packed)), packed)
        except (ValueError, TypeError, OverflowError, struct.error) as error:
            raise ValueError(f"{self._label}, field {name}: {error}") from error
        if (longest := max(map(len, body), default=0)) > VALUE_LIMIT:
            raise ValueError(f"{self._label}: a value of {longest} bytes, limit {VALUE_LIMIT}")
        return self._head.pack(*head) + b"".join(body)


class SystemCodec:
    """Packs the System part of one provider, channel and computer.

    Attributes:
        tree: The outer template.
        size_at: Where in the bytes the size of the inner template (u16) is to be put.
    """

    def __init__(self, provider: Provider, channel: str, computer: str, shape: Shape) -> None:
        self.tree = template_tree(
            event_tree(provider, channel, computer, user_data=shape.user_data)
        )
        self._count = value_count(provider.layout)
        self.size_at = 4 * self._count
        qualifiers = shape.qualifiers
        self._qualifiers = b"" if qualifiers is None else struct.pack("<H", qualifiers)
        tail: list[tuple[bytes, int]] = [(b"", 0)]  # RelatedActivityID, or what tracing leaves
        if provider.layout is Layout.MANIFEST:
            tail += [
                (utf16(provider.name), values.STRING),
                (guid_bytes(provider.guid), values.GUID) if provider.guid else (b"", 0),
                (utf16(channel), values.STRING),
            ]
        else:
            tail += [(b"", 0)] * 5
        self._tail = b"".join(value for value, _ in tail)
        self._tail_head = b"".join(struct.pack("<HH", len(value), kind) for value, kind in tail)
        self._heads: dict[tuple[bool, int], bytes] = {}

    def encode(self, record: Record) -> bytearray:
        """Count, descriptors and values, the inner template still without its size.

        Raises:
            ValueError: a value of the System part that does not fit; the message names it.
        """
        try:
            activity = guid_bytes(record.activity_id) if record.activity_id else b""
            sid = sid_bytes(record.user_sid) if record.user_sid else b""
            head = self._heads.get((bool(activity), len(sid)))
            if head is None:
                head = self._heads[bool(activity), len(sid)] = self._head(activity, sid)
            return bytearray().join(
                (
                    head,
                    _FIRST.pack(record.level, record.opcode, record.task, record.event_id),
                    self._qualifiers,
                    _TIMES.pack(record.keywords, record.time),
                    activity,
                    _ORIGIN.pack(
                        record.process_id, record.thread_id, record.record_id, record.version
                    ),
                    sid,
                    self._tail,
                )
            )
        except (ValueError, struct.error) as error:
            where = f"{record.provider} {record.event_id} v{record.version}"
            raise ValueError(f"{where}, record {record.record_id}, System: {error}") from error

    def _head(self, activity: bytes, sid: bytes) -> bytes:
        descriptors = (
            (1, values.UINT8),
            (1, values.UINT8),
            (2, values.UINT16),
            (2, values.UINT16),
            (len(self._qualifiers), values.UINT16 if self._qualifiers else 0),
            (8, values.HEX64),
            (8, values.FILETIME),
            (len(activity), values.GUID if activity else 0),
            (4, values.UINT32),
            (4, values.UINT32),
            (8, values.UINT64),
            (1, values.UINT8),
            (len(sid), values.SID if sid else 0),
        )
        return (
            struct.pack("<I", self._count)
            + b"".join(struct.pack("<HH", *each) for each in descriptors)
            + self._tail_head
            + struct.pack("<HH", 0, values.BINXML)
        )


class Codec(NamedTuple):
    """Both halves of one kind of event."""

    system: SystemCodec
    data: DataCodec


def field_names(template: Template) -> frozenset[str]:
    """What a record of that template may name."""
    names = {name for name, _ in template.fields}
    if template.shape.unnamed:
        names.add(UNNAMED)
    if template.binary:
        names.add(BLOB)
    return frozenset(names)


def template_of(record: Record) -> Template:
    """The declared template, or one of strings made from the record's own field names."""
    declared = TEMPLATES.get((record.provider, record.event_id, record.version))
    if declared is not None:
        return declared
    unnamed = isinstance(record.fields.get(UNNAMED), list | tuple)
    names = () if unnamed else tuple(record.fields)
    return Template(
        record.provider,
        record.event_id,
        record.version,
        tuple(Field(name, KINDS["any"]) for name in names),
        Shape(unnamed=unnamed),
        binary=unnamed,
    )


def codec_of(record: Record) -> Codec:
    """The codec of a record; made once, then remembered."""
    key = record.provider, record.event_id, record.version
    if key in TEMPLATES:
        return _declared(key, record.channel, record.computer)
    return _codec(template_of(record), record.channel, record.computer)


@lru_cache(maxsize=_REMEMBERED)
def _declared(key: tuple[str, int, int], channel: str, computer: str) -> Codec:
    return _codec(TEMPLATES[key], channel, computer)


@lru_cache(maxsize=_REMEMBERED)
def _codec(template: Template, channel: str, computer: str) -> Codec:
    provider = provider_of(template.provider)
    system = SystemCodec(provider, channel, computer, template.shape)
    return Codec(system, DataCodec(template))
