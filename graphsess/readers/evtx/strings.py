"""Bytes of many cells, each distinct one once.

The cells become one Arrow array of views into the block: nothing is copied, and Arrow finds the
distinct ones. Only these are decoded, see `graphsess.readers.evtx.spelled`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphsess.readers.evtx.block import Block, Places

Codes = npt.NDArray[np.signedinteger[Any]]

_INLINE = 12
"""A view holds shorter cells itself; of longer ones the first four bytes, buffer and offset."""
_VIEW = 16
_HEAD_MASKS, _TAIL_MASKS = (
    np.array(
        [((1 << 8 * max(min(size - first, count), 0)) - 1) << shift for size in range(_INLINE + 1)],
        np.uint64,
    )
    for first, count, shift in ((0, 4, 32), (4, 8, 0))
)
"""For each size the bits of a view's two words that belong to a cell of it."""
_SAMPLE = 8

Views = npt.NDArray[np.uint64]
"""Two words a cell: its size and first four bytes, and what follows or its offset.

https://arrow.apache.org/docs/format/Columnar.html#variable-size-binary-view-layout
"""


class Cells(NamedTuple):
    """Some cells: where they lie, and how long they are."""

    offsets: Places
    sizes: npt.NDArray[np.integer]


def distinct(block: Block, cells: Sequence[Cells]) -> tuple[list[Codes], pa.Array]:
    """For each lot of cells the numbers of their bytes, and the bytes by number.

    A lot whose cells are all alike, as most that say "-" are, is looked at once.
    """
    words = _words(
        block,
        np.concatenate([lot.offsets for lot in cells]),
        np.concatenate([lot.sizes for lot in cells]),
    )
    parts, begin = [], 0
    for lot in cells:
        part = words[begin : begin + lot.offsets.size]
        begin += lot.offsets.size
        parts.append(part[:1] if _alike(part) else part)
    coded = _array(block, np.concatenate(parts)).cast(pa.binary()).dictionary_encode()
    numbers = coded.indices.to_numpy(zero_copy_only=False)
    codes, begin = [], 0
    for lot, part in zip(cells, parts, strict=True):
        found = numbers[begin : begin + len(part)]
        begin += len(part)
        codes.append(np.broadcast_to(found, lot.offsets.size) if len(part) == 1 else found)
    return codes, coded.dictionary


def views(block: Block, offsets: Places, sizes: npt.NDArray[np.integer]) -> pa.Array:
    """The cells as an Arrow array of views."""
    return _array(block, _words(block, offsets, sizes))


def _words(block: Block, offsets: Places, sizes: npt.NDArray[np.integer]) -> Views:
    """The views of cells. What lies in the four bytes before each is overwritten by its size."""
    words = block.anywhere(_VIEW)[offsets - 4].view(np.uint64).reshape(-1, 2)
    short = np.minimum(sizes, _INLINE)
    words[:, 0] &= _HEAD_MASKS.take(short)
    words[:, 0] |= sizes.astype(np.uint64)
    words[:, 1] &= _TAIL_MASKS.take(short)
    long = np.flatnonzero(sizes > _INLINE)
    words[long, 1] = offsets[long].view(np.uint64) << np.uint64(32)
    return words


def _alike(words: Views) -> bool:
    """True if all cells are short, and the same."""
    return (
        len(words) > 1
        and bool((words[:_SAMPLE] == words[0]).all())
        and int(words[0, 0]) & 0xFFFF_FFFF <= _INLINE
        and bool((words == words[0]).all())
    )


def _array(block: Block, words: Views) -> pa.Array:
    buffers = [None, pa.py_buffer(words), pa.py_buffer(block.data)]
    return pa.Array.from_buffers(pa.binary_view(), len(words), buffers)
