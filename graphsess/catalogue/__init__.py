"""The one table of Windows knowledge: which event says what, in which of its fields.

`KINDS` is the registry; `kind_of` finds an event's entry by provider and id (rule N1). The
modules beside this one hold the entries by channel family, `columns` the normalised columns.
"""

from __future__ import annotations

from graphsess.catalogue import (
    applications,
    remote_access,
    security,
    system,
    terminal_services,
)
from graphsess.catalogue.columns import COLUMNS, Column, Form
from graphsess.catalogue.kinds import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for module in (security, system, terminal_services, remote_access, applications)
    for kind in module.KINDS
}
"""Every kind of event that graphsess keeps, by its name."""

_BY_EVENT: dict[tuple[str, int], Kind] = {
    (provider.lower(), kind.event_id): kind
    for kind in KINDS.values()
    for provider in (kind.provider, *kind.aliases)
}

WANTED_IDS: frozenset[int] = frozenset(kind.event_id for kind in KINDS.values())
"""All event ids in the catalogue: a cheap first sieve, never the answer."""


def kind_of(provider: str, event_id: int) -> Kind | None:
    """The catalogue's entry for an event, or None where it is not wanted."""
    return _BY_EVENT.get((provider.lower(), event_id))


__all__ = ["COLUMNS", "KINDS", "WANTED_IDS", "Column", "Form", "Kind", "kind_of"]
