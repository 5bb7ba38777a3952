"""Writing records where the user wants them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from graphsess.errors import GraphsessError

if TYPE_CHECKING:
    import polars as pl

    from graphsess.cli.options import Output


def write_records(frame: pl.DataFrame, output: Output) -> None:
    """Write a frame of records in a format for programs.

    Raises:
        GraphsessError: the file cannot be written.
    """
    from graphsess.records.formats import FORMATS

    write_bytes(FORMATS[output.format](frame), output.path)


def write_bytes(chunks: Iterable[bytes], path: Path | None) -> None:
    """Write chunks to stdout, or to a file that appears whole or not at all.

    Raises:
        GraphsessError: the file cannot be written.
    """
    if path is None:
        out = sys.stdout.buffer
        for chunk in chunks:
            out.write(chunk)
        out.flush()
        return
    loose = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with loose.open("wb") as file:
            file.writelines(chunks)
        loose.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            loose.unlink(missing_ok=True)
        raise GraphsessError(f"cannot write {path}: {error.strerror}") from error
