"""`graphsess synth`: evidence with known answers, and how well a case agrees with them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from graphsess.case import Case

STREAMS = ("sessions", "logons", "locals", "failures")


@click.group("synth", short_help="Synthetic evidence with known answers: write it, score a case")
def SYNTH() -> None:
    """Make Windows event logs whose truth is known, and compare a case with it.

    \b
    Examples:
      graphsess synth scenarios
      graphsess synth write rdp_hijack -o hijack
      graphsess build hijack -o case
      graphsess synth score case hijack/rdp_hijack/truth.json
    """


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
    "-o", "--output", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR",
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

    Prints precision, recall and F1 for each kind of record, then the misses. Exit code 1 if there
    is any.

    \b
    Example:
      graphsess synth score case training/psexec/truth.json
    """
    from graphsess.case import Case
    from graphsess.synth.scoring import score

    known = json.loads(truth.read_text("utf-8"))
    opened = Case.open(case)
    scores = [score(stream, _records(opened, stream), known[stream]) for stream in STREAMS]
    click.echo("          precision  recall     F1   right  told  true")
    for found in scores:
        click.echo(
            f"{found.stream:<10}{found.precision:9.3f}{found.recall:8.3f}{found.f1:7.3f}"
            f"{found.right:8d}{found.told:6d}{found.true:6d}"
        )
    for found in scores:
        for miss in found.misses:
            click.echo(json.dumps(_told(miss), ensure_ascii=True))
    sys.exit(1 if any(found.misses for found in scores) else 0)


def _records(case: Case, stream: str) -> list[dict[str, Any]]:
    """All records of a stream, hidden ones too, as a pipe gets them."""
    from graphsess.records.ask import Ask
    from graphsess.records.formats import jsonl
    from graphsess.records.registry import STREAMS as KNOWN
    from graphsess.records.stream import records

    text = b"".join(jsonl(records(KNOWN[stream], case, Ask(every=True))))
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _told(miss: Any) -> dict[str, Any]:  # noqa: ANN401 - a Miss; imported late
    return {
        "stream": miss.stream,
        "fields": list(miss.fields),
        "truth": miss.truth,
        "record": miss.record and {k: v for k, v in miss.record.items() if k != "sources"},
    }
