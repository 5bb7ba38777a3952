"""Ids as the graph can index them: one that is too long is cut, and stands in full beside it.

Neo4j refuses index entries of more than some 8 kB, and a log may hold a name of 64.
"""

from __future__ import annotations

import hashlib

import polars as pl

LONGEST = 1500
"""Characters; at most four bytes each."""
HEAD = 200


def short(ids: pl.Series) -> pl.Series:
    """The ids, each too long one as its head and the hash of the whole."""
    lengths = ids.str.len_chars()
    if (lengths.max() or 0) <= LONGEST:  # type: ignore[operator]
        return ids
    long = ids.filter(lengths > LONGEST).unique().to_list()
    return ids.replace(long, [cut(text) for text in long])


def cut(text: str) -> str:
    """One id that is too long, as its head and the hash of the whole."""
    return f"{text[:HEAD]}…{hashlib.sha256(text.encode()).hexdigest()}"
