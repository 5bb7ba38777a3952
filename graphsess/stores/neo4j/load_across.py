"""What only all hosts together tell into a database: accounts, addresses, the ledger, bindings."""

from __future__ import annotations

import hashlib
import json

import polars as pl

from graphsess.across.addresses import known_names
from graphsess.case import Case
from graphsess.graph import edges, users
from graphsess.graph.ids import short
from graphsess.graph.nodes import nodes
from graphsess.stores.neo4j import statements
from graphsess.stores.neo4j.contents import the_case
from graphsess.stores.neo4j.load_hosts import BATCH, write_edges
from graphsess.stores.neo4j.rows import edge_rows
from graphsess.stores.neo4j.writing import Writer

LOADED = ("evidence", "addresses", "bindings", "corroboration", "origins")
"""Tables of the across stage that are put in here."""
SHARED = ("User", "Address", "Outside", "Evidence")
CALLED = "UNWIND $rows AS r MATCH (h:Host {id: r[0]}) SET h.called = r[1]"
GONE = "MATCH (a:{})-[x:{}]->() CALL (x) {{ DELETE x }} IN TRANSACTIONS OF 5000 ROWS"


def stands(writer: Writer, case: Case) -> bool:
    """The database holds just this, and all hosts with it."""
    return (the_case(writer) or {}).get("across") == _content(case)


def entities(writer: Writer, case: Case, known: pl.DataFrame) -> None:
    """Nodes that several hosts share; their properties as the case has them now."""
    for label, rows in (
        ("User", users.user_rows(case, known)),
        ("Address", nodes("Address", edges.address_rows(case).with_columns(
            text=pl.col("address")))),
        ("Outside", edges.outside_rows(case.table("bindings"))),
        ("Evidence", nodes("Evidence", case.evidence)),
    ):  # fmt: skip
        text = f"UNWIND $rows AS r MERGE (n:{label} {{id: r.id}}) SET n = r"
        for part in rows.iter_slices(BATCH):
            writer.write([(text, part.to_dicts(), 1)])


def across(writer: Writer, case: Case) -> None:
    """Relationships of all hosts together, and then the word that everything is in."""
    for start, kind in (
        ("Address", "RESOLVES_TO"), ("Access", "SAME_ATTEMPT"), ("Access", "CAME_THROUGH")
    ):
        writer.run(GONE.format(start, kind))
    for arrow, frame in edges.across({name: case.table(name) for name in edges.ACROSS}):
        if arrow[1] == "RESOLVES_TO":
            for part in frame.iter_slices(BATCH):
                writer.write([(statements.new_edges(*arrow), edge_rows(part), 1)])
        else:
            write_edges(writer, arrow, frame)
    named = known_names(case.table("hosts"))
    told = named.with_columns(short(named["id"]), short(named["name"])).group_by("id").agg("name")
    for part in told.sort("id").iter_slices(BATCH):
        writer.run(CALLED, rows=[[ident, sorted(names)] for ident, names in part.iter_rows()])
    for label in SHARED[:-1]:
        writer.run(
            f"MATCH (n:{label}) WHERE NOT (n)--() "
            "CALL (n) { DELETE n } IN TRANSACTIONS OF 5000 ROWS"
        )
    writer.run("MATCH (n:Evidence) WHERE NOT n.id IN $kept DETACH DELETE n",
               kept=list(case.evidence["sha256"]))  # fmt: skip
    writer.run("MATCH (c:Case) SET c.across = $content", content=_content(case))


def _content(case: Case) -> str:
    parts = sorted(part.file for part in case.manifest.parts() if part.table in LOADED)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
