"""People who work on a terminal server all day, and some evenings go on from home by VPN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.fleet.estate import seat
from graphsess.synth.world import activity, leave, rdp, reconnect
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import Peer

if TYPE_CHECKING:
    from graphsess.synth.fleet.agenda import Script
    from graphsess.synth.fleet.estate import Fleet, Person
    from graphsess.synth.world.desktop import Desktop
    from graphsess.synth.world.host import Host

ERP = r"C:\Program Files\Erp\erp.exe"
_POOL = 6  # addresses of the VPN; whoever comes gets one that is free


def week(fleet: Fleet, person: Person, server: Host) -> Script:
    """The person's desktop on `server` over all days."""
    for day in fleet.workdays():
        yield from _day(fleet, person, server, day)


def _day(fleet: Fleet, person: Person, server: Host, day: int) -> Script:
    rng = fleet.rng("terminal", person.user.name, day)
    at = fleet.at(day, rng.uniform(9.3, 10.2))
    yield at
    if not person.is_there():
        return
    desk = _come(fleet, person, server, seat(person), at)
    for hour in (10.4, 11.2):
        at = fleet.at(day, hour + rng.uniform(0, 0.5))
        yield at
        activity.process(desk, at, ERP)
    at = fleet.at(day, rng.uniform(11.75, 11.88))
    yield at
    leave.disconnect(desk, at, rng.choice((leave.WINDOW, leave.BY_USER)))
    at = fleet.at(day, rng.uniform(14.3, 14.9))
    yield at
    if not person.is_there():
        return
    reconnect.over_rdp(desk, at, seat(person))
    at = fleet.at(day, rng.uniform(15.2, 15.6))
    yield at
    activity.process(desk, at, ERP)
    at = fleet.at(day, rng.uniform(15.8, 16.15))
    yield at
    if rng.random() < 0.6:
        leave.logoff(desk, at)
        return
    leave.disconnect(desk, at)
    fleet.parked[server, person.user.sid] = desk
    if rng.random() < 0.7:
        yield from _from_home(fleet, person, desk, day)


def _from_home(fleet: Fleet, person: Person, desk: Desktop, day: int) -> Script:
    rng = fleet.rng("home", person.user.name, day)
    at = fleet.at(day, rng.uniform(19.0, 21.0))
    yield at
    address = f"10.8.0.{10 + rng.randrange(_POOL)}"
    home = Peer(address, f"{person.user.name.upper()}-HOME", zone=rng.choice((1, 2)))
    reconnect.over_rdp(desk, at, home)
    at += seconds(rng.uniform(600, 3000))
    yield at
    activity.process(desk, at, ERP)
    at += seconds(rng.uniform(60, 900))
    yield at
    leave.disconnect(desk, at)


def _come(fleet: Fleet, person: Person, server: Host, peer: Peer, at: int) -> Desktop:
    parked = fleet.parked.pop((server, person.user.sid), None)
    if parked is None:
        return rdp.logon(server, person.user, at, peer)
    reconnect.over_rdp(parked, at, peer)
    return parked
