"""`graphsess activity`: what was done in which session, by the logs or by other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graphsess.cli.options import CASE_OR_STORE, OF_STORE, ask_of, shared
from graphsess.errors import GraphsessError, UsageError

if TYPE_CHECKING:
    from graphsess.artefacts.roles import Role
    from graphsess.cli.options import Output
    from graphsess.records.ask import Ask

SOME_BAD = 3
STDIN = "-"


@click.command("activity", short_help="What was done, in which session, by whom and from where")
@CASE_OR_STORE
@click.argument("file", required=False, type=click.Path(path_type=Path))
@shared
@OF_STORE
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="ROLE=NAME",
    help="Take column NAME of FILE for a ROLE: time, date, zone, end, host, user, domain, sid, "
    "luid, logon_guid, process_guid, pid, ts_id, path. ROLE= takes none, ROLE==TEXT the same "
    "for every row. Repeatable.",
)
@click.option(
    "--dates",
    type=click.Choice(("mdy", "dmy")),
    help="Whether dates like 01/02/2024 begin with the month or the day.",
)
def ACTIVITY(
    case: Path | None,
    file: Path | None,
    store: str | None,
    columns: tuple[str, ...],
    dates: str | None,
    **given: Any,  # noqa: ANN401 - click's own
) -> None:
    """What was done, in which session, and where its user had come from.

    Without FILE: processes, services, tasks, shares, files, account changes, PowerShell and
    cleared logs that the logs tell of. What the system does of itself is shown with --all.

    With FILE, a CSV, TSV or JSON lines of dated artefacts from any tool (- is stdin): each with
    the session that it belongs to, how that is known, how sure it is, and the other sessions that
    come into question. Files of MFTECmd, PECmd, LECmd, JLECmd, EvtxECmd, plaso, Timesketch and
    others are known; for others the columns are guessed by their names, and the guess is shown.
    Times without a zone are in that of --tz. A file that names no host is from the one of --host.

    \b
    Examples:
      graphsess activity case --user alice
      graphsess activity case --kind process --since 2020-09-19T03:22
      graphsess activity case MFTECmd_Output.csv --host dc01 -o mapped.csv
      graphsess activity case notes.csv --column time=Seen --column user=Who --tz Europe/Berlin
    """
    ask, output = ask_of(given)
    if store and case and not file:
        case, file = None, case
    if file is None:
        if columns or dates:
            raise UsageError("--column and --dates are for a FILE of artefacts; name one")
        from graphsess.cli.shown import show_records

        show_records("activity", case, ask, output, store=store)
        return
    if _show(case, file, _roles(columns), dates, ask, output, store):
        sys.exit(SOME_BAD)


def _show(
    case: Path | None,
    file: Path,
    columns: dict[Role, tuple[str, ...]],
    dates: str | None,
    ask: Ask,
    output: Output,
    store: str | None,
) -> bool:
    """Print the artefacts of a file; true where some of its rows could not be used."""
    from graphsess.artefacts.read import read
    from graphsess.cli.opened import opened
    from graphsess.cli.shown import show_stream
    from graphsess.records.artefacts import artefact_stream, told_of
    from graphsess.records.ask import zone_of
    from graphsess.report.cells import harmless
    from graphsess.settings import from_mapping

    with opened(case, store) as source:
        content = _content(file)
        name = "stdin" if str(file) == STDIN else file.name
        found = read(content, name, columns=columns, zone=zone_of(output.zone), dates=dates)
        click.echo(f"graphsess: {harmless(told_of(found))}", err=True)
        for sentence in _losses(name, found.bad, found.undated):
            click.echo(f"graphsess: {harmless(sentence)}", err=True)
        settings = from_mapping(source.provenance.settings, source.where)
        stream = artefact_stream(source, found, content, ask, settings)
        show_stream(stream, source, ask, output)
    return bool(found.bad or found.undated)


def _losses(name: str, bad: tuple[int, ...], undated: int) -> list[str]:
    told = []
    if bad:
        some = ", ".join(str(number) for number in bad[:5])
        more = f" and {len(bad) - 5:,} more" if len(bad) > 5 else ""
        told.append(
            f"{name}: {len(bad):,} rows do not fit the header or are no JSON, and are left out: "
            f"{some}{more}"
        )
    if undated:
        told.append(
            f"{name}: {undated:,} rows have no time that can be read; they are listed without a "
            "session, flag time_unreadable"
        )
    return told


def _content(file: Path) -> bytes:
    if str(file) == STDIN:
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise GraphsessError(f"cannot read {file}: {error.strerror}") from error


def _roles(columns: tuple[str, ...]) -> dict[Role, tuple[str, ...]]:
    """Roles that were given, each with its columns in the order of the command line."""
    from graphsess.artefacts.roles import Role

    found: dict[Role, tuple[str, ...]] = {}
    for text in columns:
        role, sign, name = text.partition("=")
        if not sign or role not in list(Role):
            raise UsageError(
                f"--column {text}: write ROLE=NAME, with one of {', '.join(Role)} as ROLE"
            )
        before = found.get(Role(role), ())
        found[Role(role)] = (*before, name) if name else before
    return found
