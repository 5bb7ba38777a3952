"""The ledger: what became of every record of every file, and what is wrong with which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from graphsess.evidence.source import REFUSED, Source
from graphsess.evidence.tables import EVIDENCE

COPY = "look for another copy (shadow copy, backup, forwarded log)"
"""The remedy for damage."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The account of one unit: seen = kept + not_wanted + unreadable.

    Attributes:
        seen: Records met, readable or not.
        kept: Records that went into the event table.
        not_wanted: Readable records that the catalogue does not know.
        unreadable: Records that are known to be there and cannot be read.
        chunks_bad: Chunks without a valid header or checksum.
        problem: One sentence with the remedy, or None.

    Raises:
        ValueError: the account does not add up.
    """

    seen: int = 0
    kept: int = 0
    not_wanted: int = 0
    unreadable: int = 0
    chunks_bad: int = 0
    problem: str | None = None

    def __post_init__(self) -> None:
        if self.seen != self.kept + self.not_wanted + self.unreadable:
            raise ValueError(f"the account does not add up: {self}")


def entry(source: Source, tallies: Sequence[Tally], runs: pl.DataFrame) -> pl.DataFrame:
    """The source's row, schema `EVIDENCE`.

    Args:
        source: A source, read or refused.
        tallies: One for each of its units; none if it was refused.
        runs: The stretches of all its units, schema `RUNS`.
    """
    unreadable = sum(tally.unreadable for tally in tallies)
    chunks_bad = sum(tally.chunks_bad for tally in tallies)
    problems = [tally.problem for tally in tallies if tally.problem]
    problem = source.problem
    if len(problems) == 1:
        problem = problems[0]
    elif problems:
        problem = damage(source.path, unreadable, chunks_bad) or problems[0]
    row = {
        "path": source.path,
        "also": list(source.also),
        "sha256": source.sha256 or None,
        "kind": source.kind,
        "bytes": source.bytes,
        "records_seen": sum(tally.seen for tally in tallies),
        "records_kept": sum(tally.kept for tally in tallies),
        "records_not_wanted": sum(tally.not_wanted for tally in tallies),
        "records_unreadable": unreadable,
        "chunks_bad": chunks_bad,
        "id_gaps": _gaps(runs),
        "first_us": _least(runs["first_us"], runs["last_us"]),
        "last_us": _most(runs["first_us"], runs["last_us"]),
        "computers": runs["computer"].drop_nulls().unique().sort().to_list(),
        "channels": runs["channel"].drop_nulls().unique().sort().to_list(),
        "problem": problem,
    }
    return pl.DataFrame([row], EVIDENCE)


def merged(ledgers: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Ledgers as one, each content once under its smallest name, sorted by name.

    A line that says that a file could not be read is dropped where the same name now has one.
    """
    rows: dict[str, dict[str, Any]] = {}
    for row in (row for ledger in ledgers for row in ledger.iter_rows(named=True)):
        key = row["sha256"] or f"unread:{row['path']}"
        before = rows.get(key, row)
        names = {before["path"], *before["also"], row["path"], *row["also"]}
        first, *rest = sorted(names)
        rows[key] = {**row, "path": first, "also": rest}
    read = {row["path"] for row in rows.values() if row["kind"] != REFUSED}
    kept = [row for row in rows.values() if row["sha256"] or row["path"] not in read]
    return pl.DataFrame(kept, EVIDENCE).sort("path", "sha256", nulls_last=True)


def damage(path: str, unreadable: int, chunks_bad: int) -> str | None:
    """The sentence about a file that could be read in part, or None."""
    parts = []
    if unreadable:
        parts.append(f"{unreadable} record{'s' if unreadable > 1 else ''} cannot be read")
    if chunks_bad:
        parts.append(f"{chunks_bad} chunk{'s are' if chunks_bad > 1 else ' is'} damaged")
    return f"{path}: {' and '.join(parts)}; the rest was used, {COPY}" if parts else None


def _gaps(runs: pl.DataFrame) -> list[dict[str, int]]:
    """Record ids that are missing between the stretches of a channel, if the file can tell.

    Computers do not matter: a renamed machine goes on counting.
    """
    if not runs["trusted"].all():
        return []
    numbered = runs.drop_nulls("first_id").sort("channel", "first_id", "last_id")
    before = numbered.select(
        pl.col("channel"),
        pl.col("first_id").alias("before"),
        pl.col("last_id").cum_max().shift(1).over("channel").alias("after"),
    )
    holes = before.filter(pl.col("before") > pl.col("after") + 1)
    return holes.select("after", "before").to_dicts()


def _least(*columns: pl.Series) -> int | None:
    found = [value for column in columns if isinstance(value := column.min(), int)]
    return min(found, default=None)


def _most(*columns: pl.Series) -> int | None:
    found = [value for column in columns if isinstance(value := column.max(), int)]
    return max(found, default=None)
