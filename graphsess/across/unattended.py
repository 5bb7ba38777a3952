"""Accounts at which nobody ever sits and that always go the same way: services.

Events:  those of the steps
Key:     account
Order:   none
Limits:  ten steps make a routine; a service's account in an intruder's hands that keeps to its way
         is not told from the service
See:     rule R8.9
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.tables import INTERACTIVE
from graphsess.resolve.identities import sam_of

C = pl.col
ROUTINE = 10


def unattended(steps: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """The accounts: account (bare name).

    Args:
        steps: One row an arriving session: account, from_host, from_session, to_host.
        sessions: Table `sessions` of all hosts: who ever sat at a desktop or a shell.
    """
    sat = sessions.filter(C("kind").is_in(INTERACTIVE)).select(account=sam_of(C("user")))
    ways = steps.filter(C("account").is_not_null()).group_by("account").agg(
        ways=pl.struct("from_host", "to_host").n_unique(),
        known=C("from_host").is_not_null().all() & C("from_session").is_null().all(),
        times=pl.len(),
    )
    return (
        ways.filter((C("ways") == 1) & C("known") & (C("times") >= ROUTINE))
        .join(sat.drop_nulls().unique(), on="account", how="anti")
        .select("account")
        .sort("account")
    )
