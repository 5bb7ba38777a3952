"""The graph's schema: every label, relationship type, property, key and index, once.

Constraints, the schema page of the docs and the checks of all Cypher files come from here. A label
whose rows stand in a table of the case has the columns of that table as properties.

A node is named by `id`, the id that the case's tables use; one too long for an index is cut, and
stands in full in `whole_id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from graphsess.graph import labels, relationships
from graphsess.graph.kinds import ID, WHOLE_ID, Label, Relationship

LABELS: Mapping[str, Label] = MappingProxyType({label.name: label for label in labels.ALL})
"""Every label by name."""

RELATIONSHIPS: tuple[Relationship, ...] = (
    *relationships.LOADED, *(replace(found, derived=True) for found in relationships.DERIVED)
)
"""Every relationship, the loaded ones first."""

TYPES: frozenset[str] = frozenset(found.type for found in RELATIONSHIPS)
"""Every relationship type."""

PROPERTIES: frozenset[str] = frozenset(
    {ID, WHOLE_ID}
    | {found.name for label in labels.ALL for found in label.properties}
    | {found.name for kind in RELATIONSHIPS for found in kind.properties}
)
"""Every property name."""


SECOND: frozenset[str] = frozenset({"Activity", "Process"})
"""Labels of nodes that are Events, and named as such."""


def statements() -> list[str]:
    """The Cypher that makes constraints and indexes; each changes nothing where it exists."""
    return [
        *(
            f"CREATE CONSTRAINT {name.lower()}_by_id IF NOT EXISTS "
            f"FOR (n:{name}) REQUIRE n.{ID} IS UNIQUE"
            for name in LABELS
            if name not in SECOND
        ),
        *(
            f"CREATE INDEX {label.name.lower()}_by_{name.replace(', ', '_')} IF NOT EXISTS "
            f"FOR (n:{label.name}) ON ({', '.join(f'n.{part}' for part in name.split(', '))})"
            for label in labels.ALL
            for name in label.indexes
        ),
        *(
            f"CREATE INDEX {kind.type.lower()}_by_{name.replace(', ', '_')} IF NOT EXISTS "
            f"FOR ()-[r:{kind.type}]-() ON ({', '.join(f'r.{part}' for part in name.split(', '))})"
            for kind in RELATIONSHIPS
            for name in kind.indexes
        ),
    ]


__all__ = [
    "ID", "LABELS", "PROPERTIES", "RELATIONSHIPS", "SECOND", "TYPES", "WHOLE_ID", "Label",
    "Relationship", "statements",
]
