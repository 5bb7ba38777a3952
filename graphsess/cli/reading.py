"""The commands that read a case: one for each stream of records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from graphsess.cli.options import CASE_OR_STORE, OF_STORE, ask_of, shared
from graphsess.errors import UsageError

_FAILURES = click.option(
    "--failures",
    type=click.Choice(("each", "folded", "hide")),
    help="Failed sessions: each one, one row a failure run (tables), or none.",
)
_BY = click.option(
    "--by",
    type=click.Choice(("address", "range", "host")),
    default="address",
    show_default=True,
    help="Where from: address, or its /24, /64 or configured range. Where to: host.",
)
_AT = click.option(
    "--at", metavar="TIME", required=True, help="The moment, as 2020-09-19T03:30:00Z."
)


_NAME = click.argument("about", metavar="NAME", required=False)


def _reading(
    name: str,
    says: str,
    examples: Sequence[str],
    *options: Any,  # noqa: ANN401 - click's own
) -> click.Command:
    """The command for the stream of the same name."""

    def run(
        case: Path | None,
        store: str | None,
        at: str | None = None,
        by: str | None = None,
        about: str | None = None,
        **given: Any,  # noqa: ANN401
    ) -> None:
        from graphsess.cli.shown import show_records

        if named:
            from graphsess.cli.opened import after_case

            case, about = after_case(case, about, store)
            if not about:
                raise UsageError(f"{name} needs a name: graphsess {name} CASE NAME")
        ask, output = ask_of(given, at, by, about)
        failures = given.get("failures")
        if failures == "folded" and output.format != "table":
            raise UsageError("--failures folded is for tables; use each or hide")
        show_records(name, case, ask, output, failures=failures, store=store)

    named = _NAME in options
    text = f"{says}\n\n\b\nExamples:\n" + "\n".join(f"  graphsess {line}" for line in examples)
    command: Any = run
    for option in reversed(options):
        command = option(command)
    return click.command(name, help=text, short_help=says.partition("\n")[0].rstrip("."))(
        CASE_OR_STORE(shared(OF_STORE(command)))
    )


READING = (
    _reading(
        "sessions",
        "Triage sessions: who got in, from where, when, how it ended.\n\n"
        "One record is one attempt or one attachment: a failed logon, an RDP session from "
        "connection to disconnect, a burst of network logons. Tables show failed attempts folded "
        "to one row a run.",
        (
            "sessions case --ip 203.0.113.7",
            "sessions case --kind rdp --user administrator --format csv -o rdp.csv",
            "sessions case --since 2020-09-19 --until 2020-09-20 --tz Europe/Berlin",
        ),
        _FAILURES,
    ),
    _reading(
        "logons",
        "Windows logon sessions, one for each LUID of each boot.",
        ("logons case --user alice", "logons case --all --fields logon_id,user,start,destroyed"),
    ),
    _reading(
        "locals",
        "Desktops (TS sessions) from logon to logoff, over all their reconnects.",
        ("locals case --host dc01",),
    ),
    _reading(
        "connections",
        "RDP and SSH connections, whatever came of them; probes with --all.",
        ("connections case --ip 203.0.113.0/24 --all",),
    ),
    _reading(
        "failures",
        "Runs of failed attempts: whose password was tried, from where, what followed.",
        ("failures case --sort -count --limit 20",),
    ),
    _reading(
        "users",
        "Accounts: who got in or tried to, where to and where from.",
        ("users case --sort -external",),
    ),
    _reading(
        "groups",
        "Users with their addresses, ranges or hosts: which stand out, and why.\n\n"
        "The score is the sum of the reasons' points; docs/rules.md says how each is counted.",
        ("groups case --limit 20", "groups case --by range --user administrator"),
        _BY,
    ),
    _reading(
        "hosts",
        "The machines whose logs the case holds: names, addresses, boots.",
        ("hosts case",),
    ),
    _reading(
        "addresses",
        "Addresses: who came from them, and which host had them when.",
        ("addresses case --sort -failures",),
    ),
    _reading(
        "moves",
        "Steps from host to host: from which session somebody came, and what proves it.\n\n"
        "from_host is empty where the origin is outside the case; to_session where the target is. "
        "Failed attempts, machine traffic and weak traces are shown with --all.",
        ("moves case --user admin", "moves case --host dc01 --sort -score"),
    ),
    _reading(
        "chains",
        "Paths over several hosts, the most telling first.\n\n"
        "A path ranks higher for each credential switch, host that its causal user never reached "
        "before, entry from outside, execution, and guessed password. Ordinary ones: --all.",
        ("chains case", "chains case --user admin --all"),
    ),
    _reading(
        "trace",
        "One user, address or host across everything, in time order.",
        ("trace case adm-ann", "trace case 203.0.113.7", "trace case dc01"),
        _NAME,
    ),
    _reading(
        "alive",
        "Logon sessions alive at a moment, as Sysinternals LogonSessions lists them.\n\n"
        "Constants, services and companions too, and both halves of a UAC pair, joined by "
        "linked_logon_id. A host whose logs do not reach the moment lists nothing.",
        ("alive case --at 2020-09-19T03:30:00Z", "alive case --at '2020-09-19 05:30' --tz +02:00"),
        _AT,
    ),
    _reading(
        "evidence",
        "The ledger: what became of every file that was handed over.",
        ("evidence case --format csv -o ledger.csv",),
    ),
    _reading(
        "coverage",
        "What the logs of each host cover, and where they have holes.",
        ("coverage case --host dc01",),
    ),
)
"""Every command that reads a stream, in the order of the help."""
