"""A block: several tables packed together, compressed, as text that no browser runs or parses.

Form: the header's length as four bytes (lowest first), the header as JSON, the planes of all
columns; the whole as a zlib stream in base64. The same tables always give the same text.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import orjson

from graphsess.report.page.columns import Planes

LEVEL = 6
"""Of compression. 9 takes twice as long for two parts in a hundred."""


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
    return base64.b64encode(zlib.compress(content, LEVEL)).decode("ascii")
