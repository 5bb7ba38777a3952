"""RDP attempts that end without a desktop (semantics 2.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import (
    companions,
    console,
    dc,
    leave,
    logs,
    outbound,
    rdp,
    security,
    terminal,
)
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import Connection, Desktop, Peer

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host

WRONG_PASSWORD, NO_SUCH_USER, NOT_GRANTED = 0xC000006A, 0xC0000064, 0xC000015B


def attempt(
    host: Host, name: str, at: int, peer: Peer, *, user: User | None = None,
    status: int = WRONG_PASSWORD,
) -> None:  # fmt: skip
    """A wrong password under NLA: 4625 type 3, with the client's address only on newer builds."""
    connection = rdp.connect(host, at, peer)
    if user:
        outbound.started(connection, at, user)
    t = at + host.lag(0.09, 0.12)
    checked = dc.ntlm(host, t - seconds(0.002), name, user, peer.name, status)
    how = rdp.over_network(connection, kerberos=False)
    domain = user.domain if user else ""
    failed = security.failure(host, t, name, domain, 3, status, how)
    told = [failed]
    dc.only_there(checked, host, name, user, status, instead_of=told)
    if host.build.tells_wrong_password:
        wrong = terminal.core(connection, 140, t - seconds(0.004), IPString=peer.address)
        told = [failed, wrong] if wrong else told
        t += host.lag(1.1, 1.3)
        terminal.core(connection, 143, t, error=64)
        terminal.method(connection, t + seconds(0.001), "OnDisconnected")
        leave.transport_over(connection, t + seconds(0.003), 14)
    else:
        leave.transport_over(connection, t + host.lag(0.08, 0.12), 0)
    outbound.ended(connection, t, 2055)
    _failed(connection, told, name, user, status)


def attempt_without_nla(
    host: Host, name: str, at: int, peer: Peer, *, user: User | None = None, typing: float = 8
) -> None:
    """A wrong password at the remote logon screen: 4625 type 10 with the client's address."""
    connection = rdp.connect(host, at, peer)
    desktop = companions.new_desktop(host, at + host.lag(0.1, 0.2))
    rdp.assigned(connection, at + seconds(0.05), desktop.ts_id)
    t = at + seconds(typing)
    how = console.asked(host, peer.address)
    domain = user.domain if user else host.short
    failed = security.failure(host, t, name, domain, 10, WRONG_PASSWORD, how)
    dc.wrong_password(host, user, t - seconds(0.02), [failed])
    closed = t + host.lag(3, 5)
    terminal.reason(host, closed, desktop.ts_id, leave.WINDOW, connection.activity)
    leave.transport_over(connection, closed + seconds(0.05), 0)
    companions.gone(desktop, closed + seconds(0.2))
    _failed(connection, [failed], name, user, WRONG_PASSWORD)


def not_allowed(host: Host, user: User, at: int, peer: Peer) -> None:
    """The right password, but no right to log on through RDP: 4825 names the network logon."""
    connection = rdp.connect(host, at, peer)
    outbound.started(connection, at, user)
    authed = rdp.authenticate(connection, user, at + host.lag(0.09, 0.13), think=0.6)
    session = rdp.truth(connection, user)
    t = authed + host.lag(0.1, 0.2)
    refused = _denied(connection, t, user)
    desktop = companions.new_desktop(host, t + seconds(0.01))
    over = terminal.reason(host, t + host.lag(0.1, 0.2), desktop.ts_id, 9, connection.activity)
    ends = {"40": over}
    ends |= leave.transport_over(connection, over.at + seconds(0.05), 9)
    ends |= leave.nla_over(connection, over.at + seconds(0.08))
    companions.gone(desktop, over.at + seconds(0.2))
    session.outcome, session.opened_by, session.end_kind = "denied", "attempt", "attempt_over"
    session.starts.append(refused)
    session.ends = ends
    session.attempted_user = user.name
    host.world.sessions.append(session)


def probe(host: Host, at: int, peer: Peer) -> None:
    """A scanner: 131 and 139, no attempt to authenticate. No session."""
    connection = rdp.connect(host, at, peer)
    terminal.core(connection, 139, at + seconds(0.05), ResultCode=0x80090304, IPString=peer.address)
    leave.transport_over(connection, at + seconds(0.06), 0)


