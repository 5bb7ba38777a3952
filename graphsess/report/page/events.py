"""The events that the report cites, each once, and the part each has in a session.

A browser makes an event's uid of what stands here (`graphsess.events.uid`): 16 bytes that nothing
can compress are saved for each. Only records without a record id carry theirs along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from graphsess.case import overlays
from graphsess.records.names import host_names
from graphsess.records.stream import Tables
from graphsess.report.page.block import Block
from graphsess.report.page.columns import column, numbers, texts

C = pl.col
_WHAT = ("channel", "provider", "event_id")
_WHERE = ("host", "computer", "evidence")
ANCHORS = ("start", "end", "auth_time", "session_time")
"""Times of a session that its events lie near."""
FAR = 1 << 52
"""Microseconds beyond which nothing is near."""
WORD = pl.Categorical()


@dataclass(frozen=True, slots=True)
class Cited:
    """What the report cites.

    Attributes:
        events: One row an event, in the order of its first session, its `owner`: `uid`,
            `time_us`, …
        parts: One row a part of an event in a session, sessions in their order: `session` (its
            row), `event` (its row), `role`, `rule`.
        counts: How many parts each session has.
    """

    events: pl.DataFrame
    parts: pl.DataFrame
    counts: pl.Series

    def rows_of(self, uids: pl.Series) -> pl.Series:
        """Lists of uids as lists of rows of `events`; one that no event bears is left out."""
        rows = pl.Series(range(self.events.height), dtype=pl.Int64())
        if self.events.is_empty():
            return pl.Series([[]] * len(uids), dtype=pl.List(pl.Int64()))
        frame = pl.DataFrame({"uids": uids.fill_null([])})
        return frame.select(
            C("uids").list.eval(
                pl.element()
                .replace_strict(self.events["uid"], rows, default=None, return_dtype=pl.Int64())
                .drop_nulls()
            )
        ).to_series()


def cited(tables: Tables, sessions: pl.DataFrame, others: pl.Series) -> Cited:
    """The events of all sessions, and others that flags, moves and activities name.

    Args:
        tables: The case.
        sessions: Records of sessions, in their order.
        others: Uids of further events.
    """
    rows = sessions.lazy().select("id").with_row_index("session")
    parts = (
        overlays.sources(tables)
        .rename({"session": "id"})
        .join(rows, on="id", how="inner")
        .select("session", "uid", C("role").cast(WORD), C("rule").cast(WORD))
        .collect()
    )
    more = others.drop_nulls().unique().alias("uid")
    wanted = pl.concat([parts["uid"], more]).unique()
    columns = ("uid", "ord", "time_us", "record_id", "copies", "carved", *_WHAT, *_WHERE)
    events = (
        tables.scan("events")
        .select(columns)
        .join(wanted.to_frame().lazy(), on="uid", how="semi")
        .collect()
        .sort("time_us", "host", "ord", "uid", nulls_last=True)
        .with_row_index("place")
    )
    placed = (
        parts.join(events.select("uid", "place"), on="uid", how="inner")
        .select("session", "place", "role", "rule")
        .unique()
        .sort("session", "place", C("role").cast(pl.String), C("rule").cast(pl.String))
    )
    first = placed.group_by("place").agg(C("session").min().alias("owner"))
    ordered = (
        events.join(first, on="place", how="left", maintain_order="left")
        .sort("owner", "place", nulls_last=True)
        .with_row_index("event")
    )
    numbered = placed.join(
        ordered.select("place", "event"), on="place", how="left", maintain_order="left"
    )
    counts = numbered.group_by("session").len("count")
    every = pl.DataFrame({"session": pl.Series(range(sessions.height), dtype=pl.UInt32())})
    return Cited(
        ordered.drop("place", "event").with_columns(C("owner").cast(pl.Int64)),
        numbered.select(
            C("session").cast(pl.Int64), C("event").cast(pl.Int64), C("role").cast(pl.String),
            C("rule").cast(pl.String),
        ),
        every.join(counts, on="session", how="left", maintain_order="left")["count"]
        .fill_null(0)
        .cast(pl.Int64),
    )  # fmt: skip


def add_events(block: Block, tables: Tables, found: Cited, sessions: pl.DataFrame) -> None:
    """Write the events and their parts in the sessions.

    An event's time is told by what it lies near: a time of its first session, as a rule that very
    time, else the time of the event before. Its place is the one where its host writes such
    events, as a rule.
    """
    planes, events = block.planes, found.events
    what = events.select(pl.struct(_WHAT)).to_series()
    where = events.select(pl.struct(_WHERE)).to_series()
    whats, wheres = _distinct(what), _distinct(where)
    kind, place = _codes(what, whats), _codes(where, wheres)
    near, apart = _near(events, sessions)
    usual, strange = _usual(events, sessions, kind, place)
    before = C("record_id").forward_fill().shift(1).over("place").fill_null(0)
    since = events.with_columns(place=place).select(C("record_id") - before).to_series()
    paths = dict(tables.table("evidence").select("sha256", "path").iter_rows())
    block.add(
        "events",
        events.height,
        {
            "near": numbers(near, planes),
            "apart": numbers(apart, planes),
            "what": numbers(kind, planes),
            "strange": numbers(strange, planes),
            "record_since": numbers(since, planes),
            "carved": column(events["carved"], planes),
        },
    )
    block.add(
        "usual",
        usual.height,
        {name: numbers(usual[name].cast(pl.Int64), planes) for name in usual.columns},
    )
    block.add("whats", len(whats), _plain(whats.to_list(), _WHAT))
    names = host_names(tables)
    told = [
        {
            "host": names.get(row["host"], row["host"]),
            "computer": row["computer"],
            "key": _lower(row["computer"]),
            "file": paths.get(row["evidence"], row["evidence"]),
            "evidence": row["evidence"],
        }
        for row in wheres.to_list()
    ]
    block.add("wheres", len(told), _plain(told, ("host", "computer", "key", "file", "evidence")))
    _add_odd(block, events, paths)
    block.add(
        "parts",
        found.parts.height,
        {
            "event": numbers(found.parts["event"], planes, delta=True),
            "role": texts(found.parts["role"], planes),
            "rule": texts(found.parts["rule"], planes),
        },
    )


def _near(events: pl.DataFrame, sessions: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Which of its session's `ANCHORS` each event lies nearest, from 1, and how far from it.

    0 is the time of the event before; an event without a time has neither.
    """
    times = sessions.select(C(name).cast(pl.Int64) for name in ANCHORS).with_row_index("owner")
    joined = events.select("time_us", "owner").join(
        times.with_columns(C("owner").cast(pl.Int64)), on="owner", how="left", maintain_order="left"
    )
    before = C("time_us").forward_fill().shift(1).fill_null(0)
    gaps = [(C("time_us") - C(name)).abs().fill_null(FAR) for name in ANCHORS]
    least = pl.min_horizontal(gaps)
    nearest = pl.lit(0, pl.Int64())
    apart = C("time_us") - before
    for number, (name, gap) in reversed(list(enumerate(zip(ANCHORS, gaps, strict=True), 1))):
        met = (gap == least) & (least < FAR)
        nearest = pl.when(met).then(number).otherwise(nearest)
        apart = pl.when(met).then(C("time_us") - C(name)).otherwise(apart)
    told = joined.select(
        near=pl.when(C("time_us").is_not_null()).then(nearest),
        apart=pl.when(C("time_us").is_not_null()).then(apart),
    )
    return told["near"], told["apart"]


