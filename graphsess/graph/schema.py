"""The graph's schema: every label, relationship type, property, key and index, once.

Constraints, the schema page of the docs and the checks of all Cypher files come from here. A label
whose rows stand in a table of the case has the columns of that table as properties.

A node is named by `id`, the id that the case's tables use; one too long for an index is cut, and
stands in full in `whole_id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

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
    """

    start: str
    type: str
    end: str
    says: str
    derived: bool = False
    properties: tuple[Property, ...] = ()

    @property
    def arrow(self) -> str:
        """As it is drawn: `(:Event)-[:ON]->(:Host)`."""
        names = ", ".join(found.name for found in self.properties)
        inside = f"{self.type} {{{names}}}" if names else self.type
        return f"(:{self.start})-[:{inside}]->(:{self.end})"


def _texts(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name, Form.TEXT) for name in names)


def _wholes(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name, Form.WHOLE) for name in names)


RULE = _texts("rule")
PLACE_IN_FILE = ("row", "boot_stamp_us", "sysmon_start_us")
"""What only reading and resolving need of an event."""

_LABELS = (
    Label("Event", "one kept record of a log", "events", ("uid",), left_out=PLACE_IN_FILE,
          indexes=("kind", "time_us")),
    Label("Host", "a machine whose logs the case holds", "hosts"),
    Label("Outside", "a machine that is only spoken of: the name it was called, or its address",
          extra=_texts("name")),
    Label("User", "an account: its SID where that is its own, else its name in lower case",
          extra=_texts("name", "sid", "class")),
    Label("Address", "a network address", "addresses", ("address",), extra=_texts("address")),
    Label("Boot", "one run of one host's kernel", "boots"),
    Label("LogonSession", "what Windows opens at 4624 and names by a LUID", "logons"),
    Label("LocalSession", "a desktop (TS session), over all its connections", "locals"),
    Label("Connection", "one transport: an RDP or SSH connection", "connections"),
    Label("Access", "one attempt or one attachment; it holds events, each in a role", "accesses"),
    Label("Coverage", "one stretch of one log without a hole", "coverage",
          ("host", "channel", "first_us", "last_us", "broken_by")),
    Label("Evidence", "one file that was handed over", "evidence", ("sha256",)),
    Label("Case", "the case that the database holds, one node",
          extra=(*_texts("tool", "settings", "across"), *_wholes("schema", "rules"),
                 Property("evidence", Form.TEXTS))),
    Label("Session", "a triage session: who got in or tried to, from where, when, how it ended",
          "sessions", derived=True, indexes=("start_us",)),
    Label("FailureRun", "consecutive failed attempts shown as one", "failure_runs", derived=True),
    Label("Flag", "what an examiner must know of a session", "flags", ("session", "flag"),
          derived=True),
    Label("Activity", "an event that tells what somebody did; second label of an Event",
          "activities", ("id",), derived=True,
          left_out=("host", "time_us", "user", "sid"),
          renamed={"kind": "activity", "flags": "activity_flags", "rule": "activity_rule"}),
    Label("Move", "a step from a session on one host to the one it opened on another", "moves",
          derived=True),
    Label("Chain", "moves that follow each other in time", "chains", derived=True),
    Label("Group", "the sessions of one user from one address, range or host", "groups",
          derived=True),
)

