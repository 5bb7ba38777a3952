"""What artefacts are mapped to: boots, logons with their owners, desktops, and who sat at them.

Numbers stand for ids inside one mapping, so that a million artefacts join on integers. Moments lie
on one of two axes: the host's order of records for events of its own logs, so that a clock that
was set changes nothing; the clock for artefacts of other tools, which know no records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graphsess.derive.activity.accounts import realm_of, sam_of

C = pl.col
NEVER, EVER = -(2**62), 2**62
HIGHEST_CONSTANT = 0x3E7
REACHED = ("established", "authenticated")
UNSURE = ("inferred",)
DOES_FOR = ("application", "elevation", "runas", "netonly")
"""Logons made inside another one, which owns what they do where they have no session."""


@dataclass(frozen=True, slots=True)
class Ground:
    """All that the ladder joins to.

    Attributes:
        places: A boot of a host each: host, boot, place, begin_us, and the span of its logs.
        logons: place, luid, logon, local, direct, machine, weak, sid, user.
        desks: local, place, ts_id, begin, end: one desktop from logon to logoff.
        visits: One attachment to a desktop each, in order: local, session, begin, end, …
        stays: Who was where: place, sid, sam, realm, begin, end, and local or session.
        ids: Numbers to ids: frames `logon`, `local`, `session` with `number` and `id`.
    """

    places: pl.DataFrame
    logons: pl.DataFrame
    desks: pl.DataFrame
    visits: pl.DataFrame
    stays: pl.DataFrame
    ids: Mapping[str, pl.DataFrame]


def ground(
    tables: Mapping[str, pl.DataFrame], spans: tuple[pl.DataFrame, pl.DataFrame]
) -> Ground:
    """The ground of some hosts.

    Args:
        tables: `hosts`, `boots`, `logons`, `locals` and `sessions` of these hosts.
        spans: `begin` and `end` of sessions and of locals by `id`, on the axis.
    """
    places = _places(tables)
    numbered = {
        "logon": tables["logons"].select("id").with_row_index("number"),
        "local": tables["locals"].select("id").with_row_index("number"),
        "session": tables["sessions"].select("id").with_row_index("number"),
    }
    ids = {name: frame.with_columns(C("number").cast(pl.Int64)) for name, frame in numbered.items()}
    sessions = _numbered(tables["sessions"], ids, places, spans[0]).with_columns(
        local=_number(tables["sessions"]["local"], ids["local"])
    )
    desks = _numbered(tables["locals"], ids, places, spans[1], "local")
    return Ground(
        places,
        _owners(tables["logons"], sessions, ids, places),
        desks.filter("established").select(
            "local", "place", "ts_id", "begin", "end", "user", "sid"
        ),
        _visits(sessions, desks),
        _stays(sessions, desks),
        ids,
    )


def by_clock(tables: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Begin and end of sessions and locals on the clock; what has no begin was always there."""
    return (
        tables["sessions"].select("id", begin=began(), end=C("end_us")),
        tables["locals"].select("id", begin="start_us", end="end_us"),
    )


