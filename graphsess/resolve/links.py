"""Links: which event is part of which access, in which role, by which rule.

An event has one role in an access. It serves several accesses only as DISPLACED_BY, END_INFERRED,
SHADOW, corroboration or GATEWAY (rule R5.10); otherwise its strongest claim wins.
"""

from __future__ import annotations

import polars as pl

C = pl.col
LINK: dict[str, pl.DataType] = {
    "access": pl.String(),
    "ord": pl.Int64(),
    "role": pl.String(),
    "rule": pl.String(),
    "how": pl.String(),
}
SHARED_ROLES = (
    "DISPLACED_BY", "END_INFERRED", "SHADOW", "DC_CORROBORATION", "SOURCE_CORROBORATION", "GATEWAY",
)
STRENGTH = (
    "SESSION_CREATE", "RECONNECT", "AUTH_FAIL", "AUTH_OK", "NLA_PRECURSOR", "LOGOFF_DONE",
    "DISCONNECT", "LOGOFF_INIT", "LINKED_TOKEN", "PRIVILEGE", "ARBITRATION", "SHELL_START",
    "CONNECT", "LOCK", "UNLOCK", "COMPANION", "BYPRODUCT", "CLIENT_INFO", *SHARED_ROLES,
)
"""Which role an event keeps where several rules claim it for one access."""


def linked(rows: pl.DataFrame, *, rule: str | pl.Expr, how: pl.Expr) -> pl.DataFrame:
    """Links out of rows with `access`, `ord` and `role`; rows without a role are left out."""
    if rows.is_empty():
        return pl.DataFrame(schema=LINK)
    by = pl.lit(rule) if isinstance(rule, str) else rule
    return rows.filter(C("role").is_not_null() & C("access").is_not_null()).select(
        "access", C("ord").cast(pl.Int64), "role", rule=by, how=how
    )


def settled(claims: list[pl.DataFrame]) -> pl.DataFrame:
    """All claims as one table: one role for each (event, access), one access for each event.

    Args:
        claims: Link tables, the stronger ones first: of two accesses that claim an event alone
            the one named earlier keeps it.
    """
    order = {role: place for place, role in enumerate(STRENGTH)}
    numbered = [frame.with_columns(claim=pl.lit(place)) for place, frame in enumerate(claims)]
    every = pl.concat(numbered).with_columns(
        strength=C("role").replace_strict(order, default=len(order)),
        shared=C("role").is_in(SHARED_ROLES),
    )
    alone = (
        every.filter(~C("shared"))
        .sort("ord", "claim", "strength", "access", "rule")
        .unique("ord", keep="first", maintain_order=True)
    )
    shared = (
        every.filter(C("shared"))
        .join(alone, on=["ord", "access"], how="anti")
        .sort("ord", "access", "strength", "rule")
        .unique(["ord", "access"], keep="first", maintain_order=True)
    )
    return pl.concat([alone, shared]).select(*LINK).sort("access", "ord")
