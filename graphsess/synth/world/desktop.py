"""Desktops (TS sessions), the people at them, and the RDP connections that show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphsess.synth.world.accounts import User
from graphsess.synth.world.logon import Logon

if TYPE_CHECKING:
    from graphsess.synth.truth import LocalTruth, SessionTruth
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Boot, Host

CONSOLE_ACTIVITY = "61A55000-55E5-1017-0000-000000000000"


@dataclass(eq=False, slots=True)
class Peer:
    """The far end of a connection: a client machine, in the case or not.

    Attributes:
        address: As the target sees it; empty for a Hyper-V host, which has none.
        name: The client's own NetBIOS name, at most 15 characters.
        host: The machine, where it is one of the world's.
        desktop: The desktop from which it is done; gives source-side evidence and a move.
        zone: Time zone bias that the client sends (RdpCoreTS 104), in hours.
        kerberos: It authenticates with tickets rather than NTLM.
        session: Where it is done from another logon than the desktop's own (runas, netonly).
        claims: The address that the client says it has (4778), if it differs.
        origin: The client behind a gateway; `address` is then the gateway's.
        via: The gateway's name.
        logon: Under which logon of `session` it acts; None means the first.
    """

    address: str
    name: str
    host: Host | None = None
    desktop: Desktop | None = None
    zone: int = 0
    kerberos: bool = False
    claims: str | None = None
    session: SessionTruth | None = None
    origin: str | None = None
    via: str | None = None
    logon: Logon | None = None

    @property
    def machine(self) -> Host | None:
        """The host of the world that it is."""
        return self.desktop.host if self.desktop else self.host

    @property
    def within(self) -> SessionTruth | None:
        """The session on that host in which it is used."""
        return self.session or (self.desktop.session if self.desktop else None)

    @property
    def acting(self) -> Logon | None:
        """The logon under which it is used there."""
        if self.session:
            return self.logon or self.session.logons[0]
        return self.desktop.elevated if self.desktop else None


@dataclass(eq=False, slots=True)
class Connection:
    """One RDP connection: (host, ActivityID); its name `RDP-Tcp#N` is recycled.

    Attributes:
        connects: 131 and 261.
        auths: 1149 and the 4624 of its network logon.
        client_activity: ActivityID at the source.
        client_id: PID of mstsc at the source.
        ticket: LogonGuid of the DC's 4769; no 4624 of type 3 ever bears it (finding 7).
        traces: What the source logs of it.
    """

    host: Host
    peer: Peer
    port: int
    activity: str | None
    number: int
    connects: list[Draft] = field(default_factory=list)
    auths: list[Draft] = field(default_factory=list)
    nla: Logon | None = None
    client_activity: str | None = None
    client_id: int = 0
    ticket: str = ""
    station: str = "RDP-Tcp"
    traces: list[Draft] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As in 4778/4779 SessionName."""
        return f"{self.station}#{self.number}"


@dataclass(eq=False, slots=True)
class Desktop:
    """One instance of a TS session: key (host, boot, ts_id, ordinal).

    Attributes:
        logons: The user's own logons, the limited token first.
        companions: DWM-n and UMFD-n.
        connection: What shows it now; None at the console or while disconnected.
        session: The triage session that is open on it now.
        notified: System 7001 of its logon.
        shell_id: PID of its Explorer.
    """

    host: Host
    boot: Boot
    ts_id: int
    companions: list[Logon]
    user: User | None = None
    logons: list[Logon] = field(default_factory=list)
    connection: Connection | None = None
    local: LocalTruth | None = None
    session: SessionTruth | None = None
    at_console: bool = False
    notified: Draft | None = None
    shell_id: int = 0

    @property
    def limited(self) -> Logon:
        """The logon that 4647, 4778, 4779 and 4800-4803 name (finding 3)."""
        return self.logons[0]

    @property
    def elevated(self) -> Logon:
        """The full token: the other half of the pair, or the only logon."""
        return self.logons[-1]

    @property
    def owner(self) -> User:
        """The user, of a desktop that has one."""
        if self.user is None:
            raise ValueError(f"TS session {self.ts_id} of {self.host.name} has no user")
        return self.user
