"""Desktops that somebody else took, or watched: who displaced, hijacked or shadowed whom.

Events:  LSM 24, 25, 40; Security 4778, 4779; RCM 20503-20511
Key:     the attachment that ended, the attachment that followed
Order:   by host order
Limits:  a takeover without 4778 and 4779 is told by address and connection alone
See:     rules R4.2, R5.9, R5.9b, R5.10
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import within
from graphsess.resolve.links import linked
from graphsess.settings import Settings

C = pl.col
HIJACK_US = 2_000_000


def displacement_links(
    links: pl.DataFrame, events: pl.DataFrame, attached: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """Ends of the old attachment that its successor caused, linked to the successor too (R4.2)."""
    ends = (
        links.filter(C("role") == "DISCONNECT")
        .join(events.select("ord", "kind", "time_us", "reason"), on="ord", how="left")
        .filter(C("kind").is_in(["lsm_24", "lsm_40", "security_4779"]))
    )
    after = attached.select(
        "desk", "nth", access=pl.format("a{}", C("attachment"))
    ).join(
        attached.filter(C("opened_by") == "reconnect").select(
            "desk", nth=C("nth") - 1, next_us="at_us", successor=pl.format("a{}", C("attachment"))
        ),
        on=["desk", "nth"], how="inner",
    )
    taken = ends.filter((C("kind") == "lsm_40") & (C("reason") == 5))["access"].unique()
    rows = (
        ends.filter(C("access").is_in(taken.implode()))
        .join(after, on="access", how="inner")
        .filter(C("next_us") - C("time_us") <= settings.us("security"))
        .with_columns(access=C("successor"), role=pl.lit("DISPLACED_BY"))
    )
    return linked(rows, rule="R4.2", how=pl.lit("exact"))


def hijacks(events: pl.DataFrame, attached: pl.DataFrame, owned: pl.DataFrame,
            connections: pl.DataFrame) -> pl.DataFrame:
    """Sessions taken with their connection by another user (R5.9, R5.9b): access, ord, rule.

    4779 of A and 4778 of B on one SessionName and client within two seconds with no new
    authentication between; without those, LSM 24 of A and 25 of B from one address over a
    connection that was there before.
    """
    left = events.filter(C("kind") == "security_4779").select(
        "boot", "session_name", "client_name", "address", gone="ord", gone_us="time_us",
        gone_sam="sam", gone_luid="target_luid",
    )
    taken = (
        events.filter(C("kind") == "security_4778")
        .select("boot", "session_name", "client_name", "address", "time_us", "sam", "ord")
        .join(owned.select("ord", "attachment"), on="ord", how="inner")
    )
    pairs = within(
        taken, left, on=["boot", "session_name"], time=("time_us", "gone_us"),
        before_us=HIJACK_US, after_us=0,
    ).filter(
        (C("sam") != C("gone_sam"))
        & (C("session_name").str.to_lowercase() != "console")
        & (C("client_name") == C("client_name_right")).fill_null(value=True)
        & (C("address") == C("address_right")).fill_null(value=True)
    )
    fresh = events.filter(
        C("kind").is_in(["rcm_1149", "core_131", "rcm_261"])
        | ((C("kind") == "security_4624") & C("logon_type").is_in([10, 12]))
    )["ord"]
    bounds = fresh.sort()
    pairs = pairs.with_columns(
        before=bounds.search_sorted(pairs["gone"]), after=bounds.search_sorted(pairs["ord"])
    ).filter(C("before") == C("after"))
    exact = pairs.select(
        access=pl.format("a{}", C("attachment")), ord="gone", rule=pl.lit("R5.9")
    )
    back = attached.filter(
        (C("opening") == "lsm_25") & C("address").is_not_null() & C("connection").is_not_null()
    ).join(connections.select("boot", "connection", "start_ord"), on=["boot", "connection"],
           how="left").join(
        events.select(at="ord", back_sam="sam"), on="at", how="left"
    )
    went = events.filter((C("kind") == "lsm_24") & C("address").is_not_null()).select(
        "boot", "address", gone="ord", gone_us="time_us", gone_sam="sam"
    )
    silent = (
        within(
            back, went, on=["boot", "address"], time=("at_us", "gone_us"), before_us=HIJACK_US,
            after_us=0,
        )
        .filter(
            (C("back_sam") != C("gone_sam"))
            & (C("start_ord") < C("gone"))
        )
        .pipe(
            lambda found: found.with_columns(
                before=bounds.search_sorted(found["gone"]), after=bounds.search_sorted(found["at"])
            )
        )
        .filter(C("before") == C("after"))
        .select(access=pl.format("a{}", C("attachment")), ord="gone", rule=pl.lit("R5.9b"))
    )
    found = pl.concat([exact, silent]).sort("access", "ord", "rule")
    return found.unique("access", keep="first", maintain_order=True)


def shadow_links(
    events: pl.DataFrame, desks: pl.DataFrame, attached: pl.DataFrame
) -> pl.DataFrame:
    """Who watched or steered a desktop (RCM 20503-20511), in the session then attached to it."""
    watched = events.filter(
        C("kind").cast(pl.String).str.contains(r"^rcm_205\d\d$") & C("ts_id").is_not_null()
    ).select("boot", "ts_id", "ord")
    rows = (
        watched.join(
            desks.filter(C("lives")).select("desk", "boot", "ts_id", "first_ord", "off_ord"),
            on=["boot", "ts_id"], how="inner",
        )
        .filter(
            (C("first_ord") <= C("ord")) & (C("off_ord").is_null() | (C("off_ord") >= C("ord")))
        )
        .sort("ord")
        .join_asof(
            attached.select("desk", "at", "attachment").sort("at"), left_on="ord", right_on="at",
            by="desk", strategy="backward", check_sortedness=False,
        )
        .with_columns(access=pl.format("a{}", C("attachment")), role=pl.lit("SHADOW"))
    )
    return linked(rows, rule="R5.10", how=pl.lit("exact"))
