"""A computer: its clock, its boots, its channels, and the one way to write an event."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from graphsess.synth.world import clock
from graphsess.synth.world.accounts import ENGLISH, SYSTEM, Language, User
from graphsess.synth.world.builds import Build
from graphsess.synth.world.draft import Draft
from graphsess.synth.world.logon import FIRST_LUID, Logon

if TYPE_CHECKING:
    from graphsess.synth.world.desktop import Desktop
    from graphsess.synth.world.logs import Log
    from graphsess.synth.world.world import World

_LOW_48 = (1 << 48) - 1
_PIDS = 120_000  # process ids lie below
DEFAULT_AUDIT = frozenset({"logon"})


@dataclass(eq=False, slots=True)
class Boot:
    """One run of a host's kernel. LUIDs and TS session ids mean nothing outside it.

    Attributes:
        start: The world's time of the kernel's start.
        start_time: The same by the host's clock: Kernel-General 12 StartTime.
        stamp: What Security ActivityIDs count up from: the start, and up to 2 s (finding 2).
        end_time: By the host's clock; None while it runs.
        end_kind: clean, crash or unknown.
        freed: When each TS session id became free again.
        pids: Process ids that were given out.
        process_guids: Sysmon's name of each process.
    """

    start: int
    start_time: int
    stamp: int
    end_time: int | None = None
    end_kind: str = "unknown"
    logons: list[Logon] = field(default_factory=list)
    desktops: dict[int, Desktop] = field(default_factory=dict)
    console: Desktop | None = None
    connections: int = 0
    ordinals: dict[int, int] = field(default_factory=dict)
    freed: dict[int, int] = field(default_factory=dict)
    pids: set[int] = field(default_factory=set)
    process_guids: dict[int, str] = field(default_factory=dict)

    def free_ts_id(self, at: int) -> int:
        """The lowest TS session id not in use: 1 for the first console, 2 and up for others."""
        first = 2 if self.ordinals else 1
        return next(
            n for n in range(first, 65536) if n not in self.desktops and self.freed.get(n, at) <= at
        )


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A System record that can only be written once the log service runs again."""

    log: Log
    event_id: int
    logged: int
    fields: dict[str, object]
    version: int = 0


