"""Over the network without a desktop: shares, services, tasks, WMI, WinRM, and their noise."""

from __future__ import annotations

from dataclasses import dataclass

from graphsess.synth.scenarios.registry import scenario
from graphsess.synth.world import addresses, console, leave, network, noise, power, remote
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import Desktop
from graphsess.synth.world.host import Host
from graphsess.synth.world.world import World, behind

_AUDIT = {"process", "share", "service", "task"}


@scenario("2.9, R5.7")
def smb_share(world: World) -> None:
    """Ann reads a share of srv1 from ws1, twice within minutes and again in the afternoon."""
    net = _network(world)
    ann = net.desk.owner
    for time in ("09:10:00", "09:12:30", "14:00:00"):
        files = (r"2026\budget.xlsx", r"2026\plan.docx")
        remote.browse(net.srv1, ann, world.at(time), behind(net.desk), "Finance", files)
    leave.logoff(net.desk, world.at("16:00:00"))


@scenario("2.9")
def smb_wrong_password(world: World) -> None:
    """Somebody guesses passwords of adm-ann over SMB, and gets in."""
    net = _network(world)
    admin = world.user("adm-ann", admin=True)
    peer = world.outside("10.0.0.99", "kali")
    at = world.at("09:10:00")
    for _ in range(12):
        network.failed(net.srv1, "adm-ann", at, peer, user=admin)
        at += net.srv1.lag(0.5, 1.5)
    remote.browse(net.srv1, admin, at + seconds(5), peer, "C$", ("Users",))


@scenario("2.9")
def psexec(world: World) -> None:
    """Ann uses PsExec from ws1 to srv1 as adm-ann."""
    net = _network(world)
    admin = world.user("adm-ann", admin=True)
    remote.psexec(net.srv1, admin, world.at("09:10:00"), behind(net.desk), "cmd /c whoami")
    leave.logoff(net.desk, world.at("16:00:00"))


@scenario("2.9")
def wmi(world: World) -> None:
    """Ann starts a process on srv1 by WMI: four logons, one session."""
    net = _network(world)
    admin = world.user("adm-ann", admin=True)
    remote.wmi(net.srv1, admin, world.at("09:10:00"), behind(net.desk), "cmd /c whoami")
    leave.logoff(net.desk, world.at("16:00:00"))


@scenario("2.9, finding 9")
def winrm(world: World) -> None:
    """PowerShell remoting from ws1 to srv1 (2016): no record there names the source."""
    net = _network(world)
    remote.winrm(net.srv1, net.desk.owner, world.at("09:10:00"), behind(net.desk), "whoami")
    leave.logoff(net.desk, world.at("16:00:00"))


@scenario("2.9, 1.8")
def winrm_2022(world: World) -> None:
    """The same to Server 2022, whose WinRM 91 names the client's address."""
    net = _network(world, build="2022")
    remote.winrm(net.srv1, net.desk.owner, world.at("09:10:00"), behind(net.desk), "whoami")
    leave.logoff(net.desk, world.at("16:00:00"))


@scenario("2.9")
def remote_task(world: World) -> None:
    """Ann makes a scheduled task on srv1 from ws1; it runs as SYSTEM a minute later."""
    net = _network(world)
    admin = world.user("adm-ann", admin=True)
    remote.task(
        net.srv1, admin, world.at("09:10:00"), behind(net.desk), r"\Updater", r"C:\Temp\u.exe"
    )
    leave.logoff(net.desk, world.at("16:00:00"))


@scenario("R2.7")
def network_without_logoff(world: World) -> None:
    """A network logon whose 4634 never comes: its end is its last sign of life."""
    net = _network(world)
    visit = network.enter(net.srv1, net.desk.owner, world.at("09:10:00"), behind(net.desk))
    remote.shared(visit, world.at("09:10:01"), "Finance")
    remote.shared(visit, world.at("09:11:40"), "Finance", r"2026\plan.docx")
    visit.session.end_kind = "inferred"
    leave.logoff(net.desk, world.at("16:00:00"))


@scenario("2.9, R9")
def machine_accounts(world: World) -> None:
    """Every hour ws1$ and srv1$ call the DC: no sessions of people, but good addresses."""
    net = _network(world)
    for hour in range(8, 14):
        noise.machines(world.at(f"{hour}:05:10"), [net.srv1, net.ws1])
    leave.logoff(net.desk, world.at("16:00:00"))


@scenario("2.9, R2.5e")
def anonymous_logons(world: World) -> None:
    """ANONYMOUS LOGON alone is a hidden session; just before Ann's own it is a byproduct."""
    net = _network(world)
    noise.anonymous(net.srv1, world.at("09:00:00"), world.outside("10.0.0.88", "PRINTER"))
    peer = behind(net.desk)
    peer.kerberos = False
    visit = remote.browse(net.srv1, net.desk.owner, world.at("09:10:00"), peer, "Finance")
    noise.anonymous(net.srv1, world.at("09:09:59.5"), peer, before=visit)
    leave.logoff(net.desk, world.at("16:00:00"))


@scenario("R9")
def addresses_that_move(world: World) -> None:
    """At noon ws2 gets the address that ws1 had in the morning: two sources, one address."""
    net = _network(world)
    bob = world.user("bob")
    ws2 = world.host("ws2.corp.example", build="win11", addresses=["10.0.0.22"], audit=_AUDIT)
    power.boot(ws2, world.at("07:40"))
    other = console.logon(ws2, bob, world.at("08:05:00"))
    for hour in range(8, 16):
        if hour == 12:
            addresses.lease(net.ws1, world.at("12:00:00"), "10.0.0.31")
            addresses.lease(ws2, world.at("12:02:00"), "10.0.0.21")
        noise.machines(world.at(f"{hour}:15:00"), [net.ws1, ws2])
    remote.browse(net.srv1, bob, world.at("14:00:00"), behind(other), "Finance")
    leave.logoff(other, world.at("16:00:00"))
    leave.logoff(net.desk, world.at("16:05:00"))


@dataclass(frozen=True, slots=True)
class _Network:
    srv1: Host
    ws1: Host
    desk: Desktop


def _network(world: World, *, build: str = "2016") -> _Network:
    """A DC, a server, and Ann at her workstation."""
    made = [
        world.host(f"{name}.corp.example", build=kind, addresses=[address], audit=_AUDIT, dc=is_dc)
        for name, kind, address, is_dc in (
            ("dc1", "2016", "10.0.0.10", True),
            ("srv1", build, "10.0.0.11", False),
            ("ws1", "win10", "10.0.0.21", False),
        )
    ]
    for host in made:
        power.boot(host, world.at("03:00"))
    ann = world.user("ann", admin=True)
    return _Network(made[1], made[2], console.logon(made[2], ann, world.at("08:00:00")))
