"""The tables that resolving a host makes: what each event is about, and which form one access.

Times are int64 microseconds UTC, `*_ord` positions in the host's order of events. A *logged* value
stands in the evidence; everything else is derived by the rule named beside it.
"""

from __future__ import annotations

import polars as pl

TEXT, WHOLE, TRUTH = pl.String(), pl.Int64(), pl.Boolean()
TEXTS = pl.List(pl.String())
STRETCHES = pl.List(pl.Struct({"start_us": pl.Int64(), "end_us": pl.Int64()}))
Schema = dict[str, pl.DataType]

HOSTS: Schema = {
    "id": TEXT,  # the last logged name in lower case
    "name": TEXT,
    "names": TEXTS,
    "addresses": TEXTS,
    "os_build": TEXT,
    "product": TEXT,  # as "Windows 10 Pro"
    "is_dc": TRUTH,
    "time_zone": TEXT,
    "first_us": WHOLE,
    "last_us": WHOLE,
    "clock_jumps": pl.List(pl.Struct({"before_us": pl.Int64(), "after_us": pl.Int64()})),
    "logs_cleared": pl.List(
        pl.Struct({"time_us": pl.Int64(), "channel": pl.String(), "user": pl.String()})
    ),
}

BOOTS: Schema = {
    "id": TEXT,
    "host": TEXT,
    "boot": WHOLE,  # ordinal, from 0
    "start_us": WHOLE,
    "start_how": TEXT,
    "start_event": TEXT,
    "end_us": WHOLE,
    "end_kind": TEXT,  # clean, restart_requested, crash, unknown; null while it runs
    "end_event": TEXT,
    "first_ord": WHOLE,
    "last_ord": WHOLE,
    "fast_startup": TRUTH,
}

COVERAGE: Schema = {
    "host": TEXT,
    "channel": TEXT,
    "first_us": WHOLE,
    "last_us": WHOLE,
    "broken_by": TEXT,  # clear, gap, service_stop, end_of_file
}

LOGONS: Schema = {
    "id": TEXT,
    "host": TEXT,
    "boot": WHOLE,
    "luid": WHOLE,
    "user": TEXT,
    "sid": TEXT,
    "class": TEXT,
    "logon_type": WHOLE,
    "logon_process": TEXT,
    "process": TEXT,
    "process_id": WHOLE,
    "package": TEXT,
    "logon_guid": TEXT,
    "source_address": TEXT,
    "source_port": WHOLE,
    "workstation": TEXT,
    "role": TEXT,  # what made it: desktop, network, nla_precursor, unlock, companion, service, …
    "start_us": WHOLE,
    "start_kind": TEXT,  # logged, sysmon, bracketed, unknown
    "start_earliest_us": WHOLE,
    "start_latest_us": WHOLE,
    "start_ord": WHOLE,
    "first_ord": WHOLE,
    "access_end_us": WHOLE,
    "access_end_ord": WHOLE,
    "end_kind": TEXT,
    "destroyed_us": WHOLE,
    "destroyed_ord": WHOLE,
    "last_seen_us": WHOLE,
    "last_seen_ord": WHOLE,
    "elevated": TRUTH,
    "linked_luid": WHOLE,
    "privileged": TRUTH,
    "restricted_admin": TRUTH,
    "credential_guard": TRUTH,
    "outbound_user": TEXT,
    "actor_luid": WHOLE,
    "byproduct_of": TEXT,  # id of a local session, connection or logon
    "byproduct_rule": TEXT,
    "ts_id": WHOLE,
    "local": TEXT,
    "bound_by": TEXT,
    "flags": TEXTS,
}

LOCALS: Schema = {
    "id": TEXT,
    "host": TEXT,
    "boot": WHOLE,
    "ts_id": WHOLE,
    "ordinal": WHOLE,
    "user": TEXT,
    "sid": TEXT,
    "start_us": WHOLE,
    "start_kind": TEXT,  # logged, provisional, before_coverage, system_log_only
    "start_ord": WHOLE,
    "end_us": WHOLE,
    "end_kind": TEXT,  # logoff, inferred, never_established, open_at_end_of_log
    "end_ord": WHOLE,
    "state": TEXT,  # Active, Disconnected, Closed
    "established": TRUTH,
    "disconnected": STRETCHES,
    "locked": STRETCHES,
}

