"""The ledger: what became of every file, made of the receipts of its units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from graphsess.case.case import gather
from graphsess.case.journal import fingerprint
from graphsess.case.manifest import Receipt
from graphsess.case.parts import Part, write_part
from graphsess.case.schema import TABLES
from graphsess.evidence.source import Source

C = pl.col
_COUNTS = ("seen", "kept", "not_wanted", "unreadable")


def file_receipt(
    case: Path, source: Source, units: Sequence[Receipt], failed: Sequence[str], **read_with: bool
) -> Receipt:
    """One file's receipt: its parts, and its row in the ledger without where the file lies.

    Args:
        case: The case folder.
        source: The file.
        units: Receipts of its units, in file order.
        failed: Sentences about units that could not be read. Such a file is tried again when it
            is given again.
        read_with: The options it was read with.

    Raises:
        CaseError: the case folder cannot be read or written.
    """
    parts: list[Part] = []
    first_row = 0
    for unit in units:
        for part in unit.parts:
            if part.table == "read":
                parts.append(Part(part.table, part.name, part.rows, first_row))
            elif part.table == "raw":
                parts.append(part)
        first_row += int(unit.about["kept"])
    runs = _joined(case, [part for unit in units for part in unit.parts if part.table == "runs"])
    if written := write_part(case, TABLES["runs"], source.sha256, runs):
        parts.append(written)
    about = _row(source, units, failed, runs)
    name = "" if failed else file_fingerprint(source.sha256, source.kind, **read_with)
    return Receipt(name, about, tuple(sorted(parts)))


def file_fingerprint(sha256: str, kind: str, **read_with: bool) -> str:
    """Names the reading of one file with the same options; not with where the file lies."""
    return fingerprint("file", sha256=sha256, kind=kind, **read_with)


def ledger(
    files: Iterable[Receipt], sources: Sequence[Source], before: pl.DataFrame
) -> pl.DataFrame:
    """The table `evidence`.

    Args:
        files: Receipts of all files that were read, now or before.
        sources: What was given now, refused files among them.
        before: The ledger of the case that this is added to; empty for a new one.
    """
    names: dict[str, set[str]] = {}
    rows: dict[str, dict[str, Any]] = {}
    given = {source.path for source in sources}
    for row in before.iter_rows(named=True):
        if row["sha256"] or row["path"] not in given:  # what could not be opened was tried again
            _name(names, rows, row, (row["path"], *row["also"]))
    for source in sources:
        _name(names, rows, _row(source, [], [], None), (source.path, *source.also))
    rows |= {receipt.about["sha256"]: dict(receipt.about) for receipt in files}
    for key, row in rows.items():
        first, *rest = sorted(names[key])
        row |= {"path": first, "also": rest}
    columns = TABLES["evidence"].columns
    return pl.DataFrame(list(rows.values()), schema=columns).sort(TABLES["evidence"].order)


def is_bad(row: Mapping[str, Any]) -> bool:
    """True if the ledger's row tells of anything that could not be read."""
    return bool(row["problem"] or row["records_unreadable"] or row["chunks_bad"])


def _name(
    names: dict[str, set[str]],
    rows: dict[str, dict[str, Any]],
    row: dict[str, Any],
    paths: tuple[str, ...],
) -> None:
    """Collect the names of one content; a row made from its receipt replaces this one."""
    key = row["sha256"] or paths[0]
    names.setdefault(key, set()).update(paths)
    rows[key] = row


def _row(
    source: Source,
    units: Sequence[Receipt],
    failed: Sequence[str],
    runs: pl.DataFrame | None,
) -> dict[str, Any]:
    told = [unit.about for unit in units]
    problems = dict.fromkeys([source.problem, *(about["problem"] for about in told), *failed])
    firsts = [about["first_us"] for about in told if about["first_us"] is not None]
    lasts = [about["last_us"] for about in told if about["last_us"] is not None]
    return {
        "sha256": source.sha256,
        "kind": source.kind,
        "bytes": source.bytes,
        **{f"records_{name}": sum(int(about[name]) for about in told) for name in _COUNTS},
        "chunks_bad": sum(int(about["chunks_bad"]) for about in told),
        "id_gaps": [] if runs is None else _gaps(runs),
        "first_us": min(firsts, default=None),
        "last_us": max(lasts, default=None),
        "computers": sorted({name for about in told for name in about["computers"]}),
        "channels": sorted({name for about in told for name in about["channels"]}),
        "problem": "; ".join(text for text in problems if text) or None,
    }


def _joined(case: Path, parts: Sequence[Part]) -> pl.DataFrame:
    """The stretches of a file's units as those of the file: none is cut where a unit was."""
    if not parts:
        return pl.DataFrame(schema=TABLES["runs"].columns)
    runs = pl.concat([gather(case, [part]).collect().sort("position") for part in parts])
    goes_on = (
        C("first_id") == C("last_id").shift() + 1,
        C("channel").eq_missing(C("channel").shift()),
        C("computer").eq_missing(C("computer").shift()),
        C("position") == 0,  # the first of a unit; elsewhere the reader saw the break
    )
    stretch = (~pl.all_horizontal(goes_on).fill_null(False)).cum_sum()
    return (
        runs.group_by(stretch.alias("stretch"), maintain_order=True)
        .agg(
            C("evidence", "channel", "computer", "first_id", "first_us").first(),
            C("last_id", "last_us").last(),
            C("count").sum(),
        )
        .with_columns(
            position=pl.int_range(pl.len(), dtype=pl.Int64),
            trusted=pl.lit(bool(runs["trusted"].fill_null(False).all())),
        )
        .select(list(TABLES["runs"].columns))
    )


def _gaps(runs: pl.DataFrame) -> list[dict[str, int]]:
    """Missing record ids between stretches of one channel, where they prove a hole."""
    holes = (
        runs.filter(C("trusted"), C("first_id").is_not_null())
        .sort("channel", "first_id", "position", nulls_last=True)
        .with_columns(after=C("last_id").cum_max().shift().over("channel"))
        .filter(C("first_id") > C("after") + 1)
        .select("after", before="first_id")
        .sort("after", "before")
    )
    return [dict(zip(("after", "before"), row, strict=True)) for row in holes.iter_rows()]
