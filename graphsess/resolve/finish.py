"""The tables of a resolved host, with readable ids made of key parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphsess.resolve import editions, finish_accesses, states
from graphsess.resolve.identities import account
from graphsess.resolve.ids import boot_label, escaped, hexadecimal
from graphsess.resolve.observations import observations
from graphsess.resolve.ssh_connections import ssh_connections

if TYPE_CHECKING:
    from graphsess.resolve.host import Host

C = pl.col
BUSY_CONTROLLER = ("security_4768", "security_4769")


def tables(host: Host) -> dict[str, pl.DataFrame]:
    """Every table of `resolve.tables.TABLES` but accounts, and the host's events."""
    desk_ids = _desk_ids(host)
    connection_ids = _connection_ids(host)
    by_ssh, held = ssh_connections(host)
    accesses, links = finish_accesses.accesses(host, desk_ids, connection_ids, held)
    return {
        "events": host.events.with_columns(host=pl.lit(host.name)).drop("sam"),
        "hosts": _hosts(host),
        "boots": host.boots,
        "coverage": host.coverage,
        "logons": _logons(host, desk_ids, connection_ids),
        "locals": _locals(host, desk_ids),
        "connections": pl.concat(
            [_connections(host, desk_ids, connection_ids), by_ssh], how="diagonal_relaxed"
        ).sort("start_ord", "id"),
        "accesses": accesses,
        "links": links,
        "observations": observations(host.events, host.name),
    }


def _desk_ids(host: Host) -> pl.DataFrame:
    """Desk → id of the local session."""
    return (
        host.desks.join(boot_label(host.boots), on="boot", how="left")
        .select(
            "desk",
            local=pl.concat_str(
                pl.lit(f"local|{host.name}|"),
                "label",
                pl.lit("|"),
                pl.when(C("by_luid")).then(hexadecimal(C("luid"))).otherwise(
                    C("ts_id").cast(pl.String)
                ),
                pl.lit("|"),
                C("ordinal").fill_null(1).cast(pl.String),
            ),
        )
        .sort("desk")
    )


def _connection_ids(host: Host) -> pl.DataFrame:
    """boot, connection → id of the connection."""
    return (
        host.connections.select("boot", "connection")
        .join(boot_label(host.boots), on="boot", how="left")
        .select(
            "boot",
            "connection",
            connection_id=pl.concat_str(
                pl.lit(f"rdp|{host.name}|"), "label", pl.lit("|"), escaped(C("connection"))
            ),
        )
    )


def _hosts(host: Host) -> pl.DataFrame:
    events = host.events
    timed = events.filter(C("time_us").is_not_null())
    last = timed.sort("ord")["computer"].drop_nulls()
    cleared = timed.filter(C("kind").is_in(["security_1102", "eventlog_104"])).sort("ord").select(
        time_us="time_us",
        channel=pl.when(C("kind") == "security_1102").then(pl.lit("Security")).otherwise("object"),
        user=account(C("actor_domain"), C("actor_user")),
    )
    names = (
        timed.group_by("computer").agg(at=C("ord").min()).sort("at")["computer"].drop_nulls().to_list()
    )
    distinct = list(dict.fromkeys(names))
    return pl.DataFrame(
        {
            "id": [host.name],
            "name": [last[-1] if last.len() else host.name],
            "names": [distinct],
            "addresses": [host.own],
            "os_build": [_build(timed)],
            "is_dc": [bool(events["kind"].is_in(BUSY_CONTROLLER).any())],
            "product": [editions.product(timed)],
            "time_zone": [editions.time_zone(timed)],
            "first_us": [timed["time_us"].min()],
            "last_us": [timed["time_us"].max()],
            "clock_jumps": [
                [{"before_us": jump.before_us, "after_us": jump.after_us} for jump in host.jumps]
            ],
            "logs_cleared": [cleared.to_dicts()],
        },
        schema_overrides={
            "names": pl.List(pl.String),
            "addresses": pl.List(pl.String),
            "os_build": pl.String,
            "product": pl.String,
            "time_zone": pl.String,
        },
    )


