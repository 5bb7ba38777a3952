"""Archives of evidence, read in place: zip, tar, and gzip around a tar or around one file.

Nothing is ever unpacked to disk, so a member's name is a label and never a path. What an archive
may cost is bounded before its members are read.
"""

from __future__ import annotations

import gzip
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, NamedTuple, cast

MEMBERS_MAX = 200_000
TOTAL_BYTES_MAX = 256 << 30
RATIO_FREE_BYTES = 256 << 20
READ_BYTES_MAX = 256 << 20
RATIO_MAX = 250
"""Logs shrink 10 to 30 times; a mostly empty EVTX of 20 MB up to 900 times, hence the free part."""

READ_ERRORS = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
)
"""What reading a file or a member may raise when disk or archive are at fault."""

ARCHIVE_ERRORS = (
    *READ_ERRORS,
    RuntimeError,  # an encrypted zip
    NotImplementedError,  # a method of compression that zipfile does not know
    ValueError,
    KeyError,
)
"""What Python's archive modules may raise besides, while an archive is listed or opened."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b\x08"


class Member(NamedTuple):
    """A file in an archive. `problem` says why it may not be read, as the end of a sentence."""

    name: str
    size: int
    problem: str | None = None


def is_archive(head: bytes) -> bool:
    """True if content that begins so is an archive that can be read in place."""
    return head.startswith((*_ZIP, _GZIP)) or head[257:262] == b"ustar"


def members(path: Path) -> Iterator[Member]:
    """The archive's files in its own order, with those that may not be read.

    Raises:
        ARCHIVE_ERRORS: the archive is damaged; what came before may be used.
    """
    seen: set[str] = set()
    total = 0
    for name, size, packed, problem in _listed(path):
        if len(seen) >= MEMBERS_MAX:
            yield Member(
                name,
                size,
                f"lies behind the first {MEMBERS_MAX:,} files of its archive; "
                "unpack it and give the folder",
            )
            return
        total += size
        problem = problem or _danger(name, size, packed, total, seen)
        yield Member(name, size, problem)
        seen.add(name)


@contextmanager
def opened_member(path: Path, member: str | None) -> Iterator[tuple[BinaryIO, int]]:
    """A member of an archive, or a plain file where `member` is None, with its size.

    Raises:
        ARCHIVE_ERRORS: it is not there, or the archive is damaged.
    """
    if member is None:
        with path.open("rb") as file:
            yield file, os.fstat(file.fileno()).st_size
        return
    head = _head(path)
    if head.startswith(_ZIP):
        with zipfile.ZipFile(path) as archive:
            if member not in archive.NameToInfo:
                raise FileNotFoundError(member)
            with archive.open(member) as inner:
                yield cast("BinaryIO", inner), archive.getinfo(member).file_size
    elif _is_tar(path, head):
        with _tar(path) as tar:
            found = tar.extractfile(member) if member in tar.getnames() else None
            if found is None:
                raise FileNotFoundError(member)
            with found:
                yield cast("BinaryIO", found), tar.getmember(member).size
    else:
        with gzip.open(path) as packed:
            size = packed.seek(0, 2)
            packed.seek(0)
            yield cast("BinaryIO", packed), size


def _listed(path: Path) -> Iterator[tuple[str, int, int, str | None]]:
    """Name, size, packed size and problem of each file in the archive; packed 0 = not told."""
    head = _head(path)
    if head.startswith(_ZIP):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    locked = (
                        "is locked by a password; unpack it with the password and give the folder"
                        if info.flag_bits & 1
                        else None
                    )
                    yield info.filename, info.file_size, info.compress_size, locked
    elif _is_tar(path, head):
        packed = path.stat().st_size if head.startswith(_GZIP) else 0
        with _tar(path) as tar:
            for entry in tar:
                if entry.isfile():
                    yield entry.name, entry.size, packed, None
    else:
        packed = path.stat().st_size
        size = 0
        with gzip.open(path) as single:
            while block := single.read(1 << 20):
                size += len(block)
                if size > RATIO_FREE_BYTES and size > packed * (RATIO_MAX + 1):
                    break
        yield path.stem, size, packed, None


def _danger(name: str, size: int, packed: int, total: int, seen: set[str]) -> str | None:
    """Why the member may not be read, or None."""
    outside = PureWindowsPath(name).is_absolute() or PurePosixPath(name).is_absolute()
    if outside or PureWindowsPath(name).drive or ".." in PureWindowsPath(name).parts:
        return "has a name that leads out of its archive; unpack it with care and give the file"
    if name in seen:
        return "comes twice in its archive; unpack it and give both files"
    if total > TOTAL_BYTES_MAX:
        return (
            f"lies behind the first {TOTAL_BYTES_MAX >> 30} GB of its archive; "
            "unpack it and give the folder"
        )
    if size > RATIO_FREE_BYTES and packed and size // packed > RATIO_MAX:
        return (
            f"would unpack to {size // packed} times its packed size like a decompression bomb; "
            "if it is a log, unpack it and give the file"
        )
    return None


class _Bounded:
    """A file that refuses to be read in one huge piece, as a tar's extra headers may ask for."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable
        self._read = file.read

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= READ_BYTES_MAX:
            raise tarfile.ReadError("a header asks for too much memory")
        return self._read(size)


@contextmanager
def _tar(path: Path) -> Iterator[tarfile.TarFile]:
    with path.open("rb") as file:
        packed = _head(path).startswith(_GZIP)
        inner = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file
        with tarfile.open(fileobj=cast("BinaryIO", _Bounded(inner))) as tar:
            yield tar


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)


def _is_tar(path: Path, head: bytes) -> bool:
    if head[257:262] == b"ustar":
        return True
    if not head.startswith(_GZIP):
        return False
    with gzip.open(path) as packed:
        return packed.read(512)[257:262] == b"ustar"
