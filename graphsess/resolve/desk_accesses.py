"""Accesses to a desktop, at the console or by RDP, and the events that make each of them.

Events:  all of the terminal-services channels, Security and System by desk and by connection
Key:     an attachment, or a connection that got no further than authentication
Order:   by host order
Limits:  kind is unknown where nothing tells whether the desktop was reached by RDP
See:     rules R4.4, R4.6, R5.1, R5.2, R5.9, R5.10
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.connections import unproven_boots
from graphsess.resolve.links import LINK, linked
from graphsess.resolve.network_accesses import USER_SERVICE

C = pl.col
EXPLICIT_US = 1_000_000  # the 4648 of a logon precedes its 4624 by less
DESK_ROLES = {
    "lsm_21": "SESSION_CREATE",
    "lsm_22": "SHELL_START",
    "lsm_25": "RECONNECT",
    "lsm_24": "DISCONNECT",
    "lsm_36": "ARBITRATION",
    "lsm_39": "DISCONNECT",
    "lsm_40": "DISCONNECT",
    "lsm_41": "ARBITRATION",
    "lsm_42": "ARBITRATION",
    "lsm_23": "LOGOFF_DONE",
    "winlogon_7001": "SESSION_CREATE",
    "winlogon_7002": "LOGOFF_DONE",
    "profile_1": "SHELL_START",
    "profile_2": "SHELL_START",
    "profile_3": "LOGOFF_DONE",
    "profile_4": "LOGOFF_DONE",
    "core_66": "CONNECT",
    "core_72": "CONNECT",
    "security_4647": "LOGOFF_INIT",
    "security_4672": "PRIVILEGE",
    "security_4778": "RECONNECT",
    "security_4779": "DISCONNECT",
    "security_4800": "LOCK",
    "security_4801": "UNLOCK",
    "security_4802": "LOCK",
    "security_4803": "UNLOCK",
}
CONNECTION_ROLES = {
    "core_131": "CONNECT",
    "rcm_261": "CONNECT",
    "core_65": "CONNECT",
    "core_66": "CONNECT",
    "core_98": "CONNECT",
    "core_141": "CONNECT",
    "rcm_1149": "AUTH_OK",
    "core_104": "CLIENT_INFO",
    "core_169": "CLIENT_INFO",
    "core_140": "AUTH_FAIL",
    "lsm_36": "ARBITRATION",
    "lsm_40": "DISCONNECT",
    "lsm_41": "ARBITRATION",
    "lsm_42": "ARBITRATION",
    "lsm_24": "DISCONNECT",
    "core_102": "DISCONNECT",
    "core_103": "DISCONNECT",
}
LATE = ("core_102", "core_103", "lsm_40", "lsm_24")


def accesses_of_connections(connections: pl.DataFrame, attached: pl.DataFrame) -> pl.DataFrame:
    """The access in which a connection's own events stand: key, connection, first, last.

    A connection that came to a desktop belongs to its attachments: the first one takes what leads
    up to it, the last one what ends it. One that only authenticated is an access of its own.
    """
    reached = (
        attached.filter(C("connection").is_not_null())
        .sort("at")
        .group_by("boot", "connection", maintain_order=True)
        .agg(first=C("attachment").first(), last=C("attachment").last())
        .select(
            "boot", "connection",
            first=pl.format("a{}", C("first")), last=pl.format("a{}", C("last")),
        )
    )
    alone = (
        connections.filter(
            C("named") | C("precursor").is_not_null() | C("arbitration_us").is_not_null()
        )
        .join(reached, on=["boot", "connection"], how="anti")
        .select(
            "boot", "connection",
            first=pl.format("c{}", C("number")), last=pl.format("c{}", C("number")),
        )
    )
    return pl.concat([reached, alone]).sort("boot", "connection")


def desk_links(
    timeline_owned: pl.DataFrame,
    logons: pl.DataFrame,
    events: pl.DataFrame,
    cancelled: pl.DataFrame,
) -> pl.DataFrame:
    """Links of the events that happen on a desk, each to its access (column `access`).

    A runas or netonly logon runs on the desk too, but is an access of its own (R5.1).
    """
    halves = logons.select("boot", target_luid="luid", half="elevated", made="role",
                           folded="byproduct_rule")
    rows = timeline_owned.filter(C("access").is_not_null()).join(
        events.select("ord", "boot", "target_luid", "target_sid"), on="ord", how="left"
    ).join(halves, on=["boot", "target_luid"], how="left").filter(
        ~C("made").is_in(["runas", "netonly"]).fill_null(value=False)
    )
    companion = C("made") == "companion"
    role = (
        pl.when(companion.fill_null(value=False))
        .then(pl.lit("COMPANION"))
        .when(C("folded").is_not_null())
        .then(pl.lit("BYPRODUCT"))
        .when((C("kind") == "security_4624") & C("half").fill_null(value=False)
              & C("target_luid").is_not_null() & C("paired").fill_null(value=False))
        .then(pl.lit("LINKED_TOKEN"))
        .when(C("kind") == "security_4624")
        .then(pl.lit("SESSION_CREATE"))
        .when(C("early") & C("kind").is_in(["lsm_24", "lsm_39", "lsm_40", "security_4779"]))
        .then(pl.lit("ARBITRATION"))
        .when(C("kind") == "security_4634")
        .then(pl.lit("LOGOFF_DONE"))
        .otherwise(C("kind").cast(pl.String).replace_strict(DESK_ROLES, default=None))
    )
    paired = logons.filter(C("linked_luid").is_not_null()).select(
        "boot", target_luid="luid", paired=pl.lit(value=True)
    )
    return linked(
        rows.join(paired, on=["boot", "target_luid"], how="left").with_columns(role=role),
        rule="R4.2",
        how=pl.when(C("ord").is_in(cancelled["ord"].implode()))
        .then(pl.lit("cancelled"))
        .otherwise(pl.lit("exact")),
    )


def witness_links(attached: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The first process of a desktop that was open before the log and shows nothing else."""
    rows = (
        attached.filter(C("opening") == "before")
        .join(events.select("ord", "kind"), left_on="at", right_on="ord", how="inner")
        .filter(C("kind").is_in(["sysmon_1", "security_4688"]))
        .select(access=pl.format("a{}", C("attachment")), ord="at", role=pl.lit("SHELL_START"))
    )
    return linked(rows, rule="R3.6", how=pl.lit("inferred"))


