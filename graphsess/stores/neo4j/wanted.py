"""Which hosts a case has and which a database holds, each by the content that is or was loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from graphsess.case import Case
from graphsess.case.case import gather
from graphsess.case.manifest import Receipt
from graphsess.graph import users
from graphsess.graph.ids import LONGEST, cut
from graphsess.stores.neo4j.writing import Writer

C = pl.col
LAYOUT = 2
"""Number of the way rows become elements; once raised, every host is loaded anew."""
ENTITIES = {
    "boots": "Boot", "coverage": "Coverage", "connections": "Connection",
    "locals": "LocalSession", "logons": "LogonSession", "accesses": "Access",
}  # fmt: skip
"""Tables of hosts and their labels, each after those that it points to."""
OWN = ("hosts", "links", "departures")
"""Tables of hosts that become no nodes of their own."""
HANGING = ("coverage", "connections", "locals", "logons", "accesses", "events")
"""Tables whose nodes are ON the host."""
TOGETHER = 100_000
"""So many events of small hosts are loaded at once: a transaction a host would cost more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A host as the case has it.

    Attributes:
        id: Of its node.
        receipt: What the build says of it.
        content: Names all that is loaded of it: its parts, and who its bare names are.
    """

    id: str
    receipt: Receipt
    content: str

    @property
    def hanging(self) -> int:
        """How many nodes are ON it once it is loaded."""
        return sum(part.rows for part in self.receipt.parts if part.table in HANGING)

    def stands(self, held: Held | None) -> bool:
        """The database holds just this."""
        return held is not None and (held.loaded, held.hanging) == (self.content, self.hanging)


@dataclass(frozen=True, slots=True)
class Held:
    """A host as the database has it.

    Attributes:
        loaded: Content that is in as a whole, or None.
        loading: Content whose load began.
        hanging: Nodes that are ON it.
    """

    loaded: str | None
    loading: str | None
    hanging: int


def wanted(case: Case, known: pl.DataFrame) -> dict[str, Wanted]:
    """The hosts of a case by the id of their node."""
    found = {}
    for receipt in case.manifest.hosts:
        name = str(receipt.about["host"])
        ident = name if len(name) <= LONGEST else cut(name)
        found[ident] = Wanted(ident, receipt, _content(case, receipt, known))
    return found


def held(writer: Writer) -> dict[str, Held]:
    """The hosts of a database by id."""
    rows = writer.run(
        "MATCH (h:Host) RETURN h.id AS id, h.loaded AS loaded, h.loading AS loading, "
        "COUNT { (h)<-[:ON]-() } AS hanging"
    )
    return {row["id"]: Held(row["loaded"], row["loading"], row["hanging"]) for row in rows}


def _content(case: Case, receipt: Receipt, known: pl.DataFrame) -> str:
    tables = ("events", *OWN, *ENTITIES)
    parts = [part for part in receipt.parts if part.table in tables]
    logs = [part for part in parts if part.table == "events"]
    names: list[tuple[str, ...]] = []
    if logs and known.height:
        told = gather(case.path, logs)
        bare = pl.concat(
            told.filter(~C(f"{who}_sid").str.contains(users.OWN_SID).fill_null(value=False))
            .select(name=users.logged(who).str.to_lowercase())
            .unique()
            for who in ("actor", "target")
        )
        names = known.lazy().join(bare, on="name", how="semi").sort("name").collect().rows()
    said = json.dumps([LAYOUT, sorted(part.file for part in parts), names])
    return hashlib.sha256(said.encode()).hexdigest()


def together(hosts: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    """Hosts in groups of so many events; a big one alone."""
    group: list[Wanted] = []
    count = 0
    for host in hosts:
        if group and count + host.hanging > TOGETHER:
            yield group
            group, count = [], 0
        group.append(host)
        count += host.hanging
    if group:
        yield group
