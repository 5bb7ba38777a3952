"""The account of a unit's records: what is kept, what is not wanted, what cannot be read.

A record's header repeats its id and time. In whole logs both agree with the body; in filtered or
forwarded ones they do not, and then missing ids prove nothing. In a damaged chunk a record that
disagrees with its own header was torn: its parts may stem from two records, so it is marked as
carved and proves nothing about its neighbours.
"""

from __future__ import annotations

import orjson

from graphsess.catalogue import WANTED_IDS
from graphsess.evidence.refusals import damage
from graphsess.readers.base import Batch, Unit
from graphsess.readers.evtx.chunks import CHUNK, Spot, walk
from graphsess.readers.evtx.decode import Decoded, Piece, decoded
from graphsess.readers.evtx.salvage import Budget, Salvage
from graphsess.readers.evtx.scan import system
from graphsess.readers.record import fields, kind_and_identity
from graphsess.readers.rows import Rows
from graphsess.readers.runs import Runs, Seen, time_us


class Account:
    """The records of a unit, told block by block."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._rows = Rows()
        self._runs = Runs(unit.source.sha256)
        self._budget = Budget()
        self._seen = 0
        self._not_wanted = 0
        self._unreadable = 0
        self._chunks_bad = 0
        self._blank = 0
        self._agree = 0
        self._differ = 0

    def take(self, first: int, chunks: list[bytes]) -> None:
        """Account for some chunks, the first of which is the file's `first`th."""
        walks = [walk(chunk, carve=self._unit.carve) for chunk in chunks]
        for found in walks:
            if found.blank:
                self._blank += 1
            else:  # blank chunks count as damage only between others
                self._chunks_bad += found.bad + self._blank
                self._blank = 0
            self._seen += sum(not spot.slack for spot in found.spots) + found.lost
            self._unreadable += found.lost
        pieces = [Piece(chunk, found.spots) for chunk, found in zip(chunks, walks, strict=True)]
        salvage: dict[int, Salvage] = {}
        for record in decoded(pieces):
            place = record.piece
            position = (first + place) * CHUNK + record.spot.offset
            if record.text is not None and self._take_text(
                position, record, record.text, sound=not walks[place].bad
            ):
                self._seen += record.spot.slack
                continue
            if record.spot.slack:
                continue  # a remainder that nobody promised
            if place not in salvage:
                salvage[place] = Salvage(chunks[place], self._budget)
            self._take_damaged(position, record.spot, salvage[place])

    def batch(self) -> Batch:
        """The unit's records and their account."""
        self._runs.trusted &= self._differ <= self._agree
        return Batch(
            events=self._rows.frame(),
            bodies=self._rows.bodies(),
            runs=self._runs.frame(),
            seen=self._seen,
            not_wanted=self._not_wanted,
            unreadable=self._unreadable,
            chunks_bad=self._chunks_bad,
            problem=damage(self._unit.source.path, self._unreadable, self._chunks_bad),
        )

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
                self._runs.add(Seen(position, computer, channel, record_id, time))
                self._runs.trusted &= agrees
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
            self._runs.add(
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
