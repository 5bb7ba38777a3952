"""A screen that shows another desktop: fast user switching (2.4) and tscon hijacks (2.8)."""

from __future__ import annotations

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import activity, companions, leave, reconnect, security, terminal
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import CONSOLE_ACTIVITY, Desktop


def switch_user(desktop: Desktop, at: int) -> None:
    """Fast user switching: the console leaves this desktop and shows a logon screen (2.4)."""
    host = desktop.host
    ends = {
        "4779": security.window_station(
            host, 4779, at, desktop.limited, "Console", "Unknown", terminal.LOCAL
        ),
        "24": terminal.session(
            host, 24, at + host.lag(0.05, 0.2), desktop.owner, desktop.ts_id, CONSOLE_ACTIVITY
        ),
    }
    security.screen(host, 4800, at + host.lag(0.8, 1.0), desktop.limited, desktop.ts_id)
    leave.away(desktop, ends)
    desktop.at_console = False
    companions.new_desktop(host, at + host.lag(0.3, 0.5), at_console=True)


def hijack(victim: Desktop, target: Desktop, at: int) -> None:
    """By tscon as SYSTEM, `victim`'s connection suddenly shows `target`'s desktop. No logon."""
    connection = victim.connection
    if connection is None:
        raise ValueError("a hijack needs a live connection")
    host, peer = victim.host, connection.peer
    address = peer.claims or peer.address
    terminal.disconnected_by(host, at, victim.ts_id, target.ts_id, connection.activity)
    ends = {
        "4779": security.window_station(
            host, 4779, at + seconds(0.02), victim.limited, connection.name, peer.name, address
        ),
        "24": terminal.session(
            host, 24, at + seconds(0.1), victim.owner, victim.ts_id, connection.activity,
            peer.address,
        ),
    }  # fmt: skip
    leave.away(victim, ends)
    command = f"cmd /k tscon {target.ts_id} /dest:{connection.name.lower()}"
    activity.as_system(host, at - seconds(0.2), r"C:\Windows\System32\tscon.exe", command)
    back = at + host.lag(0.45, 0.5)
    opened = security.window_station(
        host, 4778, back, target.limited, connection.name, peer.name, address
    )
    came = terminal.session(
        host, 25, back + seconds(0.2), target.owner, target.ts_id, connection.activity, peer.address
    )
    session = SessionTruth(host, "rdp", target.owner, opened_by="reconnect")
    session.source_address, session.source_port = peer.address, connection.port
    session.peer, session.origin = peer, peer.within
    if opened.kept:
        session.facts["source_name"] = peer.name
    session.logons, session.starts = target.logons, [opened]
    session.flags.add("session_hijack")
    target.connection = connection
    reconnect.came_back(target, session, came, [], back)
