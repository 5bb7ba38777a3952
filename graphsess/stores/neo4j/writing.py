"""Writing in batches, each one transaction: repeated after a lost connection until it is in.

All statements merge, so a batch that was in already, because only the server's answer was lost,
changes nothing the second time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import neo4j
from neo4j import exceptions

from graphsess.stores.neo4j.connect import database, said

PATIENCE_S = 120.0
"""So long a lost server is waited for; a restart takes some ten seconds."""
PAUSE_S = 0.5
LOST = (exceptions.ServiceUnavailable, exceptions.SessionExpired, exceptions.TransientError)
Work = tuple[str, Sequence[Any], int]
"""A statement, its rows, and how many elements (nodes and relationships) each row is."""


@dataclass(slots=True)
class Writer:
    """Writes to one server.

    Attributes:
        driver: Of `connect`.
        where: The server's address, for errors.
        created: Elements that were not there before.
        sent: Elements that were sent.
        lost: How often the connection was lost.
    """

    driver: neo4j.Driver
    where: str
    created: int = 0
    sent: int = 0
    lost: int = 0
    patience_s: float = field(default=PATIENCE_S)

    def write(self, works: Iterable[Work]) -> None:
        """Run the statements in one transaction, each with its rows.

        Raises:
            StoreError: the server refuses, or stays away.
        """
        wanted = [work for work in works if work[1]]
        if wanted:
            self._insist(lambda: self._once(wanted))
            self.sent += sum(len(rows) * elements for _, rows, elements in wanted)

    def run(self, text: str, **values: object) -> list[dict[str, Any]]:
        """Run one statement that commits by itself, as `IN TRANSACTIONS` does.

        Raises:
            StoreError: as `write`.
        """
        found: list[dict[str, Any]] = []

        def once() -> None:
            with self.driver.session(database=database()) as session:
                result = session.run(text, values)
                found[:] = result.data()

        self._insist(once)
        return found

    def _once(self, works: Sequence[Work]) -> None:
        made = 0
        with (
            self.driver.session(database=database()) as session,
            session.begin_transaction() as transaction,
        ):
            for text, rows, _ in works:
                counters = transaction.run(text, {"rows": rows}).consume().counters
                made += counters.nodes_created + counters.relationships_created
            transaction.commit()
        self.created += made

    def _insist(self, work: Callable[[], None]) -> None:
        until = time.monotonic() + self.patience_s
        with said(self.where):
            while True:
                try:
                    return work()
                except LOST:
                    self.lost += 1
                    if time.monotonic() > until:
                        raise
                    time.sleep(PAUSE_S)
