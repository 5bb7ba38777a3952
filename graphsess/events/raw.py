"""The records as logged, kept beside the events for `show` and exports."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphsess.events.table import RAW
from graphsess.readers.pieces import Piece, as_logged


def raw(uids: pl.Series, pieces: Sequence[Piece]) -> pl.DataFrame:
    """Schema `RAW`: each record of a batch as logged, under its uid, in file order."""
    return as_logged(pieces).with_columns(uids.alias("uid")).select(list(RAW))
