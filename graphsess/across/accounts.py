"""Which account a session is of, over all hosts: its SID, else its name."""

from __future__ import annotations

import polars as pl

C = pl.col


def account_key(known: pl.DataFrame) -> pl.Expr:
    """The row's SID, else the only SID that the same name has elsewhere, else the name.

    Names count without case. Rows need `user` and `sid`; the key is null where both are.
    """
    lower = C("user").str.to_lowercase()
    sids = (
        known.filter(C("sid").is_not_null(), C("user").is_not_null())
        .group_by(lower.alias("name"))
        .agg(C("sid").unique())
        .filter(C("sid").list.len() == 1)
        .select("name", C("sid").list.first())
    )
    found = lower.replace_strict(sids["name"], sids["sid"], default=None, return_dtype=pl.String)
    return pl.coalesce("sid", found, lower)
