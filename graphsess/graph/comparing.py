"""Names as rules compare them, made once and for all: engines differ in what lower case is."""

from __future__ import annotations

import polars as pl

from graphsess.graph.ids import short

C = pl.col
SAM = r"([^\\]+)$"
"""The account's name without its realm."""


def of_accesses(accesses: pl.DataFrame) -> pl.DataFrame:
    """Accesses with the columns `graph.schema.COMPARED`.

    `who` bears network logons, `tried` is the account or the name that was tried, `sam` the same
    without realm, `client` the client's name, `origin` what failed attempts come from, `status_key`
    why they failed.
    """
    tried = pl.coalesce("user", "attempted_user").str.to_lowercase()
    client = C("source_name").str.to_lowercase()
    made = accesses.with_columns(
        who=pl.coalesce("sid", C("user").str.to_lowercase(), pl.lit("-")),
        tried=tried,
        sam=tried.str.extract(SAM, 1),
        client=client,
        origin=pl.coalesce("source_address", client, pl.lit("-")),
        status_key=C("status").str.to_lowercase(),
    )
    return made.with_columns(short(made["origin"]))


def of_events(events: pl.DataFrame) -> pl.DataFrame:
    """Events with `sam`, the target account's name."""
    return events.with_columns(sam=C("target_user").str.to_lowercase())
