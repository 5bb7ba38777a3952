"""`logons`: Windows logon sessions, one record each; `alive` lists some of them."""

from __future__ import annotations

import polars as pl

from graphsess.records.ask import Ask
from graphsess.records.columns import luids, moment
from graphsess.records.names import with_boot, with_host
from graphsess.records.sources import with_sources
from graphsess.records.stream import Stream, Tables

C = pl.col
BATCH = 4
_LIFE: dict[str, tuple[str, str, str]] = {
    "security_4624": ("target_luid", "SESSION_CREATE", "R2.1"),
    "security_4634": ("target_luid", "LOGOFF_DONE", "R2.7"),
    "security_4647": ("target_luid", "LOGOFF_INIT", "R2.7"),
    "security_4672": ("actor_luid", "PRIVILEGE", "R2.2"),
    "security_4964": ("target_luid", "PRIVILEGE", "R2.2"),
    "security_4778": ("target_luid", "RECONNECT", "R3.3"),
    "security_4779": ("target_luid", "DISCONNECT", "R3.3"),
    "security_4800": ("target_luid", "LOCK", "R3.3"),
    "security_4801": ("target_luid", "UNLOCK", "R3.3"),
}
"""Kinds of event that tell of a logon's own life: the column with its LUID, role and rule."""


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Logon sessions in the order of their start."""
    logons = as_records(tables, tables.table("logons"))
    return logons if ask.every else logons.filter(C("hidden").is_null())


def as_records(tables: Tables, logons: pl.DataFrame) -> pl.DataFrame:
    """Rows of the table `logons` as records, with the columns of the table beside them."""
    named = with_boot(tables, with_host(tables, logons.with_columns(boot_ordinal="boot")))
    kind = C("class").fill_null("user")
    return (
        named.join(
            _sessions(tables),
            left_on=["host_id", "boot_ordinal", "luid"],
            right_on=["host", "boot", "luid"],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            logon_id=luids(named["luid"]),
            linked_logon_id=luids(named["linked_luid"]),
            actor_logon_id=luids(named["actor_luid"]),
            start=moment("start_us"),
            start_earliest=moment("start_earliest_us"),
            start_latest=moment("start_latest_us"),
            access_end=moment("access_end_us"),
            destroyed=moment("destroyed_us"),
            last_seen=moment("last_seen_us"),
            end=pl.coalesce("access_end_us", "destroyed_us").cast(pl.Datetime("us", "UTC")),
            local_session=C("local"),
            flags=C("flags").fill_null([]),
            hidden=pl.when(kind != "user")
            .then(kind)
            .when(C("logon_type") == BATCH)
            .then(pl.lit("batch")),
        )
        .sort(
            pl.coalesce("start_us", "start_earliest_us", "start_latest_us"),
            "host_id",
            "boot_ordinal",
            "luid",
            "id",
            nulls_last=True,
        )
    )


def finish(tables: Tables, wanted: pl.DataFrame) -> pl.DataFrame:
    """The records with the events of their own life."""
    keys = wanted.lazy().select("id", "host_id", "boot_ordinal", "luid")
    told = []
    events = tables.scan("events")
    for kind, (column, role, rule) in sorted(_LIFE.items()):
        mine = events.filter(C("kind") == kind).select(
            "uid", host_id="host", boot_ordinal="boot", luid=column
        )
        met = keys.join(mine, on=["host_id", "boot_ordinal", "luid"], how="inner")
        told.append(met.select("id", "uid", role=pl.lit(role), rule=pl.lit(rule)))
    return with_sources(tables, wanted, pl.concat(told))


def _sessions(tables: Tables) -> pl.DataFrame:
    """LUIDs with the first session that ran under each, as its own or as a byproduct; its kind."""
    sessions = tables.table("sessions").select(
        "host", "boot", "start_us", "kind", C("id").alias("session"), "luids", "byproduct_luids"
    )
    both = [
        sessions.select(
            "host", "boot", "start_us", "kind", "session", luid=column, rank=pl.lit(rank)
        )
        .explode("luid")
        .drop_nulls("luid")
        for rank, column in enumerate(("luids", "byproduct_luids"))
    ]
    return (
        pl.concat(both)
        .sort("rank", "start_us", nulls_last=True, maintain_order=True)  # the table goes by id
        .unique(["host", "boot", "luid"], keep="first", maintain_order=True)
        .select("host", "boot", "luid", "session", "kind")
    )


FIELDS = (
    "id",
    "host",
    "host_id",
    "logon_id",
    "boot",
    "user",
    "sid",
    "class",
    "logon_type",
    "logon_process",
    "process",
    "process_id",
    "package",
    "source_address",
    "source_port",
    "workstation",
    "start",
    "start_kind",
    "start_earliest",
    "start_latest",
    "access_end",
    "destroyed",
    "end_kind",
    "last_seen",
    "elevated",
    "linked_logon_id",
    "privileged",
    "restricted_admin",
    "credential_guard",
    "outbound_user",
    "actor_logon_id",
    "role",
    "byproduct_of",
    "byproduct_rule",
    "ts_id",
    "local_session",
    "bound_by",
    "session",
    "flags",
    "hidden",
    "sources",
)
SHOWN = (
    "start",
    "user",
    "logon_id",
    "logon_type",
    "host",
    "source_address",
    "access_end",
    "destroyed",
    "role",
    "elevated",
    "linked_logon_id",
    "package",
    "id",
)

LOGONS = Stream(
    name="logons",
    says="Windows logon sessions, one for each LUID of each boot",
    rows=rows,
    finish=finish,
    fields=FIELDS,
    shown=SHOWN,
)
