"""All about one user, address or host: every session between its ends, and what it ran on."""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.graph import facts
from graphsess.graph.drawn import View, counted, drawn, nothing
from graphsess.graph.folding import FOLDED, folded, shares
from graphsess.graph.links import LINK_KEY, Step, links
from graphsess.graph.scopes import About, Scope
from graphsess.graph.seen import FAILED, ORDINARY

C = pl.col
BUNDLE = "Sessions"
"""Label of sessions alike (same user, address, host, kind, outcome) shown as one thing."""
_LOGONS = 2
"""Logon sessions drawn of each session: both halves of a UAC pair."""
_REMEDY = {
    About.USER: "graphsess users lists the accounts",
    About.ADDRESS: "graphsess addresses lists the addresses",
    About.HOST: "graphsess hosts lists the hosts",
}
_COLUMN = {About.USER: "who", About.ADDRESS: "source_address", About.HOST: "host"}
_LABELS = {
    "source_address": "Address",
    "who": "User",
    "host": "Host",
    "source_host": "Host",
    "local": "LocalSession",
    "logons": "LogonSession",
    "next": "Session",
}
STEPS = (
    Step("source_address", "LOGGED_ON_AS", "who"),
    Step("who", "OPENED", "item"),
    Step("source_address", "OPENED", "item", where=C("who").is_null()),
    Step("source_address", "CAME_TO", "item", where=C("who").is_not_null(), quiet=True),
    Step("item", "IN", "local"),
    Step("item", "USES", "logons", where=C("local").is_null()),
    Step("item", "USES", "logons", where=C("local").is_not_null(), quiet=True),
    Step("local", "ON", "host"),
    Step("logons", "ON", "host", where=C("local").is_null()),
    Step("item", "ON_HOST", "host", where=C("local").is_null() & (C("logons").list.len() == 0)),
    Step("item", "NEXT_IN_LOCAL", "next"),
    Step("source_address", "RESOLVES_TO", "source_host", quiet=True),
)
"""`(:Address)-[:LOGGED_ON_AS]->(:User)-[:OPENED]->(:Session)-[:IN]->(:LocalSession)-[:ON]->(:Host)`,
a logon session where a session has no desktop. Quiet links are true as well, and too many."""


def build(tables: Tables, scope: Scope, rows: pl.DataFrame, limit: int | None) -> View:
    """The graph of the sessions of one user, address or host.

    Consecutive failures are one thing, their failure run. Where there are more things than fit,
    sessions alike become one, then the least remarkable are folded.

    Raises:
        UsageError: it has no session.
    """
    mine = rows.filter(_mine(tables, scope))
    if mine.is_empty():
        raise nothing(scope, f"{_REMEDY[scope.about]}, and --all shows hidden sessions too")
    items = _with_logons(tables, _itemised(mine))
    roots = frozenset(mine[_COLUMN[scope.about]].drop_nulls().unique().to_list())
    labelled = items.with_columns(
        pl.lit(label).alias(f"{column}_label") for column, label in _LABELS.items()
    )
    kept = _fitting(labelled, limit, roots)
    graph = drawn(
        pl.concat([links(kept, STEPS), _at_home(tables, kept), _followed(tables, kept)]).sort(
            *LINK_KEY, nulls_last=True
        ),
        _facts(tables, mine, labelled, kept),
    )
    total = _total(items)
    shown = counted(graph)
    seen = {label: min(shown.get(label, 0), number) for label, number in total.items()}
    return View(scope, graph, seen, total, mine)


def _mine(tables: Tables, scope: Scope) -> pl.Expr:
    name = (scope.name or "").lower()
    if scope.about is About.ADDRESS:
        return C("source_address") == name
    if scope.about is About.HOST:
        hosts = tables.table("hosts").filter(
            (C("id") == name)
            | (C("id").str.split(".").list.first() == name)
            | C("names").list.eval(pl.element().str.to_lowercase() == name).list.any()
        )
        ids = hosts["id"].implode()
        return C("host").is_in(ids) | C("source_host").is_in(ids)
    short = C("who").str.split("\\").list.last() if "\\" not in name else C("who")
    return (short == name) | (C("sid").str.to_lowercase() == name)


def _itemised(rows: pl.DataFrame) -> pl.DataFrame:
    """Each session's place in the picture: its failure run, or itself."""
    run = C("failure_run").is_not_null() & (C("got") == FAILED)
    several = run & (pl.len().over("failure_run") > 1)
    return rows.with_columns(
        item=pl.when(several).then("failure_run").otherwise("id"),
        item_label=pl.when(several).then(pl.lit("FailureRun")).otherwise(pl.lit("Session")),
    )


def _with_logons(tables: Tables, items: pl.DataFrame) -> pl.DataFrame:
    """The ids of the logon sessions that each session used, the first few."""
    used = items.lazy().select("id", "host", "boot", luid=C("luids").list.head(_LOGONS))
    used = used.explode("luid").filter(C("luid").is_not_null())
    logons = tables.scan("logons").select("host", "boot", "luid", logon="id")
    found = (
        used.join(logons, on=["host", "boot", "luid"])
        .collect()
        .sort("id", "logon")
        .group_by("id", maintain_order=True)
        .agg(logons=C("logon").unique(maintain_order=True))
    )
    return items.join(found, on="id", how="left", maintain_order="left").with_columns(
        C("logons").fill_null([])
    )


