"""`graphsess synth`: evidence with known answers, and how well a case agrees with them."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsess.case import Case
    from graphsess.synth.scoring import Score

STREAMS = ("sessions", "logons", "locals", "failures")


@click.group(
    "synth",
    invoke_without_command=True,
    short_help="Synthetic evidence with known answers: write it, score a case",
)
@click.option(
    "--preset",
    type=click.Choice(["small", "medium", "large"]),
    help="Write a fleet: background life and intrusions of many hosts over days.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Other seed, other details.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The fleet's files go there, and truth.json.",
)
@click.option(
    "--audit",
    type=click.Choice(["default", "full"]),
    default="full",
    show_default=True,
    help="What the hosts audit: as Windows does out of the box, or all that helps.",
)
@click.option("--sysmon", is_flag=True, help="Sysmon runs on every host.")
@click.option(
    "--without",
    multiple=True,
    metavar="CHANNEL",
    help="No file of this channel was taken: security, lsm, rcm, rdpcore, or a part of its name. "
    "May be repeated.",
)
@click.option(
    "--loss",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="PART",
    help="This part of all records is lost at random, e.g. 0.1.",
)
@click.option(
    "--rollover",
    type=click.FloatRange(0),
    default=0.0,
    metavar="HOURS",
    help="Of the Security logs only so many last hours are left.",
)
@click.option("--duplicates", is_flag=True, help="Add older copies of all files.")
@click.option(
    "--clocks",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    help="Clocks are wrong by up to so many seconds.",
)
@click.pass_context
def SYNTH(
    ctx: click.Context,
    preset: str | None,
    seed: int,
    folder: Path | None,
    audit: str,
    sysmon: bool,
    without: tuple[str, ...],
    loss: float,
    rollover: float,
    duplicates: bool,
    clocks: float,
) -> None:
    """Make Windows event logs whose truth is known, and compare a case with it.

    A preset gives a fleet; without one, the commands below write single scenarios. The same
    options and seed give the same bytes everywhere.

    \b
    Examples:
      graphsess synth --preset small --seed 7 -o fleet
      graphsess synth --preset medium --without security --loss 0.1 -o worse
      graphsess build fleet -o case
      graphsess synth score case fleet/truth.json
    """
    from graphsess.errors import UsageError

    if ctx.invoked_subcommand is not None:
        return
    if preset is None or folder is None:
        raise UsageError("synth needs a command, or --preset and -o; graphsess synth -h lists them")
    from graphsess.synth.case import write_case
    from graphsess.synth.fleet.knobs import Knobs
    from graphsess.synth.fleet.make import make
    from graphsess.synth.fleet.presets import PRESETS

    knobs = Knobs(audit, sysmon, without, loss, rollover, duplicates, clocks)
    count = write_case(make(PRESETS[preset], seed, knobs), folder)
    click.echo(f"{folder}: {count:,} records, and what is true in truth.json")


@SYNTH.command("scenarios")
def _scenarios() -> None:
    """List the scenarios, with the behaviour that each one shows.

    \b
    Example:
      graphsess synth scenarios
    """
    from graphsess.synth.scenarios import SCENARIOS

    width = max(len(name) for name in SCENARIOS)
    for name, scenario in SCENARIOS.items():
        click.echo(f"{name.ljust(width)}  {scenario.about}")


@SYNTH.command("write")
@click.argument("names", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--seed", type=int, default=1, show_default=True, help="Other seed, other details.")
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Each scenario goes into a folder of its name there.",
)
def _write(names: tuple[str, ...], seed: int, folder: Path) -> None:
    """Write the evidence of scenarios as EVTX files, each with its truth.json.

    \b
    Example:
      graphsess synth write rdp_hijack psexec --seed 7 -o training
    """
    from graphsess.errors import UsageError
    from graphsess.synth.case import write_case
    from graphsess.synth.scenarios import SCENARIOS

    for name in names:
        if name not in SCENARIOS:
            raise UsageError(f"no scenario {name!r}; graphsess synth scenarios lists them")
    for name in names:
        write_case(SCENARIOS[name].run(seed=seed), folder / name)
        click.echo(str(folder / name))


@SYNTH.command("score")
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("truth", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def _score(case: Path, truth: Path) -> None:
    """Compare a case with the truth of the world that made its evidence.

    Prints precision, recall and F1 for each kind of record, then the misses. Of moves and chains
    only those count that are shown without --all; `alive` is asked at 200 random moments. Exit
    code 1 if there is any miss.

    \b
    Example:
      graphsess synth score case training/psexec/truth.json
    """
    from graphsess.case import Case

    known = json.loads(truth.read_text("utf-8"))
    found_all = list(scores(Case.open(case), known))
    click.echo("            precision  recall     F1   right   told   true")
    for found in found_all:
        click.echo(
            f"{found.stream:<12}{found.precision:9.3f}{found.recall:8.3f}{found.f1:7.3f}"
            f"{found.right:8d}{found.told:7d}{found.true:7d}"
        )
    for found in found_all:
        for miss in found.misses:
            click.echo(json.dumps(_told(miss), ensure_ascii=True))
    sys.exit(1 if any(found.misses for found in found_all) else 0)


def scores(case: Case, known: dict[str, Any]) -> Iterator[Score]:
    """One score a stream of the truth."""
    from graphsess.synth import following
    from graphsess.synth.scoring import score

    told = {stream: _records(case, stream) for stream in STREAMS}
    for stream in STREAMS:
        yield score(stream, told[stream], known[stream])
    sessions = following.Sessions(told["sessions"])
    yield following.score_moves(_records(case, "moves", shown=True), sessions, known["moves"])
    chains = _records(case, "chains", shown=True)
    yield following.score_chains(chains, sessions, known["chains"])
    yield following.score_activities(_records(case, "activity"), known["activities"])
    yield following.score_alive(lambda at: _records(case, "alive", at=at), known["alive"])


def _records(
    case: Case, stream: str, *, shown: bool = False, at: str | None = None
) -> list[dict[str, Any]]:
    """The records of a stream as a pipe gets them; without `shown`, hidden ones too."""
    from graphsess.records.ask import Ask
    from graphsess.records.formats import jsonl
    from graphsess.records.registry import STREAMS as KNOWN
    from graphsess.records.stream import records

    moment = datetime.fromisoformat(at) if at else None
    found = records(KNOWN[stream], case, Ask(every=not shown, at=moment))
    text = b"".join(jsonl(found))
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _told(miss: Any) -> dict[str, Any]:  # noqa: ANN401 - a Miss; imported late
    return {
        "stream": miss.stream,
        "fields": list(miss.fields),
        "truth": miss.truth,
        "record": miss.record and {k: v for k, v in miss.record.items() if k != "sources"},
    }
