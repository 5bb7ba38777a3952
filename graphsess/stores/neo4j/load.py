"""A case into a database: constraints, then host by host entities and whole events.

Never a derived row: `derive` makes those, in the database. A host whose parts are in already is
left alone; one that changed is removed with all that hangs on it and loaded anew; one that a lost
process left half-way goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graphsess.case import Case
from graphsess.graph import users
from graphsess.stores.neo4j import load_across, load_hosts
from graphsess.stores.neo4j.contents import claim
from graphsess.stores.neo4j.wanted import held, together, wanted
from graphsess.stores.neo4j.writing import Writer

Report = Callable[[str, int, int], None]
"""Told which hosts, how many of their events are in, and how many elements were sent."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did.

    Attributes:
        hosts: Hosts of the case.
        changed: Hosts that were loaded; the others were in already.
        removed: Hosts that the case has no longer.
        created: Nodes and relationships that were not there before.
        sent: Nodes and relationships that were sent.
        lost: How often the connection was lost and found again.
    """

    hosts: int
    changed: int
    removed: int
    created: int
    sent: int
    lost: int


def load(
    writer: Writer, case: Case, *, replace: bool = False, report: Report | None = None
) -> Loaded:
    """Load a case.

    Raises:
        StoreError: the database is another's, refuses, or stays away.
        CaseError: the case cannot be read.
    """
    claim(writer, case, replace=replace)
    known = users.own_sids(case)
    hosts = wanted(case, known)
    there = held(writer)
    gone = sorted(set(there) - set(hosts))
    stale = [host for host in hosts.values() if not host.stands(there.get(host.id))]
    if not gone and not stale and load_across.stands(writer, case):
        return _told(writer, len(hosts), 0, 0)
    writer.run("MATCH (c:Case) SET c.across = null, c.derived = null")
    for name in gone:
        load_hosts.clear(writer, name)
        writer.run("MATCH (h:Host {id: $host}) DETACH DELETE h", host=name)
    load_across.entities(writer, case, known)
    for group in together(stale):
        for host in group:
            if host.id in there and there[host.id].loading != host.content:
                load_hosts.clear(writer, host.id)
        load_hosts.load_hosts(writer, case, group, known, report)
    load_across.across(writer, case)
    return _told(writer, len(hosts), len(stale), len(gone))


def _told(writer: Writer, hosts: int, changed: int, removed: int) -> Loaded:
    return Loaded(hosts, changed, removed, writer.created, writer.sent, writer.lost)
