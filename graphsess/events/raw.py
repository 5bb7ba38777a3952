"""The records as logged, kept beside the events for `show` and exports."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphsess.events.table import RAW


def raw(uids: pl.Series, bodies: Sequence[str]) -> pl.DataFrame:
    """Schema `RAW`: each record's own text under its uid, in the same order."""
    body = pl.Series("body", bodies, pl.String())
    is_xml = pl.col("body").str.starts_with("<")
    form = pl.when(is_xml).then(pl.lit("xml")).otherwise(pl.lit("json"))
    return pl.DataFrame([uids.alias("uid"), body]).with_columns(form=form).select(list(RAW))
