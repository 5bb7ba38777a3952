"""One session with everything that it is made of, down to its events."""

from __future__ import annotations

import polars as pl

from graphsess.case import overlays
from graphsess.case.tables import Tables
from graphsess.errors import UsageError
from graphsess.graph import facts
from graphsess.graph.drawn import View, counted, drawn, extend, nothing
from graphsess.graph.folding import FOLDED
from graphsess.graph.links import LINK_KEY, Step, links
from graphsess.graph.scopes import Scope
from graphsess.graph.seen import sessions

C = pl.col
EVENTS = 20_000
"""Events in one graph: networkx takes some 2 kB for each with its links, and walks them slowly."""
_LOGONS = 12
"""Logon sessions of one session, its byproducts and companions among them."""
_LABELS = {
    "source_address": "Address",
    "who": "User",
    "host": "Host",
    "source_host": "Host",
    "id": "Session",
    "previous": "Session",
    "next": "Session",
    "parent": "Session",
    "local": "LocalSession",
    "connection": "Connection",
    "failure_run": "FailureRun",
    "logons": "LogonSession",
    "after": "FailureRun",
}
STEPS = (
    Step("id", "FROM_ADDRESS", "source_address"),
    Step("id", "OF_USER", "who"),
    Step("id", "ON_HOST", "host", where=C("local").is_null() & C("connection").is_null()),
    Step("id", "CAME_FROM", "source_host"),
    Step("previous", "NEXT_IN_LOCAL", "id"),
    Step("id", "NEXT_IN_LOCAL", "next"),
    Step("id", "OPENED_UNDER", "parent"),
    Step("id", "IN_RUN", "failure_run"),
    Step("after", "FOLLOWED_BY_SUCCESS", "id"),
    Step("id", "OVER", "connection"),
    Step("id", "IN", "local"),
    Step("id", "USES", "logons"),
    Step("connection", "ON", "host"),
    Step("local", "ON", "host"),
)
EVENT_STEPS = (
    Step("uid", "SOURCE_OF", "id"),
    Step("uid", "OF_LOGON", "logon", quiet=True),
)


def build(tables: Tables, scope: Scope, limit: int | None) -> View:
    """The graph of one session: its ends, its desktop, connection, logons and events.

    Where its events do not fit, those of the same kind and role are one thing.

    Raises:
        UsageError: there is no such session, or it has more events than `EVENTS`.
    """
    every = sessions(tables, every=True)
    one = every.filter(C("id") == scope.name)
    if one.is_empty():
        raise nothing(scope, "take an id from the field `id` of graphsess sessions, and quote it")
    near = pl.concat([one[name].drop_nulls() for name in ("id", "previous", "next", "parent")])
    events = _events(tables, one)
    shown_events = events if limit is None or events.height <= limit // 2 else _alike(events)
    rows = _related(tables, one)
    labelled = rows.with_columns(
        pl.lit(label).alias(f"{column}_label") for column, label in _LABELS.items()
    ).with_columns(path=pl.lit(0, pl.Int64))
    drawn_logons = rows["logons"].explode().implode()
    told = _event_rows(tables, labelled, shown_events).with_columns(
        logon=pl.when(C("logon").is_in(drawn_logons)).then("logon")
    )
    graph = drawn(
        pl.concat([links(labelled, STEPS), links(told, EVENT_STEPS)]).sort(
            *LINK_KEY, nulls_last=True
        ),
        {
            **facts.of_entities(tables, one),
            "Session": facts.of_sessions(every.filter(C("id").is_in(near.implode()))),
            **_facts(shown_events),
            "FailureRun": facts.of_failure_runs(tables, _keys(rows, "failure_run", "after")),
            **{
                label: facts.of_table(tables, label, _keys(rows, column))
                for label, column in (
                    ("LocalSession", "local"),
                    ("Connection", "connection"),
                    ("LogonSession", "logons"),
                )
            },
        },
        [("Session", str(scope.name))],
    )
    counts = counted(graph)
    counts.pop(FOLDED, None)
    return View(scope, graph, counts, counts | {"Event": events.height}, one)


def add_events(tables: Tables, view: View) -> None:
    """Every event of the sessions that a view shows one by one, as a thing of its graph.

    Raises:
        UsageError: they are more than `EVENTS`.
    """
    alone = {key for label, key in view.graph if label == "Session"}
    some = view.sessions.filter(C("id").is_in(list(alone)))
    events = _events(tables, some)
    rows = _event_rows(tables, some.with_columns(path=pl.lit(0, pl.Int64)), events)
    there = {key for label, key in view.graph if label == "LogonSession"}
    rows = rows.with_columns(logon=pl.when(C("logon").is_in(list(there))).then("logon"))
    extend(view.graph, links(rows, EVENT_STEPS), _facts(events))


