"""RDP connections, first pass: which events of three channels belong to one transport.

Events:  RdpCoreTS, RCM 261 and 1149, LSM 21, 22, 24, 25, 40, 41, 42
Key:     (host, boot, ActivityID); without one, a chain 261 → 1149 → 21|25 nearest in time
Order:   by first event
Limits:  the UDP side channel has an ActivityID of its own and is left out; two chains within two
         seconds of each other stay ambiguous
See:     rules R4.1, R4.3, finding 1
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import assign, within
from graphsess.settings import Settings

C = pl.col
CONSOLE_ACTIVITY = "61A55000"  # every console session of every host
LISTENER_ACTIVITY = "F462"  # listener set-up
CHANNEL_KINDS = r"^(core_\d+|rcm_261|rcm_1149|lsm_(21|22|23|24|25|36|40|41|42))$"
AMBIGUOUS_US = 2_000_000
FIRST_PROVING_BUILD = 9200  # Windows 8: from here on 1149 follows valid credentials only


def connection_members(events: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Which event belongs to which connection.

    Returns:
        boot, ord, connection (a key unique in the host), how (exact or window), ambiguous.
    """
    rdp = events.filter(
        C("kind").cast(pl.String).str.contains(CHANNEL_KINDS) & C("time_us").is_not_null()
    )
    own = C("activity_id").is_not_null() & ~C("activity_id").str.starts_with(CONSOLE_ACTIVITY)
    joined = rdp.filter(own & ~C("activity_id").str.starts_with(LISTENER_ACTIVITY))
    udp = (
        joined.group_by("boot", "activity_id")
        .agg(
            udp=((C("kind") == "core_131") & (C("verb") == "UDP")).any(),
            tcp=(
                ((C("kind") == "core_131") & (C("verb") != "UDP").fill_null(value=True))
                | C("kind").is_in(["rcm_261", "rcm_1149", "core_65", "lsm_21", "lsm_25", "lsm_41"])
            ).any(),
        )
        .filter(C("udp") & ~C("tcp"))
    )
    exact = joined.join(udp, on=["boot", "activity_id"], how="anti").select(
        "boot",
        "ord",
        connection=C("activity_id"),
        how=pl.lit("exact"),
        ambiguous=pl.lit(value=False),
    )
    chained = _chains(rdp.filter(C("activity_id").is_null()), settings)
    return pl.concat([exact, chained]).sort("ord")


