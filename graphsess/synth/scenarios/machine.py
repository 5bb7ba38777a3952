"""The machine under the sessions: power, clocks, logs, names, languages, versions."""

from __future__ import annotations

from graphsess.synth.scenarios.registry import scenario
from graphsess.synth.world import activity, console, leave, logfiles, noise, power, rdp
from graphsess.synth.world.accounts import GERMAN
from graphsess.synth.world.host import Host
from graphsess.synth.world.world import World

LSM = "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"


@scenario("R6.1")
def log_cleared_in_session(world: World) -> None:
    """Ann clears the Security and the LSM log inside her RDP session: it goes on."""
    srv1, ann = _host(world, "2022"), world.user("ann", admin=True)
    desk = rdp.logon(srv1, ann, world.at("09:00:00"), world.outside("203.0.113.40", "ANNS-PC"))
    logfiles.clear_security(srv1, world.at("09:30:00"), desk)
    logfiles.clear(srv1, world.at("09:30:20"), desk, LSM)
    activity.process(desk, world.at("09:40:00"), r"C:\Windows\System32\cmd.exe", elevated=True)
    leave.logoff(desk, world.at("10:00:00"))


@scenario("R0.3, R6.2")
def log_gap(world: World) -> None:
    """A piece of the Security log is lost; in it Bob's session begins."""
    srv1, bob = _host(world), world.user("bob")
    noise.services_at(srv1, world.at("08:00:00"))
    desk = rdp.logon(srv1, bob, world.at("09:00:00"), world.outside("203.0.113.40", "BOBS-PC"))
    noise.services_at(srv1, world.at("09:50:00"))
    leave.logoff(desk, world.at("10:00:00"))
    srv1.drop("Security", world.at("08:30:00"), world.at("09:45:00"))
    if desk.session:
        desk.session.facts.pop("source_name", None)


@scenario("R3.6")
def before_coverage(world: World) -> None:
    """The logs begin in the middle of Bob's RDP session and see it end."""
    srv1, bob = _host(world), world.user("bob")
    desk = rdp.logon(srv1, bob, world.at("09:00:00"), world.outside("203.0.113.40", "BOBS-PC"))
    noise.services_at(srv1, world.at("11:00:00"))
    leave.disconnect(desk, world.at("11:30:00"))
    noise.services_at(srv1, world.at("12:00:00"))
    logfiles.starts_at(srv1, world.at("10:30:00"))


@scenario("2.1, R1.3, R5.5")
def crash(world: World) -> None:
    """The power fails while Ann works: the next boot's 41 and 6008 tell when it still ran."""
    ws1, ann = _host(world, "win10"), world.user("ann", admin=True)
    desk = console.logon(ws1, ann, world.at("09:00:00"))
    activity.process(desk, world.at("09:30:00"), r"C:\Windows\System32\notepad.exe")
    power.crash(ws1, world.at("11:17:40"))
    power.boot(ws1, world.at("11:20:00"), after_crash=True)
    leave.logoff(console.logon(ws1, ann, world.at("11:22:00")), world.at("12:00:00"))


@scenario("2.1")
def restart(world: World) -> None:
    """Ann restarts ws1 and logs on again: LUIDs and TS sessions begin anew."""
    ws1, ann = _host(world, "win10"), world.user("ann", admin=True)
    desk = console.logon(ws1, ann, world.at("09:00:00"))
    power.shutdown(ws1, world.at("09:30:00"), by=desk, restart=True)
    power.boot(ws1, world.at("09:30:30"))
    leave.logoff(console.logon(ws1, ann, world.at("09:32:00")), world.at("12:00:00"))


@scenario("2.1")
def sleep_and_resume(world: World) -> None:
    """Ann closes her laptop over lunch: her session, her LUIDs and the boot live on."""
    ws1, ann = _host(world, "win10"), world.user("ann", admin=True)
    desk = console.logon(ws1, ann, world.at("09:00:00"))
    console.lock(desk, world.at("12:00:00"))
    power.sleep(ws1, world.at("12:00:05"))
    power.resume(ws1, world.at("13:10:00"), slept=world.at("12:00:05"))
    console.unlock(desk, world.at("13:10:12"))
    leave.logoff(desk, world.at("16:00:00"))


