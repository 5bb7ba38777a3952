"""What the Service Control Manager writes: service logons, states, new services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import logs, security
from graphsess.synth.world.accounts import SYSTEM
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.logon import SYSTEM_LUID
from graphsess.synth.world.request import SERVICES, SERVICES_ID, Request

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.logon import Logon


def logon(host: Host, at: int, user: User, luid: int = 0) -> Logon:
    """A type 5 logon for a service; with a `luid` it is one of the constants."""
    made = host.logon(user, 5, at, "system" if luid else "service")
    made.luid, made.elevated = luid, True
    how = Request("Advapi", executable=SERVICES, process_id=SERVICES_ID)
    security.logon(host, at, made, how)
    security.privileges(host, at + seconds(0.0001), made)
    return made


def start(host: Host, at: int, name: str, user: User | None = None) -> Logon:
    """A service starts, as SYSTEM unless told otherwise."""
    if user:
        return run(host, at, name, user).logons[0]
    made = logon(host, at, host.language.builtin(SYSTEM), SYSTEM_LUID)
    state(host, at + host.lag(0.05, 0.4), name, "running")
    return made


def run(host: Host, at: int, name: str, user: User) -> SessionTruth:
    """A service starts under an account of its own: a session that no person opened."""
    made = logon(host, at, user)
    session = SessionTruth(host, "service", user, logons=[made])
    if made.start:
        session.starts, session.auths = [made.start], [made.start]
    host.world.sessions.append(session)
    state(host, at + host.lag(0.05, 0.4), name, "running")
    return session


def stop(host: Host, at: int, name: str, made: Logon) -> None:
    """A service under an account of its own stops; its logon session is destroyed."""
    state(host, at, name, "stopped")
    gone = security.destroyed(host, at + host.lag(0.1, 0.5), made)
    for session in host.world.sessions:
        if made in session.logons:
            session.members, session.end_kind = [gone], "closed"


def state(host: Host, at: int, name: str, what: str) -> Draft:
    """SCM 7036."""
    fields: dict[str, object] = {
        "param1": name,
        "param2": what,
        "Binary": f"{name}/{4 if what == 'running' else 1}\0".encode("utf-16-le"),
    }
    return host.emit(logs.SERVICES, 7036, at, fields)