def _usual(
    events: pl.DataFrame, sessions: pl.DataFrame, kind: pl.Series, place: pl.Series
) -> tuple[pl.DataFrame, pl.Series]:
    """Where each host's events of a kind mostly stand; and the places of those that do not.

    The host is the one of the first session that has it, told by that session's row.
    """
    hosts = sessions.select("host").with_row_index("owner").with_columns(C("owner").cast(pl.Int64))
    rows = (
        events.select("owner")
        .with_columns(kind=kind, place=place)
        .join(hosts, on="owner", how="left", maintain_order="left")
    )
    known = rows.filter(C("owner").is_not_null())
    usual = (
        known.group_by("host", "kind", "place")
        .agg(pl.len(), C("owner").min())
        .sort(-C("len").cast(pl.Int64), "place", "host", "kind", nulls_last=True)
        .unique(["host", "kind"], keep="first", maintain_order=True)
    )
    told = rows.join(
        usual.select("host", "kind", expected="place"), on=["host", "kind"], how="left",
        nulls_equal=True, maintain_order="left",
    ).select(
        pl.when(C("owner").is_not_null() & (C("place") == C("expected"))).then(None).otherwise(
            C("place"))
    )  # fmt: skip
    return usual.select("owner", "kind", "place").sort("owner", "kind"), told.to_series()


def _add_odd(block: Block, events: pl.DataFrame, paths: dict[str, str]) -> None:
    """The uids that cannot be made of anything, and the other files that hold the same record."""
    numbered = events.with_row_index("at")
    nameless = numbered.filter(C("record_id").is_null()).select("at", "uid").to_dicts()
    block.add("unnamed", len(nameless), _plain(nameless, ("at", "uid")))
    copies = [
        {"at": at, "paths": [paths.get(one, one) for one in held]}
        for at, held in numbered.filter(C("copies").list.len() > 0)
        .select("at", "copies")
        .iter_rows()
    ]
    block.add("copies", len(copies), _plain(copies, ("at", "paths")))


def _distinct(values: pl.Series) -> pl.Series:
    """The distinct rows, the most frequent first."""
    name = values.name
    fields = values.struct.fields
    frame = values.to_frame().unnest(name)
    counted = frame.group_by(fields).len("n")
    counted = counted.sort(-C("n").cast(pl.Int64), *fields, nulls_last=True)
    return counted.select(pl.struct(fields)).to_series()


def _codes(values: pl.Series, known: pl.Series) -> pl.Series:
    fields = values.struct.fields
    left, right = values.to_frame("v").unnest("v"), known.to_frame("v").unnest("v")
    joined = left.join(
        right.with_row_index("code"), on=fields, how="left", nulls_equal=True, maintain_order="left"
    )
    return joined["code"].cast(pl.Int64)


def _plain(rows: list[dict[str, Any]], names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """A small table whose values stand in the header itself."""
    return {name: {"codec": "plain", "values": [row[name] for row in rows]} for name in names}


def _lower(computer: str | None) -> str | None:
    """In lower case as the uid has it."""
    lower: str | None = pl.Series([computer], dtype=pl.String()).str.to_lowercase().item()
    return lower
