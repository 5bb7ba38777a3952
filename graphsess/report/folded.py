"""Failed sessions folded to one row a failure run, for tables that a person reads."""

from __future__ import annotations

import polars as pl

from graphsess.records.users import FAILED

C = pl.col
FOLDED_BY = ("id", "failure_run", "outcome", "user", "attempted_user", "start", "end")
"""The fields that folding needs."""


def folded(sessions: pl.DataFrame) -> pl.DataFrame:
    """Records of sessions with each run of failed ones as one row, in the order given.

    A folded row bears the run's id, its first and last moment, and how many attempts it was.
    """
    fold = C("outcome").is_in(FAILED) & C("failure_run").is_not_null()
    attempts = pl.len().over("failure_run")
    failed = sessions.with_row_index("at").filter(fold).filter(attempts > 1)
    if failed.is_empty():
        return sessions
    numbered = sessions.with_row_index("at")
    users = C("user").fill_null(C("attempted_user")).drop_nulls()
    rows = failed.group_by("failure_run", maintain_order=True).agg(
        C(name).first()
        for name in numbered.columns
        if name not in ("failure_run", "id", "user", "outcome", "end")
    )
    told = failed.group_by("failure_run", maintain_order=True).agg(
        id=C("failure_run").first(),
        user=pl.when(users.n_unique() == 1)
        .then(users.first())
        .when(users.n_unique() > 1)
        .then(pl.format("{} accounts", users.n_unique())),
        outcome=pl.format("{} ×{}", C("outcome").mode().sort().first(), pl.len()),
        end=C("end").max(),
    )
    made = rows.join(told, on="failure_run", how="left", maintain_order="left")
    rest = numbered.filter(~C("at").is_in(failed["at"].implode()))
    return pl.concat([rest, made.select(rest.columns)]).sort("at").drop("at")
