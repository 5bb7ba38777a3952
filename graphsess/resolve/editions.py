"""What the system says of itself: its product, its time zone, how many may sit at it at once.

Events:  EventLog 6013 (product in its Binary, time zone), Kernel-General 12 (build)
Key:     host
Order:   the last word holds
Limits:  without 6013 a client is known only by builds that no server shares; a system whose limit
         was patched away still lets one account have one desktop, for it reconnects
See:     rule R5.5
"""

from __future__ import annotations

import polars as pl

C = pl.col
CLIENT_BUILDS = (10240, 10586, 15063, 19041, 19042, 19043, 19044, 19045, 22000, 22621, 22631, 26200)
"""Builds of Windows 10 and 11 that no edition of Windows Server has."""
NEW_DESKTOP = ("lsm_21", "winlogon_7001")
"""What only a new desktop begins with; a return to one writes neither."""


def product(events: pl.DataFrame) -> str | None:
    """The product's name, as "Windows 10 Pro"."""
    return _last(events, "detail")


def time_zone(events: pl.DataFrame) -> str | None:
    """The host's time zone as Windows names it, in the language of the system."""
    return _last(events, "object")


def single_session(events: pl.DataFrame) -> bool:
    """Whether it is a client edition, on which nobody has two desktops at once."""
    name = product(events)
    if name is not None:
        low = name.lower()
        return "windows" in low and "server" not in low and "multi-session" not in low
    builds = events.filter(C("kind") == "kernel_12").sort("ord")["os_build"].drop_nulls()
    return bool(builds.len()) and str(builds[-1]) in map(str, CLIENT_BUILDS)


def successors(
    events: pl.DataFrame, desks: pl.DataFrame, attached: pl.DataFrame
) -> pl.DataFrame:
    """Desk → the same account's next new desktop on a client edition: succ_us, succ_ord.

    Had the earlier desktop still been there, the account would have come back to it. So it was
    gone by then, whatever the log lacks.
    """
    whose = desks.select(
        "desk", "boot", "first_ord", who=pl.coalesce("sid", C("user").str.to_lowercase())
    ).filter(C("who").is_not_null() & pl.lit(single_session(events)))
    new = (
        attached.filter((C("nth") == 0) & C("opening").is_in(NEW_DESKTOP))
        .select("desk", succ_ord="at", succ_us="at_us")
        .join(whose.select("desk", "boot", "who", begun="first_ord"), on="desk", how="inner")
        .sort("begun")
    )
    return (
        whose.sort("first_ord")
        .join_asof(
            new.drop("desk"), left_on="first_ord", right_on="begun", by=["boot", "who"],
            strategy="forward", allow_exact_matches=False, check_sortedness=False,
        )
        .filter(C("succ_ord").is_not_null())
        .select("desk", "succ_us", "succ_ord")
        .sort("desk")
    )


def _last(events: pl.DataFrame, column: str) -> str | None:
    found = events.filter(C("kind") == "eventlog_6013").sort("ord")[column].drop_nulls()
    return str(found[-1]) if found.len() else None
