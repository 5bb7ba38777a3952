"""`alive`: the logon sessions that Sysinternals LogonSessions would have listed at a moment."""

from __future__ import annotations

import polars as pl

from graphsess.errors import UsageError
from graphsess.records.ask import Ask
from graphsess.records.columns import MOMENT
from graphsess.records.logons import FIELDS, as_records, finish
from graphsess.records.stream import Stream, Tables

C = pl.col
SYSTEM = "system"
CONSTANTS = {
    0x3E7: ("SYSTEM", "S-1-5-18"),
    0x3E4: ("NETWORK SERVICE", "S-1-5-20"),
    0x3E5: ("LOCAL SERVICE", "S-1-5-19"),
}
"""Logon sessions that every boot has, whether the logs name them or not."""


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Logon sessions alive at `ask.at`, by host and LUID: constants and companions too.

    A token lives until its 4634; one that never gets a 4634 counts as gone when its access ends.
    A host whose logs do not reach the moment lists nothing: they cannot know.

    Raises:
        UsageError: no moment was asked for.
    """
    if ask.at is None:
        raise UsageError("alive needs a moment: --at 2020-09-19T03:30:00Z")
    at = pl.lit(ask.at).cast(MOMENT).cast(pl.Int64)
    boots = _boots_at(tables, at)
    logons = as_records(tables, _with_constants(tables.table("logons"), boots))
    begin = pl.coalesce("start_us", "start_latest_us", "start_earliest_us", "boot_start_us")
    access_end = pl.coalesce(
        "access_end_us", pl.when(C("end_kind") == "unobserved").then(C("last_seen_us"))
    )
    gone = pl.coalesce("destroyed_us", access_end)
    alive = logons.join(boots, left_on=["host_id", "boot_ordinal"], right_on=["host", "boot"])
    return (
        alive.filter(
            begin.is_null() | (begin <= at) | (C("luid").is_in(list(CONSTANTS))),
            gone.is_null() | (gone > at),
        )
        .with_columns(after_access_end=(access_end <= at).fill_null(False))
        .sort("host_id", "boot_ordinal", "luid", "id")
    )


def _boots_at(tables: Tables, at: pl.Expr) -> pl.DataFrame:
    """The boot that each host was in, where its logs cover the moment."""
    hosts = tables.table("hosts").select(
        host="id", seen=(C("first_us") <= at) & (at <= C("last_us"))
    )
    last = pl.coalesce("end_us", C("start_us").shift(-1).over("host", order_by="boot"))
    return (
        tables.table("boots")
        .with_columns(last=last)
        .filter(C("start_us").is_null() | (C("start_us") <= at), last.is_null() | (last > at))
        .sort("host", "start_us", "boot", nulls_last=False)
        .unique("host", keep="last", maintain_order=True)
        .join(hosts.filter("seen"), on="host", how="semi")
        .select("host", "boot", boot_start_us="start_us")
        .sort("host")
    )


def _with_constants(logons: pl.DataFrame, boots: pl.DataFrame) -> pl.DataFrame:
    """The logons with the constants of each boot that the logs do not name."""
    made = [
        {
            "id": f"logon|{host}|{boot}|{luid:#x}",
            "host": host,
            "boot": boot,
            "luid": luid,
            "user": f"NT AUTHORITY\\{user}",
            "sid": sid,
            "class": SYSTEM,
            "role": "constant",
            "start_us": start,
            "start_kind": "boot",
        }
        for host, boot, start in boots.iter_rows()
        for luid, (user, sid) in CONSTANTS.items()
    ]
    constants = pl.DataFrame(made, schema=logons.schema)
    missing = constants.join(logons, on=["host", "boot", "luid"], how="anti")
    return pl.concat([logons, missing])


ALIVE = Stream(
    name="alive",
    says="logon sessions alive at a moment, as Sysinternals LogonSessions would list them",
    rows=rows,
    finish=finish,
    fields=(*FIELDS[:-1], "after_access_end", "sources"),
    shown=(
        "host",
        "logon_id",
        "user",
        "logon_type",
        "start",
        "source_address",
        "after_access_end",
        "linked_logon_id",
        "class",
        "role",
        "session",
    ),
)
