"""Other credentials inside a session, and logons of programs (semantics 2.9, 1.1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import activity, console, security
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.request import CONSENT, SVCHOST, Request

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.desktop import Desktop, Peer
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.logon import Logon

HERE = "::1"
W3WP = r"C:\Windows\System32\inetsrv\w3wp.exe"


def run_as(desktop: Desktop, user: User, at: int, path: str) -> SessionTruth:
    """Runas: 4648 by the user, a type 2 logon by seclogo, the program under the new LUID."""
    host = desktop.host
    how = Request(
        "seclogo", workstation=host.short, address=HERE, port="0", executable=SVCHOST,
        process_id=host.pid(), asker=desktop.limited,
    )  # fmt: skip
    first = security.explicit(host, at, user, how)
    made = console.tokens(host, at + seconds(0.0002), user, 2, how, "")
    return _inner(desktop, user, made, [first], at, path)


def net_only(desktop: Desktop, outbound: User, at: int, path: str) -> SessionTruth:
    """Runas /netonly or pass the hash: type 9; same person here, another on the network."""
    host, owner = desktop.host, desktop.owner
    how = Request(
        "seclogo", workstation="-", address=HERE, port="0", executable=SVCHOST,
        process_id=host.pid(), asker=desktop.elevated, outbound=(outbound.name, outbound.domain),
    )  # fmt: skip
    made = host.logon(owner, 9, at, "session")
    made.elevated = desktop.elevated.elevated
    if owner.admin:
        security.privileges(host, at - seconds(0.00005), made)
    security.logon(host, at, made, how)
    session = _inner(desktop, owner, [made], [], at, path)
    session.facts["outbound_user"] = outbound.label
    return session


def end(session: SessionTruth, at: int) -> None:
    """The last program of a runas session exits: its logons are destroyed."""
    for number, logon in enumerate(session.logons):
        session.members.append(security.destroyed(session.host, at + number, logon))
    session.end_kind = "closed"


def consent(desktop: Desktop, admin: User, at: int, path: str, *, cached: bool = False) -> None:
    """UAC asks for an administrator's password: a CredPro pair, part of the desktop's session."""
    host = desktop.host
    how = Request(
        "CredPro", workstation=host.short, address=HERE, port="0", executable=CONSENT,
        process_id=host.pid(),
    )  # fmt: skip
    security.explicit(host, at, admin, how)
    made = console.tokens(host, at + seconds(0.0002), admin, 11 if cached else 2, how, "")
    console.byproduct(desktop, made, "elevation")
    draft = activity.process_of(
        host, at + host.lag(0.2, 0.5), made[-1], path, path, ts_id=desktop.ts_id
    )
    activity.note(draft, path, desktop.session, made[-1])


def batch(host: Host, user: User, at: int, path: str, *, runs: float = 30) -> SessionTruth:
    """A scheduled task with stored credentials: type 4."""
    how = Request("Advapi", workstation=host.short, executable=SVCHOST, process_id=0x4A8)
    return _program(host, user, 4, at, how, "batch", path, runs)


def basic_auth(host: Host, user: User, at: int, peer: Peer, *, stays: float = 20) -> SessionTruth:
    """IIS with basic authentication: type 8, the password went over the wire."""
    port = host.rng.randrange(49_152, 65_535)
    how = Request(
        "Advapi", workstation=host.short, address=peer.address, port=str(port), executable=W3WP,
        process_id=0xB34,
    )  # fmt: skip
    session = _program(host, user, 8, at, how, "cleartext", "", stays)
    session.source_address, session.source_port = peer.address, port
    session.peer, session.origin = peer, peer.within
    return session


def _inner(
    desktop: Desktop, user: User, made: list[Logon], first: list[Draft], at: int, path: str
) -> SessionTruth:
    host = desktop.host
    session = SessionTruth(host, "runas", user, logons=made, parent=desktop.session)
    session.auths = [logon.start for logon in reversed(made) if logon.start]
    session.starts = [*first, *session.auths]
    host.world.sessions.append(session)
    draft = activity.process_of(
        host, at + host.lag(0.05, 0.2), made[0], path, path, ts_id=desktop.ts_id
    )
    activity.note(draft, path, session, made[0])
    session.members += draft.forms
    if draft.twin and desktop.local:  # Sysmon shows that it runs on this desktop
        desktop.local.guests += made
    return session


def _program(
    host: Host, user: User, kind: int, at: int, how: Request, name: str, path: str, runs: float
) -> SessionTruth:
    made = host.logon(user, kind, at, name)
    made.elevated = user.admin
    if user.admin:
        security.privileges(host, at - seconds(0.00005), made)
    start = security.logon(host, at, made, how)
    session = SessionTruth(host, name, user, logons=[made], starts=[start], auths=[start])
    host.world.sessions.append(session)
    if path:
        draft = activity.process_of(host, at + host.lag(0.02, 0.1), made, path, path,
                                    parent=SVCHOST)  # fmt: skip
        activity.note(draft, path, session, made)
        session.members += draft.forms
    session.members.append(security.destroyed(host, at + seconds(runs), made))
    session.end_kind = "closed"
    return session
