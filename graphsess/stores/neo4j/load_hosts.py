"""Hosts into a database: their entities, then their events with all that they are linked to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl

from graphsess.case import Case
from graphsess.case.case import gather
from graphsess.case.parts import Part
from graphsess.case.schema import TABLES
from graphsess.events.table import EVENTS
from graphsess.graph import comparing, edges, events
from graphsess.graph.nodes import nodes
from graphsess.stores.neo4j import statements
from graphsess.stores.neo4j.rows import edge_rows, shapes
from graphsess.stores.neo4j.statements import End
from graphsess.stores.neo4j.wanted import ENTITIES, OWN, Wanted
from graphsess.stores.neo4j.writing import Work, Writer

BATCH = 10_000
FREQUENT = 500
"""From so many rows of a batch on, a shape is worth a statement of its own."""
AT_ONCE = 200_000
"""So many events are held in memory with all their columns."""
AFTERWARDS = ("LINKED_TO", "BYPRODUCT_OF", "USES")
"""Relationships of which a node may have several, or whose head is of its own label."""
EVENT_ENDS = tuple(
    End(column, kind, label, events.PART if column == "part_of" else ())
    for column, (kind, label) in events.ENDS.items()
)
HOST = (
    "UNWIND $rows AS r MERGE (h:Host {id: r[0]}) "
    "SET h = r[1], h.id = r[0], h.loading = r[2]"
)
CLEAR = (
    "MATCH (:Host {id: $host})<-[:ON]-(n:Event) "
    "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS",
    "MATCH (:Host {id: $host})<-[:ON_HOST]-(:Session)-[:FLAGGED]->(n:Flag) "
    "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS",
    "MATCH (:Host {id: $host})<-[:ON|OF|ON_HOST|AT_HOST|FROM_HOST|TO_HOST]-(n) "
    "WITH DISTINCT n CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS",
)
"""Events first: what they hang on would else take very many with it in one transaction."""


def clear(writer: Writer, host: str) -> None:
    """Remove all that hangs on a host, derived rows too; the host stays, as not loaded."""
    writer.run(
        "MATCH (h:Host {id: $host}) SET h.loaded = null, h.loading = null, h.derived = null",
        host=host,
    )
    for text in CLEAR:
        writer.run(text, host=host)


def load_hosts(
    writer: Writer,
    case: Case,
    hosts: Sequence[Wanted],
    known: pl.DataFrame,
    report: Callable[[str, int, int], None] | None = None,
) -> None:
    """Load some hosts; what of them is in already stays.

    Args:
        writer: Where to.
        case: Where from.
        hosts: Which.
        known: Of `users.own_sids`.
        report: Told which hosts, how many of their events are in, and all elements sent.
    """
    parts = [part for host in hosts for part in host.receipt.parts]
    tables = {name: _table(case, parts, name) for name in (*OWN, *ENTITIES)}
    told = nodes("Host", comparing.of_hosts(tables["hosts"])).to_dicts()
    content = {host.id: host.content for host in hosts}
    writer.write(
        [(HOST, [[row["id"], row, content[row["id"]]] for row in told], 1)]
    )
    tables["accesses"] = comparing.of_accesses(tables["accesses"])
    tables["locals"] = comparing.of_locals(tables["locals"])
    made = {label: nodes(label, tables[table]) for table, label in ENTITIES.items()}
    tables["coverage"] = tables["coverage"].with_columns(made["Coverage"]["id"])
    arrows = dict(edges.of_hosts(tables, known))
    name = hosts[0].id if len(hosts) == 1 else f"{len(hosts)} hosts"
    for label, frame in made.items():
        own = {arrow: it for arrow, it in arrows.items() if arrow[0] == label}
        at_once = {arrow: it for arrow, it in own.items() if arrow[1] not in AFTERWARDS}
        ends, columns = _beside(frame, at_once)
        _write(writer, label, frame, columns, ends)
        if report:
            report(name, 0, writer.sent)
    for arrow, frame in arrows.items():
        if arrow[1] in AFTERWARDS:
            write_edges(writer, arrow, frame)
    for done in _load_events(writer, case, parts, tables, known):
        if report:
            report(name, done, writer.sent)
    writer.run("UNWIND $hosts AS host MATCH (h:Host {id: host}) SET h.loaded = h.loading",
               hosts=list(content))  # fmt: skip


def write_edges(writer: Writer, arrow: edges.Arrow, frame: pl.DataFrame) -> None:
    """Merge relationships of one kind."""
    for part in frame.iter_slices(BATCH):
        writer.write([(statements.edges(*arrow), edge_rows(part), 1)])


def _load_events(
    writer: Writer,
    case: Case,
    parts: Sequence[Part],
    tables: dict[str, pl.DataFrame],
    known: pl.DataFrame,
) -> Iterator[int]:
    """Events a batch at a time; how many are in after each."""
    stored = sorted(
        (part for part in parts if part.table == "events"), key=lambda part: -part.rows
    )
    few = pl.concat(
        [gather(case.path, [part]).select(events.NEEDED).collect() for part in stored]
        or [pl.DataFrame(schema={name: EVENTS[name] for name in events.NEEDED})]
    )
    ends = events.event_ends({**tables, "events": few}, known)
    signs = comparing.signs_of(tables["departures"])
    done = 0
    for rows in _some(case, stored):
        made = nodes("Event", comparing.of_events(rows, signs))
        for batch in made.iter_slices(BATCH):
            _write(writer, "Event", batch, ends.slice(done, batch.height), EVENT_ENDS)
            done += batch.height
            yield done
    write_edges(writer, ("Event", "PART_OF", "Access"), events.further_parts(tables["links"]))
    write_edges(writer, ("Event", "LEFT", "Access"), edges.left(tables["departures"]))


def _some(case: Case, stored: Sequence[Part]) -> Iterator[pl.DataFrame]:
    """Events in the order of their parts, so many at once that memory holds them."""
    waiting: list[Part] = []
    for part in stored:
        if part.rows >= AT_ONCE:
            for at in range(0, part.rows, AT_ONCE):
                yield gather(case.path, [part]).slice(at, AT_ONCE).collect()
            continue
        waiting.append(part)
        if sum(it.rows for it in waiting) >= AT_ONCE or part is stored[-1]:
            yield pl.concat([gather(case.path, [it]).collect() for it in waiting])
            waiting = []


def _write(
    writer: Writer, label: str, frame: pl.DataFrame, ends: pl.DataFrame, arrows: Sequence[End]
) -> None:
    """Nodes with their relationships, a batch a transaction."""
    for at in range(0, frame.height, BATCH):
        batch = shapes(frame.slice(at, BATCH), ends.slice(at, BATCH), arrows)
        writer.write(_works(label, batch))


def _works(
    label: str, batch: Iterator[tuple[tuple[End, ...], list[list[Any]]]]
) -> Iterator[Work]:
    """A statement for each frequent shape; what is rare goes in as nodes, then as relationships.

    The server plans every text that it sees for the first time, which costs more than it saves
    where only some rows need it.
    """
    rare: list[list[Any]] = []
    apart: dict[End, list[list[Any]]] = {}
    for present, rows in batch:
        if len(rows) >= FREQUENT:
            yield statements.whole_nodes(label, present), rows, 1 + len(present)
            continue
        rare += [row[:2] for row in rows]
        for place, end in enumerate(present):
            at = 2 + len(present) + sum(len(other.carries) for other in present[:place])
            apart.setdefault(end, []).extend(
                [row[0], row[2 + place],
                 dict(zip(end.carries, row[at : at + len(end.carries)], strict=True))]
                for row in rows
            )  # fmt: skip
    yield statements.whole_nodes(label, ()), rare, 1
    for end, pairs in apart.items():
        yield statements.edges(label, end.type, end.label), pairs, 1


def _beside(
    frame: pl.DataFrame, arrows: dict[edges.Arrow, pl.DataFrame]
) -> tuple[list[End], pl.DataFrame]:
    """The heads of each node as columns beside it."""
    columns = frame.select("id")
    ends = []
    for place, ((_, kind, label), pairs) in enumerate(arrows.items()):
        name = f"end{place}"
        columns = columns.join(
            pairs.select(id="start", **{name: "end"}), on="id", how="left", maintain_order="left"
        )
        ends.append(End(name, kind, label))
    return ends, columns


def _table(case: Case, parts: Sequence[Part], name: str) -> pl.DataFrame:
    mine = [part for part in parts if part.table == name]
    table = TABLES[name]
    frame = gather(case.path, mine).collect() if mine else pl.DataFrame(schema=table.columns)
    return frame.sort(table.order, maintain_order=True)
