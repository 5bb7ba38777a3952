"""Attempts that a domain controller saw too: one attempt, not two.

Events:  4768, 4771, 4776 of a controller beside 4625, 140 of the host that was asked
Key:     one to one by account within two seconds, nearest first; by address where the host knows
         no account; by account and status where only controllers tell of it
Order:   by controller, distance, then session id
Limits:  an attempt that only RdpCoreTS 140 tells of has no account to compare, and a controller's
         4776 no address: such an attempt is told twice
See:     rule R5.6
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import assign, within
from graphsess.resolve.identities import sam_of

C = pl.col
SAME_ATTEMPT_US = 2_000_000
AT_CONTROLLER = "seen_at_dc_only"


def corroboration(sessions: pl.DataFrame) -> pl.DataFrame:
    """dc_session, session: which failed attempt on a host a controller's record tells of."""
    failed = sessions.filter(
        C("outcome").is_in(["failed", "denied"]) & C("start_us").is_not_null()
    ).with_columns(
        sam=sam_of(pl.coalesce("user", "attempted_user")),
        at_dc=C("flags").list.contains(AT_CONTROLLER),
    )
    told = failed.filter(C("at_dc")).select(
        "sam", "host", address="source_address", why="end_reason", dc_session="id",
        dc_us="start_us",
    )
    asked = failed.filter(~C("at_dc")).select(
        "sam", address="source_address", session="id", us="start_us"
    )
    controllers = [part for _, part in sorted(told.group_by("host"), key=lambda it: str(it[0]))]
    nameless = asked.filter(C("sam").is_null())
    found = [_pairs(told.clear(), asked, ["sam"])]
    kept = told.clear()
    for own in controllers:
        by_name = _pairs(own, asked, ["sam"])
        rest = own.join(by_name, on="dc_session", how="anti")
        by_address = _pairs(rest, nameless, ["address"])
        rest = rest.join(by_address, on="dc_session", how="anti")
        elsewhere = _pairs(
            rest, kept.select("sam", "why", session="dc_session", us="dc_us"), ["sam", "why"]
        )
        kept = pl.concat([kept, rest.join(elsewhere, on="dc_session", how="anti")])
        found += [by_name, by_address, elsewhere]
    return pl.concat(found).with_columns(rule=pl.lit("R5.6")).sort("dc_session", "session")


def _pairs(told: pl.DataFrame, asked: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """dc_session, session: one to one, nearest first, with equal `on`."""
    near = within(
        told.filter(pl.all_horizontal(C(name).is_not_null() for name in on)).select(
            *on, "dc_session", "dc_us"
        ),
        asked.filter(pl.all_horizontal(C(name).is_not_null() for name in on)),
        on=on, time=("dc_us", "us"), before_us=SAME_ATTEMPT_US, after_us=SAME_ATTEMPT_US,
    )
    return assign(near, "dc_session", "session").select("dc_session", "session")
