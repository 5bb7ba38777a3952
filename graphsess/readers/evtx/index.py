"""What each record of the sound chunks says of itself, read where its template has it.

Only records of the usual shape are read here: an instance of a usual outer template, whose values
have their usual types. All others are odd, and go to another decoder one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from graphsess.readers.evtx.block import Block, Flags, Places
from graphsess.readers.evtx.format import (
    CHUNK,
    DEFINITION,
    DESCRIPTOR,
    FILETIME_US,
    FRAGMENT,
    INSTANCE,
    XML_AT,
    Token,
    Type,
)
from graphsess.readers.evtx.templates import Learnt, Outer, Templates

Numbers = npt.NDArray[np.intp]
"""Indices into another array or tuple."""


def _form(**fields: tuple[int, str]) -> np.dtype[np.void]:
    """Fields at offsets; the whole ends with the last one."""
    offsets, formats = zip(*fields.values(), strict=True)
    return np.dtype({"names": list(fields), "offsets": list(offsets), "formats": list(formats)})


def _pair(size: int, kind: Type, next_size: int, next_kind: Type) -> int:
    """Two descriptors as one number."""
    return size | kind << 16 | next_size << 32 | next_kind << 48


RECORD = _form(
    size=(4, "<u4"), id=(8, "<u8"), time=(16, "<u8"), fragment=(XML_AT, "<u4"), token=(28, "u1")
)
"""The head of a record and the beginning of its binary XML."""

INSTANCE_FORM = _form(definition=(6, "<u4"), count=(INSTANCE, "<u4"), size=(INSTANCE + 20, "<u4"))
"""The head of an instance, then the count of its values; or its definition with its size."""

GUID_FORM = _form(low=(4, "<u8"), high=(12, "<u8"))
"""The GUID in the head of a definition."""

SYSTEM = _form(
    level_opcode=(0, "<u8"),
    task_event=(8, "<u8"),
    qualifiers=(16, "<u2"),
    keywords_time=(20, "<u8"),
    activity=(28, "<u2"),
    process_thread=(32, "<u8"),
    record_version=(40, "<u8"),
    user=(48, "<u4"),
)
"""The descriptors of the outer template's values, see `graphsess.readers.evtx.format`."""

_USUAL = {
    "level_opcode": _pair(1, Type.UINT8, 1, Type.UINT8),
    "task_event": _pair(2, Type.UINT16, 2, Type.UINT16),
    "keywords_time": _pair(8, Type.HEX64, 8, Type.FILETIME),
    "process_thread": _pair(4, Type.UINT32, 4, Type.UINT32),
    "record_version": _pair(8, Type.UINT64, 1, Type.UINT8),
}
_FIXED = 39
"""Bytes of the values before the UserID where neither qualifiers nor an activity are given."""
_FRAGMENT = int.from_bytes(FRAGMENT, "little")
_ID_MAX = (1 << 63) - 1
_FIRST, _LAST = 315_360_000_000_000, 2_650_467_744_000_000_000
"""FILETIMEs of 1602 and 10000: others are printed in ways of their own."""


@dataclass(frozen=True, slots=True)
class Index:
    """The usual records of a block, in the order they lie; all arrays have one entry a record.

    Attributes:
        at: Offset of the record.
        end: Offset behind it.
        outer: Number of its outer template in `outers`.
        heads: Offset of the descriptors of the outer template's values.
        values: Offset of these values.
        qualified: Bytes that qualifiers take: 0 or 2.
        tied: Bytes that an ActivityID takes: 0 or 16.
        user: Bytes of the UserID.
        event_id, record_id, time_us: As the body says.
        agrees: If the header says the same record id and time.
        outers: The outer templates.
    """

    at: Places
    end: Places
    outer: Numbers
    heads: Places
    values: Places
    qualified: Places
    tied: Places
    user: Places
    event_id: npt.NDArray[np.uint16]
    record_id: Places
    time_us: Places
    agrees: Flags
    outers: tuple[Outer, ...]


