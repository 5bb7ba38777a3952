"""From the words of a command line to files on disk: files, folders, globs, stdin."""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graphsess.errors import EvidenceError
from graphsess.evidence.source import Source, refused

LOG_SUFFIXES = (".evtx", ".evt")
"""Files named so are meant to be logs: one that is none gets a line in the ledger."""


@dataclass(frozen=True, slots=True)
class File:
    """A candidate: bytes with a ledger name. `meant`: it must be accounted for if it is no log."""

    given: Path
    path: str
    member: str | None
    meant: bool


def files(given: str, spool: Path | None, stdin: BinaryIO | None) -> Iterator[File | Source]:
    """The files that one word stands for; what cannot be found or listed comes refused.

    Raises:
        EvidenceError: `-` was given and there is no spool or no stdin.
    """
    if given == "-":
        yield _spooled(spool, stdin)
        return
    path = Path(given)
    if not os.path.lexists(path):
        if hits := sorted(glob.glob(given, recursive=True)):  # noqa: PTH207 - takes whole patterns
            for hit in hits:
                yield from files(hit, spool, stdin)
        else:
            yield refused(path, label_of(path.name), "is not there; check the path")
    elif path.is_dir():
        yield from _inside(path)
    else:
        yield File(path, label_of(path.name), None, meant=True)


def _inside(folder: Path) -> Iterator[File | Source]:
    """The files under a folder, sorted; links are followed, loops of links are not."""
    seen: set[tuple[int, int]] = set()
    todo = [folder]
    while todo:
        here = todo.pop()
        where = label_of(here.relative_to(folder).as_posix())
        try:
            mark = here.stat()
            if (mark.st_dev, mark.st_ino) in seen:
                continue
            seen.add((mark.st_dev, mark.st_ino))
            entries = sorted(here.iterdir(), key=lambda entry: entry.name)
            folders = [entry for entry in entries if entry.is_dir()]
            plain = [entry for entry in entries if entry.is_file()]
        except OSError as error:
            why = f"cannot be listed ({error.strerror}); check its permissions"
            yield refused(here, where, why)
            continue
        todo += reversed(folders)
        for entry in plain:
            name = label_of(entry.relative_to(folder).as_posix())
            yield File(entry, name, None, meant=entry.suffix.lower() in LOG_SUFFIXES)


def _spooled(spool: Path | None, stdin: BinaryIO | None) -> File:
    """What stdin holds, as a file named by its content."""
    if spool is None or stdin is None:
        raise EvidenceError("`-` needs input on stdin; pipe JSON lines into the command")
    spool.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=spool, delete=False) as out:
        while block := stdin.read(1 << 20):
            digest.update(block)
            out.write(block)
    kept = spool / f"stdin-{digest.hexdigest()[:16]}"
    shutil.move(out.name, kept)
    return File(kept, "-", None, meant=True)


def label_of(name: str) -> str:
    """A name that can be written as UTF-8, whatever bytes the file system holds."""
    return os.fsencode(name.replace("\\", "/")).decode("utf-8", "backslashreplace")
