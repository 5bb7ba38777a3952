"""The derived part of the graph out of the tables of a case: what `cypher/derive/` makes in Neo4j.

For graphs without a server and for exports; a frame of nodes or edges as in `nodes` and `edges`.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from graphsess.across.groups import members
from graphsess.case.schema import TABLES
from graphsess.case.tables import Tables
from graphsess.graph.edges import Arrow, outside_ids, pairs
from graphsess.graph.nodes import nodes
from graphsess.graph.schema import LABELS
from graphsess.graph.users import own_sids, user_ids

C = pl.col
RUNS = ("failure_runs", "runs_at_controllers")


def derived_nodes(tables: Tables) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every derived label with its nodes; Activity is a second label of events, by their ids."""
    for label in LABELS.values():
        if label.derived and label.table is not None and label.table in TABLES:
            rows = tables.table(label.table)
            if label.name == "FailureRun":
                wider = tables.table("failure_patterns").select(
                    id="failure_run", wider="pattern", wider_rule="rule"
                )
                rows = (
                    pl.concat([tables.table(name) for name in RUNS])
                    .join(wider, on="id", how="left")
                    .sort("id")
                )
            yield label.name, nodes(label.name, rows)


def derived_edges(tables: Tables) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    """Every derived relationship, sorted by its ends."""
    for arrow, frame in (
        *_of_sessions(tables), *_of_runs(tables), *of_later_stages(tables), _of_groups(tables)
    ):
        yield arrow, frame.sort("start", "end", maintain_order=True)


def _of_sessions(tables: Tables) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    sessions = tables.table("sessions")
    ids = sessions["id"]
    parts = sessions.select(
        "id", "accesses", position=pl.int_ranges(C("accesses").list.len())
    ).explode("accesses", "position")
    members = pairs(parts["id"], parts["accesses"]).with_columns(parts["position"])
    yield ("Session", "OF", "Access"), members
    told = tables.table("sources")
    yield (
        ("Event", "SOURCE_OF", "Session"),
        told.select(start="uid", end="session", role="role", rule="rule"),
    )
    who = sessions.select(pl.coalesce("user", "attempted_user")).to_series()
    users = user_ids(sessions["sid"], who, own_sids(tables))
    yield ("Session", "OF_USER", "User"), pairs(ids, users)
    yield ("Session", "ON_HOST", "Host"), pairs(ids, sessions["host"])
    yield ("Session", "FROM_ADDRESS", "Address"), pairs(ids, sessions["source_address"])
    logons = tables.table("logons").select("host", "boot", luid="luid", logon="id")
    used = (
        sessions.select("id", "host", "boot", luid="luids")
        .explode("luid")
        .join(logons, on=["host", "boot", "luid"])
        .unique(["id", "logon"], maintain_order=True)
    )
    yield ("Session", "USES", "LogonSession"), pairs(used["id"], used["logon"])
    yield ("Session", "IN", "LocalSession"), pairs(ids, sessions["local"])
    yield ("Session", "OVER", "Connection"), pairs(ids, sessions["connection"])
    yield ("Session", "OPENED_UNDER", "Session"), pairs(ids, sessions["parent"])
    following = tables.table("next_in_local")
    yield (
        ("Session", "NEXT_IN_LOCAL", "Session"),
        following.select("gap_us", "rule", start="session", end="next"),
    )
    flags = tables.table("flags")
    names = nodes("Flag", flags)["id"]
    yield ("Session", "FLAGGED", "Flag"), pairs(flags["session"], names)
    proofs = flags.select("uids", flag=names).explode("uids").filter(C("uids").is_not_null())
    yield ("Event", "PROVES", "Flag"), pairs(proofs["uids"], proofs["flag"])
    same = tables.table("corroboration")
    yield (
        ("Session", "SAME_ATTEMPT", "Session"),
        same.select("rule", start="dc_session", end="session"),
    )
    origins = tables.table("origins")
    yield (
        ("Session", "CAME_FROM", "Host"),
        origins.filter(C("source_host").is_not_null()).select(
            "weight", "rule", "uids", start="session", end="source_host"
        ),
    )


