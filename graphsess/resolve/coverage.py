"""What the logs of a host cover: stretches of each channel without a hole (rule R0.3).

A missing event inside coverage is evidence; outside it is not. A filtered or forwarded file covers
nothing in this sense: it only shows what it holds.
"""

from __future__ import annotations

import polars as pl

C = pl.col
FAMILIES = {
    "lsm": "localsessionmanager",
    "rcm": "remoteconnectionmanager",
    "core": "rdpcorets",
    "security": "security",
    "system": "system",
}
LOG_CLEARED = ("security_1102", "eventlog_104")


def coverage(events: pl.DataFrame, runs: pl.DataFrame, host: str) -> pl.DataFrame:
    """One row a stretch: host, channel, first_us, last_us, broken_by, whole.

    Args:
        events: The host's events; clears among them end a stretch.
        runs: Schema `RUNS`, of this host, all records of its files.
        host: The host's id.
    """
    timed = runs.filter(C("first_us").is_not_null() & C("channel").is_not_null())
    ordered = timed.sort("channel", "trusted", "first_id", "last_id", "evidence", "position")
    of = ["channel", "trusted"]
    reach = C("last_id").cum_max().shift(1).over(of)
    breaks = (
        C("trusted") & (C("first_id") > reach + 1).fill_null(value=False)
        | C("first_id").is_null()
    )
    stretches = (
        ordered.with_columns(stretch=breaks.cast(pl.Int64).cum_sum().over(of))
        .group_by("channel", "trusted", "stretch")
        .agg(first_us=C("first_us").min(), last_us=C("last_us").max(), records=C("count").sum())
        .sort("channel", "trusted", "first_us", "last_us")
        .with_columns(
            broken_by=pl.when(C("stretch") < C("stretch").max().over(of))
            .then(pl.lit("gap"))
            .otherwise(pl.lit("end_of_file"))
        )
    )
    cleared = events.filter(C("kind").is_in(LOG_CLEARED) & C("time_us").is_not_null()).select(
        cleared_us="time_us",
        cleared=pl.when(C("kind") == "security_1102").then(pl.lit("security")).otherwise(
            C("object").str.to_lowercase()
        ),
    )
    ends_in_clear = (
        stretches.with_columns(cleared=C("channel").str.to_lowercase())
        .join(cleared, on="cleared", how="inner")
        .filter(C("last_us") <= C("cleared_us"))
        .select("channel", "trusted", "stretch", wiped=pl.lit(value=True))
        .unique()
    )
    return (
        stretches.join(ends_in_clear, on=["channel", "trusted", "stretch"], how="left")
        .with_columns(
            host=pl.lit(host),
            broken_by=pl.when(C("wiped")).then(pl.lit("clear")).otherwise("broken_by"),
        )
        .select("host", "channel", "first_us", "last_us", "broken_by", whole="trusted")
        .sort("channel", "first_us", "last_us", "whole")
    )


def covers(
    moments: pl.DataFrame, stretches: pl.DataFrame, family: str, until_us: int | None
) -> pl.Series:
    """True where the channel family covers the moment (`at_us`); the last stretch reaches on.

    A log that was taken whole is silent after its last record because nothing happened, so its
    last stretch covers the time up to the host's last event.
    """
    own = stretches.filter(
        C("whole") & C("channel").str.to_lowercase().str.contains(FAMILIES[family], literal=True)
    )
    if family in ("security", "system"):
        own = own.filter(C("channel").str.to_lowercase() == FAMILIES[family])
    if own.is_empty():
        return pl.Series([False] * moments.height, dtype=pl.Boolean)
    spans = own.select("first_us", "last_us").sort("first_us", "last_us").with_columns(
        last_us=pl.when(C("last_us") == C("last_us").max())
        .then(pl.max_horizontal("last_us", pl.lit(until_us)))
        .otherwise("last_us")
    ).with_columns(last_us=C("last_us").cum_max())
    found = (
        moments.with_row_index("place")
        .sort("at_us")
        .join_asof(spans, left_on="at_us", right_on="first_us", strategy="backward")
        .sort("place")
    )
    return (found["last_us"] >= found["at_us"]).fill_null(value=False)
