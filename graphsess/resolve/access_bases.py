"""What each kind of access starts from: one row an access, in columns that the rest fills up.

`base` tells where a row came from: desktop, connection, failure or network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphsess.resolve.identities import account

if TYPE_CHECKING:
    from graphsess.resolve.host import Host

C = pl.col


def every_access(host: Host) -> pl.DataFrame:
    """All accesses of a host, of every kind: key, boot, kind, base and what its origin knows."""
    return pl.concat(
        [_desktops(host), _connections(host), _failures(host), _network(host), _shells(host)],
        how="diagonal_relaxed",
    )


def _desktops(host: Host) -> pl.DataFrame:
    return host.attached.select(
        "boot", "desk", "connection", "opened_by",
        key=pl.format("a{}", C("attachment")),
        kind=C("place").fill_null("unknown"),
        protocol="protocol",
        opening="opening",
        opening_from="address",
        base=pl.lit("desktop"),
        reached=pl.lit("established"),
    )


def _connections(host: Host) -> pl.DataFrame:
    alone = host.holders.filter(C("first").str.starts_with("c")).select(
        "boot", "connection", key="first"
    )
    asked = (
        host.timeline.filter(C("kind").is_in(["lsm_41", "lsm_42", "core_66"]))
        .join(host.members.select("ord", "boot", "connection"), on="ord", how="inner")
        .join(host.attached.select("desk").unique(), on="desk", how="anti")
        .sort("ord")
        .unique(["boot", "connection"], keep="last", maintain_order=True)
        .select("boot", "connection", "desk")
    )
    return (
        alone.join(asked, on=["boot", "connection"], how="left")
        .with_columns(
            kind=pl.lit("rdp"), opened_by=pl.lit("attempt"), base=pl.lit("connection"),
            reached=pl.lit("authenticated"), opening=pl.lit(None, pl.String),
            opening_from=pl.lit(None, pl.String),
        )
    )


def _failures(host: Host) -> pl.DataFrame:
    return host.failed.select(
        "key", "boot", "connection", "kind", "reached", "status", "package", "flags",
        "source_how",
        own_sam="sam",
        attempted_user=account(C("realm"), C("user")),
        own_sid="sid",
        own_address="address",
        own_port="port",
        own_name="source_name",
        logon_type="logon_type",
        opened_by=pl.lit("attempt"),
        base=pl.lit("failure"),
    )


def _network(host: Host) -> pl.DataFrame:
    return host.network.select(
        "key", "boot", "kind", "protocol", "package", "source_how", "logon_guid", "logon_type",
        "opened_by", "privileged", "outbound_user", "last_seen_us",
        "twin",
        own_luid="luid",
        own_user="user",
        own_sid="sid",
        own_sam="sam",
        own_class="class",
        own_address="source_address",
        own_port="source_port",
        own_name=pl.when(C("kind") == "network").then("workstation"),
        parent_luid=pl.when(C("role").is_in(["runas", "netonly"])).then("actor_luid"),
        reached=pl.lit("established"),
        base=pl.lit("network"),
        admin_share=pl.any_horizontal(
            C("admin_share", "executes", "made_something", "moved_on", "by_wmi", "remote_shell")
            .fill_null(value=False)
        ),
    )


def _shells(host: Host) -> pl.DataFrame:
    return host.shells.select(
        "key", "boot",
        kind=pl.lit("ssh"),
        own_luid="luid",
        own_user=pl.coalesce("made_name", account(C("realm"), C("user"))),
        own_sid="sid",
        own_sam="sam",
        own_class=pl.lit("user"),
        own_address="address",
        own_port="port",
        package="package",
        source_how=pl.lit("ssh_4"),
        opened_by=pl.lit("logon"),
        reached=pl.lit("established"),
        base=pl.lit("network"),
    )
