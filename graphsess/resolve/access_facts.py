"""Who an access was, from where, and under which logons.

See: rules R5.2, R5.11, N7, N8
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphsess.resolve.identities import account, account_class, sid_by_sam, unmasked

if TYPE_CHECKING:
    from graphsess.resolve.host import Host

C = pl.col
NO_NAME = ("unknown", "local", "-")
NO_SUCH_USER = ("0xc0000064", "0x6")  # NTSTATUS and Kerberos: the typed name is no account


def bounds(host: Host) -> pl.DataFrame:
    """Key → its first event, and what its own events say of the client."""
    events = host.events.select(
        "ord", "time_us", "era", "kind", "client_name", "address", "status", "reason"
    )
    own = host.links.join(events, on="ord", how="left").sort("access", "ord")
    station = C("kind").is_in(["security_4778", "security_4779"]) & (
        C("role") != "DISPLACED_BY"
    )
    named = ~C("client_name").str.to_lowercase().is_in(NO_NAME)
    return own.group_by("access", maintain_order=True).agg(
        first_ord=C("ord").first(),
        first_us=C("time_us").first(),
        own_last_us=C("time_us").last(),
        own_last_ord=C("ord").last(),
        eras=C("era").n_unique(),
        client=C("client_name").filter(station & named).first(),
        reported=C("address").filter(station).drop_nulls().first(),
        denied=((C("kind") == "security_4825") & (C("role") == "AUTH_FAIL")).any(),
    ).rename({"access": "key"})


def with_users(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """The user: the desktop's logon first, then LSM's and RCM's words; by SID one spelling."""
    logon = (
        host.logons.filter(
            C("desk").is_not_null()
            & C("byproduct_rule").is_null()
            & C("role").is_in(["desktop", "unknown"])
        )
        .sort("desk", "start_ord", "luid", nulls_last=True)
        .group_by("desk", maintain_order=True)
        .agg(
            logon_user=C("user").drop_nulls().first(),
            logon_sid=C("sid").drop_nulls().first(),
            logon_sam=C("sam").drop_nulls().first(),
        )
    )
    precursor = host.byproducts.filter(C("connection").is_not_null()).join(
        host.logons.select("boot", "luid", "user", "sid", "workstation", "source_address",
                           "package"),
        on=["boot", "luid"], how="left",
    ).sort("boot", "connection", "luid").unique(
        ["boot", "connection"], keep="first", maintain_order=True
    ).select(
        "boot", "connection", pre_user="user", pre_sid="sid", pre_name="workstation",
        pre_from="source_address", pre_package="package",
    )
    link = host.connections.select(
        "boot", "connection", link_sam="sam", link_user=account(C("realm"), C("user")),
    )
    known = sid_by_sam(host.events)
    joined = (
        frame.join(logon, on="desk", how="left")
        .join(
            host.desks.select("desk", "ts_id", desk_sid="sid", desk_user="user", desk_sam="sam"),
            on="desk", how="left",
        )
        .join(link, on=["boot", "connection"], how="left")
        .join(precursor, on=["boot", "connection"], how="left")
    )
    failed = C("base") == "failure"
    joined = joined.with_columns(
        sam=pl.when(failed)
        .then("own_sam")
        .otherwise(pl.coalesce("own_sam", "logon_sam", "desk_sam", "link_sam")),
        sid=pl.when(failed)
        .then("own_sid")
        .otherwise(pl.coalesce("own_sid", "logon_sid", "desk_sid", "pre_sid")),
        user=pl.when(~failed).then(
            pl.coalesce("own_user", "logon_user", "desk_user", "pre_user", "link_user")
        ),
    ).join(known, on="sam", how="left")
    typed = C("kind").is_in(["console", "rdp", "network", "cleartext", "ssh", "unknown"])
    return (
        joined.with_columns(
            sid=pl.coalesce("sid", pl.when(typed).then("known_sid")),
        )
        .join(host.names, on="sid", how="left")
        .with_columns(
            user=pl.when(~(failed & C("status").is_in(NO_SUCH_USER)).fill_null(value=False)).then(
                pl.coalesce("name", "user", pl.when(failed).then("attempted_user"))
            ),
        )
        .with_columns(
            attempted_user=pl.when(failed).then("attempted_user"),
            class_=pl.coalesce(
                "own_class",
                account_class(
                    C("sid"),
                    C("sam"),
                    pl.when(C("base").is_in(["desktop", "connection"]))
                    .then(pl.lit(10))
                    .otherwise("logon_type"),
                ),
            ),
            package=pl.coalesce("package", "pre_package"),
        )
        .rename({"class_": "class"})
        .drop("name", "known_sid")
        .pipe(unmasked, host.mine, host.created)
    )


