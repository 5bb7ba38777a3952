"""What a small case costs from the command line: build 30 MB of logs, then list the sessions.

    python bench/small.py [--mb 30] [--dense 0.33] [--rounds 5] [--jobs 2] [EVIDENCE ...]

Draws a folder of EVTX files (`evtx_files`: some of it dense, the rest rare) or takes the evidence
given. Each command runs as a user runs it, in its own process; of all rounds the best wall time
and the least processor time (with its workers') count, since other work on the machine only adds.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import evtx_files
import polars as pl

import graphsess

GOAL_S, HELP_GOAL_S = 1.5, 0.25
MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Cost:
    """One run of a command, with all its processes."""

    wall_s: float
    cpu_s: float


def main() -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("evidence", nargs="*", type=Path)
    asked.add_argument("--mb", type=int, default=30)
    asked.add_argument("--dense", type=float, default=0.33, help="part of it that is dense")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="small-") as folder:
        evidence = given.evidence or [drawn(Path(folder) / "logs", given.mb, given.dense)]
        size = sum(path.stat().st_size for one in evidence for path in files(one)) / MB
        print(
            f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d} · {os.cpu_count()} cores (load "
            f"{os.getloadavg()[0]:.1f} at start), {platform.system()} · graphsess "
            f"{graphsess.__version__}, polars {pl.__version__}, Python "
            f"{platform.python_version()} · {size:.0f} MB, {given.jobs} jobs, "
            f"best of {given.rounds}"
        )
        case = Path(folder) / "case"
        tool = [sys.executable, "-m", "graphsess"]
        build = [*tool, "build", *map(str, evidence), "-o", str(case), "--jobs", str(given.jobs)]
        commands = {
            "import polars": [sys.executable, "-c", "import polars"],
            "--help": [*tool, "--help"],
            "build": build,
            "sessions": [*tool, "sessions", str(case)],
        }
        best = {name: Cost(float("inf"), float("inf")) for name in commands}
        for _ in range(given.rounds):
            shutil.rmtree(case, ignore_errors=True)
            for name, command in commands.items():
                cost, known = run(command), best[name]
                best[name] = Cost(min(cost.wall_s, known.wall_s), min(cost.cpu_s, known.cpu_s))
    print(f"{'':<18}{'wall s':>8}{'CPU s':>8}")
    for name, cost in best.items():
        print(f"{name:<18}{cost.wall_s:>8.2f}{cost.cpu_s:>8.2f}")
    both = [best["build"], best["sessions"]]
    wall, cpu = sum(cost.wall_s for cost in both), sum(cost.cpu_s for cost in both)
    print(f"{'build + sessions':<18}{wall:>8.2f}{cpu:>8.2f}")
    print(f"goal: {GOAL_S} s for both, {HELP_GOAL_S} s for --help, on 2 quiet cores")


def drawn(folder: Path, mb: int, dense: float) -> Path:
    """A folder of logs, dense and rare ones."""
    folder.mkdir()
    for seed, (mix, part) in enumerate((("dense", dense), ("rare", 1 - dense)), start=1):
        if part > 0:
            evtx_files.write(folder / f"{mix}.evtx", mix, int(mb * part * MB), seed=seed)
    return folder


def files(path: Path) -> list[Path]:
    """The files in a folder, or the one that is given."""
    return [found for found in path.rglob("*") if found.is_file()] if path.is_dir() else [path]


def run(command: Sequence[str]) -> Cost:
    """Run a command to its end, its output unseen; some evidence may be bad (exit code 3)."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, used)


if __name__ == "__main__":
    main()
