"""Logon sessions that are only a part of another access: unlocks, refreshes, NLA, temporaries.

Events:  4624 of the byproduct; 4801, LSM 25, 4778, RCM 1149 of its owner
Key:     (host, boot, LUID) → a desk, a connection or a logon
Order:   nearest first
Limits:  with neither LSM nor 4778 a reconnect's temporary logon looks like a short session
See:     rule R2.5 (a)-(h); findings 4, 5, 15
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import assign, within
from graphsess.settings import Settings

C = pl.col
UNLOCKED_US = 5_000_000  # 4801 follows its unlock logon within this
PRECURSOR_LATE_US = 1_000_000  # a precursor may be written this long after its 1149
PRECURSOR_DESK_US = 30_000_000  # … or this long before its desktop logon, where 1149 is missing
CONTACT_US = 5_000_000  # … or this long after the client's first contact
ANONYMOUS_US = 5_000_000
SHAPE = ["boot", "luid", "desk", "connection", "owner_luid", "rule"]


def desk_byproducts(
    events: pl.DataFrame, logons: pl.DataFrame, desks: pl.DataFrame, timeline: pl.DataFrame
) -> pl.DataFrame:
    """Unlocks, refreshes and elevation prompts → the desk they belong to (R2.5 a, b, c)."""
    small = logons.filter(
        C("desk").is_null()
        & C("role").is_in(["unlock", "refresh", "elevation", "desktop"])
        & C("start_us").is_not_null()
    ).select(
        "boot", "luid", "role", "sam", "start_us", "source_class",
        at=pl.coalesce("start_ord", "first_ord"),
    )
    unlocked = timeline.filter(C("kind") == "security_4801").join(
        desks.select("desk", "boot", "sam"), on="desk", how="left"
    ).select("desk", "boot", "sam", "ord", unlocked_us="time_us")
    followed = within(
        small.filter(C("role").is_in(["unlock", "refresh"])), unlocked,
        on=["boot", "sam"], time=("start_us", "unlocked_us"), before_us=0, after_us=UNLOCKED_US,
    ).sort("boot", "luid", "dt", "ord").unique(["boot", "luid"], keep="first", maintain_order=True)
    rest = small.join(followed, on=["boot", "luid"], how="anti")
    any_user = rest.filter(C("role") == "elevation").with_columns(sam=pl.lit("*"))
    open_desks = desks.filter(C("established") | C("ts_id").is_null()).select(
        "desk", "boot", "sam", "off_ord", begun="first_ord"
    )
    everyone = pl.concat([open_desks, open_desks.with_columns(sam=pl.lit("*"))]).sort("begun")
    latest = (
        pl.concat([rest.filter(C("role") != "elevation"), any_user])
        .sort("at")
        .join_asof(
            everyone, left_on="at", right_on="begun", by=["boot", "sam"], strategy="backward",
            check_sortedness=False,
        )
        .filter(C("desk").is_not_null() & (C("off_ord").is_null() | (C("off_ord") >= C("at"))))
    )
    rule = (
        pl.when(C("role") == "refresh").then(pl.lit("R2.5b"))
        .when(C("role") == "elevation").then(pl.lit("R2.5c"))
        .otherwise(pl.lit("R2.5a"))
    )
    return _shaped(
        pl.concat(
            [
                followed.select("boot", "luid", "desk", "role"),
                latest.select("boot", "luid", "desk", "role"),
            ]
        ).with_columns(rule=rule)
    )


def precursors(
    logons: pl.DataFrame, connections: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """Type-3 logons that only prepare an RDP connection → that connection (R2.5 d, R4.7)."""
    quiet = logons.filter(
        (C("role") == "network")
        & (C("logon_type") == 3)
        & C("logged_us").is_not_null()
        & (C("source_port").is_null() | (C("source_port") == 0))
    ).select("boot", "luid", "sam", "start_us", "start_ord", "source_address", "package")
    proven = connections.filter(C("auth_us").is_not_null() & C("sam").is_not_null())
    before_1149 = within(
        quiet, proven.select("boot", "connection", "sam", "auth_us", "address"),
        on=["boot", "sam"], time=("start_us", "auth_us"),
        before_us=PRECURSOR_LATE_US, after_us=settings.us("nla"),
    ).filter((C("source_address") == C("address")).fill_null(value=True))
    waited = within(
        quiet.filter(C("source_address").is_not_null()),
        proven.filter(C("start_us") < C("auth_us")).select(
            "boot", "connection", "sam", "auth_us", "address", contact_us="start_us"
        ),
        on=["boot", "sam"], time=("start_us", "auth_us"),
        before_us=PRECURSOR_LATE_US, after_us=settings.us("think"),
    ).filter((C("source_address") == C("address")) & (C("start_us") >= C("contact_us")))
    candidates = pl.concat(
        [
            frame.select("boot", "luid", "connection", "dt", "start_us")
            for frame in (before_1149, waited)
        ]
    ).unique(["boot", "luid", "connection"], keep="first", maintain_order=True)
    by_auth = assign(candidates, "luid", "connection")
    silent = connections.filter(C("auth_us").is_null() & C("peer").is_not_null())
    contained = within(
        quiet.join(by_auth, on=["boot", "luid"], how="anti").filter(
            (C("package") != "Kerberos").fill_null(value=True)
        ),
        silent.select("boot", "connection", "peer", "closed_us", contact_us="start_us"),
        on=["boot"], time=("start_us", "contact_us"), before_us=CONTACT_US, after_us=0,
    ).filter(
        (C("source_address") == C("peer")).fill_null(value=True)
        & (C("closed_us").is_null() | (C("closed_us") >= C("start_us")))
    )
    inside = assign(contained, "luid", "connection")
    return pl.concat(
        [
            _shaped(by_auth.with_columns(rule=pl.lit("R2.5d"))),
            _shaped(inside.with_columns(rule=pl.lit("R4.7"))),
        ]
    )


def precursors_of_logons(logons: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Type-3 precursors where no 1149 is left → the desktop logon that follows (R2.5 d)."""
    quiet = (
        logons.filter(
            (C("role") == "network")
            & (C("logon_type") == 3)
            & C("logged_us").is_not_null()
            & C("source_address").is_not_null()
            & (C("source_port").is_null() | (C("source_port") == 0))
        )
        .join(taken, on=["boot", "luid"], how="anti")
        .select("boot", "luid", "sam", "start_us", "source_address")
    )
    follows = logons.filter(
        ((C("role") == "desktop") & C("logon_type").is_in([10, 12])) | (C("role") == "unlock")
    ).filter(C("logged_us").is_not_null() & C("source_address").is_not_null()).select(
        "boot", "sam", "source_address", owner_luid="luid", owner_us="start_us"
    )
    near = within(
        quiet, follows, on=["boot", "sam", "source_address"], time=("start_us", "owner_us"),
        before_us=0, after_us=PRECURSOR_DESK_US,
    )
    return _shaped(assign(near, "luid", "owner_luid").with_columns(rule=pl.lit("R2.5d")))


