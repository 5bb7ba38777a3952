"""Deriving inside the database: the files of `cypher/derive/` in their order, some hosts at a time.

A host whose rows were derived from what is loaded now is left alone. Every file removes its own
old rows first, so a run that was stopped begins anew where it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphsess.derive.activity.systems import ACTORS
from graphsess.errors import StoreError
from graphsess.queries import Query, load
from graphsess.settings import Settings, from_mapping
from graphsess.stores.neo4j.contents import the_case
from graphsess.stores.neo4j.given import given
from graphsess.stores.neo4j.writing import Writer

OF_HOSTS = ("moments", "coalescing", "sessions", "parents", "failure_runs", "followed_by_success",
            "next_in_local", "flags", "confidence", "activity_ground", "activity_owners",
            "activity_lineage", "activity", "activity_causes", "activity")  # fmt: skip
"""Derivations of each host on its own, each after those that it reads."""
MAKERS = OF_HOSTS.index("activity")
"""The first turn of `activity`: who made services and tasks, which tells who is behind others."""
OF_CONTROLLERS = ("failure_runs", "followed_by_success")
"""… and those that change for controllers when another host's log tells of the same attempts."""
CONTROLLERS = (
    "MATCH (h:Host) WHERE EXISTS { (h)<-[:ON_HOST]-(s:Session) "
    "WHERE 'seen_at_dc_only' IN s.access_flags } RETURN h.id AS id ORDER BY id"
)
ACROSS = ("origins", "corroborated", "failure_patterns", "reaching", "clocks", "move_evidence",
          "presence", "steps", "unattended", "folding", "outside", "moves",
          "accounts", "groups", "uses", "reasons", "paths", "chains")  # fmt: skip
"""Derivations over all hosts, always made anew as a whole."""
AT_ONCE = 50_000
"""Accesses of the hosts that are derived together."""
RULES = 2
"""Number of the Cypher derivations; once raised, every host is derived anew."""
Report = Callable[[str, int, int], None]
"""Told the derivation, and how many hosts of how many are done."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What a derivation did.

    Attributes:
        hosts: Hosts in the database.
        changed: Hosts that were derived; the others were already.
        sessions: Sessions in the database.
    """

    hosts: int
    changed: int
    sessions: int


def derive(writer: Writer, *, again: bool = False, report: Report | None = None) -> Derived:
    """Derive what is loaded.

    Args:
        writer: Where.
        again: All hosts, whatever is there.
        report: Told how far it is.

    Raises:
        StoreError: no case is loaded as a whole, or the server refuses.
    """
    said = the_case(writer)
    if said is None or not said.get("across"):
        what = "holds no case" if said is None else "holds a case that was not loaded to its end"
        raise StoreError(f"the database at {writer.where} {what}; load it: graphsess load CASE "
                         f"--store {writer.where}")  # fmt: skip
    settings = from_mapping(json.loads(said["settings"]), writer.where)
    hosts = writer.run(
        "MATCH (h:Host) RETURN h.id AS id, h.loaded AS loaded, h.derived AS derived, "
        "COUNT { (h)<-[:ON]-(:Access) } AS accesses ORDER BY id"
    )
    stale = [
        (row["id"], row["accesses"]) for row in hosts
        if again or row["derived"] != _mark(row["loaded"])
    ]  # fmt: skip
    done = 0
    if stale or not is_derived(said):
        writer.run("MATCH (c:Case) SET c.derived = null")
        for group in _groups(stale):
            for place, name in enumerate(OF_HOSTS):
                kinds = list(ACTORS) if place == MAKERS else None
                run(writer, load(f"derive/{name}"), settings, group, kinds)
                if report:
                    report(name, done, len(stale))
            writer.run("MATCH (h:Host) WHERE h.id IN $hosts SET h.derived = h.loaded + $rules",
                       hosts=group, rules=f".{RULES}")  # fmt: skip
            done += len(group)
        controllers = [row["id"] for row in writer.run(CONTROLLERS)]
        for name in (*OF_CONTROLLERS, *ACROSS):
            hosts_of = controllers if name in OF_CONTROLLERS else None
            run(writer, load(f"derive/{name}"), settings, hosts_of)
            if report:
                report(name, done, len(stale))
        writer.run("MATCH (c:Case) SET c.derived = c.across + $rules", rules=f".{RULES}")
    sessions = writer.run("MATCH (s:Session) RETURN count(s) AS n")[0]["n"]
    return Derived(len(hosts), len(stale), sessions)


def is_derived(said: Mapping[str, Any]) -> bool:
    """What is derived is of all that is loaded.

    Args:
        said: Of `contents.the_case`.
    """
    return bool(said.get("across")) and said.get("derived") == f"{said['across']}.{RULES}"


def run(
    writer: Writer,
    query: Query,
    settings: Settings,
    hosts: list[str] | None,
    kinds: list[str] | None = None,
) -> None:
    """Run all statements of one derivation.

    Args:
        writer: Where.
        query: Of `cypher/derive/`.
        settings: For its windows: `$burst_us` is `burst_s`.
        hosts: Ids of the hosts; None for all.
        kinds: Kinds of the events; None for all that it looks at.
    """
    values: dict[str, object] = {
        name: settings.us(name.removesuffix("_us")) if name.endswith("_us") else param.default
        for name, param in query.params.items()
    }
    values |= {name: value for name, value in given(settings).items() if name in values}
    if "hosts" in values:
        values["hosts"] = hosts
    if "kinds" in values:
        values["kinds"] = kinds
    for statement in query.statements:
        writer.run(statement, **values)


def _mark(loaded: str | None) -> str:
    return f"{loaded}.{RULES}"


def _groups(hosts: list[tuple[str, int]]) -> Iterator[list[str]]:
    """Hosts in groups of so many accesses that a statement stays within the server's memory."""
    group: list[str] = []
    held = 0
    for host, accesses in hosts:
        if group and held + accesses > AT_ONCE:
            yield group
            group, held = [], 0
        group.append(host)
        held += accesses
    if group:
        yield group
