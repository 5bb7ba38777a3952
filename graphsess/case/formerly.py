"""`formerly.json`: what things were called before more evidence was added to the case.

An id is made of evidence, so more evidence may change it: a session that was open before the log
begins gets the moment of its logon once an older log is added. The tables of a case depend on its
evidence alone, not on the way it came together; so the earlier ids stand beside them. The file is
keyed by the manifest that it goes with, so that the manifest stays the only commit point.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from graphsess.case.manifest import Manifest
from graphsess.case.parts import unwritable
from graphsess.case.schema import FORMERLY

NAME = "formerly.json"
Former = Mapping[str, list[str]]
"""Id → earlier ids, sorted."""


def read_former(case: Path, manifest: Manifest) -> dict[str, list[str]]:
    """The earlier ids of the case that this manifest describes; none where nothing tells."""
    return _every(case).get(_key(manifest), {})


def former_table(case: Path, manifest: Manifest) -> pl.DataFrame:
    """The same as rows: id, formerly."""
    rows = [
        (ident, old) for ident, olds in sorted(read_former(case, manifest).items()) for old in olds
    ]
    return pl.DataFrame(rows, schema=FORMERLY, orient="row")


def write_former(case: Path, manifest: Manifest, former: Former) -> None:
    """Keep earlier ids for a manifest that is about to be committed, beside those that hold now.

    Raises:
        CaseError: the folder cannot be written.
    """
    if former:
        _write(case, _every(case) | {_key(manifest): former})


def settle_former(case: Path, manifest: Manifest, former: Former) -> None:
    """Keep these ids and no others, now that their manifest is committed.

    Raises:
        CaseError: the folder cannot be written.
    """
    if former:
        _write(case, {_key(manifest): former})
        return
    with contextlib.suppress(OSError):
        (case / NAME).unlink()


def _key(manifest: Manifest) -> str:
    return hashlib.sha256(manifest.as_bytes()).hexdigest()


def _every(case: Path) -> dict[str, dict[str, list[str]]]:
    """By manifest; a file that cannot be read says nothing: names are a courtesy, not evidence."""
    try:
        given = json.loads((case / NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(given, dict):
        return {}
    return {
        key: {
            ident: [old for old in olds if isinstance(old, str)]
            for ident, olds in names.items()
            if isinstance(olds, list)
        }
        for key, names in given.items()
        if isinstance(names, dict)
    }


def _write(case: Path, every: Mapping[str, Former]) -> None:
    loose = case / f"{NAME}.{os.getpid()}.tmp"
    try:
        text = json.dumps(every, indent=1, sort_keys=True, ensure_ascii=True)
        with loose.open("wb") as file:
            file.write(text.encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        loose.replace(case / NAME)
    except OSError as error:
        with contextlib.suppress(OSError):
            loose.unlink(missing_ok=True)
        raise unwritable(case, error) from error
