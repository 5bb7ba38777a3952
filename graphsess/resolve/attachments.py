"""Attachments: each time a person came to sit at a desktop, at the console or over a connection.

Events:  LSM 21, 25; Security 4778, 4624 of a desktop; System 7001; for what was open before the log
         begins, the first sign of its end or of its life
Key:     (desk, opening event)
Order:   by host order
Limits:  a desktop that was open and disconnected before the log begins had an attachment that no
         log shows; none is made up
See:     rules R3.4, R3.6, R4.2, R5.3, R5.8, R5.12
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import any_within
from graphsess.resolve.connections import CONSOLE_ACTIVITY
from graphsess.settings import Settings

C = pl.col
BESIDE_US = 3_000_000  # 4778 stands beside its LSM 25 within this
ENDINGS = ("lsm_24", "lsm_39", "lsm_40", "security_4779", "lsm_23", "winlogon_7002",
           "security_4647")
TAKEN_OVER = 5  # LSM 40: replaced by another connection
LOGGED_OFF = (12, 2)
GOES_WITH_END = (
    "lsm_23", "lsm_24", "lsm_39", "lsm_40", "winlogon_7002", "security_4647", "security_4779",
    "security_4634", "profile_3", "profile_4",
)
LIVES = ("lsm_22", "security_4800", "security_4801", "security_4802", "security_4803", "sysmon_1",
         "security_4688")
SHAPE = ["desk", "at", "at_us", "opening", "opened_by", "connection", "place", "session_name",
         "address"]


def attachments(
    events: pl.DataFrame,
    timeline: pl.DataFrame,
    desks: pl.DataFrame,
    members: pl.DataFrame,
    unlocks: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """A row an attachment, numbered (`attachment`) and counted per desk (`nth`).

    `unlocks` are remote unlocks that no LSM or 4778 tells of: desk, at, at_us, address.

    `place` is console, rdp or null where the log does not tell; `opening` the kind of the event.
    """
    virtual = _virtual_desktops(timeline, events)
    facts = (
        timeline.join(
            events.select("ord", "address", "verb", "session_name", "activity_id", "sam",
                          "logon_type", "reason"),
            on="ord", how="left",
        )
        .join(members.select("ord", "connection"), on="ord", how="left")
        .join(virtual, on="desk", how="left")
        .sort("desk", "ord")
    )
    lsm = facts.filter(C("kind").is_in(["lsm_21", "lsm_25"]))
    station = _alone(
        facts.filter(C("kind") == "security_4778"), lsm.filter(C("kind") == "lsm_25"), BESIDE_US
    )
    made = _alone(
        facts.filter((C("kind") == "security_4624") & (C("by") == "luid"))
        .join(desks.select("desk", "by_luid", "lives", "logon_ord"), on="desk", how="left")
        .filter(C("by_luid") | (C("lives") & C("logon_ord").is_null()))
        .unique("desk", keep="first", maintain_order=True),
        pl.concat([lsm.select("desk", "time_us"), station.select("desk", "time_us")]),
        settings.us("security"),
    )
    notice = _alone(
        facts.filter(C("kind").is_in(["winlogon_7001", "profile_1"]))
        .join(desks.select("desk", "lives", "by_lsm"), on="desk", how="left")
        .filter(C("lives") & ~C("by_lsm"))
        .unique("desk", keep="first", maintain_order=True),
        pl.concat(
            [frame.select("desk", "time_us") for frame in (lsm, station, made)]
        ),
        settings.us("security"),
    )
    opened = pl.concat(
        [frame.select(facts.columns) for frame in (lsm, station, made, notice)]
    ).select(
        "desk",
        at="ord",
        at_us="time_us",
        opening=C("kind").cast(pl.String),
        opened_by=pl.when(
            C("kind").is_in(["lsm_25", "security_4778"])
            | ((C("kind") == "security_4624") & C("logon_type").is_in([7, 13]))
        )
        .then(pl.lit("reconnect"))
        .otherwise(pl.lit("logon")),
        connection="connection",
        protocol="protocol",
        place=_place(),
        session_name="session_name",
        address="address",
    )
    again = unlocks.select(
        "desk", "at", "at_us", opening=pl.lit("security_4624"), opened_by=pl.lit("reconnect"),
        connection=pl.lit(None, pl.String), protocol=pl.lit(None, pl.String),
        place=pl.lit("rdp"), session_name=pl.lit(None, pl.String), address="address",
    )
    every = pl.concat([opened, _before_coverage(facts, opened, desks), again])
    return (
        every.sort("desk", "at", "opened_by")
        .unique(["desk", "at"], keep="first", maintain_order=True)
        .with_columns(nth=pl.int_range(pl.len(), dtype=pl.Int64).over("desk"))
        .sort("at", "desk")
        .with_row_index("attachment")
        .with_columns(C("attachment").cast(pl.Int64))
    )


def _alone(found: pl.DataFrame, beside: pl.DataFrame, window_us: int) -> pl.DataFrame:
    """The events that have none of `beside` on the same desk within the window."""
    near = any_within(
        found, beside, on=["desk"], time=("time_us", "time_us"), before_us=window_us,
        after_us=window_us,
    )
    return found.join(near, on=["desk", "ord"], how="anti")


def _virtual_desktops(timeline: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Desks whose station name is neither Console nor RDP-Tcp: Citrix, AVD, Hyper-V (N8)."""
    name = C("session_name").str.to_lowercase()
    return (
        timeline.filter(C("kind").is_in(["security_4778", "security_4779"]))
        .join(events.select("ord", "session_name"), on="ord", how="inner")
        .filter((name != "console") & ~name.str.starts_with("rdp-tcp"))
        .sort("desk", "ord")
        .unique("desk", keep="first", maintain_order=True)
        .select(
            "desk",
            protocol=pl.when(name.str.starts_with("ica-"))
            .then(pl.lit("ica"))
            .when(name.str.starts_with("rdp-sxs"))
            .then(pl.lit("avd"))
            .otherwise(pl.lit("other")),
        )
    )


