"""Movement: from which session on which host somebody came, with what speaks for it.

Events:  those of the evidence; a session's own sources on both sides
Key:     arriving session; of the possible origins the best, exact before inferred
Order:   by start, then id
Limits:  an origin is named only from 30 points on, and only where something points to that session
         or its account; two origins of different people with equal points name nobody, both stay as
         alternatives
See:     rules R8.1-R8.5, R8.7-R8.10
"""

from __future__ import annotations

import polars as pl

from graphsess.across import presence
from graphsess.across.folding import folded
from graphsess.across.identities import same_person
from graphsess.across.move_evidence import SHAPE, evidence
from graphsess.across.numbering import nothing, text
from graphsess.across.outside import steps_outside
from graphsess.across.points import ALTERNATIVE, EDGE, MOST, band
from graphsess.across.reaching import arriving
from graphsess.across.unattended import unattended
from graphsess.derive.departures import GATEWAY
from graphsess.derive.tables import INTERACTIVE
from graphsess.resolve.identities import sam_of
from graphsess.settings import Settings

C = pl.col
OF_SESSION = ("E1", "E2", "E3", "E4", "E6", "E7", "E9")
"""Evidence that names a session: if all of it came after that session's end, it is background."""
BATCH = 100_000
"""Arrivals that are judged at once."""
HOST = ["to_session", "from_host"]
PAIR = [*HOST, "from_session"]
Tables = dict[str, pl.DataFrame]


def moves(tables: Tables, settings: Settings) -> Tables:
    """Tables `moves`, `move_evidence`, `move_alternatives`, and `steps`: arriving session → move.

    Moves bear a `number` beside their id; that is what `steps` tell.

    Args:
        tables: `sessions`, `arrivals`, `departures` (with `to_host`), `hosts`, `boots`, `origins`.
        settings: Windows and aliases.
    """
    controllers = tables["hosts"].select("is_dc", to_host="id")
    there = presence.sessions_there(tables["sessions"], settings)
    waiting = _batches(
        arriving(tables["sessions"], tables["origins"]).join(controllers, on="to_host", how="left")
    )
    found = []
    while waiting:  # each is let go when it is done: memory is what limits a case
        found.append(_judged(waiting.pop(0), there, tables, settings))
    steps, proof, rivals, used = (pl.concat(parts) for parts in zip(*found, strict=True))
    found.clear()
    machines = unattended(steps, tables["sessions"])["account"]
    steps = steps.with_columns(
        hidden=pl.when(C("hidden").is_null() & C("account").is_in(machines.implode()))
        .then(pl.lit("service")).otherwise("hidden")
    )
    shown, members = folded(steps, settings)
    chosen = shown.select(move="id", to_session="said_by")
    outer, outer_evidence = steps_outside(
        tables["departures"], used, tables["sessions"], settings
    )
    inner = (
        chosen.join(proof, on="to_session", how="inner")
        .drop("to_session")
        .with_columns(text("rule"))
    )
    shown = shown.with_columns(text("from_host"), text("to_host"))
    return {
        "moves": pl.concat([shown, outer], how="diagonal").with_row_index("number"),
        "move_evidence": pl.concat([inner, outer_evidence.select(inner.columns)]),
        "move_alternatives": chosen.join(rivals, on="to_session", how="inner").drop("to_session"),
        "steps": members,
    }


def _batches(came: pl.DataFrame) -> list[pl.DataFrame]:
    """Arrivals by target host, so many at once that memory stays small; one batch at least."""
    sizes = came.group_by("to_host").len().sort("to_host").with_columns(
        batch=C("len").cum_sum() // BATCH
    )
    parts = came.join(sizes.select("to_host", "batch"), on="to_host", how="left").partition_by(
        "batch", maintain_order=True, include_key=False
    )
    return parts or [came]


