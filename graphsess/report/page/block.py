"""A block: several tables packed together, compressed, as text that no browser runs or parses.

Form: the header's length as four bytes (lowest first), the header as JSON, the planes of all
columns; the whole as a zlib stream behind its length (highest first), written in `DIGITS`, five
for four bytes: base64 would take another 7 parts in a hundred. The same tables always give the
same text.
"""

from __future__ import annotations

import string
import zlib
from typing import Any

import numpy as np
import orjson

from graphsess.report.page.planes import Planes

LEVEL = 5
"""Of compression. 6 takes twice as long for one part in a hundred."""

DIGITS = string.digits + string.ascii_letters + "!#$%()*+,-./:;=?@[]^_{|"
"""85 characters that mean nothing in HTML."""
_CODES = np.frombuffer(DIGITS.encode("ascii"), dtype=np.uint8)


class Block:
    """Tables that a reader unpacks together."""

    def __init__(self) -> None:
        self.planes = Planes()
        self._tables: dict[str, dict[str, Any]] = {}

    def add(self, table: str, rows: int, columns: dict[str, dict[str, Any]]) -> None:
        """Add a table whose columns were written to `planes`."""
        self._tables[table] = {"rows": rows, "columns": columns}

    def packed(self) -> str:
        """The block as text."""
        header = orjson.dumps({"tables": self._tables})
        return packed(b"".join([len(header).to_bytes(4, "little"), header, *self.planes.chunks]))


def packed(content: bytes) -> str:
    """Bytes as compressed text."""
    stream = zlib.compress(content, LEVEL)
    return written(len(stream).to_bytes(4, "big") + stream)


def written(data: bytes) -> str:
    """Bytes in `DIGITS`, filled up with zeros to a whole number of four."""
    whole = np.frombuffer(data + bytes(-len(data) % 4), dtype=">u4").astype(np.uint64)
    digits = np.empty((len(whole), 5), dtype=np.uint8)
    for place in range(4, -1, -1):
        digits[:, place] = _CODES[whole % 85]
        whole //= 85
    return digits.tobytes().decode("ascii")