def connection_links(
    events: pl.DataFrame, members: pl.DataFrame, holders: pl.DataFrame, attached: pl.DataFrame
) -> pl.DataFrame:
    """Links of a connection's own events to the access that holds it.

    A 40 before the desktop was reached ends nothing of this access: it belongs to the making of
    it, or to the desktop that was left behind.
    """
    reached = attached.select("at", access=pl.format("a{}", C("attachment")))
    rows = (
        members.join(holders, on=["boot", "connection"], how="inner")
        .join(events.select("ord", "kind", "sam"), on="ord", how="left")
        .with_columns(access=pl.when(C("kind").is_in(LATE)).then("last").otherwise("first"))
        .join(reached, on="access", how="left")
    )
    early = (C("ord") < C("at")) & C("kind").is_in(["lsm_40", "lsm_24"])
    nameless = (C("kind") == "rcm_1149") & (
        C("sam").is_null()
        | (C("boot").is_in(unproven_boots(events)) & ~C("access").str.starts_with("a"))
    )
    return linked(
        rows.with_columns(
            role=pl.when(early)
            .then(pl.lit("ARBITRATION"))
            .when(nameless)
            .then(pl.lit("CONNECT"))
            .otherwise(C("kind").cast(pl.String).replace_strict(CONNECTION_ROLES, default=None)),
        ),
        rule="R4.1",
        how=C("how"),
    )


