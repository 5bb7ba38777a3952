"""What a graph says of each thing: a row of facts by its key, one frame a label."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphsess.case import overlays
from graphsess.case.tables import Tables
from graphsess.graph.folding import FOLDED
from graphsess.graph.seen import FAILED, IN

C = pl.col
Facts = Mapping[str, pl.DataFrame]
"""Label to a frame with `key` and what is known of each."""

_OF_TABLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "LocalSession": (
        "locals",
        ("host", "ts_id", "user", "start_us", "end_us", "end_kind", "state", "established"),
    ),
    "LogonSession": (
        "logons",
        ("host", "luid", "user", "logon_type", "role", "start_us", "access_end_us", "end_kind",
         "elevated", "privileged", "process", "package"),
    ),
    "Connection": (
        "connections",
        ("host", "kind", "address", "port", "client_name", "stage", "start_us", "end_us",
         "activity_id"),
    ),
}  # fmt: skip


def of_entities(tables: Tables, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Users, addresses and hosts: how many sessions they had, of what sort, from when to when."""
    named = tables.table("hosts").select(
        C("id").alias("key"), C("name").fill_null(C("id")), "os_build", "is_dc"
    )
    classes = tables.table("addresses").select(C("address").alias("key"), "class")
    held = _held(tables, rows)
    users = rows.filter(C("who").is_not_null()).group_by(C("who").alias("key")).agg(
        name=C("who_name").drop_nulls().first(),
        sid=C("sid").drop_nulls().first(),
        known=C("user").is_not_null().any(),
    )
    return {
        "User": users.join(_counts(rows, "who"), on="key", how="left").sort("key"),
        "Address": _counts(rows, "source_address")
        .with_columns(name="key")
        .join(classes, on="key", how="left")
        .join(held, on="key", how="left")
        .sort("key"),
        "Host": named.join(_counts(rows, "host"), on="key", how="left").sort("key"),
    }


def of_sessions(rows: pl.DataFrame) -> pl.DataFrame:
    """Sessions by id, with the columns of `graphsess.graph.seen`."""
    return rows.select(C("id").alias("key"), *(name for name in rows.columns if name != "id"))


def of_failure_runs(tables: Tables, keys: list[str]) -> pl.DataFrame:
    """Failure runs by id: how many attempts, at which accounts, and what they look like."""
    return (
        overlays.failure_runs(tables)
        .filter(C("id").is_in(keys))
        .select(
            C("id").alias("key"), "host", "kind", "source_address", "source_name", "count",
            "pattern", start_us="first_us", end_us="last_us",
            users=C("users").list.eval(pl.element().struct.field("user")),
        )
        .sort("key")
    )  # fmt: skip


def of_table(tables: Tables, label: str, keys: list[str]) -> pl.DataFrame:
    """Rows of the table of a label, by id."""
    table, columns = _OF_TABLE[label]
    mine = tables.scan(table).filter(C("id").is_in(keys))
    return mine.select(C("id").alias("key"), *columns).collect().sort("key")


def of_folded(
    before: pl.DataFrame, after: pl.DataFrame, columns: Mapping[str, str]
) -> pl.DataFrame:
    """The things that stand for others: key and `of` (the label of those), number.

    Args:
        before: Rows before folding.
        after: The same rows, folded.
        columns: Label to the column of its keys.
    """
    keys, numbers = [], []
    for label, column in columns.items():
        away = before[column].filter(after[f"{column}_label"] == FOLDED)
        if number := away.drop_nulls().n_unique():
            keys.append(label)
            numbers.append(number)
    return pl.DataFrame(
        {"key": keys, "number": numbers, "of": keys},
        {"key": pl.String, "number": pl.Int64, "of": pl.String},
    )


def _counts(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    begin = pl.coalesce("start_us", "end_us")
    return (
        rows.filter(C(column).is_not_null())
        .group_by(C(column).alias("key"))
        .agg(
            sessions=(C("got") == IN).sum(),
            failed=(C("got") == FAILED).sum(),
            attempts=pl.len(),
            first_us=begin.min(),
            last_us=pl.max_horizontal(pl.coalesce("end_us", begin), begin).max(),
            risk=C("risk").max(),
            why=C("why").list.explode(keep_nulls=False, empty_as_null=False).unique().sort(),
        )
    )


def _held(tables: Tables, rows: pl.DataFrame) -> pl.DataFrame:
    """Which hosts had an address while the sessions came from it, by name."""
    hosts = tables.table("hosts").select(source_host="id", named=C("name").fill_null(C("id")))
    known = rows.filter(C("source_host").is_not_null()).join(hosts, on="source_host", how="left")
    return known.group_by(C("source_address").alias("key")).agg(
        held_by=pl.coalesce("named", "source_host").unique().sort()
    )
