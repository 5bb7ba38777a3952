"""Triage sessions: one access each, but that network logons of one user and source coalesce.

Events:  the links of accesses
Key:     (host, boot, user, kind, source, start); the id is that of the first access
Order:   by first event
Limits:  see `moments` for what an end may be, `coalescing` for who is taken as one
See:     rules R5.1-R5.5, R5.7
"""

from __future__ import annotations

import polars as pl

from graphsess.derive import coalescing, moments
from graphsess.settings import Settings

C = pl.col
HIDDEN_CLASSES = ("machine", "anonymous", "service", "system")
HIDDEN_KINDS = ("batch", "service")
TEXT_LIST = pl.List(pl.String)


def sessions(
    accesses: pl.DataFrame, links: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sessions, with the columns that later derivations need, and their sources.

    Args:
        accesses: Schema `ACCESSES`.
        links: Schema `LINKS` plus `time_us`, `kind`, `channel`, `reason`, `era` of each event.
        settings: The windows.
    """
    told = moments.moments(links.sort("access", "ord"))
    timed = moments.with_times(accesses, told, settings)
    begun = timed.with_columns(
        start_us=pl.coalesce("start_us", "first_us"),
        last_us=pl.max_horizontal(  # a clock that was turned back ends nothing before it began
            pl.coalesce("end_us", "last_seen_us", "start_us", "first_us"),
            pl.coalesce("start_us", "first_us"),
        ),
    )
    group = coalescing.groups(begun, settings)
    members = timed.drop("kind").join(group, on="id", how="left").sort("first", "first_ord", "id")
    merged = _merged(members)
    sources = (
        links.join(group.select("id", "first"), left_on="access", right_on="id", how="inner")
        .with_columns(session=session_id(C("first")))
        .sort("session", "ord", "role", "rule")
        .unique(["session", "ord"], keep="first", maintain_order=True)
        .select("session", "ord", "uid", "role", "rule")
    )
    return _shaped(merged), sources


def session_id(access: pl.Expr) -> pl.Expr:
    """The session's id out of its first access's."""
    return access.str.replace("access|", "session|", literal=True)


def _merged(members: pl.DataFrame) -> pl.DataFrame:
    """One row a session; a session of one access keeps that access's own values."""
    first_of = [
        "host", "boot", "kind", "class", "outcome", "user", "sid", "attempted_user", "status",
        "source_class", "client_reported_address", "client_time_zone", "client_os", "opened_by",
        "local", "connection", "ts_id", "restricted_admin", "credential_guard", "outbound_user",
        "parent_luid", "end_reason", "package", "spans_jump", "boot_end_us", "lsm_covers",
        "core_covers", "security_covers", "source_how", "first_era", "end_era",
        "session_us", "taken_over", "takes_over", "desk", "reached", "covered_until_us",
    ]
    closed = (C("end_kind") == "closed").all()
    return (
        members.group_by("first", maintain_order=True)
        .agg(
            *[C(name).first() for name in first_of],
            protocol=C("protocol").drop_nulls().first(),
            source_address=C("source_address").drop_nulls().first(),
            source_port=C("source_port").first(),
            source_name=C("source_name").drop_nulls().first(),
            start_us=C("start_us").min(),
            start_earliest_us=C("start_earliest_us").min(),
            start_latest_us=C("start_latest_us").min(),
            auth_us=C("auth_us").min(),
            end_us=_last_known(),
            end_earliest_us=C("end_earliest_us").max(),
            end_latest_us=pl.when(C("end_latest_us").is_not_null().all()).then(
                C("end_latest_us").max()
            ),
            end_kind=pl.when(C("end_kind").n_unique() == 1)
            .then(C("end_kind").first())
            .when(closed)
            .then(pl.lit("closed"))
            .when((C("end_kind") == "closed").any()
                  & (C("end_us").filter(C("end_kind") == "closed").max() >= _last_known()))
            .then(pl.lit("closed"))
            .otherwise(pl.lit("inferred")),
            privileged=C("privileged").any(),
            logon_types=_together("logon_types").unique().sort(),
            luids=_together("luids"),
            byproduct_luids=_together("byproduct_luids"),
            companion_luids=_together("companion_luids"),
            access_flags=_together("flags").unique().sort(),
            background=C("flags").list.contains("dc_background").all(),
            accesses=C("id"),
            first_ord=C("first_ord").min(),
            last_seen_us=C("last_seen_us").max(),
        )
        .with_columns(
            id=session_id(C("first")),
            luids=C("luids").list.unique(maintain_order=True),
            byproduct_luids=C("byproduct_luids").list.unique().list.sort(),
            companion_luids=C("companion_luids").list.unique().list.sort(),
            end_reason=pl.when(C("accesses").list.len() == 1)
            .then("end_reason")
            .when(C("end_kind") == "closed")
            .then(pl.lit("closed"))
            .when(C("end_kind") == "inferred")
            .then(pl.lit("last_activity"))
            .otherwise("end_reason"),
            source_class=pl.when(C("source_address").is_null() & (C("source_class") != "local"))
            .then(pl.lit("unknown"))
            .otherwise("source_class"),
        )
    )


def _last_known() -> pl.Expr:
    """The latest end of the members; one whose own end nobody saw was there at its start (R2.7)."""
    alone = pl.when(C("end_us").is_not_null().any()).then(pl.coalesce("end_us", "start_us").max())
    return pl.when(pl.len() > 1).then(alone).otherwise(C("end_us").max())


def _together(column: str) -> pl.Expr:
    """The members' lists as one."""
    return C(column).list.explode(keep_nulls=False, empty_as_null=False)


def _shaped(merged: pl.DataFrame) -> pl.DataFrame:
    hidden = (
        pl.when(C("class").is_in(HIDDEN_CLASSES))
        .then("class")
        .when(C("kind").is_in(HIDDEN_KINDS))
        .then("kind")
        .when(C("background"))
        .then(pl.lit("dc_background"))
        .when(C("access_flags").list.contains("redirected_by_broker"))
        .then(pl.lit("redirected"))
        .when(C("access_flags").list.contains("seen_at_dc_only"))
        .then(pl.lit("seen_at_dc_only"))
    )
    return merged.with_columns(
        failure_status=C("status"),
        hidden=hidden,
        rule=pl.when(C("accesses").list.len() > 1).then(pl.lit("R5.7")).otherwise(pl.lit("R5.3")),
    ).sort("first_ord", "id")