def with_source(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """The one source address (R5.2) and what else is known of the client."""
    link = host.connections.select(
        "boot", "connection", "peer", "auth_from", "desk_from", "client_time_zone", "client_os",
        "scanned_from", peer_port="port",
    )
    made = (
        host.logons.filter(
            C("desk").is_not_null() & C("source_address").is_not_null()
            & C("role").is_in(["desktop"])
        )
        .sort("desk", "start_ord", "luid")
        .unique("desk", keep="first", maintain_order=True)
        .select("desk", made_from="source_address", made_port="source_port")
    )
    joined = frame.join(link, on=["boot", "connection"], how="left").join(
        made, on="desk", how="left"
    )
    desk = C("base").is_in(["desktop", "connection"])
    fresh = C("opened_by") == "logon"
    remote = ~C("kind").is_in(["console", "runas", "batch", "service"])
    ladder = [
        ("core_131", C("peer")),
        ("rcm_1149", C("auth_from")),
        ("security_4624", pl.coalesce("pre_from", pl.when(fresh).then(C("made_from")))),
        ("lsm", pl.coalesce("desk_from", "opening_from")),
        ("security_4778", C("reported")),
    ]
    chosen = pl.coalesce(*[value for _, value in ladder])
    how: pl.Expr = pl.lit(None, pl.String)
    for name, value in reversed(ladder):
        how = pl.when(value.is_not_null()).then(pl.lit(name)).otherwise(how)
    found = joined.with_columns(
        source_address=pl.when(desk & remote)
        .then(chosen)
        .when(~desk & remote)
        .then("own_address"),
        source_how=pl.when(desk & remote).then(how).otherwise("source_how"),
        source_port=pl.when(desk & remote)
        .then(pl.coalesce("peer_port", pl.when(fresh & (C("made_port") > 0)).then("made_port")))
        .when(remote)
        .then("own_port"),
        source_name=pl.when(desk & remote)
        .then(pl.coalesce("client", "pre_name"))
        .when(remote)
        .then("own_name"),
        client_reported_address=pl.when(desk & remote).then("reported"),
    ).with_columns(
        client_reported_address=pl.when(
            C("client_reported_address") != C("source_address")
        ).then("client_reported_address"),
        source_name=pl.when(
            ~C("source_name").str.to_lowercase().is_in(NO_NAME)
        ).then("source_name"),
    )
    classed = found.join(
        host.classes.rename({"address": "source_address"}), on="source_address", how="left"
    )
    tunnelled = (C("kind") == "rdp") & (C("address_class") == "local")
    return classed.with_columns(
        source_class=pl.when(tunnelled)
        .then(pl.lit("tunnelled"))
        .when(C("address_class").is_not_null())
        .then("address_class")
        .when(C("kind").is_in(["console", "runas", "batch", "service"]))
        .then(pl.lit("local"))
        .otherwise(pl.lit("unknown")),
    ).drop("address_class")


def with_logons(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """LUIDs: the user's own with the limited one first, the folded ones, the companions."""
    station = (
        host.events.select("boot", "kind", "target_luid")
        .filter(
            C("kind").is_in(
                ["security_4647", "security_4778", "security_4779", "security_4800",
                 "security_4801", "security_4802", "security_4803"]
            )
        )
        .select("boot", luid="target_luid", named=pl.lit(value=True))
        .unique()
    )
    of_desk = (
        host.logons.filter(
            C("desk").is_not_null()
            & C("byproduct_rule").is_null()
            & C("role").is_in(["desktop", "unknown"])
        )
        .join(station, on=["boot", "luid"], how="left")
        .join(
            host.desks.select("desk", desk_sam="sam", desk_sid="sid"), on="desk", how="left"
        )
        .filter(
            C("sam").is_null() | C("desk_sam").is_null() | (C("sam") == C("desk_sam"))
            | (C("sid") == C("desk_sid"))
        )
        .with_columns(
            place=pl.when(C("named"))
            .then(0)
            .when(~C("elevated"))
            .then(1)
            .when(C("elevated").is_null())
            .then(2)
            .otherwise(3)
        )
        .sort("desk", "place", "luid")
    )
    luids = of_desk.group_by("desk", maintain_order=True).agg(
        desk_luids=C("luid"),
        desk_types=C("logon_type").drop_nulls().unique().sort(),
        desk_privileged=C("privileged").any(),
        desk_restricted=C("restricted_admin").any(),
        desk_guarded=C("credential_guard").any(),
        desk_seen_us=C("last_seen_us").max(),
    )
    by_link = host.links.join(
        host.events.select("ord", "boot", "kind", luid="target_luid"), on="ord", how="inner"
    ).filter(C("luid").is_not_null())
    small = by_link.filter(
        (C("kind") == "security_4624") & C("role").is_in(["BYPRODUCT", "NLA_PRECURSOR"])
    )
    gone = by_link.filter(C("kind") == "security_4634").join(
        host.byproducts.select("boot", "luid"), on=["boot", "luid"], how="semi"
    )
    folded = (
        pl.concat([small, gone])
        .group_by(key="access")
        .agg(byproduct_luids=C("luid").unique().sort())
    )
    companions = (
        by_link.filter((C("role") == "COMPANION") & (C("kind") == "security_4624"))
        .group_by(key="access")
        .agg(companion_luids=C("luid").unique().sort())
    )
    nothing = pl.lit([], dtype=pl.List(pl.Int64))
    return (
        frame.join(luids, on="desk", how="left")
        .join(folded, on="key", how="left")
        .join(companions, on="key", how="left")
        .with_columns(
            luids=pl.when(C("own_luid").is_not_null())
            .then(pl.concat_list("own_luid", "twin").list.drop_nulls())
            .otherwise(C("desk_luids"))
            .fill_null(nothing),
            byproduct_luids=C("byproduct_luids").fill_null(nothing),
            companion_luids=C("companion_luids").fill_null(nothing),
            logon_types=pl.when(C("logon_type").is_not_null())
            .then(pl.concat_list(C("logon_type").cast(pl.Int64)))
            .otherwise(C("desk_types"))
            .fill_null(nothing),
            privileged=pl.coalesce("privileged", "desk_privileged"),
            restricted_admin=C("desk_restricted"),
            credential_guard=C("desk_guarded"),
            last_seen_us=pl.coalesce("last_seen_us", "desk_seen_us"),
        )
    )