def late_precursors(
    logons: pl.DataFrame, timeline: pl.DataFrame, desks: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """A type-3 LUID of which only its 4634 is left, beside the end of its user's RDP session.

    The precursor lives as long as the connection (finding 4), so its end alone betrays it.
    """
    gone = logons.filter(
        (C("logon_type") == 3)
        & C("logged_us").is_null()
        & C("destroyed_us").is_not_null()
        & C("last_seen_ord").is_null()
    ).select("boot", "luid", "sam", "destroyed_us")
    ends = timeline.filter(C("kind").is_in(["lsm_24", "security_4779"])).join(
        desks.select("desk", "boot", "sam"), on="desk", how="left"
    ).select("boot", "sam", "desk", "ord", end_us="time_us")
    near = within(
        gone, ends, on=["boot", "sam"], time=("destroyed_us", "end_us"),
        before_us=settings.us("nla_end_after"), after_us=settings.us("nla_end_before"),
    )
    chosen = assign(near, "luid", "ord").sort("boot", "luid", "dt").unique(
        ["boot", "luid"], keep="first", maintain_order=True
    )
    return _shaped(chosen.with_columns(rule=pl.lit("R2.5d")))


def temporaries(
    events: pl.DataFrame,
    logons: pl.DataFrame,
    desks: pl.DataFrame,
    timeline: pl.DataFrame,
    members: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """Throw-away logons of a reconnect → the desk that was reconnected to (R2.5 g).

    A type 10/12 of a desktop that never came to life, or a type 7/13 with a remote address, beside
    an LSM 25 or 4778 of the same user on another desktop. Where its 4624 is lost, its 4634 stands
    beside them.
    """
    window = settings.us("security")
    talk = timeline.join(members.select("ord", "connection"), on="ord", how="inner")
    spoken = talk.group_by("desk").agg(spoken=C("connection").unique())
    lived = desks.filter(C("confirmed"))["desk"]
    brief = (
        logons.filter(
            (
                ((C("role") == "desktop") & C("logon_type").is_in([10, 12]))
                | ((C("role") == "unlock") & (C("source_class") != "local"))
            )
            & (
                C("logged_us").is_not_null()
                | (C("destroyed_us").is_not_null() & C("last_seen_ord").is_null())
            )
        )
        .filter(C("desk").is_null() | ~C("desk").is_in(lived.implode()) | C("desk_by_luid"))
        .join(spoken, on="desk", how="left")
        .select(
            "boot", "luid", "sam", "source_address", "spoken", own="desk",
            start_us=pl.when(C("logged_us").is_null()).then("destroyed_us").otherwise("start_us"),
        )
    )
    backs = (
        timeline.filter(C("kind").is_in(["lsm_25", "security_4778"]))
        .join(desks.select("desk", "boot"), on="desk", how="left")
        .join(events.select("ord", "sam", "address"), on="ord", how="left")
        .join(members.select("ord", "connection"), on="ord", how="left")
        .select("boot", "sam", "desk", "ord", "connection", back_us="time_us", back_from="address")
    )
    near = within(
        brief, backs, on=["boot", "sam"], time=("start_us", "back_us"),
        before_us=settings.us("end"), after_us=window,
    ).filter(
        (C("source_address") == C("back_from")).fill_null(value=True)
        & (C("own") != C("desk")).fill_null(value=True)
        & (
            C("spoken").is_null() | C("connection").is_null()
            | C("spoken").list.contains(C("connection"))
        )
    )
    chosen = near.sort("boot", "luid", "dt", "ord").unique(
        ["boot", "luid"], keep="first", maintain_order=True
    )
    return _shaped(chosen.drop("connection").with_columns(rule=pl.lit("R2.5g")))


def anonymous_shadows(logons: pl.DataFrame) -> pl.DataFrame:
    """An anonymous logon just before a real one from the same address (R2.5 e)."""
    shadow = logons.filter((C("role") == "anonymous") & C("source_address").is_not_null()).select(
        "boot", "luid", "start_us", "source_address"
    )
    real = logons.filter(
        (C("role") == "network") & (C("class") != "anonymous") & C("source_address").is_not_null()
    ).select("boot", "source_address", owner_luid="luid", owner_us="start_us")
    near = within(
        shadow.filter(C("start_us").is_not_null()), real.filter(C("owner_us").is_not_null()),
        on=["boot", "source_address"], time=("start_us", "owner_us"),
        before_us=0, after_us=ANONYMOUS_US,
    )
    chosen = near.sort("boot", "luid", "dt", "owner_luid").unique(
        ["boot", "luid"], keep="first", maintain_order=True
    )
    return _shaped(chosen.with_columns(rule=pl.lit("R2.5e")))


def none() -> pl.DataFrame:
    """No byproducts, in the common shape."""
    return pl.DataFrame(
        schema={
            "boot": pl.Int64, "luid": pl.Int64, "desk": pl.Int64, "connection": pl.String,
            "owner_luid": pl.Int64, "rule": pl.String,
        }
    )


def _shaped(found: pl.DataFrame) -> pl.DataFrame:
    types = none().schema
    return found.select(
        *[
            (C(name) if name in found.columns else pl.lit(None)).cast(types[name]).alias(name)
            for name in SHAPE
        ]
    )
