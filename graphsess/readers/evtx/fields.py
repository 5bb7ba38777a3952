"""The fields of wanted records: where each value lies, how long it is, and of which type.

Nothing is decoded here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphsess.readers.evtx.block import Block, Flags, Places
from graphsess.readers.evtx.format import DESCRIPTOR, FRAGMENT, WIDTHS, Token, Type
from graphsess.readers.evtx.index import Index, Numbers, instances, learnt
from graphsess.readers.evtx.templates import Inner, Templates

_FRAGMENT = int.from_bytes(FRAGMENT, "little")
_ANY = 0xFFFF
"""Instead of a size, where a type has many."""
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
        offsets, sizes, kinds: Of each value: a row a record, a column a value.
    """

    rows: Numbers
    inner: Inner
    at: Places
    last: Places
    end: Places
    offsets: Places
    sizes: npt.NDArray[np.uint16]
    kinds: npt.NDArray[np.uint16]

    def only(self, keep: Flags) -> Group:
        """Some of the records."""
        return Group(
            rows=self.rows[keep],
            inner=self.inner,
            at=self.at[keep],
            last=self.last[keep],
            end=self.end[keep],
            offsets=self.offsets[keep],
            sizes=self.sizes[keep],
            kinds=self.kinds[keep],
        )


def groups(
    block: Block, index: Index, rows: Numbers, templates: Templates[Inner]
) -> Iterator[Group]:
    """Some records of an index by inner template; those of an unusual shape do not come out."""
    index_of_last = np.array([outer.inner for outer in index.outers] or [0])[index.outer[rows]]
    for last in np.unique(index_of_last).tolist():
        yield from _groups(block, index, rows[index_of_last == last], last, templates)


def _groups(
    block: Block, index: Index, rows: Numbers, last: int, templates: Templates[Inner]
) -> Iterator[Group]:
    heads = index.heads[rows]
    begin = index.values[rows] + 39 + index.qualified[rows] + index.tied[rows] + index.user[rows]
    between = _descriptors(block, heads + DESCRIPTOR * _BEFORE, last + 1 - _BEFORE)
    sizes = between[:, ::2].astype(np.int64)
    begin += sizes[:, :-1].sum(axis=1)
    end = begin + sizes[:, -1]
    usual = (between[:, -1] == Type.XML) & (end <= index.end[rows])
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
        here, values = here[fits], values[fits]
        described = _descriptors(block, values - DESCRIPTOR * width, width)
        ends = np.cumsum(described[:, ::2], axis=1, dtype=np.int64) + values[:, None]
        behind = ends[:, -1] if width else values
        fits = (behind == end[here]) | (behind < end[here]) & (
            block.u8[np.minimum(behind, end[here])] == Token.END
        )
        fits &= _expected(described, inner)
        if not fits.all():
            here, ends, described = here[fits], ends[fits], described[fits]
            behind = behind[fits]
        yield Group(
            rows=rows[here],
            inner=inner,
            at=count_at[here],
            last=begin[here],
            end=behind,
            offsets=ends - described[:, ::2],
            sizes=described[:, ::2],
            kinds=described[:, 1::2],
        )


def _expected(described: npt.NDArray[np.uint16], inner: Inner) -> Flags:
    """Which rows of descriptors say of each value the type that the template expects, or null."""
    shown = [index for index, kind in enumerate(inner.kinds) if kind is not None]
    if not shown:
        return np.ones(len(described), bool)
    expected = np.array([inner.kinds[index] for index in shown], np.uint16)
    widths = np.array([WIDTHS.get(Type(kind), _ANY) for kind in expected.tolist()], np.uint16)
    sizes, kinds = described[:, ::2][:, shown], described[:, 1::2][:, shown]
    fits = (kinds == expected) & ((sizes == widths) | (widths == _ANY))
    if pointers := np.flatnonzero(expected == Type.SIZE).tolist():
        size, kind = sizes[:, pointers], kinds[:, pointers]
        fits[:, pointers] = ((size == 8) & ((kind == Type.HEX64) | (kind == Type.SIZE))) | (
            (size == 4) & ((kind == Type.HEX32) | (kind == Type.SIZE))
        )
    found: Flags = (fits | (kinds == Type.NULL)).all(axis=1)
    return found


def _descriptors(block: Block, at: Places, count: int) -> npt.NDArray[np.uint16]:
    """Size and type of `count` values: a row a record, sizes in even columns, types in odd."""
    if not count:
        return np.empty((at.size, 0), np.uint16)
    form = np.dtype({"names": ["all"], "formats": [f"({2 * count},)<u2"], "offsets": [0]})
    found: npt.NDArray[np.uint16] = block.heads(form, at)["all"]
    return found
