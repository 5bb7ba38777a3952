"""Cypher without a server: the graph of a case in memory, asked through kglite.

For reading ad hoc, never for parity. One optimiser pass of kglite counts undirected patterns
wrongly and stays off. Not known to it: `COLLECT {}`, `SHORTEST`, quantified paths, block comments,
chained comparisons, `WHERE` inside a node, `datetime({…})`, `percentileCont`,
variables called `on`.

See: https://pypi.org/project/kglite/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graphsess.case.tables import Tables
from graphsess.errors import StoreError, UsageError
from graphsess.graph.whole import EVENT_LEVEL, SESSION_LEVEL, all_edges, all_nodes

WRONG_COUNTS = "fuse_match_return_aggregate"
"""`MATCH (a)-[:M]-(b)-[:M]-(c) RETURN count(*)` gives 0 with this pass."""
MOST_SESSIONS = 300_000
MOST_EVENTS = 200_000
"""More would take gigabytes: that is what Neo4j is for."""
_LOADS, _LOADING = "LoadCsv", re.compile(r"\bload(\s|//[^\r\n]*[\r\n])+csv\b", re.IGNORECASE)
"""How a plan, and how a text, says that a file is read; the text also behind PROFILE and UNION."""
Row = dict[str, Any]


class Memory:
    """The graph of one case in memory, which nothing changes once it is built.

    Raises:
        UsageError: the case is too big for it.
        StoreError: kglite is not installed.
    """

    def __init__(self, tables: Tables, *, events: bool = False) -> None:
        """Build it.

        Args:
            tables: The case.
            events: Also a node for each event, with all it is linked to.
        """
        kglite = _kglite()
        _refuse_too_big(tables, events=events)
        labels = EVENT_LEVEL if events else SESSION_LEVEL
        self._graph = kglite.from_records(
            _records(tables, labels), on_missing_endpoint="drop"
        )
        if events:
            done = tables.table("activities")["id"].to_list()
            self._graph.add_label("Event", done, "Activity")
        self._graph.read_only(True)

    def answer(
        self, text: str, values: Mapping[str, Any] | None = None, timeout_s: float | None = None
    ) -> tuple[list[str], list[Row], list[str]]:
        """Columns and rows of a reading query, and what the engine warns of.

        Raises:
            UsageError: it is no Cypher that kglite knows, would write, or would read a file.
        """
        kglite = _kglite()
        limit = None if timeout_s is None else int(timeout_s * 1000)
        options: dict[str, Any] = {
            "params": dict(values or {}), "disabled_passes": [WRONG_COUNTS], "timeout_ms": limit,
        }
        try:
            self._refuse_loading(text, options)
            found = self._graph.cypher(text, **options)
            return list(found.columns), [dict(row) for row in found], _warned(found)
        except kglite.KgError as error:
            raise UsageError(f"kglite: {_sentence(error)}") from None

    def _refuse_loading(self, text: str, options: Mapping[str, Any]) -> None:
        """Let nothing through that opens a file."""
        closed = UsageError("this query would read a file; LOAD CSV is closed")
        if _LOADING.search(text):
            raise closed
        try:
            plan = self._graph.cypher(f"EXPLAIN {text}", **options)
        except _kglite().KgError:
            return  # the query itself will say why
        if any(step.get("operation") == _LOADS for step in map(dict, plan)):
            raise closed


def _kglite() -> Any:  # noqa: ANN401 - an optional package without types here
    try:
        import kglite
    except ImportError:
        raise StoreError(
            "Cypher without a server needs kglite: pip install 'graphsess[cypher]'"
        ) from None
    kglite.set_query_warning_policy("silent")
    return kglite


def _refuse_too_big(tables: Tables, *, events: bool) -> None:
    for wanted, table, most in ((True, "sessions", MOST_SESSIONS), (events, "events", MOST_EVENTS)):
        if wanted:
            rows = int(tables.scan(table).select("host").collect().height)
            if rows > most:
                raise UsageError(
                    f"the case has {rows:,} {table}, and a graph in memory takes {most:,}; "
                    "load it into Neo4j: graphsess load CASE --store bolt://…"
                )


def _records(tables: Tables, labels: frozenset[str]) -> dict[str, list[dict[str, Any]]]:
    """Everything as kglite takes it: nodes by type, connections by type and ends."""
    second = {"Activity"}
    found: dict[str, list[Row]] = {}
    acts: dict[str, Row] = {}
    for label, frame in all_nodes(tables, labels):
        rows = [_filled(row) for row in frame.iter_rows(named=True)]
        if label in second:
            acts.update({row["id"]: row for row in rows})
        else:
            found.setdefault(label, []).extend(rows)
    for event in found.get("Event", ()):
        event.update(acts.get(event["id"], {}))
    edges: dict[tuple[str, str, str], list[Row]] = {}
    for (start, kind, end), frame in all_edges(tables, labels):
        named = frame.rename({"start": "from", "end": "to"})
        tail = "Event" if start in second else start
        rows = [_filled(row) for row in named.iter_rows(named=True)]
        edges.setdefault((tail, kind, end), []).extend(rows)
    return {
        "nodes": [
            {"type": label, "id_field": "id", "records": rows}
            for label, rows in found.items()
            if rows
        ],
        "connections": [
            {
                "type": kind, "source_type": start, "source_id_field": "from",
                "target_type": end, "target_id_field": "to", "records": rows,
            }
            for (start, kind, end), rows in edges.items()
        ],
    }  # fmt: skip


def _filled(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


def _warned(found: Any) -> list[str]:  # noqa: ANN401
    return [str(warning) for warning in (getattr(found, "warnings", None) or ())]


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split("\n")[0].split())
