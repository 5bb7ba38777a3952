"""From what was given on the command line to named sources: files, folders, globs, archives, stdin.

What a file is, its content tells, never its name; a name like `*.evtx` only decides whether a
file that is no log is worth a line in the ledger. The result does not depend on the order in
which things are given, nor on the order in which a file system lists them.
"""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from graphsess.errors import EvidenceError
from graphsess.evidence import refusals
from graphsess.evidence.archives import ARCHIVE_ERRORS, is_archive, members, opened_member
from graphsess.evidence.source import REFUSED, Source

HEAD_BYTES = 1 << 16
"""How much of a file its reader is chosen by."""

LOG_SUFFIXES = (".evtx", ".evt")
"""Files named so are meant to be logs: one that is none gets a line in the ledger."""

NameOf = Callable[[bytes], str | None]
"""From a file's first bytes to the name of its reader; `graphsess.readers.reader_for`."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was given, sorted out.

    Attributes:
        sources: Each content once, sorted by ledger name; those refused carry their problem.
        passed_over: Ledger names of other files met in folders and archives: no logs at all.
    """

    sources: tuple[Source, ...]
    passed_over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A candidate: bytes with a ledger name. `meant`: it must be accounted for if it is no log."""

    given: Path
    path: str
    member: str | None
    meant: bool


def find(
    given: Iterable[str | Path],
    name_of: NameOf,
    *,
    spool: Path | None = None,
    stdin: BinaryIO | None = None,
) -> Found:
    """Every log among what was given, each content once.

    Args:
        given: Files, folders, globs, archives; `-` for JSON lines on `stdin`.
        name_of: Chooses the reader by content.
        spool: Folder that `-` is written to, so that it can be read in pieces.
        stdin: Where `-` comes from.

    Raises:
        EvidenceError: `-` was given and there is no spool or no stdin.
    """
    sources: list[Source] = []
    passed_over: set[str] = set()
    for item in given:
        for file in _files(str(item), spool, stdin):
            if isinstance(file, Source):
                sources.append(file)
                continue
            for source in _sources(file, name_of):
                if isinstance(source, Source):
                    sources.append(source)
                else:
                    passed_over.add(source)
    return Found(_each_once(sources), tuple(sorted(passed_over)))


def _files(given: str, spool: Path | None, stdin: BinaryIO | None) -> Iterator[_File | Source]:
    if given == "-":
        yield _spooled(spool, stdin)
        return
    path = Path(given)
    if not os.path.lexists(path):
        if hits := sorted(glob.glob(given, recursive=True)):  # noqa: PTH207 - takes whole patterns
            for hit in hits:
                yield from _files(hit, spool, stdin)
        else:
            yield _refused(path, _label(path.name), "is not there; check the path")
    elif path.is_dir():
        yield from _inside(path)
    else:
        yield _File(path, _label(path.name), None, meant=True)


def _inside(folder: Path) -> Iterator[_File | Source]:
    """The files under a folder, sorted; links are followed, loops of links are not."""
    seen: set[tuple[int, int]] = set()
    todo = [folder]
    while todo:
        here = todo.pop()
        label = _label(here.relative_to(folder).as_posix())
        try:
            mark = here.stat()
            if (mark.st_dev, mark.st_ino) in seen:
                continue
            seen.add((mark.st_dev, mark.st_ino))
            entries = sorted(here.iterdir(), key=lambda entry: entry.name)
        except OSError as error:
            why = f"cannot be listed ({error.strerror}); check its permissions"
            yield _refused(here, label, why)
            continue
        todo += [entry for entry in reversed(entries) if entry.is_dir()]
        for entry in entries:
            if entry.is_file():
                name = _label(entry.relative_to(folder).as_posix())
                yield _File(entry, name, None, meant=entry.suffix.lower() in LOG_SUFFIXES)


def _sources(file: _File, name_of: NameOf) -> Iterator[Source | str]:
    """The file as a source, or its members if it is an archive, or its name if it is no log."""
    try:
        if not stat.S_ISREG(file.given.stat().st_mode):
            yield _refused(file.given, file.path, "is no regular file; give files and folders")
            return
        with file.given.open("rb") as opened:
            archive = is_archive(opened.read(512))
    except OSError as error:
        yield _refused(file.given, file.path, _unreadable(error))
        return
    if archive:
        yield from _archived(file, name_of)
    else:
        yield _read(file, name_of)


def _archived(file: _File, name_of: NameOf) -> Iterator[Source | str]:
    logs = 0
    others: list[str] = []
    problem = None
    try:
        for name, _, trouble in members(file.given):
            label = f"{file.path}!{_label(name)}"
            log_like = Path(name).suffix.lower() in LOG_SUFFIXES
            inner = _File(file.given, label, name, meant=log_like)
            if trouble:
                logs += 1
                yield _refused(file.given, label, trouble, member=name)
                continue
            found = _read(inner, name_of)
            if isinstance(found, Source):
                logs += 1
                yield found
            else:
                others.append(found)
    except ARCHIVE_ERRORS as error:
        problem = f"is a damaged archive ({error}); get it again or repair it"
    if problem is None and not logs and file.meant:
        problem = refusals.NO_LOGS
    if problem:
        yield _refused(file.given, file.path, problem)
    elif logs:
        yield from others
    else:
        yield file.path


def _read(file: _File, name_of: NameOf) -> Source | str:
    """The source with its hash, or the ledger name of a file that is no log."""
    try:
        with opened_member(file.given, file.member) as (opened, size):
            head = opened.read(HEAD_BYTES)
            kind = name_of(head)
            problem = None
            if kind is None:
                nested = is_archive(head) and file.member is not None
                if not (file.meant or nested or refusals.is_old_log(head)):
                    return file.path
                problem = refusals.NESTED if nested else refusals.reason(head)
            digest = hashlib.sha256(head)
            while block := opened.read(1 << 20):
                digest.update(block)
    except ARCHIVE_ERRORS as error:
        return _refused(file.given, file.path, _unreadable(error), member=file.member)
    return Source(
        given=file.given,
        path=file.path,
        sha256=digest.hexdigest(),
        kind=kind or REFUSED,
        bytes=size,
        member=file.member,
        problem=problem and f"{file.path} {problem}",
    )


def _each_once(sources: Sequence[Source]) -> tuple[Source, ...]:
    """Each content once, under its smallest name; what could not be read, once a name."""
    same: dict[tuple[str, str], list[Source]] = {}
    for source in sources:
        same.setdefault((source.sha256, "" if source.sha256 else source.path), []).append(source)
    kept = []
    for group in same.values():
        first, *rest = sorted(group, key=lambda source: (source.path, str(source.given)))
        also = sorted({source.path for source in rest} - {first.path})
        kept.append(replace(first, also=tuple(also)))
    return tuple(sorted(kept, key=lambda source: (source.path, source.sha256)))


def _spooled(spool: Path | None, stdin: BinaryIO | None) -> _File:
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
    return _File(kept, "-", None, meant=True)


def _refused(given: Path, label: str, problem: str, member: str | None = None) -> Source:
    return Source(given, label, "", REFUSED, 0, member, problem=f"{label} {problem}")


def _unreadable(error: Exception) -> str:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    if isinstance(error, PermissionError):
        return f"cannot be read ({why}); check its permissions or copy it elsewhere"
    return f"cannot be read ({why}); get a sound copy of it"


def _label(name: str) -> str:
    """A name that can be written as UTF-8, whatever bytes the file system holds."""
    return os.fsencode(name.replace("\\", "/")).decode("utf-8", "backslashreplace")
