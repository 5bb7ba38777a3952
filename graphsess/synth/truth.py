"""What is true in a case: the world's own account, in the fields of graphsess's records.

A session remembers the events that may start, authenticate, open and end it; which of them counts
is decided when the account is closed, among those that are still in the evidence, by R5.3 and
R5.4. `None` where the evidence cannot say it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphsess.synth.world.accounts import ANONYMOUS
from graphsess.synth.world.clock import iso
from graphsess.synth.world.draft import Draft, kept

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.desktop import Peer
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.logon import Logon

Row = dict[str, object]

PROGRAMS = ("network", "wmi", "winrm", "cleartext", "batch", "service", "runas")

# R5.4: the first that exists ends an rdp or console session
END_ORDER = ("23", "24", "40", "4779", "7002", "4647", "103", "nla", "ssh")


@dataclass(eq=False, slots=True)
class SessionTruth:
    """One triage session.

    Attributes:
        starts: Events that belong to its beginning; the earliest is its start.
        auths: Events that prove the credentials, the one that counts most first.
        opens: LSM 21 or 25; else empty.
        ends: By key of `END_ORDER`.
        members: Of a network session: every event of which the last is its end.
        attempt: Of a failed attempt: the events that tell it, the best one (4625) first. It
            starts and ends there; who it was and why is known only from the best one.
        shown_by: Of WMI and WinRM: what tells it from any other network logon. None: it always
            shows.
        instead_of: It is only told where none of these is in the evidence.
        logons: The user's own logons, the limited token first.
        end_kind: None means: still open when the logs were taken.
        peer: The machine from which it was opened, where that is another.
        origin: The session there in which somebody did so.
        traces: What that host logged of it.
        port_in: Of RDP: the records that bear the client's port.
        inferred: An end that no event states: (end, earliest, latest), host clock.
    """

    host: Host
    kind: str
    user: User | None = None
    outcome: str = "established"
    opened_by: str = "logon"
    attempted_user: str | None = None
    source_address: str | None = None
    source_port: int | None = None
    facts: Row = field(default_factory=dict)
    starts: list[Draft] = field(default_factory=list)
    auths: list[Draft] = field(default_factory=list)
    opens: list[Draft] = field(default_factory=list)
    ends: dict[str, Draft] = field(default_factory=dict)
    members: list[Draft] = field(default_factory=list)
    attempt: list[Draft] = field(default_factory=list)
    instead_of: list[Draft] = field(default_factory=list)
    shown_by: list[Draft] | None = None
    end_kind: str | None = None
    inferred: tuple[int, int, int] | None = None
    ts_id: int | None = None
    logons: list[Logon] = field(default_factory=list)
    byproducts: list[Logon] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    previous: SessionTruth | None = None
    parent: SessionTruth | None = None
    peer: Peer | None = None
    origin: SessionTruth | None = None
    traces: list[Draft] = field(default_factory=list)
    port_in: list[Draft] | None = None

    @property
    def start(self) -> Draft | None:
        """The event that starts it."""
        if self.attempt:
            return next(iter(kept(self.attempt)), None)
        return min(kept(self.starts), key=lambda draft: (draft.at, draft.turn), default=None)

    @property
    def end(self) -> Draft | None:
        """The event that ends it."""
        if self.attempt:
            return self.start
        if members := kept(self.members):
            return max(members, key=lambda draft: (draft.at, draft.turn))
        found = (self.ends.get(key) for key in END_ORDER)
        return next((draft for draft in found if draft and draft.kept), None)

    @property
    def witnessed(self) -> bool:
        """True if the evidence can still tell of it."""
        told = [*self.attempt, *self.starts, *self.opens, *self.ends.values(), *self.members]
        if self.of_program and not kept(self.starts):
            return self.account_class == "user" and bool(kept([*self.signs, *self.rights]))
        return bool(kept(told)) and not kept(self.instead_of)

    @property
    def of_program(self) -> bool:
        """True without a desktop: its logons begin and end it, and what is done under them."""
        return not self.attempt and self.kind in PROGRAMS

    @property
    def signs(self) -> list[Draft]:
        """What was done under its logons."""
        gone = [logon.ends.get("4634") for logon in self.logons]
        return [draft for draft in self.members if draft not in gone]

    @property
    def rights(self) -> list[Draft]:
        """The 4672 of its logons."""
        return [logon.right for logon in self.logons if logon.right]

    @property
    def told_by_best(self) -> bool:
        """True unless it is an attempt whose 4625 is lost: then nobody knows who it was."""
        return not self.attempt or self.attempt[0].kept

    @property
    def told_kind(self) -> str:
        """The kind, as far as the evidence shows it."""
        if self.shown_by is not None and not kept(self.shown_by):
            return "network"
        return self.kind

    @property
    def account_class(self) -> str:
        """user, machine or anonymous."""
        if self.user is None or self.user.name[-1:] != "$":
            return "anonymous" if self.user and self.user.sid == ANONYMOUS else "user"
        return "machine"

    def _port(self) -> int | None:
        """The client's port, from the first record left that bears it."""
        if self.port_in is not None:
            return self.source_port if kept(self.port_in) else None
        if not self.of_program:
            return self.source_port if self.start else None
        start = [self.start] if self.start else self.signs
        ports = (str(draft.fields.get("IpPort")) for draft in kept(start))
        return next((int(port) for port in ports if port.isdecimal() and int(port)), None)

    def _end_without_desktop(self) -> str:
        """R2.7, R5.5: by a 4634, else by the last that was done, else nobody knows."""
        gone = [draft for logon in self.logons if (draft := logon.ends.get("4634"))]
        if kept(gone):
            return "closed"
        if kept(self.signs):
            return "inferred"
        return "open_at_end_of_log" if self.kind in ("batch", "service", "runas") else "unobserved"

    def row(self) -> Row:
        """The session as a record of `graphsess sessions`."""
        start, end = self.start, self.end
        end_kind = self.end_kind
        if self.of_program and end_kind in ("closed", "inferred"):
            end_kind = self._end_without_desktop()
        elif end is None and self.inferred is None:
            end_kind = "open_at_end_of_log" if end_kind is None else "unobserved"
        row: Row = {
            "host": self.host.name,
            "kind": self.told_kind,
            "class": self.account_class,
            "outcome": self.outcome,
            "user": self.user.label if self.user else None,
            "sid": self.user.sid if self.user and self.outcome != "failed" else None,
            "attempted_user": self.attempted_user,
            "source_address": self.source_address,
            "source_port": self._port(),
            "start": stamp(start),
            "auth_time": stamp(next(iter(kept(self.auths)), None)),
            "session_time": stamp(next(iter(kept(self.opens)), None)),
            "end": stamp(end),
            "end_kind": end_kind,
            "opened_by": self.opened_by if start else "before_coverage",
            "ts_id": self.ts_id,
            "logon_ids": luids(self.logons),
            "byproduct_logon_ids": luids(self.byproducts),
            "privileged": any(logon.right and logon.right.kept for logon in self.logons),
            "flags": sorted(self.flags),
            "previous_start": stamp(self.previous.start) if self.previous else None,
            "parent_start": stamp(self.parent.start) if self.parent else None,
        }
        if self.inferred and end is None:
            at, earliest, latest = self.inferred
            row |= {"end": iso(at), "end_kind": "inferred"}
            row |= {"end_earliest": iso(earliest), "end_latest": iso(latest)}
        row |= self.facts
        if not self.told_by_best:
            row |= {"user": None, "sid": None, "attempted_user": None}
            row |= {"failure_status": None, "source_name": None}
        return row


