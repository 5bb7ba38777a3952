"""What a build says at its end: hosts, and what is worth looking at first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl
from rich.console import Console
from rich.text import Text

from graphsess.case import overlays
from graphsess.records.ask import EVERYTHING, Ask
from graphsess.records.columns import moment
from graphsess.records.names import with_host
from graphsess.records.registry import STREAMS
from graphsess.records.stream import Tables, records
from graphsess.records.users import FAILED
from graphsess.report.cells import channel, clock, counted, harmless, words

C = pl.col
_COLUMNS = (
    "id",
    "host",
    "kind",
    "outcome",
    "user",
    "source_address",
    "source_class",
    "start_us",
    "flags",
    "failure_run",
    "hidden",
)
_REMARKABLE = ("session_hijack", "takeover", "shadowed", "log_cleared_during")
_LISTED = 5
"""Lines of a list; what is beyond is counted."""


def print_summary(console: Console, tables: Tables) -> None:
    """What the case says at a glance: hosts, who came in from outside, failures, holes."""
    every = _sessions(tables)
    shown = every.filter(C("hidden").is_null())
    for title, lines in (
        ("Hosts", _hosts(tables)),
        ("Got in from outside", _from_outside(shown)),
        ("Failures followed by success", _after_failures(tables)),
        ("Moved on", _moved_on(tables)),
        ("Worth a look", _flagged(tables, shown)),
        ("Holes in the logs", _holes(tables)),
    ):
        listed = list(lines)
        if listed:
            console.print(Text(title, style="bold"))
            for line in listed[:_LISTED]:
                console.print(Text(f"  {harmless(line)}"))
            if len(listed) > _LISTED:
                console.print(Text(f"  … and {len(listed) - _LISTED:,} more", style="dim"))
    failed = int(shown["outcome"].is_in(FAILED).sum())
    console.print(
        f"{counted(shown.height, 'session')}, {failed:,} of them failed attempts; "
        f"{every.height - shown.height:,} more are hidden"
    )


def _hosts(tables: Tables) -> Iterator[str]:
    hosts = records(STREAMS["hosts"], tables, Ask())
    for row in hosts.iter_rows(named=True):
        what = "domain controller, " if row["is_dc"] else ""
        span = f"{_at(row['first'])} to {_at(row['last'])}"
        boots = counted(len(row["boots"]), "boot")
        yield f"{row['host']}  {what}{span}, {boots}, {counted(len(row['channels']), 'channel')}"


def _from_outside(sessions: pl.DataFrame) -> Iterator[str]:
    came = sessions.filter(
        ~C("outcome").is_in(FAILED), C("source_class").is_in(["external", "tunnelled"])
    )
    grouped = came.group_by("user", "source_address", "source_class", maintain_order=True).agg(
        C("host").unique().sort(),
        C("kind").unique().sort(),
        C("outcome").unique().sort(),
        moment("start_us").min().alias("first"),
        pl.len().alias("count"),
    )
    for row in grouped.sort("first", "user", "source_address", nulls_last=True).iter_rows(
        named=True
    ):
        place = row["source_address"] or row["source_class"]
        kinds = ", ".join(row["kind"])
        yield (
            f"{row['user'] or 'somebody'} from {place} to {words(row['host'], dt.UTC)}: "
            f"{counted(row['count'], f'{kinds} session')} since {_at(row['first'])} "
            f"({', '.join(row['outcome'])})"
        )


def _after_failures(tables: Tables) -> Iterator[str]:
    runs = records(
        STREAMS["failures"],
        tables,
        Ask(
            fields=(
                "host",
                "source_address",
                "source_name",
                "count",
                "users",
                "first",
                "last",
                "pattern",
                "sessions_after",
            )
        ),
    ).filter(C("sessions_after").list.len() > 0)
    for row in runs.sort("count", "first", descending=[True, False]).iter_rows(named=True):
        source = row["source_address"] or row["source_name"] or "an unknown source"
        after = counted(len(row["sessions_after"]), "session")
        yield (
            f"{counted(row['count'], 'failure')} ({row['pattern']}) from {source} "
            f"on {row['host']} until {_at(row['last'])}, then {after}"
        )


def _moved_on(tables: Tables) -> Iterator[str]:
    """Paths over several hosts that nobody's ordinary work explains, the most telling first."""
    for row in records(STREAMS["chains"], tables, Ask()).iter_rows(named=True):
        entry = row["entry_address"] or row["entry_class"] or "unknown"
        hops = " → ".join(
            f"{hop['host'] or '?'} ({(hop['user'] or '?').rpartition(chr(92))[2]})"
            for hop in row["hops"]
        )
        yield f"{entry} → {hops}, {_at(row['start'])} to {_at(row['end'])}"


def _flagged(tables: Tables, sessions: pl.DataFrame) -> Iterator[str]:
    flags = (
        sessions.select("flags", "user", "host", "start_us", start=moment("start_us"))
        .explode("flags")
        .filter(C("flags").is_in(_REMARKABLE))
        .sort("start_us", "host", "flags", nulls_last=True)
    )
    for row in flags.iter_rows(named=True):
        yield f"{row['flags']}: {row['user'] or 'somebody'} on {row['host']} {_at(row['start'])}"
    for row in records(STREAMS["hosts"], tables, Ask()).iter_rows(named=True):
        for cleared in row["logs_cleared"]:
            who = f" by {cleared['user']}" if cleared["user"] else ""
            yield (
                f"log cleared: {channel(cleared['channel'] or 'a channel')} of {row['host']}{who} "
                f"{_at(cleared['time'])}"
            )


def _holes(tables: Tables) -> Iterator[str]:
    for row in records(STREAMS["coverage"], tables, EVERYTHING).iter_rows(named=True):
        for gap in row["gaps"]:
            yield (
                f"{channel(row['channel'] or 'a channel')} of {row['host']}: {_at(gap['from'])} "
                f"to {_at(gap['to'])} ({words(gap['cause'], dt.UTC)})"
            )


def _sessions(tables: Tables) -> pl.DataFrame:
    """All sessions in the few columns that are needed here: there may be millions."""
    return with_host(tables, overlays.sessions(_Narrow(tables)))


class _Narrow:
    """Tables whose `sessions` have a few columns only."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def table(self, name: str) -> pl.DataFrame:
        return self.scan(name).collect() if name == "sessions" else self._tables.table(name)

    def scan(self, name: str) -> pl.LazyFrame:
        rows = self._tables.scan(name)
        return rows.select(_COLUMNS) if name == "sessions" else rows


def _at(moment: dt.datetime | None) -> str:
    return "an unknown time" if moment is None else clock(moment, dt.UTC)
