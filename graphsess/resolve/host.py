"""All passes over one host, in order: no pass looks at a later one.

boots and eras → connections → logons → desktops → binding → byproducts → attachments →
accesses and links → ends → tables
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from graphsess.resolve import (
    attachments,
    boots,
    byproducts,
    connections,
    coverage,
    desk_accesses,
    desks,
    desktops,
    failures,
    finish,
    identities,
    logons,
    network_accesses,
    order,
    sources,
    ssh,
    states,
)
from graphsess.resolve.assign import assign, within
from graphsess.resolve.binding import bindings
from graphsess.resolve.links import linked, settled
from graphsess.resolve.tables import TABLES
from graphsess.settings import Settings

C = pl.col
DESK_COLUMNS = {
    "desk": pl.Int64, "boot": pl.Int64, "ts_id": pl.Int64, "ordinal": pl.Int64, "luid": pl.Int64,
    "sam": pl.String, "sid": pl.String, "user": pl.String, "first_ord": pl.Int64,
    "first_us": pl.Int64, "last_ord": pl.Int64, "last_us": pl.Int64, "logon_us": pl.Int64,
    "logon_ord": pl.Int64, "notice_us": pl.Int64, "notice_ord": pl.Int64, "opening_us": pl.Int64,
    "opening_ord": pl.Int64, "made_us": pl.Int64, "off_us": pl.Int64, "off_ord": pl.Int64,
    "dropped_us": pl.Int64, "destroyed_us": pl.Int64, "established": pl.Boolean,
    "by_lsm": pl.Boolean, "by_system": pl.Boolean, "lives": pl.Boolean, "by_luid": pl.Boolean,
    "confirmed": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Host:
    """What is known of one host once its passes are done; the input of `finish`."""

    name: str
    settings: Settings
    events: pl.DataFrame
    jumps: list[order.Jump]
    boots: pl.DataFrame
    coverage: pl.DataFrame
    names: pl.DataFrame
    classes: pl.DataFrame
    own: list[str]
    logons: pl.DataFrame
    desks: pl.DataFrame
    timeline: pl.DataFrame
    members: pl.DataFrame
    connections: pl.DataFrame
    attached: pl.DataFrame
    byproducts: pl.DataFrame
    holders: pl.DataFrame
    failed: pl.DataFrame
    network: pl.DataFrame
    shells: pl.DataFrame
    hijacked: pl.DataFrame
    links: pl.DataFrame


def resolve_host(
    events: pl.DataFrame, runs: pl.DataFrame, host: str, settings: Settings
) -> dict[str, pl.DataFrame]:
    """The tables of one host: `resolve.tables.TABLES` and its `events` in order.

    Args:
        events: Schema `READ`, of all the host's names, in any order.
        runs: Schema `RUNS`, of the same files.
        host: The host's id.
        settings: The windows of the rules.
    """
    resolved = _resolved(events, runs, host, settings)
    tables = finish.tables(resolved)
    return {
        name: frame.select([C(column).cast(kind) for column, kind in TABLES[name].items()])
        if name in TABLES
        else frame
        for name, frame in tables.items()
    }


def _resolved(
    events: pl.DataFrame, runs: pl.DataFrame, host: str, settings: Settings
) -> Host:
    ordered, jumps = order.in_order(events)
    ordered = identities.with_sam(ordered)
    placed, boot_table = boots.with_boots(ordered, host, settings, turned=bool(jumps))
    names = identities.names_by_sid(placed)
    stretches = coverage.coverage(placed, runs, host)
    until = placed["time_us"].max()
    until_us = int(until) if isinstance(until, int) else None
    own = sources.own_addresses(placed)
    every = pl.concat([placed["address"], placed["other_address"]])
    classes = sources.address_classes(every, own, settings)

    members = connections.connection_members(placed, settings)
    links_of = connections.connection_facts(placed, members).with_row_index("number")
    made = logons.logon_skeletons(placed, names).join(
        classes.rename({"address": "source_address", "address_class": "source_class"}),
        on="source_address", how="left",
    )

    skeleton = made
    made, all_desks, timeline, folded = _desks(
        placed, skeleton, members, stretches, until_us, settings, None
    )
    if _prove_nothing(placed, folded):
        made, all_desks, timeline, folded = _desks(
            placed, skeleton, members, stretches, until_us, settings, folded
        )

    folded = _byproducts(placed, made, all_desks, timeline, links_of, folded, settings)
    made = made.join(
        folded.select("boot", "luid", byproduct_rule="rule"), on=["boot", "luid"], how="left"
    )
    attached = attachments.attachments(placed, timeline, all_desks, members, settings)
    attached = _opened_by_connection(
        desk_connections(attached, placed, links_of, made, settings), links_of, all_desks
    ).join(
        all_desks.select("desk", "boot"), on="desk", how="left"
    )
    owned = attachments.owned(timeline, placed, attached, settings)
    precursor = folded.filter(C("connection").is_not_null()).select(
        "boot", "connection", precursor="luid"
    ).unique(["boot", "connection"], keep="first", maintain_order=True)
    links_of = links_of.join(precursor, on=["boot", "connection"], how="left")
    holders = desk_accesses.accesses_of_connections(links_of, attached)

    denied = failures.denials(placed, folded, holders)
    failed, failed_links = failures.failed_accesses(placed, links_of, denied)
    refused = placed.filter(C("kind") == "security_4825").select("boot", luid="target_luid")
    network = network_accesses.network_accesses(
        placed, made.join(refused.drop_nulls(), on=["boot", "luid"], how="anti")
    )
    cancelled = states.cancelled_logoffs(timeline, settings)
    shells, shell_links = ssh.ssh_accesses(placed, made)
    lone = _lone_desks(timeline, members, holders, attached)
    owned_links = desk_accesses.desk_links(owned, made, placed, cancelled)
    lone_links = desk_accesses.desk_links(lone, made, placed, cancelled)
    carried = desk_accesses.connection_links(
        placed, members, _with_failures(holders, failed), attached
    )
    logon_access = pl.concat(
        [
            network.select("boot", "luid", access="key"),
            made.filter(C("desk").is_not_null() & C("byproduct_rule").is_null())
            .join(
                attached.sort("at").unique("desk", keep="first", maintain_order=True).select(
                    "desk", access=pl.format("a{}", C("attachment"))
                ),
                on="desk", how="inner",
            )
            .select("boot", "luid", "access"),
        ]
    ).unique(["boot", "luid"], keep="first", maintain_order=True)
    small = desk_accesses.byproduct_links(placed, folded, attached, holders, logon_access)
    hijacked = desk_accesses.hijacks(placed, attached, owned, links_of)
    witness = desk_accesses.witness_links(attached, placed)
    first = settled([owned_links, carried, lone_links, small, witness])
    displaced = desk_accesses.displacement_links(first, placed, attached, settings)
    taken = hijacked.select(
        "access", "ord", role=pl.lit("DISPLACED_BY"), rule="rule", how=pl.lit("exact")
    )
    spoken = desk_accesses.explicit_links(placed, first)
    links = settled(
        [
            first.filter(~C("role").is_in(["DISPLACED_BY"])),
            denied,
            failed_links,
            _refused_links(placed, failed),
            shell_links,
            ssh.s4u_links(placed, made, shells, failed),
            network_accesses.network_links(placed, network),
            spoken,
            displaced,
            taken,
        ]
    )
    ended_desks = states.with_ends(all_desks, timeline, boot_table, settings)
    made = states.with_logon_ends(made, ended_desks, boot_table, cancelled, settings)
    return Host(
        host, settings, placed, jumps, boot_table, stretches, names, classes, own, made,
        ended_desks, timeline, members, links_of, attached, folded, holders, failed, network,
        shells, hijacked, links,
    )


def _desks(
    events: pl.DataFrame,
    made: pl.DataFrame,
    members: pl.DataFrame,
    stretches: pl.DataFrame,
    until_us: int | None,
    settings: Settings,
    known: pl.DataFrame | None,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Logons with their desk, all desks, what happens on them, and a reconnect's temporaries.

    Args:
        events: One host's events.
        made: Logon skeletons.
        members: Events of connections.
        stretches: Coverage.
        until_us: The host's last event.
        settings: The windows.
        known: Temporaries that were found before; their processes prove no desktop.
    """
    marked = desktops.desktop_events(events, known)
    by_ts = desktops.desktop_skeletons(events, marked)
    noticed = by_ts.select(at_us=pl.coalesce("notice_us", "first_us"))
    unseen = ~coverage.covers(noticed, stretches, "lsm", until_us)
    by_ts = by_ts.with_columns(
        desk=pl.int_range(pl.len(), dtype=pl.Int64),
        established=C("established") | (C("by_system") & unseen),
        by_luid=pl.lit(value=False),
    ).with_columns(lives="established")
    bound = bindings(events, made, by_ts, marked, settings)
    on_ts = desks.bound_logons(made, bound, by_ts)
    alone = desks.luid_desks(events, on_ts, by_ts, settings)
    with_desk, all_desks, timeline = _joined(events, on_ts, marked, by_ts, alone)
    folded = byproducts.temporaries(events, with_desk, all_desks, timeline, members, settings)
    return (*_joined(events, on_ts, marked, by_ts, _without(alone, folded)), folded)


