"""The account of a unit's records: what is kept, what is not wanted, what cannot be read.

A record's header repeats its id and time. In whole logs both agree with the body; in filtered or
forwarded ones they do not, and then missing ids prove nothing. In a damaged chunk a record that
disagrees with its own header was torn: its parts may stem from two records, so it is marked as
carved and proves nothing about its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from graphsess.catalogue import WANTED_IDS
from graphsess.evidence.refusals import damage
from graphsess.readers.base import Batch, Unit
from graphsess.readers.evtx.block import Block
from graphsess.readers.evtx.chunks import Spot, Walk, slack, spot_at, walk
from graphsess.readers.evtx.decode import Decoded, Piece, decoded
from graphsess.readers.evtx.format import CHUNK
from graphsess.readers.evtx.names import Names
from graphsess.readers.evtx.salvage import Budget, Salvage
from graphsess.readers.evtx.scan import system
from graphsess.readers.evtx.sound import Sound, Taken
from graphsess.readers.evtx.stretches import stretches, told
from graphsess.readers.record import fields, kind_and_identity
from graphsess.readers.rows import Rows
from graphsess.readers.runs import Seen, time_us


class Account:
    """The records of a unit, told block by block."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._names = Names()
        self._sound = Sound(self._names, raw=unit.raw)
        self._rows = Rows()
        self._told: list[Seen] = []
        self._budget = Budget()
        self._seen = 0
        self._not_wanted = 0
        self._unreadable = 0
        self._chunks_bad = 0
        self._blank = 0
        self._agree = 0
        self._differ = 0
        self._trusted = True

    def take(self, first: int, block: Block) -> None:
        """Account for some chunks, the first of which is the file's `first`th."""
        taken = self._sound.take(first, block)
        self._seen += taken.records.size
        self._not_wanted += taken.not_wanted
        self._agree += taken.agree
        self._differ += taken.differ
        self._trusted &= not taken.differ
        walks = dict(self._walks(block, taken))
        places = sorted(place for place, found in walks.items() if found.spots)
        chunks = [bytes(block.chunk(place)) for place in places]
        pieces = [
            Piece(chunk, walks[place].spots) for place, chunk in zip(places, chunks, strict=True)
        ]
        salvage: dict[int, Salvage] = {}
        for record in decoded(pieces):
            place = places[record.piece]
            position = (first + place) * CHUNK + record.spot.offset
            if record.text is not None and self._take_text(
                position, record, record.text, sound=not walks[place].bad
            ):
                self._seen += record.spot.slack
                continue
            if record.spot.slack:
                continue  # a remainder that nobody promised
            if place not in salvage:
                salvage[place] = Salvage(chunks[record.piece], self._budget)
            self._take_damaged(position, record.spot, salvage[place])

    def batch(self) -> Batch:
        """The unit's records and their account."""
        trusted = self._trusted and self._differ <= self._agree
        parts = [*self._sound.told, told(self._told, self._names)]
        return Batch(
            pieces=(*self._sound.pieces(), *self._rows.pieces(raw=self._unit.raw)),
            runs=stretches(parts, self._names, self._unit.source.sha256, trusted=trusted),
            seen=self._seen,
            not_wanted=self._not_wanted,
            unreadable=self._unreadable,
            chunks_bad=self._chunks_bad,
            problem=damage(self._unit.source.path, self._unreadable, self._chunks_bad),
        )

    def _walks(self, block: Block, taken: Taken) -> Iterator[tuple[int, Walk]]:
        """What of each chunk is left to be read one by one."""
        odd = taken.odd.tolist()
        at = 0
        for place, sound in enumerate(taken.sound.tolist()):
            if not sound:
                found = walk(bytes(block.chunk(place)), carve=self._unit.carve)
                self._seen += sum(not spot.slack for spot in found.spots) + found.lost
                self._unreadable += found.lost
            else:
                begin = at
                while at < len(odd) and odd[at] < (place + 1) * CHUNK:
                    at += 1
                if at == begin and not self._unit.carve:
                    found = Walk(())
                else:
                    found = self._left(block, taken, place, odd[begin:at])
            if found.blank:
                self._blank += 1
            else:  # blank chunks count as damage only between others
                self._chunks_bad += found.bad + self._blank
                self._blank = 0
            yield place, found

    def _left(self, block: Block, taken: Taken, place: int, odd: list[int]) -> Walk:
        """The odd records of a sound chunk, and the older ones behind its end."""
        chunk, base = bytes(block.chunk(place)), place * CHUNK
        spots = [spot_at(chunk, at - base) for at in odd]
        if self._unit.carve:
            mine = taken.records[taken.records // CHUNK == place].tolist()
            known = {spot_at(chunk, at - base).record_id for at in mine}
            spots += slack(chunk, int(taken.ends[place]) - base, known)
        return Walk(tuple(spots))

    def _take_text(self, position: int, record: Decoded, text: str, *, sound: bool) -> bool:
        """Sort one text into kept and not wanted; False if it cannot be read after all."""
        event_id, record_id, time, channel, computer = system(text)
        if event_id is None or (record_id is None and time is None):
            return False
        spot = record.spot
        agrees = record_id == spot.record_id and (
            (time or "")[:26] == record.time[:26] or _same_time(time, record.time)
        )
        if event_id in WANTED_IDS:
            try:
                event = orjson.loads(text)["Event"]
                found = kind_and_identity(event)
            except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
                return False
            if found is None:
                return False
            kind, identity = found
            if kind is not None:
                carved = spot.slack or not (sound or agrees)
                self._rows.add(position, kind, identity, fields(event), text, carved=carved)
            else:
                self._not_wanted += 1
        else:
            self._not_wanted += 1
        if not spot.slack:
            self._agree += agrees
            self._differ += not agrees
            if sound or agrees:
                self._told.append(Seen(position, computer, channel, record_id, time))
                self._trusted &= agrees
        return True

    def _take_damaged(self, position: int, spot: Spot, salvage: Salvage) -> None:
        """Ask the other parser; what it cannot read either is unreadable."""
        event = salvage.event(spot)
        found = kind_and_identity(event) if event is not None else None
        if event is None or found is None:
            self._unreadable += 1
            return
        kind, identity = found
        if kind is None:
            self._not_wanted += 1
        else:
            body = orjson.dumps({"Event": event}).decode()
            self._rows.add(position, kind, identity, fields(event), body, carved=True)
        if identity.record_id == spot.record_id:
            self._told.append(
                Seen(
                    position,
                    identity.computer,
                    identity.channel,
                    identity.record_id,
                    identity.time,
                )
            )


def _same_time(body: str | None, header: str) -> bool:
    """True if the two texts are one time, give or take the microsecond that one may round."""
    ours, theirs = time_us(body), time_us(header.removesuffix(" UTC"))
    return ours is not None and theirs is not None and abs(ours - theirs) <= 1
