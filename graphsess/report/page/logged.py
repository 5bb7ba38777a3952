"""The records as logged, of as many events as the file has room for, worst sessions first.

They lie in chapters of their own, which a browser unpacks only when one of their events is opened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from graphsess.readers.shown import all_shown
from graphsess.records.stream import Tables
from graphsess.report.page.block import Block
from graphsess.report.page.events import Cited
from graphsess.report.page.planes import numbers

C = pl.col
CHAPTER_ROWS = 2_000
"""Events of one chapter: some 2 MB before compression."""
_LEAST = 40
"""Bytes that a record needs at the very least in the file; what is beyond need not be read."""


@dataclass(frozen=True, slots=True)
class Logged:
    """Chapters of records.

    Attributes:
        chapters: Each as text.
        shelf: A block that says in which chapter each event's record stands.
        held: How many events have their record in them.
    """

    chapters: tuple[str, ...]
    shelf: str
    held: int


def logged(tables: Tables, found: Cited, sessions: pl.DataFrame, room: int | None) -> Logged:
    """The records of the cited events, until `room` is used up.

    Args:
        tables: The case.
        found: What is cited.
        sessions: With their `priority`.
        room: Characters of the file, or None for all.
    """
    wanted = _worst_first(found, sessions, None if room is None else max(room, 0) // _LEAST)
    kept = tables.scan("raw").select("uid", "form", "body", "template")
    if wanted.height < found.events.height:
        kept = kept.filter(C("uid").is_in(wanted["uid"].implode()))  # no other body is unpacked
    bodies = (
        kept.join(wanted.lazy(), on="uid", how="inner")
        .collect()
        .sort("rank", "form", "body")
        .unique("uid", keep="first", maintain_order=True)  # every copy of a record has its own
    )
    chapters: list[str] = []
    shelf: list[pl.DataFrame] = []
    used = 0
    for number, part in enumerate(bodies.iter_slices(CHAPTER_ROWS)):
        text = _chapter(all_shown(part))
        if room is not None and used + len(text) > room:
            break
        chapters.append(text)
        shelf.append(part.select("row", chapter=pl.lit(number, pl.Int64())))
        used += len(text)
    held = pl.concat([bodies.head(0).select("row", chapter=pl.lit(0, pl.Int64())), *shelf])
    return Logged(tuple(chapters), _shelf(found.events.height, held), held.height)


def _shelf(events: int, held: pl.DataFrame) -> str:
    block = Block()
    rows = pl.DataFrame({"row": pl.Series(range(events), dtype=pl.Int64())})
    told = rows.join(held, on="row", how="left", maintain_order="left")
    block.add("shelf", events, {"chapter": numbers(told["chapter"], block.planes)})
    return block.packed()


def _worst_first(found: Cited, sessions: pl.DataFrame, most: int | None) -> pl.DataFrame:
    """uid, row and rank of the cited events, those of the worst sessions first."""
    priority = sessions["priority"].to_numpy()[found.parts["session"].to_numpy()]
    worst = np.zeros(found.events.height, dtype=np.int64)
    np.maximum.at(worst, found.parts["event"].to_numpy(), priority)
    row = pl.Series(np.argsort(-worst, kind="stable")[:most])
    return pl.DataFrame({"uid": found.events["uid"].gather(row), "row": row}).with_row_index("rank")


def _chapter(part: pl.DataFrame) -> str:
    """Records as one block; like ones stand together, which compresses better."""
    like = part.sort(C("body").str.len_bytes(), "row")
    block = Block()
    block.add(
        "logged",
        like.height,
        {
            "event": numbers(like["row"], block.planes),
            "form": {"codec": "plain", "values": like["form"].to_list()},
            "bytes": numbers(like["body"].str.len_bytes().cast(pl.Int64), block.planes),
            "body": {"codec": "body", "at": block.planes.size},
        },
    )
    block.planes.chunks += [text.encode() for text in like["body"].to_list()]
    return block.packed()
