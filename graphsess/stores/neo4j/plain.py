"""Values of an answer as JSON can hold them: nodes, relationships, paths and times too."""

from __future__ import annotations

from typing import Any

from neo4j import graph, time


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a query returns
    """The value in the form that an engine in memory gives: of a node its labels and properties."""
    if isinstance(value, graph.Path):
        return {"nodes": plain(value.nodes), "relationships": plain(value.relationships)}
    if isinstance(value, graph.Node):
        return {"id": value.element_id, "labels": sorted(value.labels), "properties": _all(value)}
    if isinstance(value, graph.Relationship):
        start, end = (node.element_id if node else None for node in value.nodes)
        return {"id": value.element_id, "type": value.type, "start": start, "end": end,
                "properties": _all(value)}  # fmt: skip
    if isinstance(value, time.DateTime | time.Date | time.Time | time.Duration):
        return value.iso_format()
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, dict):
        return _all(value)
    if isinstance(value, list | tuple):  # a point is a tuple of its numbers
        return [plain(item) for item in value]
    return value


def _all(values: Any) -> dict[str, Any]:  # noqa: ANN401 - a map or what has its `items`
    return {str(name): plain(item) for name, item in sorted(values.items())}
