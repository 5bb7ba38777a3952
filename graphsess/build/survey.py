"""The survey: small, over all files: which logged computer names are one host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graphsess.case.case import gather
from graphsess.case.manifest import Receipt
from graphsess.case.parts import Part, key_hash
from graphsess.case.schema import TABLES
from graphsess.resolve.survey import hosts_of


@dataclass(frozen=True, slots=True)
class HostSlice:
    """What reading and survey know of one host: all that its own stage depends on.

    Attributes:
        host: The host's id.
        computers: Its names as logged, in lower case, sorted.
        evidence: sha256 of the files that tell of it, sorted.
        read: Parts of the table `read` with its events.
        runs: Parts of the table `runs` that tell of it, other hosts' stretches among them.
    """

    host: str
    computers: tuple[str, ...]
    evidence: tuple[str, ...]
    read: tuple[Part, ...]
    runs: tuple[Part, ...]


def survey(case: Path, files: Sequence[Receipt]) -> list[HostSlice]:
    """The hosts of a case, sorted by id.

    Args:
        case: The case folder.
        files: Receipts of all files that were read, sorted by sha256.
    """
    names = sorted({name for receipt in files for name in computers_of(receipt)})
    host_of = {name: name for name in names} | _told(case, files)
    hosts: dict[str, list[str]] = {}
    for name in names:
        hosts.setdefault(host_of[name], []).append(name)
    return [_slice(host, tuple(mine), files) for host, mine in sorted(hosts.items())]


def computers_of(receipt: Receipt) -> list[str]:
    """The computers that a file tells of, in lower case."""
    return sorted({str(name).lower() for name in receipt.about["computers"]})


def _told(case: Path, files: Sequence[Receipt]) -> dict[str, str]:
    parts = [part for receipt in files for part in receipt.parts if part.table == "runs"]
    runs = gather(case, parts).collect() if parts else pl.DataFrame(schema=TABLES["runs"].columns)
    rows = hosts_of(runs.sort(TABLES["runs"].order)).select("computer", "host").iter_rows()
    return {computer.lower(): host for computer, host in rows if computer is not None}


def _slice(host: str, computers: tuple[str, ...], files: Sequence[Receipt]) -> HostSlice:
    mine = [receipt for receipt in files if not set(computers).isdisjoint(computers_of(receipt))]
    keys = {key_hash(name) for name in computers}
    parts = [part for receipt in mine for part in receipt.parts]
    return HostSlice(
        host=host,
        computers=computers,
        evidence=tuple(str(receipt.about["sha256"]) for receipt in mine),
        read=tuple(sorted(p for p in parts if p.table == "read" and p.key in keys)),
        runs=tuple(sorted(p for p in parts if p.table == "runs")),
    )
