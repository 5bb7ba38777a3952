"""The fields of wanted records: where each value lies, how long it is, and of which type.

Nothing is decoded here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphsess.readers.evtx.block import Block, Flags, Places
from graphsess.readers.evtx.descriptors import KIND_BITS, SIZE, Described, descriptors
from graphsess.readers.evtx.format import DESCRIPTOR, FRAGMENT, WIDTHS, Token, Type
from graphsess.readers.evtx.index import Index, Numbers, instances, learnt
from graphsess.readers.evtx.templates import Inner, Templates

_FRAGMENT = int.from_bytes(FRAGMENT, "little")
_BEFORE = 13
"""Values of the outer template whose sizes the index knows."""


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one inner template.

    Attributes:
        rows: Their numbers in the index, rising.
        inner: The template.
        at: Where the count of values stands, for each record.
        last: Offset of the last value of the outer template, which holds the inner one.
        end: Offset behind the values of the inner one.
        offsets, sizes, kinds: Of each value: a row a value, a column a record.
    """

    rows: Numbers
    inner: Inner
    at: Places
    last: Places
    end: Places
    offsets: Places
    sizes: Described
    kinds: Described

    def only(self, keep: Flags) -> Group:
        """Some of the records."""
        return Group(
            rows=self.rows[keep],
            inner=self.inner,
            at=self.at[keep],
            last=self.last[keep],
            end=self.end[keep],
            offsets=self.offsets[:, keep],
            sizes=self.sizes[:, keep],
            kinds=self.kinds[:, keep],
        )


def groups(
    block: Block, index: Index, rows: Numbers, templates: Templates[Inner]
) -> Iterator[Group]:
    """Some records of an index by inner template; those of an unusual shape do not come out."""
    index_of_last = np.array([outer.inner for outer in index.outers] or [0])[index.outer[rows]]
    for last in np.flatnonzero(np.bincount(index_of_last)).tolist():
        yield from _groups(block, index, rows[index_of_last == last], last, templates)


def _groups(
    block: Block, index: Index, rows: Numbers, last: int, templates: Templates[Inner]
) -> Iterator[Group]:
    begin = index.values[rows] + 39 + index.qualified[rows] + index.tied[rows] + index.user[rows]
    between = descriptors(block, index.heads[rows] + DESCRIPTOR * _BEFORE, last + 1 - _BEFORE)
    for sizes in between[:-1] & SIZE:
        begin += sizes
    end = begin + (between[-1] & SIZE)
    usual = (between[-1] >> KIND_BITS == Type.XML) & (end <= index.end[rows])
    begin = np.where(usual, begin, index.at[rows])
    at = begin + np.where(block.u32[begin] == _FRAGMENT, len(FRAGMENT), 0)
    usual &= block.u8[at] == Token.INSTANCE
    count, count_at, defined = instances(block, at, end)
    usual &= count_at >= 0
    which, found = learnt(block, np.where(usual, defined, -1), templates)
    for number, inner in enumerate(found):
        here = np.flatnonzero(which == number)
        width = int(count[here[0]])
        values = count_at[here] + 4 + DESCRIPTOR * width
        fits = (count[here] == width) & (values <= end[here])
        if width < len(inner.kinds) or not fits.any():
            continue
        if not fits.all():
            here, values = here[fits], values[fits]
        described = descriptors(block, values - DESCRIPTOR * width, width)
        sizes = described & SIZE
        offsets = np.empty((width + 1, here.size), np.int64)
        offsets[0] = values
        offsets[1:] = sizes
        np.add.accumulate(offsets, axis=0, out=offsets)
        behind = offsets[-1]
        stop = end[here]
        fits = (behind == stop) | (behind < stop) & (
            block.u8[np.minimum(behind, stop)] == Token.END
        )
        fits &= _expected(described, inner)
        group = Group(
            rows=rows[here],
            inner=inner,
            at=count_at[here],
            last=begin[here],
            end=behind,
            offsets=offsets[:-1],
            sizes=sizes,
            kinds=described >> np.uint32(KIND_BITS),
        )
        if fits.any():
            yield group if fits.all() else group.only(fits)


def _expected(described: Described, inner: Inner) -> Flags:
    """Which columns of descriptors say of each value the type that the template expects, or null.

    What is of one size must have it; of a pointer both the size and the type tell its width.
    """
    fits: Flags = np.ones(described.shape[1], bool)
    for value, kind in enumerate(inner.kinds):
        if kind is None:
            continue
        here = described[value]
        if kind == Type.SIZE:
            right = np.isin(here, _POINTERS)
        elif width := WIDTHS.get(Type(kind)):
            right = here == (width | kind << KIND_BITS)
        else:
            right = here >> KIND_BITS == kind
        if not right.all():
            right |= here <= SIZE  # null
        fits &= right
    return fits


_POINTERS = [
    size | kind << KIND_BITS
    for size, hexadecimal in ((8, Type.HEX64), (4, Type.HEX32))
    for kind in (hexadecimal, Type.SIZE)
]
