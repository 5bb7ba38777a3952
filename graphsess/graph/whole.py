"""The graph of a case as frames of nodes and edges, label by label: for exports and small engines.

What `load` puts into Neo4j, and what `derive` makes there, out of the case's tables alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import polars as pl

from graphsess.case.tables import Tables
from graphsess.graph.derived import derived_edges, derived_nodes
from graphsess.graph.edges import ACROSS, Arrow, across, address_rows, of_hosts, outside_rows
from graphsess.graph.events import ENDS, NEEDED, PART, event_ends, further_parts
from graphsess.graph.nodes import nodes
from graphsess.graph.schema import LABELS
from graphsess.graph.users import own_sids, user_rows

C = pl.col
OF_HOST: Mapping[str, str] = {
    "Host": "hosts", "Boot": "boots", "LogonSession": "logons", "LocalSession": "locals",
    "Connection": "connections", "Access": "accesses", "Coverage": "coverage",
    "Evidence": "evidence",
}  # fmt: skip
"""Labels that are the rows of a table, without the events."""
HOST_TABLES = ("logons", "locals", "connections", "accesses", "boots", "coverage")
SESSION_LEVEL = frozenset(LABELS) - {
    "Event", "Activity", "Process", "Stay", "Access", "Flag", "Evidence", "Case"
}  # fmt: skip
"""Labels of the graph that people draw and keep in memory: no event, and nothing made of one."""
EVENT_LEVEL = frozenset(LABELS) - {"Case"}
AT_ONCE = 200_000


def all_nodes(tables: Tables, labels: Collection[str] = EVENT_LEVEL) -> Iterator[
    tuple[str, pl.DataFrame]
]:
    """Nodes of the labels; Activity, a second label of events, after the events."""
    for label, table in OF_HOST.items():
        if label in labels:
            yield label, nodes(label, tables.table(table))
    if "User" in labels:
        yield "User", nodes("User", user_rows(tables, own_sids(tables)))
    if "Address" in labels:
        yield "Address", nodes("Address", address_rows(tables).with_columns(text="address"))
    if "Outside" in labels:
        yield "Outside", nodes("Outside", _outside(tables))
    if "Event" in labels:
        for host in tables.table("hosts")["id"]:
            yield "Event", nodes("Event", _of(tables, "events", host))
    for label, frame in derived_nodes(tables):
        if label in labels:
            yield label, frame


def all_edges(tables: Tables, labels: Collection[str] = EVENT_LEVEL) -> Iterator[
    tuple[Arrow, pl.DataFrame]
]:
    """Relationships between nodes of the labels."""
    known = own_sids(tables)
    for host in tables.table("hosts")["id"]:
        mine = {name: _of(tables, name, host) for name in HOST_TABLES}
        named = {**mine, "coverage": nodes("Coverage", mine["coverage"])}
        yield from _among(of_hosts(named, known), labels)
        if "Event" in labels:
            yield from _among(_of_events(tables, mine, host, known), labels)
    yield from _among(across({name: tables.table(name) for name in ACROSS}), labels)
    yield from _among(derived_edges(tables), labels)


def _outside(tables: Tables) -> pl.DataFrame:
    """Machines that are only spoken of, as owners of an address or as ends of a move."""
    moves, inside = tables.table("moves"), tables.table("hosts")["id"].to_list()
    ends = pl.concat([moves["from_host"], moves["to_host"]]).drop_nulls().unique()
    names = ends.filter(~ends.is_in(inside))
    bound = tables.table("bindings").select("host", "name")
    more = pl.DataFrame({"name": names}).with_columns(host=pl.lit(None, pl.String))
    return outside_rows(pl.concat([bound, more.select("host", "name")]))


def _of_events(
    tables: Tables, mine: dict[str, pl.DataFrame], host: str, known: pl.DataFrame
) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    events = tables.scan("events").filter(C("host") == host).select(NEEDED).collect()
    links = (
        tables.scan("links")
        .join(mine["accesses"].lazy().select(access="id"), on="access", how="semi")
        .collect()
        .sort("access", "ord", "role", "rule")
    )
    ends = event_ends({**mine, "events": events, "links": links}, known)
    for column, (kind, label) in ENDS.items():
        carried = PART if kind == "PART_OF" else ()
        frame = ends.filter(C(column).is_not_null())
        yield ("Event", kind, label), frame.select(*carried, start="uid", end=column)
    yield ("Event", "PART_OF", "Access"), further_parts(links)


def _among(
    found: Iterator[tuple[Arrow, pl.DataFrame]], labels: Collection[str]
) -> Iterator[tuple[Arrow, pl.DataFrame]]:
    for arrow, frame in found:
        if arrow[0] in labels and arrow[2] in labels and frame.height:
            yield arrow, frame


def _of(tables: Tables, name: str, host: str) -> pl.DataFrame:
    return tables.scan(name).filter(C("host") == host).collect()
