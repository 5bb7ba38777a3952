"""Administrators at work: rounds over the servers by RDP, now and then PowerShell or runas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.fleet.estate import seat
from graphsess.synth.world import activity, credentials, leave, rdp, reconnect, remote
from graphsess.synth.world.clock import seconds

if TYPE_CHECKING:
    from random import Random

    from graphsess.synth.fleet.agenda import Script
    from graphsess.synth.fleet.estate import Fleet, Person
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.desktop import Desktop
    from graphsess.synth.world.host import Host

_TOOLS = (r"C:\Windows\System32\mmc.exe", r"C:\Windows\System32\taskmgr.exe",
          r"C:\Windows\System32\cmd.exe", r"C:\Windows\regedit.exe")  # fmt: skip
_HOURS = ((9.3, 11.3), (13.9, 15.4))


def rounds(fleet: Fleet, person: Person) -> Script:
    """The person's work on servers on all days; needs an `admin` account."""
    for day in fleet.workdays():
        for part, (first, last) in enumerate(_HOURS):
            rng = fleet.rng("admin", person.user.name, day, part)
            yield from _round(fleet, person, rng, fleet.at(day, rng.uniform(first, last)))


def _round(fleet: Fleet, person: Person, rng: Random, at: int) -> Script:
    yield at
    if not person.is_there() or person.desk is None or person.admin is None:
        return
    server = rng.choice([host for hosts in fleet.servers.values() for host in hosts])
    what = rng.random()
    if what < 0.15 and server.build.client_in_91:
        remote.winrm(server, person.admin, at, seat(person), "Get-Service")
        return
    if what < 0.25:
        inner = credentials.run_as(person.desk, person.admin, at, rng.choice(_TOOLS))
        yield at + seconds(rng.uniform(60, 900))
        credentials.end(inner, at + seconds(60))
        return
    desk = _open(fleet, server, person.admin, at, person)
    for _ in range(rng.randrange(2, 5)):
        at += seconds(rng.uniform(40, 400))
        yield at
        activity.process(desk, at, rng.choice(_TOOLS), elevated=rng.random() < 0.5)
    at += seconds(rng.uniform(60, 600))
    yield at
    if rng.random() < 0.7:
        leave.logoff(desk, at)
    else:
        leave.disconnect(desk, at, rng.choice((leave.WINDOW, leave.BY_USER)))
        fleet.parked[server, person.admin.sid] = desk


def _open(fleet: Fleet, server: Host, user: User, at: int, person: Person) -> Desktop:
    parked = fleet.parked.pop((server, user.sid), None)
    if parked is None:
        return rdp.logon(server, user, at, seat(person))
    reconnect.over_rdp(parked, at, seat(person))
    return parked
