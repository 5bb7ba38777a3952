"""How long a fleet takes from its first boot to a scored case, and how well the case tells it.

    python bench/fleet_score.py [--preset medium] [--seed 1] [--jobs 2]

Plays the fleet once with all logs, and once for each way of having fewer; prints events, seconds of
processor time for playing, writing and building, and F1 of each stream. Chains are told by how many
paths of the intrusions were found, and how many chains a day are shown that touch none.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from graphsess.case import Case
from graphsess.cli.synth import scores
from graphsess.synth.case import Case as Played
from graphsess.synth.case import write_case
from graphsess.synth.fleet.knobs import Knobs
from graphsess.synth.fleet.make import make
from graphsess.synth.fleet.presets import PRESETS

WAYS = {
    "all logs": Knobs(),
    "with Sysmon": Knobs(sysmon=True),
    "default audit": Knobs(audit="default"),
    "no Security": Knobs(without=("security",)),
    "no LSM": Knobs(without=("lsm",)),
    "10 % lost": Knobs(loss=0.1),
}
STREAMS = ("sessions", "logons", "locals", "failures", "moves", "activities", "alive")


def main() -> None:
    """Measure every way and print the table."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--preset", choices=sorted(PRESETS), default="medium")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--jobs", type=int, default=2)
    given = asked.parse_args()
    print("way".ljust(14), " events", "play s", "write s", "build s", *STREAMS, "chains",
          "false/day", sep="  ")  # fmt: skip
    for name, knobs in WAYS.items():
        with tempfile.TemporaryDirectory() as folder:
            print(name.ljust(14), *_measured(Path(folder), given, knobs), sep="  ", flush=True)


def _measured(folder: Path, given: argparse.Namespace, knobs: Knobs) -> list[str]:
    preset = PRESETS[given.preset]
    begun = _cpu()
    played = make(preset, given.seed, knobs)
    made = _cpu()
    count = write_case(played, folder / "evidence")
    written = _cpu()
    _build(folder, given.jobs)
    built = _cpu()
    found = {score.stream: score for score in _scores(folder, played)}
    chains = found["chains"]
    return [
        f"{count:7,}",
        f"{made - begun:6.1f}",
        f"{written - made:7.1f}",
        f"{built - written:7.1f}",
        *(f"{found[name].f1:{len(name)}.3f}" for name in STREAMS),
        f"{chains.right:2d} / {chains.true}",
        f"{(chains.told - chains.right) / preset.days:9.1f}",
    ]


def _build(folder: Path, jobs: int) -> None:
    asked = ["build", str(folder / "evidence"), "-o", str(folder / "case"), "--jobs", str(jobs)]
    done = subprocess.run(
        [sys.executable, "-m", "graphsess", *asked], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)


def _scores(folder: Path, played: Played) -> list:
    return list(scores(Case.open(folder / "case"), played.truth))


def _cpu() -> float:
    mine, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return sum(used.ru_utime + used.ru_stime for used in (mine, others))


if __name__ == "__main__":
    main()
