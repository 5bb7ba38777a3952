"""Tables with a few rows, spelled out in the test: what is not named is null or empty."""

from __future__ import annotations

import polars as pl

from graphsess.case import TABLES


class Frames:
    """What records are read from: `Tables` in memory."""

    def __init__(self, **rows):
        self._frames = {
            name: pl.DataFrame(rows.pop(name, []), table.columns) for name, table in TABLES.items()
        }
        assert not rows, f"no such table: {sorted(rows)}"

    def table(self, name):
        return self._frames[name]

    def scan(self, name):
        return self._frames[name].lazy()
