"""How well each session is known: four facets, a mean and a band. A ranking aid, no probability.

Events:  the session's sources, by channel and by how they were joined
Key:     session
Order:   after flags
Limits:  it counts agreeing channels; it knows nothing of forged logs
See:     rules R5.11, R5.12
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.codes import codes

C = pl.col
AGREED, EXACT, WINDOW, INFERRED, UNKNOWN = 25, 18, 12, 6, 0
JUMP_COST = 10
CONFLICT_COST = 10
CARVED_COST = 10
TUNNEL_CAP = 6
HIGH, LOW = 18, 6


def confidence(
    sessions: pl.DataFrame, links: pl.DataFrame, group: pl.DataFrame, flagged: pl.DataFrame
) -> pl.DataFrame:
    """Session → its facets, mean, bands and reasons (codes).

    Args:
        sessions: As `derive.sessions.sessions` makes them.
        links: Links with `channel`, `kind`, `carved`, `address`, `sam` of their events.
        group: access → session.
        flagged: Flags by session.
    """
    own = sessions.select(
        session="id",
        session_from="source_address",
        session_sam=pl.coalesce("user", "attempted_user")
        .str.to_lowercase()
        .str.extract(r"([^\\]+)$", 1),
    )
    told = _witnesses(
        links.join(group, on="access", how="inner").join(own, on="session", how="left")
    )
    jumped = flagged.filter(C("flag") == "clock_jump").select("session", jump=pl.lit(value=True))
    base = (
        sessions.join(told, left_on="id", right_on="session", how="left")
        .join(jumped, left_on="id", right_on="session", how="left")
        .with_columns(
            C("jump").fill_null(value=False),
            doubtful=C("access_flags").list.contains("ambiguous"),
        )
    )
    start = (
        pl.when(C("start_us").is_null())
        .then(UNKNOWN)
        .when(C("start_window"))
        .then(WINDOW)
        .when(C("start_channels") >= 2)
        .then(AGREED)
        .otherwise(EXACT)
    ) - (
        pl.when(C("doubtful")).then(CONFLICT_COST).otherwise(0)
        + pl.when(C("jump")).then(JUMP_COST).otherwise(0)
    )
    user = (
        pl.when(C("user").is_null() & C("attempted_user").is_null())
        .then(UNKNOWN)
        .when(C("user_channels") >= 2)
        .then(AGREED)
        .when(C("user_channels") == 1)
        .then(EXACT)
        .otherwise(INFERRED)
    )
    nowhere = C("kind").is_in(["console", "runas", "batch", "service"])
    source = (
        pl.when(nowhere)
        .then(None)
        .when(C("source_address").is_null() & C("source_name").is_null())
        .then(UNKNOWN)
        .when(C("source_address").is_null())
        .then(INFERRED)
        .when(C("source_class") == "tunnelled")
        .then(TUNNEL_CAP)
        .when(C("source_doubtful"))
        .then(EXACT - CONFLICT_COST)
        .when(C("source_differs"))
        .then(
            pl.when(C("source_channels") >= 2).then(AGREED).otherwise(EXACT) - CONFLICT_COST
        )
        .when(C("doubtful"))
        .then(EXACT - CONFLICT_COST)
        .when(C("source_channels") >= 2)
        .then(AGREED)
        .when(C("source_window") & (C("source_channels") == 0))
        .then(WINDOW)
        .otherwise(EXACT)
    )
    covered = C("lsm_covers") | C("security_covers")
    left_out = C("outcome").is_in(["failed", "denied"]) | (
        (C("end_kind") == "open_at_end_of_log") & covered
    )
    end = (
        pl.when(left_out)
        .then(None)
        .when(C("end_kind").is_in(["unobserved", "open_at_end_of_log"]))
        .then(UNKNOWN)
        .when(C("end_kind") == "inferred")
        .then(INFERRED)
        .when(C("end_channels") >= 2)
        .then(AGREED)
        .otherwise(EXACT)
    ) - pl.when(C("jump")).then(JUMP_COST).otherwise(0)
    scored = base.with_columns(
        confidence_start=start, confidence_user=user, confidence_source=source, confidence_end=end
    )
    facets = ["confidence_start", "confidence_user", "confidence_source", "confidence_end"]
    scored = scored.with_columns(
        [
            pl.max_horizontal(
                C(name) - pl.when(C("all_carved")).then(CARVED_COST).otherwise(0), pl.lit(0)
            ).alias(name)
            if name not in ("confidence_source", "confidence_end")
            else pl.when(C(name).is_not_null()).then(
                pl.max_horizontal(
                    C(name) - pl.when(C("all_carved")).then(CARVED_COST).otherwise(0), pl.lit(0)
                )
            ).alias(name)
            for name in facets
        ]
    )
    applicable = pl.sum_horizontal([C(name).is_not_null().cast(pl.Int64) for name in facets])
    total = pl.sum_horizontal([C(name).fill_null(0).cast(pl.Int64) for name in facets])
    first_three = pl.concat_list(facets[:3]).list.drop_nulls()
    return scored.with_columns(
        confidence=(total * 4 // applicable).cast(pl.Int64),
        confidence_band=_band(first_three),
        end_band=pl.when(C("confidence_end").is_not_null()).then(
            _band(pl.concat_list("confidence_end"))
        ),
        confidence_reasons=_reasons(),
    ).select(
        "id", *[C(name).cast(pl.Int64) for name in facets], "confidence", "confidence_band",
        "end_band", "confidence_reasons",
    )


def _band(facets: pl.Expr) -> pl.Expr:
    return (
        pl.when(facets.list.min() >= HIGH)
        .then(pl.lit("high"))
        .when(facets.list.min() <= LOW)
        .then(pl.lit("low"))
        .otherwise(pl.lit("medium"))
    )


def _witnesses(links: pl.DataFrame) -> pl.DataFrame:
    """How many channels bear witness to each facet, and whether only a time window joins them."""
    role, kind = C("role"), C("kind")
    begins = role.is_in(["CONNECT", "AUTH_OK", "AUTH_FAIL", "NLA_PRECURSOR", "SESSION_CREATE",
                         "RECONNECT"])
    ends = role.is_in(["DISCONNECT", "LOGOFF_DONE", "LOGOFF_INIT"])
    chained = kind.cast(pl.String).str.contains(r"^(rcm|lsm|core)_")
    names = (C("sam") == C("session_sam")) & ~role.is_in(["COMPANION", "BYPRODUCT", "DISPLACED_BY"])
    told_from = C("address").is_not_null() & begins & ~kind.cast(pl.String).str.contains("477[89]")
    comes_from = told_from & (C("address") == C("session_from"))
    differs = told_from & (C("address") != C("session_from"))
    return (
        links.sort("session", "ord")
        .group_by("session", maintain_order=True)
        .agg(
            start_channels=C("channel").filter(begins & (C("how") != "window")).n_unique(),
            start_window=(C("how").filter(begins & chained) == "window").any(),
            user_channels=C("channel").filter(names).n_unique(),
            source_channels=C("channel").filter(comes_from).n_unique(),
            source_differs=differs.any(),
            source_doubtful=(
                (role == "AUTH_FAIL") & (kind == "security_4625") & (C("how") == "window")
            ).any(),
            source_window=(C("how").filter(comes_from) == "window").any(),
            end_channels=C("channel").filter(ends).n_unique(),
            all_carved=C("carved").all(),
            kinds=kind.cast(pl.String).unique().sort(),
        )
    )


def _reasons() -> pl.Expr:
    """Codes of what raised or lowered the facets, in a fixed order."""
    return codes(
        pl.when(C("start_us").is_null()).then(pl.lit("start_before_coverage")),
        pl.when(C("start_window")).then(pl.lit("start_by_time_window")),
        pl.when(C("doubtful")).then(pl.lit("start_of_several_candidates")),
        pl.when(~C("start_window") & (C("start_channels") >= 2)).then(
            pl.lit("start_channels_agree")
        ),
        pl.when(C("user").is_null() & C("attempted_user").is_null()).then(
            pl.lit("user_not_logged")
        ),
        pl.when(C("user_channels") >= 2).then(pl.lit("user_channels_agree")),
        pl.when(C("source_address").is_null() & C("source_name").is_not_null()).then(
            pl.lit("source_by_client_name_only")
        ),
        pl.when(C("source_channels") >= 2).then(pl.lit("source_channels_agree")),
        pl.when(C("source_differs")).then(pl.lit("source_conflict")),
        pl.when(C("source_doubtful")).then(pl.lit("source_conflict_of_candidates")),
        pl.when(C("source_class") == "tunnelled").then(pl.lit("source_tunnelled")),
        pl.when(C("end_kind") == "inferred").then(pl.lit("end_inferred")),
        pl.when(C("end_kind") == "unobserved").then(pl.lit("end_not_observed")),
        pl.when(C("end_channels") >= 2).then(pl.lit("end_channels_agree")),
        pl.when(C("jump")).then(pl.lit("clock_jump")),
        pl.when(C("all_carved")).then(pl.lit("carved_only")),
    )
