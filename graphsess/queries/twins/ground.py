"""What twins stand on: sessions with the nodes they hang on, and Cypher's ways of sorting.

A twin says in polars over the case's tables what its hunt says in Cypher over the graph. Here is
what both take for granted: which sessions are shown, whose they are, and how nulls sort.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from graphsess.case import overlays
from graphsess.case.tables import Tables
from graphsess.errors import UsageError
from graphsess.graph.users import own_sids, user_ids, user_rows

C = pl.col
Params = Mapping[str, Any]  # each of the type that its hunt declares
FAILED = ("failed", "denied")
"""Outcomes of those who did not get in."""
AT_A_SCREEN = ("console", "rdp", "ssh", "winrm")
"""Kinds that take a person, or somebody's script, at the other end."""
SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US


def sessions(tables: Tables, params: Params) -> pl.DataFrame:
    """Sessions with the nodes they hang on: `user_id` and `account`, `host_id` and `host`, `range`.

    `account` and `host` are the names of the nodes, `user` the session's own word, or the name
    that was tried; `session` is its id, `address` its source. The rest is as in the table.
    """
    rows = overlays.sessions(tables)
    if not params.get("hidden"):
        rows = rows.filter(C("hidden").is_null())
    known = own_sids(tables)
    who = pl.coalesce("user", "attempted_user")
    ids = user_ids(rows["sid"], rows.select(who).to_series(), known)
    named = rows.with_columns(who.alias("user"), user_id=ids).rename(
        {"id": "session", "host": "host_id", "source_address": "address"}
    )
    return (
        named.join(
            user_rows(tables, known).select(user_id="id", account="name"), on="user_id", how="left"
        )
        .join(hosts(tables), on="host_id", how="left")
        .join(
            tables.table("addresses").select("address", "range"), on="address", how="left"
        )
        .sort("session")
    )


def got_in(tables: Tables, params: Params) -> pl.DataFrame:
    """The sessions whose user got in."""
    return sessions(tables, params).filter(~C("outcome").is_in(FAILED))


def hosts(tables: Tables) -> pl.DataFrame:
    """host_id, host (its name), is_dc."""
    return tables.table("hosts").select(host_id="id", host="name", is_dc="is_dc")


def sources(tables: Tables) -> pl.DataFrame:
    """Which event is a source of which session: session, uid, role, rule."""
    return tables.table("sources").select("session", "uid", "role", "rule").unique(
        maintain_order=True
    )


def in_windows(rows: pl.DataFrame, hours: float) -> pl.DataFrame:
    """Each row in the two windows that hold its `start_us`; `window` numbers them.

    Windows are `hours` long and begin every half of it, so that whatever lies within half a window
    lies within one.
    """
    half = int(hours * HOUR_US / 2)
    if half <= 0:
        raise UsageError("parameter hours must be more than 0")
    slot = rows.filter(C("start_us").is_not_null()).with_columns(window=C("start_us") // half)
    return pl.concat([slot.with_columns(C("window") - 1), slot])


def best(rows: pl.DataFrame, by: str, most: str) -> pl.DataFrame:
    """The window of each thing with the most, the earliest of equals."""
    return rows.sort(by, most, "window", descending=[False, True, False]).unique(
        by, keep="first", maintain_order=True
    )


def names(column: str) -> pl.Expr:
    """The different texts of a group in their order, as `collect(DISTINCT …)` after `ORDER BY`."""
    return C(column).drop_nulls().unique().sort()


def count(column: str | None = None) -> pl.Expr:
    """How many rows, or how many different values, as `count(*)` and `count(DISTINCT …)`."""
    found = pl.len() if column is None else C(column).drop_nulls().n_unique()
    return found.cast(pl.Int64)


def earliest(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    """The first session of each group by start, those without a start last."""
    return rows.sort(*by, "start_us", "session", nulls_last=True).unique(
        by, keep="first", maintain_order=True
    )


def in_order(rows: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Rows as `ORDER BY` puts them: null is greater than everything. `-` turns a key round."""
    turned = [key.startswith("-") for key in keys]
    return rows.sort(
        [key.lstrip("-") for key in keys],
        descending=turned,
        nulls_last=[not turn for turn in turned],
        maintain_order=True,
    )
