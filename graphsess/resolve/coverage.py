"""What the logs of a host cover: stretches of each channel without a hole (rule R0.3).

A missing event inside coverage is evidence; outside it is not. A filtered or forwarded file covers
nothing in this sense: it only shows what it holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

C = pl.col
SHUTDOWN_US = 60_000_000  # a stop of the log service this near to the boot's end is its shutdown
STOPPED = {
    "windows event log": ".",
    "remote desktop services": "localsessionmanager|remoteconnectionmanager|rdpcorets",
}
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
    timed = _with_extremes(
        runs.filter(C("first_us").is_not_null() & C("channel").is_not_null()), events
    )
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
    whole = (
        stretches.join(ends_in_clear, on=["channel", "trusted", "stretch"], how="left")
        .with_columns(
            host=pl.lit(host),
            broken_by=pl.when(C("wiped")).then(pl.lit("clear")).otherwise("broken_by"),
        )
        .select("host", "channel", "first_us", "last_us", "broken_by", whole="trusted")
    )
    for stop in _stops(events):
        whole = stop.cut(whole)
    return whole.sort("channel", "first_us", "last_us", "whole")


def _with_extremes(runs: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Runs that reach from their earliest to their latest kept record.

    Where the clock was turned back, these are not their first and last (R0.4).
    """
    run = ["evidence", "channel", "run_id"]
    numbered = runs.with_columns(
        run_id="first_id", logged=C("channel").str.to_lowercase()
    )
    told = (
        events.filter(C("time_us").is_not_null() & C("record_id").is_not_null())
        .select("evidence", "record_id", "time_us", logged=C("channel").str.to_lowercase())
        .sort("record_id")
        .join_asof(
            numbered.filter(C("first_id").is_not_null())
            .select(*run, "logged", "first_id", "last_id")
            .sort("first_id", "last_id"),
            left_on="record_id", right_on="first_id", by=["evidence", "logged"],
            strategy="backward", check_sortedness=False,
        )
        .filter(C("record_id") <= C("last_id"))
        .group_by(run)
        .agg(early_us=C("time_us").min(), late_us=C("time_us").max())
    )
    return (
        numbered.join(told, on=run, how="left")
        .with_columns(
            first_us=pl.min_horizontal("first_us", "last_us", "early_us"),
            last_us=pl.max_horizontal("first_us", "last_us", "late_us"),
        )
        .drop("run_id", "logged", "early_us", "late_us")
    )


@dataclass(frozen=True, slots=True)
class Stop:
    """A service was down from `from_us` to `to_us`: these channels hold nothing of that time."""

    channels: str
    from_us: int
    to_us: int

    def cut(self, stretches: pl.DataFrame) -> pl.DataFrame:
        """The stretches, each that spans the stop cut in two."""
        spans = (
            C("channel").str.to_lowercase().str.contains(self.channels)
            & (C("first_us") < self.from_us)
            & (C("last_us") > self.to_us)
        )
        hit = stretches.filter(spans)
        return pl.concat(
            [
                stretches.filter(~spans),
                hit.with_columns(
                    last_us=pl.lit(self.from_us), broken_by=pl.lit("service_stop")
                ),
                hit.with_columns(first_us=pl.lit(self.to_us)),
            ]
        )


def _stops(events: pl.DataFrame) -> list[Stop]:
    """Stops of the event log service and of Remote Desktop Services, outside of a shutdown."""
    timed = events.filter(C("time_us").is_not_null())
    ends = timed.group_by("boot").agg(end_us=C("time_us").max())
    silent = (
        timed.filter(C("kind") == "security_1100")
        .join(ends, on="boot", how="left")
        .filter(C("end_us") - C("time_us") > SHUTDOWN_US)
        .select("boot", from_us="time_us")
        .sort("from_us")
        .join_asof(
            timed.filter(C("kind") != "security_1100")
            .select("boot", to_us="time_us")
            .sort("to_us"),
            left_on="from_us", right_on="to_us", by="boot", strategy="forward",
            check_sortedness=False, allow_exact_matches=False,
        )
        .filter(C("to_us").is_not_null())
        .select("from_us", "to_us")
    )
    stops = [Stop(".", start, end) for start, end in silent.iter_rows()]
    for service, channels in STOPPED.items():
        turns = (
            timed.filter(
                (C("kind") == "services_7036") & (C("object").str.to_lowercase() == service)
            )
            .join(ends, on="boot", how="left")
            .sort("ord")
            .with_columns(
                state=C("verb").str.to_lowercase(),
                shutdown=C("end_us") - C("time_us") <= SHUTDOWN_US,
            )
        )
        down = None
        for at, state, shutdown in turns.select("time_us", "state", "shutdown").iter_rows():
            if state == "stopped":
                down = None if shutdown else at
            elif state == "running" and down is not None:
                stops.append(Stop(channels, down, at))
                down = None
    return stops


def whole_stretches(stretches: pl.DataFrame, family: str) -> pl.DataFrame:
    """The stretches of a channel family in logs that were taken whole, in order."""
    channel = C("channel").str.to_lowercase()
    mine = (
        channel == FAMILIES[family]
        if family in ("security", "system")
        else channel.str.contains(FAMILIES[family], literal=True)
    )
    return stretches.filter(C("whole") & mine).sort("first_us", "last_us", "broken_by")


def covers(
    moments: pl.DataFrame, stretches: pl.DataFrame, family: str, until_us: int | None
) -> pl.Series:
    """True where the channel family covers the moment (`at_us`); the last stretch reaches on.

    A log that was taken whole is silent after its last record because nothing happened, so its
    last stretch covers the time up to the host's last event.
    """
    own = whole_stretches(stretches, family)
    if own.is_empty():
        return pl.Series([False] * moments.height, dtype=pl.Boolean)
    spans = own.select("first_us", "last_us").with_columns(
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
