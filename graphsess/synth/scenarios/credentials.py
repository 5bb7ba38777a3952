"""Other credentials inside a session, cached credentials, and logons of programs."""

from __future__ import annotations

from graphsess.synth.scenarios.registry import scenario
from graphsess.synth.world import console, credentials, leave, power, remote, services
from graphsess.synth.world.desktop import Desktop
from graphsess.synth.world.world import World, behind

CMD = r"C:\Windows\System32\cmd.exe"


@scenario("2.9")
def runas(world: World) -> None:
    """Ann opens a prompt as adm-ann with runas: a session inside hers."""
    desk = _ann_at_ws1(world)
    inner = credentials.run_as(desk, world.user("adm-ann", admin=True), world.at("09:00:00"), CMD)
    credentials.end(inner, world.at("09:30:00"))
    leave.logoff(desk, world.at("16:00:00"))


@scenario("2.9, R8")
def netonly(world: World) -> None:
    """Runas /netonly as svc-sql, then a share of srv1: the hop starts in the type 9 logon."""
    desk = _ann_at_ws1(world)
    other = world.user("svc-sql", admin=True)
    srv1 = world.host("srv1.corp.example", build="2016", addresses=["10.0.0.11"], audit={"share"})
    desk.host.audit |= {"ntlm"}
    power.boot(srv1, world.at("03:00"))
    inner = credentials.net_only(desk, other, world.at("09:00:00"), CMD)
    remote.browse(srv1, other, world.at("09:02:00"), behind(desk, inner), "C$", ("Users",))
    credentials.end(inner, world.at("09:30:00"))
    leave.logoff(desk, world.at("16:00:00"))


@scenario("2.9, R2.5c")
def consent_prompt(world: World) -> None:
    """Bob elevates a program with adm-ann's password: a byproduct, not a session."""
    desk = _ann_at_ws1(world, name="bob", admin=False)
    admin = world.user("adm-ann", admin=True)
    credentials.consent(desk, admin, world.at("09:00:00"), r"C:\Windows\System32\mmc.exe")
    leave.logoff(desk, world.at("16:00:00"))


@scenario("2.9, 4.5 types 11 and 13")
def cached_credentials(world: World) -> None:
    """Away from the network Ann logs on and unlocks with cached credentials."""
    ann = world.user("ann", admin=True)
    ws1 = world.host(
        "ws1.corp.example", build="win11", addresses=["10.0.0.21"], audit={"other_logon"}
    )
    power.boot(ws1, world.at("07:30"))
    desk = console.logon(ws1, ann, world.at("08:00:00"), cached=True)
    console.lock(desk, world.at("10:00:00"))
    console.unlock(desk, world.at("10:15:00"), cached=True)
    console.refresh(desk, world.at("11:00:00"))
    leave.logoff(desk, world.at("16:00:00"))


@scenario("4.5 type 4")
def batch_task(world: World) -> None:
    """A nightly task runs as svc-backup with stored credentials."""
    srv1 = world.host("srv1.corp.example", build="2016", addresses=["10.0.0.11"], audit={"process"})
    power.boot(srv1, world.at("00:30"))
    account = world.user("svc-backup", admin=True)
    credentials.batch(srv1, account, world.at("02:00:00"), r"C:\Backup\run.exe", runs=1900)
    credentials.batch(srv1, account, world.at("14:00:00"), r"C:\Backup\run.exe", runs=600)


@scenario("4.5 type 8")
def network_cleartext(world: World) -> None:
    """Bob uses a web site with basic authentication: his password travels in clear."""
    web1 = world.host("web1.corp.example", build="2016", addresses=["10.0.0.15"])
    power.boot(web1, world.at("03:00"))
    peer = world.outside("203.0.113.40", "")
    credentials.basic_auth(web1, world.user("bob"), world.at("09:00:00"), peer)


@scenario("4.5 type 5")
def service_starts(world: World) -> None:
    """Services start all day, as SYSTEM and once as svc-sql: nobody logs on."""
    srv1 = world.host("srv1.corp.example", build="2016", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    for hour in range(4, 12):
        services.start(srv1, world.at(f"{hour}:10:00"), "Windows Update")
    made = services.start(srv1, world.at("12:00:00"), "SQL Server", world.user("svc-sql"))
    services.stop(srv1, world.at("15:00:00"), "SQL Server", made)


def _ann_at_ws1(world: World, *, name: str = "ann", admin: bool = True) -> Desktop:
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"], audit={"process"})
    power.boot(ws1, world.at("07:30"))
    return console.logon(ws1, world.user(name, admin=admin), world.at("08:00:00"))
