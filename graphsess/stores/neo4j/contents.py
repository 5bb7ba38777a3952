"""What a database holds: nothing, this case, an earlier state of it, or something foreign."""

from __future__ import annotations

import json
from typing import Any

from graphsess.case import Case
from graphsess.errors import StoreError
from graphsess.graph.schema import LABELS, PROPERTIES, TYPES, statements
from graphsess.stores.neo4j.writing import Writer

THE_CASE = "case"
EMPTY = (
    "MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS",
    "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS",
)
"""Relationships first: a host has as many as events, and the server's memory bounds what one
transaction removes."""


def claim(writer: Writer, case: Case, *, replace: bool) -> None:
    """Make the database this case's: constraints first, then a node that says so.

    A database that holds evidence which the case lacks, or nodes of somebody else, is refused,
    or emptied where `replace` says so.

    Raises:
        StoreError: it is foreign, or may not be changed.
    """
    if replace:
        for statement in EMPTY:
            writer.run(statement)
    elif foreign := _foreign(writer, case):
        raise StoreError(
            f"the database at {writer.where} holds {foreign}; load into another one, "
            "or empty it with --replace"
        )
    for statement in statements():
        writer.run(statement)
    _name_everything(writer)
    writer.run("CALL db.awaitIndexes(300)")
    manifest, renamed = case.manifest, case.table("formerly")
    writer.run(
        "MERGE (c:Case {id: $id}) SET c += $said",
        id=THE_CASE,
        said={
            "files": list(manifest.evidence),
            "renamed": renamed["id"].to_list(),
            "formerly": renamed["formerly"].to_list(),
            "tool": manifest.tool,
            "rules": manifest.rules,
            "schema": manifest.schema,
            "settings": json.dumps(manifest.settings, sort_keys=True),
        },
    )


def the_case(writer: Writer) -> dict[str, Any] | None:
    """What the database says of the case it holds, or None."""
    found = writer.run("MATCH (c:Case {id: $id}) RETURN properties(c) AS said", id=THE_CASE)
    return dict(found[0]["said"]) if found else None


def _foreign(writer: Writer, case: Case) -> str | None:
    said = the_case(writer)
    if said is None:
        held = writer.run("MATCH (n) RETURN n LIMIT 1")
        return "something that is no case of graphsess" if held else None
    if set(said.get("files", ())) - set(case.manifest.evidence):
        return "another case"
    return None


def _name_everything(writer: Writer) -> None:
    """Make all names of the schema known, so that no query is warned of one that has no row yet."""
    for procedure, names in (
        ("db.createLabel", sorted(LABELS)),
        ("db.createRelationshipType", sorted(TYPES)),
        ("db.createProperty", sorted(PROPERTIES)),
    ):
        writer.run(f"UNWIND $names AS name CALL {procedure}(name)", names=names)
