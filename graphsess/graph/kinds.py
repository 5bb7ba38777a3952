"""What a label, a relationship and their properties are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphsess.case.schema import TABLES
from graphsess.graph.properties import Form, Property, properties_of

ID = "id"
WHOLE_ID = "whole_id"


@dataclass(frozen=True, slots=True)
class Label:
    """One kind of node.

    Attributes:
        name: As Cypher says it.
        says: What one node is.
        table: Table of the case whose rows are its nodes; None where nodes are made of columns.
        key: Column that is its `id`; several, joined by `|`, where the table has no id.
        after: Where it is, the first of them is the id of another node, and its own begins with
            this word and goes on as that does.
        derived: Made inside the database by `cypher/derive/`, never loaded.
        left_out: Columns that the graph does without.
        renamed: Columns that are called otherwise, because the node has that name already.
        extra: Properties that are in no table.
        indexes: Further properties that derivations and hunts seek by.
    """

    name: str
    says: str
    table: str | None = None
    key: tuple[str, ...] = (ID,)
    after: str | None = None
    derived: bool = False
    left_out: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[Property, ...] = ()
    indexes: tuple[str, ...] = ()

    @property
    def properties(self) -> tuple[Property, ...]:
        """All its properties but `id` and `whole_id`, in the order of the table."""
        table = TABLES.get(self.table or "")
        columns = table.columns if table else {}
        made = [
            found
            for column, dtype in columns.items()
            if column not in self.left_out and (column,) != self.key
            for found in properties_of(column, dtype, self.renamed.get(column))
        ]
        return (*made, *self.extra)


@dataclass(frozen=True, slots=True)
class Relationship:
    """One kind of relationship between two labels.

    Attributes:
        start: Label of its tail.
        type: As Cypher says it: a verb, read from tail to head.
        end: Label of its head.
        says: What it states.
        derived: Made inside the database by `cypher/derive/`, never loaded.
        properties: What it carries.
        indexes: Properties that derivations seek by.
    """

    start: str
    type: str
    end: str
    says: str
    derived: bool = False
    properties: tuple[Property, ...] = ()
    indexes: tuple[str, ...] = ()

    @property
    def arrow(self) -> str:
        """As it is drawn: `(:Event)-[:ON]->(:Host)`."""
        names = ", ".join(found.name for found in self.properties)
        inside = f"{self.type} {{{names}}}" if names else self.type
        return f"(:{self.start})-[:{inside}]->(:{self.end})"


def texts(*names: str) -> tuple[Property, ...]:
    """Properties that are texts, in no table."""
    return tuple(Property(name, Form.TEXT) for name in names)


def wholes(*names: str) -> tuple[Property, ...]:
    """Properties that are whole numbers, in no table."""
    return tuple(Property(name, Form.WHOLE) for name in names)