CONNECTIONS: Schema = {
    "id": TEXT,
    "host": TEXT,
    "boot": WHOLE,
    "kind": TEXT,  # rdp, ssh
    "activity_id": TEXT,
    "session_name": TEXT,
    "ts_id": WHOLE,
    "user": TEXT,
    "address": TEXT,
    "port": WHOLE,
    "client_name": TEXT,
    "client_time_zone": TEXT,
    "client_os": TEXT,
    "stage": TEXT,  # probe, failed, authenticated_no_shell, established
    "start_us": WHOLE,
    "start_ord": WHOLE,
    "end_us": WHOLE,
    "end_ord": WHOLE,
    "local": TEXT,
    "ambiguous": TRUTH,
}

ACCESSES: Schema = {
    "id": TEXT,
    "host": TEXT,
    "boot": WHOLE,
    "kind": TEXT,
    "protocol": TEXT,
    "class": TEXT,
    "user": TEXT,
    "sid": TEXT,
    "attempted_user": TEXT,
    "source_address": TEXT,
    "source_port": WHOLE,
    "source_name": TEXT,
    "source_class": TEXT,
    "source_how": TEXT,  # which event gave the address
    "client_reported_address": TEXT,
    "client_time_zone": TEXT,
    "client_os": TEXT,
    "logon_guid": TEXT,
    "logon_types": pl.List(pl.Int64()),
    "package": TEXT,
    "status": TEXT,
    "connection": TEXT,
    "local": TEXT,
    "ts_id": WHOLE,
    "luids": pl.List(pl.Int64()),  # the user's own, limited first
    "byproduct_luids": pl.List(pl.Int64()),
    "companion_luids": pl.List(pl.Int64()),
    "privileged": TRUTH,
    "restricted_admin": TRUTH,
    "credential_guard": TRUTH,
    "outbound_user": TEXT,
    "parent_luid": WHOLE,
    "reached": TEXT,  # failed, denied, authenticated, established: the highest proven step
    "opened_by": TEXT,  # logon, reconnect, attempt, before_coverage
    "lsm_covers": TRUTH,
    "core_covers": TRUTH,
    "security_covers": TRUTH,
    "covered_until_us": WHOLE,
    "boot_end_us": WHOLE,
    "boot_end_kind": TEXT,
    "last_seen_us": WHOLE,  # last sign of life under its LUIDs or on its desktop
    "next_on_local_us": WHOLE,  # start of the next access to the same desktop or TS session id
    "successor_us": WHOLE,  # same account's next new desktop on a client edition
    "begun_after_us": WHOLE,  # what was open before the log saw it did not begin earlier
    "lost_from_us": WHOLE,  # from here on, after its last sign of life, its end may be unlogged
    "spans_jump": TRUTH,
    "first_ord": WHOLE,
    "flags": TEXTS,
}
"""One attempt or one attachment. Derive must know the rest from its links."""

LINKS: Schema = {
    "access": TEXT,
    "ord": WHOLE,
    "uid": TEXT,
    "role": TEXT,
    "rule": TEXT,
    "how": TEXT,  # exact, window, contained, inferred
}
"""One event's part in one access: one role for each (event, access)."""

OBSERVATIONS: Schema = {
    "host": TEXT,
    "address": TEXT,
    "name": TEXT,  # lower case; null = the host itself
    "time_us": WHOLE,
    "weight": WHOLE,
    "rule": TEXT,
    "uid": TEXT,
}
"""One record's word on which machine had an address (R9.1)."""

TABLES: dict[str, Schema] = {
    "hosts": HOSTS,
    "boots": BOOTS,
    "coverage": COVERAGE,
    "logons": LOGONS,
    "locals": LOCALS,
    "connections": CONNECTIONS,
    "accesses": ACCESSES,
    "links": LINKS,
    "observations": OBSERVATIONS,
}
