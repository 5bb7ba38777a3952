"""A database as text, to be compared with another: every node and relationship, no inner id."""

from __future__ import annotations

import json

NODES = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS said"
EDGES = (
    "MATCH (a)-[r]->(b) RETURN type(r) AS labels, a.id AS a, b.id AS b, properties(r) AS said"
)


def everything(driver):
    """Every node and relationship as text, sorted; an empty list is as none."""
    with driver.session() as session:
        rows = [*session.run(NODES).data(), *session.run(EDGES).data()]
    for row in rows:
        row["said"] = {name: it for name, it in row["said"].items() if it != []}
        if isinstance(row["labels"], list):
            row["labels"].sort()
    return sorted(json.dumps(row, sort_keys=True) for row in rows)
