"""Repeated steps of one account between the same two places, shown as one with a count.

Events:  those of the steps
Key:     (origin, target host, account, kind, outcome) and gaps of at most `network_s`
Order:   by start, then arriving session
Limits:  the step stands for its first arrival; its evidence is that of the best-proven one
See:     rule R8.8
"""

from __future__ import annotations

import polars as pl

from graphsess.settings import Settings

C = pl.col
BURSTS = ("network", "wmi", "winrm", "cleartext")


def folded(steps: pl.DataFrame, settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The moves, and the move of each arriving session (to_session, move: its row).

    Args:
        steps: One row an arriving session.
        settings: For `network_s`.
    """
    of = ["from_host", "from_session", "source_address", "to_host", "account", "kind", "outcome"]
    may = C("kind").is_in(BURSTS) | C("outcome").is_in(["failed", "denied"])
    islands = (
        steps.sort(*of, "start_us", "to_session", nulls_last=True)
        .with_columns(
            apart=(
                (C("start_us") - C("start_us").shift(1).over(of)) > settings.us("network")
            ).fill_null(value=True) | ~may
        )
        .with_columns(island=C("apart").cum_sum().over(of))
    )
    first = ["to_session", "start_us", "from_user", "to_user", "band", "hidden", "rule",
             "credential_switch"]
    best = {
        name: C(name).sort_by(
            ["exact", "score", "start_us", "to_session"],
            descending=[True, True, False, False], nulls_last=True,
        ).first()
        for name in ("score", "exact", "band", "said_by")
    }
    grouped = (
        islands.with_columns(said_by="to_session")
        .group_by(*of, "island", maintain_order=True)
        .agg(
            *[C(name).first() for name in first if name not in best],
            **best,
            last_us=C("last_us").max(),
            background=C("background").all(),
            count=C("count").sum(),
            members=C("said_by"),
        )
        .with_columns(id=move_id(C("to_session")))
    )
    members = (
        grouped.with_row_index("move").select("move", to_session="members").explode("to_session")
    )
    return grouped.drop("members", "island", "account"), members


def move_id(session: pl.Expr) -> pl.Expr:
    """A move's id out of the session that it opened."""
    return session.cast(pl.String).str.replace("session|", "move|", literal=True)