def _judged(
    came: pl.DataFrame, there: pl.DataFrame, tables: Tables, settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Of some arrivals: their steps, what speaks for them, their alternatives, and used signs."""
    told = evidence(came, tables["arrivals"], tables["departures"], tables["hosts"])
    there = there.join(told.select("from_host").unique(), on="from_host", how="semi")
    pieces = _with_presence(came, told, there, tables, settings)
    spoken = _spoken(pieces, there)
    scored = _scored(spoken, there)
    best = _best(scored)
    steps = _steps(came, best, settings)
    used = told.filter(C("rule").is_in(OF_SESSION)).select(uid="uids").explode("uid").unique()
    return steps, _evidence_of(steps, pieces), _alternatives(steps, scored), used


def _with_presence(
    came: pl.DataFrame, told: pl.DataFrame, there: pl.DataFrame, tables: Tables, settings: Settings
) -> pl.DataFrame:
    """The evidence with E9 and the contradiction, for every host that anything speaks for."""
    gates = tables["departures"].filter(C("rule") == GATEWAY).select(from_host="host").unique()
    possible = told.select(HOST).unique().join(came, on="to_session", how="inner")
    people = possible.join(gates, on="from_host", how="anti")
    seen = presence.active(people, there, settings)
    off = presence.proven_off(possible, tables["boots"])
    dated = pl.concat([told, seen.select(SHAPE), off.select(SHAPE)]).join(
        came.select("to_session", "start_us", "to_host", "class"), on="to_session", how="inner"
    )
    return presence.in_reach(dated, there)


def _spoken(pieces: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """Every possible origin with each piece that speaks for it, a kind of piece once.

    A piece that names no session speaks for every candidate on its host, unless it names a user.
    """
    own = pieces.filter(C("from_session").is_not_null())
    of_host = pieces.filter(C("from_session").is_null()).drop("uids")
    placed = own.select(PAIR).unique()
    unknown = pieces.select(*HOST, "to_host", "start_us", "class").unique(HOST)
    strangers = presence.others(
        unknown.filter(C("class") == "user").join(placed, on=HOST, how="anti"), there
    ).select(PAIR)
    named = of_host.filter(C("from_user").is_not_null())
    nobody = pl.concat(
        [unknown.join(placed, on=HOST, how="anti"), unknown.join(named, on=HOST, how="semi")]
    ).select(*HOST, from_session=nothing("to_session")).unique()
    candidates = pl.concat([placed, strangers, nobody]).join(
        there.select("from_session", there_user="sam"), on="from_session", how="left"
    )
    shared = candidates.join(of_host.drop("from_session"), on=HOST, how="inner").filter(
        C("from_user").is_null()
        | C("from_session").is_null()
        | (sam_of(C("from_user")) == C("there_user"))
    )
    columns = [*PAIR, "from_user", "points", "score", "exact", "after"]
    return pl.concat([own.select(columns), shared.select(columns)])


def _scored(spoken: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """One row a possible origin with its points (R8.2)."""
    by_kind = spoken.group_by(*PAIR, "points").agg(
        C("score").first(), C("exact").any(), C("after").all(), user=C("from_user").max()
    )
    return (
        by_kind.group_by(PAIR)
        .agg(
            score=C("score").sum().clip(0, MOST),
            exact=C("exact").any(),
            background=(C("after") | ~C("points").is_in(OF_SESSION)).all() & C("after").any(),
            said_user=C("user").max(),
            pointed=C("points").is_in(OF_SESSION).any(),
        )
        .join(
            there.select(
                "from_session", "real_start_us", there_sid="sid", there_user="user",
                person=pl.coalesce("named", "sid"),
                desktop=C("kind").is_in(INTERACTIVE), there_kind="kind",
            ),
            on="from_session", how="left",
        )
    )


def _best(scored: pl.DataFrame) -> pl.DataFrame:
    """The best origin of each arriving session; nobody's where two people's are equally good.

    A session that nothing points to but that it was there is no origin: it stays an alternative.
    """
    ranked = scored.filter(C("from_session").is_null() | C("pointed")).with_columns(
        named=C("from_session").is_not_null()
    ).sort(
        "to_session", "exact", "score", "named", "background", "desktop", "real_start_us",
        "from_host", "from_session",
        descending=[False, True, True, True, False, True, True, False, False], nulls_last=True,
    )
    first = ranked.unique("to_session", keep="first", maintain_order=True)
    ties = (
        ranked.join(
            first.select("to_session", "from_host", "exact", "score", "named"),
            on=["to_session", "from_host", "exact", "score", "named"], how="semi",
        )
        .group_by("to_session")
        .agg(torn=C("person").n_unique() > 1)
    )
    torn = C("torn").fill_null(value=False)
    blank = ("from_session", "there_user", "there_sid", "there_kind")
    return first.join(ties, on="to_session", how="left").with_columns(
        [pl.when(~torn).then(name).alias(name) for name in blank]
    )


def _steps(came: pl.DataFrame, best: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """One row an arriving session, with its origin where one is known."""
    alone = came.drop("came_from").join(best, on="to_session", how="left").filter(
        C("from_host").is_not_null()
        | C("source_address").is_not_null()
        | ((C("class") == "user") & (C("kind") != "network"))
    )
    edge = (C("score") >= EDGE).fill_null(value=False)
    stepped = alone.with_columns(
        from_session=pl.when(edge).then("from_session"),
        from_user=pl.when(edge).then(pl.coalesce("there_user", "said_user")),
        from_sid=pl.when(edge).then("there_sid"),
        band=band(C("score")),
    )
    infrastructure = C("hidden").is_not_null() & ~C("hidden").is_in(["redirected"])
    return stepped.select(
        "to_session", "to_host", "from_host", "from_session", "from_user", "source_address",
        "account", "kind", "outcome", "start_us", "score", "band", "count", to_user="user",
        last_us="start_us",
        exact=C("exact").fill_null(value=False),
        background=C("background").fill_null(value=False),
        credential_switch=~same_person(("from_sid", "from_user"), ("sid", "user"), settings),
        rule=pl.when(C("from_host").is_null()).then(pl.lit("R8.1")).otherwise(pl.lit("R8.2")),
        hidden=pl.when(C("outcome").is_in(["failed", "denied"])).then(pl.lit("failed"))
        .when(
            (C("class") == "machine") & C("from_session").is_not_null() & ~C("is_dc")
        ).then(None)
        .when(C("there_kind") == "service").then(pl.lit("service"))
        .when(infrastructure).then(pl.lit("infrastructure"))
        .when(C("hidden").is_not_null()).then("hidden")
        .when(~edge & C("from_host").is_not_null()).then(pl.lit("weak")),
    )


def _evidence_of(steps: pl.DataFrame, pieces: pl.DataFrame) -> pl.DataFrame:
    """to_session, rule, score, uids: what speaks for its origin; the parts of a rule together."""
    shape = ["to_session", "rule", "score", "uids"]
    named = steps.select(*HOST, chosen="from_session", person=sam_of(C("from_user")))
    kept = named.join(pieces, on=HOST, how="inner").filter(
        (C("from_session") == C("chosen"))
        | (
            C("from_session").is_null()
            & (C("from_user").is_null() | (sam_of(C("from_user")) == C("person")))
        )
    )
    single = pl.len().over("to_session", "rule") == 1
    several = (
        kept.filter(~single)
        .group_by("to_session", "rule", "points")
        .agg(
            C("score").first(),
            uids=C("uids").explode(keep_nulls=False, empty_as_null=False),
        )
        .group_by("to_session", "rule")
        .agg(
            C("score").sum(),
            uids=C("uids").explode(keep_nulls=False, empty_as_null=False).unique().sort(),
        )
    )
    return pl.concat([kept.filter(single).select(shape), several.select(shape)])


def _alternatives(steps: pl.DataFrame, scored: pl.DataFrame) -> pl.DataFrame:
    """to_session, from_session, score: the origins that were nearly as good (R8.3)."""
    top = scored.group_by("to_session").agg(top=C("score").max())
    return (
        scored.filter(C("from_session").is_not_null())
        .join(top, on="to_session", how="inner")
        .filter((C("score") >= EDGE) & (C("score") >= C("top") - ALTERNATIVE))
        .join(steps.select("to_session", taken="from_session"), on="to_session", how="inner")
        .filter((C("from_session") != C("taken")) | C("taken").is_null())
        .select("to_session", "from_session", "score")
    )
