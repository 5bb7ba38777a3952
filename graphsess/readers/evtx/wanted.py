"""Which records of an index the catalogue knows, by provider and event id (rule N1)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from graphsess.catalogue import WANTED_IDS, Kind, kind_of
from graphsess.readers.evtx.block import Block, Flags
from graphsess.readers.evtx.index import Index, Numbers
from graphsess.readers.evtx.names import Names, providers
from graphsess.readers.evtx.strings import Codes

_IDS = 0x1_0000
_SIEVE = np.zeros(_IDS, bool)
_SIEVE[list(WANTED_IDS)] = True


@dataclass(slots=True)
class Wanted:
    """The records of an index sorted by kind.

    Attributes:
        kind: For each record the number of its kind in `kinds`, or -1.
        provider: The number of its provider's name, where that had to be asked for.
        unknown: Records whose provider cannot be read.
        kinds: The kinds met.
    """

    kind: Numbers
    provider: Codes
    unknown: Flags
    kinds: list[Kind] = field(default_factory=list)


def wanted(block: Block, index: Index, names: Names) -> Wanted:
    """Sort the records of an index."""
    size = index.at.size
    found = Wanted(np.full(size, -1, np.intp), np.zeros(size, np.int64), np.zeros(size, bool))
    maybe = np.flatnonzero(_SIEVE[index.event_id])
    for outer, template in enumerate(index.outers):
        rows = maybe[index.outer[maybe] == outer] if len(index.outers) > 1 else maybe
        if template.providers:
            found.provider[rows] = names.number(template.providers[0])
            _sort(found, index, rows, template.providers)
        elif rows.size:
            found.provider[rows], found.unknown[rows] = providers(block, index, rows, names)
            for number in np.flatnonzero(np.bincount(found.provider[rows])).tolist():
                if (name := names.texts[number]) is not None:
                    _sort(found, index, rows[found.provider[rows] == number], (name,))
    return found


def _sort(found: Wanted, index: Index, rows: Numbers, called: tuple[str, ...]) -> None:
    """Sort some records, all of one provider."""
    events = index.event_id[rows]
    counts = np.bincount(events)
    kind_by_id = np.full(counts.size, -1, np.intp)
    for event_id in np.flatnonzero(counts).tolist():
        kind = next(filter(None, (kind_of(name, event_id) for name in called)), None)
        if kind is not None:
            kind_by_id[event_id] = len(found.kinds)
            found.kinds.append(kind)
    found.kind[rows] = kind_by_id[events]
