"""At the keyboard: logon, lock, unlock, wrong passwords."""

from __future__ import annotations

from graphsess.synth.scenarios.registry import scenario
from graphsess.synth.world import activity, console, leave, power, reconnect, shadow, switching
from graphsess.synth.world.world import World


@scenario("2.2")
def console_logon(world: World) -> None:
    """Ann logs on at the console of ws1, starts a program and logs off."""
    ann = world.user("ann", admin=True)
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"], audit={"process"})
    power.boot(ws1, world.at("07:30"))
    desk = console.logon(ws1, ann, world.at("08:02:11"))
    activity.process(desk, world.at("09:15"), r"C:\Windows\System32\notepad.exe")
    leave.logoff(desk, world.at("11:58:40"))


@scenario("2.2")
def console_wrong_password(world: World) -> None:
    """Ann mistypes her password twice at the console of ws1, then gets in."""
    ann = world.user("ann")
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"])
    power.boot(ws1, world.at("07:30"))
    console.fail(ws1, "ann", world.at("08:01:50"), ann)
    console.fail(ws1, "ann", world.at("08:01:58"), ann)
    desk = console.logon(ws1, ann, world.at("08:02:11"))
    leave.logoff(desk, world.at("11:58:40"))


@scenario("2.3")
def lock_unlock(world: World) -> None:
    """Ann locks her screen twice, once by screen saver; that breaks no session."""
    ann = world.user("ann", admin=True)
    ws1 = world.host(
        "ws1.corp.example", build="win10", addresses=["10.0.0.21"], audit={"other_logon"}
    )
    power.boot(ws1, world.at("07:30"))
    desk = console.logon(ws1, ann, world.at("08:02:11"))
    console.lock(desk, world.at("10:00"))
    console.unlock(desk, world.at("10:20:05"))
    console.lock(desk, world.at("12:00"), screen_saver=True)
    console.unlock(desk, world.at("12:45:31"))
    leave.logoff(desk, world.at("16:58:40"))


@scenario("2.3, R5.6")
def unlock_wrong_password(world: World) -> None:
    """Somebody tries Ann's locked screen with wrong passwords; Ann unlocks it later."""
    ann = world.user("ann")
    ws1 = world.host(
        "ws1.corp.example", build="win10", addresses=["10.0.0.21"], audit={"other_logon"}
    )
    power.boot(ws1, world.at("07:30"))
    desk = console.logon(ws1, ann, world.at("08:02:11"))
    console.lock(desk, world.at("12:00"))
    console.fail_unlock(desk, world.at("12:30:10"))
    console.fail_unlock(desk, world.at("12:30:22"))
    console.unlock(desk, world.at("12:45:31"))
    leave.logoff(desk, world.at("16:58:40"))


@scenario("2.4")
def fast_user_switching(world: World) -> None:
    """Ann switches user, Bob works, Ann comes back: two sessions of hers, one local session."""
    ann, bob = world.user("ann", admin=True), world.user("bob")
    ws1 = world.host(
        "ws1.corp.example", build="win10", addresses=["10.0.0.21"], audit={"other_logon"}
    )
    power.boot(ws1, world.at("07:30"))
    first = console.logon(ws1, ann, world.at("08:02:11"))
    switching.switch_user(first, world.at("10:00:00"))
    second = console.logon(ws1, bob, world.at("10:01:10"))
    switching.switch_user(second, world.at("11:30:00"))
    reconnect.at_console(first, world.at("11:30:20"))
    leave.logoff(first, world.at("16:00:00"))


@scenario("R2.5a, T14")
def unlock_as_type_2(world: World) -> None:
    """After sleep an unlock is logged as a type 2 pair: still no session."""
    ann = world.user("ann", admin=True)
    ws1 = world.host(
        "ws1.corp.example", build="win10", addresses=["10.0.0.21"], audit={"other_logon"}
    )
    power.boot(ws1, world.at("07:30"))
    desk = console.logon(ws1, ann, world.at("08:02:11"))
    console.lock(desk, world.at("12:00"))
    console.unlock(desk, world.at("12:45:31"), plain=True)
    leave.logoff(desk, world.at("16:58:40"))


@scenario("2.8")
def shadowed_desktop(world: World) -> None:
    """The help desk shadows Bob's desktop and works in it for ten minutes."""
    bob, helper = world.user("bob"), world.user("adm-hd", admin=True)
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"])
    power.boot(ws1, world.at("07:30"))
    desk = console.logon(ws1, bob, world.at("08:02:11"))
    peer = world.outside("10.0.0.40", "HELPDESK1")
    shadow.shadow(desk, helper, peer, world.at("09:10"), world.at("09:20"), control=True)
    leave.logoff(desk, world.at("16:58:40"))
