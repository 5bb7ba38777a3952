"""Both ends of a possible step: who arrived from where, and which host a sign of leaving names.

Events:  those of tables `arrivals` and `departures`
Key:     host of the case by short name, or by the owner of the address then
Order:   none
Limits:  a name that two hosts of the case bear names neither
See:     rules R8.1, R9.2
"""

from __future__ import annotations

import polars as pl

from graphsess.across.addresses import known_names, owners
from graphsess.resolve.identities import sam_of

C = pl.col
REMOTE = ("rdp", "network", "winrm", "wmi", "ssh", "cleartext")
ARRIVING = ("user", "machine")


def aimed(departures: pl.DataFrame, hosts: pl.DataFrame, bound: pl.DataFrame) -> pl.DataFrame:
    """Departures with `to_host`: the host of the case that they name, by name before address."""
    marked = departures.with_row_index("key")
    named = known_names(hosts).rename({"name": "short", "id": "by_name"})
    owned = owners(
        marked.select("key", "address", at_us="time_us"), _with_own(bound, hosts)
    ).select("key", by_address="host")
    return (
        marked.with_columns(short=C("name").str.split(".").list.first())
        .join(named, on="short", how="left")
        .join(owned, on="key", how="left")
        .with_columns(to_host=pl.coalesce("by_name", "by_address"))
        .sort("key")
        .drop("key", "short", "by_name", "by_address")
    )


def _with_own(bound: pl.DataFrame, hosts: pl.DataFrame) -> pl.DataFrame:
    """Bindings, and what each host says of its own addresses for all its time."""
    own = (
        hosts.select(
            "first_us", "last_us", host="id", address=C("addresses").fill_null([]),
        )
        .explode("address")
        .filter(C("address").is_not_null())
        .select(
            "address", "host", weight=pl.lit(1, pl.Int64), valid_from_us="first_us",
            valid_to_us="last_us", uids=pl.lit([], pl.List(pl.String)),
        )
    )
    kept = bound.select("address", "host", "weight", "valid_from_us", "valid_to_us", "uids")
    return pl.concat([kept, own])


def arriving(sessions: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
    """Sessions that came from somewhere else, with what the other side can be found by.

    Gives to_session, to_host, kind, class, outcome, hidden, user, sid, account, start_us, auth_us,
    session_us, ts_id, source_address, source_class, source_name, time_zone, count, `came_from`
    (host of the case), its `weight`, `owner_uids`, and `from_address`, the one behind a gateway.
    """
    remote = sessions.filter(
        C("class").is_in(ARRIVING)
        & (C("source_class") != "local")
        & (C("source_address").is_not_null() | C("kind").is_in(REMOTE))
        & ~C("flags").list.contains("seen_at_dc_only")
    )
    known = origins.select(
        "origin_address", "via", to_session="session", came_from="source_host",
        weight="weight", owner_uids="uids",
    )
    return (
        remote.select(
            "kind", "class", "outcome", "hidden", "sid", "ts_id", "source_address",
            "source_class", "boot",
            user=pl.coalesce("user", "attempted_user"),
            to_session="id", to_host="host",
            start_us=pl.coalesce("start_us", "start_latest_us"),
            auth_us=pl.coalesce("auth_us", "start_us", "start_latest_us"),
            session_us=pl.coalesce("session_us", "auth_us", "start_us", "start_latest_us"),
            source_name=C("source_name").str.to_lowercase(),
            time_zone="client_time_zone", count=C("accesses").list.len().cast(pl.Int64),
        )
        .filter(C("start_us").is_not_null())
        .join(known, on="to_session", how="left")
        .with_columns(
            account=sam_of(C("user")),
            from_address=pl.coalesce("origin_address", "source_address"),
        )
        .with_columns(
            came_from=pl.when(
                (C("came_from") != C("to_host")) & (C("source_class") != "tunnelled")
            ).then("came_from")
        )
        .sort("to_session")
    )
