"""`sessions`: triage sessions, one record each."""

from __future__ import annotations

import polars as pl

from graphsess.case import overlays
from graphsess.records.ask import Ask
from graphsess.records.columns import luids, moment, worded
from graphsess.records.names import host_names, with_boot, with_host
from graphsess.records.sources import with_sources
from graphsess.records.stream import Stream, Tables
from graphsess.records.words import end_words, status_words

C = pl.col
_PARTS = ("start", "user", "source", "end")
_TIMES = (
    "start_earliest",
    "start_latest",
    "end_earliest",
    "end_latest",
)


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Sessions in the order of their start; hidden ones only where everything is asked for."""
    sessions = overlays.sessions(tables)
    if not ask.every:
        sessions = sessions.filter(C("hidden").is_null())
    named = with_boot(tables, with_host(tables, sessions))
    former = tables.table("formerly").group_by("id", maintain_order=True).agg("formerly")
    return (
        named.join(former, on="id", how="left", maintain_order="left")
        .join(_origins(tables), on="id", how="left", maintain_order="left")
        .with_columns(
            formerly=C("formerly").fill_null(pl.lit([], dtype=pl.List(pl.String()))),
            start=moment("start_us"),
            auth_time=moment("auth_us"),
            session_time=moment("session_us"),
            end=moment("end_us"),
            duration=pl.when(C("end_us") >= C("start_us")).then(
                ((C("end_us") - C("start_us")) / 1_000_000).round(6)
            ),
            failure_text=worded(named["failure_status"], status_words),
            end_reason=worded(named["end_reason"], end_words),
            logon_ids=luids(named["luids"]).fill_null([]),
            byproduct_logon_ids=luids(named["byproduct_luids"]).fill_null([]),
            companion_logon_ids=luids(named["companion_luids"]).fill_null([]),
            local_session=C("local"),
            remote_credential_guard=C("credential_guard"),
            confidence_parts=pl.struct(C(f"confidence_{name}").alias(name) for name in _PARTS),
            flags=C("flags").fill_null([]),
            confidence_reasons=C("confidence_reasons").fill_null([]),
        )
        .with_columns(moment(f"{name}_us").alias(name) for name in _TIMES)
        .sort("start_us", "host_id", "first_ord", "id", nulls_last=True)
    )


def finish(tables: Tables, wanted: pl.DataFrame) -> pl.DataFrame:
    """The records with their Sources."""
    parts = overlays.sources(tables).rename({"session": "id"})
    return with_sources(tables, wanted, parts)


def _origins(tables: Tables) -> pl.DataFrame:
    """What the across stage knows of a session's source, one row a session."""
    names = host_names(tables)
    best = (
        tables.table("origins")
        .sort("session", "weight", "source_host", descending=[False, True, False], nulls_last=True)
        .unique("session", keep="first", maintain_order=True)
    )
    host = C("source_host")
    if names:
        host = host.replace(list(names), list(names.values()))
    empty = pl.lit(None, pl.String())
    return best.select(
        C("session").alias("id"),
        host.alias("source_host"),
        *(
            (C(name) if name in best.columns else empty).alias(name)
            for name in ("origin_address", "via")
        ),
    )


SESSIONS = Stream(
    name="sessions",
    says="triage sessions: who got in, from where, when and how it ended",
    rows=rows,
    finish=finish,
    fields=(
        "id",
        "formerly",
        "host",
        "host_id",
        "kind",
        "protocol",
        "logon_types",
        "package",
        "class",
        "outcome",
        "failure_status",
        "failure_text",
        "user",
        "sid",
        "attempted_user",
        "source_address",
        "source_port",
        "source_name",
        "source_host",
        "client_reported_address",
        "origin_address",
        "via",
        "client_time_zone",
        "client_os",
        "source_class",
        "start",
        "auth_time",
        "session_time",
        "end",
        "duration",
        "start_earliest",
        "start_latest",
        "end_earliest",
        "end_latest",
        "end_kind",
        "end_reason",
        "opened_by",
        "boot",
        "logon_ids",
        "byproduct_logon_ids",
        "companion_logon_ids",
        "local_session",
        "connection",
        "failure_run",
        "privileged",
        "restricted_admin",
        "remote_credential_guard",
        "outbound_user",
        "ts_id",
        "previous",
        "next",
        "parent",
        "confidence",
        "confidence_parts",
        "confidence_band",
        "end_band",
        "confidence_reasons",
        "flags",
        "rule",
        "hidden",
        "sources",
    ),
    shown=(
        "start",
        "user",
        "outcome",
        "kind",
        "source_address",
        "host",
        "end",
        "end_kind",
        "flags",
        "source_name",
        "confidence_band",
        "end_reason",
        "source_class",
        "id",
    ),
    users=("user", "sid", "attempted_user"),
    addresses=("source_address", "client_reported_address", "origin_address"),
)
