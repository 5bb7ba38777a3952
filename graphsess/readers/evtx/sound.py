"""The records of sound chunks, from bytes to columns; see the modules of each stage.

    block      which chunks are sound, and where their records lie
    index      what each record says of itself, and which are odd
    names      channel, computer, provider
    wanted     which the catalogue knows
    fields     where the fields of the wanted ones lie
    plan       which field fills which column
    columns    numbers, and texts by way of `strings`
    bodies     the records as logged

What a stage cannot take in the usual way it leaves out, and `graphsess.readers.evtx.account` has it
read by the other decoder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphsess.catalogue import Kind
from graphsess.readers.evtx.block import Block, Flags, Places, walk
from graphsess.readers.evtx.bodies import Texts, bodies
from graphsess.readers.evtx.columns import Columns, Gatherer
from graphsess.readers.evtx.fields import groups
from graphsess.readers.evtx.format import CHUNK
from graphsess.readers.evtx.index import Index, Numbers, index
from graphsess.readers.evtx.kept import Kept
from graphsess.readers.evtx.names import Names, channels, computers
from graphsess.readers.evtx.plan import Pick, plan
from graphsess.readers.evtx.stretches import Told
from graphsess.readers.evtx.templates import Inner, Templates, inner, outer
from graphsess.readers.evtx.wanted import Wanted, wanted
from graphsess.readers.pieces import Piece


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken of a block.

    Attributes:
        sound: For each chunk, if it is sound; only those are accounted for here.
        records: Offsets of all their records, rising.
        ends: For each chunk, where its last record ends.
        odd: Offsets of those records that are left to the other decoder, rising.
        not_wanted: How many of the rest are not wanted.
        agree, differ: How many of the rest agree with their headers, and how many do not.
    """

    sound: Flags
    records: Places
    ends: Places
    odd: Places
    not_wanted: int
    agree: int
    differ: int


class Sound:
    """The usual records of a unit's sound chunks.

    Attributes:
        told: All of them, for stretches.
    """

    def __init__(self, names: Names, *, raw: bool) -> None:
        self.told: list[Told] = []
        self._names = names
        self._raw = raw
        self._kept = Kept()
        self._texts = Texts()
        self._outers = Templates(outer)
        self._inners = Templates(inner)
        self._plans: dict[tuple[str, int], tuple[Pick, ...] | None] = {}

    def take(self, first: int, block: Block) -> Taken:
        """Take what is usual in some chunks, the first of which is the file's `first`th."""
        walked = walk(block)
        found, odd = index(block, walked.records, self._outers)
        channel, left = channels(block, found, self._names)
        asked = wanted(block, found, self._names)
        left |= asked.unknown
        rows = np.flatnonzero((asked.kind >= 0) & ~left)
        part = self._columns(block, found, rows, asked)
        keep = slice(None) if part.readable.all() else np.flatnonzero(part.readable)
        kept = part.rows[keep]
        left[rows] = True
        left[kept] = False
        computer = computers(found, self._names)
        position = found.at + first * CHUNK
        told = Told(position, computer, channel, found.record_id, found.time_us)
        usual = slice(None) if not left.any() else ~left
        self.told.append(Told(*(column[usual] for column in told)))
        if kept.size:
            words = {"computer": computer, "channel": channel, "provider": asked.provider}
            self._kept.add(found, position, part, keep, words)
            if self._raw:
                chosen = part.order[keep]
                logged = bodies(block, found, part.groups, chosen, self._texts)
                self._kept.bodies.append(logged)
        return Taken(
            sound=walked.sound,
            records=walked.records,
            ends=walked.ends,
            odd=np.sort(np.concatenate([odd, found.at[left]])),
            not_wanted=int(found.at.size - left.sum() - kept.size),
            agree=int(found.agrees[usual].sum()),
            differ=int((~found.agrees[usual]).sum()),
        )

    def pieces(self) -> tuple[Piece, ...]:
        """Those that are wanted, in file order; none where there are none."""
        return self._kept.pieces(self._names)

    def _columns(self, block: Block, found: Index, rows: Numbers, asked: Wanted) -> Columns:
        """Columns of those wanted records that fit into any."""
        gatherer = Gatherer(block, found)
        for group in groups(block, found, rows, self._inners):
            kinds = asked.kind[group.rows]
            for number in np.flatnonzero(np.bincount(kinds)).tolist():
                kind = asked.kinds[number]
                picks = self._plan(kind, group.inner)
                if picks is not None:
                    here = kinds == number
                    gatherer.add(kind, group if here.all() else group.only(here), picks)
        return gatherer.columns()

    def _plan(self, kind: Kind, template: Inner) -> tuple[Pick, ...] | None:
        key = kind.name, id(template)
        if key not in self._plans:
            self._plans[key] = plan(kind, template)
        return self._plans[key]
