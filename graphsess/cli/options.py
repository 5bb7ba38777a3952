"""The options that all reading commands share, and what they mean."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from graphsess.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

    from graphsess.records.ask import Ask

Command = TypeVar("Command", bound=Callable[..., Any])
FORMATS = ("table", "jsonl", "json", "csv", "tsv")
CASE = click.argument("case", type=click.Path(path_type=Path))
FORM = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Default: table on a terminal, jsonl in a pipe.",
)
TO_FILE = click.option(
    "-o",
    "--output",
    "path",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to FILE; its suffix tells the format.",
)
CASE_OR_STORE = click.argument("case", type=click.Path(path_type=Path), required=False)
OF_STORE = click.option(
    "--store",
    metavar="URL",
    help="Answer from Neo4j (bolt://127.0.0.1:7687) instead of a case; CASE is left out.",
)


def _no_store(context: click.Context, option: click.Parameter, url: str | None) -> None:
    del option
    if url is not None:
        raise UsageError(
            f"{context.info_name} needs records as logged, which no store keeps; "
            "name the CASE folder and leave --store out"
        )


NO_STORE = click.option(
    "--store", hidden=True, expose_value=False, is_eager=True, callback=_no_store
)
"""For commands that a store cannot answer: a sentence instead of "no such option"."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where the records go, and in which form.

    Attributes:
        form: One of `FORMATS`, or None: a table for a terminal, else JSON lines.
        path: File to write, or None for stdout.
        zone: Time zone of the tables, by name.
    """

    form: str | None
    path: Path | None
    zone: str

    @property
    def format(self) -> str:
        """The form to write in: as told, else by the file's name, else by who reads it."""
        if self.form:
            return self.form
        if self.path:
            suffix = self.path.suffix.lower().lstrip(".")
            return suffix if suffix in FORMATS[1:] else "jsonl"
        return "table" if sys.stdout.isatty() else "jsonl"


def shared(command: Command) -> Command:
    """Give a command the options that all reading commands have."""
    for option in reversed(
        (
            click.option(
                "--host",
                "hosts",
                multiple=True,
                metavar="NAME",
                help="Only this host, full or short name; * is a wildcard. Repeatable.",
            ),
            click.option(
                "--user",
                "users",
                multiple=True,
                metavar="NAME",
                help="Only this account: name, REALM\\name or SID; * is a wildcard.",
            ),
            click.option(
                "--ip",
                "ips",
                multiple=True,
                metavar="ADDRESS",
                help="Only from this address or network (10.0.0.0/8). Repeatable.",
            ),
            click.option(
                "--kind",
                "kinds",
                multiple=True,
                metavar="KIND",
                help="Only this kind: rdp, console, network, ssh … Repeatable.",
            ),
            click.option("--since", metavar="TIME", help="Leave out what ended before TIME."),
            click.option("--until", metavar="TIME", help="Leave out what began at TIME or later."),
            click.option(
                "--tz",
                "zone",
                default="UTC",
                show_default=True,
                metavar="ZONE",
                help="Zone of times typed without one, and of times in tables. "
                "Records for programs are always UTC.",
            ),
            click.option(
                "--limit", type=click.IntRange(min=0), metavar="N", help="At most N records."
            ),
            click.option(
                "--sort",
                metavar="FIELDS",
                help="Sort by these fields, with commas; -FIELD turns one round.",
            ),
            click.option(
                "--fields", metavar="FIELDS", help="Only these fields, with commas, in this order."
            ),
            click.option(
                "--all",
                "every",
                is_flag=True,
                help="Also what is hidden: machine, service, system sessions, probes …",
            ),
            FORM,
            TO_FILE,
        )
    ):
        command = option(command)
    return command


def ask_of(
    given: dict[str, Any], at: str | None = None, by: str | None = None, about: str | None = None
) -> tuple[Ask, Output]:
    """What was asked for, out of the values of the shared options.

    Raises:
        UsageError: a time, zone or address is none.
    """
    from graphsess.records.ask import Ask, moment_of, network_of, zone_of

    zone = zone_of(given["zone"])

    def when(text: str | None) -> dt.datetime | None:
        return None if text is None else moment_of(text, zone)

    ask = Ask(
        hosts=given["hosts"],
        users=given["users"],
        networks=tuple(network_of(text) for text in given["ips"]),
        kinds=given["kinds"],
        since=when(given["since"]),
        until=when(given["until"]),
        at=when(at),
        by=by,
        about=about,
        every=given["every"],
        limit=given["limit"],
        sort=_names(given["sort"], "--sort"),
        fields=_names(given["fields"], "--fields"),
    )
    return ask, Output(given["form"], given["path"], given["zone"])


def _names(text: str | None, option: str) -> tuple[str, ...]:
    if text is None:
        return ()
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise UsageError(f"{option} names no field")
    return names