@dataclass(eq=False, slots=True)
class Interval:
    """A stretch of a local session, by the events that tell its bounds, the best ones first."""

    first: list[Draft]
    last: list[Draft] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class LocalTruth:
    """One local (TS) session. It spans every disconnect and reconnect.

    Attributes:
        logons: The user's own.
        guests: Of runas programs that Sysmon shows on it.
    """

    host: Host
    ts_id: int
    ordinal: int
    user: User | None = None
    starts: list[Draft] = field(default_factory=list)
    ends: dict[str, Draft] = field(default_factory=dict)
    disconnected: list[Interval] = field(default_factory=list)
    locked: list[Interval] = field(default_factory=list)
    logons: list[Logon] = field(default_factory=list)
    guests: list[Logon] = field(default_factory=list)
    established: bool = True
    inferred: int | None = None

    def row(self) -> Row:
        """The session as a record of `graphsess locals`."""
        found = (self.ends.get(key) for key in ("23", "7002", "40", "4647"))
        end = next((draft for draft in found if draft and draft.kept), None)
        start = next(iter(kept(self.starts)), None)
        alone = start is not None and start.event_id == 7001
        kind = "system_log_only" if alone else "observed" if start else "before_coverage"
        away = intervals(self.disconnected)
        state = "Disconnected" if away and away[-1]["end"] is None else "Active"
        closed = end is not None or self.inferred is not None
        return {
            "host": self.host.name,
            "ts_id": self.ts_id,
            "ordinal": self.ordinal,
            "user": self.user.label if self.user else None,
            "sid": self.user.sid if self.user else None,
            "start": stamp(start),
            "start_kind": kind,
            "end": stamp(end) if end else iso(self.inferred) if self.inferred else None,
            "state": "Closed" if closed else state,
            "established": self.established,
            "logon_ids": luids([*self.logons, *self.guests]),
            "disconnected": away,
            "locked": intervals(self.locked),
        }


def stamp(draft: Draft | None) -> str | None:
    """The event's time as text."""
    return iso(draft.time) if draft else None


def luids(logons: list[Logon]) -> list[str]:
    """Their LUIDs as lower-case hexadecimal text, as far as the evidence names them."""
    return [f"{logon.luid:#x}" for logon in logons if logon.seen]


def intervals(spans: list[Interval]) -> list[dict[str, str | None]]:
    """Intervals of which an event that begins them is still in the evidence."""
    return [
        {"start": stamp(kept(span.first)[0]), "end": stamp(next(iter(kept(span.last)), None))}
        for span in spans
        if kept(span.first)
    ]
