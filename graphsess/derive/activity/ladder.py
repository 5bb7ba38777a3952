"""The ladder that maps an artefact to its session: exact keys first, time alone last.

Events:  any artefact with a time, and whatever else it tells
Key:     LUID or Sysmon's LogonGuid in its boot, process, TS session, cause, account, time
Order:   the first rung that holds
Limits:  an account's own sessions may be several at once; time alone is no more than a hint
See:     rules R7.1-R7.5
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity.accounts import is_service
from graphsess.derive.activity.ground import Ground
from graphsess.derive.activity.guesses import by_account, by_time
from graphsess.derive.activity.placement import placed
from graphsess.derive.activity.shapes import CANDIDATES, FOUND, empty, shaped

C = pl.col


def settled(
    clues: pl.DataFrame, identity: pl.DataFrame, ground: Ground, *, skew_us: int, slack: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Schema FOUND, one row a clue, and the candidates beside it: n, session, confidence.

    Args:
        clues: Schema CLUES.
        identity: Of `identified`.
        ground: What to join to.
        skew_us: How near to a boundary the neighbour is named too (R7.3).
        slack: True where the axis is the clock: spans that are missed by `skew_us` are candidates.
    """
    if clues.is_empty():
        return empty(FOUND), empty(CANDIDATES)
    exact = identity.filter(C("method").is_not_null())
    at = placed(exact, ground, skew_us)
    by_key = (
        exact.select(
            "n", "local", "logon", "method", "confidence", "fixed", "owner_sid", "owner"
        )
        .join(at, on="n", how="left")
        .with_columns(session=pl.coalesce("fixed", "session"))
        .with_columns(
            beyond=C("beyond") & ~C("method").is_in(["luid", "logon_guid", "process"]),
            **{
                name: pl.when(C("fixed").is_null()).then(name)
                for name in ("while_disconnected", "after_end", "before", "after")
            },
        )
    )
    rest = clues.join(exact.select("n"), on="n", how="anti")
    named, account_pairs = by_account(rest, ground, skew_us, slack=slack)
    unnamed = rest.join(named.select("n"), on="n", how="anti").filter(
        ~C("machine")
        & ((C("sid").is_null() & C("sam").is_null()) | is_service(C("sid"), C("sam")))
    )
    timed, time_pairs = by_time(unnamed, ground, skew_us, slack=slack)
    guessed = pl.concat([named, timed])
    lost = rest.join(guessed.select("n"), on="n", how="anti").select(
        "n", method=pl.lit("no_session")
    )
    every = pl.concat([by_key, guessed, lost], how="diagonal").join(
        identity.select(
            "n", seen_logon="logon", seen_sid="owner_sid", seen="owner"
        ), on="n", how="left"
    )
    no = pl.lit([], dtype=pl.List(pl.String))
    found = every.join(_sole_logons(ground), on="session", how="left").with_columns(
        C("while_disconnected").fill_null(value=False),
        logon=pl.coalesce("logon", "seen_logon", "sole_logon"),
        owner_sid=pl.coalesce("owner_sid", "seen_sid"),
        owner=pl.coalesce("owner", "seen"),
        confidence=pl.when(C("method") == "no_session")
        .then(0)
        .when(C("beyond"))
        .then(C("confidence") // 2)
        .otherwise("confidence")
        .cast(pl.Int64),
        flags=pl.concat_list(
            pl.when(C("after_end")).then(pl.lit(["after_end"])).otherwise(no),
            pl.when(C("beyond")).then(pl.lit(["beyond_last_evidence"])).otherwise(no),
            pl.when(C("crowd")).then(pl.lit(["many_candidates"])).otherwise(no)
            if "crowd" in every.columns
            else no,
        ),
    )
    beside = [
        found.select("n", session=side, confidence=C("confidence") // 2, of="session").filter(
            C("session").is_not_null() & (C("session") != C("of")).fill_null(value=True)
        ).drop("of")
        for side in ("before", "after")
    ]
    pairs = (
        pl.concat([*beside, account_pairs, time_pairs])
        .group_by("n", "session")
        .agg(C("confidence").max())
        .join(found.select("n", "session"), on=["n", "session"], how="anti")
        .sort("n", "confidence", "session", descending=[False, True, False])
    )
    return (
        shaped(found, FOUND).sort("n"),
        pairs.with_columns(C("confidence").cast(pl.Int64)),
    )


def _sole_logons(ground: Ground) -> pl.DataFrame:
    """Session → its logon, where it is one logon and no desktop."""
    return (
        ground.logons.filter(C("local").is_null() & C("direct").is_not_null())
        .group_by(session="direct")
        .agg(sole_logon=C("logon").first(), count=pl.len())
        .filter(C("count") == 1)
        .select("session", "sole_logon")
    )
