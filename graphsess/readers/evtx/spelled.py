"""Distinct values of one type as a column of text: the usual ones all at once.

Spelled as `graphsess.readers.evtx.values` spells them one by one, which it asks for the rest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from graphsess.readers.evtx.format import WIDTHS, Type
from graphsess.readers.evtx.values import texts

_ASCII = 0x7F
_DIGITS = np.frombuffer(b"".join(b"%02X" % byte for byte in range(256)), np.uint16)
"""For each byte its two hexadecimal digits, as one number."""
_GUID_ORDER = np.array([3, 2, 1, 0, 5, 4, 7, 6, *range(8, 16)])
"""The first three parts of a GUID are numbers, so their bytes are turned."""
_GUID_PARTS = ((0, 0, 8), (9, 8, 12), (14, 12, 16), (19, 16, 20), (24, 20, 32))
"""Where the parts of a GUID's text begin, and their digits."""
_GUID_CHARACTERS = 36
_SID_HEAD = 8
"""Bytes before the parts of a SID: revision, count of parts, authority."""

_MANY = 100
"""From so many on, SIDs together cost less than one by one."""

Bytes = npt.NDArray[np.uint8]


def spelled(kind: int, values: pa.Array) -> pl.Series:
    """Values of one type, an array of bytes, as text; null where none can be told."""
    if not len(values):
        return pl.Series([], dtype=pl.String())
    _, offsets, data = values.buffers()
    bounds = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    held = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]
    bounds = bounds - bounds[0]
    sizes = np.diff(bounds)
    if kind == Type.STRING and not (sizes & 1).any():
        return _strings(values, bounds, held)
    if kind == Type.GUID and (sizes == WIDTHS[Type.GUID]).all():
        return _guids(held.reshape(-1, WIDTHS[Type.GUID]))
    if kind == Type.SID and len(values) >= _MANY:
        return _sids(values, bounds, held, sizes)
    return pl.Series(texts(kind, values.to_pylist()), dtype=pl.String())


def _strings(values: pa.Array, bounds: npt.NDArray[np.int32], held: Bytes) -> pl.Series:
    """UTF-16; in ASCII without zeros every other byte is the text."""
    characters = held.view(np.uint16) if held.size else held.astype(np.uint16)
    plain = (characters & _ASCII).astype(np.uint8)
    found = _text(bounds // 2, plain)
    odd = np.flatnonzero((characters > _ASCII) | (characters == 0))
    if odd.size:
        rows = np.unique(np.searchsorted(bounds, odd * 2, "right") - 1)
        slow = texts(Type.STRING, values.take(pa.array(rows)).to_pylist())
        found = found.scatter(rows, slow)
    return found


def _guids(values: Bytes) -> pl.Series:
    digits = _DIGITS.take(values.take(_GUID_ORDER, axis=1)).view(np.uint8)
    text = np.full((len(values), _GUID_CHARACTERS), ord("-"), np.uint8)
    for place, begin, end in _GUID_PARTS:
        text[:, place : place + end - begin] = digits[:, begin:end]
    bounds = np.arange(len(values) + 1, dtype=np.int32) * np.int32(_GUID_CHARACTERS)
    return _text(bounds, text)


def _sids(
    values: pa.Array, bounds: npt.NDArray[np.int32], held: Bytes, sizes: npt.NDArray[np.int32]
) -> pl.Series:
    """Those of one length together: most are of a domain, with five parts."""
    found = pl.Series([None], dtype=pl.String()).new_from_index(0, len(values))
    for size in np.unique(sizes).tolist():
        rows = np.flatnonzero(sizes == size)
        cells = held[bounds[rows][:, None] + np.arange(size)]
        usual = size > _SID_HEAD and size % 4 == 0
        if usual and (cells[:, :6] == [1, (size - _SID_HEAD) // 4, 0, 0, 0, 0]).all():
            parts = np.ascontiguousarray(cells[:, _SID_HEAD:]).view("<u4")
            authority = np.ascontiguousarray(cells[:, 4:8]).view(">u4").astype(np.uint32)
            columns = [authority[:, 0], *parts.T]
            table = pl.DataFrame([np.ascontiguousarray(column) for column in columns])
            text = table.select(pl.concat_str(pl.lit("S-1"), pl.all(), separator="-"))
            found = found.scatter(rows, text.to_series())
        else:
            found = found.scatter(rows, texts(Type.SID, values.take(pa.array(rows)).to_pylist()))
    return found


def _text(bounds: npt.NDArray[np.int32], characters: Bytes) -> pl.Series:
    buffers = [None, pa.py_buffer(np.ascontiguousarray(bounds)), pa.py_buffer(characters)]
    return pl.Series(pl.from_arrow(pa.Array.from_buffers(pa.string(), len(bounds) - 1, buffers)))
