"""Whole numbers as planes of bytes: what every column of a block comes down to.

Numbers are shifted so that the least is 1 and null is 0, then written plane by plane, lowest byte
first: upper planes are runs of zeros that compression removes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

EXACT = (1 << 52) - 2
"""The largest whole number that is written as one: the span of two still is exact in a browser."""
Whole = np.ndarray[Any, np.dtype[np.int64]]
Truth = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Base:
    """A column of whole numbers that others lie near; a null counts as the value before it.

    Attributes:
        name: Its name in the same table; `session.start` is the start of the session that the
            row's column `session` refers to.
        values: The column.
    """

    name: str
    values: pl.Series

    def carried(self) -> Whole:
        """Its values, those that are missing or too large filled with the one before."""
        whole, missing = _apart(self.values)
        return _carried(whole, missing | _far(whole))


@dataclass(slots=True)
class Planes:
    """The data of all columns of a block, one after the other.

    Attributes:
        chunks: What was added so far.
        size: Their length in bytes.
    """

    chunks: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, codes: np.ndarray[Any, np.dtype[np.uint64]]) -> dict[str, int]:
        """Add whole numbers; where they begin and how many bytes each needs."""
        top = int(codes.max()) if len(codes) else 0
        width = (top.bit_length() + 7) // 8
        octets = codes.astype("<u8", copy=False).view(np.uint8).reshape(len(codes), 8)
        at = self.append(np.ascontiguousarray(octets[:, :width].T).tobytes())
        return {"at": at, "width": width}

    def append(self, data: bytes) -> int:
        """Add bytes; where they begin."""
        at = self.size
        self.chunks.append(data)
        self.size += len(data)
        return at


def numbers(
    values: pl.Series, planes: Planes, *, base: Base | None = None, delta: bool = False
) -> dict[str, Any]:
    """The spec of whole numbers; one that a browser cannot hold exactly stands in it as text.

    Args:
        values: The column.
        planes: Where the data goes.
        base: A column that this one lies near; only the difference is written.
        delta: Write the difference to the row before.
    """
    whole, missing = _apart(values)
    far = _far(whole)
    odd = {str(at): str(whole[at]) for at in np.flatnonzero(far)}
    if odd:
        whole, missing = np.where(far, 0, whole), missing | far
    if base is not None:
        whole = whole - base.carried()
    if delta:
        whole = np.diff(_carried(whole, missing), prepend=np.int64(0))
    known = whole if delta or not missing.any() else whole[~missing]
    shift = int(known.min()) if len(known) else 0
    codes = (whole - (shift - 1)).astype(np.uint64)
    codes[missing] = 0
    spec: dict[str, Any] = {"codec": "number", "shift": shift, **planes.add(codes)}
    if base is not None:
        spec["base"] = base.name
    if odd:
        spec["odd"] = odd
    return spec | ({"delta": True} if delta else {})


def _apart(values: pl.Series) -> tuple[Whole, Truth]:
    """The numbers, 0 for null; and which are null."""
    if not values.null_count():
        return values.to_numpy().astype(np.int64), np.zeros(len(values), dtype=np.bool_)
    return values.fill_null(0).to_numpy().astype(np.int64), values.is_null().to_numpy()


def _far(whole: Whole) -> Truth:
    return (whole > EXACT) | (whole < -EXACT)


def _carried(whole: Whole, missing: Truth) -> Whole:
    """The numbers, each that is missing as the one before it; 0 where none is."""
    if not missing.any():
        return whole
    last = np.maximum.accumulate(np.where(missing, -1, np.arange(len(whole))))
    return np.where(last < 0, 0, whole[last])
