"""Accesses of every kind in one shape: who, from where, under which logons, as far as logs reach.

See: rules R5.1-R5.3, R5.9-R5.12, R4.6
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphsess.resolve import coverage, sources
from graphsess.resolve.identities import account, account_class
from graphsess.resolve.tables import ACCESSES, LINKS

if TYPE_CHECKING:
    from graphsess.resolve.host import Host

C = pl.col
NO_NAME = ("unknown", "local", "-")
NO_SUCH_USER = ("0xc0000064", "0x6")  # NTSTATUS and Kerberos: the typed name is no account
SIGNS_OF_DESKTOP = (
    "security_4778", "security_4779", "security_4688", "security_4647", "security_4800", "security_4801", "security_4802",
    "security_4803", "sysmon_1",
)


def accesses(
    host: Host, desk_ids: pl.DataFrame, connection_ids: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `accesses` and `links`, with final ids."""
    from graphsess.resolve.finish import escaped, instant

    every = pl.concat(
        [_desktops(host), _connections(host), _failures(host), _network(host), _shells(host)],
        how="diagonal_relaxed",
    )
    bounds = _bounds(host)
    frame = every.join(bounds, on="key", how="inner")
    frame = _with_users(host, frame)
    frame = _with_source(host, frame)
    frame = _with_logons(host, frame)
    frame = _with_coverage(host, frame)
    frame = _with_neighbours(host, frame)
    frame = _with_flags(host, frame)
    frame = (
        frame.join(desk_ids, on="desk", how="left")
        .join(connection_ids, on=["boot", "connection"], how="left")
        .with_columns(host=pl.lit(host.name), connection="connection_id")
        .with_columns(
            stem=pl.concat_str(
                pl.lit("access|"), "kind", pl.lit(f"|{host.name}|"),
                instant(C("first_us")), pl.lit("|"),
                escaped(pl.coalesce("user", "attempted_user").str.to_lowercase()), pl.lit("|"),
                escaped(C("source_address")),
            )
        )
        .sort("stem", "first_ord", "key")
        .with_columns(
            id=pl.concat_str(
                "stem", pl.lit("|"), (pl.int_range(pl.len()).over("stem") + 1).cast(pl.String)
            )
        )
        .sort("first_ord", "id")
    )
    named = frame.select("key", "id")
    links = (
        host.links.join(named, left_on="access", right_on="key", how="inner")
        .join(host.events.select("ord", "uid"), on="ord", how="left")
        .select("ord", "uid", "role", "rule", "how", access="id")
        .sort("access", "ord")
    )
    return (
        frame.select([C(name).cast(kind) for name, kind in ACCESSES.items()]),
        links.select(list(LINKS)),
    )


def _desktops(host: Host) -> pl.DataFrame:
    return host.attached.select(
        "boot", "desk", "connection", "opened_by",
        key=pl.format("a{}", C("attachment")),
        kind=C("place").fill_null("unknown"),
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
        admin_share=C("admin_share").fill_null(value=False)
        | C("executes").fill_null(value=False),
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


def _bounds(host: Host) -> pl.DataFrame:
    """key → its first event, and what its own events say of the client."""
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


def _with_users(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
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
    by_sam = host.events.filter(C("target_sid").is_not_null() & C("sam").is_not_null())
    from graphsess.resolve.identities import sid_by_sam

    known = sid_by_sam(by_sam)
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
                "own_class", account_class(C("sid"), C("sam"), C("logon_type"))
            ),
            package=pl.coalesce("package", "pre_package"),
        )
        .rename({"class_": "class"})
        .drop("name", "known_sid")
    )


