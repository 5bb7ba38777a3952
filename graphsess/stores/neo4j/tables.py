"""The tables of a case as a database holds them: the same rows, read back out of the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import neo4j
import polars as pl
from polars.io.plugins import register_io_source

from graphsess.case.schema import TABLES
from graphsess.errors import StoreError
from graphsess.graph.nodes import TYPES, rows
from graphsess.graph.properties import Form
from graphsess.graph.schema import ID, LABELS, WHOLE_ID
from graphsess.stores.neo4j.asking import ask

RELATED: Mapping[str, str] = {
    "links": "MATCH (e:Event)-[p:PART_OF]->(a:Access) RETURN coalesce(a.whole_id, a.id) AS access, "
    "e.ord AS ord, e.id AS uid, p.role AS role, p.rule AS rule, p.how AS how",
    "sources": "MATCH (e:Event)-[p:SOURCE_OF]->(s:Session) "
    "RETURN coalesce(s.whole_id, s.id) AS session, e.ord AS ord, e.id AS uid, p.role AS role, "
    "p.rule AS rule",
    "formerly": "MATCH (c:Case) UNWIND range(0, size(c.renamed) - 1) AS i "
    "RETURN c.renamed[i] AS id, c.formerly[i] AS formerly",
    "followed_by_success": "MATCH (f:FailureRun)-[r:FOLLOWED_BY_SUCCESS]->(s:Session) "
    "RETURN coalesce(f.whole_id, f.id) AS failure_run, coalesce(s.whole_id, s.id) AS session, "
    "r.gap_us AS gap_us, r.rule AS rule",
    "next_in_local": "MATCH (s:Session)-[r:NEXT_IN_LOCAL]->(n:Session) "
    "RETURN coalesce(s.whole_id, s.id) AS session, coalesce(n.whole_id, n.id) AS next, "
    "s.local AS local, r.gap_us AS gap_us, r.rule AS rule",
    "bindings": "MATCH (a:Address)-[r:RESOLVES_TO]->(h:Host|Outside) "
    "RETURN a.id AS address, CASE WHEN h:Host THEN coalesce(h.whole_id, h.id) END AS host, "
    "r.name AS name, r.valid_from_us AS valid_from_us, r.valid_to_us AS valid_to_us, "
    "r.weight AS weight, r.observations AS observations, r.rule AS rule, r.uids AS uids",
    "corroboration": "MATCH (d:Session)-[r:SAME_ATTEMPT]->(s:Session) "
    "RETURN coalesce(d.whole_id, d.id) AS dc_session, coalesce(s.whole_id, s.id) AS session, "
    "r.rule AS rule",
    "run_of": "MATCH (s:Session)-[:IN_RUN]->(f:FailureRun {at_controller: true}) "
    "RETURN coalesce(s.whole_id, s.id) AS session, coalesce(f.whole_id, f.id) AS failure_run",
    "origins": "MATCH (s:Session) OPTIONAL MATCH (s)-[r:CAME_FROM]->(h:Host) "
    "WITH s, r, h WHERE h IS NOT NULL OR s.via IS NOT NULL "
    "RETURN coalesce(s.whole_id, s.id) AS session, coalesce(h.whole_id, h.id) AS source_host, "
    "r.weight AS weight, coalesce(r.rule, 'R4.5') AS rule, coalesce(r.uids, s.via_uids) AS uids, "
    "s.origin_address AS origin_address, s.via AS via",
    "move_evidence": "MATCH (m:Move) UNWIND range(0, coalesce(size(m.evidence_rule), 0) - 1) AS i "
    "WITH m, m.evidence_rule[i] AS rule, m.evidence_score[i] AS score "
    "RETURN coalesce(m.whole_id, m.id) AS move, rule, score, COLLECT { "
    "MATCH (m)-[b:BECAUSE {rule: rule}]->(e:Event) RETURN e.id ORDER BY e.id } AS uids",
    "move_alternatives": "MATCH (m:Move)-[r:ALTERNATIVE]->(s:Session) "
    "RETURN coalesce(m.whole_id, m.id) AS move, coalesce(s.whole_id, s.id) AS from_session, "
    "r.score AS score",
    "activity_candidates": "MATCH (a:Activity)-[r:MAY_BE_OF]->(s:Session) "
    "RETURN a.id AS activity, coalesce(s.whole_id, s.id) AS session, r.confidence AS confidence",
    "failure_patterns": "MATCH (f:FailureRun) WHERE f.wider IS NOT NULL "
    "RETURN coalesce(f.whole_id, f.id) AS failure_run, f.wider AS pattern, f.wider_rule AS rule",
}
"""Tables whose rows are relationships, and the query that reads them back."""
RUNS = {
    "failure_runs": "n.at_controller IS NULL",
    "runs_at_controllers": "n.at_controller",
    "addresses": "n.class IS NOT NULL",
}
"""Tables that are only some nodes of a label, and which."""
LABEL_OF = {
    **{str(label.table): name for name, label in LABELS.items() if label.table in TABLES},
    "runs_at_controllers": "FailureRun",
}
HELD = frozenset({*LABEL_OF, *RELATED})
"""Every table that a database can answer."""


@dataclass(frozen=True, slots=True)
class StoreTables:
    """The tables of the case in a database.

    Attributes:
        driver: Of `connect`.
        where: The server's address, for errors.
    """

    driver: neo4j.Driver
    where: str
    _read: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table in its total order.

        Raises:
            StoreError: the database does not hold it, or refuses.
        """
        if name not in self._read:
            found = self._fetch(name, None)
            order = [column for column in TABLES[name].order if column in found.columns]
            self._read[name] = found.sort(order, maintain_order=True)
        return self._read[name]

    def scan(self, name: str) -> pl.LazyFrame:
        """The same rows in no order; only the columns that are asked for are fetched."""
        if name != "events":
            return self.table(name).lazy()
        label = LABELS[LABEL_OF[name]]
        schema = {
            column: dtype for column, dtype in TABLES[name].columns.items()
            if column not in label.left_out
        }  # fmt: skip

        def source(
            with_columns: list[str] | None,
            predicate: pl.Expr | None,
            n_rows: int | None,
            batch_size: int | None,
        ) -> Iterator[pl.DataFrame]:
            del batch_size
            frame = self._fetch(name, with_columns)
            frame = frame if predicate is None else frame.filter(predicate)
            yield frame if n_rows is None else frame.head(n_rows)

        return register_io_source(source, schema=schema)

    def _fetch(self, name: str, columns: list[str] | None) -> pl.DataFrame:
        if name in RELATED:
            return self._frame(RELATED[name], dict(TABLES[name].columns))
        if name not in LABEL_OF:
            raise StoreError(f"the database at {self.where} does not hold {name}; ask the case")
        label = LABELS[LABEL_OF[name]]
        wanted = [
            found for found in label.properties
            if found.column and (columns is None or found.column in columns)
        ]  # fmt: skip
        schema = dict.fromkeys((ID, WHOLE_ID), TYPES[Form.TEXT])
        schema |= {it.name: TYPES[it.form] for it in wanted}
        where = f"WHERE {RUNS[name]} " if name in RUNS else ""
        returned = ", ".join(f"n.{column} AS {column}" for column in schema)
        found = self._frame(f"MATCH (n:{label.name}) {where}RETURN {returned}", schema)
        made = rows(label.name, found)
        return made if columns is None else made.select(columns)

    def _frame(self, text: str, schema: Mapping[str, Any]) -> pl.DataFrame:
        found = ask(self.driver, text, {}, where=self.where)
        return pl.DataFrame(found, schema=dict(schema), orient="row")
