"""RDP that comes back to a desktop that already exists."""

from __future__ import annotations

from graphsess.synth.scenarios.registry import scenario
from graphsess.synth.world import activity, console, leave, power, rdp, reconnect
from graphsess.synth.world.host import Host
from graphsess.synth.world.world import World

AUDIT = {"other_logon", "process"}


@scenario("2.7 (a)")
def rdp_reconnect(world: World) -> None:
    """Ann closes the RDP window and comes back later: type 7 throw-aways, the old LUID."""
    ann = world.user("ann", admin=True)
    ws1 = _host(world, "ws1", "win10")
    peer = world.outside("203.0.113.40", "ANNS-LAPTOP", zone=-1)
    desk = rdp.logon(ws1, ann, world.at("09:00:00"), peer)
    leave.disconnect(desk, world.at("10:00:00"))
    activity.process(desk, world.at("10:30"), r"C:\Tools\nightly.exe")
    reconnect.over_rdp(desk, world.at("13:00:00"), peer, think=8.0)
    activity.process(desk, world.at("13:30"), r"C:\Windows\System32\notepad.exe")
    leave.logoff(desk, world.at("14:00:00"))


@scenario("2.7, finding 5")
def rdp_reconnect_2016(world: World) -> None:
    """The same on Server 2016: a temporary type 10 pair and a temporary TS session."""
    ann = world.user("ann", admin=True)
    srv1 = _host(world, "srv1", "2016")
    peer = world.outside("203.0.113.40", "ANNS-LAPTOP")
    desk = rdp.logon(srv1, ann, world.at("09:00:00"), peer)
    leave.disconnect(desk, world.at("10:00:00"))
    reconnect.over_rdp(desk, world.at("13:00:00"), peer)
    leave.logoff(desk, world.at("14:00:00"))


@scenario("2.7 (b)")
def rdp_takes_console(world: World) -> None:
    """Ann works at the console of dc-like srv1 and then takes her desktop over by RDP."""
    ann = world.user("ann", admin=True)
    srv1 = _host(world, "srv1", "2016")
    desk = console.logon(srv1, ann, world.at("12:33:51"))
    peer = world.outside("10.0.0.35", "silversurfer")
    reconnect.over_rdp(desk, world.at("12:54:23"), peer, think=2.5)
    leave.logoff(desk, world.at("13:34:40"))


@scenario("2.7 (c)")
def rdp_takeover_other_address(world: World) -> None:
    """Ann's live RDP desktop is taken over as Ann, from another address: two sessions."""
    ann = world.user("ann", admin=True)
    ws1 = _host(world, "ws1", "win10")
    desk = rdp.logon(ws1, ann, world.at("09:00:00"), world.outside("203.0.113.40", "ANNS-LAPTOP"))
    activity.process(desk, world.at("09:30"), r"C:\Windows\System32\notepad.exe")
    reconnect.over_rdp(desk, world.at("10:00:00"), world.outside("198.51.100.9", "kali"))
    activity.process(desk, world.at("10:30"), r"C:\Windows\System32\cmd.exe")
    leave.disconnect(desk, world.at("11:00:00"))


@scenario("2.7 (c)")
def rdp_takeover_2022(world: World) -> None:
    """The same on Server 2022, from the same address: mstsc reconnects on its own."""
    ann = world.user("ann", admin=True)
    srv1 = _host(world, "srv1", "2022")
    peer = world.outside("203.0.113.40", "ANNS-LAPTOP")
    desk = rdp.logon(srv1, ann, world.at("09:00:00"), peer)
    reconnect.over_rdp(desk, world.at("10:00:00"), peer, think=0.1)
    leave.logoff(desk, world.at("11:00:00"))


@scenario("2.7 (d)")
def rdp_to_console(world: World) -> None:
    """Ann leaves her RDP client running, walks to ws1 and goes on at its console."""
    ann = world.user("ann", admin=True)
    ws1 = _host(world, "ws1", "win10")
    desk = rdp.logon(ws1, ann, world.at("07:50:00"), world.outside("203.0.113.40", "ANNS-LAPTOP"))
    reconnect.at_console(desk, world.at("08:40:00"))
    leave.logoff(desk, world.at("12:00:00"))


def _host(world: World, name: str, build: str) -> Host:
    host = world.host(f"{name}.corp.example", build=build, addresses=["10.0.0.21"], audit=AUDIT)
    power.boot(host, world.at("03:00"))
    return host
