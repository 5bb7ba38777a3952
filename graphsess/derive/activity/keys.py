"""The rungs of the ladder that join by a key: LUID, TS session, process, cause.

Events:  any artefact that tells one of them
Key:     (boot, LUID), (boot, TS session), process, cause
Order:   the first rung that holds
Limits:  a process that is known by its number only is none where its owner is another account
See:     rules R7.1(1)-(4), R7.5
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity.accounts import is_service
from graphsess.derive.activity.ground import Ground
from graphsess.derive.activity.shapes import IDENTIFIED, empty, shaped

C = pl.col
LUID, PROCESS, DESK = 100, 95, 90


def identified(
    clues: pl.DataFrame, ground: Ground, known: pl.DataFrame, causes: pl.DataFrame
) -> pl.DataFrame:
    """Schema IDENTIFIED: the clues with what the exact rungs give.

    Args:
        clues: Schema CLUES.
        ground: What to join to.
        known: Schema KNOWN.
        causes: Schema CAUSES.
    """
    if clues.is_empty():
        return empty(IDENTIFIED)
    desks = ground.desks.drop_nulls("ts_id").select(
        "place", "ts_id", "begin", on_ts="local", off="end"
    ).sort("begin")
    logons = ground.logons.select(
        "place", "luid", "weak", "start_us", own_logon="logon", own_local="local",
        own_direct="direct", own_machine="machine", own_sid="sid", own_user="user",
    )
    joined = (
        clues.join(logons, on=["place", "luid"], how="left")
        .join(known, on="process", how="left")
        .join(causes, on="n", how="left")
        .sort("at")
        .join_asof(
            desks, left_on="at", right_on="begin", by=["place", "ts_id"], strategy="backward",
            check_sortedness=False,
        )
        .with_columns(on_ts=pl.when(C("at") <= C("off")).then("on_ts"))
    )
    hit = C("own_logon").is_not_null()
    strong = (hit & ~C("weak")).fill_null(value=False)
    other = (
        C("sid").is_not_null() & C("p_sid").is_not_null() & (C("sid") != C("p_sid"))
        & ~is_service(C("sid"), pl.lit(None, pl.String))
    ).fill_null(value=False)
    sure = C("p_method").is_in(["luid", "ts_id"])
    rungs: list[tuple[pl.Expr, dict[str, pl.Expr]]] = [
        (
            strong,
            {
                "local": C("own_local"),
                "direct": C("own_direct"),
                "method": pl.when(C("logon_guid"))
                .then(pl.lit("logon_guid"))
                .otherwise(pl.lit("luid")),
                "confidence": pl.lit(LUID),
            },
        ),
        (
            C("on_ts").is_not_null(),
            {"local": C("on_ts"), "method": pl.lit("ts_id"), "confidence": pl.lit(DESK)},
        ),
        (
            C("by_process") & C("p_strong"),
            {
                "local": C("p_local"),
                "direct": C("p_direct"),
                "fixed": C("p_fixed"),
                "method": pl.when(sure).then(pl.lit("process")).otherwise("p_method"),
                "confidence": pl.min_horizontal(C("p_confidence"), pl.lit(PROCESS)),
            },
        ),
        (
            C("c_method").is_not_null(),
            {
                "local": C("c_local"),
                "fixed": C("c_session"),
                "method": C("c_method"),
                "confidence": C("c_confidence"),
            },
        ),
        (hit, {"method": pl.lit("luid"), "confidence": pl.lit(LUID)}),
        (C("by_process"), {"method": pl.lit("process"), "confidence": pl.lit(PROCESS)}),
    ]

    rung: pl.Expr = pl.lit(None, pl.Int64)
    for place, (holds, _) in reversed(list(enumerate(rungs))):
        rung = pl.when(holds).then(place).otherwise(rung)

    def given(column: str) -> pl.Expr:
        chain: pl.Expr = pl.lit(None, IDENTIFIED[column])
        for place, (_, gives) in enumerate(rungs):
            if column in gives:
                chain = pl.when(C("rung") == place).then(gives[column]).otherwise(chain)
        return chain.alias(column)

    return (
        joined.with_columns(by_process=C("p_method").is_not_null() & ~other)
        .with_columns(rung=rung)
        .with_columns(
            *(given(name) for name in ("local", "direct", "fixed", "method", "confidence")),
            logon=pl.coalesce("own_logon", pl.when("by_process").then("p_logon")),
            owner_sid=pl.coalesce("own_sid", pl.when("by_process").then("p_sid")),
            owner=pl.coalesce("own_user", pl.when("by_process").then("p_user")),
        )
        .pipe(shaped, IDENTIFIED)
        .sort("n")
    )
