"""What was done in a session, and where it led: the truth's activities, moves and chains."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from graphsess.synth.truth import Row, SessionTruth, luids, stamp
from graphsess.synth.world.clock import iso
from graphsess.synth.world.draft import kept

if TYPE_CHECKING:
    from graphsess.synth.world.desktop import Peer
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.logon import Logon


@dataclass(eq=False, slots=True)
class Activity:
    """An event that is not access, and the session that it belongs to."""

    event: Draft
    what: str
    session: SessionTruth | None
    logon: Logon | None = None
    while_disconnected: bool = False

    def row(self) -> Row:
        """The activity as a record of `graphsess activity`."""
        session = self.session
        return {
            "host": session.host.name if session else self.event.computer,
            "channel": self.event.log.channel,
            "event_id": self.event.event_id,
            "record_id": self.event.record_id,
            "time": iso(self.event.time),
            "what": self.what,
            "logon_id": next(iter(luids([self.logon] if self.logon else [])), None),
            "user": session.user.label if session and session.user else None,
            "kind": session.told_kind if session else None,
            "source_address": session.source_address if session else None,
            "session_start": stamp(session.start) if session else None,
            "while_disconnected": self.while_disconnected,
        }


_CREDENTIALS, _LOGGED_ON = 4648, 1027  # at the source: with whose, and that they were right


def moves(sessions: list[SessionTruth]) -> list[Row]:
    """Each session that was opened from another machine, as a record of `graphsess moves`.

    A target that is in no evidence is told where its origin is, and left a trace there.
    """
    reached = [session for session in sessions if session.peer]
    return [
        _move(session, session.peer)
        for session in reached
        if session.peer
        and (session.witnessed or (_witnessed(session.origin) and kept(session.traces)))
    ]


def _move(session: SessionTruth, peer: Peer) -> Row:
    source, arrived = session.origin, session.witnessed
    machine = peer.machine
    here = machine is not None and any(draft.kept for draft in machine.drafts)
    by = source.user if source and source.witnessed else None
    left = {draft.event_id for draft in kept(session.traces)}
    target = session.user if arrived or _CREDENTIALS in left else None
    typed = session.attempted_user if arrived else None
    return {
        "from_host": machine.name if machine and here else None,
        "to_host": session.host.name,
        "from_user": by.label if by else None,
        "to_user": target.label if target else typed,
        "from_session_start": stamp(source.start) if source and source.witnessed else None,
        "to_session_start": stamp(session.start) if arrived else None,
        "source_address": session.source_address if arrived else None,
        "kind": session.told_kind,
        "start": stamp(session.start if arrived else kept(session.traces)[0]),
        "outcome": session.outcome if arrived or _LOGGED_ON in left else None,
        "credential_switch": by.sid != target.sid if by and target else None,
        "hidden": _hidden(session),
    }


def _hidden(session: SessionTruth) -> str | None:
    """Why it is not shown unless asked for."""
    if session.outcome in ("failed", "denied"):
        return "failed"
    if session.account_class != "user" or "dc_background" in session.flags:
        return "infrastructure"
    if session.origin and session.origin.kind == "service":
        return "service"
    return None


def _witnessed(session: SessionTruth | None) -> bool:
    return session is not None and session.witnessed


@dataclass(eq=False, slots=True)
class Chain:
    """An intrusion: its sessions, the way in first."""

    name: str
    sessions: list[SessionTruth] = field(default_factory=list)

    def add(self, session: SessionTruth | None) -> None:
        """The next session; none where a desktop never opened."""
        if session and session not in self.sessions:
            self.sessions.append(session)

    def rows(self) -> list[Row]:
        """A path from the way in to each session that led to no other, hop by hop.

        A path ends where the evidence loses it; one of a single session is none.
        """
        ways = [
            list(takewhile(lambda step: step.witnessed, _way(session)))
            for session in self.sessions
            if session.origin or session.parent
        ]
        before = {step for way in ways for step in way[:-1]}
        ends = {way[-1]: way for way in ways if len(way) > 1 and way[-1] not in before}
        return [self._row(way) for way in ends.values()]

    def _row(self, way: list[SessionTruth]) -> Row:
        first = way[0]
        return {
            "name": self.name,
            "entry_address": first.source_address,
            "start": stamp(first.start),
            "end": stamp(way[-1].end),
            "hops": [
                {
                    "host": session.host.name,
                    "user": session.user.label if session.user else None,
                    "kind": session.told_kind,
                    "session_start": stamp(session.start),
                }
                for session in way
            ],
        }


def _way(session: SessionTruth) -> list[SessionTruth]:
    """The sessions over which `session` was reached, and itself."""
    way = [session]
    while step := way[0].origin or way[0].parent:
        way.insert(0, step)
    return way
