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
    connection_passes,
    connections,
    coverage,
    desk_accesses,
    desk_passes,
    desks,
    editions,
    failures,
    finish,
    identities,
    logons,
    network_accesses,
    order,
    sources,
    ssh,
    states,
    takeovers,
)
from graphsess.resolve.links import settled
from graphsess.resolve.tables import TABLES
from graphsess.settings import Settings

C = pl.col


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
    mine: list[str]
    created: list[str]
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

    mine = identities.own_names(placed)
    created = identities.dollar_users(placed)
    made = identities.unmasked(made, mine, created)
    far = desks.remote_unlocks(placed, made, stretches, until_us)
    skeleton = desk_passes.with_lone_unlocks(made, far)
    made, all_desks, timeline, folded = desk_passes.find_desks(
        placed, skeleton, members, stretches, until_us, settings, None
    )
    if desk_passes.prove_nothing(placed, folded):
        made, all_desks, timeline, folded = desk_passes.find_desks(
            placed, skeleton, members, stretches, until_us, settings, folded
        )

    folded = desk_passes.all_byproducts(
        placed, made, all_desks, timeline, links_of, folded, settings
    )
    made = made.join(
        folded.select("boot", "luid", byproduct_rule="rule"), on=["boot", "luid"], how="left"
    )
    again = far.join(
        folded.filter(C("desk").is_not_null()), on=["boot", "luid"], how="inner"
    ).select("desk", "at", "at_us", "address")
    attached = attachments.attachments(placed, timeline, all_desks, members, again, settings)
    attached = connection_passes.opened_by_connection(
        connection_passes.desk_connections(attached, placed, links_of, made, settings),
        links_of,
        all_desks,
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
    shells, shell_links = ssh.ssh_accesses(placed, made)
    network = network_accesses.network_accesses(
        placed,
        made.join(refused.drop_nulls(), on=["boot", "luid"], how="anti"),
        shells.select("boot", "luid"),
    )
    cancelled = states.cancelled_logoffs(timeline, settings)
    lone = connection_passes.lone_desks(timeline, members, holders, attached)
    owned_links = desk_accesses.desk_links(owned, made, placed, cancelled)
    lone_links = desk_accesses.desk_links(lone, made, placed, cancelled)
    carried = desk_accesses.connection_links(
        placed, members, connection_passes.with_failures(holders, failed), attached
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
    hijacked = takeovers.hijacks(placed, attached, owned, links_of)
    witness = desk_accesses.witness_links(attached, placed)
    first = settled([owned_links, carried, lone_links, small, witness])
    displaced = takeovers.displacement_links(first, placed, attached, settings)
    taken = hijacked.select(
        "access", "ord", role=pl.lit("DISPLACED_BY"), rule="rule", how=pl.lit("exact")
    )
    spoken = desk_accesses.explicit_links(placed, first)
    links = settled(
        [
            first.filter(~C("role").is_in(["DISPLACED_BY"])),
            denied,
            failed_links,
            connection_passes.refused_links(placed, failed),
            shell_links,
            ssh.s4u_links(placed, made, shells, failed),
            network_accesses.network_links(placed, network),
            desk_accesses.service_links(placed, made, attached),
            spoken,
            displaced,
            taken,
        ]
    )
    succeeded = editions.successors(placed, all_desks, attached)
    ended_desks = states.with_ends(
        all_desks, timeline, placed, boot_table, succeeded, settings
    )
    bounds = desk_accesses.bound_links(links, attached, ended_desks, boot_table, placed)
    shadows = takeovers.shadow_links(placed, ended_desks, attached)
    links = settled([links, bounds, shadows])
    made = states.with_logon_ends(made, ended_desks, boot_table, cancelled, settings)
    return Host(
        host, settings, placed, jumps, boot_table, stretches, names, mine, created, classes, own,
        made,
        ended_desks, timeline, members, links_of, attached, folded, holders, failed, network,
        shells, hijacked, links,
    )


