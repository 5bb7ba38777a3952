"""Worst first: which sessions an investigator should look at before the others, and why.

A ranking aid of the report, made of what the case already says; it decides nothing else. A session
has the priority of its weightiest reason, and a little more for each further one.
"""

from __future__ import annotations

import polars as pl

from graphsess.records.stream import Tables
from graphsess.records.users import FAILED

C = pl.col
REASONS: dict[str, tuple[int, str]] = {
    "session_hijack": (95, "another account's connection went on with this desktop"),
    "guessed": (90, "follows a run of failed attempts from the same source"),
    "log_cleared": (85, "a log was cleared while it was open"),
    "credential_switch": (75, "came from another host's session under another account"),
    "tunnelled": (70, "remote desktop through a tunnel: its true source is hidden"),
    "shadowed": (60, "somebody watched or controlled it"),
    "privileged_outside": (60, "administrative privileges, from an external address"),
    "outlier": (55, "unusual address for this account"),
    "outside": (50, "got in from an external address"),
    "denied": (45, "the password was right; access was refused"),
    "takeover": (40, "took the desktop over from another connection"),
    "moved": (35, "came from a session on another host of the case"),
    "guessing": (30, "one of a run of guesses"),
    "failed_outside": (25, "failed attempt from an external address"),
}
"""Every reason: its weight of 100, and what it means."""
FURTHER = 3
"""Added for each reason beyond the weightiest."""
GUESSING = ("bruteforce", "spray", "slow_spray", "distributed")
OUTLIER = 50
"""Score from which on a group stands out."""
_MOST = 100


def ranked(tables: Tables, sessions: pl.DataFrame) -> pl.DataFrame:
    """The sessions with `priority` (0 to 100) and `priority_reasons`, weightiest first.

    What is hidden has no priority.

    Args:
        tables: The case.
        sessions: Records of sessions.
    """
    told = sessions.join(_after_guessing(tables), on="id", how="left", maintain_order="left")
    told = told.join(_moved(tables), on="id", how="left", maintain_order="left")
    told = told.join(_outliers(tables), on=["user", "source_address"], how="left",
                     maintain_order="left")  # fmt: skip
    guessing = _guessing_runs(tables)
    got_in = ~C("outcome").is_in(FAILED)
    outside = C("source_class") == "external"
    tests = {
        "session_hijack": C("flags").list.contains("session_hijack"),
        "guessed": C("after_guessing") & got_in,
        "log_cleared": C("flags").list.contains("log_cleared_during") & got_in,
        "credential_switch": C("switched"),
        "tunnelled": (C("source_class") == "tunnelled") & got_in,
        "shadowed": C("flags").list.contains("shadowed"),
        "privileged_outside": outside & got_in & C("privileged"),
        "outlier": C("unusual") & got_in,
        "outside": outside & got_in,
        "denied": C("outcome") == "denied",
        "takeover": C("flags").list.contains("takeover"),
        "moved": C("moved"),
        "guessing": ~got_in & C("failure_run").is_in(guessing),
        "failed_outside": outside & ~got_in,
    }
    met = pl.sum_horizontal(
        (tests[name] & C("hidden").is_null()).fill_null(value=False).cast(pl.Int64) * (1 << place)
        for place, name in enumerate(REASONS)
    )
    ranks = told.select(reasons=met).to_series()
    judged = _judged(ranks.unique().sort())
    return sessions.with_columns(
        ranks.to_frame().join(judged, on="reasons", how="left", maintain_order="left")
        .select("priority", "priority_reasons").get_columns()
    )  # fmt: skip


def _judged(met: pl.Series) -> pl.DataFrame:
    """Priority and reasons of each set of reasons; a set is a number with one bit for each."""
    every = [
        [name for place, name in enumerate(REASONS) if reasons >> place & 1]
        for reasons in met.to_list()
    ]
    return pl.DataFrame(
        {
            "reasons": met,
            "priority": pl.Series([_priority(one) for one in every], dtype=pl.Int64()),
            "priority_reasons": pl.Series(every, dtype=pl.List(pl.String())),
        }
    )


def _priority(reasons: list[str]) -> int:
    weight = max((REASONS[name][0] for name in reasons), default=0)
    return min(weight + max(len(reasons) - 1, 0) * FURTHER, _MOST)


def _after_guessing(tables: Tables) -> pl.DataFrame:
    """Sessions that followed a run which was no slip of the user's own fingers."""
    runs = tables.table("failure_runs").select(failure_run="id", pattern="pattern")
    after = tables.table("followed_by_success").join(runs, on="failure_run", how="left")
    slip = C("pattern").is_in(["mistype", "stale_credential"]).fill_null(value=False)
    return (
        after.filter(~slip).select(id="session").unique().sort("id")
        .with_columns(after_guessing=True)
    )  # fmt: skip


def _guessing_runs(tables: Tables) -> list[str]:
    runs = [tables.table("failure_runs"), tables.table("runs_at_controllers")]
    both = pl.concat([run.select("id", "pattern") for run in runs])
    return both.filter(C("pattern").is_in(GUESSING))["id"].sort().to_list()


def _moved(tables: Tables) -> pl.DataFrame:
    """Sessions that a move led to, and whether it changed the account."""
    inside = tables.table("moves").filter(
        C("to_session").is_not_null(), C("from_session").is_not_null(), C("hidden").is_null()
    )
    return (
        inside.group_by(C("to_session").alias("id"))
        .agg(C("credential_switch").fill_null(value=False).any().alias("switched"))
        .sort("id")
        .with_columns(moved=True)
    )


def _outliers(tables: Tables) -> pl.DataFrame:
    """Pairs of user and address whose group stands out."""
    return (
        tables.table("groups")
        .filter(C("by") == "address", C("outlier_score") >= OUTLIER)
        .select("user", "source_address")
        .drop_nulls()
        .unique()
        .sort("user", "source_address")
        .with_columns(unusual=True)
    )