def index(block: Block, records: Places, templates: Templates[Outer]) -> tuple[Index, Places]:
    """The usual ones among some records, and the offsets of the odd ones, rising."""
    record = block.heads(RECORD, records)
    end = records + record["size"]
    usual = (record["fragment"] == _FRAGMENT) & (record["token"] == Token.INSTANCE)
    count, count_at, defined = instances(block, records + XML_AT + len(FRAGMENT), end)
    usual &= count_at >= 0
    which, outers = learnt(block, np.where(usual, defined, -1), templates)
    usual &= which >= 0

    expected = np.array([outer.inner + 1 for outer in outers] or [0], np.int64)[which]
    heads = np.maximum(count_at, 0) + 4
    values = heads + DESCRIPTOR * expected
    usual &= (count == expected) & (expected > 12) & (values + _FIXED <= end)
    if not usual.all():
        heads, values = (np.where(usual, place, records) for place in (heads, values))
    system = block.heads(SYSTEM, heads)
    for name, pair in _USUAL.items():
        usual &= system[name] == pair
    qualified, tied, user = (
        system[name].astype(np.int64) & 0xFFFF for name in ("qualifiers", "activity", "user")
    )
    usual &= (qualified == 0) | (qualified == 2)  # whatever the type: null ones have sizes, too
    usual &= (tied == 0) | (tied == 16)
    usual &= values + _FIXED + qualified + tied + user <= end
    if not usual.all():
        qualified, tied = (np.where(usual, size, 0) for size in (qualified, tied))
    moved = values + qualified
    time, record_id = block.u64[moved + 14], block.u64[moved + tied + 30]
    usual &= (time >= _FIRST) & (time < _LAST) & (record_id <= _ID_MAX)
    time_us = (time // 10).view(np.int64)
    header_us = (record["time"] // 10).view(np.int64)
    found = Index(
        at=records,
        end=end,
        outer=which,
        heads=heads,
        values=values,
        qualified=qualified,
        tied=tied,
        user=user,
        event_id=block.u16[values + 4],
        record_id=record_id.view(np.int64),
        time_us=time_us - FILETIME_US,
        agrees=(record["id"] == record_id) & (np.abs(time_us - header_us) <= 1),
        outers=outers,
    )
    return (found, records[:0]) if usual.all() else (only(found, usual), records[~usual])


def only(found: Index, keep: Flags | Numbers) -> Index:
    """Some of the records."""
    arrays = {
        field.name: getattr(found, field.name)[keep]
        for field in fields(Index)
        if field.name != "outers"
    }
    return Index(**arrays, outers=found.outers)


def instances(block: Block, at: Places, end: Places) -> tuple[Places, Places, Places]:
    """Of instances at some offsets: their count of values, where it stands, their definition.

    Where it stands is -1 if that is not before `end`, or the definition not in the chunk.
    """
    instance = block.heads(INSTANCE_FORM, at)
    behind = at + INSTANCE
    offset = instance["definition"].astype(np.int64)
    defined = (at & -CHUNK) + offset
    count_at, count = behind, instance["count"].astype(np.int64)
    here = np.flatnonzero(defined == behind)
    if here.size:
        count_at = behind.copy()
        count_at[here] += DEFINITION + instance["size"][here]
        count[here] = block.places(np.minimum(count_at[here], end[here]))
    fits = (offset <= CHUNK - DEFINITION) & (count_at + 4 <= end)
    return count, np.where(fits, count_at, -1), defined


def learnt(
    block: Block, defined: Places, templates: Templates[Learnt]
) -> tuple[Numbers, tuple[Learnt, ...]]:
    """For each definition, the number of its template, or -1; and the templates by number."""
    left = np.flatnonzero(defined >= 0)
    guids = block.heads(GUID_FORM, defined[left])
    low, high = np.ascontiguousarray(guids["low"]), np.ascontiguousarray(guids["high"])
    which = np.full(defined.size, -1, np.intp)
    found: list[Learnt] = []
    while left.size:
        same = (low == low[0]) & (high == high[0])
        number, offset = divmod(int(defined[left[0]]), CHUNK)
        template = templates.get((int(low[0]), int(high[0])), block.chunk(number), offset)
        if template is not None:
            which[left[same]] = len(found)
            found.append(template)
        rest = np.flatnonzero(~same)
        left, low, high = left[rest], low[rest], high[rest]
    return which, tuple(found)