def _with_source(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
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
    how = pl.when(ladder[0][1].is_not_null()).then(pl.lit(ladder[0][0]))
    for name, value in ladder[1:]:
        how = how.when(value.is_not_null()).then(pl.lit(name))
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


def _with_logons(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """LUIDs: the user's own with the limited one first, the folded ones, the companions."""
    station = (
        host.events.filter(
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


def _with_coverage(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """Which channels covered its beginning, how far the logs reach, and how its boot ended."""
    until = host.events["time_us"].max()
    until_us = int(until) if isinstance(until, int) else None
    moments = frame.select(at_us="first_us")
    final = host.boots.select("boot", boot_end_us="end_us", boot_end_kind="end_kind")
    return frame.with_columns(
        lsm_covers=coverage.covers(moments, host.coverage, "lsm", until_us),
        core_covers=coverage.covers(moments, host.coverage, "core", until_us),
        security_covers=coverage.covers(moments, host.coverage, "security", until_us),
        covered_until_us=pl.lit(until_us, pl.Int64),
    ).join(final, on="boot", how="left")


def _with_neighbours(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """The next access to the same desktop, and the last sign of life before it."""
    placed = host.attached.sort("desk", "nth").select(
        key=pl.format("a{}", C("attachment")),
        desk_at="at",
        next_on_local_us=C("at_us").shift(-1).over("desk"),
        next_at=C("at").shift(-1).over("desk"),
    )
    life = (
        host.timeline.join(
            host.attached.select("desk", key=pl.format("a{}", C("attachment")), own_at="at",
                                 next_at=C("at").shift(-1).over("desk")),
            on="desk", how="inner",
        )
        .filter((C("ord") >= C("own_at")) & (C("next_at").is_null() | (C("ord") < C("next_at"))))
        .filter(~C("kind").is_in(["security_4634"]))
        .group_by("key")
        .agg(alive_us=C("time_us").max())
    )
    return (
        frame.join(placed.drop("desk_at", "next_at"), on="key", how="left")
        .join(life, on="key", how="left")
        .with_columns(
            last_seen_us=pl.when(C("base") == "desktop")
            .then(
                pl.max_horizontal(
                    "alive_us",
                    pl.when(C("next_on_local_us").is_null()).then("last_seen_us"),
                )
            )
            .otherwise("last_seen_us"),
            successor_us=pl.lit(None, pl.Int64),
        )
    )


def _with_flags(host: Host, frame: pl.DataFrame) -> pl.DataFrame:
    """What is proven, and the flags that only resolving can know."""
    alive = (
        host.timeline.filter(C("kind").is_in(SIGNS_OF_DESKTOP))
        .group_by("desk")
        .agg(spoke=pl.lit(value=True))
    )
    lasted = (
        host.logons.filter(C("desk").is_not_null() & C("logon_type").is_in([10, 12]))
        .with_columns(
            lasted=(
                C("destroyed_us").is_null()
                | (C("destroyed_us") - C("start_us") > host.settings.us("temporary"))
            )
        )
        .group_by("desk")
        .agg(C("lasted").any())
    )
    hijacked = host.hijacked.select(key="access", hijack=pl.lit("session_hijack"))
    ambiguous = host.connections.filter(C("ambiguous")).select(
        "boot", "connection", doubt=pl.lit("ambiguous")
    )
    unknown_desk = (
        (C("base") == "desktop")
        & (C("kind") == "rdp")
        & ~C("lsm_covers")
        & ~C("opening").is_in(["lsm_21", "lsm_25"])
    )
    jumps = host.jumps
    crosses = pl.lit(value=False)
    if jumps:
        crosses = C("eras") > 1
    joined = (
        frame.join(alive, on="desk", how="left")
        .join(lasted, on="desk", how="left")
        .join(hijacked, on="key", how="left")
        .join(ambiguous, on=["boot", "connection"], how="left")
    )
    proven = C("spoke").fill_null(value=False) | C("lasted").fill_null(value=False)
    controller = pl.lit(value=bool(host.events["kind"].is_in(["security_4768", "security_4769"]).any()))
    background = (
        controller
        & (C("base") == "network")
        & C("kind").is_in(["network"])
        & ~C("admin_share").fill_null(value=False)
        & (~C("privileged").fill_null(value=False) | (C("class") == "machine"))
    )
    open_ended = C("eras") > 1
    return joined.with_columns(
        reached=pl.when(C("denied").fill_null(value=False))
        .then(pl.lit("denied"))
        .when(unknown_desk & ~proven)
        .then(pl.lit("authenticated_unseen"))
        .when((C("reached") == "authenticated") & ~C("lsm_covers"))
        .then(pl.lit("authenticated_unseen"))
        .otherwise("reached"),
        spans_jump=crosses & open_ended,
        flags=pl.concat_list(
            C("flags").fill_null(pl.lit([], dtype=pl.List(pl.String))),
            pl.concat_list(
                pl.when(C("source_class") == "tunnelled").then(pl.lit("tunnelled")),
                pl.when(unknown_desk | ((C("base") == "connection") & ~C("lsm_covers"))).then(
                    pl.lit("lsm_not_covering")
                ),
                pl.when(
                    C("base").is_in(["desktop", "connection"]) & ~C("security_covers")
                    & (C("opened_by") != "before_coverage")
                ).then(pl.lit("security_not_covering")),
                C("hijack"),
                C("doubt"),
                pl.when(background).then(pl.lit("dc_background")),
                pl.when(C("sam").str.ends_with("$") & (C("class") == "user")).then(
                    pl.lit("dollar_user")
                ),
            ).list.drop_nulls(),
        ),
    )
