"""The whole graph of a case's tables, written into a database as `load` and `derive` would."""

from __future__ import annotations

from graphsess.graph.schema import LABELS, PROPERTIES, TYPES, statements
from graphsess.graph.whole import all_edges, all_nodes

NAMES = (
    ("db.createLabel", LABELS), ("db.createRelationshipType", TYPES),
    ("db.createProperty", PROPERTIES),
)  # fmt: skip
BATCH = 5_000


def write(driver, tables):
    """Put the whole graph of the tables into an empty database, all names of the schema known."""
    with driver.session() as session:
        for statement in statements():
            session.run(statement).consume()
        for procedure, words in NAMES:
            session.run(f"UNWIND $words AS w CALL {procedure}(w)", words=sorted(words)).consume()
        for label, frame in all_nodes(tables):
            text = f"UNWIND $rows AS r CREATE (n:{label}) SET n = r"
            if label == "Activity":
                text = "UNWIND $rows AS r MATCH (n:Event {id: r.id}) SET n:Activity SET n += r"
            for part in frame.iter_slices(BATCH):
                session.run(text, rows=[filled(row) for row in part.to_dicts()]).consume()
        for (start, kind, end), frame in all_edges(tables):
            text = (
                f"UNWIND $rows AS r MATCH (a:{start} {{id: r.start}}) "
                f"MATCH (b:{end} {{id: r.end}}) CREATE (a)-[e:{kind}]->(b) SET e += r.told"
            )
            for part in frame.iter_slices(BATCH):
                rows = [
                    {"start": row.pop("start"), "end": row.pop("end"), "told": filled(row)}
                    for row in part.to_dicts()
                ]
                session.run(text, rows=rows).consume()


def filled(row):
    return {name: value for name, value in row.items() if value is not None}
