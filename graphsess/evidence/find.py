"""From what was given to named sources, each content once; archives are looked into.

What a file is, its content tells, never its name; a name like `*.evtx` only decides whether a
file that is no log is worth a line in the ledger. The result does not depend on the order in
which things are given, nor on the order in which a file system lists them.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from graphsess.evidence import refusals
from graphsess.evidence.archives import ARCHIVE_ERRORS, is_archive, members, opened_member
from graphsess.evidence.given import LOG_SUFFIXES, File, files, label_of
from graphsess.evidence.source import REFUSED, Source, refused

HEAD_BYTES = 1 << 16
"""How much of a file its reader is chosen by."""

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
        for file in files(str(item), spool, stdin):
            if isinstance(file, Source):
                sources.append(file)
                continue
            for source in _sources(file, name_of):
                if isinstance(source, Source):
                    sources.append(source)
                else:
                    passed_over.add(source)
    return Found(_each_once(sources), tuple(sorted(passed_over)))


def _sources(file: File, name_of: NameOf) -> Iterator[Source | str]:
    """The file as a source, or its members if it is an archive, or its name if it is no log."""
    try:
        if not stat.S_ISREG(file.given.stat().st_mode):
            yield refused(file.given, file.path, "is no regular file; give files and folders")
            return
        with file.given.open("rb") as opened:
            archive = is_archive(opened.read(512))
    except OSError as error:
        yield refused(file.given, file.path, _unreadable(error))
        return
    if archive:
        yield from _archived(file, name_of)
    else:
        yield _read(file, name_of)


def _archived(file: File, name_of: NameOf) -> Iterator[Source | str]:
    logs = 0
    others: list[str] = []
    problem = None
    try:
        for name, _, trouble in members(file.given):
            label = f"{file.path}!{label_of(name)}"
            log_like = Path(name).suffix.lower() in LOG_SUFFIXES
            inner = File(file.given, label, name, meant=log_like)
            if trouble:
                logs += 1
                yield refused(file.given, label, trouble, member=name)
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
        yield _measured(refused(file.given, file.path, problem))
    elif logs:
        yield from others
    else:
        yield file.path


def _read(file: File, name_of: NameOf) -> Source | str:
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
        return refused(file.given, file.path, _unreadable(error), member=file.member)
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


def _measured(source: Source) -> Source:
    """A refused file with its hash and size, where it can be read at all."""
    try:
        with source.given.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return replace(source, sha256=digest, bytes=file.tell())
    except OSError:
        return source


def _unreadable(error: Exception) -> str:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    if isinstance(error, PermissionError):
        return f"cannot be read ({why}); check its permissions or copy it elsewhere"
    return f"cannot be read ({why}); get a sound copy of it"