@dataclass(eq=False)
class Host:
    """A computer of the world.

    Attributes:
        name: Fully qualified, as in System/Computer.
        build: What its Windows writes.
        addresses: Its own, the one now in use first.
        audit: Names of audit policies that are on: `logon` (always), `other_logon` (4778/4779,
            4800-4803), `process` (4688), `share` (5140, 5145), `task` (4698), `service` (4697),
            `flow` (5156), `ntlm` (8001), `sysmon` (it runs there).
        absent: Channels (or parts of their names) that write nothing.
        offset: How far its clock is ahead of the world's, in 100 ns.
        unwritten: System records that wait for the next start of the log service.
    """

    world: World
    name: str
    build: Build
    addresses: list[str]
    domain: str
    audit: frozenset[str] = DEFAULT_AUDIT
    language: Language = ENGLISH
    absent: frozenset[str] = frozenset()
    is_dc: bool = False
    boot: Boot | None = None
    boots: list[Boot] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    offset: int = 0
    rng: Random = field(init=False)
    unwritten: list[Unwritten] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = Random(f"{self.world.seed}|{self.name}")
        self.names.append(self.name)

    @property
    def short(self) -> str:
        """NetBIOS name, upper case."""
        return self.name.split(".")[0].upper()

    @property
    def address(self) -> str:
        """The address now in use."""
        return self.addresses[0]

    @property
    def machine(self) -> User:
        """SYSTEM, under the name that events of this host give it as a subject."""
        return User(f"{self.short}$", self.domain, SYSTEM)

    @property
    def running(self) -> Boot:
        """The current boot.

        Raises:
            ValueError: a script uses a host that is off.
        """
        if self.boot is None:
            raise ValueError(f"{self.name} is not running")
        return self.boot

    def now(self, at: int) -> int:
        """What this host's clock says at the world's time `at`."""
        return at + self.offset

    def lag(self, low: float, high: float) -> int:
        """A length of time between `low` and `high` seconds, 100 ns precise."""
        return self.rng.randint(clock.seconds(low), clock.seconds(high))

    def pid(self) -> int:
        """A process id that nothing else has had in this boot."""
        found = self.rng.randrange(1200, _PIDS, 4)
        if self.boot is not None:
            while found in self.boot.pids:
                found = self.rng.randrange(1200, _PIDS, 4)
            self.boot.pids.add(found)
        return found

    def guid(self) -> str:
        """A random GUID, upper case, without braces."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4)).upper()

    def rdp_activity(self) -> str | None:
        """A new RDP connection's ActivityID; None on builds that leave it empty."""
        return f"F420{self.guid()[4:-4]}0000" if self.build.activities else None

    def stamp(self) -> str | None:
        """An ActivityID for a Security record: the boot's start plus a small counter."""
        if not self.build.stamps or self.boot is None:
            return None
        base = self.boot.stamp & _LOW_48
        last = (self.boot.stamp + self.rng.randrange(0x40, 0x4000)).to_bytes(8, "little").hex()
        head = f"{base & 0xFFFFFFFF:08x}-{base >> 32:04x}-{self.rng.choice((0, 0, 1, 4)):04x}"
        return f"{head}-{last[:4]}-{last[4:]}".upper()

    def logon(self, user: User, logon_type: int, at: int, role: str) -> Logon:
        """A new logon session of the current boot; its 4624 is for the caller to write."""
        made = Logon(user, logon_type, at, role)
        self.running.logons.append(made)
        return made

    def emit(
        self,
        log: Log,
        event_id: int,
        at: int,
        fields: dict[str, object] | None = None,
        *,
        version: int = 0,
        activity: str | None = None,
        user_sid: str | None = None,
        process_id: int = 4,
        task: int | None = None,
        keywords: int | None = None,
        policy: str = "logon",
        logged: int | None = None,
    ) -> Draft:
        """Write one event at the world's time `at`, if policy and channel let it be written.

        `logged` is the world's time that the record bears where it was written down later.
        """
        absent = any(part.lower() in log.channel.lower() for part in self.absent)
        written = policy in self.audit and not absent
        draft = Draft(
            at=at,
            turn=self.world.turn(),
            time=self.now(at if logged is None else logged),
            log=log,
            event_id=event_id,
            version=version,
            computer=self.name,
            fields=fields or {},
            activity=activity,
            user_sid=user_sid or log.user_sid,
            process_id=process_id,
            task=log.task if task is None else task,
            opcode=log.opcode,
            keywords=log.keywords if keywords is None else keywords,
            written=written,
            kept=written,
        )
        self.drafts.append(draft)
        return draft

    def settle(self) -> None:
        """Give out LUIDs in the order of birth and record ids in the order of writing."""
        for boot in self.boots:
            value = FIRST_LUID + self.rng.randrange(0x1000)
            for made in sorted(boot.logons, key=lambda logon: logon.at):
                if not made.luid:
                    twin = made.linked is not None and made.linked.luid != 0
                    value += self.rng.randrange(0x12, 0x120 if twin else 0x9000)
                    made.luid = value
        last: dict[str, int] = {}
        for field_ in (v for d in self.drafts if d.kept for v in d.fields.values()):
            if isinstance(field_, Logon):
                field_.seen = True
        written = (draft for draft in self.drafts if draft.written)
        for draft in sorted(written, key=lambda draft: (draft.at, draft.turn)):
            channel = draft.log.channel
            base = last.get(channel, self.rng.randrange(40, 90_000))
            last[channel] = draft.record_id = base + 1

    def drop(self, channel: str, since: int | None = None, until: int | None = None) -> None:
        """Take records of a channel out of the evidence: those in [since, until), world time."""
        for draft in self.drafts:
            if (
                draft.log.channel == channel
                and (since is None or draft.at >= since)
                and (until is None or draft.at < until)
            ):
                draft.kept = False
