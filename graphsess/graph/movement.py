"""The movement: who went from which host to which, in its order; hosts joined by their moves."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.graph import facts
from graphsess.graph.drawn import View, counted, drawn, nothing
from graphsess.graph.folding import FOLDED
from graphsess.graph.links import LINK_KEY, Step, links
from graphsess.graph.scopes import Scope
from graphsess.graph.seen import FAILED, GRAVE, IN, ORDINARY, UNCLEAR

C = pl.col
STEPS = (Step("tail", "MOVED_TO", "head"),)
"""`(:Host|Address|Outside)-[:MOVED_TO]->(:Host|Outside)`, one link a kind and outcome."""
_OUTSIDE = ("external", "tunnelled")
_LISTED = 50
"""Moves that a link names."""


def build(
    tables: Tables, scope: Scope, rows: pl.DataFrame, limit: int | None, *, every: bool
) -> View:
    """The graph of all moves; ordinary ones are those of no chain from outside, without a switch.

    A link has `order` (its first move's place in time), `users`, `moves` (ids) and, as `paths`,
    the chains that lead over it.

    Raises:
        UsageError: the case has no moves.
    """
    moves = _moves(tables, rows, every=every)
    if moves.is_empty():
        raise nothing(scope, "that needs several hosts; --all shows failed moves too")
    ends = pl.concat(
        [moves.select(label=f"{end}_label", key=end, risk="risk") for end in ("tail", "head")]
    )
    total = dict(sorted(ends.unique(["label", "key"])["label"].value_counts().iter_rows()))
    kept = moves if limit is None else _folded(moves, ends, limit)
    told = links(kept, STEPS).drop("paths").join(
        _told(kept), on=LINK_KEY, how="left", maintain_order="left", nulls_equal=True
    )
    known = facts.of_entities(tables, rows)
    known["Host"] = _reached(known["Host"], kept)
    away = ends.unique(["label", "key"]).height - kept.select(
        pl.concat([C("tail"), C("head")]).n_unique()
    ).item() + 1  # fmt: skip
    known[FOLDED] = pl.DataFrame({"key": ["Host"], "number": [away], "of": ["Host"]})
    graph = drawn(told, known)
    shown = counted(graph)
    ids = pl.concat([moves["to_session"], moves["from_session"]]).drop_nulls().unique()
    return View(
        scope, graph, {label: shown.get(label, 0) for label in total}, total,
        rows.filter(C("id").is_in(ids.implode())),
    )  # fmt: skip


def _moves(tables: Tables, rows: pl.DataFrame, *, every: bool) -> pl.DataFrame:
    """Moves with `tail` and `head`, what came of them, their order and the chains they are in."""
    moves = tables.table("moves")
    if not every:
        moves = moves.filter(C("hidden").is_null())
    hosts = tables.table("hosts")["id"].implode()
    first, last = rows["start_us"].min(), rows["end_us"].max()
    seen = C("to_session").is_in(rows["id"].implode()) | (
        C("to_session").is_null() & C("start_us").is_between(first, last)
    )
    chains = _chains(tables)
    risks = rows.select(to_session="id", session_risk="risk")
    return (
        moves.filter(seen)
        .sort("start_us", "id", nulls_last=True)
        .with_row_index("order", offset=1)
        .join(chains, left_on="id", right_on="move", how="left", maintain_order="left")
        .join(risks, on="to_session", how="left", maintain_order="left")
        .with_columns(
            tail=pl.coalesce("from_host", "source_address"),
            tail_label=pl.when(C("from_host").is_in(hosts))
            .then(pl.lit("Host"))
            .when(C("from_host").is_not_null())
            .then(pl.lit("Outside"))
            .otherwise(pl.lit("Address")),
            head=C("to_host"),
            head_label=pl.when(C("to_host").is_in(hosts))
            .then(pl.lit("Host"))
            .otherwise(pl.lit("Outside")),
            got=pl.when(C("outcome") == "established")
            .then(pl.lit(IN))
            .when(C("outcome") == "failed")
            .then(pl.lit(FAILED))
            .otherwise(pl.lit(UNCLEAR)),
            risk=pl.when(
                C("from_outside").fill_null(False)
                | C("credential_switch").fill_null(False)
                | (C("session_risk") == GRAVE).fill_null(False)
            )
            .then(GRAVE)
            .otherwise(ORDINARY),
            chains=C("chains").fill_null([]),
            weight=C("count").fill_null(1),
            move="id",
            id=pl.coalesce("to_session", "from_session", "id"),
            end_us=C("last_us"),
            path=pl.lit(0, pl.Int64),
        )
        .filter(C("tail").is_not_null(), C("head").is_not_null())
    )


def _reached(hosts: pl.DataFrame, moves: pl.DataFrame) -> pl.DataFrame:
    """Hosts with when they were first reached, and if that was in a chain from outside."""
    reached = moves.group_by(C("head").alias("key")).agg(
        reached_us=C("start_us").min(), outside=C("from_outside").fill_null(False).any()
    )
    outside = C("outside").fill_null(False)
    why = pl.when(outside).then(pl.lit(["reached_from_outside"], pl.List(pl.String())))
    return (
        hosts.join(reached, on="key", how="left")
        .with_columns(
            risk=pl.when(outside).then(GRAVE).otherwise("risk"),
            why=pl.concat_list(why.fill_null([]), C("why").fill_null([])),
        )
        .drop("outside")
        .sort("key")
    )


def _chains(tables: Tables) -> pl.DataFrame:
    """Each move with the chains that it is a hop of, by number, and if one came from outside."""
    hops = tables.table("chains").with_row_index("chain", offset=1).explode("hops")
    return (
        hops.select(
            C("chain").cast(pl.Int64),
            move=C("hops").struct.field("move"),
            outside=C("entry_class").is_in(_OUTSIDE),
        )
        .filter(C("move").is_not_null())
        .group_by("move")
        .agg(chains=C("chain").unique().sort(), from_outside=C("outside").any())
        .sort("move")
    )


def _told(moves: pl.DataFrame) -> pl.DataFrame:
    """For each link what its moves say beside their times."""
    keyed = moves.with_columns(type=pl.lit("MOVED_TO"), quiet=pl.lit(False))
    short = [C(name).str.split("\\").list.last() for name in ("from_user", "to_user")]
    changed = short[0].is_not_null() & (short[0].str.to_lowercase() != short[1].str.to_lowercase())
    users = pl.when(changed).then(pl.concat_str(*short, separator=" → ")).otherwise(short[1])
    return keyed.group_by(LINK_KEY, maintain_order=True).agg(
        order=C("order").min(),
        users=users.drop_nulls().unique(maintain_order=True),
        moves=C("move").head(_LISTED),
        paths=pl.when(C("chains").list.len() > 0)
        .then("chains")
        .otherwise(pl.concat_list(-C("order").cast(pl.Int64)))
        .list.explode(keep_nulls=False, empty_as_null=False)
        .unique()
        .sort(),
    )


def _folded(moves: pl.DataFrame, ends: pl.DataFrame, limit: int) -> pl.DataFrame:
    """The moves, the least remarkable ends that do not fit turned into one."""
    ranked = (
        ends.group_by("label", "key")
        .agg(risk=C("risk").max(), number=pl.len())
        .sort("risk", "number", "label", "key", descending=[True, True, False, False])
    )
    if ranked.height <= limit:
        return moves
    stay = ranked.head(limit - 1)["key"].implode()
    for end in ("tail", "head"):
        away = ~C(end).is_in(stay)
        moves = moves.with_columns(
            pl.when(away).then(pl.lit(FOLDED)).otherwise(f"{end}_label").alias(f"{end}_label"),
            pl.when(away).then(pl.lit("Host")).otherwise(end).alias(end),
        )
    return moves
