"""What was done in a session, and where it led: the truth's activities and moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphsess.synth.truth import Row, SessionTruth, luids, stamp
from graphsess.synth.world.clock import iso

if TYPE_CHECKING:
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


@dataclass(eq=False, slots=True)
class Move:
    """A step from a session on one host to the session that it opened on another.

    Attributes:
        traces: What the source logged of it; all that is left where the target is in no evidence.
    """

    origin: SessionTruth
    target: SessionTruth
    traces: list[Draft] = field(default_factory=list)

    def row(self) -> Row:
        """The move as a record of `graphsess moves`."""
        source, target = self.origin.user, self.target.user
        return {
            "from_host": self.origin.host.name,
            "to_host": self.target.host.name,
            "from_user": source.label if source else None,
            "to_user": target.label if target else self.target.attempted_user,
            "from_session_start": stamp(self.origin.start),
            "to_session_start": stamp(self.target.start),
            "source_address": self.target.source_address,
            "kind": self.target.told_kind,
            "start": stamp(self.target.start),
            "outcome": self.target.outcome,
            "credential_switch": bool(source and target and source.sid != target.sid),
        }


@dataclass(eq=False, slots=True)
class Chain:
    """An intrusion's way: sessions in the order in which each was reached, the way in first."""

    name: str
    sessions: list[SessionTruth] = field(default_factory=list)

    def add(self, session: SessionTruth | None) -> None:
        """The next session; none where a desktop never opened."""
        if session and session not in self.sessions:
            self.sessions.append(session)

    def row(self) -> Row:
        """The chain with its hops, of which each names host, user and session."""
        first = self.sessions[0]
        return {
            "name": self.name,
            "entry_address": first.source_address,
            "start": stamp(first.start),
            "hops": [
                {
                    "host": session.host.name,
                    "user": session.user.label if session.user else None,
                    "kind": session.told_kind,
                    "session_start": stamp(session.start),
                }
                for session in self.sessions
            ],
        }
