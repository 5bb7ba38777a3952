"""The EVTX reader beside its peers: seconds, processor seconds and MB/s, on the same files.

    python bench/decoder.py [--mb 256] [--files 8] [--processes 1 2] [--only dense] [--rounds 3]

`--mb 1024 --files 32` is the full size; as given it takes some four minutes on two idle processors,
at full size a quarter of an hour, with `--rounds 1` half of that.

Files are made by `evtx_files` and read once before, so that the disk plays no part: many files, and
all of them as one. What is measured of graphsess is bytes to normalised columns (`read`,
`normalise`), with and without the records as logged, cut into the reader's own units. The peer in
Python is the package `evtx` with orjson: each record that is wanted into a tuple of 25 fields,
those that are not passed over by a search in the text; one file is one process's work there.
`evtx_dump` is run if it is on the path, python-evtx on some chunks only. All take turns, and the
best round of each counts. Watch the ratios, not the digits.

Last comes what a build has of it: seconds from a worker's start to its first unit, and the bytes an
event that reach the parent, which gets a receipt a unit.
"""

from __future__ import annotations

import argparse
import concurrent.futures as cf
import contextlib
import dataclasses
import functools
import os
import pickle
import platform
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import evtx_files

from graphsess.workers import local

MB = 1_000_000
HEADER = 4096
PEER = "evtx + orjson"
SOME = 200
"""Records read by python-evtx: it takes 5 ms each."""
Job = Callable[[str, int], tuple[int, int]]
FIELDS = (
    "SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId", "TargetUserSid",
    "TargetUserName", "TargetDomainName", "TargetLogonId", "LogonType", "LogonProcessName",
    "AuthenticationPackageName", "WorkstationName", "LogonGuid", "ProcessId", "ProcessName",
    "IpAddress", "IpPort", "Status", "SubStatus", "TargetLinkedLogonId", "ElevatedToken",
)  # fmt: skip


def columns(path: str, first: int, *, raw: bool) -> tuple[int, int]:
    """A unit by graphsess: rows, and the peak of the process in kB."""
    from graphsess.events.normalise import normalise
    from graphsess.evidence.source import Source
    from graphsess.readers.evtx import reader

    source = Source(Path(path), path, "0" * 64, "evtx", Path(path).stat().st_size)
    [unit] = [unit for unit in reader.units(source) if unit.first == first]
    batch = reader.read(dataclasses.replace(unit, raw=raw))
    rows = normalise(batch.pieces, source.sha256).height
    return rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def clocked(job: Job, path: str, first: int) -> tuple[int, int, float]:
    """A job's answer, and the processor seconds that it took."""
    before = time.process_time()
    rows, peak = job(path, first)
    return rows, peak, time.process_time() - before


def columns_and_raw(path: str, first: int) -> tuple[int, int]:
    """With the records as logged."""
    return columns(path, first, raw=True)


def columns_only(path: str, first: int) -> tuple[int, int]:
    """Without."""
    return columns(path, first, raw=False)


def tuples(path: str, _first: int) -> tuple[int, int]:
    """A file by evtx and orjson."""
    import orjson
    from evtx import PyEvtxParser

    from graphsess.catalogue import WANTED_IDS

    wanted = {str(number) for number in WANTED_IDS}
    rows = []
    for record in PyEvtxParser(path).records_json():
        text = record["data"]
        at = text.find('"EventID":') + 10
        if text[at : text.find(",", at)] in wanted or text[at] in '{"':
            event = orjson.loads(text)["Event"]
            system, data = event["System"], event.get("EventData") or {}
            rows.append(
                (
                    system["EventID"],
                    system["TimeCreated"]["#attributes"]["SystemTime"],
                    system["EventRecordID"],
                    system["Computer"],
                    *map(data.get, FIELDS),
                )
            )
    return len(rows), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def one_by_one(path: str, _first: int) -> tuple[int, int]:
    """Some records of a file by python-evtx, as XML."""
    import itertools

    from Evtx.Evtx import Evtx

    with Evtx(path) as log:
        rows = sum(bool(record.xml()) for record in itertools.islice(log.records(), SOME))
    return rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def receipt(path: str, first: int) -> tuple[int, int]:
    """A unit into the parts of a case: rows, and what the parent is told, in bytes times 1024."""
    from graphsess.build.read import UnitTask, read_unit
    from graphsess.evidence.source import Source
    from graphsess.readers.evtx import reader

    source = Source(Path(path), path, "0" * 64, "evtx", Path(path).stat().st_size)
    [unit] = [unit for unit in reader.units(source) if unit.first == first]
    told = read_unit(UnitTask(str(Path(path).parent / "case"), unit))
    return int(str(told.about["kept"])), 1024 * len(pickle.dumps(told))


def units(paths: list[Path]) -> list[tuple[str, int]]:
    """The reader's units of some files."""
    from graphsess.readers.evtx.reader import UNIT_CHUNKS

    return [
        (str(path), first)
        for path in paths
        for first in range(0, max(1, path.stat().st_size >> 16), UNIT_CHUNKS)
    ]


