"""Twins of the hunts along moves: from where, as whom, how far, and to what nobody logged."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.queries.query import Value
from graphsess.queries.twins.ground import (
    FAILED,
    Params,
    count,
    got_in,
    hosts,
    in_order,
    names,
)

C = pl.col
LONGEST = 4
"""Most steps of a path."""
STEP = ("move", "from_host", "from_user", "to_host", "to_user", "kind", "start_us", "score", "band")


def credential_switch(tables: Tables, params: Params) -> pl.DataFrame:
    """Steps from host to host that were made as another account."""
    found = _moves(tables, params).filter(
        C("credential_switch").fill_null(value=False), C("score") >= params["min_score"]
    )
    return in_order(found, "start_us", "move").select(
        *STEP, "from_session", "to_session",
    )


def unseen_target(tables: Tables, params: Params) -> pl.DataFrame:
    """Steps to machines of which the case has no logs."""
    found = _moves(tables, params).filter(C("to_session").is_null())
    return in_order(found, "start_us", "move").select(
        *STEP, "from_session", "count",
    )


def background_move(tables: Tables, params: Params) -> pl.DataFrame:
    """Steps out of sessions whose user had already gone."""
    found = _moves(tables, params).filter(C("background").fill_null(value=False))
    return in_order(found, "start_us", "move").select(
        *STEP, "from_session", "to_session",
    )


def uncertain_move(tables: Tables, params: Params) -> pl.DataFrame:
    """Steps for which another session fits nearly as well."""
    others = tables.table("move_alternatives").select(
        "move", other_session="from_session", other_score="score"
    )
    said = tables.table("sessions").select(
        other_session="id", other_user=pl.coalesce("user", "attempted_user")
    )
    found = _moves(tables, params).join(others.join(said, on="other_session"), on="move")
    return in_order(found, "start_us", "move", "other_session").select(
        *STEP, "from_session", "other_session", "other_user", "other_score"
    )


def movement_path(tables: Tables, params: Params) -> pl.DataFrame:
    """The shortest ways along moves from one thing to another."""
    ends = got_in(tables, {"hidden": True})
    nodes = ends.select("session", "host_id", "user", "start_us")
    steps = (
        tables.table("moves")
        .filter(C("from_session").is_not_null(), C("to_session").is_not_null())
        .select(session="from_session", next="to_session", step="score")
        .join(nodes.rename({"session": "next", "start_us": "end_us"}), on="next")
    )
    paths = ends.filter(_is(params["start"])).select(
        "session", "start_us", sessions=pl.concat_list("session"),
        hosts=pl.concat_list("host_id"), users=pl.concat_list("user"),
        score=pl.lit(None, pl.Int64), end_us="start_us",
    )
    goals = ends.filter(_is(params["end"])).select("session")
    for length in range(1, LONGEST + 1):
        paths = (
            paths.drop("end_us")
            .join(steps, on="session")
            .filter(~C("sessions").list.contains(C("next")))
            .select(
                "start_us", session="next", sessions=pl.concat_list("sessions", "next"),
                hosts=pl.concat_list("hosts", "host_id"), users=pl.concat_list("users", "user"),
                score=pl.min_horizontal("score", "step"), end_us="end_us",
            )
        )
        reached = paths.join(goals, on="session", how="semi")
        if reached.height or length == LONGEST:
            break
    told = reached.unique(["sessions", "score"]).with_columns(
        steps=pl.lit(length, pl.Int64), by_path=C("sessions").list.join("\0")
    )
    return in_order(told, "start_us", "end_us", "by_path", "score").select(
        "steps", "hosts", "users", "score", "start_us", "end_us", "sessions"
    )


def entry_chain(tables: Tables, params: Params) -> pl.DataFrame:
    """Chains of moves that began outside."""
    found = (
        tables.table("chains")
        .filter(
            C("entry_class").is_in(["external", "tunnelled"]), C("score") >= params["min_score"]
        )
        .filter(pl.lit(bool(params["hidden"])) | C("hidden").is_null())
        .with_columns(
            steps=C("hops").list.len().cast(pl.Int64),
            hosts=C("hops").list.eval(pl.element().struct.field("host")),
            users=C("hops").list.eval(pl.element().struct.field("user").fill_null("")),
        )
    )
    return in_order(found, "rank", "id").select(
        "steps", "hosts", "users", "start_us", "end_us", "score", "credential_switches",
        "causal_user", "new_host", chain="id", entry_address="entry_address",
    )


def only_through(tables: Tables, params: Params) -> pl.DataFrame:
    """Hosts that were reached from few other hosts of the case only."""
    came = got_in(tables, params).filter(C("address").is_not_null())
    through = (
        tables.table("origins")
        .select("session", via_id="source_host")
        .join(hosts(tables).select(via_id="host_id", via="host"), on="via_id")
    )
    told = came.join(through, on="session", how="left")
    found = (
        told.group_by("host_id", "host")
        .agg(
            names("via").alias("via"),
            (C("via").is_null() | (C("via_id") == C("host_id"))).any().alias("otherwise"),
            names("account").alias("users"),
            count("session").alias("sessions"),
            C("start_us").min().alias("first_us"),
            C("start_us").max().alias("last_us"),
        )
        .filter(~C("otherwise"), C("via").list.len() <= params["max_via"])
    )
    return in_order(found, "host").select(
        "host", "via", "users", "sessions", "first_us", "last_us"
    )


def _moves(tables: Tables, params: Params) -> pl.DataFrame:
    """Moves with names for ids of hosts; failed ones and background noise are left out."""
    rows = tables.table("moves").rename({"id": "move"}).filter(
        ~C("outcome").is_in(FAILED).fill_null(value=False)
    )
    if not params.get("hidden"):
        rows = rows.filter(C("hidden").is_null())
    named = hosts(tables)
    for end in ("from_host", "to_host"):
        rows = rows.join(
            named.select(C("host_id").alias(end), C("host").alias(f"{end}_name")),
            on=end, how="left",
        ).with_columns(pl.coalesce(f"{end}_name", end).alias(end))
    return rows


def _is(name: Value) -> pl.Expr:
    """Whether a session is that host, account or address; every one is, without a name."""
    if name is None:
        return pl.lit(value=True)
    wanted = str(name).lower()
    host, user = C("host").str.to_lowercase(), C("user").str.to_lowercase()
    said = (
        host, host.str.split(".").list.first(), user, user.str.split("\\").list.last(),
        C("address"),
    )
    return pl.any_horizontal(name == wanted for name in said).fill_null(value=False)