def _place() -> pl.Expr:
    """Console or RDP, by what the opening event says of itself."""
    kind, activity = C("kind"), C("activity_id")
    lsm = kind.is_in(["lsm_21", "lsm_25", "lsm_24"])
    console_mark = activity.str.starts_with(CONSOLE_ACTIVITY)
    transport = activity.is_not_null() & ~console_mark
    station = kind.is_in(["security_4778", "security_4779"])
    return (
        pl.when(lsm & C("address").is_not_null())
        .then(pl.lit("rdp"))
        .when(lsm & C("protocol").is_not_null())
        .then(pl.lit("rdp"))
        .when(lsm & (C("verb") == "LOCAL") & ~((kind != "lsm_24") & transport.fill_null(False)))
        .then(pl.lit("console"))
        .when(lsm & transport & (kind != "lsm_24"))
        .then(pl.lit("rdp"))
        .when(lsm & console_mark & (kind != "lsm_24"))
        .then(pl.lit("console"))
        .when(station & (C("session_name").str.to_lowercase() == "console"))
        .then(pl.lit("console"))
        .when(station & C("session_name").is_not_null())
        .then(pl.lit("rdp"))
        .when((kind == "security_4624") & C("logon_type").is_in([7, 10, 12, 13]))
        .then(pl.lit("rdp"))
        .when((kind == "security_4624") & C("logon_type").is_in([2, 11]))
        .then(pl.lit("console"))
    )


def _before_coverage(
    facts: pl.DataFrame, opened: pl.DataFrame, desks: pl.DataFrame
) -> pl.DataFrame:
    """What was attached when the log begins: an end without a start, or only life on the desk."""
    first = opened.group_by("desk").agg(first_at=C("at").min())
    rows = facts.join(first, on="desk", how="left").filter(
        C("first_at").is_null() | (C("ord") < C("first_at"))
    )
    ending = C("kind").is_in(ENDINGS) & ~(
        (C("kind") == "lsm_40") & (C("reason") == TAKEN_OVER)
    ).fill_null(value=False)
    closing = C("kind").is_in(["lsm_24", "security_4779"])
    return (
        rows.join(desks.select("desk", "lives"), on="desk", how="left")
        .filter(C("lives"))
        .with_columns(ending=ending, place=pl.when(closing).then(_place()))
        .sort("desk", "ord")
        .group_by("desk", maintain_order=True)
        .agg(
            at=C("ord").first(),
            at_us=C("time_us").first(),
            opened_first=C("first_at").first(),
            ended=C("ending").any(),
            alive=(C("kind").is_in(LIVES)).any() | C("ending").any(),
            place=C("place").drop_nulls().first(),
            session_name=C("session_name").filter(closing).drop_nulls().first(),
            address=C("address").filter(closing).drop_nulls().first(),
            connection=C("connection").filter(C("kind") == "lsm_24").drop_nulls().first(),
            protocol=C("protocol").first(),
        )
        .filter(C("ended") | (C("opened_first").is_null() & C("alive")))
        .select(
            "desk", "at", "at_us", opening=pl.lit("before"), opened_by=pl.lit("before_coverage"),
            connection="connection", protocol="protocol", place="place",
            session_name="session_name",
            address="address",
        )
    )