_LOADED = (
    Relationship("Event", "ON", "Host", "which host logged it"),
    Relationship("Event", "BY", "User", "who did it (Subject)"),
    Relationship("Event", "FOR", "User", "the account that it is about (Target)"),
    Relationship("Event", "FROM", "Address", "the peer's address"),
    Relationship("Event", "OF_LOGON", "LogonSession", "the logon session that it is about"),
    Relationship("Event", "UNDER_LOGON", "LogonSession", "the one under which it was done"),
    Relationship("Event", "IN_LOCAL", "LocalSession", "the desktop that it is about"),
    Relationship("Event", "IN_CONNECTION", "Connection", "the connection that it is about"),
    Relationship("Event", "PART_OF", "Access", "its part in one access",
                 properties=_texts("role", "rule", "how")),
    Relationship("Boot", "OF", "Host", "whose boot"),
    Relationship("LogonSession", "DURING_BOOT", "Boot", "LUIDs mean nothing outside it"),
    Relationship("LogonSession", "LINKED_TO", "LogonSession", "the other half of a UAC pair"),
    Relationship("LogonSession", "BYPRODUCT_OF", "LogonSession", "it is a part of that one"),
    Relationship("LogonSession", "BYPRODUCT_OF", "LocalSession", "it is a part of that desktop"),
    Relationship("LogonSession", "BYPRODUCT_OF", "Connection", "it only prepared that connection"),
    Relationship("LogonSession", "BELONGS_TO", "LocalSession", "the desktop that it runs on"),
    Relationship("LogonSession", "AS", "User", "whose token"),
    Relationship("LogonSession", "FROM", "Address", "the address logged with it"),
    Relationship("LocalSession", "ON", "Host", "where"),
    Relationship("LocalSession", "AS", "User", "whose desktop"),
    Relationship("Connection", "ON", "Host", "to which host"),
    Relationship("Connection", "FROM", "Address", "from which address"),
    Relationship("Access", "ON", "Host", "to which host"),
    Relationship("Access", "AS", "User", "as whom, or the name that was tried"),
    Relationship("Access", "FROM", "Address", "from which address"),
    Relationship("Access", "OVER", "Connection", "over which connection"),
    Relationship("Access", "IN", "LocalSession", "to which desktop"),
    Relationship("Access", "USES", "LogonSession", "its logon: own, byproduct or companion",
                 properties=_texts("part")),
    Relationship("Access", "SAME_ATTEMPT", "Access",
                 "a controller's record of an attempt that the asked host logged too",
                 properties=RULE),
    Relationship("Coverage", "ON", "Host", "whose log"),
    Relationship("Address", "RESOLVES_TO", "Host", "which host had the address, from when to when",
                 properties=(*_wholes("valid_from_us", "valid_to_us", "weight", "observations"),
                             *_texts("name", "rule"), Property("uids", Form.TEXTS))),
    Relationship("Address", "RESOLVES_TO", "Outside", "the same, for a machine not in the case",
                 properties=(*_wholes("valid_from_us", "valid_to_us", "weight", "observations"),
                             *_texts("name", "rule"), Property("uids", Form.TEXTS))),
)
_DERIVED = (
    Relationship("Session", "OF", "Access", "the accesses that it is made of"),
    Relationship("Event", "SOURCE_OF", "Session", "which record says so, in which role",
                 properties=_texts("role", "rule")),
    Relationship("Session", "OF_USER", "User", "who, or the name that was tried"),
    Relationship("Session", "ON_HOST", "Host", "where"),
    Relationship("Session", "FROM_ADDRESS", "Address", "from where"),
    Relationship("Session", "USES", "LogonSession", "the user's own logon sessions"),
    Relationship("Session", "IN", "LocalSession", "the desktop that it was attached to"),
    Relationship("Session", "OVER", "Connection", "its connection"),
    Relationship("Session", "NEXT_IN_LOCAL", "Session", "the next on the same desktop",
                 properties=(*_wholes("gap_us"), *RULE)),
    Relationship("Session", "OPENED_UNDER", "Session", "a runas under the session it was typed in"),
    Relationship("Session", "FLAGGED", "Flag", "what must be known of it"),
    Relationship("Event", "PROVES", "Flag", "which record says so"),
    Relationship("Session", "IN_RUN", "FailureRun", "the run that a failed attempt belongs to",
                 properties=RULE),
    Relationship("FailureRun", "AT_HOST", "Host", "which host was tried"),
    Relationship("FailureRun", "FROM_ADDRESS", "Address", "from where"),
    Relationship("FailureRun", "FOLLOWED_BY_SUCCESS", "Session", "who got in afterwards",
                 properties=(*_wholes("gap_us"), *RULE)),
    Relationship("Session", "SAME_ATTEMPT", "Session", "as between their accesses",
                 properties=RULE),
    Relationship("Session", "CAME_FROM", "Host", "the host that had its source address then",
                 properties=(*_wholes("weight"), *RULE)),
    Relationship("Activity", "DURING", "Session", "the session that it ran in",
                 properties=(*_texts("method"), *_wholes("confidence"),
                             Property("while_disconnected", Form.TRUTH), *RULE)),
    Relationship("Move", "FROM_SESSION", "Session", "where it came out of"),
    Relationship("Move", "TO_SESSION", "Session", "where it led to"),
    Relationship("Move", "FROM_HOST", "Host", "from which host"),
    Relationship("Move", "TO_HOST", "Host", "to which host"),
    Relationship("Move", "FROM_HOST", "Outside", "from a machine not in the case"),
    Relationship("Move", "TO_HOST", "Outside", "to a machine not in the case"),
    Relationship("Move", "BECAUSE", "Event", "the record that speaks for it",
                 properties=(*RULE, *_wholes("score"))),
    Relationship("Move", "ALTERNATIVE", "Session", "another session that it may have come out of",
                 properties=_wholes("score")),
    Relationship("Session", "MOVED_TO", "Session", "the move between them, where both are known",
                 properties=(*_texts("move", "band", "rule"), *_wholes("score"),
                             Property("exact", Form.TRUTH))),
    Relationship("Chain", "HOP", "Move", "its steps, from 0", properties=_wholes("position")),
    Relationship("Session", "IN_GROUP", "Group", "the groups that it is counted in"),
)

LABELS: Mapping[str, Label] = MappingProxyType({label.name: label for label in _LABELS})
"""Every label by name."""

RELATIONSHIPS: tuple[Relationship, ...] = (
    *_LOADED, *(Relationship(r.start, r.type, r.end, r.says, True, r.properties) for r in _DERIVED)
)
"""Every relationship, the loaded ones first."""

TYPES: frozenset[str] = frozenset(found.type for found in RELATIONSHIPS)
"""Every relationship type."""

PROPERTIES: frozenset[str] = frozenset(
    {ID, WHOLE_ID}
    | {found.name for label in _LABELS for found in label.properties}
    | {found.name for kind in RELATIONSHIPS for found in kind.properties}
)
"""Every property name."""


def statements() -> list[str]:
    """The Cypher that makes constraints and indexes; each changes nothing where it exists."""
    return [
        *(
            f"CREATE CONSTRAINT {name.lower()}_by_id IF NOT EXISTS "
            f"FOR (n:{name}) REQUIRE n.{ID} IS UNIQUE"
            for name in LABELS
            if name != "Activity"  # an Event, which has its own
        ),
        *(
            f"CREATE INDEX {label.name.lower()}_by_{name} IF NOT EXISTS "
            f"FOR (n:{label.name}) ON (n.{name})"
            for label in _LABELS
            for name in label.indexes
        ),
    ]