def _chains(rdp: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Connections of builds and collectors that log no ActivityID (R4.3)."""
    heads = rdp.filter(C("kind") == "rcm_1149").with_columns(
        connection=pl.format("~{}", C("uid"))
    )
    contact = _contacts(rdp, settings)
    desks = rdp.filter(C("kind").is_in(["lsm_21", "lsm_25"]) & C("address").is_not_null()).select(
        "boot", "era", "time_us", "ord", "sam", "address", uid="uid"
    )
    after = within(
        heads.select("boot", "era", "connection", "sam", head_us="time_us", head_from="address"),
        desks,
        on=["boot", "era", "sam"],
        time=("head_us", "time_us"),
        before_us=0,
        after_us=settings.us("arbitration"),
    ).filter((C("address") == C("head_from")).fill_null(value=True))
    reached = assign(after, "connection", "ord")
    gap = C("time_us").diff()
    doubtful = contact.sort("time_us").filter(
        (gap < AMBIGUOUS_US) | (gap.shift(-1) < AMBIGUOUS_US)
    )["connection"]
    alone = desks.join(reached, on="ord", how="anti").select(
        "boot", "ord", connection=pl.format("~{}", C("uid"))
    )
    parts = [
        heads.select("boot", "ord", "connection"),
        contact.select("boot", "ord", "connection"),
        reached.select("boot", "ord", "connection"),
        alone,
    ]
    return pl.concat(parts).with_columns(
        how=pl.lit("window"), ambiguous=C("connection").is_in(doubtful.implode())
    )


def _contacts(rdp: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Each 1149 with the nearest 261 before it that no nearer 1149 takes: nested like brackets.

    Returns:
        boot, time_us and ord of the 261, and the connection.
    """
    reach = settings.us("think")
    rows = rdp.filter(C("kind").is_in(["rcm_261", "rcm_1149"])).sort("ord").select(
        "boot", "era", "time_us", "ord", "uid", begins=C("kind") == "rcm_261"
    )
    waiting: list[tuple[int, int]] = []
    stretch: tuple[int, int] | None = None
    found: list[tuple[int, int, int, str]] = []
    for boot, era, at_us, at, uid, begins in rows.iter_rows():
        if stretch != (boot, era):
            stretch, waiting = (boot, era), []
        if begins:
            waiting.append((at_us, at))
            continue
        place = len(waiting) - 1
        while place >= 0 and waiting[place][0] > at_us:  # the clock faltered
            place -= 1
        while place > 0 and waiting[place - 1][0] == waiting[place][0]:
            place -= 1
        if place >= 0 and at_us - waiting[place][0] <= reach:
            found.append((boot, *waiting.pop(place), f"~{uid}"))
    return pl.DataFrame(
        found,
        schema={"boot": pl.Int64, "time_us": pl.Int64, "ord": pl.Int64, "connection": pl.String},
        orient="row",
    )


def unproven_boots(events: pl.DataFrame) -> list[int]:
    """Boots of builds that write 1149 for wrong passwords too (R4.6)."""
    built = (
        events.filter(C("kind").is_in(["kernel_12", "eventlog_6009"]) & C("os_build").is_not_null())
        .group_by("boot")
        .agg(build=C("os_build").cast(pl.Int64, strict=False).max())
    )
    return built.filter(C("build") < FIRST_PROVING_BUILD)["boot"].sort().to_list()


def connection_facts(events: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """What a connection's own events say of it, a row a (boot, connection)."""
    unproven = unproven_boots(events)
    own = members.join(
        events.select(
            "ord", "time_us", "kind", "address", "port", "session_name", "ts_id", "sam", "reason",
            "target_user", "target_domain", "target_sid", "verb", "detail", "os_build", "uid",
        ),
        on="ord",
        how="inner",
    ).sort("boot", "connection", "ord")
    kind = C("kind")

    def first(column: str, *kinds: str) -> pl.Expr:
        return C(column).filter(kind.is_in(list(kinds))).drop_nulls().first()

    desk = ["lsm_21", "lsm_25"]
    return own.group_by("boot", "connection", maintain_order=True).agg(
        ambiguous=C("ambiguous").any(),
        start_us=pl.coalesce(
            C("time_us").filter(kind.is_in(["core_131", "rcm_261"])).first(), C("time_us").first()
        ),
        start_ord=pl.coalesce(
            C("ord").filter(kind.is_in(["core_131", "rcm_261"])).first(), C("ord").first()
        ),
        last_us=C("time_us").max(),
        last_ord=C("ord").max(),
        closed_us=C("time_us").filter(kind.is_in(["core_102", "core_103"])).last(),
        closed_ord=C("ord").filter(kind.is_in(["core_102", "core_103"])).last(),
        peer=first("address", "core_131"),
        port=first("port", "core_131"),
        auth_from=first("address", "rcm_1149"),
        desk_from=first("address", *desk),
        failed_from=first("address", "core_140"),
        scanned_from=first("address", "core_139"),
        session_name=first("session_name", "core_65", "core_66"),
        last_ts=C("ts_id").filter(kind.is_in(["core_66", "core_72", "lsm_41"])).last(),
        desk_ts=first("ts_id", *desk),
        auth_us=first("time_us", "rcm_1149"),
        auth_ord=first("ord", "rcm_1149"),
        arbitration_us=first("time_us", "lsm_41", "lsm_42"),
        arbitration_ord=first("ord", "lsm_41", "lsm_42"),
        desk_us=first("time_us", *desk),
        desk_ord=first("ord", *desk),
        rejected_us=first("time_us", "core_140"),
        rejected_ord=first("ord", "core_140"),
        sam=pl.coalesce(first("sam", "rcm_1149"), first("sam", *desk, "lsm_41", "lsm_42")),
        user=pl.coalesce(
            first("target_user", *desk, "lsm_41", "lsm_42"), first("target_user", "rcm_1149")
        ),
        realm=pl.coalesce(
            first("target_domain", *desk, "lsm_41", "lsm_42"), first("target_domain", "rcm_1149")
        ),
        named=(kind == "rcm_1149").any()
        & first("sam", "rcm_1149").is_not_null()
        & ~C("boot").first().is_in(unproven),
        client_time_zone=first("detail", "core_104").str.strip_chars("[] "),
        client_os=pl.concat_str(
            first("detail", "core_169"), first("verb", "core_169"), separator="/"
        ),
        bare=(kind == "rcm_261").all(),
    ).with_columns(
        address=pl.coalesce("peer", "auth_from", "desk_from", "failed_from", "scanned_from")
    )
