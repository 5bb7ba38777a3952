"""RDP coming in: transport, network level authentication, a new desktop (semantics 2.5, 2.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import (
    companions,
    console,
    dc,
    leave,
    logs,
    network,
    outbound,
    security,
    terminal,
)
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import Connection, Desktop, Peer
from graphsess.synth.world.request import Request

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.host import Host

WINDOWS_NT = {"MajorType": 1, "MinorType": 3}


def logon(
    host: Host,
    user: User,
    at: int,
    peer: Peer,
    *,
    think: float = 0.9,
    restricted: bool = False,
    cached: bool = False,
) -> Desktop:
    """`user` gets a new desktop over RDP with NLA.

    Args:
        host: The target.
        user: Whose credentials are right.
        at: When the target sees the connection.
        peer: The client.
        think: Seconds between the network logon and 1149; a person may type meanwhile.
        restricted: Restricted Admin: the client sends no credentials.
        cached: No DC answers: type 12 with cached credentials.
    """
    connection = connect(host, at, peer)
    outbound.started(connection, at, user)
    authed = authenticate(connection, user, at + host.lag(0.09, 0.13), think=think,
                          silent=restricted or cached)  # fmt: skip
    session = truth(connection, user)
    desktop = companions.new_desktop(host, authed + host.lag(0.15, 0.2))
    desktop.user, desktop.connection = user, connection
    assigned(connection, authed + seconds(0.02), desktop.ts_id)
    desk_logon(desktop, authed + host.lag(0.4, 0.6), session, restricted=restricted, cached=cached)
    return desktop


def logon_without_nla(host: Host, user: User, at: int, peer: Peer, *, typing: float) -> Desktop:
    """A logon screen first, then the password: no network logon, 1149 says nothing."""
    connection = connect(host, at, peer)
    desktop = companions.new_desktop(host, at + host.lag(0.1, 0.2))
    assigned(connection, at + seconds(0.05), desktop.ts_id)
    empty = terminal.authenticated(connection, at + host.lag(0.2, 0.3), "", None, peer.address)
    session = truth(connection, user)
    session.starts.append(empty)
    session.auths = []
    desktop.user, desktop.connection = user, connection
    desk_logon(desktop, at + seconds(typing), session)
    session.auths = [made.start for made in reversed(desktop.logons) if made.start]
    return desktop


def refused(host: Host, user: User, at: int, peer: Peer) -> None:
    """The session is refused after arbitration (licence): 41, 42, 40 reason 7, no 21."""
    connection = connect(host, at, peer)
    authed = authenticate(connection, user, at + host.lag(0.09, 0.13), think=0.9)
    session = truth(connection, user)
    desktop = companions.new_desktop(host, authed + host.lag(0.1, 0.2))
    desktop.user, desktop.connection = user, connection
    assigned(connection, authed + seconds(0.02), desktop.ts_id)
    t = authed + host.lag(0.4, 0.6)
    terminal.session(host, 41, t, user, desktop.ts_id, connection.activity)
    terminal.session(host, 42, t + seconds(0.02), user, desktop.ts_id, connection.activity)
    session.ends["40"] = terminal.reason(
        host, t + seconds(0.2), desktop.ts_id, 7, connection.activity
    )
    session.ends |= leave.transport_over(connection, t + seconds(0.25), 7)
    session.ends |= leave.nla_over(connection, t + seconds(0.3))
    companions.gone(desktop, t + seconds(0.4))
    session.outcome, session.opened_by = "authenticated_no_shell", "attempt"
    session.ts_id, session.end_kind = desktop.ts_id, "attempt_over"
    host.world.sessions.append(session)


def connect(host: Host, at: int, peer: Peer) -> Connection:
    """261, and 131, 65, 141 where the build has RdpCoreTS: something reached the port."""
    boot = host.running
    port = host.rng.randrange(49_152, 65_535)
    connection = Connection(host, peer, port, host.rdp_activity(), boot.connections)
    boot.connections += 1
    connection.ticket = host.guid()
    burst = at + host.lag(0.0, 0.012)
    accepted = terminal.core(connection, 131, at, ConnType="TCP", ClientIP=f"{peer.address}:{port}")
    terminal.core(connection, 65, at + seconds(0.0005), ConnectionName=connection.name)
    terminal.core(connection, 141, at + seconds(0.001), InstanceID=connection.number)
    connection.connects = [terminal.listener(connection, burst)]
    if accepted:
        connection.connects.append(accepted)
    return connection


def authenticate(
    connection: Connection, user: User, at: int, *, think: float, silent: bool = False
) -> int:
    """The network logon (type 3, the NLA precursor) and 1149. Returns 1149's time."""
    host, peer = connection.host, connection.peer
    kerberos = peer.kerberos and bool(user.realm) and host.world.dc is not None and not silent
    nla = host.logon(user, 3, at, "nla_precursor")
    nla.elevated = user.admin
    if kerberos and host.world.dc:
        nla.guid = host.guid()
        if peer.host:
            dc.granting(peer.host, at - seconds(0.06), user)
        dc.service(host.world.dc, host, at - seconds(0.03), user, peer.address, connection.ticket)
    elif not silent:
        dc.ntlm(host, at - seconds(0.001), user.name, user, peer.name, 0)
    if user.admin:
        security.privileges(host, at - seconds(0.00005), nla)
    start = security.logon(host, at, nla, over_network(connection, kerberos=kerberos))
    connection.nla = nla
    done = at + seconds(think) + host.lag(0.0, 0.1)
    ok = terminal.authenticated(connection, done, user.name, None, peer.address)
    connection.auths = [ok, start]
    return done


