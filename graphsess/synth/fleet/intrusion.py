"""Break-ins: each a chain of sessions from its way in to its end, over several hosts and hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.fleet.estate import seat
from graphsess.synth.steps import Chain
from graphsess.synth.world import (
    activity,
    credentials,
    leave,
    network,
    rdp,
    rdp_failed,
    reconnect,
    remote,
)
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import Desktop, Peer
from graphsess.synth.world.world import behind

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from random import Random

    from graphsess.synth.fleet.agenda import Script
    from graphsess.synth.fleet.estate import Fleet
    from graphsess.synth.world.accounts import User

CMD = r"C:\Windows\System32\cmd.exe"
POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
_SPRAYED = 7
_FIRST_LOOK = ("whoami /all", 'net group "Domain Admins" /domain',
               r"procdump64.exe -ma lsass.exe C:\ProgramData\l.dmp")  # fmt: skip


def spray(fleet: Fleet, day: int) -> Script:
    """Sprayed from outside, in by RDP; then PsExec, RDP to the controller, and back at night."""
    rng = fleet.rng("spray", day)
    kali = fleet.world.outside(f"198.51.100.{77 + day}", "KALI", zone=3)
    server, file_server = fleet.servers["terminal"][0], fleet.servers["files"][0]
    victim = fleet.people[-1]
    stolen = _stolen(fleet)
    at = fleet.at(day, 10.9)
    yield at
    for number in range(_SPRAYED):
        user = fleet.people[number % (len(fleet.people) - 1)].user
        name = user.name if number < len(fleet.people) - 1 else f"{user.name}.{number}"
        known = user if name == user.name else None
        status = rdp_failed.WRONG_PASSWORD if known else rdp_failed.NO_SUCH_USER
        rdp_failed.attempt(server, name, at, kali, user=known, status=status)
        at += seconds(rng.uniform(9, 22))
        yield at
    desk = rdp.logon(server, victim.user, at, kali)
    chain = fleet.world.chain("spray", desk.session)
    at = yield from _look_round(desk, at, rng, _FIRST_LOOK)
    visit = remote.psexec(file_server, stolen, at, behind(desk), "cmd /c ipconfig /all")
    chain.add(visit.session)
    at += seconds(rng.uniform(300, 900))
    yield at
    on_dc = rdp.logon(fleet.controller, stolen, at, behind(desk))
    chain.add(on_dc.session)
    at = yield from _look_round(on_dc, at, rng, (r"ntdsutil ac i ntds ifm create full C:\n",))
    taken = remote.browse(fleet.people[0].station, stolen, at, behind(on_dc), "C$", ("Users",))
    chain.add(taken.session)
    at += seconds(rng.uniform(400, 700))
    yield at
    leave.logoff(on_dc, at)
    at += seconds(rng.uniform(60, 200))
    yield at
    leave.disconnect(desk, at)
    yield from _come_back(fleet, desk, day, chain, rng)


def _come_back(fleet: Fleet, desk: Desktop, day: int, chain: Chain, rng: Random) -> Script:
    """In the evening from another address, onto the same desktop; files are packed on a server."""
    at = fleet.at(day, rng.uniform(21.2, 21.8))
    yield at
    other = fleet.world.outside(f"198.51.100.{143 + day}", "KALI", zone=3)
    reconnect.over_rdp(desk, at, other)
    second = fleet.world.chain(f"{chain.name} again", desk.session)
    at += seconds(rng.uniform(200, 500))
    yield at
    files = fleet.servers["files"][-1]
    on_files = rdp.logon(files, _stolen(fleet), at, behind(desk))
    second.add(on_files.session)
    packed = (r"rar.exe a -hp C:\ProgramData\b.rar D:\Finance",)
    at = yield from _look_round(on_files, at, rng, packed)
    leave.logoff(on_files, at)
    at += seconds(rng.uniform(30, 90))
    yield at
    leave.disconnect(desk, at)


def phish(fleet: Fleet, day: int) -> Script:
    """From a user's own desktop: stolen hash, WMI, a task, and on from there with credentials."""
    rng, world = fleet.rng("phish", day), fleet.world
    at = fleet.at(day, 10.4)
    yield at
    while not (found := [p for p in fleet.people[1:] if p.desk and not p.away and not p.admin]):
        at += seconds(600)
        yield at
    victim = found[0]
    desk = victim.desk
    if desk is None:
        return
    activity.process(desk, at, POWERSHELL, "powershell -nop -w hidden -enc SQBFAFgA")
    chain = world.chain("phish", desk.session)
    at += seconds(rng.uniform(100, 300))
    yield at
    service = world.user("svc-backup", admin=True)
    inner = credentials.net_only(desk, service, at, CMD)
    at += seconds(rng.uniform(60, 120))
    yield at
    peer = seat(victim)
    peer.session = inner
    sql, files = fleet.servers["sql"][0], fleet.servers["files"][0]
    first = remote.wmi(sql, service, at, peer, "cmd /c whoami", stay=2400)
    chain.add(first.session)
    at += seconds(rng.uniform(200, 400))
    yield at
    remote.task(files, service, at, peer, r"\Updater", r"C:\ProgramData\u.exe")
    at += seconds(rng.uniform(400, 700))
    yield at
    mail, admin = fleet.servers["mail"][0], _stolen(fleet)
    second = remote.wmi(mail, admin, at, network.inside(first), "cmd /c net user", stay=1500)
    chain.add(second.session)
    at += seconds(rng.uniform(200, 500))
    yield at
    last = remote.psexec(
        fleet.controller, admin, at, network.inside(second), "cmd /c vssadmin create shadow /for=C:"
    )
    chain.add(last.session)
    at += seconds(rng.uniform(300, 600))
    yield at
    credentials.end(inner, at)


