"""What a build says at its end: the ledger, and what is worth looking at first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl
from rich.console import Console
from rich.text import Text

from graphsess.records.ask import EVERYTHING, Ask
from graphsess.records.registry import STREAMS
from graphsess.records.stream import Tables, records
from graphsess.records.users import FAILED
from graphsess.report.cells import channel, clock, harmless, words

C = pl.col
_LISTED = 5
"""Lines of a list; what is beyond is counted."""


def print_ledger(console: Console, ledger: pl.DataFrame, passed_over: int) -> None:
    """The ledger in short: a total, and a line for every file with a problem."""
    total = {
        name: int(ledger[f"records_{name}"].sum())
        for name in ("seen", "kept", "not_wanted", "unreadable")
    }
    console.print(
        f"Evidence: {_counted(ledger.height, 'file')}, {total['seen']:,} records: {total['kept']:,} kept, "
        f"{total['not_wanted']:,} not wanted, {total['unreadable']:,} unreadable"
    )
    if passed_over:
        console.print(f"  {_counted(passed_over, 'other file')} passed over: no event logs")
    for row in ledger.iter_rows(named=True):
        if trouble := _trouble(row):
            console.print(Text(f"  {harmless(trouble)}", style="yellow"))


def print_summary(console: Console, tables: Tables) -> None:
    """What the case says at a glance: hosts, who came in from outside, failures, holes."""
    for title, lines in (
        ("Hosts", _hosts(tables)),
        ("Got in from outside", _from_outside(tables)),
        ("Failures followed by success", _after_failures(tables)),
        ("Worth a look", _flagged(tables)),
        ("Holes in the logs", _holes(tables)),
    ):
        listed = list(lines)
        if listed:
            console.print(Text(title, style="bold"))
            for line in listed[:_LISTED]:
                console.print(Text(f"  {harmless(line)}"))
            if len(listed) > _LISTED:
                console.print(Text(f"  … and {len(listed) - _LISTED:,} more", style="dim"))
    console.print(_counts(tables))


def _trouble(row: dict[str, object]) -> str | None:
    if row["problem"]:
        return str(row["problem"])
    parts = [
        _counted(number, noun)
        for name, noun in (("records_unreadable", "record"), ("chunks_bad", "chunk"))
        if isinstance(number := row[name], int) and number
    ]
    return f"{row['path']}: {' and '.join(parts)} could not be read" if parts else None


def _hosts(tables: Tables) -> Iterator[str]:
    hosts = records(STREAMS["hosts"], tables, Ask())
    for row in hosts.iter_rows(named=True):
        what = "domain controller, " if row["is_dc"] else ""
        span = f"{_at(row['first'])} to {_at(row['last'])}"
        boots = _counted(len(row["boots"]), "boot")
        yield f"{row['host']}  {what}{span}, {boots}, {_counted(len(row['channels']), 'channel')}"


def _from_outside(tables: Tables) -> Iterator[str]:
    came = _sessions(tables).filter(
        ~C("outcome").is_in(FAILED), C("source_class").is_in(["external", "tunnelled"])
    )
    grouped = came.group_by("user", "source_address", "source_class", maintain_order=True).agg(
        C("host").unique().sort(),
        C("kind").unique().sort(),
        C("outcome").unique().sort(),
        C("start").min().alias("first"),
        pl.len().alias("count"),
    )
    for row in grouped.sort("first", "user", "source_address", nulls_last=True).iter_rows(
        named=True
    ):
        place = row["source_address"] or row["source_class"]
        kinds = ", ".join(row["kind"])
        yield (
            f"{row['user'] or 'somebody'} from {place} to {words(row['host'], dt.UTC)}: "
            f"{_counted(row['count'], f'{kinds} session')} since {_at(row['first'])} "
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
        yield (
            f"{_counted(row['count'], 'failure')} ({row['pattern']}) from {source} on {row['host']} "
            f"until {_at(row['last'])}, then {_counted(len(row['sessions_after']), 'session')}"
        )


def _flagged(tables: Tables) -> Iterator[str]:
    flags = (
        _sessions(tables)
        .explode("flags")
        .filter(C("flags").is_in(["session_hijack", "takeover", "shadowed", "log_cleared_during"]))
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


def _counts(tables: Tables) -> str:
    sessions = _sessions(tables)
    failed = int(sessions["outcome"].is_in(FAILED).sum())
    hidden = tables.table("sessions").height - sessions.height
    return (
        f"{_counted(sessions.height, 'session')}, {failed:,} of them failed attempts; "
        f"{hidden:,} more are hidden"
    )


def _sessions(tables: Tables) -> pl.DataFrame:
    fields = ("host", "kind", "outcome", "user", "source_address", "source_class", "start", "flags")
    return records(STREAMS["sessions"], tables, Ask(fields=fields))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _at(moment: dt.datetime | None) -> str:
    return "an unknown time" if moment is None else clock(moment, dt.UTC)
