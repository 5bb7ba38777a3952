"""One file of evidence: where its bytes are, and what they are named by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graphsess.errors import EvidenceError
from graphsess.evidence.archives import READ_ERRORS, opened_member

REFUSED = "refused"
"""The `kind` of a file that is no event log; its `problem` says why and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of evidence, never changed. Small and picklable.

    Attributes:
        given: The file on disk that holds the bytes: the log itself, or the archive around it.
        path: Its name in the ledger, relative to what was given; `archive.zip!member` in archives.
        sha256: Of the log's bytes, hexadecimal; "" only where they could not be read at all.
        kind: What the content is: a reader's name, or `refused`.
        bytes: Size of the log.
        member: Name inside the archive, or None.
        also: Further ledger names of the same bytes, sorted.
        problem: For refused ones, one sentence with the remedy.
    """

    given: Path
    path: str
    sha256: str
    kind: str
    bytes: int
    member: str | None = None
    also: tuple[str, ...] = ()
    problem: str | None = None

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The log's bytes as a binary file that can seek, until the block ends.

        Raises:
            EvidenceError: it vanished, became unreadable, or changed its size since it was found;
                or its archive breaks while the block reads it.
        """
        try:
            with opened_member(self.given, self.member) as (file, size):
                if size != self.bytes:
                    raise EvidenceError(
                        f"{self.path} changed while it was being read ({self.bytes} bytes before, "
                        f"{size} now); build again when nothing writes to it"
                    )
                yield file
        except FileNotFoundError as error:
            raise EvidenceError(
                f"{self.path} vanished while the case was being built; put it back and build again"
            ) from error
        except READ_ERRORS as error:
            raise EvidenceError(
                f"{self.path} cannot be read any more ({error}); copy it to a local disk and "
                "build again"
            ) from error


def refused(given: Path, path: str, problem: str, member: str | None = None) -> Source:
    """A file that cannot be used; `problem` ends the sentence that its ledger name begins."""
    return Source(given, path, "", REFUSED, 0, member, problem=f"{path} {problem}")