def byproduct_links(
    events: pl.DataFrame,
    byproducts: pl.DataFrame,
    attached: pl.DataFrame,
    holders: pl.DataFrame,
    logon_access: pl.DataFrame,
) -> pl.DataFrame:
    """Links of folded logons (4624, 4634, 4672) to the access they are part of.

    A reconnect's temporaries belong to the nearest attachment, an unlock to the one then active.
    """
    own = byproducts.join(
        events.select("boot", "ord", "time_us", "kind", luid="target_luid").filter(
            C("kind").is_in(["security_4624", "security_4634", "security_4672"])
            & C("luid").is_not_null()
        ),
        on=["boot", "luid"], how="inner",
    )
    born = own.group_by("boot", "luid").agg(born_us=C("time_us").min(), born=C("ord").min())
    placed = byproducts.join(born, on=["boot", "luid"], how="inner")
    on_desk = placed.filter(C("desk").is_not_null())
    marks = attached.select("desk", "at", "attachment").sort("at")
    lasting = on_desk.filter(C("rule") != "R2.5g").sort("born")
    before, after = (
        lasting.join_asof(
            marks, left_on="born", right_on="at", by="desk", strategy=side, check_sortedness=False
        )
        for side in ("backward", "forward")
    )
    active = before.with_columns(
        attachment=pl.coalesce("attachment", after["attachment"])
    ).select("boot", "luid", access=pl.format("a{}", C("attachment")))
    passing = on_desk.filter((C("rule") == "R2.5g") & C("born_us").is_not_null()).sort("born_us")
    known = attached.select("desk", "attachment", "at_us").drop_nulls()
    nearest = (
        pl.concat(
            [
                passing.join_asof(
                    known.sort("at_us", "attachment", descending=[False, side == "backward"]),
                    left_on="born_us", right_on="at_us", by="desk", strategy=side,
                    check_sortedness=False,
                )
                for side in ("backward", "forward")
            ]
        )
        .filter(C("attachment").is_not_null())
        .with_columns(dt=(C("at_us") - C("born_us")).abs())
        .sort("boot", "luid", "dt", "attachment")
        .unique(["boot", "luid"], keep="first", maintain_order=True)
        .select("boot", "luid", access=pl.format("a{}", C("attachment")))
    )
    by_connection = placed.filter(C("connection").is_not_null()).join(
        holders, on=["boot", "connection"], how="inner"
    ).select("boot", "luid", access="first")
    direct = pl.concat([active, nearest, by_connection])
    owners = pl.concat([logon_access, direct]).filter(C("access").is_not_null()).unique(
        ["boot", "luid"], keep="first", maintain_order=True
    )
    by_logon = placed.filter(C("owner_luid").is_not_null()).join(
        owners.rename({"luid": "owner_luid"}), on=["boot", "owner_luid"], how="inner"
    ).select("boot", "luid", "access")
    where = pl.concat([direct, by_logon]).filter(
        C("access").is_not_null()
    ).unique(["boot", "luid"], keep="first", maintain_order=True)
    precursor = C("rule").is_in(["R2.5d", "R4.7"])
    role = (
        pl.when(precursor & (C("kind") == "security_4624"))
        .then(pl.lit("NLA_PRECURSOR"))
        .when(precursor & (C("kind") == "security_4634"))
        .then(pl.lit("DISCONNECT"))
        .otherwise(pl.lit("BYPRODUCT"))
    )
    rows = own.join(where, on=["boot", "luid"], how="inner").with_columns(role=role)
    return linked(rows.rename({"rule": "by_rule"}), rule=C("by_rule"), how=pl.lit("window"))


