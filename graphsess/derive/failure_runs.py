"""Failure runs: consecutive failed attempts from one source, shown as one.

Events:  those of failed sessions
Key:     (host, source address, else the client's name, kind) and gaps of at most `failure_s`
Order:   by start
Limits:  an attacker who waits longer than the gap makes several runs
See:     rule R5.6
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import inside
from graphsess.settings import Settings

C = pl.col
SPRAYED_USERS = 5
TRIES_EACH = 3
MANY = 10
FEW = 3
FAILED = ("failed", "denied")
SUCCESSES = ("established", "authenticated", "authenticated_no_shell")


def failure_runs(
    sessions: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The runs; session → run; run → the sessions that followed as successes.

    Args:
        sessions: With `outcome`, `start_us`, source and user columns.
        settings: For `failure_s`, `failure_max_s`, `success_s`, `mistype_s`.
    """
    of = ["host", "kind", "origin"]
    failed = (
        attempts(sessions.filter(C("outcome").is_in(FAILED)))
        .sort(*of, "start_us", "id")
        .with_columns(
            island=(
                C("start_us") - C("start_us").shift(1).over(of) > settings.us("failure")
            ).fill_null(value=True)
        )
        .with_columns(island=C("island").cum_sum().over(of))
        .with_columns(begun=C("start_us").min().over(*of, "island"))
        .with_columns(day=(C("start_us") - C("begun")) // max(settings.us("failure_max"), 1))
    )
    key = [*of, "island", "day"]
    runs = (
        failed.group_by(key, maintain_order=True)
        .agg(
            count=pl.len().cast(pl.Int64),
            first_us=C("start_us").min(),
            last_us=C("start_us").max(),
            source_address=C("source_address").first(),
            source_name=C("source_name").drop_nulls().first(),
            source_class=C("source_class").first(),
        )
        .join(_counted(failed, key, "who", "user", "users"), on=key, how="left")
        .join(_counted(failed, key, "failure_status", "code", "statuses"), on=key, how="left")
        .with_columns(
            users=C("users").fill_null(pl.lit([], dtype=_counts("user"))),
            statuses=C("statuses").fill_null(pl.lit([], dtype=_counts("code"))),
            id=pl.concat_str(
                pl.lit("failures|"), "host", pl.lit("|"), "kind", pl.lit("|"),
                C("origin").str.replace_all("%", "%25", literal=True).str.replace_all(
                    "|", "%7C", literal=True
                ),
                pl.lit("|"),
                pl.from_epoch("first_us", time_unit="us").dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ"),
            ),
        )
    )
    member = failed.select("id", *key).join(
        runs.select(*key, run="id"), on=key, how="inner"
    ).select(session="id", failure_run="run")
    after = followed_by_success(runs, sessions, settings)
    mistypes = _mistypes(runs, failed.join(runs.select(*key, run="id"), on=key, how="left"),
                         sessions, settings)
    median = C("users").list.eval(pl.element().struct.field("count")).list.median()
    runs = runs.join(mistypes, on="id", how="left").with_columns(
        pattern=pl.when((C("users").list.len() >= SPRAYED_USERS) & (median <= TRIES_EACH))
        .then(pl.lit("spray"))
        .when(C("count") >= MANY)
        .then(pl.lit("bruteforce"))
        .when(C("mistype").fill_null(value=False))
        .then(pl.lit("mistype"))
        .otherwise(pl.lit("other")),
        rule=pl.lit("R5.6"),
    )
    return runs.sort("first_us", "id"), member.sort("session"), after


def attempts(sessions: pl.DataFrame) -> pl.DataFrame:
    """Dated sessions with `origin`, the source's address or name, and `who` was meant."""
    return sessions.filter(C("start_us").is_not_null()).with_columns(
        origin=pl.coalesce("source_address", C("source_name").str.to_lowercase(), pl.lit("-")),
        who=pl.coalesce("user", "attempted_user"),
    )


def followed_by_success(
    runs: pl.DataFrame, sessions: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """A success from the run's source within `success_s` of its last attempt, whoever it was."""
    won = (
        sessions.filter(C("outcome").is_in(SUCCESSES) & C("start_us").is_not_null())
        .with_columns(
            origin=pl.coalesce("source_address", C("source_name").str.to_lowercase(), pl.lit("-"))
        )
        .filter((C("origin") != "-") | (C("kind") == "console"))
        .select("host", "origin", "kind", session="id", won_us=pl.coalesce("auth_us", "start_us"))
    )
    pairs = inside(
        runs.select("host", "origin", "kind", "last_us", "first_us", failure_run="id",
                    until_us=C("last_us") + settings.us("success")),
        won.rename({"kind": "kind_won"}),
        on=["host", "origin"], span=("first_us", "until_us"), time="won_us",
    ).filter((C("origin") != "-") | (C("kind") == C("kind_won")))
    return pairs.select(
        "failure_run", "session",
        gap_us=pl.max_horizontal(C("won_us") - C("last_us"), pl.lit(0)),
        rule=pl.lit("R5.6"),
    ).sort("failure_run", "session")


def _counts(name: str) -> pl.List:
    return pl.List(pl.Struct({name: pl.String, "count": pl.Int64}))


def _counted(
    failed: pl.DataFrame, key: list[str], column: str, name: str, out: str
) -> pl.DataFrame:
    """How often each value of a column stands in each run, the commonest first."""
    label = C(column).str.to_lowercase()
    return (
        failed.filter(C(column).is_not_null())
        .group_by([*key, label.alias("label")])
        .agg(count=pl.len().cast(pl.Int64), **{name: C(column).sort().first()})
        .sort(*key, "count", "label", descending=[False] * len(key) + [True, False])
        .group_by(key, maintain_order=True)
        .agg(pl.struct(name, "count").alias(out))
    )


def _mistypes(
    runs: pl.DataFrame, failed: pl.DataFrame, sessions: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """Up to three failures, then a success of the same user and source within two minutes."""
    few = failed.join(
        runs.filter(C("count") <= FEW).select(run="id", last_us="last_us"), on="run", how="inner"
    ).select("run", "host", "origin", "last_us", who=C("who").str.to_lowercase(), who_sid="sid")
    won = sessions.filter(
        C("outcome").is_in(SUCCESSES) & C("start_us").is_not_null()
    ).select(
        "host", "sid",
        start_us=pl.coalesce("auth_us", "start_us"),
        origin=pl.coalesce("source_address", C("source_name").str.to_lowercase(), pl.lit("-")),
        name=C("user").str.to_lowercase(),
    )
    sam = pl.lit(r"([^\\]+)$")
    return (
        inside(
            few.with_columns(until_us=C("last_us") + settings.us("mistype")), won,
            on=["host", "origin"], span=("last_us", "until_us"), time="start_us",
        )
        .filter(
            (C("who_sid") == C("sid")).fill_null(value=False)
            | (C("who").str.extract(sam, 1) == C("name").str.extract(sam, 1))
        )
        .select(id="run", mistype=pl.lit(value=True))
        .unique()
        .sort("id")
    )
