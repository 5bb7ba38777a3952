"""Sessions that came through a gateway: the address behind it (splicing).

Events:  TerminalServices-Gateway 302 on the gateway; the session's own records on the target
Key:     account, target and time: the nearest record within a minute, each used once
Order:   by time distance
Limits:  only a gateway whose log is in the case tells; otherwise the gateway's own address is the
         source, and no step leads on from behind it
See:     rules R4.5, R8.10
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.departures import GATEWAY
from graphsess.resolve.assign import assign, within
from graphsess.resolve.identities import sam_of

C = pl.col
SPLICE_US = 60_000_000


def spliced(sessions: pl.DataFrame, departures: pl.DataFrame) -> pl.DataFrame:
    """session, origin_address, via, uids.

    Args:
        sessions: Table `sessions` of all hosts.
        departures: Table `departures` with `to_host`, the host of the case that is named.
    """
    passed = departures.filter(
        (C("rule") == GATEWAY) & C("origin_address").is_not_null() & C("to_host").is_not_null()
    ).select("uid", "to_host", "origin_address", "time_us", via="host",
             account=sam_of(C("peer_user")))
    came = sessions.filter(
        (C("kind") == "rdp") & C("source_class").is_in(["internal", "external", "unknown"])
    ).select(
        session="id", to_host="host", account=sam_of(pl.coalesce("user", "attempted_user")),
        at_us=pl.coalesce("auth_us", "start_us", "start_latest_us"),
    ).filter(C("account").is_not_null() & C("at_us").is_not_null())
    near = within(
        came, passed.drop_nulls("account"), on=["to_host", "account"], time=("at_us", "time_us"),
        before_us=SPLICE_US, after_us=SPLICE_US,
    ).filter(C("via") != C("to_host"))
    return (
        assign(near, "session", "uid")
        .select("session", "origin_address", "via", uids=pl.concat_list("uid"))
        .sort("session")
    )