def _fitting(rows: pl.DataFrame, limit: int | None, roots: frozenset[str]) -> pl.DataFrame:
    """The rows with no more things than fit, and a path each: the way through one item."""
    if limit is not None:
        if rows["item"].n_unique() > limit // 3:
            rows = _bundled(rows)
        columns = ("source_address", "who", "host", "item")
        room = shares({name: rows[name].n_unique() for name in columns}, limit * 2 // 3)
        for column, most in room.items():
            rows = folded(rows, column, most, roots)
        away = C("item_label") == FOLDED
        below = limit - sum(rows[name].n_unique() for name in columns)
        rows = rows.with_columns(
            local=pl.when(~away).then("local"), logons=pl.when(~away).then("logons")
        )
        if rows["local"].n_unique() + rows["logons"].explode().n_unique() > below:
            rows = rows.with_columns(logons=pl.lit([], pl.List(pl.String())))
        if rows["local"].n_unique() > below:
            rows = rows.with_columns(local=pl.lit(None, pl.String()))
    alone = C("item_label") == "Session"
    items = rows.filter(alone)["item"]
    hosts = rows.filter(C("host_label") != FOLDED)["host"]
    return rows.with_columns(
        C("logons").fill_null([]),
        path=C("item").rank("dense").cast(pl.Int64),
        next=pl.when(alone & C("next").is_in(items.implode())).then("next"),
        source_host=pl.when(C("source_host").is_in(hosts.implode())).then("source_host"),
    )


def _bundled(rows: pl.DataFrame) -> pl.DataFrame:
    """Unremarkable sessions alike as one thing: same user, address, host, kind and outcome."""
    alike = ["who", "source_address", "host", "kind", "got"]
    plain = (C("risk") == ORDINARY) & (C("item_label") == "Session")
    together = plain & (pl.len().over([*alike, plain]) > 1)
    name = pl.concat_str([C(column).fill_null("-") for column in alike], separator="|")
    return rows.with_columns(
        item=pl.when(together).then(name).otherwise("item"),
        item_label=pl.when(together).then(pl.lit(BUNDLE)).otherwise("item_label"),
        local=pl.when(~together).then("local"),
        logons=pl.when(~together).then("logons"),
    )


def _at_home(tables: Tables, kept: pl.DataFrame) -> pl.DataFrame:
    """`(:LogonSession)-[:BELONGS_TO]->(:LocalSession)`, for desktops that are there."""
    used = kept.filter(C("local").is_not_null()).explode("logons")
    homes = tables.scan("logons").select(logons="id", home="local")
    pairs = (
        used.lazy()
        .join(homes, on="logons")
        .filter(C("home") == C("local"))
        .with_columns(home_label=pl.lit("LocalSession"))
        .collect()
    )
    return links(pairs, (Step("logons", "BELONGS_TO", "home"),))


def _followed(tables: Tables, kept: pl.DataFrame) -> pl.DataFrame:
    """`(:FailureRun)-[:FOLLOWED_BY_SUCCESS]->(:Session)`, where both are there."""
    runs = kept.filter(C("item_label") == "FailureRun").select(run="item").unique()
    alone = kept.filter(C("item_label") == "Session")
    pairs = (
        tables.table("followed_by_success")
        .select(run="failure_run", id="session")
        .join(runs, on="run", how="semi")
        .join(alone, on="id", how="inner")
        .with_columns(run_label=pl.lit("FailureRun"))
    )
    return links(pairs, (Step("run", "FOLLOWED_BY_SUCCESS", "item"),))


def _total(items: pl.DataFrame) -> dict[str, int]:
    things = {
        label: items[column].drop_nulls().n_unique()
        for label, column in (
            ("Address", "source_address"),
            ("User", "who"),
            ("Host", "host"),
            ("LocalSession", "local"),
        )
    }
    for label in ("Session", "FailureRun"):
        things[label] = items.filter(C("item_label") == label)["item"].n_unique()
    things["LogonSession"] = items["logons"].explode().drop_nulls().n_unique()
    return {label: number for label, number in things.items() if number}


def _facts(
    tables: Tables, rows: pl.DataFrame, before: pl.DataFrame, kept: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    columns = {"Address": "source_address", "User": "who", "Host": "host"}
    bundles = kept.filter(C("item_label") == BUNDLE)
    begin = pl.coalesce("start_us", "end_us")
    alike = bundles.group_by(C("item").alias("key")).agg(
        C("kind").first(), C("got").first(), C("who_name").first(), C("source_address").first(),
        C("host").first(), number=pl.len(), start_us=begin.min(),
        end_us=pl.coalesce("end_us", begin).max(),
    )  # fmt: skip
    away = kept.filter(C("item_label") == FOLDED).group_by(C("item").alias("key")).agg(
        number=pl.len().cast(pl.Int64), of=C("item").first()
    )
    runs = kept.filter(C("item_label") == "FailureRun")["item"].unique().to_list()
    return {
        **facts.of_entities(tables, rows),
        "Session": facts.of_sessions(rows),
        "FailureRun": facts.of_failure_runs(tables, runs),
        BUNDLE: alike,
        "LocalSession": facts.of_table(
            tables, "LocalSession", kept["local"].drop_nulls().unique().to_list()
        ),
        "LogonSession": facts.of_table(
            tables, "LogonSession", kept["logons"].explode().drop_nulls().unique().to_list()
        ),
        FOLDED: pl.concat([facts.of_folded(before, kept, columns), away]),
    }