def _cuts(
    rows: pl.DataFrame, placed: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """When each attachment was cut off, and the 40{5} that prove nothing (finding 6, R4.2).

    What happens on the desktop after that is no longer the attachment's: a logoff of a
    disconnected session ends the local session only. A 40 with reason 5 displaces somebody only
    with a 24 or 4779 beside it; otherwise it belongs to the reconnect that follows.
    """
    parts = placed.filter(
        C("kind").is_in(["lsm_24", "security_4779", "lsm_39"])
        | ((C("kind") == "lsm_40") & ~C("reason").is_in([TAKEN_OVER, *LOGGED_OFF]).fill_null(
            value=False
        ))
    )
    left = (
        parts.filter(C("attachment").is_not_null() & (C("at").is_null() | (C("ord") >= C("at"))))
        .group_by("attachment")
        .agg(cut_us=C("time_us").min(), cut_ord=C("ord").min())
        .sort("attachment")
    )
    proofs = rows.filter(C("kind").is_in(["lsm_24", "security_4779"]))
    taken = rows.filter((C("kind") == "lsm_40") & (C("reason") == TAKEN_OVER)).select(
        "desk", "ord", "time_us"
    )
    near = settings.us("end")
    proven = any_within(
        taken, proofs, on=["desk"], time=("time_us", "time_us"), before_us=near, after_us=near
    )
    lonely = taken.join(proven, on=["desk", "ord"], how="anti").select(
        "desk", "ord", alone=pl.lit(value=True)
    )
    return left, lonely


def owned(
    timeline: pl.DataFrame, events: pl.DataFrame, attached: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """Each desktop event with the attachment it belongs to: desk, ord, …, attachment.

    What precedes an opening (41, 7001, 4624, 4778) belongs to it; all else to the latest
    attachment before it. A 4779 or 24 that bears the name or address of the attachment before that
    one belongs there: ends may be written after the next beginning.
    """
    ahead = ["lsm_41", "lsm_42", "winlogon_7001", "profile_1", "profile_2", "core_66", "core_72",
             "security_4624", "security_4672", "security_4778"]
    rows = timeline.join(
        events.select("ord", "session_name", "address", "verb", "reason"), on="ord", how="left"
    ).sort("ord")
    marks = attached.select(
        "desk", "attachment", "nth", at="at", at_us="at_us", own_name="session_name",
        own_from="address",
    ).sort("at")
    back = rows.join_asof(
        marks, left_on="ord", right_on="at", by="desk", strategy="backward",
        check_sortedness=False,
    )
    following = rows.select("desk", "ord", "time_us", "kind").join_asof(
        marks.select("desk", next_one="attachment", next_at="at", next_us="at_us"),
        left_on="ord", right_on="next_at", by="desk", strategy="forward", check_sortedness=False,
    )
    reach = pl.when(C("kind") == "security_4778").then(BESIDE_US).otherwise(
        settings.us("security")
    )
    both = back.join(
        following.select("desk", "ord", "next_one", "next_us"), on=["desk", "ord"], how="left"
    ).with_columns(
        forward=C("kind").is_in(ahead)
        & C("next_one").is_not_null()
        & ((C("next_us") - C("time_us")) <= reach)
    )
    prior = attached.select(
        "desk", nth=C("nth") + 1, prior="attachment", prior_name="session_name",
        prior_from="address",
    )
    renamed = (
        (C("kind") == "security_4779")
        & (C("session_name") != C("own_name"))
        & (C("session_name") == C("prior_name"))
    ) | (
        (C("kind") == "lsm_24")
        & C("address").is_not_null()
        & (C("address") != C("own_from"))
        & (C("address") == C("prior_from"))
    )
    moved = both.join(prior, on=["desk", "nth"], how="left").with_columns(
        renamed=renamed.fill_null(value=False)
    ).with_columns(
        attachment=pl.when(C("renamed")).then("prior").otherwise("attachment"),
        at=pl.when(C("renamed")).then(None).otherwise("at"),
    )
    left, lonely = _cuts(rows, moved, settings)
    past = C("ord") > C("cut_ord")
    soon = (C("next_us") - C("time_us")) <= settings.us("security")
    return (
        moved.join(left, on="attachment", how="left")
        .join(lonely, on=["desk", "ord"], how="left")
        .with_columns(
            attachment=pl.when(C("forward") | (C("alone") & soon).fill_null(value=False))
            .then("next_one")
            .when((past & (C("time_us") > C("cut_us") + settings.us("lock"))).fill_null(False))
            .then(None)
            .when(
                (past & (C("time_us") > C("cut_us") + settings.us("end"))).fill_null(value=False)
                & C("kind").is_in(GOES_WITH_END)
            )
            .then(None)
            .otherwise("attachment")
        )
        .join(attached.select("attachment", own_at="at"), on="attachment", how="left")
        .with_columns(
            access=pl.format("a{}", C("attachment")), early=C("ord") < C("own_at")
        )
        .select("desk", "ord", "time_us", "kind", "mark", "by", "attachment", "access", "early")
        .sort("ord", "desk")
    )