def _of_runs(tables: Tables) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    runs = pl.concat([tables.table(name) for name in RUNS])
    yield ("FailureRun", "AT_HOST", "Host"), pairs(runs["id"], runs["host"])
    yield ("FailureRun", "FROM_ADDRESS", "Address"), pairs(runs["id"], runs["source_address"])
    members = pl.concat(
        [
            tables.table("sessions").select("id", "failure_run"),
            tables.table("run_of").select("failure_run", id="session"),
        ],
        how="diagonal",
    ).filter(C("failure_run").is_not_null())
    rules = runs.select("rule", failure_run="id")
    told = members.unique(maintain_order=True).join(rules, on="failure_run")
    yield ("Session", "IN_RUN", "FailureRun"), told.select("rule", start="id", end="failure_run")
    after = tables.table("followed_by_success")
    yield (
        ("FailureRun", "FOLLOWED_BY_SUCCESS", "Session"),
        after.select("gap_us", "rule", start="failure_run", end="session"),
    )


def _of_groups(tables: Tables) -> tuple[Arrow, pl.DataFrame]:
    """Sessions and the groups that they are in."""
    used = ("sessions", "addresses", "corroboration")
    known = tables.table("groups").select(group="id")
    found = members({name: tables.table(name) for name in used}).join(
        known, on="group", how="semi", maintain_order="left"
    )
    return ("Session", "IN_GROUP", "Group"), pairs(found["session"], found["group"])


def of_later_stages(tables: Tables) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    """Every relationship of activities, moves and chains."""
    done = tables.table("activities").filter(C("session").is_not_null())
    yield (
        ("Activity", "DURING", "Session"),
        done.select(
            "method", "confidence", "while_disconnected", "rule", start="id", end="session"
        ),
    )
    yield (
        ("Activity", "MAY_BE_OF", "Session"),
        tables.table("activity_candidates").select("confidence", start="activity", end="session"),
    )
    yield from _of_moves(tables)
    hops = (
        tables.table("chains")
        .select("id", C("hops").list.eval(pl.element().struct.field("move")))
        .explode("hops")
        .filter(C("hops").is_not_null())  # the entry is no step
        .with_columns(position=pl.int_range(pl.len()).over("id"))
    )
    yield ("Chain", "HOP", "Move"), hops.select("position", start="id", end="hops")


def _of_moves(tables: Tables) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    moves = tables.table("moves")
    ids = moves["id"]
    hosts = tables.table("hosts")["id"].to_list()
    for end in ("from", "to"):
        yield (
            ("Move", f"{end.upper()}_SESSION", "Session"), pairs(ids, moves[f"{end}_session"])
        )
        inside = moves[f"{end}_host"].is_in(hosts)
        places = pairs(ids, moves[f"{end}_host"].set(~inside, None))
        yield ("Move", f"{end.upper()}_HOST", "Host"), places
        elsewhere = outside_ids(moves[f"{end}_host"].set(inside, None))
        yield ("Move", f"{end.upper()}_HOST", "Outside"), pairs(ids, elsewhere)
    proofs = tables.table("move_evidence").explode("uids").filter(C("uids").is_not_null())
    yield (
        ("Move", "BECAUSE", "Event"), proofs.select("rule", "score", start="move", end="uids")
    )
    others = tables.table("move_alternatives").filter(C("from_session").is_not_null())
    yield (
        ("Move", "ALTERNATIVE", "Session"),
        others.select("score", start="move", end="from_session"),
    )
    both = moves.filter(C("from_session").is_not_null(), C("to_session").is_not_null())
    yield (
        ("Session", "MOVED_TO", "Session"),
        both.select(
            "band", "rule", "score", "exact", move="id", start="from_session", end="to_session"
        ),
    )
