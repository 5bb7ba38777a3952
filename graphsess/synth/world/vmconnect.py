"""A Hyper-V enhanced session: RDP over the VM bus, without any network address (N8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import companions, console, dc, security
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import Connection, Desktop, Peer

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.host import Host

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - as 4624 logs it


def logon(host: Host, user: User, at: int) -> Desktop:
    """4624 type 10 from 0.0.0.0, LSM 41, 42, 21 and 22 with a null address; no 261, no 1149."""
    boot = host.running
    connection = Connection(host, Peer("", ""), 0, host.guid(), boot.connections)
    connection.station = f"{host.rng.getrandbits(80):020x}"
    boot.connections += 1
    desktop = companions.new_desktop(host, at)
    desktop.user, desktop.connection = user, connection
    t = at + host.lag(0.8, 1.2)
    how = console.asked(host, NO_ADDRESS, restricted=False)
    guid = dc.interactive(host, t, user)
    session = SessionTruth(host, "rdp", user)
    session.starts = [security.explicit(host, t, user, how, guid=guid)]
    desktop.logons = console.tokens(host, t + seconds(0.0002), user, 10, how, guid)
    session.auths = [made.start for made in reversed(desktop.logons) if made.start]
    session.starts += session.auths
    begin = console.arbitration(desktop, t + seconds(0.03), connection.activity, session)
    console.opened(desktop, begin + host.lag(0.15, 0.25), connection.activity, None, session)
    return desktop