def measured(
    pool: cf.Executor, job: Job, tasks: list[tuple[str, int]]
) -> tuple[float, float, int, int]:
    """Wall and processor seconds, rows, and the largest worker's peak in MB."""
    start = time.perf_counter()
    found = list(pool.map(functools.partial(clocked, job), *zip(*tasks, strict=True)))
    wall = time.perf_counter() - start
    rows, peaks, cpu = zip(*found, strict=True)
    return wall, sum(cpu), sum(rows), max(peaks) // 1024


def dumped(paths: list[Path], threads: int) -> tuple[float, float]:
    """Wall and processor seconds of `evtx_dump`, all records as JSON to nowhere."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    for path in paths:
        command = ["evtx_dump", "-o", "jsonl", "-t", str(threads), str(path)]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu


def whole(paths: list[Path], into: Path) -> Path:
    """The chunks of some files, behind the header of the first."""
    with into.open("wb") as file:
        for number, path in enumerate(paths):
            content = path.read_bytes()
            file.write(content if number == 0 else content[HEADER:])
    return into


def main() -> None:
    """Measure and print one table a mix and layout."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mb", type=int, default=256)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=list(evtx_files.MIXES))
    asked = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = "1"  # so that a process is a processor
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, "
          f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    for mix in asked.only:
        with tempfile.TemporaryDirectory() as folder:
            first = Path(folder, f"{mix}-0.evtx")
            records = evtx_files.write(first, mix, asked.mb * MB // asked.files)
            paths = [first]
            for number in range(1, asked.files):
                paths.append(first.with_name(f"{mix}-{number}.evtx"))
                shutil.copy(first, paths[-1])
            table(mix, paths, records * asked.files, asked.processes, asked.rounds)
            one = whole(paths, Path(folder, "one.evtx"))
            in_a_build(paths)
            for path in paths:
                path.unlink()
            table(mix, [one], records * asked.files, asked.processes, asked.rounds)


def table(mix: str, paths: list[Path], records: int, widths: list[int], rounds: int) -> None:
    """All decoders on some files."""
    size = sum(path.stat().st_size for path in paths) / MB
    print(f"\n{mix}: {size:.0f} MB in {len(paths)} files, {records} records, "
          f"{evtx_files.share(mix):.0%} wanted")  # fmt: skip
    print("| what | jobs | wall s | CPU s | MB/s | MB per CPU s | times evtx | rows | peak MB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for processes in widths:
        jobs: tuple[tuple[str, Job, list[tuple[str, int]]], ...] = (
            (PEER, tuples, [(str(path), 0) for path in paths]),
            ("graphsess, columns", columns_only, units(paths)),
            ("graphsess, columns and raw", columns_and_raw, units(paths)),
        )
        told: dict[str, list[tuple[float, float, int, int]]] = {}
        with contextlib.ExitStack() as stack:
            pools = {  # one for each, so that a peak is its own
                name: stack.enter_context(local(processes).make()) for name, _, _ in jobs
            }
            for _ in range(rounds + 1):
                for name, job, tasks in jobs:
                    told.setdefault(name, []).append(measured(pools[name], job, tasks))
        peer = min(cpu for _, cpu, _, _ in told[PEER][1:])
        for name, found in told.items():
            walls, cpus, rows, peaks = zip(*found[1:], strict=True)  # the first one imports
            line(name, processes, size, min(walls), min(cpus), peer, rows[0], max(peaks))
        if shutil.which("evtx_dump"):
            wall, cpu = dumped(paths, processes)
            line("evtx_dump, JSON of all", processes, size, wall, cpu, peer, records, 0)
        with local(1).make() as pool:
            wall, cpu, few, most = measured(pool, one_by_one, [(str(paths[0]), 0)])
            part = few / records
            line("python-evtx, XML", 1, size * part, wall, cpu, peer * part, few, most)


def in_a_build(paths: list[Path]) -> None:
    """What the parent of a build waits for and is told."""
    with local(1).make() as pool:
        begun = time.perf_counter()
        first, *more = units(paths)
        wall, cpu, rows, told = measured(pool, receipt, [first])
        print(f"\nA worker's first unit: {time.perf_counter() - begun:.2f} s, "
              f"the job itself {cpu:.2f} CPU s")  # fmt: skip
        for wall, cpu, rows, told in [measured(pool, receipt, [unit]) for unit in more[:1]]:
            print(f"Its second: {wall:.2f} s, {cpu:.2f} CPU s with writing; "
                  f"the parent is told {told / max(1, rows):.2f} bytes an event")  # fmt: skip


def line(
    name: str,
    processes: int,
    size: float,
    wall: float,
    cpu: float,
    peer: float,
    rows: int,
    peak: int,
) -> None:
    """One line of the table."""
    print(f"| {name} | {processes} | {wall:.2f} | {cpu:.2f} | {size / wall:.1f} | {size / cpu:.1f} "
          f"| {peer / cpu:.2f} | {rows} | {peak or ''} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
