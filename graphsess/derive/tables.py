"""The tables that deriving makes out of accesses and their links: what each access means."""

from __future__ import annotations

import polars as pl

from graphsess.resolve.tables import TEXT, TEXTS, TRUTH, WHOLE, Schema

INTERACTIVE = ("console", "rdp", "runas", "ssh", "winrm")
"""Kinds of session in which somebody sits at a desktop or a shell."""

SESSIONS: Schema = {
    "id": TEXT,
    "host": TEXT,
    "boot": WHOLE,
    "kind": TEXT,
    "protocol": TEXT,
    "logon_types": pl.List(pl.Int64()),
    "package": TEXT,
    "class": TEXT,
    "outcome": TEXT,
    "failure_status": TEXT,
    "user": TEXT,
    "sid": TEXT,
    "attempted_user": TEXT,
    "source_address": TEXT,
    "source_port": WHOLE,
    "source_name": TEXT,
    "source_class": TEXT,
    "client_reported_address": TEXT,
    "client_time_zone": TEXT,
    "client_os": TEXT,
    "start_us": WHOLE,
    "auth_us": WHOLE,
    "session_us": WHOLE,
    "end_us": WHOLE,
    "start_earliest_us": WHOLE,
    "start_latest_us": WHOLE,
    "end_earliest_us": WHOLE,
    "end_latest_us": WHOLE,
    "end_kind": TEXT,
    "end_reason": TEXT,  # a code; words are made in records
    "opened_by": TEXT,
    "luids": pl.List(pl.Int64()),
    "byproduct_luids": pl.List(pl.Int64()),
    "companion_luids": pl.List(pl.Int64()),
    "local": TEXT,
    "connection": TEXT,
    "failure_run": TEXT,
    "privileged": TRUTH,
    "restricted_admin": TRUTH,
    "credential_guard": TRUTH,
    "outbound_user": TEXT,
    "ts_id": WHOLE,
    "previous": TEXT,
    "next": TEXT,
    "parent": TEXT,
    "confidence": WHOLE,
    "confidence_start": WHOLE,
    "confidence_user": WHOLE,
    "confidence_source": WHOLE,
    "confidence_end": WHOLE,
    "confidence_band": TEXT,
    "end_band": TEXT,
    "confidence_reasons": TEXTS,
    "flags": TEXTS,
    "accesses": TEXTS,
    "rule": TEXT,
    "first_ord": WHOLE,
    "hidden": TEXT,  # why it is not shown without --all; null where it is
}

SOURCES: Schema = {
    "session": TEXT,
    "ord": WHOLE,
    "uid": TEXT,
    "role": TEXT,
    "rule": TEXT,
}

FAILURE_RUNS: Schema = {
    "id": TEXT,
    "host": TEXT,
    "kind": TEXT,
    "source_address": TEXT,
    "source_name": TEXT,
    "source_class": TEXT,
    "count": WHOLE,
    "users": pl.List(pl.Struct({"user": pl.String(), "count": pl.Int64()})),
    "first_us": WHOLE,
    "last_us": WHOLE,
    "statuses": pl.List(pl.Struct({"code": pl.String(), "count": pl.Int64()})),
    "pattern": TEXT,
    "rule": TEXT,
}

FOLLOWED_BY_SUCCESS: Schema = {"failure_run": TEXT, "session": TEXT, "gap_us": WHOLE, "rule": TEXT}

NEXT_IN_LOCAL: Schema = {
    "session": TEXT,
    "next": TEXT,
    "local": TEXT,
    "gap_us": WHOLE,
    "rule": TEXT,
}

FLAGS: Schema = {"session": TEXT, "flag": TEXT, "rule": TEXT, "uids": TEXTS}

ACTIVITIES: Schema = {
    "id": TEXT,  # the event's uid
    "host": TEXT,
    "time_us": WHOLE,
    "kind": TEXT,  # process, service, task, …: `catalogue.kinds.ACTS`
    "session": TEXT,
    "local": TEXT,
    "logon": TEXT,
    "user": TEXT,  # under whose account it was done; the session's may be another one's
    "sid": TEXT,
    "method": TEXT,  # the rung: luid, process, ts_id, service, task, parent, user, path, time
    "confidence": WHOLE,
    "while_disconnected": TRUTH,
    "flags": TEXTS,
    "rule": TEXT,
}

ACTIVITY_CANDIDATES: Schema = {"activity": TEXT, "session": TEXT, "confidence": WHOLE}
"""Sessions that come into question beside an activity's own one, or instead of one."""
ARRIVALS: Schema = {
    "session": TEXT,
    "ord": WHOLE,
    "uid": TEXT,
    "time_us": WHOLE,
    "kind": TEXT,
    "address": TEXT,
    "port": WHOLE,
    "client_name": TEXT,
}
"""A session's own records of where it came from, for joining with the other side (R8.1)."""

DEPARTURES: Schema = {
    "host": TEXT,
    "ord": WHOLE,
    "uid": TEXT,
    "time_us": WHOLE,
    "kind": TEXT,  # of the event
    "rule": TEXT,  # which evidence it can be: E1-E7, R4.5 for what a gateway passed on
    "name": TEXT,  # of the target, lower case
    "address": TEXT,  # of the target
    "port": WHOLE,
    "own_address": TEXT,  # this end of the connection; of a ticket: whose it is
    "own_port": WHOLE,
    "service": TEXT,  # class of the service principal name: termsrv, http, cifs, …
    "peer_user": TEXT,  # the account used at the target
    "guid": TEXT,
    "ts_id": WHOLE,  # desktop at the target, as RDPClient 1027 tells it
    "origin_address": TEXT,
    "user": TEXT,
    "session": TEXT,
    "how": TEXT,  # logon, account; null = in no session
    "after": TRUTH,  # that session was over by then
}
"""A sign that somebody reached out to another host, in each session it can belong to (R8.2)."""

TABLES: dict[str, Schema] = {
    "sessions": SESSIONS,
    "sources": SOURCES,
    "failure_runs": FAILURE_RUNS,
    "followed_by_success": FOLLOWED_BY_SUCCESS,
    "next_in_local": NEXT_IN_LOCAL,
    "flags": FLAGS,
    "activities": ACTIVITIES,
    "activity_candidates": ACTIVITY_CANDIDATES,
    "arrivals": ARRIVALS,
    "departures": DEPARTURES,
}
