"""The name of an event: its content, whatever file it was found in (rule N9)."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import polars as pl

from graphsess.catalogue import COLUMNS

UID_DIGITS = 32
"""128 bits, as hexadecimal text."""


def uids(events: pl.DataFrame) -> pl.Series:
    """A uid for each row: the first 32 hexadecimal digits of the sha256 of its key, in UTF-8.

    The key is `computer|channel|record_id|event_id|time_us`, computer and channel in lower case,
    numbers in decimal, `-` for what is null. Two copies of a record, in a live log and in a
    forwarded one, have the same uid.

    A record without a record id (some collectors drop it) has `~DIGEST~N` in its place: the sha256
    of its normalised columns, and its number among the same ones of its file, from 0. So two
    events that look the same stay two, and two copies of one file stay one.
    """
    places = _places(events)
    keys = events.select(
        pl.concat_str(
            _lower(events["computer"]),
            _lower(events["channel"]),
            places.alias("place"),
            pl.col("event_id").cast(pl.String()),
            pl.col("time_us").cast(pl.String()).fill_null("-"),
            separator="|",
        ).cast(pl.Binary())
    ).to_series()
    digests = [sha256(key).digest()[: UID_DIGITS // 2] for key in keys.to_list()]
    return pl.Series("uid", digests, pl.Binary()).bin.encode("hex")


def _lower(names: pl.Series) -> pl.Expr:
    """A name in lower case; most often all rows have the same."""
    if names.len() and (names == names[0]).all() and not names.null_count():
        return pl.lit(names[0].lower())
    return pl.col(names.name).str.to_lowercase().fill_null("-")


def _places(events: pl.DataFrame) -> pl.Series:
    """Record ids as text; for rows without one, a digest of the row and its number."""
    ids = events["record_id"].cast(pl.String())
    if not ids.null_count():
        return ids
    names = ["kind", "computer", "time_us", *COLUMNS]
    met: Counter[str] = Counter()
    found: list[str] = []
    bare = events.select(names).filter(events["record_id"].is_null())
    for row in bare.iter_rows():
        digest = sha256(repr(row).encode("utf-8", "surrogatepass")).hexdigest()
        found.append(f"~{digest}~{met[digest]}")
        met[digest] += 1
    return ids.scatter(ids.is_null().arg_true(), found)
