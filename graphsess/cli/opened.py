"""What a command reads: a case, or the store that is asked instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from graphsess.case import Case
from graphsess.errors import UsageError

if TYPE_CHECKING:
    from graphsess.stores.neo4j.store import Neo4jStore


@contextmanager
def opened(
    case: Path | None, store: str | None, *, derived: bool = True
) -> Iterator[Case | Neo4jStore]:
    """The case in a folder, or the store at an address.

    Args:
        case: The folder.
        store: The address.
        derived: A store must hold what was derived of all that is loaded.

    Raises:
        CaseError: the case cannot be read.
        StoreError: the store does not answer, or holds too little.
        UsageError: both are named, or neither.
    """
    if (case is None) == (store is None):
        raise UsageError("name a CASE, or a store with --store, and not both")
    if case is not None:
        yield Case.open(case)
        return
    from graphsess.cli.stored import opened as opened_store

    with opened_store(str(store)) as found:
        if derived:
            found.derived()
        yield found


def after_case(
    case: Path | None, word: str | None, store: str | None
) -> tuple[Path | None, str | None]:
    """CASE and the word after it; with a store CASE is left out, and the first is the word."""
    return (None, str(case)) if store and case and word is None else (case, word)
