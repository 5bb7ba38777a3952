"""What `export` does once its options are read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graphsess.case import Case
from graphsess.cli.output import write_bytes
from graphsess.errors import GraphsessError, UsageError
from graphsess.records.ask import EVERYTHING
from graphsess.records.formats import FORMATS
from graphsess.records.registry import STREAMS
from graphsess.records.stream import records
from graphsess.stores.graphml import graphml
from graphsess.stores.import_files import import_files

NEED_MORE = ("alive", "trace")
"""Streams that cannot be asked without a moment or a name."""


def export(case: Path, way: str, path: Path) -> Iterator[str]:
    """Export a case; what was written, line by line, for a person.

    Raises:
        CaseError: the case cannot be read.
        UsageError: there is something at `path` already, or the case is too big for this way.
        GraphsessError: it cannot be written.
    """
    opened = Case.open(case)
    if way == "graphml":
        if path.is_dir():
            raise UsageError(f"{path} is a folder; name the file to write, as case.graphml")
        write_bytes(graphml(opened), path)
        yield f"{path}: {path.stat().st_size:,} bytes"
        return
    with _new_folder(path) as loose:
        yield from _WRITERS[way](opened, loose)
    yield f"Written: {path}"


def _as_csv(case: Case, folder: Path) -> Iterator[str]:
    return _records(case, folder, "csv")


def _as_jsonl(case: Case, folder: Path) -> Iterator[str]:
    return _records(case, folder, "jsonl")


def _records(case: Case, folder: Path, form: str) -> Iterator[str]:
    for name, stream in STREAMS.items():
        if name not in NEED_MORE:
            found = records(stream, case, EVERYTHING)
            write_bytes(FORMATS[form](found), folder / f"{name}.{form}")
            yield f"{name}.{form}: {found.height:,} records"


_WRITERS: dict[str, Callable[[Case, Path], Iterator[str]]] = {
    "csv": _as_csv, "jsonl": _as_jsonl, "neo4j-admin": import_files
}  # fmt: skip


@contextmanager
def _new_folder(path: Path) -> Iterator[Path]:
    """A folder that appears whole or not at all.

    Raises:
        UsageError: there is something already.
        GraphsessError: it cannot be made.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path} is there already; name a new folder")
    loose = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        loose.mkdir(parents=True)
        yield loose
        if path.is_dir():
            path.rmdir()
        loose.replace(path)
    except OSError as error:
        raise GraphsessError(f"cannot write {path}: {error.strerror}") from error
    finally:
        shutil.rmtree(loose, ignore_errors=True)
