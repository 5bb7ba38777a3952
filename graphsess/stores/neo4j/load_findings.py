"""Chains into a database, as the case has them now.

They rest on all hosts together, so they are put in anew whenever anything changed. What ties them
to moves is made in the database (`cypher/derive/`).
"""

from __future__ import annotations

from graphsess.case import Case
from graphsess.graph.nodes import nodes
from graphsess.stores.neo4j import statements
from graphsess.stores.neo4j.load_hosts import BATCH
from graphsess.stores.neo4j.rows import node_rows
from graphsess.stores.neo4j.writing import Writer

TABLES = ("chains",)
"""Tables that are put in as the case has them."""
GONE = "MATCH (n:Chain) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"


def load_findings(writer: Writer, case: Case) -> None:
    """Put in all findings; the old ones of other cases of this database go first."""
    writer.run(GONE)
    for part in nodes("Chain", case.table("chains")).iter_slices(BATCH):
        writer.write([(statements.whole_nodes("Chain", ()), node_rows(part), 1)])
