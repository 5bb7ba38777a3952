"""How long Neo4j takes to hold a case: load, load again, derive, verify.

    python bench/load.py [--events 1000000] [--hosts 50] [--heap 2g] [--seed 1]

Draws a fleet (`fleet_events`), works it into a case as a build does, and starts the real server of
the tests (`tests/neo4j_server.py`) on a fresh folder. An element is a node or a relationship. The
first elements are told apart, because a JVM that just started compiles while it works. CPU seconds
of the server and of this process stand beside wall seconds: a busy machine stretches only those.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from growth import Draw, HostTask, draw

import graphsess
from graphsess.build.across import work_across
from graphsess.build.hosts import work_host
from graphsess.case import TABLES, Case
from graphsess.case.manifest import Manifest, Receipt, write_manifest
from graphsess.errors import UnitError
from graphsess.settings import Settings
from graphsess.stores.neo4j.store import Neo4jStore
from graphsess.workers import local, run_each

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from neo4j_server import VERSION, Server

FIRST, STEP = 1_000_000, 250_000
GOAL = 50_000
SETTINGS = Settings()


@dataclass(slots=True)
class Trace:
    """When how many elements had been sent."""

    begun: float = field(default_factory=time.perf_counter)
    points: list[tuple[float, int]] = field(default_factory=lambda: [(0.0, 0)])

    def report(self, hosts: str, events: int, sent: int) -> None:
        """Note how far the load is."""
        del hosts, events
        self.points.append((time.perf_counter() - self.begun, sent))

    def rate(self, low: int, high: int) -> float | None:
        """Elements a second between two counts of elements; None where it did not come so far."""
        ends = [next((at for at in self.points if at[1] >= count), None) for count in (low, high)]
        if None in ends or ends[0] == ends[1]:
            return None
        (from_s, from_n), (to_s, to_n) = ends  # type: ignore[misc]
        return (to_n - from_n) / (to_s - from_s)


def main() -> None:
    """Measure, and print what was measured."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--events", type=int, default=1_000_000)
    asked.add_argument("--hosts", type=int, default=50)
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--heap", default="2g")
    asked.add_argument("--pagecache", default="512m")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    print(
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d} · {os.cpu_count()} cores (load "
        f"{os.getloadavg()[0]:.1f} at start), {platform.system()} · graphsess "
        f"{graphsess.__version__}, Neo4j {VERSION}, heap {given.heap} · "
        f"{given.events:,} events of {given.hosts} hosts"
    )
    with (
        tempfile.TemporaryDirectory(prefix="load-") as folder,
        Server("-XX:+UseG1GC", heap=given.heap, pagecache=given.pagecache) as server,
    ):
        case = drawn(Path(folder), given)
        store = Neo4jStore.open(server.uri, server.password)
        measure(store, case, server)
        store.close()


def measure(store: Neo4jStore, case: Case, server: Server) -> None:
    """Load twice, derive twice, verify."""
    trace = Trace()
    with timed("load", server) as first:
        done = store.load(case, report=trace.report)
    print(f"  {done.created:,} elements, {done.created / first.wall_s:,.0f}/s over all of it")
    for low in range(0, FIRST, STEP):
        told(trace.rate(low, low + STEP), f"{low:,} to {low + STEP:,}")
    whole = trace.rate(0, FIRST)
    told(whole, f"the first {FIRST:,} (goal {GOAL:,})")
    told(trace.rate(FIRST, done.sent), "after them")
    with timed("load again", server) as second:
        again = store.load(case)
    print(f"  {again.created} new, {first.wall_s / second.wall_s:,.0f} times as fast")
    forget = "MATCH (h:Host) SET h.loaded = null"
    store.driver.execute_query(forget)
    before = elements(store)
    with timed("load again, nothing remembered of the hosts", server) as third:
        again = store.load(case)
    print(
        f"  {again.sent:,} sent, {elements(store) - before} more than before, "
        f"{first.wall_s / third.wall_s:,.1f} times as fast"
    )
    with timed("derive", server):
        made = store.derive()
    print(f"  {made.sessions:,} sessions")
    with timed("derive again", server):
        store.derive(again=True)
    with timed("verify", server):
        found = store.verify(case)
    print(f"  {found.height} differences")
    for row in found.head(5).iter_rows():
        print("  ", *row)


def elements(store: Neo4jStore) -> int:
    """How many nodes and relationships the database holds."""
    counted = (
        "MATCH (n) WITH count(n) AS nodes MATCH ()-[r]->() "
        "WITH nodes, count(r) AS edges RETURN nodes + edges AS n"
    )
    return int(store.cypher(counted, {})[0]["n"])


def drawn(folder: Path, given: argparse.Namespace) -> Case:
    """A case of so many events, as a build writes one."""
    each = given.events // given.hosts
    tasks = [Draw(str(folder), given.seed, number, each) for number in range(given.hosts)]
    slices = [found for _, found in run_each(local(given.jobs), draw, tasks)]
    works = [HostTask(str(folder), one, SETTINGS.as_dict()) for one in slices]
    receipts: list[Receipt] = []
    for task, outcome in run_each(local(given.jobs), work_host, works):
        if isinstance(outcome, UnitError):
            sys.exit(f"{task.slice.host}: {outcome}")
        receipts.append(outcome)
    receipts.sort(key=lambda receipt: str(receipt.about["host"]))
    ledger = pl.DataFrame(schema=TABLES["evidence"].columns)
    files = tuple(sorted({file for one in slices for file in one.evidence}))
    write_manifest(
        folder,
        Manifest(
            settings=SETTINGS.as_dict(), options={"raw": False, "carve": False}, files=(),
            hosts=tuple(receipts), across=work_across(folder, receipts, ledger, SETTINGS),
            evidence=files,
        ),
    )  # fmt: skip
    return Case.open(folder)


@dataclass(slots=True)
class Spent:
    """What a step took."""

    wall_s: float = 0.0


@contextmanager
def timed(name: str, server: Server) -> Iterator[Spent]:
    """Print what a step took, of the clock and of both processes."""
    spent, begun = Spent(), time.perf_counter()
    before = (time.process_time(), cpu_s(server))
    yield spent
    spent.wall_s = time.perf_counter() - begun
    own, its = time.process_time() - before[0], cpu_s(server) - before[1]
    print(f"{name}: {spent.wall_s:.1f} s wall; CPU {own:.1f} s here, {its:.1f} s server",
          flush=True)  # fmt: skip


def cpu_s(server: Server) -> float:
    """Processor seconds of the server so far; Linux only, elsewhere 0."""
    path = Path(f"/proc/{server.process.pid}/stat") if server.process else Path()
    if not path.is_file():
        return 0.0
    parts = path.read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def told(rate: float | None, what: str) -> None:
    """Print a rate that is known."""
    if rate is not None:
        print(f"  {rate:>10,.0f} elements/s: {what}")


if __name__ == "__main__":
    main()