def _prove_nothing(events: pl.DataFrame, folded: pl.DataFrame) -> bool:
    """Whether processes ran under a reconnect's temporary logons on a TS session."""
    ran = events.filter((C("kind") == "sysmon_1") & (C("ts_id") > 0)).select(
        "boot", luid="actor_luid"
    )
    return not ran.join(folded, on=["boot", "luid"], how="semi").is_empty()


def _refused_links(events: pl.DataFrame, failed: pl.DataFrame) -> pl.DataFrame:
    """The type-3 logon of a 4825 that stands alone is part of the attempt it denied (R4.4)."""
    alone = failed.filter(C("source_how") == "security_4825").join(
        events.select("ord", luid="target_luid"), on="ord", how="inner"
    ).select("boot", "luid", access="key")
    rows = (
        events.filter(C("kind").is_in(["security_4624", "security_4634", "security_4672"]))
        .select("boot", "ord", "kind", luid="target_luid")
        .join(alone, on=["boot", "luid"], how="inner")
        .with_columns(
            role=pl.when(C("kind") == "security_4624")
            .then(pl.lit("NLA_PRECURSOR"))
            .otherwise(pl.lit("BYPRODUCT"))
        )
    )
    return linked(rows, rule="R4.4", how=pl.lit("exact"))


