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


@dataclass(frozen=True, slots=True)
class Cited:
    """What the report cites.

    Attributes:
        events: One row an event, in the order of its first session: `uid`, `time_us`, …
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
        .unique(["id", "uid", "role", "rule"])
        .join(rows, on="id", how="inner")
        .select(C("session").cast(pl.Int64), "uid", "role", "rule")
    )
    more = others.drop_nulls().unique().alias("uid")
    wanted = pl.concat([parts.select("uid"), more.to_frame().lazy()]).unique()
    columns = ("uid", "ord", "time_us", "record_id", "copies", "carved", *_WHAT, *_WHERE)
    events = tables.scan("events").select(columns).join(wanted, on="uid", how="semi").collect()
    told = (
        parts.join(events.lazy().select("uid", "time_us", "ord"), on="uid", how="left")
        .collect()
        .sort("session", "time_us", "ord", "uid", "role", "rule", nulls_last=True)
    )
    first = told.lazy().group_by("uid").agg(C("session").min()).collect()
    ordered = (
        events.join(first, on="uid", how="left")
        .sort("session", "time_us", "host", "ord", "uid", nulls_last=True)
        .drop("session")
    )
    position = ordered.select("uid").with_row_index("event").with_columns(C("event").cast(pl.Int64))
    numbered = told.join(position, on="uid", how="left", maintain_order="left")
    counts = (
        sessions.select("id").with_row_index("session")
        .join(numbered.group_by("session").agg(pl.len()), left_on=C("session").cast(pl.Int64),
              right_on="session", how="left", maintain_order="left")
    )  # fmt: skip
    return Cited(
        ordered,
        numbered.select("session", "event", "role", "rule"),
        counts["len"].fill_null(0).cast(pl.Int64),
    )


def add_events(block: Block, tables: Tables, found: Cited) -> None:
    """Write the events and their parts in the sessions."""
    planes, events = block.planes, found.events
    names = host_names(tables)
    what = events.select(pl.struct(_WHAT)).to_series()
    where = events.select(pl.struct(_WHERE)).to_series()
    whats, wheres = _distinct(what), _distinct(where)
    place = _codes(where, wheres)
    before = C("record_id").forward_fill().shift(1).over("place").fill_null(0)
    since = events.with_columns(place=place).select(C("record_id") - before).to_series()
    paths = dict(tables.table("evidence").select("sha256", "path").iter_rows())
    unnamed = events.with_row_index("at").filter(C("record_id").is_null())
    copies = events.with_row_index("at").filter(C("copies").list.len() > 0)
    block.add(
        "events",
        events.height,
        {
            "time": numbers(events["time_us"], planes, delta=True),
            "what": numbers(_codes(what, whats), planes),
            "where": numbers(place, planes, delta=True),
            "record_since": numbers(since, planes),
            "carved": column(events["carved"], planes),
        },
    )
    block.add("whats", len(whats), _plain(whats.to_list(), _WHAT))
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
    nameless = unnamed.select("at", "uid").to_dicts()
    block.add("unnamed", unnamed.height, _plain(nameless, ("at", "uid")))
    block.add(
        "copies",
        copies.height,
        _plain(
            [
                {"at": at, "paths": [paths.get(one, one) for one in held]}
                for at, held in copies.select("at", "copies").iter_rows()
            ],
            ("at", "paths"),
        ),
    )
    block.add(
        "parts",
        found.parts.height,
        {
            "event": numbers(found.parts["event"], planes, delta=True),
            "role": texts(found.parts["role"], planes),
            "rule": texts(found.parts["rule"], planes),
        },
    )


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
