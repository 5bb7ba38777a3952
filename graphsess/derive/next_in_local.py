"""Which session followed which on the same desktop, and how long nobody was attached between.

Events:  those of the two sessions
Key:     (local session, order of its sessions)
Order:   by the moment at which the desktop was reached
Limits:  only sessions that reached the desktop count
See:     rule R5.8
"""

from __future__ import annotations

import polars as pl

C = pl.col


def next_in_local(sessions: pl.DataFrame) -> pl.DataFrame:
    """One row a pair of neighbours: session, next, local, gap_us."""
    placed = (
        sessions.filter(C("local").is_not_null() & (C("outcome") == "established"))
        .sort("local", "first_ord", "id")
        .with_columns(
            next=C("id").shift(-1).over("local"),
            next_us=pl.coalesce("session_us", "auth_us", "start_us").shift(-1).over("local"),
        )
        .filter(C("next").is_not_null())
    )
    return placed.select(
        "next", "local",
        session="id",
        gap_us=pl.max_horizontal(C("next_us") - C("end_us"), pl.lit(0)),
        rule=pl.lit("R5.8"),
    ).select("session", "next", "local", "gap_us", "rule").sort("session", "next")
