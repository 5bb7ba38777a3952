"""The Cypher that loads: built of names that stand in the graph's schema, and of nothing else.

Rows are lists: the node's id, its properties as one map, then the ids of its ends, then what the
relationships carry. Every statement merges, so running one twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphsess.graph.schema import ID, LABELS, RELATIONSHIPS

_ARROWS = {(found.start, found.type, found.end): found for found in RELATIONSHIPS}


@dataclass(frozen=True, slots=True)
class End:
    """One relationship that a node is loaded with.

    Attributes:
        column: Column of the rows that holds the id of its head.
        type: Its type.
        label: Label of its head.
        carries: Columns of the rows that are its properties.
    """

    column: str
    type: str
    label: str
    carries: tuple[str, ...] = ()


def whole_nodes(label: str, ends: Sequence[End]) -> str:
    """Merge nodes together with their relationships to the `ends`; rows that lack none of them."""
    _known(label, ends)
    lines = ["UNWIND $rows AS r"]
    lines += [
        f"MATCH (n{place}:{end.label} {{{ID}: r[{place + 2}]}})" for place, end in enumerate(ends)
    ]
    lines += [f"MERGE (n:{label} {{{ID}: r[0]}}) ON CREATE SET n += r[1]"]
    at = 2 + len(ends)
    for place, end in enumerate(ends):
        if not end.carries:
            lines.append(f"MERGE (n)-[:{end.type}]->(n{place})")
            continue
        values = ", ".join(f"x.{name} = r[{at + i}]" for i, name in enumerate(end.carries))
        at += len(end.carries)
        lines.append(f"MERGE (n)-[x:{end.type}]->(n{place}) ON CREATE SET {values}")
    return "\n".join(lines)


def edges(start: str, kind: str, end: str) -> str:
    """Merge relationships between nodes that are there: rows of tail, head, properties."""
    _known(start, [End("", kind, end)])
    return (
        "UNWIND $rows AS r\n"
        f"MATCH (a:{start} {{{ID}: r[0]}})\n"
        f"MATCH (b:{end} {{{ID}: r[1]}})\n"
        f"MERGE (a)-[x:{kind}]->(b) ON CREATE SET x += r[2]"
    )


def new_edges(start: str, kind: str, end: str) -> str:
    """Create relationships of which two nodes may have several: the old ones must be gone."""
    merged = edges(start, kind, end)
    return merged.replace("MERGE (a)", "CREATE (a)").replace("ON CREATE SET", "SET")


def _known(start: str, ends: Sequence[End]) -> None:
    """Names that become text of a query come from the schema; any other is a bug."""
    for end in ends:
        found = _ARROWS[start, end.type, end.label]
        if not {*end.carries} <= {it.name for it in found.properties}:
            raise KeyError(f"{found.arrow} carries no {', '.join(end.carries)}")
    if start not in LABELS:
        raise KeyError(start)
