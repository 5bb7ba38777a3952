"""What failure runs are together, over a day and all hosts: slow sprays, many sources, stale words.

Events:  those of the runs' failed attempts
Key:     source (spray), account (distributed), account and internal source (stale credential)
Order:   stale credentials first, then sprays, then distributed; only runs that are `other` alone
Limits:  behind one address may stand many people who mistype; a tool that waits as steadily as a
         service looks like one, so look at what the account may do. A run that is dense enough for
         `bruteforce` stays one
See:     rule R5.6
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.failure_runs import FAILED, attempts
from graphsess.resolve.assign import any_within
from graphsess.settings import Settings

C = pl.col
DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
SPRAYED_USERS = 5
SOURCES = 5
STEADY_TRIES = 5
STEADY = 10
"""Intervals are steady if half of them lie within a tenth of their median."""


def failure_patterns(
    sessions: pl.DataFrame, runs: pl.DataFrame, run_of: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """failure_run, pattern, rule: the runs whose meaning only a day over all hosts shows.

    Args:
        sessions: Of all hosts, each attempt once.
        runs: Failure runs of hosts and controllers.
        run_of: session, failure_run: which attempts form which run.
        settings: For `failure_s`, which a steady interval exceeds.
    """
    lone = runs.filter(C("pattern") == "other").select(failure_run="id")
    tries = (
        attempts(sessions.filter(C("outcome").is_in(FAILED)))
        .drop("failure_run", strict=False)  # a session at a controller has its run in `run_of`
        .join(run_of.rename({"session": "id"}), on="id", how="inner")
        .join(lone, on="failure_run", how="semi")
        .with_columns(
            account=pl.coalesce("sid", C("who").str.to_lowercase()),
        )
        .filter(C("origin") != "-")
        .select("id", "failure_run", "origin", "account", "source_class", at_us="start_us")
        .sort("at_us", "id")
    )
    stale = _stale(tries, settings)
    rest = tries.join(stale, on="failure_run", how="anti")
    spray = _crowded(rest, of="origin", count="account", least=SPRAYED_USERS)
    rest = rest.join(spray, on="failure_run", how="anti")
    spread = _crowded(rest, of="account", count="origin", least=SOURCES)
    found = {"stale_credential": stale, "slow_spray": spray, "distributed": spread}
    return (
        pl.concat(
            [frame.with_columns(pattern=pl.lit(name)) for name, frame in found.items()]
        )
        .with_columns(rule=pl.lit("R5.6"))
        .sort("failure_run")
    )


def with_patterns(runs: pl.DataFrame, patterns: pl.DataFrame) -> pl.DataFrame:
    """The runs with the pattern that a day over all hosts gives them."""
    wider = patterns.select(id="failure_run", wider="pattern")
    return runs.join(wider, on="id", how="left", maintain_order="left").with_columns(
        pattern=pl.coalesce("wider", "pattern")
    ).drop("wider")


def _crowded(tries: pl.DataFrame, of: str, count: str, least: int) -> pl.DataFrame:
    """The runs of `of` in some day in which `least` different `count` are seen together."""
    known = tries.filter(C(of).is_not_null() & C(count).is_not_null())
    full = (
        known.sort("at_us", "id")
        .rolling("at_us", period=f"{DAY_US}i", group_by=of, closed="both")
        .agg(many=C(count).n_unique())
        .filter(C("many") >= least)
        .select(of, full_us="at_us")
    )
    return (
        any_within(known, full, on=[of], time=("at_us", "full_us"), before_us=0, after_us=DAY_US)
        .select("failure_run")
        .unique()
        .sort("failure_run")
    )


def _stale(tries: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """One account from one source of the organisation, at steady intervals, for over an hour.

    Intervals no longer than `failure_s` would have made one run of it.
    """
    of = ["origin", "account"]
    inside = tries.filter(
        C("source_class").is_in(["internal", "local"]) & C("account").is_not_null()
    ).sort(*of, "at_us", "id")
    alone = inside.group_by("origin").agg(accounts=C("account").n_unique())
    gaps = inside.with_columns(gap=C("at_us") - C("at_us").shift(1).over(of))
    steady = (
        gaps.group_by(of)
        .agg(
            n=pl.len(),
            lasted=C("at_us").max() - C("at_us").min(),
            middle=C("gap").quantile(0.5, "lower"),
            spread=(C("gap") - C("gap").quantile(0.5, "lower")).abs().quantile(0.5, "lower"),
        )
        .filter(
            (C("n") >= STEADY_TRIES)
            & (C("lasted") > HOUR_US)
            & (C("middle") > settings.us("failure"))
            & (C("spread") * STEADY <= C("middle"))
        )
    )
    return (
        inside.join(alone.filter(C("accounts") < SPRAYED_USERS), on="origin", how="semi")
        .join(steady, on=of, how="semi")
        .select("failure_run")
        .unique()
        .sort("failure_run")
    )
