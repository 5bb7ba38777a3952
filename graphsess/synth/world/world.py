"""The world itself: its day, its domain, its people and hosts, and the account of what is true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from graphsess.synth.steps import Chain
from graphsess.synth.world import clock
from graphsess.synth.world.accounts import ENGLISH, Language, User
from graphsess.synth.world.builds import BUILDS
from graphsess.synth.world.desktop import Peer
from graphsess.synth.world.host import DEFAULT_AUDIT, Host

if TYPE_CHECKING:
    from graphsess.synth.steps import Activity
    from graphsess.synth.truth import LocalTruth, SessionTruth
    from graphsess.synth.world.desktop import Desktop

DAY = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday


class World:
    """A small network and its people. Everything random comes from the seed.

    Attributes:
        dc: The domain controller that answers, once one has been added.
        sessions: Every triage session so far, in the order of their making.
        visits: Those over the network, by host, user and kind.
    """

    def __init__(self, seed: int, *, domain: str = "CORP", realm: str = "CORP.EXAMPLE") -> None:
        self.seed = seed
        self.domain = domain
        self.realm = realm
        self.hosts: list[Host] = []
        self.dc: Host | None = None
        self.sessions: list[SessionTruth] = []
        self.locals: list[LocalTruth] = []
        self.activities: list[Activity] = []
        self.visits: dict[tuple[Host, User, str], list[SessionTruth]] = {}
        self.chains: list[Chain] = []
        self._turn = 0
        self._rids: dict[str, int] = {}
        random = Random(f"{seed}|domain")
        self._authority = "-".join(str(random.randrange(10**9, 4 * 10**9)) for _ in range(3))

    def at(self, text: str, *, day: int = 0) -> int:
        """The world's time of `HH:MM[:SS[.f]]` UTC on its day, or `day` days later."""
        hours, minutes, *rest = text.split(":")
        second = float(rest[0]) if rest else 0.0
        whole = DAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))
        return clock.ticks(whole) + clock.seconds(second)

    def turn(self) -> int:
        """The next number in the order of making."""
        self._turn += 1
        return self._turn

    def chain(self, name: str, first: SessionTruth | None) -> Chain:
        """An intrusion that begins in `first`."""
        made = Chain(name)
        made.add(first)
        self.chains.append(made)
        return made

    def user(self, name: str, *, admin: bool = False, split: bool | None = None) -> User:
        """A domain account. An administrator's interactive logons are split unless told."""
        return User(
            name, self.domain, self._sid(self._authority, name), self.realm, admin,
            admin if split is None else split,
        )  # fmt: skip

    def local_user(self, host: Host, name: str, *, admin: bool = False) -> User:
        """An account of one host's own database."""
        random = Random(f"{self.seed}|{host.names[0]}|sid")
        authority = "-".join(str(random.randrange(10**9, 4 * 10**9)) for _ in range(3))
        return User(name, host.short, self._sid(authority, name), "", admin, admin)

    def host(
        self,
        name: str,
        *,
        build: str,
        addresses: list[str],
        audit: frozenset[str] | set[str] = DEFAULT_AUDIT,
        language: Language = ENGLISH,
        absent: frozenset[str] | set[str] = frozenset(),
        dc: bool = False,
        workgroup: bool = False,
        offset: float = 0.0,
    ) -> Host:
        """A computer, switched off. `offset` is how many seconds its clock is ahead."""
        made = Host(
            world=self,
            name=name,
            build=BUILDS[build],
            addresses=addresses,
            domain="WORKGROUP" if workgroup else self.domain,
            audit=frozenset(audit) | DEFAULT_AUDIT,
            language=language,
            absent=frozenset(absent),
            is_dc=dc,
            offset=clock.seconds(offset),
        )
        self.hosts.append(made)
        if dc:
            self.dc = made
        return made

    def machine(self, host: Host) -> User:
        """The host's own account in the domain."""
        name = f"{host.short}$"
        return User(name, self.domain, self._sid(self._authority, name), self.realm, admin=True)

    def outside(self, address: str, name: str, *, zone: int = 0) -> Peer:
        """A client machine that is in no evidence."""
        return Peer(address, name, zone=zone)

    def _sid(self, authority: str, name: str) -> str:
        rid = self._rids.setdefault(f"{authority}|{name}", 1104 + len(self._rids))
        return f"S-1-5-21-{authority}-{rid}"


def beside(host: Host) -> Peer:
    """A host of the world as a client, without a desktop of its own in the evidence."""
    return Peer(host.address, host.short[:15], host=host, kerberos=host.domain != "WORKGROUP")


def behind(desktop: Desktop, session: SessionTruth | None = None) -> Peer:
    """The desktop's host as a client, used from that desktop (or a session inside it)."""
    peer = beside(desktop.host)
    peer.desktop, peer.session = desktop, session
    return peer