def _build(events: pl.DataFrame) -> str | None:
    found = events.filter(C("kind") == "kernel_12").sort("ord")["os_build"].drop_nulls()
    return str(found[-1]) if found.len() else None


def _logons(host: Host, desk_ids: pl.DataFrame, connection_ids: pl.DataFrame) -> pl.DataFrame:
    owner = (
        host.byproducts.join(desk_ids.rename({"local": "owner_local"}), on="desk", how="left")
        .join(connection_ids, on=["boot", "connection"], how="left")
        .join(boot_label(host.boots), on="boot", how="left")
        .select(
            "boot", "luid",
            byproduct_of=pl.coalesce(
                "owner_local",
                "connection_id",
                pl.when(C("owner_luid").is_not_null()).then(
                    pl.concat_str(
                        pl.lit(f"logon|{host.name}|"), "label", pl.lit("|"),
                        hexadecimal(C("owner_luid")),
                    )
                ),
            ),
        )
    )
    torn = host.boots.filter(C("start_how") == "luid_conflict")["boot"].to_list()
    sshd = host.logons.filter(C("role") == "s4u").select("boot", "luid").join(
        pl.concat(
            [
                host.shells.select("boot", "luid"),
                host.network.select("boot", "luid"),
            ]
        ).with_columns(accepted=pl.lit(value=True)), on=["boot", "luid"],
        how="left",
    ).filter(C("accepted").is_null()).with_columns(ssh_byproduct=pl.lit(f"ssh|{host.name}"))
    return (
        host.logons.join(owner, on=["boot", "luid"], how="left")
        .join(sshd.select("boot", "luid", "ssh_byproduct"), on=["boot", "luid"], how="left")
        .join(desk_ids, on="desk", how="left")
        .join(boot_label(host.boots), on="boot", how="left")
        .join(host.desks.select("desk", desk_ts="ts_id"), on="desk", how="left")
        .with_columns(
            host=pl.lit(host.name),
            id=pl.concat_str(
                pl.lit(f"logon|{host.name}|"), "label", pl.lit("|"), hexadecimal(C("luid"))
            ),
            byproduct_of=pl.coalesce("byproduct_of", "ssh_byproduct"),
            byproduct_rule=pl.coalesce(
                "byproduct_rule",
                pl.when(C("ssh_byproduct").is_not_null()).then(pl.lit("R2.5h")),
            ),
            ts_id=pl.coalesce("desk_ts", "ts_id"),
            flags=pl.when(
                C("opened_twice").fill_null(value=False)
                | (
                    (C("boot").is_in(torn) | (C("boot") + 1).is_in(torn))
                    & C("luid").is_duplicated()
                    & (C("luid") > 0x3E7)
                )
            )
            .then(pl.concat_list(pl.lit("epoch_conflict")))
            .otherwise(pl.lit([], dtype=pl.List(pl.String))),
        )
        .sort("boot", "luid")
    )


