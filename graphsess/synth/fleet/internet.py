"""What comes from the Internet every day: guessing, scanning, partners behind one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.world import credentials, leave, rdp, rdp_failed
from graphsess.synth.world.clock import seconds

if TYPE_CHECKING:
    from graphsess.synth.fleet.agenda import Script
    from graphsess.synth.fleet.estate import Fleet
    from graphsess.synth.world.host import Host

_GUESSED = ("admin", "administrator", "test", "user1", "scanner", "backup", "sql", "guest",
            "support", "office", "info", "root")  # fmt: skip
_PARTNERS = ("PARTNER-PC7", "DESKTOP-4K2L9", "LAPTOP-ERIK")


def guessing(fleet: Fleet, server: Host) -> Script:
    """Night after night somebody tries names that do not exist, each time from elsewhere."""
    for day in range(fleet.preset.days):
        rng = fleet.rng("guessing", server.names[0], day)
        peer = fleet.world.outside(f"203.0.113.{200 + day % 50}", f"WIN-{rng.randrange(10**6):06}")
        at = fleet.at(day, rng.uniform(1.0, 5.0))
        yield at
        for name in rng.sample(_GUESSED, rng.randrange(5, len(_GUESSED) + 1)):
            rdp_failed.attempt(server, name, at, peer, status=rdp_failed.NO_SUCH_USER)
            at += seconds(rng.uniform(4, 25))
            yield at
        for _ in range(rng.randrange(3)):
            at += seconds(rng.uniform(100, 900))
            yield at
            rdp_failed.probe(server, at, peer)


def partners(fleet: Fleet, server: Host) -> Script:
    """Three machines of a partner firm, behind one address, use the terminal server."""
    world = fleet.world
    users = [world.user(f"ext-{number + 1}") for number in range(len(_PARTNERS))]
    for day in fleet.workdays():
        rng = fleet.rng("partners", server.names[0], day)
        at = fleet.at(day, rng.uniform(9.0, 10.5))
        for user, name in zip(users, _PARTNERS, strict=True):
            yield at
            desk = rdp.logon(server, user, at, world.outside("198.51.100.9", name, zone=1))
            at += seconds(rng.uniform(400, 1500))
            yield at
            leave.logoff(desk, at)
            at += seconds(rng.uniform(60, 2400))


def mailboxes(fleet: Fleet, server: Host) -> Script:
    """Telephones fetch mail with basic authentication: passwords in clear, type 8."""
    rng = fleet.rng("mailboxes", server.names[0])
    at = fleet.at(0, 6.5)
    while at < fleet.end():
        yield at
        person = rng.choice(fleet.people)
        peer = fleet.world.outside(f"192.0.2.{rng.randrange(10, 30)}", "")
        credentials.basic_auth(server, person.user, at, peer, stays=rng.uniform(2, 60))
        at += seconds(rng.uniform(1200, 7200))
