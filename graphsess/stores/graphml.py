"""The graph of a case as GraphML, for Gephi, yEd, Cytoscape and R.

A node is named `Label:id`. GraphML knows numbers, texts and truths: a list is its JSON, null is an
attribute that is not there, and a character that XML cannot hold becomes U+FFFD.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from graphsess.case.tables import Tables
from graphsess.errors import UsageError
from graphsess.graph.whole import SESSION_LEVEL, all_edges, all_nodes

if TYPE_CHECKING:
    import networkx as nx

MOST_SESSIONS = 200_000
"""More is nothing that a program for drawing opens, and gigabytes here."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graphml(tables: Tables) -> Iterator[bytes]:
    """The sessions of a case with all that they hang on, hidden ones too, as one document.

    Raises:
        UsageError: the case is too big for it.
    """
    import networkx as nx

    sessions = tables.table("sessions").height
    if sessions > MOST_SESSIONS:
        raise UsageError(
            f"the case has {sessions:,} sessions, and a GraphML file takes {MOST_SESSIONS:,}; "
            "export it --as neo4j-admin or csv"
        )
    page = io.BytesIO()
    nx.write_graphml(as_networkx(tables), page, named_key_ids=True)
    yield page.getvalue()


def as_networkx(tables: Tables) -> nx.MultiDiGraph[str]:
    """The same as a graph of networkx: nodes with `label` and `id`, edges with `type`."""
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for label, frame in all_nodes(tables, SESSION_LEVEL):
        for row in frame.iter_rows(named=True):
            graph.add_node(_name(label, row["id"]), label=label, **_attributes(row))
    for (start, kind, end), frame in all_edges(tables, SESSION_LEVEL):
        for row in frame.iter_rows(named=True):
            tail, head = _name(start, row.pop("start")), _name(end, row.pop("end"))
            graph.add_edge(tail, head, type=kind, **_attributes(row))
    return graph


def _name(label: str, ident: str) -> str:
    return _clean(f"{label}:{ident}")


def _attributes(row: dict[str, Any]) -> dict[str, str | int | float | bool]:
    return {
        name: _clean(value) if isinstance(value, str) else
        _clean(orjson.dumps(value).decode()) if isinstance(value, list) else value
        for name, value in row.items()
        if value is not None
    }  # fmt: skip


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
