"""Coming back to a desktop: reconnects, takeovers, hijacks (semantics 2.7, 2.8).

A reconnect opens a new triage session in the same local session, and makes throw-away logons:
type 7 on some builds, a type 10 pair with a temporary TS session on others (finding 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import (
    companions,
    console,
    dc,
    leave,
    outbound,
    rdp,
    security,
    terminal,
)
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import CONSOLE_ACTIVITY, Connection, Desktop, Peer
from graphsess.synth.world.request import LSASS, Request

if TYPE_CHECKING:
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.logon import Logon


def over_rdp(desktop: Desktop, at: int, peer: Peer, *, think: float = 1.5) -> None:
    """The user comes back over RDP: to a disconnected desktop, or taking over a live one."""
    host, user = desktop.host, desktop.owner
    connection = rdp.connect(host, at, peer)
    outbound.started(connection, at, user)
    authed = rdp.authenticate(connection, user, at + host.lag(0.3, 0.6), think=think)
    session = rdp.truth(connection, user)
    if host.build.reconnect_type == 10:
        back = _by_temporary_session(desktop, connection, session, authed)
    else:
        back = _by_unlock(desktop, connection, session, authed)
    outbound.signed_on(connection, back + seconds(0.1), desktop.ts_id)


def at_console(desktop: Desktop, at: int) -> None:
    """The user of an RDP desktop sits down at the machine: RDP -> console (case d)."""
    host, user, ts_id = desktop.host, desktop.owner, desktop.ts_id
    if desktop.connection:
        _displaced(desktop, at, None)
    old = host.running.console
    session = SessionTruth(host, "console", user, opened_by="reconnect", ts_id=ts_id)
    back = at + host.lag(0.7, 0.9)
    came = terminal.session(host, 25, back, user, ts_id, CONSOLE_ACTIVITY)
    session.starts.append(
        security.window_station(
            host, 4778, back + seconds(0.1), desktop.limited, "Console", "Unknown", terminal.LOCAL
        )
    )
    unlock = back + host.lag(0.5, 0.9)
    made = _type_7(desktop, unlock, console.asked(host, console.HERE))
    security.screen(host, 4801, unlock + host.lag(0.05, 0.1), desktop.limited, ts_id)
    came_back(desktop, session, came, made, back)
    desktop.at_console, host.running.console = True, desktop
    if old and old is not desktop and old.user is None:
        companions.gone(old, back + seconds(0.3))


def _by_unlock(desktop: Desktop, connection: Connection, session: SessionTruth, authed: int) -> int:
    host, ts_id = desktop.host, desktop.ts_id
    rdp.assigned(connection, authed + seconds(0.02), ts_id)
    if desktop.connection or desktop.at_console:
        _displaced(desktop, authed + host.lag(0.1, 0.3), connection)
        _give_up_console(desktop, authed + host.lag(0.5, 0.7))
    else:
        terminal.reason(host, authed + host.lag(0.05, 0.2), ts_id, leave.REPLACED,
                        connection.activity)  # fmt: skip
    back = authed + host.lag(0.8, 1.2)
    desktop.connection = connection
    _window(desktop, connection, session, back - host.lag(0.2, 0.4))
    came = terminal.session(
        host, 25, back, desktop.owner, ts_id, connection.activity, connection.peer.address
    )
    unlock = back + host.lag(0.7, 1.0)
    made = _type_7(desktop, unlock, console.asked(host, connection.peer.address))
    made += _type_7(desktop, unlock + host.lag(0.3, 0.4),
                    Request("Negotiat", executable=LSASS, process_id=696))  # fmt: skip
    security.screen(host, 4801, unlock + host.lag(0.1, 0.2), desktop.limited, ts_id)
    came_back(desktop, session, came, made, back)
    return back


def _by_temporary_session(
    desktop: Desktop, connection: Connection, session: SessionTruth, authed: int
) -> int:
    host, ts_id, peer = desktop.host, desktop.ts_id, connection.peer
    activity = connection.activity
    temporary = companions.new_desktop(host, authed + host.lag(0.5, 0.7))
    temporary.user, temporary.connection = desktop.owner, connection
    rdp.assigned(connection, authed + seconds(0.02), temporary.ts_id)
    asked = authed + host.lag(2.4, 2.6)
    rdp.desk_tokens(temporary, asked, session)
    terminal.session(host, 41, asked + seconds(0.02), desktop.owner, temporary.ts_id, activity)
    live = desktop.connection is not None or desktop.at_console
    if live:
        _displaced(desktop, asked + seconds(0.25), connection)
    else:
        terminal.reason(host, asked + seconds(0.25), ts_id, leave.REPLACED, activity)
    terminal.reason(host, asked + seconds(0.87), temporary.ts_id, leave.WINDOW, activity)
    if live:
        displaced = CONSOLE_ACTIVITY if desktop.at_console else activity
        terminal.reason(host, asked + seconds(1.22), ts_id, leave.REPLACED, displaced)
    _give_up_console(desktop, asked + seconds(1.6))
    back = asked + host.lag(2.7, 2.8)
    desktop.connection = connection
    _window(desktop, connection, session, back - seconds(0.9))
    came = terminal.session(host, 25, back, desktop.owner, ts_id, activity, peer.address)
    terminal.session(host, 42, back + seconds(0.0006), desktop.owner, temporary.ts_id, activity)
    for number, logon in enumerate(temporary.logons):
        security.destroyed(host, back + seconds(0.18) + number, logon)
    security.screen(host, 4801, back + seconds(0.25), desktop.limited, ts_id)
    companions.gone(temporary, back + seconds(0.54))
    came_back(desktop, session, came, temporary.logons, back)
    return back


def _give_up_console(desktop: Desktop, at: int) -> None:
    """The console gets a new TS session once its old one is shown elsewhere."""
    if desktop.at_console:
        desktop.at_console = False
        companions.new_desktop(desktop.host, at, at_console=True)


def _type_7(desktop: Desktop, at: int, how: Request) -> list[Logon]:
    host, user = desktop.host, desktop.owner
    guid = dc.interactive(host, at, user)
    security.explicit(host, at, user, how, guid=guid)
    made = console.tokens(host, at + seconds(0.0002), user, 7, how, guid)
    for number, logon in enumerate(made):
        security.destroyed(host, at + host.lag(0.15, 0.3) + number, logon)
    return made


def _window(desktop: Desktop, connection: Connection, session: SessionTruth, at: int) -> None:
    peer = connection.peer
    draft = security.window_station(
        desktop.host, 4778, at, desktop.limited, connection.name, peer.name,
        peer.claims or peer.address,
    )  # fmt: skip
    session.starts.append(draft)
    if draft.kept:
        session.facts["source_name"] = peer.name
        if peer.claims:
            session.facts["client_reported_address"] = peer.claims


def _displaced(desktop: Desktop, at: int, by: Connection | None) -> None:
    """What was there is pushed out. On an RDP takeover 40 and 24 bear the new ActivityID."""
    host, user, ts_id = desktop.host, desktop.owner, desktop.ts_id
    old = desktop.connection
    if old is None:
        where: str | None = CONSOLE_ACTIVITY
        name, client, address = "Console", "Unknown", terminal.LOCAL
    else:
        where = by.activity if by else old.activity
        name, client, address = old.name, old.peer.name, old.peer.address
    ends: dict[str, Draft] = {"40": terminal.reason(host, at, ts_id, leave.REPLACED, where)}
    claimed = old.peer.claims or address if old else address
    ends["4779"] = security.window_station(
        host, 4779, at + seconds(0.12), desktop.limited, name, client, claimed
    )
    ends["24"] = terminal.session(host, 24, at + seconds(0.45), user, ts_id, where, address)
    if old:
        leave.named(desktop, old, ends["4779"])
        ends |= leave.transport_over(old, at + seconds(0.5), leave.REPLACED)
        ends |= leave.nla_over(old, at + host.lag(0.6, 2.5))
        outbound.ended(old, at + seconds(0.5), 3)
    leave.away(desktop, ends)


def came_back(
    desktop: Desktop,
    session: SessionTruth,
    came: Draft,
    made: list[Logon],
    at: int,
) -> None:
    """The desktop is shown again: a new triage session in the same local session."""
    host = desktop.host
    session.opened_by, session.ts_id = "reconnect", desktop.ts_id
    session.starts.append(came)
    session.opens, session.logons = [came], desktop.logons
    session.previous = desktop.session
    desktop.session = session
    console.byproduct(desktop, made, "reconnect")
    gaps = desktop.local.disconnected if desktop.local else []
    if gaps and not gaps[-1].last:
        windows = [draft for draft in session.starts if draft.event_id == 4778]
        gaps[-1].last = [came, *windows, *session.starts]
    for logon in made:
        if logon.alive:
            security.destroyed(host, at + host.lag(0.5, 1.5), logon)
    host.world.sessions.append(session)