def by_order(tables: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same in the host's order of records: the places of the records that tell them.

    Args:
        tables: `sessions`, `locals`, `sources`, `events` and `boots` of one host.
    """
    times = tables["sources"].select("session", "ord").join(
        tables["events"].select("ord", "time_us"), on="ord", how="left"
    )
    sessions = tables["sessions"].select(
        "id", "host", "boot", "first_ord", "end_us", begin_us=began()
    )
    told = (
        times.join(sessions.select("begin_us", "end_us", session="id"), on="session", how="inner")
        .group_by("session")
        .agg(
            begin=C("ord").filter(C("time_us") == C("begin_us")).min(),
            end=C("ord").filter(C("time_us") == C("end_us")).max(),
        )
    )
    return (
        _in_order(sessions, tables["events"])
        .join(told, left_on="id", right_on="session", how="left")
        .select(
            "id",
            begin=pl.when(C("begin_us").is_not_null()).then(pl.coalesce("begin", "first_ord")),
            end=pl.when(C("end_us").is_not_null()).then(pl.coalesce("end", "by_time")),
        ),
        _in_order(tables["locals"], tables["events"]).select(
            "id",
            begin=pl.when(C("start_us").is_not_null()).then("start_ord"),
            end=pl.when(C("end_us").is_not_null()).then(pl.coalesce("end_ord", "by_time")),
        ),
    )


def began() -> pl.Expr:
    """When a session came to hold what is done on its desktop (R5.3)."""
    return pl.coalesce("session_us", "auth_us", "start_us")


def _in_order(rows: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The rows with `by_time`, the last record of their boot that is no later than their end."""
    last = (
        events.filter(C("time_us").is_not_null())
        .select("boot", "time_us", by_time="ord")
        .sort("time_us", "by_time")
    )
    return rows.sort("end_us").join_asof(
        last, left_on="end_us", right_on="time_us", by="boot", strategy="backward",
        check_sortedness=False,
    )


def _places(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return (
        tables["boots"]
        .join(tables["hosts"].select("first_us", "last_us", host="id"), on="host", how="left")
        .sort("host", "boot")
        .with_row_index("place")
        .select(
            "host", "boot", place=C("place").cast(pl.Int64), begin_us="start_us",
            logs_from_us="first_us", logs_to_us="last_us",
        )
    )


def _number(values: pl.Series, ids: pl.DataFrame) -> pl.Series:
    return (
        values.to_frame("id").join(ids, on="id", how="left", maintain_order="left")["number"]
    )


def _numbered(
    rows: pl.DataFrame,
    ids: Mapping[str, pl.DataFrame],
    places: pl.DataFrame,
    spans: pl.DataFrame,
    name: str = "session",
) -> pl.DataFrame:
    """The rows with their number, their place, and begin and end without gaps."""
    return (
        rows.with_columns(_number(rows["id"], ids[name]).alias(name))
        .join(places.drop("begin_us"), on=["host", "boot"], how="left")
        .join(spans, on="id", how="left")
        .with_columns(C("begin").fill_null(NEVER), C("end").fill_null(EVER))
        .with_columns(end=pl.max_horizontal("begin", "end"))
        .sort(name)
    )


def _owners(
    logons: pl.DataFrame,
    sessions: pl.DataFrame,
    ids: Mapping[str, pl.DataFrame],
    places: pl.DataFrame,
) -> pl.DataFrame:
    """Each LUID of a boot with the desktop it runs on, or the session that it is."""
    listed = pl.concat(
        [
            sessions.select("place", "session", "first_ord", luid=column, rank=pl.lit(rank))
            .explode("luid")
            .drop_nulls("luid")
            for rank, column in enumerate(("luids", "byproduct_luids"))
        ]
    )
    direct = (
        listed.sort("place", "luid", "rank", "first_ord", "session")
        .unique(["place", "luid"], keep="first", maintain_order=True)
        .select("place", "luid", direct="session")
    )
    own = (
        logons.with_columns(
            logon=_number(logons["id"], ids["logon"]),
            on_desk=_number(logons["local"], ids["local"]),
            part_of=_number(logons["byproduct_of"], ids["local"]),
            inside=_number(logons["byproduct_of"], ids["logon"]),
        )
        .join(places.select("host", "boot", "place"), on=["host", "boot"], how="left")
        .join(direct, on=["place", "luid"], how="left")
        .with_columns(
            local=pl.when(C("byproduct_of").is_null()).then("on_desk"),
            machine=C("luid") <= HIGHEST_CONSTANT,
        )
        .with_columns(
            local=pl.when(C("direct").is_null())
            .then(pl.coalesce("local", "part_of", "on_desk"))
            .otherwise("local")
        )
    )
    lost = C("local").is_null() & C("direct").is_null() & ~C("machine")
    known = own.select(
        "place", "logon", other_luid="luid", other_local="local", other_direct="direct"
    )
    helped = (
        own.filter(lost)
        .with_columns(
            other_luid=pl.coalesce(
                "linked_luid", pl.when(C("role").is_in(DOES_FOR)).then("actor_luid")
            )
        )
        .join(known.drop("logon"), on=["place", "other_luid"], how="left")
        .join(
            known.select(inside="logon", in_local="other_local", in_direct="other_direct"),
            on="inside", how="left",
        )
        .select(
            "logon",
            help_local=pl.coalesce("in_local", "other_local"),
            help_direct=pl.coalesce("in_direct", "other_direct"),
        )
    )
    return (
        own.join(helped, on="logon", how="left")
        .with_columns(
            local=pl.coalesce("local", "help_local"), direct=pl.coalesce("direct", "help_direct")
        )
        .with_columns(
            weak=C("machine")
            | (
                C("local").is_null()
                & C("direct").is_null()
                & C("class").is_in(["system", "service"]).fill_null(value=False)
            )
        )
        .select(
            "place", "luid", "logon", "local", "direct", "machine", "weak", "sid", "user",
            start_us=pl.coalesce("start_us", "start_earliest_us"),
        )
        .sort("place", "luid")
    )


def _visits(sessions: pl.DataFrame, desks: pl.DataFrame) -> pl.DataFrame:
    """Attachments in order, each with its neighbours and where the desktop ends."""
    reached = C("outcome").is_in(REACHED)
    shown = C("established").fill_null(value=False)
    rows = (
        sessions.filter(C("local").is_not_null())
        .join(
            desks.select("local", "established", desk_end="end"), on="local", how="left"
        )
        .filter(reached | (~shown & ~C("outcome").is_in(["failed", "denied"])))
        .sort("local", "begin", "first_ord", "session")
    )
    above, below = (C("local") == C("local").shift(step) for step in (1, -1))
    return rows.with_columns(begin_us=began()).with_columns(
        previous=pl.when(above).then(C("session").shift(1)),
        next=pl.when(below).then(C("session").shift(-1)),
        next_us=pl.when(below).then(C("begin_us").shift(-1)),
    ).select(
        "local", "session", "place", "begin", "end", "begin_us", "end_us", "end_kind",
        "end_earliest_us", "desk_end", "previous", "next", "next_us", "class",
        "logs_from_us", "logs_to_us",
    )


def _stays(sessions: pl.DataFrame, desks: pl.DataFrame) -> pl.DataFrame:
    """Desktops and other sessions by the account whose they are."""
    at_desks = desks.filter("established").select(
        "place", "sid", "user", "begin", "end", "local", session=pl.lit(None, pl.Int64)
    )
    elsewhere = sessions.filter(
        C("local").is_null()
        & C("hidden").is_null()
        & C("outcome").is_in(REACHED)
        & C("user").is_not_null()
    ).select(
        "place", "sid", "user", "begin", "end", "session", local=pl.lit(None, pl.Int64)
    )
    both = pl.concat([at_desks, elsewhere], how="diagonal")
    return both.with_columns(sam=sam_of(C("user")), realm=realm_of(C("user"))).with_row_index(
        "stay"
    ).with_columns(C("stay").cast(pl.Int64))
