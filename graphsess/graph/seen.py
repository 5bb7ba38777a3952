"""Sessions in the few columns that a graph needs, and which of them deserve a look first."""

from __future__ import annotations

import polars as pl

from graphsess.case import overlays
from graphsess.case.tables import Tables

C = pl.col
IN, FAILED, UNCLEAR = "in", "failed", "unclear"
"""What came of a session: got in; refused; credentials right and nothing more known, or denied."""
GRAVE, NOTABLE, ORDINARY = 3, 1, 0
"""How much a session deserves a look; a ranking, not a verdict."""

_COLUMNS = (
    "id",
    "host",
    "boot",
    "kind",
    "outcome",
    "user",
    "sid",
    "attempted_user",
    "source_address",
    "source_name",
    "source_class",
    "start_us",
    "end_us",
    "end_kind",
    "luids",
    "local",
    "connection",
    "previous",
    "next",
    "parent",
    "failure_run",
    "flags",
    "confidence_band",
    "first_ord",
    "hidden",
)
_GRAVE_FLAGS = ("session_hijack", "shadowed", "log_cleared_during", "tunnelled")
_NOTABLE_FLAGS = ("takeover", "clock_jump")
_OUTSIDE = ("external", "tunnelled")
_FAR = 253_402_300_799_999_999


def sessions(
    tables: Tables,
    *,
    every: bool = False,
    since_us: int | None = None,
    until_us: int | None = None,
) -> pl.DataFrame:
    """Sessions in their order, each attempt once, with what a graph says of them.

    Beside the columns of the table: `who` (key of the account, or of the name that was tried),
    `who_name`, `source_host` (which host had the address then), `got` (IN, FAILED, UNCLEAR),
    `risk` (GRAVE, NOTABLE, ORDINARY) and `why`, a list of codes.

    Args:
        tables: A case.
        every: Hidden ones too.
        since_us: Leave out what ended before.
        until_us: Leave out what began at it or later.
    """
    rows = overlays.sessions(_Narrow(tables))
    if not every:
        rows = rows.filter(C("hidden").is_null())
    begin = pl.coalesce("start_us", "end_us")
    if until_us is not None:
        rows = rows.filter(begin < until_us)
    if since_us is not None:
        still = pl.when(C("end_kind") == "open_at_end_of_log").then(_FAR)
        rows = rows.filter(pl.coalesce("end_us", still, "start_us") >= since_us)
    named = pl.coalesce("user", "attempted_user")
    return (
        rows.join(_origins(tables), on="id", how="left", maintain_order="left")
        .with_columns(
            who=named.str.to_lowercase(),
            who_name=named,
            got=pl.when(C("outcome") == "established")
            .then(pl.lit(IN))
            .when(C("outcome") == "failed")
            .then(pl.lit(FAILED))
            .otherwise(pl.lit(UNCLEAR)),
            flags=C("flags").fill_null([]),
            luids=C("luids").fill_null([]),
            after_failures=C("id").is_in(
                tables.table("followed_by_success")["session"].unique().implode()
            ),
        )
        .with_columns(why=_why())
        .with_columns(risk=_risk())
        .sort("start_us", "host", "first_ord", "id", nulls_last=True)
    )


def _why() -> pl.Expr:
    came_in = C("got") == IN
    outside = C("source_class").is_in(_OUTSIDE)
    codes = [
        pl.when(came_in & outside).then(pl.lit("from_outside")),
        pl.when(came_in & C("after_failures")).then(pl.lit("after_failures")),
        pl.when((C("got") == FAILED) & outside).then(pl.lit("tried_from_outside")),
    ]
    marks = C("flags").list.filter(pl.element().is_in([*_GRAVE_FLAGS, *_NOTABLE_FLAGS]))
    return pl.concat_list(pl.concat_list(codes).list.drop_nulls(), marks)


def _risk() -> pl.Expr:
    grave = C("why").list.eval(
        pl.element().is_in(["from_outside", "after_failures", *_GRAVE_FLAGS])
    )
    return (
        pl.when(grave.list.any())
        .then(GRAVE)
        .when(C("why").list.len() > 0)
        .then(NOTABLE)
        .otherwise(ORDINARY)
    )


def _origins(tables: Tables) -> pl.DataFrame:
    return (
        tables.table("origins")
        .sort("session", "weight", "source_host", descending=[False, True, False], nulls_last=True)
        .unique("session", keep="first", maintain_order=True)
        .select(C("session").alias("id"), "source_host")
    )


class _Narrow:
    """Tables whose `sessions` have a few columns only: there may be millions."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def table(self, name: str) -> pl.DataFrame:
        return self.scan(name).collect() if name == "sessions" else self._tables.table(name)

    def scan(self, name: str) -> pl.LazyFrame:
        rows = self._tables.scan(name)
        return rows.select(_COLUMNS) if name == "sessions" else rows
