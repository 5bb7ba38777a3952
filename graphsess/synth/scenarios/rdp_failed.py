"""RDP that does not get in."""

from __future__ import annotations

from graphsess.synth.scenarios.registry import scenario
from graphsess.synth.world import dc, leave, logfiles, network, power, rdp, rdp_failed
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.world import World


@scenario("2.6, finding 13")
def rdp_wrong_password_2012r2(world: World) -> None:
    """A tool guesses against 2012 R2: 4625 without an address, recovered by containment."""
    administrator = world.user("administrator", admin=True, split=False)
    srv1 = world.host("srv1.corp.example", build="2012r2", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    peer = world.outside("198.51.100.102", "kali")
    at = world.at("03:21:25.7")
    for _ in range(25):
        rdp_failed.attempt(srv1, "administrator", at, peer, user=administrator)
        rdp_failed.probe(srv1, at + seconds(0.15), peer)
        at += srv1.lag(0.4, 0.5)
    desk = rdp.logon(srv1, administrator, at + seconds(1), peer)
    leave.logoff(desk, world.at("03:52:46"))


@scenario("2.6")
def rdp_wrong_password(world: World) -> None:
    """Wrong passwords against Windows 10: 140 and 4625 of one attempt are one failure."""
    bob = world.user("bob")
    ws1 = world.host("ws1.corp.example", build="win10", addresses=["10.0.0.21"])
    power.boot(ws1, world.at("07:30"))
    peer = world.outside("198.51.100.7", "WIN-A1B2C3")
    rdp_failed.attempt(ws1, "bob", world.at("09:00:00"), peer, user=bob)
    rdp_failed.attempt(ws1, "bob", world.at("09:00:12"), peer, user=bob)
    rdp_failed.attempt(ws1, "guest1", world.at("09:03:30"), peer, status=rdp_failed.NO_SUCH_USER)


@scenario("2.6, R5.6")
def rdp_mistype(world: World) -> None:
    """Bob mistypes once and gets in half a minute later from the same address."""
    bob = world.user("bob")
    srv1 = world.host("srv1.corp.example", build="2016", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    peer = world.outside("203.0.113.40", "BOBS-PC")
    rdp_failed.attempt(srv1, "bob", world.at("09:00:00"), peer, user=bob)
    desk = rdp.logon(srv1, bob, world.at("09:00:31"), peer)
    leave.logoff(desk, world.at("09:40:00"))


@scenario("2.6, R5.6")
def rdp_spray(world: World) -> None:
    """One password against eight names in two minutes, from one address."""
    srv1 = world.host("srv1.corp.example", build="2022", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    peer = world.outside("198.51.100.77", "kali")
    at = world.at("02:10:00", day=1)
    for name in ("ann", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"):
        rdp_failed.attempt(srv1, name, at, peer, user=world.user(name))
        at += srv1.lag(9, 16)


@scenario("2.6")
def rdp_wrong_password_without_nla(world: World) -> None:
    """NLA is off: a wrong password at the remote logon screen is a 4625 of type 10."""
    srv1 = world.host("srv1.corp.example", build="2016", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    peer = world.outside("198.51.100.7", "WIN-A1B2C3")
    bob = world.user("bob")
    rdp_failed.attempt_without_nla(srv1, "bob", world.at("09:00:00"), peer, user=bob)


@scenario("2.6")
def rdp_not_allowed(world: World) -> None:
    """Bob's password is right, but he may not log on through RDP: denied, not failed."""
    bob = world.user("bob")
    srv1 = world.host("srv1.corp.example", build="2016", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    peer = world.outside("203.0.113.40", "BOBS-PC")
    rdp_failed.not_allowed(srv1, bob, world.at("09:00:00"), peer)


@scenario("2.6 (i), finding 14")
def rdp_no_shell_tool(world: World) -> None:
    """A password tool has the right password and leaves before the desktop comes."""
    administrator = world.user("administrator", admin=True, split=False)
    srv1 = world.host("srv1.corp.example", build="2012r2", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    peer = world.outside("198.51.100.102", "kali")
    hanging = rdp_failed.tool_leaves_early(srv1, administrator, world.at("03:21:46"), peer)
    rdp_failed.hanging_logoff(hanging, world.at("03:22:20"))


@scenario("2.6 (ii), finding 14")
def rdp_no_shell_second(world: World) -> None:
    """A second connection of the same user while the first, empty session still hangs."""
    administrator = world.user("administrator", admin=True, split=False)
    srv1 = world.host("srv1.corp.example", build="2012r2", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    peer = world.outside("198.51.100.102", "kali")
    hanging = rdp_failed.tool_leaves_early(srv1, administrator, world.at("03:21:46"), peer)
    rdp_failed.second_while_hanging(srv1, administrator, world.at("03:22:07"), peer)
    rdp_failed.hanging_logoff(hanging, world.at("03:22:20"))
    desk = rdp.logon(srv1, administrator, world.at("03:22:36"), peer)
    leave.logoff(desk, world.at("03:52:46"))


@scenario("2.6")
def rdp_refused_after_arbitration(world: World) -> None:
    """The licence is refused: 41 and 42 come, 21 does not, reason 7."""
    bob = world.user("bob")
    srv1 = world.host("srv1.corp.example", build="2016", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    rdp.refused(srv1, bob, world.at("09:00:00"), world.outside("203.0.113.40", "BOBS-PC"))


@scenario("R4.6")
def rdp_probes(world: World) -> None:
    """Scanners reach the port forty times and never authenticate; only Bob's is a session."""
    bob = world.user("bob")
    srv1 = world.host("srv1.corp.example", build="2016", addresses=["10.0.0.11"])
    power.boot(srv1, world.at("03:00"))
    at = world.at("04:00:00")
    for number in range(40):
        rdp_failed.probe(srv1, at, world.outside(f"198.51.100.{number % 7 + 1}", ""))
        at += srv1.lag(0.3, 90)
    desk = rdp.logon(srv1, bob, world.at("09:00:00"), world.outside("203.0.113.40", "BOBS-PC"))
    leave.logoff(desk, world.at("09:30:00"))


@scenario("R5.6, R6")
def rdp_guesses_log_cleared(world: World) -> None:
    """The guesser gets in and clears Security: 140 still tells attempts, the DC still names."""
    bob = world.user("bob", admin=True)
    dc1 = world.host("dc1.corp.example", build="2016", addresses=["10.0.0.10"], dc=True)
    srv1 = world.host("srv1.corp.example", build="2022", addresses=["10.0.0.11"])
    power.boot(dc1, world.at("02:30"))
    power.boot(srv1, world.at("03:00"))
    peer, at = world.outside("198.51.100.102", "kali"), world.at("04:00:00")
    for _ in range(12):
        rdp_failed.attempt(srv1, "bob", at, peer, user=bob)
        at += srv1.lag(3, 5)
    desk = rdp.logon(srv1, bob, at, peer)
    logfiles.clear_security(srv1, at + seconds(900), desk)
    leave.logoff(desk, at + seconds(1200))


@scenario("R5.6")
def failures_seen_at_dc_only(world: World) -> None:
    """Wrong passwords at a host outside the case: only the DC's 4771 and 4776 tell."""
    bob = world.user("bob")
    dc1 = world.host("dc1.corp.example", build="2016", addresses=["10.0.0.10"], dc=True)
    away = world.host("ws9.corp.example", build="win10", addresses=["10.0.0.29"])
    power.boot(dc1, world.at("02:30"))
    for second in (0, 20, 45):
        dc.wrong_password(away, bob, world.at("09:00:00") + seconds(second), [])
    network.failed(away, "bob", world.at("10:00:00"), world.outside("10.0.0.77", "X"), user=bob)
    logfiles.lost(away)