def tool_leaves_early(host: Host, user: User, at: int, peer: Peer) -> Desktop:
    """A password tool: right password, gone before the desktop comes (SZ, case i).

    The empty TS session lives on; `hanging_logoff` ends it.
    """
    connection = rdp.connect(host, at, peer)
    authed = rdp.authenticate(connection, user, at + seconds(0.1), think=0.45)
    session = rdp.truth(connection, user)
    desktop = companions.new_desktop(host, authed + seconds(0.1))
    desktop.user = user
    rdp.assigned(connection, authed + seconds(0.02), desktop.ts_id)
    gone = authed + host.lag(0.2, 0.3)
    ends = leave.nla_over(connection, gone)
    ends["40"] = terminal.reason(
        host, gone + seconds(0.15), desktop.ts_id, leave.WINDOW, connection.activity
    )
    ends |= leave.transport_over(connection, gone + seconds(0.17), 0)
    desktop.connection = connection
    late = gone + host.lag(1.1, 1.3)
    rdp.desk_tokens(desktop, late, session)
    begin = terminal.session(host, 41, late + seconds(0.02), user, desktop.ts_id,
                             connection.activity)  # fmt: skip
    terminal.session(host, 42, begin.at + seconds(0.01), user, desktop.ts_id, connection.activity)
    terminal.notified(host, 7001, begin.at + seconds(0.02), user, desktop.ts_id)
    terminal.logon_lost(host, begin.at + seconds(0.4), desktop.ts_id, connection.activity)
    _no_shell(desktop, session, ends)
    return desktop


def second_while_hanging(host: Host, user: User, at: int, peer: Peer) -> None:
    """A second connection of the same user while the first session hangs (SZ, case ii)."""
    connection = rdp.connect(host, at, peer)
    authed = rdp.authenticate(connection, user, at + seconds(0.1), think=0.5)
    session = rdp.truth(connection, user)
    desktop = companions.new_desktop(host, authed + seconds(0.15))
    desktop.user, desktop.connection = user, connection
    rdp.assigned(connection, authed + seconds(0.02), desktop.ts_id)
    late = authed + host.lag(0.4, 0.5)
    rdp.desk_tokens(desktop, late, session)
    terminal.session(host, 41, late + seconds(0.02), user, desktop.ts_id, connection.activity)
    over = late + seconds(7.3)
    for number, logon in enumerate(desktop.logons):
        security.destroyed(host, over + number, logon)
    ends = {
        "40": terminal.reason(
            host, over + seconds(0.5), desktop.ts_id, leave.BY_LOGOFF, connection.activity
        )
    }
    ends |= leave.transport_over(connection, over + seconds(0.52), leave.BY_LOGOFF)
    ends |= leave.nla_over(connection, over + seconds(0.55))
    companions.gone(desktop, over + seconds(0.6))
    _no_shell(desktop, session, ends)


def hanging_logoff(desktop: Desktop, at: int) -> None:
    """The empty session of `tool_leaves_early` ends: 4647, 7002, 40 reason 12."""
    host = desktop.host
    ended: dict[str, Draft] = {"4647": security.user_logoff(host, at, desktop.limited)}
    ended["7002"] = terminal.notified(host, 7002, at + seconds(0.05), desktop.owner, desktop.ts_id)
    activity = desktop.connection.activity if desktop.connection else None
    terminal.reason(host, at + seconds(0.3), desktop.ts_id, leave.BY_LOGOFF, activity)
    for logon in desktop.logons:
        logon.ends |= ended
    companions.gone(desktop, at + seconds(0.35))


def _no_shell(desktop: Desktop, session: SessionTruth, ends: dict[str, Draft]) -> None:
    session.outcome, session.opened_by = "authenticated_no_shell", "attempt"
    session.logons, session.ts_id = desktop.logons, desktop.ts_id
    session.ends, session.end_kind = ends, "attempt_over"
    desktop.host.world.sessions.append(session)


def _denied(connection: Connection, at: int, user: User) -> Draft:
    host = connection.host
    fields: dict[str, object] = {
        "AccountName": user.name,
        "AccountDomain": user.domain,
        "LogonID": connection.nla,
        "ClientAddress": connection.peer.address,
    }
    return host.emit(
        logs.SECURITY, 4825, at, fields, task=12551, keywords=logs.AUDIT_FAILURE,
        activity=host.stamp(), process_id=696,
    )  # fmt: skip


def _failed(
    connection: Connection, told: list[Draft], name: str, user: User | None, status: int
) -> None:
    session = rdp.truth(connection, user)
    session.outcome, session.opened_by = "failed", "attempt"
    session.attempted_user = name
    session.starts, session.auths = [], []
    session.attempt, session.end_kind = told, "attempt_over"
    session.facts["failure_status"] = f"{status:#x}"
    connection.host.world.sessions.append(session)
