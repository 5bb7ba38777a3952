"""This file holds the chunk: 64 KB of records that share a table of names and one of templates."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from graphsess.synth.evtx.binxml import (
    END_OF_STREAM,
    FRAGMENT,
    TEMPLATE_BUCKETS,
    Names,
    TemplateTree,
    element_bytes,
)

if TYPE_CHECKING:
    from graphsess.synth.evtx.binxml import Element
    from graphsess.synth.evtx.codec import Codec
    from graphsess.synth.evtx.record import Record

SIZE = 65536
HEADER_SIZE = 512
_SIGNATURE = b"ElfChnk\0"
_RECORD = struct.Struct("<4sIQQ")
_RECORD_MARK = b"**\0\0"
_INSTANCE = struct.Struct("<BB4sI")
_TEMPLATE_INSTANCE = 0x0C
_NONE = 0xFFFFFFFFFFFFFFFF  # what an empty chunk has for ids


def shown_id(record: Record) -> int:
    """The id in the record's header."""
    return record.record_id if record.header_record_id is None else record.header_record_id


class Chunk:
    """One chunk being filled. Once `add` has answered False it takes nothing more.

    It holds no record id twice: readers take a chunk to end where its last record's id stands.

    Args:
        first_number: Place of its first record in the file, from 1.
    """

    def __init__(self, first_number: int) -> None:
        self.end = HEADER_SIZE
        self.count = 0
        self._first_number = first_number
        self._first_id = self._last_id = 0
        self._last_at = 0
        self._ids: set[int] = set()
        self._bytes = bytearray(SIZE)
        self._names = Names()
        self._templates: dict[bytes, int] = {}
        self._buckets = [0] * TEMPLATE_BUCKETS

    def add(self, record: Record, codec: Codec) -> bool:
        """Append a record that uses templates; False if it needs another chunk."""
        system, data = codec.system, codec.data
        tables = None
        if system.tree.guid not in self._templates or data.tree.guid not in self._templates:
            tables = list(self._names.buckets), list(self._buckets)
        body = data.encode(record.fields)
        block = system.encode(record)
        at = self.end + _RECORD.size + len(FRAGMENT)
        outer = self._instance(system.tree, at)
        at += len(outer) + len(block)
        inner = data.lead + self._instance(data.tree, at + len(data.lead)) + body
        if len(inner) < SIZE:
            struct.pack_into("<H", block, system.size_at, len(inner))
            if self._append(record, FRAGMENT + outer + block + inner + END_OF_STREAM):
                return True
        if tables:
            self._names.buckets, self._buckets = tables
        return False

    def add_plain(self, record: Record, event: Element) -> bool:
        """Append a record without templates; False if it needs another chunk."""
        before = list(self._names.buckets)
        at = self.end + _RECORD.size + len(FRAGMENT)
        try:
            body = element_bytes(event, at, self._names, template=False)
        except struct.error:  # a text of more than 65,535 characters
            body = bytes(SIZE)
        if self._append(record, FRAGMENT + body + END_OF_STREAM):
            return True
        self._names.buckets = before
        return False

    def finish(self) -> bytes:
        """The chunk's bytes, with header and checksums."""
        out = self._bytes
        last_number = self._first_number + self.count - 1
        first, last = (self._first_number, last_number) if self.count else (1, _NONE)
        ids = (self._first_id, self._last_id) if self.count else (_NONE, _NONE)
        struct.pack_into(
            "<8sQQQQIIII",
            out,
            0,
            _SIGNATURE,
            first,
            last,
            *ids,
            128,
            self._last_at,
            self.end,
            zlib.crc32(memoryview(out)[HEADER_SIZE : self.end]),
        )
        struct.pack_into("<I", out, 120, 1)
        struct.pack_into(f"<{len(self._names.buckets)}I", out, 128, *self._names.buckets)
        struct.pack_into(f"<{TEMPLATE_BUCKETS}I", out, 384, *self._buckets)
        header = zlib.crc32(memoryview(out)[128:HEADER_SIZE], zlib.crc32(memoryview(out)[:120]))
        struct.pack_into("<I", out, 124, header)
        return bytes(out)

    def _append(self, record: Record, payload: bytes | bytearray) -> bool:
        size = (_RECORD.size + len(payload) + 4 + 7) & ~7
        start, end = self.end, self.end + size
        record_id = shown_id(record)
        if end > SIZE or record_id in self._ids:
            return False
        time = record.time if record.header_time is None else record.header_time
        _RECORD.pack_into(self._bytes, start, _RECORD_MARK, size, record_id, time)
        self._bytes[start + _RECORD.size : start + _RECORD.size + len(payload)] = payload
        struct.pack_into("<I", self._bytes, end - 4, size)
        if not self.count:
            self._first_id = record_id
        self._ids.add(record_id)
        self._last_id, self._last_at, self.end = record_id, start, end
        self.count += 1
        return True

    def _instance(self, tree: TemplateTree, at: int) -> bytes:
        """A template instance at chunk offset `at`; the definition follows where it is new."""
        known = self._templates.get(tree.guid)
        if known is not None:
            return _INSTANCE.pack(_TEMPLATE_INSTANCE, 1, tree.guid[:4], known)
        offset = at + _INSTANCE.size
        body_at = offset + 24
        body = element_bytes(tree.root, body_at + len(FRAGMENT), self._names, template=True)
        body = FRAGMENT + body + END_OF_STREAM
        before, self._buckets[tree.bucket] = self._buckets[tree.bucket], offset
        self._templates[tree.guid] = offset
        return (
            _INSTANCE.pack(_TEMPLATE_INSTANCE, 1, tree.guid[:4], offset)
            + struct.pack("<I16sI", before, tree.guid, len(body))
            + body
        )
