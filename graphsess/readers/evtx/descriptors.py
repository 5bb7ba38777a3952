"""Descriptors of an instance's values, each as one number: the size, and the type above it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graphsess.readers.evtx.block import Block, Places
from graphsess.readers.evtx.format import DESCRIPTOR

Described = npt.NDArray[np.uint32]
"""Descriptors, or parts of them: a row a value, a column a record."""

SIZE = np.uint32(0xFFFF)
"""The half of a descriptor that is the size."""
KIND_BITS = 16
"""How far above it the type is."""


def descriptors(block: Block, at: Places, count: int) -> Described:
    """The descriptors of `count` values that stand at each of some places."""
    if not count:
        return np.empty((0, at.size), np.uint32)
    found = block.anywhere(DESCRIPTOR * count)[at].view(np.uint32).reshape(-1, count)
    return np.ascontiguousarray(found.T)
