"""Which session of the grown case is which session of the case before it, where ids changed.

Events:  those that sessions rest on: a session is the one that shares most of them
Key:     (session before, session now)
Order:   by events shared, then id
Limits:  a session whose events went to several goes on as the one with most of them; one whose
         events no session has any more is not told
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from graphsess.case.case import Case
from graphsess.case.formerly import read_former
from graphsess.case.manifest import Manifest

C = pl.col
SHARED = (
    "DISPLACED_BY", "END_INFERRED", "SHADOW", "DC_CORROBORATION", "SOURCE_CORROBORATION", "GATEWAY",
)
"""Roles in which an event may stand in several sessions: it says nothing of which is which."""


def former_ids(case: Path, before: Manifest | None, now: Manifest) -> dict[str, list[str]]:
    """Session id → the ids it had in earlier states of the case, sorted.

    Raises:
        CaseError: a part that a manifest names is gone.
    """
    if before is None:
        return {}
    old, new = Case(case, before), Case(case, now)
    changed = _changed(old, new)
    alive = set(new.scan("sessions").select("id").collect()["id"])
    found: dict[str, set[str]] = {}
    for ident, olds in read_former(case, before).items():
        if heir := ident if ident in alive else changed.get(ident):
            found.setdefault(heir, set()).update(olds)
    for ident, heir in changed.items():
        found.setdefault(heir, set()).add(ident)
    return {
        ident: sorted(olds - alive) for ident, olds in sorted(found.items()) if olds - alive
    }


def _changed(old: Case, new: Case) -> dict[str, str]:
    """Ids that are no more → the session that has most of their events."""
    gone = old.scan("sessions").select(session="id").join(
        new.scan("sessions").select(session="id"), on="session", how="anti"
    )
    own = ~C("role").is_in(SHARED)
    lost = old.scan("sources").filter(own).join(gone, on="session", how="semi").select(
        "uid", was="session"
    )
    pairs = (
        new.scan("sources")
        .filter(own)
        .select("uid", "session")
        .join(lost, on="uid", how="inner")
        .group_by("was", "session")
        .agg(pl.len())
        .collect()
        .sort("was", "len", "session", descending=[False, True, False])
        .unique("was", keep="first", maintain_order=True)
    )
    return dict(pairs.select("was", "session").iter_rows())
