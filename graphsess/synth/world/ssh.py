"""OpenSSH for Windows: what sshd writes itself, and what LSA writes for it (semantics 2.9).

Its PID joins everything: OpenSSH 4's Execution ProcessID, the virtual account `sshd_PID`, and
ProcessId of 4624 and 4625. sshd looks every user up before he has authenticated, by a type 3
logon that is no login (finding 15).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import activity, logs, security
from graphsess.synth.world.accounts import User
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.request import Request

if TYPE_CHECKING:
    from graphsess.synth.world.desktop import Peer
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.logon import Logon

SSHD = r"C:\Program Files\OpenSSH-Win64\sshd.exe"
_VIRTUAL = "S-1-5-111-3847866527-469524349-687026318-516638107-1125189541-{}"


@dataclass(eq=False, slots=True)
class Connection:
    """One SSH connection: (host, sshd PID, peer).

    Attributes:
        virtual: The `sshd_PID` logon, a companion.
        lookup: The latest S4U look-up of a user.
        told: Look-ups that an attempt's account already names.
        session: The session that an accepted login opened.
    """

    host: Host
    peer: Peer
    pid: int
    port: int
    connected: Draft
    virtual: Logon
    lookup: Logon | None = None
    session: SessionTruth | None = None
    made: Logon | None = None
    told: list[Logon] = field(default_factory=list)


def connect(host: Host, at: int, peer: Peer) -> Connection:
    """sshd forks for a new connection."""  # noqa: D403 - a program's name
    pid, port = host.pid(), host.rng.randrange(49_152, 65_535)
    text = f"Connection from {peer.address} port {port} on {host.address} port 22"
    connected = _say(host, at, pid, text)
    user = User(f"sshd_{pid}", "VIRTUAL USERS", _VIRTUAL.format(pid))
    how = Request("Advapi", executable=SSHD, process_id=pid, virtual=True)
    security.explicit(host, at + seconds(0.07), user, how)
    virtual = host.logon(user, 5, at + seconds(0.0701), "companion")
    security.logon(host, at + seconds(0.0701), virtual, how)
    return Connection(host, peer, pid, port, connected, virtual)


def wrong_password(connection: Connection, name: str, at: int, user: User | None = None) -> None:
    """A wrong password: 4625 type 8 and, within a millisecond, the text "Failed password"."""
    host, peer = connection.host, connection.peer
    if user:
        _look_up(connection, user, at - seconds(4))
    how = Request("Advapi", workstation=host.short, executable=SSHD, process_id=connection.pid)
    status = 0xC000006A if user else 0xC0000064
    logged = f"{name}@{user.realm.lower()}" if user else "NOUSER"
    failed = security.failure(host, at, logged, "", 8, status, how)
    kind = "" if user else "invalid user "
    text = f"Failed password for {kind}{name} from {peer.address} port {connection.port} ssh2"
    said = _say(host, at + seconds(0.0001), connection.pid, text)
    session = _session(connection, user)
    session.outcome, session.opened_by, session.attempted_user = "failed", "attempt", name
    session.attempt, session.end_kind = [failed, said], "attempt_over"
    session.facts["failure_status"] = f"{status:#x}"
    if connection.lookup and connection.lookup not in connection.told:
        session.byproducts = [connection.lookup]
        connection.told.append(connection.lookup)
    host.world.sessions.append(session)


def accept(connection: Connection, user: User, at: int, *, key: bool = False) -> SessionTruth:
    """The user gets in: by password (a type 8 logon) or by key (another type 3 of sshd)."""
    host, peer = connection.host, connection.peer
    lookup = _look_up(connection, user, at - seconds(2))
    session = _session(connection, user)
    session.byproducts = [] if lookup in connection.told else [lookup]
    made = host.logon(user, 3 if key else 8, at - seconds(0.01), "net_logon")
    made.elevated = user.admin
    how = Request(
        "sshd" if key else "Advapi", "Kerberos" if key else "Negotiate",
        workstation=host.short, executable=SSHD, process_id=connection.pid,
    )  # fmt: skip
    security.logon(host, at - seconds(0.01), made, how)
    word = "publickey" if key else "password"
    text = f"Accepted {word} for {_typed(user)} from {peer.address} port {connection.port} ssh2"
    accepted = _say(host, at, connection.pid, text)
    session.starts = [connection.connected, accepted, *([made.start] if made.start else [])]
    session.auths, session.logons = [accepted], [made]
    connection.session, connection.made = session, made
    host.world.sessions.append(session)
    shell = activity.process_of(
        host, at + host.lag(0.2, 0.4), made, r"C:\Windows\System32\cmd.exe", "cmd.exe", parent=SSHD
    )
    activity.note(shell, "cmd.exe", session, made)
    return session


def close(connection: Connection, at: int) -> None:
    """The client hangs up; the logons are destroyed."""
    host, peer, session = connection.host, connection.peer, connection.session
    name = _typed(session.user) if session and session.user else ""
    where = f"{peer.address} port {connection.port}"
    if session:
        text = f"Received disconnect from {where}:11: disconnected by user"
        session.ends["ssh"] = _say(host, at, connection.pid, text)
        session.end_kind = "closed"
        _say(host, at + seconds(0.0002), connection.pid, f"Disconnected from user {name} {where}")
    else:
        _say(host, at, connection.pid, f"Connection closed by {where} [preauth]")
    t = at + host.lag(0.02, 0.3)
    for logon in (connection.made, connection.lookup, connection.virtual):
        if logon and logon.alive:
            security.destroyed(host, t, logon)
            t += seconds(0.001)


def _look_up(connection: Connection, user: User, at: int) -> Logon:
    host = connection.host
    if connection.lookup and connection.lookup.user == user:
        return connection.lookup
    how = Request(
        "sshd", "Kerberos", workstation=host.short, executable=SSHD, process_id=connection.pid
    )
    made = host.logon(user, 3, at + seconds(0.0001), "s4u")
    made.guid = host.guid()
    security.explicit(host, at, user, how, guid=made.guid)
    security.logon(host, at + seconds(0.0001), made, how)
    connection.lookup = made
    return made


def _session(connection: Connection, user: User | None) -> SessionTruth:
    session = SessionTruth(connection.host, "ssh", user, peer=connection.peer)
    session.origin = connection.peer.within
    session.source_address = connection.peer.address
    session.source_port = connection.port
    return session


def _typed(user: User) -> str:
    return f"{user.domain.lower()}\\\\{user.name}" if user.realm else user.name


def _say(host: Host, at: int, pid: int, text: str) -> Draft:
    return host.emit(logs.SSH, 4, at, {"process": "sshd", "payload": text}, process_id=pid)
