"""The demonstration: a break-in over four hosts in one working day, among ordinary work.

The story, for whoever wants to check what graphsess finds. All times are UTC, 2026-03-02.

    day       Ann works at ws1, Bob at ws2; Bob uses the jump server rds1 over RDP, Ann reads a
              share there; machine accounts call the domain controller every hour.
    02:10     A sprayer from 203.0.113.200 tries eight names at rds1, which the Internet reaches.
    11:31     198.51.100.77 guesses the password of svc-backup at rds1, 40 times in 5 minutes.
    11:36:30  It gets in (client name KALI), looks round, dumps LSASS and finds adm-ann.
    12:10     From that desktop: PsExec as adm-ann to ws1, under Ann's open session.
    12:25     From that desktop: RDP as adm-ann to dc1, the domain controller; from there, a look
              into C$ of ws1.
    13:05     dc1's desktop is logged off; rds1 is left by closing the window.
    21:40     The desktop on rds1 is taken up again from another address, 198.51.100.143, and
              used for RDP to ws2, where nobody works any more. There the Security log is
              cleared: what Terminal Services wrote still tells the day. All over at 22:16.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphsess.synth.scenarios.registry import scenario
from graphsess.synth.world import (
    activity,
    console,
    leave,
    logfiles,
    noise,
    power,
    rdp,
    rdp_failed,
    reconnect,
    remote,
)
from graphsess.synth.world.desktop import Desktop
from graphsess.synth.world.host import Host
from graphsess.synth.world.world import World, behind

_AUDIT = {"other_logon", "process", "share", "service", "task"}


@dataclass(frozen=True, slots=True)
class _Network:
    dc1: Host
    rds1: Host
    ws1: Host
    ws2: Host


@scenario("R8, R9")
def demo(world: World) -> None:
    """A break-in over four hosts in one working day: guessed, hopped, cleared, come back."""
    net = _network(world)
    _night(world, net)
    ann, bob = _morning(world, net)
    way_in = _break_in(world, net)
    _spread(world, net, way_in)
    _evening(world, ann, bob)
    _return(world, net, way_in)
    for host in (net.dc1, net.rds1, net.ws1, net.ws2):
        noise.services_at(host, world.at("23:30"))


def _network(world: World) -> _Network:
    def host(name: str, build: str, address: str, *, dc: bool = False) -> Host:
        return world.host(
            f"{name}.corp.example", build=build, addresses=[address], audit=_AUDIT, dc=dc
        )

    return _Network(
        host("dc1", "2016", "10.0.0.10", dc=True),
        host("rds1", "2022", "10.0.0.12"),
        host("ws1", "win10", "10.0.0.21"),
        host("ws2", "win11", "10.0.0.22"),
    )


def _night(world: World, net: _Network) -> None:
    power.boot(net.dc1, world.at("00:10"))
    power.boot(net.rds1, world.at("00:12"))
    sprayer = world.outside("203.0.113.200", "WIN-8GQ2")
    at = world.at("02:10:00")
    for name in ("admin", "administrator", "test", "user1", "scanner", "backup", "sql", "guest"):
        rdp_failed.attempt(net.rds1, name, at, sprayer, status=rdp_failed.NO_SUCH_USER)
        at += net.rds1.lag(9, 16)
    power.boot(net.ws1, world.at("07:40"))
    power.boot(net.ws2, world.at("07:44"))
    for hour in range(8, 23):
        noise.machines(world.at(f"{hour}:17:05"), [net.rds1, net.ws1, net.ws2])


def _morning(world: World, net: _Network) -> tuple[Desktop, Desktop]:
    ann, bob = world.user("ann", admin=True), world.user("bob")
    at_ws1 = console.logon(net.ws1, ann, world.at("07:58:12"))
    at_ws2 = console.logon(net.ws2, bob, world.at("08:10:40"))
    activity.process(at_ws1, world.at("08:03"), r"C:\Program Files\Office\WINWORD.EXE")
    activity.process(at_ws2, world.at("08:15"), r"C:\Program Files\Office\OUTLOOK.EXE")
    on_rds1 = rdp.logon(net.rds1, bob, world.at("09:00:20"), behind(at_ws2))
    activity.process(on_rds1, world.at("09:04"), r"C:\Program Files\Erp\erp.exe")
    leave.logoff(on_rds1, world.at("09:41:03"))
    files = (r"2026\budget.xlsx", r"2026\plan.docx")
    remote.browse(net.rds1, ann, world.at("10:12:30"), behind(at_ws1), "Finance", files)
    console.lock(at_ws1, world.at("12:01:00"))
    console.lock(at_ws2, world.at("12:03:00"))
    console.unlock(at_ws2, world.at("12:44:10"))
    console.fail_unlock(at_ws1, world.at("12:52:01"))
    console.unlock(at_ws1, world.at("12:52:09"))
    return at_ws1, at_ws2


def _break_in(world: World, net: _Network) -> Desktop:
    victim = world.user("svc-backup", admin=True)
    kali = world.outside("198.51.100.77", "KALI", zone=3)
    at = world.at("11:31:02")
    for _ in range(40):
        rdp_failed.attempt(net.rds1, "svc-backup", at, kali, user=victim)
        at += net.rds1.lag(6.5, 8.5)
    desk = rdp.logon(net.rds1, victim, world.at("11:36:58"), kali)
    world.chain("break-in", desk.session)
    for time, command in (
        ("11:38", "whoami /all"),
        ("11:40", 'net group "Domain Admins" /domain'),
        ("11:52", r"procdump64.exe -ma lsass.exe C:\ProgramData\l.dmp"),
    ):
        shell = r"C:\Windows\System32\cmd.exe"
        activity.process(desk, world.at(time), shell, command, elevated=True)
    return desk


def _spread(world: World, net: _Network, way_in: Desktop) -> None:
    stolen = world.user("adm-ann", admin=True)
    chain, command = world.chains[0], "cmd /c ipconfig /all"
    ran = remote.psexec(net.ws1, stolen, world.at("12:10:15"), behind(way_in), command)
    chain.add(ran.session)
    on_dc1 = rdp.logon(net.dc1, stolen, world.at("12:25:33"), behind(way_in))
    chain.add(on_dc1.session)
    ntds = r"ntdsutil.exe ac i ntds ifm create full C:\ProgramData\n"
    activity.process(on_dc1, world.at("12:31"), r"C:\Windows\System32\ntdsutil.exe", ntds,
                     elevated=True)  # fmt: skip
    taken = remote.browse(
        net.ws1, stolen, world.at("12:40:08"), behind(on_dc1), "C$", (r"Users\ann",)
    )
    chain.add(taken.session)
    leave.logoff(on_dc1, world.at("13:05:01"))
    leave.disconnect(way_in, world.at("13:08:12"))


def _evening(world: World, at_ws1: Desktop, at_ws2: Desktop) -> None:
    leave.logoff(at_ws2, world.at("16:58:44"))
    leave.logoff(at_ws1, world.at("17:12:30"))


def _return(world: World, net: _Network, way_in: Desktop) -> None:
    other = world.outside("198.51.100.143", "KALI", zone=3)
    reconnect.over_rdp(way_in, world.at("21:40:19"), other)
    chain = world.chain("break-in again", way_in.session)
    stolen = world.user("adm-ann", admin=True)
    on_ws2 = rdp.logon(net.ws2, stolen, world.at("21:48:02"), behind(way_in))
    chain.add(on_ws2.session)
    rar = r"rar.exe a -hp C:\ProgramData\b.rar C:\Users\bob\Documents"
    activity.process(on_ws2, world.at("21:55"), r"C:\ProgramData\rar.exe", rar, elevated=True)
    logfiles.clear_security(net.ws2, world.at("22:12:31"), on_ws2)
    leave.logoff(on_ws2, world.at("22:14:50"))
    leave.disconnect(way_in, world.at("22:16:05"))
