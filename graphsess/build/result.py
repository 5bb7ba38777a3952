"""What a build tells its caller: while it runs, and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import polars as pl


class Exit(IntEnum):
    """Exit codes of the command line."""

    OK = 0
    ERROR = 1
    USAGE = 2
    SOME_BAD = 3
    """Done, but some evidence was bad."""
    NOTHING = 4
    """No record that graphsess could use."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is.

    Attributes:
        stage: find, read, survey, hosts or across.
        done: Files or hosts done.
        total: Files or hosts in all.
        bytes_done: Bytes of evidence read; 0 in other stages.
        bytes_total: Bytes of evidence to read.
    """

    stage: str
    done: int
    total: int
    bytes_done: int = 0
    bytes_total: int = 0


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A finished build.

    Attributes:
        case: The case folder.
        ledger: The table `evidence`.
        problems: Sentences about hosts that could not be worked.
        passed_over: Names of files that are no logs and were not meant to be.
        files_read: Files that had to be read; the others were known.
        hosts_worked: Hosts that had to be worked; the others had not changed.
        exit_code: What the command line ends with.
    """

    case: Path
    ledger: pl.DataFrame
    problems: tuple[str, ...]
    passed_over: tuple[str, ...]
    files_read: int
    hosts_worked: int
    exit_code: Exit
