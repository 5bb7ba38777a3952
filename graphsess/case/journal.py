"""The receipts of a build that has not been committed yet, so that a killed one goes on later."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphsess import __version__
from graphsess.case.manifest import Receipt
from graphsess.case.parts import unwritable
from graphsess.case.schema import RULES, SCHEMA

FOLDER = "unfinished"
"""Its presence marks a folder as one that graphsess has begun to build in."""


def fingerprint(stage: str, **depends: Any) -> str:  # noqa: ANN401 - any plain value
    """A name for a result, by all that it depends on: its inputs, the rules and the layout."""
    given = {"stage": stage, "tool": __version__, "rules": RULES, "schema": SCHEMA, **depends}
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


class Journal:
    """Receipts by fingerprint: those of the committed case, and those of the build under way."""

    def __init__(self, case: Path, known: Mapping[str, Receipt]) -> None:
        """Begin or go on with a build in `case`; `known` are receipts that a commit vouches for.

        Raises:
            CaseError: the folder cannot be written.
        """
        self._case = case
        self._receipts = dict(known)
        try:
            (case / FOLDER).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(case, error) from error
        for path in sorted((case / FOLDER).glob("*.json")):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                receipt = Receipt.from_dict(json.loads(path.read_bytes()))
                self._receipts[receipt.fingerprint] = receipt

    def find(self, name: str) -> Receipt | None:
        """The receipt with this fingerprint, if its parts are still there."""
        receipt = self._receipts.get(name)
        if receipt and all((self._case / part.file).is_file() for part in receipt.parts):
            return receipt
        return None

    def note(self, receipt: Receipt) -> None:
        """Remember that a unit of work is done.

        Raises:
            CaseError: the folder cannot be written.
        """
        path = self._case / FOLDER / f"{receipt.fingerprint}.json"
        loose = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            loose.write_text(json.dumps(receipt.as_dict(), sort_keys=True), "ascii")
            loose.replace(path)
        except OSError as error:
            raise unwritable(self._case, error) from error
        self._receipts[receipt.fingerprint] = receipt

    def close(self) -> None:
        """Forget the build under way: it is committed."""
        shutil.rmtree(self._case / FOLDER, ignore_errors=True)