def insider(fleet: Fleet, day: int) -> Script:
    """Through the VPN with a partner's account, then desktop after desktop by RDP."""
    rng, world = fleet.rng("insider", day), fleet.world
    at = fleet.at(day, 12.2)
    yield at
    came = Peer("10.8.0.44", "WIN-OPS", zone=3)
    server, files = fleet.servers["terminal"][0], fleet.servers["files"][-1]
    mail = fleet.servers["mail"][0]
    desk = rdp.logon(server, world.user("ext-maint"), at, came)
    chain = world.chain("insider", desk.session)
    at = yield from _look_round(desk, at, rng, ("nltest /dclist:corp", "net view"))
    admin = _stolen(fleet)
    desks = [desk]
    for target in (files, mail, fleet.controller):
        desks.append(rdp.logon(target, admin, at, behind(desks[-1])))
        chain.add(desks[-1].session)
        at = yield from _look_round(desks[-1], at, rng, ("tasklist /v", "dir /s C:\\"))
    for left in reversed(desks):
        leave.logoff(left, at)
        at += seconds(rng.uniform(20, 60))
        yield at


def _look_round(
    desk: Desktop, at: int, rng: Random, commands: tuple[str, ...]
) -> Generator[int, None, int]:
    """Commands one after another; returns when the intruder goes on."""
    for command in commands:
        at += seconds(rng.uniform(60, 400))
        yield at
        elevated = rng.random() < 0.7
        activity.process(desk, at, CMD, command, elevated=elevated)
    at += seconds(rng.uniform(60, 200))
    yield at
    return at


def _stolen(fleet: Fleet) -> User:
    """The account of the first administrator, whose password or hash was found."""
    admin = fleet.people[0].admin
    if admin is None:
        raise ValueError("an intrusion needs an administrator whose account it can steal")
    return admin


INTRUSIONS: dict[str, Callable[[Fleet, int], Script]] = {
    "spray": spray, "phish": phish, "insider": insider,
}  # fmt: skip
