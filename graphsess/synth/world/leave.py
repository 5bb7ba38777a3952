"""How a desktop is left: logoff, disconnect in its kinds, shutdown (semantics 2.1, 2.2, 2.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.truth import Interval
from graphsess.synth.world import companions, outbound, security, terminal
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import CONSOLE_ACTIVITY, Connection, Desktop

if TYPE_CHECKING:
    from graphsess.synth.world.draft import Draft

BY_USER, BY_LOGOFF, WINDOW = 11, 12, 0
IDLE, TIME_LIMIT, REPLACED, BY_TOOL, LOGOFF_BY_TOOL = 3, 4, 5, 1, 2
_CLIENT_CODES = {WINDOW: 1, BY_USER: 1, IDLE: 3, TIME_LIMIT: 3, REPLACED: 3, BY_TOOL: 3}


def logoff(desktop: Desktop, at: int) -> None:
    """The user logs off, at the console or over RDP."""
    ends = {"4647": security.user_logoff(desktop.host, at, desktop.limited)}
    _logged_off(desktop, at, ends, BY_LOGOFF)


def logoff_by_admin(desktop: Desktop, at: int) -> None:
    """Somebody else logs the user off (`logoff n`): no 4647, LSM reason 2."""
    _logged_off(desktop, at, {}, LOGOFF_BY_TOOL)
    for number, logon in enumerate(desktop.logons):
        security.destroyed(desktop.host, at + seconds(1.2) + number, logon)


def disconnect(desktop: Desktop, at: int, code: int = WINDOW, *, by: int | None = None) -> None:
    """The RDP connection ends, the desktop stays.

    Args:
        desktop: An RDP desktop in use.
        at: When LSM notices.
        code: LSM 40's reason; `BY_USER` for Start > Disconnect and tsdiscon.
        by: TS session of the person or tool that does it, for LSM 39.
    """
    connection = _connection(desktop)
    host, ts_id = desktop.host, desktop.ts_id
    if code == BY_USER or by is not None:
        terminal.disconnected_by(host, at - seconds(0.03), ts_id, ts_id if by is None else by,
                                 connection.activity)  # fmt: skip
    ends = {"40": terminal.reason(host, at, ts_id, code, connection.activity)}
    ends |= _cut(desktop, connection, at, nla_after=host.lag(-1.0, 0.1))
    terminal.method(connection, at + seconds(0.02), "DisconnectNotify")
    ends |= transport_over(connection, at + host.lag(0.06, 0.2), code)
    outbound.ended(connection, at - host.lag(0.01, 0.05), _CLIENT_CODES.get(code, 3))
    away(desktop, ends)


def drop(desktop: Desktop, at: int, *, noticed: int) -> None:
    """The network fails at `at`; the server notices only later (keep-alive, minutes)."""
    connection = _connection(desktop)
    host = desktop.host
    terminal.core(connection, 143, noticed - seconds(0.2), error=121)
    ends = {"40": terminal.reason(host, noticed, desktop.ts_id, WINDOW, connection.activity)}
    ends |= _cut(desktop, connection, noticed, nla_after=host.lag(0.5, 3))
    ends |= transport_over(connection, noticed + seconds(0.02), WINDOW)
    outbound.ended(connection, at + seconds(2), 2308)
    away(desktop, ends)


def at_shutdown(desktop: Desktop, at: int) -> None:
    """The host shuts down: 4647, 23, 7002; no 24, and mostly no 4634."""
    host, user = desktop.host, desktop.owner
    connection = desktop.connection
    activity = connection.activity if connection else CONSOLE_ACTIVITY
    ends = {"4647": security.user_logoff(host, at, desktop.limited)}
    ends["23"] = terminal.session(host, 23, at + seconds(0.05), user, desktop.ts_id, activity)
    ends["7002"] = terminal.notified(host, 7002, at + seconds(0.18), user, desktop.ts_id)
    if connection:
        ends |= transport_over(connection, at + seconds(0.3), BY_LOGOFF)
        outbound.ended(connection, at + seconds(0.4), 3)
    _close(desktop, ends)


def away(desktop: Desktop, ends: dict[str, Draft]) -> None:
    """The triage session is over, by disconnect; the local session goes on without it."""
    if desktop.session and desktop.session.end_kind is None:
        desktop.session.ends |= ends
        desktop.session.end_kind = "disconnect"
    if desktop.local:
        told = [ends[key] for key in ("24", "40", "4779") if key in ends]
        desktop.local.disconnected.append(Interval(told))
    desktop.connection = None


def transport_over(connection: Connection, at: int, code: int) -> dict[str, Draft]:
    """RdpCoreTS 103 and 102."""
    last = terminal.core(connection, 103, at, ReasonCode=code)
    terminal.core(connection, 102, at + seconds(0.01))
    return {"103": last} if last else {}


def named(desktop: Desktop, connection: Connection, window: Draft) -> None:
    """4778 or 4779 tells what the client says of itself, if it is in the evidence."""
    peer = connection.peer
    if desktop.session and window.kept:
        desktop.session.facts["source_name"] = peer.name
        if peer.claims:
            desktop.session.facts["client_reported_address"] = peer.claims


def nla_over(connection: Connection, at: int) -> dict[str, Draft]:
    """4634 of the network logon that had opened the connection (finding 4)."""
    if connection.nla is None or not connection.nla.alive:
        return {}
    return {"nla": security.destroyed(connection.host, at, connection.nla)}


def _cut(desktop: Desktop, connection: Connection, at: int, *, nla_after: int) -> dict[str, Draft]:
    host, peer = desktop.host, connection.peer
    ends = {
        "24": terminal.session(
            host, 24, at + host.lag(0.05, 0.3), desktop.owner, desktop.ts_id, connection.activity,
            peer.address,
        ),
        "4779": security.window_station(
            host, 4779, at + host.lag(0.05, 0.3), desktop.limited, connection.name, peer.name,
            peer.claims or peer.address,
        ),
    }  # fmt: skip
    security.screen(host, 4800, at + host.lag(0.9, 1.1), desktop.limited, desktop.ts_id)
    named(desktop, connection, ends["4779"])
    return ends | nla_over(connection, at + nla_after)


def _logged_off(desktop: Desktop, at: int, ends: dict[str, Draft], code: int) -> None:
    host, user, ts_id = desktop.host, desktop.owner, desktop.ts_id
    connection = desktop.connection
    activity = connection.activity if connection else CONSOLE_ACTIVITY
    t = at + (host.lag(0.002, 0.02) if connection else host.lag(0.02, 0.17))
    ends["23"] = terminal.session(host, 23, t, user, ts_id, activity)
    terminal.profile(host, 3, t + seconds(0.002), user, ts_id)
    terminal.profile(host, 4, t + seconds(0.016), user, ts_id)
    terminal.winlogon(host, t + seconds(0.02), 3, user)
    ends["7002"] = terminal.notified(host, 7002, t + host.lag(0.02, 0.08), user, ts_id)
    over = t + host.lag(0.24, 0.41)
    if connection:
        ends["40"] = terminal.reason(host, over, ts_id, code, activity)
        address = connection.peer.address
        last = over + host.lag(0.1, 0.13)
        ends["24"] = terminal.session(host, 24, last, user, ts_id, activity, address)
        ends |= transport_over(connection, last + seconds(0.001), code)
        ends |= nla_over(connection, last + host.lag(0.01, 0.014))
        outbound.ended(connection, last, 2 if code == BY_LOGOFF else 3)
    elif desktop.at_console:
        terminal.disconnected_by(host, over, ts_id, ts_id)
        ends["40"] = terminal.reason(host, over + seconds(0.001), ts_id, BY_USER, None)
        ends["24"] = terminal.session(host, 24, over + seconds(0.002), user, ts_id, None)
        companions.new_desktop(host, over + host.lag(0.2, 0.6), at_console=True)
    else:  # it was disconnected: nothing shows it any more
        ends["40"] = terminal.reason(host, over, ts_id, code, activity)
    _close(desktop, ends)
    companions.gone(desktop, over + host.lag(0.001, 0.03))
    if code == BY_LOGOFF and host.rng.random() < 0.25:
        late = at + host.lag(4, 157)
        for number, logon in enumerate(desktop.logons):
            security.destroyed(host, late + number, logon)


def _close(desktop: Desktop, ends: dict[str, Draft]) -> None:
    session, local = desktop.session, desktop.local
    if session and session.end_kind is None:
        session.ends |= ends
        session.end_kind = "logoff"
    if local:
        local.ends = {key: ends[key] for key in ("23", "7002", "40", "4647") if key in ends}
        if local.disconnected and not local.disconnected[-1].last:
            local.disconnected[-1].last = [ends[key] for key in ("23", "7002") if key in ends]
    for logon in desktop.logons:
        logon.ends |= {key: ends[key] for key in ("4647", "23", "7002") if key in ends}
    desktop.connection = None
    desktop.boot.desktops.pop(desktop.ts_id, None)


def _connection(desktop: Desktop) -> Connection:
    if desktop.connection is None:
        raise ValueError(f"TS session {desktop.ts_id} of {desktop.host.name} has no connection")
    return desktop.connection
