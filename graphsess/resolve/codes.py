"""Lists of codes: which of some words hold for a row, in a fixed order."""

from __future__ import annotations

import polars as pl


def codes(*words: pl.Expr) -> pl.Expr:
    """The words that are not null, as a list; a word holds no space.

    Joined and cut again, because `concat_list` makes ten times the work of it.
    """
    return pl.concat_str(*words, separator=" ", ignore_nulls=True).str.extract_all(r"\S+")
