"""The relationships of the graph out of the tables of hosts, or of the case as a whole.

A frame of edges has `start` and `end`, ids of nodes, and the relationship's properties.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from graphsess.across.gateways import spliced
from graphsess.across.reaching import aimed
from graphsess.case.tables import Tables
from graphsess.graph.ids import short
from graphsess.graph.users import user_ids

C = pl.col
Arrow = tuple[str, str, str]
"""Label of the tail, type, label of the head."""
PARTS = {"luids": "own", "byproduct_luids": "byproduct", "companion_luids": "companion"}


def of_hosts(
    tables: Mapping[str, pl.DataFrame], known: pl.DataFrame
) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    """Every relationship between the nodes of hosts that no event is part of.

    Args:
        tables: Their `boots`, `coverage` and what resolving made of them.
        known: Of `users.own_sids`.
    """
    boots = tables["boots"]
    yield ("Boot", "OF", "Host"), pairs(boots["id"], boots["host"])
    stretches = tables["coverage"]
    yield ("Coverage", "ON", "Host"), pairs(stretches["id"], stretches["host"])
    for label, table in (
        ("LogonSession", "logons"),
        ("LocalSession", "locals"),
        ("Connection", "connections"),
        ("Access", "accesses"),
    ):
        yield (label, "ON", "Host"), pairs(tables[table]["id"], tables[table]["host"])
    yield from _of_logons(tables, known)
    found = tables["locals"]
    yield ("LocalSession", "AS", "User"), _as_user(found, "user", known)
    found = tables["connections"]
    yield ("Connection", "FROM", "Address"), pairs(found["id"], found["address"])
    yield from _of_accesses(tables, known)


def _of_logons(
    tables: Mapping[str, pl.DataFrame], known: pl.DataFrame
) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    logons = tables["logons"]
    boots = tables["boots"].select("host", "boot", boot_id="id")
    during = logons.join(boots, on=["host", "boot"])
    yield ("LogonSession", "DURING_BOOT", "Boot"), pairs(during["id"], during["boot_id"])
    other = logons.select("host", "boot", linked_luid="luid", other="id")
    linked = logons.join(other, on=["host", "boot", "linked_luid"])
    yield ("LogonSession", "LINKED_TO", "LogonSession"), pairs(linked["id"], linked["other"])
    for label, table in (
        ("LogonSession", "logons"), ("LocalSession", "locals"), ("Connection", "connections")
    ):
        owned = logons.join(tables[table].select(byproduct_of="id"), on="byproduct_of", how="semi")
        yield (
            ("LogonSession", "BYPRODUCT_OF", label), pairs(owned["id"], owned["byproduct_of"])
        )
    yield ("LogonSession", "BELONGS_TO", "LocalSession"), pairs(logons["id"], logons["local"])
    yield ("LogonSession", "AS", "User"), _as_user(logons, "user", known)
    yield ("LogonSession", "FROM", "Address"), pairs(logons["id"], logons["source_address"])


def _of_accesses(
    tables: Mapping[str, pl.DataFrame], known: pl.DataFrame
) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    accesses = tables["accesses"].with_columns(who=pl.coalesce("user", "attempted_user"))
    yield ("Access", "AS", "User"), _as_user(accesses, "who", known)
    yield ("Access", "FROM", "Address"), pairs(accesses["id"], accesses["source_address"])
    yield ("Access", "OVER", "Connection"), pairs(accesses["id"], accesses["connection"])
    yield ("Access", "IN", "LocalSession"), pairs(accesses["id"], accesses["local"])
    logons = tables["logons"].select("host", "boot", "luid", logon="id")
    used = [
        accesses.select("id", "host", "boot", luid=column)
        .explode("luid")
        .join(logons, on=["host", "boot", "luid"])
        .select("id", "logon", part=pl.lit(part))
        for column, part in PARTS.items()
    ]
    uses = pl.concat(used).unique(["id", "logon"], keep="first", maintain_order=True)
    yield (
        ("Access", "USES", "LogonSession"),
        pairs(uses["id"], uses["logon"]).with_columns(uses["part"]).sort("start", "end"),
    )


def left(departures: pl.DataFrame) -> pl.DataFrame:
    """Edges LEFT: each sign of leaving to the accesses under which it can have been made.

    Args:
        departures: Table `departures` of some hosts.
    """
    placed = departures.filter(C("session").is_not_null())
    return pairs(placed["uid"], _access(placed["session"])).hstack(placed.select("how", "after"))


ACROSS = ("bindings", "corroboration", "sessions", "departures", "hosts")
"""Tables that `across` needs."""


def across(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    """Every relationship that only all hosts together tell.

    Args:
        tables: Those of `ACROSS`; all but the first two for gateways.
    """
    bound = tables["bindings"]
    told = bound.select("valid_from_us", "valid_to_us", "weight", "observations", "name", "rule",
                        "uids")
    inside = bound["host"].is_not_null()
    ends = pl.DataFrame({"start": short(bound["address"]), "end": short(bound["host"])})
    yield (
        ("Address", "RESOLVES_TO", "Host"), ends.hstack(told).filter(inside)
    )
    yield (
        ("Address", "RESOLVES_TO", "Outside"),
        ends.with_columns(end=outside_ids(bound["name"])).hstack(told).filter(
            ~inside & bound["name"].is_not_null()
        ),
    )
    same = tables["corroboration"]
    accesses = [_access(same[name]) for name in ("dc_session", "session")]
    yield ("Access", "SAME_ATTEMPT", "Access"), pairs(*accesses).with_columns(same["rule"])
    yield _through(tables)


def _through(tables: Mapping[str, pl.DataFrame]) -> tuple[Arrow, pl.DataFrame]:
    """Accesses that came through a gateway: one record of it each, nearest first (R4.5)."""
    left = aimed(tables["departures"], tables["hosts"], tables["bindings"])
    through = spliced(tables["sessions"], left)
    first = tables["sessions"].select(session="id", access=C("accesses").list.first())
    known = through.join(first, on="session").sort("session")
    ends = pairs(known["access"], known["via"])
    return ("Access", "CAME_THROUGH", "Host"), ends.hstack(known.select("origin_address", "uids"))


def _access(sessions: pl.Series) -> pl.Series:
    """The access that a session bears the id of."""
    return sessions.str.replace("session|", "access|", literal=True)


def address_rows(tables: Tables) -> pl.DataFrame:
    """Every address of the case: schema `ADDRESSES`, null where nothing more is known of it."""
    named = pl.concat(
        tables.scan(table).select(address=column)
        for table, column in (
            ("events", "address"), ("logons", "source_address"), ("connections", "address"),
            ("accesses", "source_address"), ("bindings", "address"), ("addresses", "address"),
        )
    )
    return (
        named.filter(C("address").is_not_null())
        .unique()
        .join(tables.scan("addresses"), on="address", how="left")
        .sort("address")
        .collect()
    )


def outside_rows(bindings: pl.DataFrame) -> pl.DataFrame:
    """Every machine that is only spoken of: `id`, and one spelling of its `name`."""
    named = bindings.filter(C("host").is_null() & C("name").is_not_null())
    return (
        pl.DataFrame({"id": outside_ids(named["name"]), "name": named["name"]})
        .sort("id", "name")
        .unique("id", keep="first", maintain_order=True)
    )


def outside_ids(names: pl.Series) -> pl.Series:
    """Ids of machines that are only spoken of: their names in lower case."""
    return short(names.str.to_lowercase())


def pairs(starts: pl.Series, ends: pl.Series) -> pl.DataFrame:
    """Edges from each start to the end beside it, where there is one."""
    made = pl.DataFrame({"start": short(starts), "end": short(ends)})
    return made.filter(C("end").is_not_null())


def _as_user(rows: pl.DataFrame, column: str, known: pl.DataFrame) -> pl.DataFrame:
    return pairs(rows["id"], user_ids(rows["sid"], rows[column], known))
