"""The events that the report cites, each once, and the part each has in a session.

A browser makes an event's uid of what stands here (`graphsess.events.uid`): 16 bytes that nothing
can compress are saved for each. Only records without a record id carry theirs along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from graphsess.case import overlays
from graphsess.records.names import host_names
from graphsess.records.stream import Tables
from graphsess.report.page.block import Block
from graphsess.report.page.columns import column, positions
from graphsess.report.page.planes import numbers
from graphsess.report.page.words import coded, texts

C = pl.col
_WHAT = ("channel", "provider", "event_id")
_WHERE = ("host", "computer", "evidence")
ANCHORS = ("start", "end", "auth_time", "session_time")
"""Times of a session that its events lie near."""
FAR = 1 << 52
"""Microseconds beyond which nothing is near."""
NEVER = -(1 << 62)
"""Stands for no time at all."""
WORD = pl.Categorical()
_WORDS = ("channel", "provider", "host", "computer", "evidence")
"""Texts of which there are few, however many events there are."""


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
        return positions(uids.fill_null([]), self.events["uid"])


def cited(tables: Tables, sessions: pl.DataFrame, others: pl.Series) -> Cited:
    """The events of all sessions, and others that flags, moves and activities name.

    Args:
        tables: The case.
        sessions: Records of sessions, in their order.
        others: Uids of further events.
    """
    rows = sessions.lazy().select("id").with_row_index("session")
    told = (
        overlays.sources(tables)
        .rename({"session": "id"})
        .join(rows, on="id", how="inner")
        .select(C("session").cast(pl.Int64), "uid", C("role").cast(WORD), C("rule").cast(WORD))
        .collect()
    )
    wanted = pl.concat([told["uid"], others.drop_nulls().alias("uid")])
    columns = ("uid", "ord", "time_us", "record_id", "copies", "carved", *_WHAT, *_WHERE)
    events = (
        tables.scan("events")
        .select(C(name).cast(WORD) if name in _WORDS else C(name) for name in columns)
        .join(wanted.to_frame().lazy(), on="uid", how="semi")
        .collect()
    )
    at = events.select("uid", at=pl.int_range(pl.len(), dtype=pl.Int64()))
    parts = told.join(at, on="uid", how="inner").select("session", "at", "role", "rule")
    hosts = pl.Enum(events["host"].drop_nulls().unique().cast(pl.String).sort())
    in_time = events.select(
        pl.arg_sort_by("time_us", C("host").cast(hosts), "ord", nulls_last=True)
    ).to_series()
    place = _ranks(in_time)
    owners = parts.group_by("at").agg(owner=C("session").min())
    owner = pl.repeat(None, events.height, dtype=pl.Int64(), eager=True).scatter(
        owners["at"], owners["owner"]
    )
    order = (
        pl.DataFrame({"owner": owner, "place": place})
        .select(pl.arg_sort_by("owner", "place", nulls_last=True))
        .to_series()
    )
    numbered = parts.with_columns(
        place=place.gather(parts["at"]), event=_ranks(order).gather(parts["at"])
    ).sort("session", "place", C("role").cast(pl.String), C("rule").cast(pl.String))
    numbered = numbered.filter(
        pl.any_horizontal(
            C(name).ne_missing(C(name).shift()) for name in ("session", "place", "role", "rule")
        )
    )
    counts = np.bincount(numbered["session"].to_numpy(), minlength=sessions.height)
    return Cited(
        events.with_columns(owner=owner)[order],
        numbered.select("session", "event", C("role").cast(pl.String), C("rule").cast(pl.String)),
        pl.Series("count", counts.astype(np.int64)),
    )


def _ranks(order: pl.Series) -> pl.Series:
    """The position of each row in an order of the rows."""
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order.to_numpy()] = np.arange(len(order))
    return pl.Series(ranks)


def add_events(block: Block, tables: Tables, found: Cited, sessions: pl.DataFrame) -> None:
    """Write the events and their parts in the sessions.

    An event's time is told by what it lies near: a time of its first session, as a rule that very
    time, else the time of the event before. Its place is the one where its host writes such
    events, as a rule.
    """
    planes, events = block.planes, found.events
    kind, whats = _distinct(events.select(_WHAT))
    place, wheres = _distinct(events.select(_WHERE))
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
    block.add("whats", whats.height, _plain(whats.to_dicts(), _WHAT))
    names = host_names(tables)
    keys = wheres["computer"].str.to_lowercase().to_list()  # as the uid has it
    told = [
        {
            "host": names.get(row["host"], row["host"]),
            "computer": row["computer"],
            "key": key,
            "file": paths.get(row["evidence"], row["evidence"]),
            "evidence": row["evidence"],
        }
        for row, key in zip(wheres.to_dicts(), keys, strict=True)
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
    undated = events["time_us"].is_null()
    time = events["time_us"].fill_null(0).to_numpy()
    owner = events["owner"].fill_null(-1).to_numpy()  # -1 is the row put below the sessions
    rows = [
        np.append(sessions[name].cast(pl.Int64).fill_null(NEVER).to_numpy(), NEVER)[owner]
        for name in ANCHORS
    ]
    gaps = [np.where(row == NEVER, FAR, np.abs(time - row)) for row in rows]
    least = np.minimum.reduce(gaps)
    before = events.select(C("time_us").forward_fill().shift(1).fill_null(0)).to_series().to_numpy()
    nearest, apart = np.zeros(events.height, dtype=np.int64), time - before
    for number in range(len(ANCHORS), 0, -1):
        met = (gaps[number - 1] == least) & (least < FAR)
        nearest[met] = number
        apart[met] = (time - rows[number - 1])[met]
    return pl.Series(nearest).set(undated, None), pl.Series(apart).set(undated, None)


def _usual(
    events: pl.DataFrame, sessions: pl.DataFrame, kind: pl.Series, place: pl.Series
) -> tuple[pl.DataFrame, pl.Series]:
    """Where each host's events of a kind mostly stand; and the places of those that do not.

    The host is the one of the first session that has it, told by that session's row.
    """
    owner = events["owner"].fill_null(-1).to_numpy()
    owned = owner >= 0
    kinds, places = kind.to_numpy(), place.to_numpy()
    if not owned.any():
        nobody = pl.DataFrame(schema=dict.fromkeys(("owner", "kind", "place"), pl.Int64()))
        return nobody, place
    span_of_kind, span_of_place = int(kinds.max()) + 1, int(places.max()) + 1
    host = coded(sessions["host"]).codes[owner]  # without an owner some host, which is not used
    writes = host * span_of_kind + kinds
    met, first, count = np.unique(
        (writes * span_of_place + places)[owned], return_index=True, return_counts=True
    )
    told = pl.DataFrame(
        {
            "writes": met // span_of_place,
            "place": met % span_of_place,
            "owner": owner[owned][first],  # the events go by owner: the first has the least
            "count": count,
        }
    )
    usual = told.sort("count", "place", descending=[True, False]).unique("writes", keep="first")
    expected = np.full(int(writes.max()) + 1, -1)
    expected[usual["writes"].to_numpy()] = usual["place"].to_numpy()
    strange = place.set(pl.Series(owned & (expected[writes] == places)), None)
    rows = usual.select("owner", "place", kind=C("writes") % span_of_kind)
    return rows.select("owner", "kind", "place").sort("owner", "kind"), strange


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


def _distinct(rows: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """The number of each row among the distinct ones; and these, the most frequent first."""
    names = rows.columns
    texts_of = [C(name).cast(pl.String) if name in _WORDS else C(name) for name in names]
    counted = rows.group_by(names).len("n").sort(-C("n").cast(pl.Int64), *texts_of, nulls_last=True)
    numbered = rows.join(
        counted.with_row_index("code"), on=names, how="left", nulls_equal=True,
        maintain_order="left",
    )  # fmt: skip
    return numbered["code"].cast(pl.Int64), counted.select(texts_of)


def _plain(rows: list[dict[str, Any]], names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """A small table whose values stand in the header itself."""
    return {name: {"codec": "plain", "values": [row[name] for row in rows]} for name in names}
