"""The registry of every table of a case: columns, total order, and the stage that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from graphsess.across.tables import TABLES as ACROSS
from graphsess.derive.tables import TABLES as DERIVED
from graphsess.events.table import EVENTS, RAW, READ, RUNS
from graphsess.evidence.tables import EVIDENCE
from graphsess.resolve.tables import TABLES as RESOLVED
from graphsess.resolve.tables import TEXT, Schema

SCHEMA = 3
"""Number of the tables' layout. A case with another number has to be built again."""

RULES = 7
"""Number of the derivation rules. Raised whenever the same evidence may give other rows."""


class Stage(StrEnum):
    """The stage of a build that writes a table."""

    READ = "read"
    """Parts by logged computer and evidence file."""
    HOSTS = "hosts"
    """One part a host."""
    ACROSS = "across"
    """One part, made over all hosts."""
    BESIDE = "beside"
    """No part: it tells of the case's growth, not of its evidence (see `case.formerly`)."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a case.

    Attributes:
        name: As `Case.table` is asked for it.
        stage: Who writes it.
        columns: Names and types, in the order of the file.
        order: Columns that sort its rows without a tie.
    """

    name: str
    stage: Stage
    columns: Schema
    order: tuple[str, ...]

    def __post_init__(self) -> None:
        if missing := [name for name in self.order if name not in self.columns]:
            raise ValueError(f"table {self.name} has no column {missing[0]} to be sorted by")


FORMERLY: Schema = {"id": TEXT, "formerly": TEXT}
"""What a session was called before evidence was added."""

_ORDERS: Mapping[str, tuple[str, ...]] = {
    "evidence": ("path", "sha256"),
    "read": ("evidence", "row"),
    "raw": ("uid", "form", "body", "template"),
    "runs": ("evidence", "position"),
    "events": ("host", "ord"),
    "boots": ("host", "boot"),
    "coverage": ("host", "channel", "first_us", "last_us", "broken_by"),
    "links": ("access", "ord", "role", "rule"),
    "observations": ("host", "address", "time_us", "name", "weight", "uid"),
    "sources": ("session", "ord", "role", "rule"),
    "followed_by_success": ("failure_run", "session"),
    "next_in_local": ("session", "next"),
    "flags": ("session", "flag", "rule"),
    "activity_candidates": ("activity", "session"),
    "arrivals": ("session", "ord"),
    "departures": ("host", "ord", "rule", "session"),
    "bindings": ("address", "valid_from_us", "host", "name", "valid_to_us", "rule"),
    "addresses": ("address",),
    "corroboration": ("dc_session", "session"),
    "run_of": ("session", "failure_run"),
    "failure_patterns": ("failure_run",),
    "formerly": ("id", "formerly"),
    "origins": ("session", "source_host", "rule"),
    "move_evidence": ("move", "rule"),
    "move_alternatives": ("move", "from_session"),
}
"""Total orders of the tables whose rows have no `id`."""


def _tables() -> dict[str, Table]:
    made: dict[str, Table] = {}
    for stage, schemas in (
        (Stage.READ, {"read": READ, "raw": RAW, "runs": RUNS}),
        (Stage.HOSTS, {"events": EVENTS, **RESOLVED, **DERIVED}),
        (Stage.ACROSS, {"evidence": EVIDENCE, **ACROSS}),
        (Stage.BESIDE, {"formerly": FORMERLY}),
    ):
        for name, columns in schemas.items():
            made[name] = Table(name, stage, columns, _ORDERS.get(name, ("id",)))
    return made


TABLES: Mapping[str, Table] = MappingProxyType(_tables())
"""Every table by name."""


def tables_of(stage: Stage) -> list[Table]:
    """The tables that one stage writes."""
    return [table for table in TABLES.values() if table.stage is stage]
