"""What hosts do by themselves: boots, machine accounts, services, nightly tasks and backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.world import activity, credentials, dc, network, noise, power, remote, services
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import Peer

if TYPE_CHECKING:
    from graphsess.synth.fleet.agenda import Script
    from graphsess.synth.fleet.estate import Fleet
    from graphsess.synth.world.host import Host

_SERVICES = ("Windows Update", "Windows Defender", "Software Protection", "Volume Shadow Copy")
_IMAGES = tuple(
    rf"C:\Windows\System32\{name}.exe"
    for name in ("svchost", "taskhostw", "conhost", "backgroundTaskHost", "wermgr", "sppsvc")
)
_HOUR = 3600


def start(fleet: Fleet) -> Script:
    """All hosts boot in the first night, the domain controller first."""
    at = fleet.at(0, 0.1)
    yield at
    for host in fleet.hosts:
        power.boot(host, at)
        at += seconds(40 if host.is_dc else 7)


def hum(fleet: Fleet, host: Host) -> Script:
    """Every hour: the machine account calls the controller, services and processes start."""
    rng = fleet.rng("hum", host.names[0])
    phase = rng.uniform(0.3, 0.95)
    for hour in range(24 * fleet.preset.days):
        at = fleet.at(0, hour + phase)
        yield at
        if host.boot is not None and not host.is_dc:
            noise.machine(host, at)
        for _ in range(int(fleet.preset.hum + rng.random())):
            at += seconds(rng.uniform(1, 2400 / fleet.preset.hum))
            yield at
            if host.boot is not None:
                activity.as_system(host, at, rng.choice(_IMAGES))
        if rng.random() < 0.3 and host.boot is not None:
            services.start(host, at + seconds(0.2), rng.choice(_SERVICES))


def tickets(fleet: Fleet) -> Script:
    """People's ticket-granting tickets are renewed while they work."""
    rng = fleet.rng("tickets")
    at = fleet.at(0, 9)
    while at < fleet.end():
        yield at
        for person in fleet.people:
            if person.is_there():
                dc.granting(person.station, at + seconds(rng.uniform(0, 900)), person.user)
        at += seconds(2 * _HOUR)


def nightly(fleet: Fleet) -> Script:
    """Tasks with stored credentials on servers; the backup reads every file server."""
    account = fleet.world.user("svc-backup", admin=True)
    runners = fleet.servers.get("backup", [])
    for day in range(fleet.preset.days):
        at = fleet.at(day, 2.0)
        yield at
        for server in fleet.servers.get("files", []):
            at += seconds(300)
            yield at
            if not runners:
                credentials.batch(server, account, at, r"C:\Backup\run.exe", runs=900)
                continue
            runner = runners[0]
            job = credentials.batch(runner, account, at, r"C:\Backup\run.exe", runs=1500)
            peer = Peer(runner.address, runner.short, host=runner, session=job, kerberos=True)
            remote.browse(server, account, at + seconds(8), peer, "D$", ("Finance",), stay=1300)


def databases(fleet: Fleet) -> Script:
    """SQL Server runs as an account of its own; the web server asks it all day."""
    servers, webs = fleet.servers.get("sql", []), fleet.servers.get("web", [])
    account, pool = fleet.world.user("svc-sql"), fleet.world.user("svc-web")
    yield fleet.at(0, 0.3)
    for server in servers:
        services.start(server, fleet.at(0, 0.3), "SQL Server", account)
    sites = [services.run(web, fleet.at(0, 0.31), "World Wide Web", pool) for web in webs]
    for hour in range(1, 24 * fleet.preset.days):
        at = fleet.at(0, hour + 0.4)
        yield at
        for web, site, sql in zip(webs, sites, servers, strict=False):
            peer = Peer(web.address, web.short, host=web, session=site, kerberos=True)
            visit = network.enter(sql, pool, at, peer, port=network.SQL)
            network.depart(visit, at + seconds(30))


def last_words(fleet: Fleet) -> Script:
    """Services start just before the logs are taken: they cover all that came before."""
    at = fleet.end()
    yield at
    for host in fleet.hosts:
        if host.boot is not None:
            noise.services_at(host, at)