def service_links(
    events: pl.DataFrame, logons: pl.DataFrame, attached: pl.DataFrame
) -> pl.DataFrame:
    """The services that Windows makes for each user at his logon go with his desktop (R2.6)."""
    made = (
        events.filter(
            (C("kind") == "security_4697") & C("object").str.contains(USER_SERVICE)
        )
        .select("boot", "ord", luid="actor_luid")
        .join(
            logons.filter(C("desk").is_not_null()).select("boot", "luid", "desk"),
            on=["boot", "luid"], how="inner",
        )
        .sort("ord")
    )
    marks = attached.select("desk", "at", "attachment").sort("at")
    before, after = (
        made.join_asof(
            marks, left_on="ord", right_on="at", by="desk", strategy=side, check_sortedness=False
        )["attachment"]
        for side in ("backward", "forward")
    )
    rows = made.with_columns(attachment=before).with_columns(
        attachment=pl.coalesce("attachment", after)
    )
    return linked(
        rows.filter(C("attachment").is_not_null()).select(
            "ord", access=pl.format("a{}", C("attachment")), role=pl.lit("COMPANION")
        ),
        rule="R2.6", how=pl.lit("exact"),
    )


def explicit_links(events: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The 4648 that LSA writes for itself beside an inbound logon goes with that logon's 4624."""
    spoken = events.filter(
        (C("kind") == "security_4648") & (C("actor_luid") == 0x3E7) & C("sam").is_not_null()
    ).select("boot", "sam", "time_us", spoken="ord")
    logged = (
        links.filter(C("role").is_in(["SESSION_CREATE", "BYPRODUCT", "LINKED_TOKEN", "COMPANION"]))
        .join(
            events.filter(C("kind") == "security_4624").select(
                "ord", "boot", "sam", logged_us="time_us"
            ),
            on="ord", how="inner",
        )
        .select("boot", "sam", "logged_us", "ord", "access", "role")
    )
    near = (
        spoken.sort("spoken")
        .join_asof(
            logged.sort("ord"), left_on="spoken", right_on="ord", by=["boot", "sam"],
            strategy="forward", check_sortedness=False,
        )
        .filter(
            C("access").is_not_null()
            & ((C("logged_us") - C("time_us")).is_between(-EXPLICIT_US, EXPLICIT_US))
        )
        .with_columns(
            ord=C("spoken"),
            role=pl.when(C("role").is_in(["SESSION_CREATE", "LINKED_TOKEN"]))
            .then(pl.lit("AUTH_OK"))
            .otherwise("role"),
        )
    )
    return linked(near, rule="R4.4", how=pl.lit("window"))


def bound_links(
    links: pl.DataFrame,
    attached: pl.DataFrame,
    ended: pl.DataFrame,
    boots: pl.DataFrame,
    events: pl.DataFrame,
) -> pl.DataFrame:
    """The event that bounds an attachment of which no own event tells the end (R5.5)."""
    told = links.filter(
        C("role").is_in(["DISCONNECT", "LOGOFF_DONE"])
        | ((C("role") == "LOGOFF_INIT") & (C("how") != "cancelled"))
    ).select("access").unique()
    at = events.select("uid", stop="ord")
    stops = boots.filter(C("end_event").is_not_null()).join(
        at, left_on="end_event", right_on="uid", how="inner"
    ).select("boot", "stop")
    rows = (
        attached.sort("desk", "nth")
        .with_columns(
            access=pl.format("a{}", C("attachment")), next_at=C("at").shift(-1).over("desk")
        )
        .join(told, on="access", how="anti")
        .join(ended.select("desk", reused="after_ord"), on="desk", how="left")
        .join(stops, on="boot", how="left")
        .with_columns(ord=pl.coalesce("next_at", "reused", "stop"), role=pl.lit("END_INFERRED"))
        .filter(C("ord").is_not_null())
    )
    return linked(rows, rule="R5.5", how=pl.lit("inferred"))


def no_links() -> pl.DataFrame:
    """No links, in their shape."""
    return pl.DataFrame(schema=LINK)
