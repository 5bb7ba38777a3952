"""May a build write here? What lies at the target decides, and `add` and `force`."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from graphsess.case import journal, lock
from graphsess.case.manifest import Manifest, is_case, read_manifest
from graphsess.case.parts import FOLDER as PARTS
from graphsess.case.parts import sweep, unwritable
from graphsess.errors import CaseError

_OURS = {journal.FOLDER, PARTS, lock.NAME}


def permitted(case: Path, *, add: bool, force: bool) -> Manifest | None:
    """The manifest of the case that is added to, or None where a new one is made.

    Raises:
        CaseError: the folder holds a case and neither was asked for, or holds something else.
    """
    if add and not is_case(case):
        if not _unfinished(case):
            raise CaseError(f"there is no case at {case} to add to; build it without --add")
        return None
    if is_case(case):
        if add:
            return read_manifest(case)
        if not force:
            raise CaseError(
                f"{case} already holds a case; add evidence to it with --add, "
                "or replace it with --force"
            )
        return None
    if case.exists() and not case.is_dir():
        raise CaseError(f"{case} is a file; name a folder that does not exist yet")
    if case.is_dir() and any(case.iterdir()) and not _unfinished(case):
        raise CaseError(
            f"{case} holds other things than a case; name a folder that does not exist yet"
        )
    return None


def begin(case: Path) -> None:
    """Create the folder, marked as one that is being built in.

    Raises:
        CaseError: it cannot be written.
    """
    try:
        (case / journal.FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(case, error) from error


def withdraw(case: Path) -> None:
    """Take away what a failed build left: the case is what it was before, or there is none."""
    shutil.rmtree(case / journal.FOLDER, ignore_errors=True)
    if not is_case(case):
        shutil.rmtree(case / PARTS, ignore_errors=True)
        return
    with contextlib.suppress(CaseError):  # one of another version: its parts are not ours to judge
        sweep(case, {part.file for part in read_manifest(case).parts()})


def _unfinished(case: Path) -> bool:
    """True if the folder holds only what a build that was killed leaves."""
    if not (case / journal.FOLDER).is_dir():
        return False
    return all(path.name in _OURS or path.suffix == ".tmp" for path in case.iterdir())
