"""How an RDP desktop is left."""

from __future__ import annotations

from graphsess.synth.scenarios.registry import scenario
from graphsess.synth.world import console, leave, power, rdp, reconnect, switching
from graphsess.synth.world.desktop import Desktop
from graphsess.synth.world.world import World


@scenario("2.8")
def rdp_window_closed(world: World) -> None:
    """Bob closes the RDP window: disconnect, reason 0; the desktop stays."""
    desk = _bob_at_work(world)
    leave.disconnect(desk, world.at("10:00:00"))


@scenario("2.8")
def rdp_tsdiscon(world: World) -> None:
    """Bob chooses Start > Disconnect: 39 {T, T}, reason 11."""
    desk = _bob_at_work(world)
    leave.disconnect(desk, world.at("10:00:00"), leave.BY_USER)


@scenario("2.8")
def rdp_network_drop(world: World) -> None:
    """Bob's network fails; the server notices after seven minutes."""
    desk = _bob_at_work(world)
    leave.drop(desk, world.at("10:00:00"), noticed=world.at("10:07:12"))


@scenario("2.8")
def rdp_idle_limit(world: World) -> None:
    """The idle limit disconnects Bob: reason 3."""
    desk = _bob_at_work(world)
    leave.disconnect(desk, world.at("10:00:00"), leave.IDLE)


@scenario("2.8")
def rdp_time_limit(world: World) -> None:
    """The limit of active time disconnects Bob: reason 4."""
    desk = _bob_at_work(world)
    leave.disconnect(desk, world.at("17:12:04"), leave.TIME_LIMIT)


@scenario("2.8")
def rdp_kicked(world: World) -> None:
    """On a client Windows Ann answers "yes, sign in": Bob is disconnected by her."""
    desk = _bob_at_work(world, build="win10", name="ws1")
    ann = world.user("ann", admin=True)
    other = rdp.logon(desk.host, ann, world.at("10:00:02"), world.outside("10.0.0.35", "ANNS-PC"))
    leave.disconnect(desk, world.at("10:00:03.25"), leave.REPLACED, by=other.ts_id)
    leave.logoff(other, world.at("10:30:00"))


@scenario("2.8")
def rdp_admin_logoff(world: World) -> None:
    """An administrator logs Bob off (`logoff 2`): no 4647, reason 2."""
    desk = _bob_at_work(world)
    leave.logoff_by_admin(desk, world.at("10:00:00"))


@scenario("2.1, 2.8")
def rdp_shutdown(world: World) -> None:
    """The server shuts down under Bob: 54, 23, 4647; no 24."""
    desk = _bob_at_work(world)
    power.shutdown(desk.host, world.at("10:00:00"))


@scenario("2.8")
def rdp_hijack(world: World) -> None:
    """An administrator uses tscon as SYSTEM: his own connection now shows Bob's desktop."""
    desk = _bob_at_work(world)
    leave.disconnect(desk, world.at("09:40:00"))
    mallory = world.user("adm-mal", admin=True)
    own = rdp.logon(desk.host, mallory, world.at("10:00:00"), world.outside("10.0.0.9", "JUMP01"))
    switching.hijack(own, desk, world.at("10:11:05"))
    leave.disconnect(desk, world.at("10:25:00"))


@scenario("2.2")
def console_logoff_then_other_user(world: World) -> None:
    """Ann logs off the console and Bob logs on: the next TS session has the next number."""
    ann, bob = world.user("ann"), world.user("bob")
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"])
    power.boot(ws1, world.at("07:30"))
    leave.logoff(console.logon(ws1, ann, world.at("08:00:00")), world.at("11:00:00"))
    leave.logoff(console.logon(ws1, bob, world.at("11:02:00")), world.at("16:00:00"))


def _bob_at_work(world: World, *, build: str = "2016", name: str = "srv1") -> Desktop:
    bob = world.user("bob")
    host = world.host(
        f"{name}.corp.example", build=build, addresses=["10.0.0.11"], audit={"other_logon"}
    )
    power.boot(host, world.at("03:00"))
    return rdp.logon(host, bob, world.at("09:12:04"), world.outside("203.0.113.40", "BOBS-PC"))


@scenario("2.7, 2.8")
def rdp_drop_and_automatic_reconnect(world: World) -> None:
    """Bob's network fails and mstsc reconnects by itself before the server notices."""
    desk = _bob_at_work(world, build="win10", name="ws1")
    peer = world.outside("203.0.113.40", "BOBS-PC")
    reconnect.over_rdp(desk, world.at("10:00:25"), peer, think=0.05)
    leave.logoff(desk, world.at("11:00:00"))
