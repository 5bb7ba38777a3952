"""`manifest.json`: the only commit point of a case, and the only file that is ever replaced."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from graphsess import __version__
from graphsess.case.parts import Part, unwritable
from graphsess.case.schema import RULES, SCHEMA
from graphsess.errors import CaseError

NAME = "manifest.json"
_FORMAT = "graphsess case"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one unit of work left behind; the same fingerprint never has to be worked again.

    Attributes:
        fingerprint: sha256 over everything that the result depends on.
        about: Plain values that say which unit it was and what it counted.
        parts: The files it wrote.
    """

    fingerprint: str
    about: Mapping[str, Any]
    parts: tuple[Part, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "fingerprint": self.fingerprint,
            "about": dict(self.about),
            "parts": [part.as_dict() for part in sorted(self.parts)],
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The receipt out of plain values."""
        parts = tuple(Part(**part) for part in given["parts"])
        return cls(given["fingerprint"], given["about"], parts)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a case is, beside its parts. It holds no time of day and no absolute path.

    Attributes:
        settings: What the case was built with, as `Settings.as_dict` gives it.
        options: `raw` and `carve`.
        files: Receipts of the files that were read, sorted by sha256.
        hosts: Receipts of the hosts, in the order of their ids.
        across: Receipt of what was made over all hosts.
        evidence: sha256 of every file that was read, sorted.
        problems: Sentences about work that failed and is not about one file.
        tool: Version that built it.
        rules: Number of the rules it was built with.
        schema: Number of the tables' layout.
    """

    settings: Mapping[str, Any]
    options: Mapping[str, bool]
    files: tuple[Receipt, ...]
    hosts: tuple[Receipt, ...]
    across: Receipt
    evidence: tuple[str, ...]
    problems: tuple[str, ...] = ()
    tool: str = __version__
    rules: int = RULES
    schema: int = field(default=SCHEMA)

    def parts(self) -> Iterator[Part]:
        """Every part that the case consists of."""
        for receipt in (*self.files, *self.hosts, self.across):
            yield from receipt.parts

    def as_bytes(self) -> bytes:
        """The file's content: sorted keys, one way only to write the same case."""
        plain = {
            "format": _FORMAT,
            "schema": self.schema,
            "tool": self.tool,
            "rules": self.rules,
            "settings": dict(self.settings),
            "options": dict(self.options),
            "evidence": list(self.evidence),
            "files": [receipt.as_dict() for receipt in self.files],
            "hosts": [receipt.as_dict() for receipt in self.hosts],
            "across": self.across.as_dict(),
            "problems": list(self.problems),
        }
        text = json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=True)
        return text.encode("ascii") + b"\n"


def is_case(case: Path) -> bool:
    """True if the folder holds a finished case, of whatever version."""
    return (case / NAME).is_file()


def read_manifest(case: Path) -> Manifest:
    """The manifest of a case that this version can read.

    Raises:
        CaseError: it is no case, is damaged, or was built by another version of the tables.
    """
    if not case.exists():
        raise CaseError(
            f"there is no case at {case}; build one: graphsess build EVIDENCE -o {case}"
        )
    try:
        given = json.loads((case / NAME).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise CaseError(
            f"{case} is not a case: it has no {NAME}; build one: graphsess build EVIDENCE -o CASE"
        ) from None
    except OSError as error:
        raise CaseError(f"cannot read {case / NAME}: {error.strerror}") from error
    except ValueError as error:
        raise CaseError(f"{case / NAME} is damaged ({error}); build the case again") from error
    if not isinstance(given, dict) or given.get("format") != _FORMAT:
        raise CaseError(f"{case} is not a case: its {NAME} was not written by graphsess")
    _same_layout(case, given)
    try:
        return _manifest(given)
    except (KeyError, TypeError) as error:
        raise CaseError(f"{case / NAME} is damaged ({error!r}); build the case again") from error


def write_manifest(case: Path, manifest: Manifest) -> None:
    """Commit: from here on the case is what `manifest` says.

    Every part is forced to disk before, so that a power cut leaves the old case or the new one.

    Raises:
        CaseError: the folder cannot be written; the old manifest then still holds.
    """
    before: set[str] = set()
    with contextlib.suppress(CaseError):
        before = {part.file for part in read_manifest(case).parts()}
    loose = case / f"{NAME}.{os.getpid()}.tmp"
    try:
        for name in sorted({part.file for part in manifest.parts()} - before):
            _force(case / name)
        loose.write_bytes(manifest.as_bytes())
        _force(loose)
        loose.replace(case / NAME)
        _force_folder(case)
    except OSError as error:
        with contextlib.suppress(OSError):
            loose.unlink(missing_ok=True)
        raise unwritable(case, error) from error


def _same_layout(case: Path, given: Mapping[str, Any]) -> None:
    schema, tool = given.get("schema"), given.get("tool")
    if schema == SCHEMA:
        return
    newer = isinstance(schema, int) and schema > SCHEMA
    remedy = (
        "use that version or a later one"
        if newer
        else f"build it again: graphsess build EVIDENCE -o {case} --force"
    )
    raise CaseError(
        f"{case} was built by graphsess {tool} with table layout {schema}, "
        f"and this is graphsess {__version__} with layout {SCHEMA}; {remedy}"
    )


def _manifest(given: Mapping[str, Any]) -> Manifest:
    return Manifest(
        settings=given["settings"],
        options=given["options"],
        files=tuple(map(Receipt.from_dict, given["files"])),
        hosts=tuple(map(Receipt.from_dict, given["hosts"])),
        across=Receipt.from_dict(given["across"]),
        evidence=tuple(given["evidence"]),
        problems=tuple(given["problems"]),
        tool=given["tool"],
        rules=given["rules"],
        schema=given["schema"],
    )


def _force(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _force_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle on a folder to flush
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
