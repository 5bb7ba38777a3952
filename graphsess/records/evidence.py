"""`evidence` and `coverage`: what was handed over, and what the logs cover."""

from __future__ import annotations

import polars as pl

from graphsess.records.ask import Ask
from graphsess.records.columns import MOMENT, moment
from graphsess.records.names import with_host
from graphsess.records.stream import Stream, Tables

C = pl.col


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """The ledger, sorted by path."""
    del ask  # nothing is hidden here
    return tables.table("evidence").with_columns(
        id=pl.when(C("sha256") != "").then("sha256").otherwise("path"),
        first=moment("first_us"),
        last=moment("last_us"),
    )


def coverage_rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """What each channel of each host covers, sorted by host and channel."""
    del ask  # nothing is hidden here
    stretches = tables.table("coverage").sort(
        "host", "channel", "first_us", "last_us", nulls_last=True
    )
    begins = C("first_us").cast(MOMENT)
    ends = C("last_us").cast(MOMENT)
    grouped = stretches.group_by("host", "channel", maintain_order=True).agg(
        pl.struct(first=begins, last=ends).alias("intervals"),
        pl.struct(ends.alias("from"), begins.shift(-1).alias("to"), C("broken_by").alias("cause"))
        .head(pl.len() - 1)
        .alias("gaps"),
        begins.min().alias("first"),
        ends.max().alias("last"),
    )
    named = with_host(tables, grouped)
    return named.with_columns(
        id=pl.format("coverage|{}|{}", "host_id", C("channel").fill_null("-"))
    ).sort("host", "channel", nulls_last=True)


EVIDENCE = Stream(
    name="evidence",
    says="the ledger: what became of every file that was handed over",
    rows=rows,
    fields=(
        "id",
        "path",
        "also",
        "sha256",
        "kind",
        "bytes",
        "records_seen",
        "records_kept",
        "records_not_wanted",
        "records_unreadable",
        "chunks_bad",
        "id_gaps",
        "first",
        "last",
        "computers",
        "channels",
        "problem",
    ),
    shown=(
        "path",
        "records_kept",
        "problem",
        "kind",
        "first",
        "last",
        "records_seen",
        "records_unreadable",
        "computers",
        "channels",
        "bytes",
        "sha256",
    ),
    hosts=("computers",),
    users=(),
    addresses=(),
    span=("first", "last"),
)

COVERAGE = Stream(
    name="coverage",
    says="what the logs of each host cover, and where they have holes",
    rows=coverage_rows,
    fields=("id", "host", "host_id", "channel", "first", "last", "intervals", "gaps"),
    shown=("host", "channel", "first", "last", "gaps", "intervals"),
    users=(),
    addresses=(),
    kind=None,
    span=("first", "last"),
)
