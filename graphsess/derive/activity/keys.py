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

C = pl.col
LUID, PROCESS, DESK = 100, 95, 90


def identified(
    clues: pl.DataFrame, ground: Ground, known: pl.DataFrame, causes: pl.DataFrame
) -> pl.DataFrame:
    """The clues with what the exact rungs give: local, direct, fixed, logon, method, confidence.

    Args:
        clues: Schema CLUES.
        ground: What to join to.
        known: Schema KNOWN.
        causes: Schema CAUSES.
    """
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
    process = C("p_method").is_not_null() & ~other
    by_process = process & C("p_strong")
    sure = C("p_method").is_in(["luid", "ts_id"])
    by_ts = C("on_ts").is_not_null()
    by_cause = C("c_method").is_not_null()

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
            by_ts,
            {"local": C("on_ts"), "method": pl.lit("ts_id"), "confidence": pl.lit(DESK)},
        ),
        (
            by_process,
            {
                "local": C("p_local"),
                "direct": C("p_direct"),
                "fixed": C("p_fixed"),
                "method": pl.when(sure).then(pl.lit("process")).otherwise("p_method"),
                "confidence": pl.min_horizontal(C("p_confidence"), pl.lit(PROCESS)),
            },
        ),
        (
            by_cause,
            {
                "local": C("c_local"),
                "fixed": C("c_session"),
                "method": C("c_method"),
                "confidence": C("c_confidence"),
            },
        ),
        (hit, {"method": pl.lit("luid"), "confidence": pl.lit(LUID)}),
        (process, {"method": pl.lit("process"), "confidence": pl.lit(PROCESS)}),
    ]

    def first(column: str, dtype: pl.DataType) -> pl.Expr:
        chain: pl.Expr = pl.lit(None, dtype)
        for holds, gives in reversed(rungs):
            chain = pl.when(holds).then(gives.get(column, pl.lit(None, dtype))).otherwise(chain)
        return chain.cast(dtype)

    return joined.with_columns(
        local=first("local", pl.Int64()),
        direct=first("direct", pl.Int64()),
        fixed=first("fixed", pl.Int64()),
        method=first("method", pl.String()),
        confidence=first("confidence", pl.Int64()),
        logon=pl.coalesce("own_logon", pl.when(process).then("p_logon")),
        owner_sid=pl.coalesce("own_sid", pl.when(process).then("p_sid")),
        owner=pl.coalesce("own_user", pl.when(process).then("p_user")),
    ).sort("n")
