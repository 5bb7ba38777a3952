"""RDP that opens a new desktop."""

from __future__ import annotations

from graphsess.synth.scenarios.registry import scenario
from graphsess.synth.world import (
    activity,
    console,
    gateway,
    leave,
    power,
    rdp,
    reconnect,
    vmconnect,
)
from graphsess.synth.world.world import World, behind


@scenario("2.5")
def rdp_logon_logoff(world: World) -> None:
    """Ann opens a desktop on srv1 (2016) over RDP with NLA and logs off."""
    ann = world.user("ann", admin=True)
    srv1 = world.host("srv1.corp.example", build="2016", addresses=["10.0.0.11"], audit={"process"})
    power.boot(srv1, world.at("03:00"))
    desk = rdp.logon(srv1, ann, world.at("09:12:04"), world.outside("203.0.113.40", "ANNS-LAPTOP"))
    activity.process(desk, world.at("09:20"), r"C:\Windows\System32\mmc.exe", elevated=True)
    leave.logoff(desk, world.at("10:41:30"))


@scenario("2.5")
def rdp_logon_logoff_2012r2(world: World) -> None:
    """The same on 2012 R2: the network logon has no address, only the client's name."""
    ann = world.user("ann", admin=True, split=False)
    srv1 = world.host("srv1.corp.example", build="2012r2", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    desk = rdp.logon(srv1, ann, world.at("09:12:04"), world.outside("203.0.113.40", "kali"))
    leave.logoff(desk, world.at("10:41:30"))


@scenario("2.5")
def rdp_without_nla(world: World) -> None:
    """NLA is off: Bob gets a logon screen first; 1149 comes empty, before any password."""
    bob = world.user("bob")
    srv1 = world.host("srv1.corp.example", build="2016", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    peer = world.outside("203.0.113.40", "BOBS-PC")
    desk = rdp.logon_without_nla(srv1, bob, world.at("09:12:04"), peer, typing=14.5)
    leave.logoff(desk, world.at("10:41:30"))


@scenario("2.5")
def rdp_restricted_admin(world: World) -> None:
    """Ann comes with Restricted Admin: no credentials travel, no 4776, the flag is Yes."""
    ann = world.user("adm-ann", admin=True, split=False)
    srv1 = world.host("srv1.corp.example", build="2022", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    peer = world.outside("10.0.0.50", "ANNS-LAPTOP")
    desk = rdp.logon(srv1, ann, world.at("09:12:04"), peer, restricted=True)
    leave.logoff(desk, world.at("10:41:30"))


@scenario("N8")
def rdp_tunnel(world: World) -> None:
    """RDP through a port forward on the target itself: every record shows 127.0.0.1."""
    bob = world.user("bob", admin=True)
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"])
    power.boot(ws1, world.at("07:30"))
    peer = world.outside("127.0.0.1", "kali")
    desk = rdp.logon(ws1, bob, world.at("22:15:40"), peer)
    if desk.session:
        desk.session.flags.add("tunnelled")
    leave.disconnect(desk, world.at("22:31:02"))


@scenario("1.4, N8")
def rdp_enhanced_session(world: World) -> None:
    """A Hyper-V enhanced session: LSM has no address, 4624 has 0.0.0.0; not the console."""
    ann = world.user("ann")
    vm1 = world.host("vm1.corp.example", build="win10", addresses=["10.0.0.61"])
    power.boot(vm1, world.at("07:30"))
    desk = vmconnect.logon(vm1, ann, world.at("09:00:20"))
    leave.logoff(desk, world.at("09:45:10"))


@scenario("2.5, R3")
def rdp_two_users(world: World) -> None:
    """Two people work at once on an RDS host; one of them leaves first."""
    ann, bob = world.user("ann"), world.user("bob")
    rds1 = world.host(
        "rds1.corp.example", build="2022", addresses=["10.0.0.12"],
        audit={"other_logon", "process"},
    )  # fmt: skip
    power.boot(rds1, world.at("03:00"))
    first = rdp.logon(rds1, ann, world.at("09:00:10"), world.outside("10.0.0.31", "ANNS-PC"))
    second = rdp.logon(rds1, bob, world.at("09:00:11.5"), world.outside("10.0.0.32", "BOBS-PC"))
    activity.process(first, world.at("09:30"), r"C:\Windows\System32\calc.exe")
    activity.process(second, world.at("09:31"), r"C:\Windows\System32\calc.exe")
    leave.logoff(first, world.at("11:00:00"))
    leave.disconnect(second, world.at("11:00:30"))


@scenario("R4.5")
def rdp_gateway(world: World) -> None:
    """Bob comes through a gateway: srv1 sees the gateway's address, its log sees Bob's."""
    bob = world.user("bob")
    rdgw = world.host("rdgw.corp.example", build="2022", addresses=["10.0.0.8"])
    srv1 = world.host("srv1.corp.example", build="2022", addresses=["10.0.0.11"])
    power.boot(rdgw, world.at("02:50"))
    power.boot(srv1, world.at("03:00"))
    client, at = world.outside("203.0.113.40", "BOBS-PC"), world.at("09:12:04")
    peer = gateway.through(rdgw, client, bob, srv1, at)
    desk = rdp.logon(srv1, bob, at, peer)
    leave.logoff(desk, world.at("10:41:30"))
    gateway.over(rdgw, client, bob, srv1, at, world.at("10:41:31"))


@scenario("4.5 type 12")
def rdp_cached(world: World) -> None:
    """No DC answers: Bob's RDP logon is of type 12, and LSA renews it later."""
    bob = world.user("bob")
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"])
    power.boot(ws1, world.at("07:30"))
    peer = world.outside("10.0.0.50", "BOBS-PC")
    desk = rdp.logon(ws1, bob, world.at("09:12:04"), peer, cached=True)
    console.refresh(desk, world.at("09:40:00"))
    leave.logoff(desk, world.at("10:41:30"))


@scenario("R4.3, finding 1")
def rdp_win7(world: World) -> None:
    """Windows 7 leaves the ActivityIDs empty: 261, 1149, 41 and 21 join by time alone."""
    bob = world.user("bob")
    pc7 = world.host("pc7.corp.example", build="win7", addresses=["10.0.0.71"])
    power.boot(pc7, world.at("07:30"))
    desk = rdp.logon(pc7, bob, world.at("09:12:04"), world.outside("10.0.0.50", "BOBS-PC"))
    leave.logoff(desk, world.at("10:41:30"))


@scenario("R5.2")
def rdp_behind_nat(world: World) -> None:
    """4778 and 4779 tell the address that the client itself has: 192.168.1.5, behind NAT."""
    bob = world.user("bob")
    srv1 = world.host(
        "srv1.corp.example", build="win10", addresses=["10.0.0.11"], audit={"other_logon"}
    )
    power.boot(srv1, world.at("03:00"))
    peer = world.outside("203.0.113.40", "BOBS-PC")
    peer.claims = "192.168.1.5"
    desk = rdp.logon(srv1, bob, world.at("09:12:04"), peer)
    leave.disconnect(desk, world.at("10:00:00"))
    reconnect.over_rdp(desk, world.at("11:00:00"), peer)
    leave.disconnect(desk, world.at("12:00:00"))


@scenario("R8")
def rdp_hop(world: World) -> None:
    """Ann goes on from srv1 to ws1 as adm-ann: both ends are in the case, and the DC."""
    ann, admin = world.user("ann"), world.user("adm-ann", admin=True)
    dc1 = world.host("dc1.corp.example", build="2016", addresses=["10.0.0.10"], dc=True)
    srv1 = world.host("srv1.corp.example", build="2022", addresses=["10.0.0.11"])
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"])
    for host in (dc1, srv1, ws1):
        power.boot(host, world.at("03:00"))
    first = rdp.logon(srv1, ann, world.at("09:12:04"), world.outside("203.0.113.40", "ANNS-PC"))
    second = rdp.logon(ws1, admin, world.at("09:20:30"), behind(first))
    leave.logoff(second, world.at("09:50:00"))
    leave.logoff(first, world.at("10:41:30"))


@scenario("R8, W_skew")
def rdp_hop_with_clock_offset(world: World) -> None:
    """The same hop, while the source's clock is 40 seconds ahead of the target's."""
    ann, admin = world.user("ann"), world.user("adm-ann", admin=True)
    srv1 = world.host("srv1.corp.example", build="2022", addresses=["10.0.0.11"], offset=40)
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"])
    for host in (srv1, ws1):
        power.boot(host, world.at("03:00"))
    first = rdp.logon(srv1, ann, world.at("09:12:04"), world.outside("203.0.113.40", "ANNS-PC"))
    second = rdp.logon(ws1, admin, world.at("09:20:30"), behind(first))
    leave.logoff(second, world.at("09:50:00"))
    leave.logoff(first, world.at("10:41:30"))


@scenario("R4.6, R5.3")
def rdp_without_lsm(world: World) -> None:
    """No Terminal Services log was kept: the session is known from Security alone."""
    bob = world.user("bob")
    srv1 = world.host(
        "srv1.corp.example", build="2016", addresses=["10.0.0.11"], audit={"other_logon"},
        absent={"TerminalServices", "RdpCoreTS"},
    )  # fmt: skip
    power.boot(srv1, world.at("03:00"))
    desk = rdp.logon(srv1, bob, world.at("09:12:04"), world.outside("203.0.113.40", "BOBS-PC"))
    leave.disconnect(desk, world.at("10:00:00"))
    if desk.session:
        desk.session.source_port = None


@scenario("R5.12")
def rdp_without_security(world: World) -> None:
    """No Security log was kept: the session is known from Terminal Services alone."""
    bob = world.user("bob")
    srv1 = world.host(
        "srv1.corp.example", build="2016", addresses=["10.0.0.11"], absent={"Security"}
    )
    power.boot(srv1, world.at("03:00"))
    desk = rdp.logon(srv1, bob, world.at("09:12:04"), world.outside("203.0.113.40", "BOBS-PC"))
    leave.logoff(desk, world.at("10:00:00"))
    if desk.session:
        desk.session.facts.pop("source_name", None)


@scenario("1.6")
def rdp_with_udp(world: World) -> None:
    """The client adds UDP channels: 131 with another ActivityID each, and no session."""
    bob = world.user("bob")
    srv1 = world.host("srv1.corp.example", build="2022", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    desk = rdp.logon(srv1, bob, world.at("09:12:04"), world.outside("203.0.113.40", "BOBS-PC"))
    for second in ("06.4", "06.5"):
        rdp.udp_channel(desk, world.at(f"09:12:{second}"))
    leave.logoff(desk, world.at("10:41:30"))


@scenario("R8, E1, E6")
def rdp_hop_five_tuple(world: World) -> None:
    """A hop whose source logs flows and processes: 5156 and 4688 mstsc meet 131's port."""
    ann, admin = world.user("ann"), world.user("adm-ann", admin=True)
    srv1 = world.host(
        "srv1.corp.example", build="2022", addresses=["10.0.0.11"], audit={"flow", "process"}
    )
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"])
    for host in (srv1, ws1):
        power.boot(host, world.at("03:00"))
    first = rdp.logon(srv1, ann, world.at("09:12:04"), world.outside("203.0.113.40", "ANNS-PC"))
    second = rdp.logon(ws1, admin, world.at("09:20:30"), behind(first))
    leave.disconnect(second, world.at("09:50:00"))
    leave.logoff(first, world.at("10:41:30"))
