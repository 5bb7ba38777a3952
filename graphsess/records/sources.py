"""The Sources of a record: which events say so, each with its role and its rule."""

from __future__ import annotations

import polars as pl

from graphsess.records.columns import MOMENT
from graphsess.records.names import host_names
from graphsess.records.stream import Tables

C = pl.col
SOURCE = pl.Struct(
    {
        "event": pl.String(),
        "time": MOMENT,
        "host": pl.String(),
        "channel": pl.String(),
        "provider": pl.String(),
        "event_id": pl.Int32(),
        "record_id": pl.Int64(),
        "file": pl.String(),
        "evidence": pl.String(),
        "role": pl.String(),
        "rule": pl.String(),
        "copies": pl.List(pl.String()),
        "carved": pl.Boolean(),
    }
)
"""One event of a record. `evidence` is the file's sha256, `file` its path in the ledger, `copies`
the paths of other files that hold the same record."""


def with_sources(tables: Tables, rows: pl.DataFrame, parts: pl.LazyFrame) -> pl.DataFrame:
    """The rows with `sources`, in time order; an empty list where no event is named.

    Args:
        tables: Where events and ledger are.
        rows: Records with `id`.
        parts: What belongs to what: `id`, `uid`, `role`, `rule`; other ids may be among them.
    """
    mine = parts.join(rows.lazy().select("id"), on="id", how="semi").unique(
        ["id", "uid", "role", "rule"]
    )
    events = (
        tables.scan("events")
        .select(
            "uid",
            "ord",
            C("host").alias("host_id"),
            C("time_us").cast(MOMENT).alias("time"),
            "channel",
            "provider",
            "event_id",
            "record_id",
            "evidence",
            "copies",
            "carved",
        )
        .join(mine.select("uid").unique(), on="uid", how="semi")
    )
    paths = tables.table("evidence").select("sha256", "path")
    told = mine.join(events, on="uid", how="left").collect()
    told = told.with_columns(
        event=C("uid"),
        host=_looked_up(C("host_id"), host_names(tables)),
        file=_looked_up(C("evidence"), dict(paths.iter_rows())),
        copies=C("copies")
        .list.eval(_looked_up(pl.element(), dict(paths.iter_rows())))
        .fill_null([]),
    ).sort("id", "time", "ord", "uid", "role", "rule", nulls_last=True)
    lists = told.group_by("id", maintain_order=True).agg(
        pl.struct(field.name for field in SOURCE.fields).alias("sources")
    )
    return rows.join(lists, on="id", how="left", maintain_order="left").with_columns(
        C("sources").fill_null(pl.lit([], dtype=pl.List(SOURCE)))
    )


def _looked_up(keys: pl.Expr, names: dict[str, str]) -> pl.Expr:
    return keys.replace(list(names), list(names.values())) if names else keys