def _facts(events: pl.DataFrame) -> dict[str, pl.DataFrame]:
    once = events.unique("uid", keep="first", maintain_order=True).with_columns(
        key="uid", of=pl.lit("Event")
    )
    kept = (
        "key", "time_us", "channel", "event_id", "record_id", "role", "rule", "file", "number", "of"
    )  # fmt: skip
    return {
        label: once.filter(C("label") == label).select(kept) for label in ("Event", FOLDED)
    }


def _related(tables: Tables, one: pl.DataFrame) -> pl.DataFrame:
    """The session with the ids of its logon sessions and of the failures that it followed."""
    extra = tables.scan("sessions").filter(C("id") == one["id"][0])
    kinds = ("luids", "byproduct_luids", "companion_luids")
    luids = extra.select(pl.concat_list(C(kind).fill_null([]) for kind in kinds)).collect()
    wanted = luids.to_series().explode().drop_nulls().unique(maintain_order=True).head(_LOGONS)
    logons = (
        tables.scan("logons")
        .filter(
            C("host") == one["host"][0],
            C("boot") == one["boot"][0],
            C("luid").is_in(wanted.to_list()),
        )
        .select("id")
        .collect()["id"]
        .sort()
    )
    after = tables.table("followed_by_success").filter(C("session") == one["id"][0])
    run = C("failure_run")
    return one.with_columns(
        logons=pl.lit(logons.to_list(), pl.List(pl.String())),
        after=pl.lit(after["failure_run"].min(), pl.String()),
        failure_run=pl.when(C("got") == "failed").then(run),
    )


def _events(tables: Tables, rows: pl.DataFrame) -> pl.DataFrame:
    """The events of some sessions in their order, each with its part in them.

    Raises:
        UsageError: they are more than `EVENTS`.
    """
    parts = (
        overlays.sources(tables)
        .join(rows.lazy().select(session="id"), on="session", how="semi")
        .group_by("session", "uid")
        .agg(role=C("role").sort().str.join(", "), rule=C("rule").unique().sort().str.join(", "))
    )
    number = parts.select(C("uid").n_unique()).collect().item()
    if number > EVENTS:
        raise UsageError(
            f"{number:,} events are more than one graph can hold ({EVENTS:,}); narrow it down with "
            "--since and --until, or list them with graphsess show"
        )
    events = tables.scan("events").select(
        "uid", "ord", "time_us", "channel", "event_id", "record_id", "evidence", "kind",
        "target_luid", "activity_id", event_host="host", event_boot="boot",
    )  # fmt: skip
    files = tables.table("evidence").select(evidence="sha256", file="path").unique("evidence")
    return (
        parts.join(events, on="uid", how="left")
        .join(files.lazy(), on="evidence", how="left")
        .collect()
        .with_columns(label=pl.lit("Event"), number=pl.lit(1, pl.Int64))
        .sort("time_us", "event_host", "ord", "uid", "session", nulls_last=True)
    )


def _alike(events: pl.DataFrame) -> pl.DataFrame:
    """Events of the same kind and role as one thing each, in the order of their first."""
    alike = ["session", "channel", "event_id", "role"]
    grouped = events.group_by(alike, maintain_order=True).agg(
        *(C(name).first() for name in events.columns if name not in (*alike, "number", "label")),
        last_us=C("time_us").max(),
        number=pl.len().cast(pl.Int64),
    )
    several = C("number") > 1
    return grouped.with_columns(
        uid=pl.when(several)
        .then(pl.concat_str(C("channel", "event_id", "role").cast(pl.String).fill_null("-"),
                            separator="|"))
        .otherwise("uid"),
        label=pl.when(several).then(pl.lit(FOLDED)).otherwise(pl.lit("Event")),
        target_luid=pl.when(~several).then("target_luid"),
    )  # fmt: skip


def _event_rows(tables: Tables, one: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Rows for the links of events: to their session, and to the logon that they are about."""
    logons = tables.scan("logons").select(
        event_host="host", event_boot="boot", target_luid="luid", logon="id"
    )
    about = ["event_host", "event_boot", "target_luid"]
    luids = events.lazy().select(about).drop_nulls().unique()
    found = luids.join(logons, on=about).collect()
    sessions_of = one.select("id", "kind", "got", "risk", "path")
    return (
        events.drop("kind")
        .join(found, on=about, how="left", maintain_order="left")
        .join(sessions_of, left_on="session", right_on="id", how="left", maintain_order="left")
        .with_columns(
            id="session",
            uid_label="label",
            id_label=pl.lit("Session"),
            logon_label=pl.lit("LogonSession"),
            start_us="time_us",
            end_us="time_us",
        )
    )


def _keys(rows: pl.DataFrame, *columns: str) -> list[str]:
    found: set[str] = set()
    for column in columns:
        values = rows[column]
        flat = values.explode() if isinstance(values.dtype, pl.List) else values
        found |= set(flat.drop_nulls().to_list())
    return sorted(found)
