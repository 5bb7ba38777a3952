"""How time and memory of resolving and deriving grow with the number of events.

    python bench/growth.py [--events 100000 1000000 5000000] [--hosts 50] [--jobs 2] [--seed 1]

Draws a fleet (`fleet_events`) into a case folder, then works its hosts exactly as a build does:
`graphsess.build.hosts.work_host`, a host at a time in worker processes. Drawing is not measured.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from fleet_events import host_events

import graphsess
from graphsess.build.hosts import HostTask, work_host
from graphsess.build.survey import HostSlice
from graphsess.case.parts import write_part
from graphsess.case.schema import TABLES
from graphsess.errors import UnitError
from graphsess.settings import Settings
from graphsess.workers import local, run_each

GOAL_MB, GOAL_S, GOAL_EVENTS = 2_000, 60, 5_000_000
MB = 1 << 20
SAMPLE_S = 0.05


@dataclass(frozen=True, slots=True)
class Draw:
    """One host to be drawn."""

    case: str
    seed: int
    number: int
    events: int


@dataclass(frozen=True, slots=True)
class Worked:
    """What one host cost.

    Attributes:
        host: Its id.
        events: How many it has.
        sessions: How many were derived.
        cpu_s: Processor seconds of its worker, user and system.
        peak_mb: The worker's peak resident set so far.
    """

    host: str
    events: int
    sessions: int
    cpu_s: float
    peak_mb: float


@dataclass(slots=True)
class Memory:
    """Peak of the resident sets of this process and its workers, added up."""

    peak_mb: float = 0.0


def main() -> None:
    """Measure every size and print the table."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--events", type=int, nargs="+", default=[100_000, 1_000_000, GOAL_EVENTS])
    asked.add_argument("--hosts", type=int, default=50)
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    print(
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d} · {_processor()}, {os.cpu_count()} cores"
        f" (load {os.getloadavg()[0]:.1f} at start), {platform.system()} · "
        f"graphsess {graphsess.__version__}, polars {pl.__version__}, "
        f"Python {platform.python_version()} · {given.hosts} hosts, {given.jobs} workers"
    )
    print(f"{'events':>10} {'sessions':>9} {'wall s':>7} {'CPU s':>7} {'µs/event':>8} "
          f"{'worst worker MB':>15} {'in all MB':>9}  slowest host")  # fmt: skip
    for events in given.events:
        with tempfile.TemporaryDirectory(prefix="growth-") as case:
            slices = _drawn(case, given, events)
            _measure(case, slices, given.jobs)
    print(f"goal: {GOAL_EVENTS:,} events within {GOAL_MB:,} MB in all, about {GOAL_S} s on 2 cores")


def _measure(case: str, slices: list[HostSlice], jobs: int) -> None:
    settings = Settings().as_dict()
    tasks = [HostTask(case, known, settings) for known in slices]
    done: list[Worked] = []
    begun = time.perf_counter()
    with _watched() as memory:
        for task, outcome in run_each(local(jobs), work, tasks):
            if isinstance(outcome, UnitError):
                sys.exit(f"{task.slice.host}: {outcome}")
            done.append(outcome)
    wall = time.perf_counter() - begun
    events, cpu = sum(one.events for one in done), sum(one.cpu_s for one in done)
    slowest = max(done, key=lambda one: one.cpu_s)
    print(
        f"{events:>10,} {sum(one.sessions for one in done):>9,} {wall:>7.1f} {cpu:>7.1f} "
        f"{cpu / events * 1e6:>8.1f} {max(one.peak_mb for one in done):>15,.0f} "
        f"{memory.peak_mb:>9,.0f}  {slowest.host} {slowest.cpu_s:.1f} s CPU",
        flush=True,
    )


def work(task: HostTask) -> Worked:
    """Resolve and derive one host, in a worker."""
    before = time.process_time()
    about = work_host(task).about
    cpu_s = time.process_time() - before
    return Worked(
        str(about["host"]), int(about["events"]), int(about["sessions"]), cpu_s, _peak_mb()
    )


def draw(task: Draw) -> HostSlice:
    """Draw one host and write its parts as reading does, a part an evidence file."""
    name, events, runs = host_events(task.seed, task.number, task.events)
    case = Path(task.case)
    read = []
    for evidence in events["evidence"].unique().sort():
        part = write_part(case, TABLES["read"], name, events.filter(pl.col("evidence") == evidence))
        read += [part] if part else []
    stretches = write_part(case, TABLES["runs"], name, runs)
    files = tuple(events["evidence"].unique().sort().to_list())
    return HostSlice(name, (name,), files, tuple(sorted(read)), (stretches,) if stretches else ())


def _drawn(case: str, given: argparse.Namespace, events: int) -> list[HostSlice]:
    each = events // given.hosts
    tasks = [Draw(case, given.seed, number, each) for number in range(given.hosts)]
    slices = []
    for task, outcome in run_each(local(given.jobs), draw, tasks):
        if isinstance(outcome, UnitError):
            sys.exit(f"host {task.number}: {outcome}")
        slices.append(outcome)
    return sorted(slices, key=lambda known: known.host)


@contextmanager
def _watched() -> Iterator[Memory]:
    """Watch the memory of this process and its workers; Linux only, elsewhere it stays 0."""
    memory, over = Memory(), threading.Event()

    def watch() -> None:
        while not over.wait(SAMPLE_S):
            memory.peak_mb = max(memory.peak_mb, sum(map(_resident_mb, _family())))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()


def _family() -> list[str]:
    found = ["self"]
    for children in Path("/proc/self/task").glob("*/children"):
        try:
            found += children.read_text().split()
        except OSError:
            continue
    return found


def _resident_mb(pid: str) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / MB


def _peak_mb() -> float:
    """Own peak; `ru_maxrss` would count the parent's too, because a spawned child begins as it."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MB


def _processor() -> str:
    """The processor's own name, where Linux tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
