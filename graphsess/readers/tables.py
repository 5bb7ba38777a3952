"""What a reader hands over: kept records as the log spells them, and stretches of all records."""

from __future__ import annotations

import polars as pl

from graphsess.catalogue import COLUMNS

IDENTITY: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "time": pl.String(),
    "computer": pl.String(),
    "channel": pl.String(),
    "provider": pl.String(),
    "event_id": pl.Int32(),
    "version": pl.Int32(),
    "record_id": pl.Int64(),
    "carved": pl.Boolean(),
}
"""What every record says of itself, as a reader hands it over. `time` is the body's text."""

LOGGED: dict[str, pl.DataType] = {**IDENTITY, **{name: pl.String() for name in COLUMNS}}
"""A reader's batch: identity, and the catalogue's columns as the log spells them."""

RUNS: dict[str, pl.DataType] = {
    "evidence": pl.String(),
    "channel": pl.String(),
    "computer": pl.String(),
    "first_id": pl.Int64(),
    "last_id": pl.Int64(),
    "first_us": pl.Int64(),
    "last_us": pl.Int64(),
    "count": pl.Int64(),
    "position": pl.Int64(),
    "trusted": pl.Boolean(),
}
"""One unbroken stretch of *all* records of a file, wanted or not: ids rise by one, one channel,
one computer. `position` orders the stretches as they lie in the file; `trusted` is false where
the file was filtered or forwarded, so that missing ids prove nothing. It is told a unit at a
time: a file is trusted if all its runs are. Ids are null where the format carries none."""