@scenario("2.1, R1.5")
def fast_startup(world: World) -> None:
    """ws1 is "shut down" over night with fast startup: Ann is logged off, the kernel is not."""
    ws1, ann = _host(world, "win11"), world.user("ann", admin=True)
    desk = console.logon(ws1, ann, world.at("09:00:00"))
    power.hybrid_shutdown(ws1, world.at("17:00:00"), by=desk)
    slept = world.at("17:00:06")
    power.hybrid_start(ws1, world.at("07:50:00", day=1), slept=slept)
    desk = console.logon(ws1, ann, world.at("07:55:00", day=1))
    leave.logoff(desk, world.at("12:00:00", day=1))


@scenario("N4, R0.4")
def clock_jump_back(world: World) -> None:
    """The clock runs three hours ahead and is set back inside Ann's session."""
    ann = world.user("ann", admin=True)
    ws1 = world.host(
        "ws1.corp.example", build="win10", addresses=["10.0.0.21"], audit={"process"},
        offset=3 * 3600,
    )  # fmt: skip
    power.boot(ws1, world.at("08:00:00"))
    desk = console.logon(ws1, ann, world.at("08:05:00"))
    activity.process(desk, world.at("08:06:00"), r"C:\Windows\System32\notepad.exe")
    logfiles.clock_change(ws1, world.at("08:20:00"), -3 * 3600)
    activity.process(desk, world.at("08:40:00"), r"C:\Windows\System32\notepad.exe")
    leave.logoff(desk, world.at("09:00:00"))
    leave.logoff(console.logon(ws1, ann, world.at("12:30:00")), world.at("13:00:00"))


@scenario("N10")
def host_renamed(world: World) -> None:
    """A fresh machine is renamed; its logs run on under the new name."""
    first = "WIN-A1B2C3D4E5F"
    host = world.host(first, build="win10", addresses=["10.0.0.21"], workgroup=True)
    power.boot(host, world.at("08:00:00"))
    desk = console.logon(host, world.local_user(host, "setup", admin=True), world.at("08:05:00"))
    power.shutdown(host, world.at("08:20:00"), by=desk, restart=True)
    logfiles.rename(host, "ws1.corp.example", domain=world.domain)
    power.boot(host, world.at("08:21:00"))
    ann = world.user("ann", admin=True)
    leave.logoff(console.logon(host, ann, world.at("08:30:00")), world.at("12:00:00"))


@scenario("1.1")
def logon_versions(world: World) -> None:
    """One console logon on each build: 4624 of versions 0, 1, 2 and 3."""
    ann = world.user("ann", admin=True)
    for number, build in enumerate(("win7", "2012r2", "win10", "win11")):
        name = f"{'srv' if build == '2012r2' else 'ws'}{number + 1}.corp.example"
        host = world.host(name, build=build, addresses=[f"10.0.0.{21 + number}"])
        power.boot(host, world.at("07:30"))
        leave.logoff(console.logon(host, ann, world.at("08:00:00")), world.at("12:00:00"))


@scenario("0.4, N7")
def localised_names(world: World) -> None:
    """German Windows: only SIDs tell SYSTEM, DWM-n and UMFD-n."""
    ann = world.user("jürgen", admin=True)
    ws1 = world.host(
        "ws1.corp.example", build="win10", addresses=["10.0.0.21"], language=GERMAN,
        audit={"other_logon"},
    )  # fmt: skip
    power.boot(ws1, world.at("07:30"))
    peer = world.outside("203.0.113.40", "JUERGENS-PC")
    noise.anonymous(ws1, world.at("08:00:00"), world.outside("10.0.0.88", "DRUCKER"))
    desk = rdp.logon(ws1, ann, world.at("09:00:00"), peer)
    leave.logoff(desk, world.at("10:00:00"))


def _host(world: World, build: str = "2016") -> Host:
    name, address = ("ws1", "10.0.0.21") if build.startswith("win") else ("srv1", "10.0.0.11")
    host = world.host(
        f"{name}.corp.example", build=build, addresses=[address],
        audit={"other_logon", "process"},
    )  # fmt: skip
    power.boot(host, world.at("07:00"))
    return host
