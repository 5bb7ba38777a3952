"""How many records each parser reads of damaged logs, file by file.

    python bench/broken.py FOLDER [--limit 120]

A parser that takes longer than the limit, or dies, is told so; each has its own process. libevtx
(`pip install libevtx-python`) is left out where it is missing. A record counts as read if its
event id and data come out; libevtx's recovered ones count too.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path


def by_evtx(path: str) -> str:
    """The package evtx, past errors."""
    from evtx import PyEvtxParser

    records, found, errors = PyEvtxParser(path).records_json(), 0, 0
    while errors < 10_000:
        try:
            next(records)
        except StopIteration:
            break
        except (RuntimeError, ValueError):
            errors += 1
        else:
            found += 1
    return str(found)


def by_libevtx(path: str) -> str:
    """libevtx: records and recovered records."""
    import pyevtx

    file = pyevtx.file()
    file.open(path)
    found = 0
    for count, get in (
        (file.get_number_of_records(), file.get_record),
        (file.get_number_of_recovered_records(), file.get_recovered_record),
    ):
        for number in range(count):
            try:
                record = get(number)
                record.get_event_identifier()
                record.get_xml_string()
            except OSError:
                continue
            found += 1
    return str(found)


def by_python_evtx(path: str) -> str:
    """python-evtx."""
    from Evtx.Evtx import Evtx

    found = 0
    with Evtx(path) as log:
        for chunk in log.chunks():
            for record in chunk.records():
                try:
                    record.xml()
                except Exception:  # noqa: S112 - whatever it raises, the record is not read
                    continue
                found += 1
    return str(found)


def by_graphsess(path: str) -> str:
    """graphsess: read, read with what lies in the slack of chunks, known to be unreadable."""
    from graphsess.evidence.source import Source
    from graphsess.readers.evtx import reader

    source = Source(Path(path), path, "0" * 64, "evtx", Path(path).stat().st_size)
    read = []
    for carve in (False, True):
        batches = [reader.read(unit) for unit in reader.units(source, carve=carve)]
        unreadable = sum(batch.unreadable for batch in batches)
        read.append(sum(batch.seen for batch in batches) - unreadable)
    return f"{read[0]} | {read[1]} | {unreadable}"


PARSERS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("evtx", by_evtx),
    ("libevtx", by_libevtx),
    ("python-evtx", by_python_evtx),
    ("graphsess | with --carve | unreadable", by_graphsess),
)


def asked(function: Callable[[str], str], path: Path, limit_s: float) -> str:
    """What a parser says of a file, or why it says nothing."""
    ours, theirs = mp.Pipe(duplex=False)
    worker = mp.get_context("spawn").Process(target=_answer, args=(function, str(path), theirs))
    worker.start()
    theirs.close()
    try:
        return str(ours.recv()) if ours.poll(limit_s) else "hangs, or is too slow"
    except EOFError:
        return "dies"
    finally:
        worker.kill()
        worker.join()


def _answer(function: Callable[[str], str], path: str, answer: Connection) -> None:
    os.close(2)
    try:
        answer.send(function(path))
    except Exception as error:  # its word is the answer
        answer.send(type(error).__name__)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=float, default=120)
    given = parser.parse_args()
    print("| file | " + " | ".join(name for name, _ in PARSERS) + " |")
    print("| --- " * (len(PARSERS) + 3) + "|")
    for path in sorted(given.folder.rglob("*.evtx")):
        told = [asked(function, path, given.limit) for _, function in PARSERS]
        print(f"| {path.name} | " + " | ".join(told) + " |", flush=True)


if __name__ == "__main__":
    main()
