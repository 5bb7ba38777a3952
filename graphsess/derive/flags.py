"""Flags: what an examiner must know of a session before trusting or dismissing it.

Events:  Security 1102, System 104 for clears; RCM 20503-20511 for shadowing; those of the session
Key:     (session, flag)
Order:   by session, then flag
Limits:  a flag says what the logs show; its absence proves nothing outside coverage
See:     rules R4.2, R5.9, R5.12, R6.1, R0.4
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import inside

C = pl.col
RULES = {
    "tunnelled": "N8",
    "lsm_not_covering": "R4.6",
    "security_not_covering": "R5.12",
    "session_hijack": "R5.9",
    "ambiguous": "R4.3",
    "redirected_by_broker": "R4.6",
    "dc_background": "R5.7",
    "seen_at_dc_only": "R5.6",
    "credentials_may_be_right": "R5.6",
    "dollar_user": "0.4",
    "epoch_conflict": "R2.8",
}
SHADOWS = (20503, 20506, 20508, 20510)


def flags(sessions: pl.DataFrame, sources: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """All flags with the rule and the events that prove them.

    Args:
        sessions: As `derive.sessions.sessions` makes them.
        sources: The sessions' sources.
        events: One host's events; only the few that flags need are looked at.
    """
    carried = (
        sessions.select("access_flags", session="id")
        .explode("access_flags")
        .filter(C("access_flags").is_not_null())
        .with_columns(
            flag=C("access_flags"),
            rule=C("access_flags").replace_strict(RULES, default="R5"),
            uids=pl.lit([], dtype=pl.List(pl.String)),
        )
        .select("session", "flag", "rule", "uids")
    )
    over = sources.filter(C("role") == "DISPLACED_BY").group_by("session").agg(
        uids=C("uid").unique().sort()
    )
    hijacked = carried.filter(C("flag") == "session_hijack").select("session")
    taken = over.join(hijacked, on="session", how="anti").select(
        "session", flag=pl.lit("takeover"), rule=pl.lit("R4.2"), uids="uids"
    )
    jumped = sessions.filter(_crosses_jump(events)).select(
        session="id", flag=pl.lit("clock_jump"), rule=pl.lit("R0.4"),
        uids=pl.lit([], dtype=pl.List(pl.String)),
    )
    return (
        pl.concat([carried, taken, jumped, _cleared(sessions, events), _shadowed(sessions, events)])
        .sort("session", "flag", "rule")
        .unique(["session", "flag"], keep="first", maintain_order=True)
    )


def _crosses_jump(events: pl.DataFrame) -> pl.Expr:
    """The clock was turned between the session's first event and its end."""
    last = events["era"].max()
    if not last:
        return pl.lit(value=False)
    lasting = C("desk") & (C("outcome") == "established")
    final = pl.when(C("end_era").is_not_null()).then("end_era").otherwise(pl.lit(last, pl.Int64))
    return C("spans_jump") | (lasting & (final > C("first_era"))).fill_null(value=False)


def _cleared(sessions: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """A log was cleared while the session was open: by it, or under its eyes (R6.1)."""
    clears = events.filter(
        C("kind").is_in(["security_1102", "eventlog_104"]) & C("time_us").is_not_null()
    ).select("host", "boot", "uid", "actor_luid", cleared_us="time_us")
    open_then = sessions.filter(
        C("start_us").is_not_null() | (C("opened_by") == "before_coverage")
    ).select(
        "host", "boot", "luids", "desk", "outcome", session="id",
        from_us=pl.coalesce("start_us", "start_earliest_us", pl.lit(0)),
        to_us=pl.coalesce("end_us", "covered_until_us"),
    )
    by_it = (
        open_then.explode("luids")
        .join(
            clears, left_on=["host", "boot", "luids"], right_on=["host", "boot", "actor_luid"],
            how="inner",
        )
        .filter(C("cleared_us").is_between(C("from_us"), C("to_us")))
    )
    meanwhile = inside(
        open_then.filter(C("desk") & (C("outcome") == "established")), clears,
        on=["host", "boot"], span=("from_us", "to_us"), time="cleared_us",
    )
    return (
        pl.concat([found.select("session", "uid") for found in (by_it, meanwhile)])
        .group_by("session")
        .agg(uids=C("uid").unique().sort())
        .select(
            "session", flag=pl.lit("log_cleared_during"), rule=pl.lit("R6.1"), uids="uids"
        )
    )


def _shadowed(sessions: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Somebody watched or steered the session (RCM 20503-20511), by its TS session id."""
    watched = events.filter(
        (C("kind").cast(pl.String).str.starts_with("rcm_205"))
        & C("event_id").is_in(SHADOWS)
        & C("ts_id").is_not_null()
    ).select("host", "boot", "ts_id", "uid", watched_us="time_us")
    return (
        watched.join(
            sessions.filter((C("outcome") == "established") & C("ts_id").is_not_null()).select(
                "host", "boot", "ts_id", session="id",
                from_us=pl.coalesce("session_us", "start_us", pl.lit(0)),
                to_us=pl.coalesce("end_us", "covered_until_us"),
            ),
            on=["host", "boot", "ts_id"], how="inner",
        )
        .filter(C("watched_us").is_between(C("from_us"), C("to_us")))
        .group_by("session")
        .agg(uids=C("uid").unique().sort())
        .select("session", flag=pl.lit("shadowed"), rule=pl.lit("R5.10"), uids="uids")
    )