def _locals(host: Host, desk_ids: pl.DataFrame) -> pl.DataFrame:
    ended = states.attachment_ends(
        host.links, host.events, host.attached
    )
    told = states.winlogon_locks(host.events, host.timeline, host.desks, host.settings)
    apart, locked = states.intervals(ended, host.timeline, told, host.desks, host.settings)
    last = (
        ended.sort("desk", "nth")
        .group_by("desk", maintain_order=True)
        .agg(loose=C("ended_us").last().is_not_null())
    )
    logon = (
        host.logons.filter(C("desk").is_not_null() & C("byproduct_rule").is_null())
        .filter(C("role").is_in(["desktop", "unknown"]))
        .sort("desk", "start_ord", "luid", nulls_last=True)
        .group_by("desk", maintain_order=True)
        .agg(
            logon_user=C("user").drop_nulls().first(),
            logon_sid=C("sid").drop_nulls().first(),
            began_us=C("start_us").drop_nulls().first(),
        )
    )
    opened = pl.coalesce("logon_us", "notice_us", "opening_us")
    ids = host.desks.join(desk_ids, on="desk", how="left")
    return (
        ids.join(logon, on="desk", how="left")
        .join(last, on="desk", how="left")
        .join(apart, on="desk", how="left")
        .join(locked, on="desk", how="left")
        .join(host.names, on="sid", how="left")
        .with_columns(
            host=pl.lit(host.name),
            id="local",
            user=pl.coalesce("name", "logon_user", "user"),
            sid=pl.coalesce("sid", "logon_sid"),
            start_us=pl.when(C("lives"))
            .then(pl.coalesce(opened, pl.when(C("by_luid")).then("began_us")))
            .otherwise(pl.coalesce(opened, "made_us", "first_us")),
            start_ord=pl.coalesce("logon_ord", "notice_ord", "opening_ord", "first_ord"),
            start_kind=pl.when(~C("lives"))
            .then(pl.lit("provisional"))
            .when(C("by_system") & ~C("by_lsm") & C("notice_us").is_not_null())
            .then(pl.lit("system_log_only"))
            .when(opened.is_not_null())
            .then(pl.lit("logged"))
            .otherwise(pl.lit("before_coverage")),
            established=C("lives"),
            end_ord=pl.coalesce("off_ord", pl.when(C("end_us").is_not_null()).then("last_ord")),
            state=pl.when(C("end_us").is_not_null())
            .then(pl.lit("Closed"))
            .when(C("loose").fill_null(value=False))
            .then(pl.lit("Disconnected"))
            .otherwise(pl.lit("Active")),
            disconnected=C("disconnected").fill_null(pl.lit([], dtype=_STRETCHES)),
            locked=C("locked").fill_null(pl.lit([], dtype=_STRETCHES)),
            ordinal=C("ordinal").fill_null(1),
        )
        .sort("boot", "first_ord", "desk")
    )


_STRETCHES = pl.List(pl.Struct({"start_us": pl.Int64, "end_us": pl.Int64}))


def _connections(
    host: Host, desk_ids: pl.DataFrame, connection_ids: pl.DataFrame
) -> pl.DataFrame:
    desk = (
        host.attached.filter(C("connection").is_not_null())
        .sort("at")
        .unique(["boot", "connection"], keep="last", maintain_order=True)
        .select("boot", "connection", "desk")
        .join(desk_ids, on="desk", how="left")
    )
    attached = host.attached.filter(C("connection").is_not_null()).select(
        "boot", "connection", came=pl.lit(value=True)
    ).unique()
    failed = host.failed.filter(C("connection").is_not_null()).select(
        "boot", "connection", failed=pl.lit(value=True)
    ).unique()
    proven = host.holders.select("boot", "connection", proven=pl.lit(value=True))
    names = host.events.filter(
        C("kind").is_in(["security_4778", "security_4779"])
        & ~C("client_name").is_in(["Unknown", "LOCAL"])
    )
    client = (
        host.links.filter(C("access").str.starts_with("a"))
        .join(names.select("ord", "client_name"), on="ord", how="inner")
        .sort("access", "ord")
        .unique("access", keep="first", maintain_order=True)
        .join(
            host.attached.select("boot", "connection", access=pl.format("a{}", C("attachment"))),
            on="access", how="inner",
        )
        .filter(C("connection").is_not_null())
        .unique(["boot", "connection"], keep="first", maintain_order=True)
        .select("boot", "connection", "client_name")
    )
    frame = host.connections
    for other in (desk, attached, failed, proven, client, connection_ids):
        frame = frame.join(other, on=["boot", "connection"], how="left")
    return frame.with_columns(
        host=pl.lit(host.name),
        id="connection_id",
        kind=pl.lit("rdp"),
        activity_id=pl.when(~C("connection").str.starts_with("~")).then("connection"),
        ts_id=pl.coalesce("desk_ts", "last_ts"),
        user=account(C("realm"), C("user")),
        stage=pl.when(C("came"))
        .then(pl.lit("established"))
        .when(C("proven"))
        .then(pl.lit("authenticated_no_shell"))
        .when(C("failed") | C("rejected_us").is_not_null())
        .then(pl.lit("failed"))
        .otherwise(pl.lit("probe")),
        end_us=pl.coalesce("closed_us", "last_us"),
        end_ord=pl.coalesce("closed_ord", "last_ord"),
    ).sort("start_ord", "connection")
