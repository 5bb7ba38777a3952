"""OpenSSH for Windows."""

from __future__ import annotations

from graphsess.synth.scenarios.registry import scenario
from graphsess.synth.world import power, ssh
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.host import Host
from graphsess.synth.world.world import World


@scenario("2.9, finding 15")
def ssh_accepted(world: World) -> None:
    """Ann logs in with her password, works and disconnects."""
    fs1 = _host(world)
    peer = world.outside("10.0.0.35", "ANNS-PC")
    connection = ssh.connect(fs1, world.at("09:00:00"), peer)
    ssh.accept(connection, world.user("ann", admin=True), world.at("09:00:06"))
    ssh.close(connection, world.at("09:40:00"))


@scenario("2.9, finding 15")
def ssh_accepted_by_key(world: World) -> None:
    """Ann logs in with a key: she runs under a type 3 of sshd, there is no type 8."""
    fs1 = _host(world)
    peer = world.outside("10.0.0.35", "ANNS-PC")
    connection = ssh.connect(fs1, world.at("09:00:00"), peer)
    ssh.accept(connection, world.user("ann", admin=True), world.at("09:00:03"), key=True)
    ssh.close(connection, world.at("09:40:00"))


@scenario("2.9, finding 15, T10")
def ssh_failed(world: World) -> None:
    """Five wrong passwords of Ann on one connection, two for a name that does not exist."""
    fs1, ann = _host(world), world.user("ann")
    peer = world.outside("198.51.100.14", "kali")
    connection = ssh.connect(fs1, world.at("09:00:00"), peer)
    at = world.at("09:00:15")
    for _ in range(5):
        ssh.wrong_password(connection, "ann", at, ann)
        at += seconds(5)
    ssh.close(connection, at)
    other = ssh.connect(fs1, world.at("09:10:00"), peer)
    ssh.wrong_password(other, "root", world.at("09:10:04"))
    ssh.wrong_password(other, "root", world.at("09:10:07"))
    ssh.close(other, world.at("09:10:09"))


@scenario("2.9, R5.3")
def ssh_mistyped_then_accepted(world: World) -> None:
    """Bob mistypes once and gets in on the same connection."""
    fs1, bob = _host(world), world.user("bob")
    connection = ssh.connect(fs1, world.at("09:00:00"), world.outside("10.0.0.36", "BOBS-PC"))
    ssh.wrong_password(connection, "bob", world.at("09:00:07"), bob)
    ssh.accept(connection, bob, world.at("09:00:14"))
    ssh.close(connection, world.at("09:30:00"))


def _host(world: World) -> Host:
    fs1 = world.host("fs1.corp.example", build="2022", addresses=["10.0.0.13"], audit={"process"})
    power.boot(fs1, world.at("03:00"))
    return fs1
