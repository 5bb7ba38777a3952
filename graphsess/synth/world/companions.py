"""The accounts that come with a TS session: DWM-n and, since Windows 10, UMFD-n."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.world import security
from graphsess.synth.world.accounts import User
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import Desktop
from graphsess.synth.world.request import WININIT, WINLOGON, Request

if TYPE_CHECKING:
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.logon import Logon


def new_desktop(host: Host, at: int, *, at_console: bool = False) -> Desktop:
    """A TS session with its companions, still without a user."""
    boot = host.running
    ts_id = boot.free_ts_id(at)
    boot.ordinals[ts_id] = boot.ordinals.get(ts_id, 0) + 1
    desktop = Desktop(host, boot, ts_id, [], at_console=at_console)
    boot.desktops[ts_id] = desktop
    if at_console:
        boot.console = desktop
    if host.build.font_driver:
        desktop.companions += font_driver(host, at, ts_id)
    if host.build.window_manager:
        desktop.companions += window_manager(host, at + host.lag(0.05, 0.3), ts_id)
    return desktop


def font_driver(host: Host, at: int, ts_id: int) -> list[Logon]:
    """UMFD-n: one logon without rights."""
    name = host.language.font_driver_host
    user = User(f"UMFD-{ts_id}", name, f"S-1-5-96-0-{ts_id}")
    executable = WINLOGON if ts_id else WININIT
    how = Request("Advapi", executable=executable, process_id=host.pid(), virtual=True)
    security.explicit(host, at, user, how)
    made = host.logon(user, 2, at, "companion")
    security.logon(host, at + seconds(0.0001), made, how)
    return [made]


def window_manager(host: Host, at: int, ts_id: int) -> list[Logon]:
    """DWM-n: a pair, of which the first half is elevated."""
    user = User(f"DWM-{ts_id}", host.language.window_manager, host.build.dwm_sid.format(ts_id))
    how = Request("Advapi", executable=WINLOGON, process_id=host.pid(), virtual=True)
    security.explicit(host, at, user, how)
    full = host.logon(user, 2, at, "companion")
    limited = host.logon(user, 2, at + 1, "companion")
    full.elevated, full.linked, limited.linked = True, limited, full
    security.logon(host, at + seconds(0.0001), full, how)
    security.logon(host, at + seconds(0.0002), limited, how)
    security.privileges(host, at + seconds(0.0003), full)
    return [full, limited]


def gone(desktop: Desktop, at: int) -> None:
    """The TS session ends: its companions are destroyed, and its id is free again."""
    for number, logon in enumerate(reversed(desktop.companions)):
        security.destroyed(desktop.host, at + number * seconds(0.0001), logon)
    desktop.boot.desktops.pop(desktop.ts_id, None)
    desktop.boot.freed[desktop.ts_id] = at + seconds(0.01)
