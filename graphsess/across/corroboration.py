"""Attempts that a domain controller saw too: one attempt, not two.

Events:  4768, 4771, 4776 of a controller beside 4625, 140 of the host that was asked
Key:     one to one by account within two seconds, nearest first
Order:   by distance, then session id
Limits:  an attempt that only RdpCoreTS 140 tells of has no account to compare, and a controller's
         4776 no address: such an attempt is told twice
See:     rule R5.6
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import assign, within

C = pl.col
SAME_ATTEMPT_US = 2_000_000
AT_CONTROLLER = "seen_at_dc_only"


def corroboration(sessions: pl.DataFrame) -> pl.DataFrame:
    """dc_session, session: which failed attempt on a host a controller's record tells of."""
    failed = sessions.filter(
        C("outcome").is_in(["failed", "denied"]) & C("start_us").is_not_null()
    ).with_columns(
        sam=pl.coalesce("user", "attempted_user")
        .str.to_lowercase()
        .str.extract(r"([^\\]+)$", 1)
        .str.split("@")
        .list.first(),
        at_dc=C("flags").list.contains(AT_CONTROLLER),
    )
    seen = failed.filter(C("at_dc")).select(
        "sam", "host", dc_session="id", dc_us="start_us"
    )
    asked = failed.filter(~C("at_dc")).select("sam", session="id", us="start_us", at="host")
    reach = {"before_us": SAME_ATTEMPT_US, "after_us": SAME_ATTEMPT_US}
    named = within(
        seen.filter(C("sam").is_not_null()), asked.filter(C("sam").is_not_null()),
        on=["sam"], time=("dc_us", "us"), **reach,
    )
    pairs = [
        assign(part, "dc_session", "session").select("dc_session", "session")
        for _, part in sorted(named.group_by("host"), key=lambda item: str(item[0]))
    ]
    by_name = pl.concat(pairs) if pairs else named.select("dc_session", "session")
    return by_name.with_columns(rule=pl.lit("R5.6")).sort("dc_session", "session")