def _joined(
    events: pl.DataFrame,
    made: pl.DataFrame,
    marked: pl.DataFrame,
    by_ts: pl.DataFrame,
    alone: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Logons with any kind of desk, all desks in one shape, and what happens on them."""
    pairs = alone.select("boot", "pair", luid_desk="desk")
    with_desk = (
        made.with_columns(pair=desks.pair_of())
        .join(pairs, on=["boot", "pair"], how="left")
        .with_columns(
            desk_by_luid=C("desk").is_null() & C("luid_desk").is_not_null(),
            desk=pl.coalesce("desk", "luid_desk"),
        )
        .drop("luid_desk", "pair")
    )
    shaped = [
        frame.select(
            [
                (C(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
                for name, kind in DESK_COLUMNS.items()
            ]
        )
        for frame in (
            by_ts,
            alone.with_columns(
                lives=pl.lit(value=True), by_luid=pl.lit(value=True),
                established=pl.lit(value=True), by_lsm=pl.lit(value=False),
                confirmed=pl.lit(value=True),
                by_system=pl.lit(value=False),
            ),
        )
    ]
    all_desks = pl.concat(shaped).sort("desk")
    return with_desk, all_desks, desks.timeline(events, with_desk, marked, by_ts)


def _without(alone: pl.DataFrame, folded: pl.DataFrame) -> pl.DataFrame:
    """LUID desktops but those whose pair turned out to be a reconnect's temporary."""
    return alone.join(
        folded.select("boot", pair="luid").unique(), on=["boot", "pair"], how="anti"
    )


def _byproducts(
    events: pl.DataFrame,
    made: pl.DataFrame,
    all_desks: pl.DataFrame,
    timeline: pl.DataFrame,
    links_of: pl.DataFrame,
    temporaries: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """All folded logons, each with one owner; the surer rule first."""
    by_1149 = byproducts.precursors(made, links_of, settings)
    found = [
        temporaries,
        by_1149,
        byproducts.precursors_of_logons(made, by_1149),
        byproducts.late_precursors(made, timeline, all_desks, settings),
        byproducts.desk_byproducts(events, made, all_desks, timeline),
        byproducts.anonymous_shadows(made),
    ]
    return (
        pl.concat([frame.with_columns(rank=pl.lit(place)) for place, frame in enumerate(found)])
        .sort("boot", "luid", "rank")
        .unique(["boot", "luid"], keep="first", maintain_order=True)
        .drop("rank")
    )


def desk_connections(
    attached: pl.DataFrame,
    events: pl.DataFrame,
    links_of: pl.DataFrame,
    made: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """Attachments that only Security shows, joined to the connection they came over (R4.4)."""
    window = settings.us("security")
    users = made.filter(C("desk").is_not_null()).select(
        "desk", "sam", "boot", "source_address"
    ).unique("desk", keep="first", maintain_order=True)
    bare = (
        attached.filter(
            C("connection").is_null()
            & (C("place") == "rdp")
            & C("opening").is_in(["security_4624", "security_4778"])
        )
        .join(users, on="desk", how="inner")
        .select(
            "attachment", "boot", "sam", "at_us", "session_name",
            came_from=pl.coalesce("address", "source_address"),
        )
    )
    free = links_of.filter(
        C("desk_us").is_null() & (C("auth_us").is_not_null() | C("arbitration_us").is_not_null())
    ).select(
        "boot", "connection", "sam", "address", reached_us=pl.coalesce("auth_us", "arbitration_us"),
        link_name="session_name",
    )
    near = within(
        bare, free, on=["boot", "sam"], time=("at_us", "reached_us"), before_us=window,
        after_us=window,
    ).filter(
        (C("came_from") == C("address")).fill_null(value=True)
        & (C("session_name") == C("link_name")).fill_null(value=True)
    )
    pairs = assign(near, "attachment", "connection").select("attachment", found="connection")
    return (
        attached.join(pairs, on="attachment", how="left")
        .with_columns(connection=pl.coalesce("connection", "found"))
        .drop("found")
        .sort("attachment")
    )


def _opened_by_connection(
    attached: pl.DataFrame, links_of: pl.DataFrame, all_desks: pl.DataFrame
) -> pl.DataFrame:
    """What was open before LSM's first word, but whose connection the logs saw begin (R5.3)."""
    seen = (
        attached.filter((C("opened_by") == "before_coverage") & C("connection").is_not_null())
        .join(all_desks.select("desk", "boot"), on="desk", how="left")
        .join(
            links_of.filter(C("named") | C("peer").is_not_null()).select("boot", "connection"),
            on=["boot", "connection"], how="semi",
        )
        .select("attachment", began=pl.lit(value=True))
    )
    return (
        attached.join(seen, on="attachment", how="left")
        .with_columns(
            opened_by=pl.when(C("began").fill_null(value=False))
            .then(pl.lit("logon"))
            .otherwise("opened_by")
        )
        .drop("began")
        .sort("attachment")
    )


def _lone_desks(
    timeline: pl.DataFrame, members: pl.DataFrame, holders: pl.DataFrame, attached: pl.DataFrame
) -> pl.DataFrame:
    """Events of desktops that never came to life, under the connection that asked for them."""
    asked = (
        timeline.filter(C("kind").is_in(["lsm_41", "lsm_42", "core_66"]))
        .join(members.select("ord", "boot", "connection"), on="ord", how="inner")
        .join(holders, on=["boot", "connection"], how="inner")
        .sort("desk", "kind", "ord", descending=[False, True, False])
        .unique("desk", keep="first", maintain_order=True)
        .select("desk", "first")
    )
    return (
        timeline.join(attached.select("desk").unique(), on="desk", how="anti")
        .join(asked, on="desk", how="inner")
        .rename({"first": "access"})
        .with_columns(early=pl.lit(value=False))
    )


def _with_failures(holders: pl.DataFrame, failed: pl.DataFrame) -> pl.DataFrame:
    """Connections that hold only failed attempts: the first one takes their own events."""
    only = (
        failed.filter(C("connection").is_not_null())
        .join(holders, on=["boot", "connection"], how="anti")
        .sort("boot", "connection", "ord")
        .group_by("boot", "connection", maintain_order=True)
        .agg(first=C("key").first(), last=C("key").last())
    )
    return pl.concat([holders, only]).sort("boot", "connection")
