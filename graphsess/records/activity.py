"""`activity`: what was done, and the session that it was done in; artefacts of the logs."""

from __future__ import annotations

from typing import Any

import polars as pl

from graphsess.case import overlays
from graphsess.records.acts import what
from graphsess.records.ask import Ask
from graphsess.records.columns import MOMENT, luids, written
from graphsess.records.names import host_names, with_host
from graphsess.records.stream import Stream, Tables

C = pl.col
CANDIDATE = pl.Struct({"session": pl.String(), "confidence": pl.Int64()})
SYSTEMS_OWN = r"(?i)^S-1-5-(?:18|19|20|80-.*|82-.*|90-.*|96-.*|111-.*)$"
_EVENT = (
    "channel", "provider", "event_id", "record_id", "evidence", "process", "command_line",
    "object", "detail", "actor_user", "target_user", "target_domain", "server", "other_address",
    "other_port", "address", "verb",
)


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Activities in the order of time; without `every`, not the system's own and hidden ones'."""
    found = with_session(tables, with_host(tables, tables.table("activities")))
    lists = tables.table("activity_candidates")["activity"].unique()
    own = C("logged_sid").str.contains(SYSTEMS_OWN).fill_null(value=False)
    found = found.with_columns(
        hidden=pl.coalesce(
            "hidden",
            pl.when(C("session").is_null() & own & ~C("id").is_in(lists.implode())).then(
                pl.lit("system")
            ),
        )
    )
    if not ask.every:
        found = found.filter(C("hidden").is_null())
    return found.sort("time", "host_id", "id", nulls_last=True)


def with_session(tables: Tables, found: pl.DataFrame) -> pl.DataFrame:
    """Rows with `session`, `local`, `logon`, `user`, `sid`, with what is known of the session.

    `user` and `sid` are then the session's where there is one: who had come; under whose account
    it was done stands in `logged_user` and `logged_sid`.
    """
    names = host_names(tables)
    origin = C("source_host")
    sessions = overlays.sessions(tables).select(
        C("id").alias("session"),
        C("user").alias("session_user"),
        C("sid").alias("session_sid"),
        C("kind").alias("session_kind"),
        "source_address",
        "source_name",
        "source_class",
        "hidden",
        C("start_us").cast(MOMENT).alias("session_start"),
        C("end_us").cast(MOMENT).alias("session_end"),
    )
    origins = (
        tables.table("origins")
        .sort("session", "weight", "source_host", descending=[False, True, False], nulls_last=True)
        .unique("session", keep="first", maintain_order=True)
        .select(
            "session",
            source_host=origin.replace(list(names), list(names.values())) if names else origin,
        )
    )
    logons = tables.table("logons").select(logon="id", luid="luid")
    joined = (
        found.join(sessions, on="session", how="left", maintain_order="left")
        .join(origins, on="session", how="left", maintain_order="left")
        .join(logons, on="logon", how="left", maintain_order="left")
    )
    return joined.with_columns(
        time=C("time_us").cast(MOMENT),
        activity=C("kind"),
        kind=C("session_kind"),
        kinds=pl.concat_list("kind", "session_kind"),
        logged_user=C("user"),
        logged_sid=C("sid"),
        user=pl.coalesce("session_user", "user"),
        sid=pl.coalesce("session_sid", "sid"),
        local_session=C("local"),
        logon_id=luids(joined["luid"]),
        flags=C("flags").fill_null([]),
    )


def with_candidates(tables: Tables, wanted: pl.DataFrame, beside: pl.DataFrame) -> pl.DataFrame:
    """The records with the sessions that come into question beside their own.

    Args:
        tables: Not read.
        wanted: Records with `id`.
        beside: activity, session, confidence.
    """
    del tables
    lists = (
        beside.join(wanted.select(activity="id"), on="activity", how="semi")
        .sort("activity", "confidence", "session", descending=[False, True, False])
        .group_by("activity", maintain_order=True)
        .agg(pl.struct("session", "confidence").alias("candidates"))
    )
    return wanted.join(
        lists, left_on="id", right_on="activity", how="left", maintain_order="left"
    ).with_columns(C("candidates").fill_null(pl.lit([], dtype=pl.List(CANDIDATE))))


def of_session(tables: Tables, session: str) -> tuple[int, list[dict[str, Any]]]:
    """How many activities a session has, and the first `MOST_SHOWN` of them in short."""
    mine = tables.scan("activities").filter(C("session") == session).collect()
    first = mine.sort("time_us", "id").head(MOST_SHOWN)
    short = first.select(
        "id", "method", "confidence", "while_disconnected", "flags", "host", "time_us", "session",
        "local", "logon", "user", "sid", "kind",
    )
    told = finish(tables, with_session(tables, short))
    return mine.height, written(told.select(IN_SHORT)).to_dicts()


def of_event(tables: Tables, uid: str) -> dict[str, Any] | None:
    """The session of an activity, and how it is known; None where the event is none."""
    mine = tables.scan("activities").filter(C("id") == uid).collect()
    if mine.is_empty():
        return None
    whole = finish(tables, with_session(tables, mine))
    return written(whole.select("activity", "what", *MAPPED)).row(0, named=True)


def finish(tables: Tables, wanted: pl.DataFrame) -> pl.DataFrame:
    """The records with what their events say, and the candidates."""
    paths = dict(tables.table("evidence").select("sha256", "path").iter_rows())
    events = (
        tables.scan("events")
        .select("uid", C("kind").alias("event_kind"), *_EVENT)
        .join(wanted.lazy().select(uid="id"), on="uid", how="semi")
        .collect()
    )
    told = events.with_columns(
        what(C("event_kind")).alias("what"),
        file=C("evidence").replace(list(paths), list(paths.values())) if paths else C("evidence"),
    ).select("uid", "what", "file", "evidence", "channel", "provider", "event_id", "record_id",
             "process", "command_line", "object", "detail")
    joined = wanted.join(told, left_on="id", right_on="uid", how="left", maintain_order="left")
    return with_candidates(tables, joined, tables.table("activity_candidates"))


MOST_SHOWN = 1_000
IN_SHORT = (
    "id", "time", "activity", "what", "logged_user", "method", "confidence",
    "while_disconnected", "flags",
)
MAPPED = (
    "session",
    "local_session",
    "logon_id",
    "user",
    "sid",
    "kind",
    "source_address",
    "source_name",
    "source_host",
    "source_class",
    "session_start",
    "session_end",
    "method",
    "confidence",
    "while_disconnected",
    "flags",
    "candidates",
)
"""Fields that say to which session an artefact belongs, and why."""

ACTIVITY = Stream(
    name="activity",
    says="what was done, the session that it was done in, and where its user had come from",
    rows=rows,
    finish=finish,
    fields=(
        "id",
        "time",
        "host",
        "host_id",
        "channel",
        "provider",
        "event_id",
        "record_id",
        "file",
        "evidence",
        "activity",
        "what",
        "object",
        "detail",
        "process",
        "command_line",
        "logged_user",
        "logged_sid",
        *MAPPED,
        "rule",
        "hidden",
    ),
    shown=(
        "time",
        "what",
        "user",
        "source_address",
        "kind",
        "host",
        "method",
        "confidence",
        "while_disconnected",
        "logged_user",
        "session_start",
        "session",
    ),
    users=("user", "sid", "logged_user", "logged_sid"),
    kind="kinds",
    span=("time", "time"),
)