def over_network(connection: Connection, *, kerberos: bool) -> Request:
    """A request of network level authentication, as the build logs it."""
    with_address = connection.host.build.nla_address
    return Request(
        "Kerberos" if kerberos else "NtLmSsp",
        "Kerberos" if kerberos else "NTLM",
        workstation="-" if kerberos else connection.peer.name,
        address=connection.peer.address if with_address else "-",
        port="0" if with_address else "-",
        nobody=True,
    )


def truth(connection: Connection, user: User | None) -> SessionTruth:
    """The account of an RDP session, with all that the connection says of its source."""
    peer = connection.peer
    session = SessionTruth(connection.host, "rdp", user)
    session.source_address = peer.address
    session.source_port = connection.port if connection.host.build.activities else None
    session.port_in = [draft for draft in connection.connects if draft.event_id == 131]
    session.starts = [*connection.connects, *connection.auths]
    session.auths = list(connection.auths)
    session.byproducts = [connection.nla] if connection.nla else []
    if connection.nla and connection.nla.guid == security.ZERO_GUID:  # NTLM names the client
        session.facts["source_name"] = peer.name
    if peer.via:
        session.facts |= {"via": peer.via, "origin_address": peer.origin}
    network.moved(peer, session)
    session.traces = connection.traces
    return session


def assigned(connection: Connection, at: int, ts_id: int) -> None:
    """RdpCoreTS 66 and what follows: the connection gets its TS session."""
    name = connection.name
    terminal.core(connection, 66, at, ConnectionName=name, SessionID=ts_id)
    terminal.core(connection, 98, at + seconds(0.015))
    terminal.core(connection, 169, at + seconds(0.07), **WINDOWS_NT)
    terminal.core(connection, 104, at + seconds(0.08), TimezoneBiasHour=f"[{connection.peer.zone}]")
    outbound.connected(connection, at + seconds(0.1))


def udp_channel(desktop: Desktop, at: int) -> None:
    """131 for UDP: a side channel with an ActivityID of its own, no connection (1.6)."""
    main = desktop.connection
    if main is None:
        return
    port = desktop.host.rng.randrange(49_152, 65_535)
    side = Connection(desktop.host, main.peer, port, desktop.host.guid(), main.number)
    client = f"[{main.peer.address}]:{port}"
    terminal.core(side, 131, at, ConnType="UDP", ClientIP=client)


def desk_logon(
    desktop: Desktop,
    at: int,
    session: SessionTruth,
    *,
    restricted: bool = False,
    cached: bool = False,
) -> None:
    """4648, 4624 type 10, LSM 41, 42, 21, 22: the desktop opens."""
    host, user = desktop.host, desktop.owner
    connection = desktop.connection
    if connection is None:
        raise ValueError("an RDP logon needs a connection")
    desk_tokens(desktop, at, session, restricted=restricted, cached=cached)
    terminal.core(connection, 72, at + seconds(0.01),
                  MethodName=f"ConnectNotify(SessionId={desktop.ts_id})")  # fmt: skip
    if not host.build.font_driver and host.build.activities:
        slow = {"ServerName": rf"\\{host.name}", "UserName": user.name}
        host.emit(logs.RCM_ADMIN, 20499, at + seconds(0.016), dict(slow))
    begin = console.arbitration(desktop, at + host.lag(0.002, 0.046), connection.activity, session)
    arrived = begin + host.lag(0.15, 0.25)
    address = connection.peer.address
    console.opened(desktop, arrived, connection.activity, address, session)
    outbound.signed_on(connection, arrived + seconds(0.1), desktop.ts_id)


def desk_tokens(
    desktop: Desktop,
    at: int,
    session: SessionTruth,
    *,
    restricted: bool = False,
    cached: bool = False,
) -> None:
    """4648 with the client's address, and the 4624s of type 10 (12 if cached)."""
    host, user, connection = desktop.host, desktop.owner, desktop.connection
    address = connection.peer.address if connection else "-"
    modern = host.build.logon_version >= 2
    how = console.asked(host, address, restricted=restricted if modern else None)
    guid = "" if cached or restricted else dc.interactive(host, at, user)
    explicit = security.explicit(host, at, user, how, guid=guid or security.ZERO_GUID)
    kind = 12 if cached else 10
    desktop.logons = console.tokens(host, at + seconds(0.0002), user, kind, how, guid)
    session.starts += [explicit, *(made.start for made in desktop.logons if made.start)]
    if restricted:
        session.facts["restricted_admin"] = True
