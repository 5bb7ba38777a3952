"""The lock that keeps two builds out of one case; it falls with the process that holds it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from graphsess.case.parts import unwritable
from graphsess.errors import CaseError

NAME = "build.lock"


@contextlib.contextmanager
def locked(case: Path) -> Iterator[None]:
    """Hold the case's lock while a build writes it.

    The operating system gives the lock back when its process dies, however it dies, so the lock
    file of a dead process stops nobody. Its text, the process id, is for the message only.

    Raises:
        CaseError: another process is building this case, or the folder cannot be written.
    """
    path = case / NAME
    try:
        file = path.open("ab+")
    except OSError as error:
        raise unwritable(case, error) from error
    with file:
        if not _take(file) or not _still(file, path):
            raise CaseError(
                f"{case} is being built by process {_holder(path)}; wait for it or stop it"
            )
        with contextlib.suppress(OSError):  # Windows locks the text too; then it stays as it is
            file.truncate(0)
            file.write(str(os.getpid()).encode())
            file.flush()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows: not while it is open; it may stay
                path.unlink()
            _give_back(file)


def _still(file: BinaryIO, path: Path) -> bool:
    """True unless the build before us took the file away between our opening and locking it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _holder(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text("ascii", "replace")[:20].strip() or "unknown"
    return "unknown"


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # beyond the text, so that others can read it

    def _take(file: BinaryIO) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _give_back(file: BinaryIO) -> None:
        file.seek(_FAR)
        with contextlib.suppress(OSError):
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks, some network shares: go on unguarded
            return True
        return True

    def _give_back(file: BinaryIO) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(file.fileno(), fcntl.LOCK_UN)
