"""Bytes of many cells, each distinct one once.

The cells become one Arrow array of views into the block: nothing is copied, and Arrow finds the
distinct ones. Only these are decoded, see `graphsess.readers.evtx.values`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphsess.readers.evtx.block import Block, Places

Codes = npt.NDArray[np.int64]

_INLINE = 12
"""A view holds shorter cells itself; of longer ones the first four bytes, buffer and offset."""
_SHORT = np.dtype({"names": ["words"], "formats": ["(3,)<u4"], "offsets": [0]})
_MASKS = np.array(
    [[(1 << 8 * min(max(size - 4 * word, 0), 4)) - 1 for word in range(3)] for size in range(13)],
    np.uint32,
)
"""For each size, the bits of the three words that belong to a cell of it."""


def distinct(block: Block, offsets: Places, sizes: Places) -> tuple[Codes, list[bytes]]:
    """For each cell the number of its bytes, and the bytes by number."""
    coded = views(block, offsets, sizes).cast(pa.binary()).dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, coded.dictionary.to_pylist()


def views(block: Block, offsets: Places, sizes: Places) -> pa.Array:
    """The cells as an Arrow array of views.

    https://arrow.apache.org/docs/format/Columnar.html#variable-size-binary-view-layout
    """
    cells = np.empty((offsets.size, 4), np.uint32)
    cells[:, 0] = sizes
    short = block.heads(_SHORT, offsets)["words"] & _MASKS[np.minimum(sizes, _INLINE)]
    cells[:, 1:] = short
    long = np.flatnonzero(cells[:, 0] > _INLINE)
    cells[long, 1] = block.u32[offsets[long]]
    cells[long, 2] = 0
    cells[long, 3] = offsets[long]
    return pa.Array.from_buffers(
        pa.binary_view(), offsets.size, [None, pa.py_buffer(cells), pa.py_buffer(block.data)]
    )
