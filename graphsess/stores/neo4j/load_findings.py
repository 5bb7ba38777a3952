"""Moves and chains into a database, as the case has them now.

They rest on all hosts together, so they are put in anew whenever anything changed. What ties them
to sessions is made in the database (`cypher/derive/`).
"""

from __future__ import annotations

from graphsess.case import Case
from graphsess.graph import findings
from graphsess.graph.nodes import nodes
from graphsess.stores.neo4j import statements
from graphsess.stores.neo4j.load_hosts import BATCH
from graphsess.stores.neo4j.rows import edge_rows, node_rows
from graphsess.stores.neo4j.writing import Writer

TABLES = ("moves", "move_evidence", "move_alternatives", "chains")
"""Tables that are put in as the case has them."""
GONE = "MATCH (n:{}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 5000 ROWS"
OUTSIDE = "UNWIND $rows AS r MERGE (n:Outside {id: r[0]}) ON CREATE SET n += r[1]"


def load_findings(writer: Writer, case: Case) -> None:
    """Put in all findings; the old ones of other cases of this database go first."""
    for label in ("Chain", "Move"):
        writer.run(GONE.format(label))
    for part in findings.outside_ends(case).iter_slices(BATCH):
        writer.write([(OUTSIDE, node_rows(part), 1)])
    for label, frame in (
        ("Move", findings.moves(case)),
        ("Chain", nodes("Chain", case.table("chains"))),
    ):
        for part in frame.iter_slices(BATCH):
            writer.write([(statements.whole_nodes(label, ()), node_rows(part), 1)])
    for arrow, frame in findings.edges(case):
        text = (statements.new_edges if arrow[1] == "BECAUSE" else statements.edges)(*arrow)
        for part in frame.iter_slices(BATCH):
            writer.write([(text, edge_rows(part), 1)])
