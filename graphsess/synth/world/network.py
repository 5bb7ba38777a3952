"""Access over the network without a desktop: SMB, services, tasks, WMI, WinRM (semantics 2.9).

Each visit makes type 3 logons on the target, and leaves its traces at the source where the
visitor sits at a desktop of the world. Visits of one user from one source belong to one session
while less than five minutes lie between them (R5.7).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import dc, logs, outbound, security
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import Peer
from graphsess.synth.world.outbound import SYSTEM_PROCESS, Program
from graphsess.synth.world.request import Request

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.logon import Logon

IDLE = seconds(300)
SMB, RPC, HTTP, HTTPS, SQL = 445, 135, 5985, 443, 1433
_SERVICES = {SMB: "cifs", RPC: "RPCSS", HTTP: "HTTP", HTTPS: "HTTP", SQL: "MSSQLSvc"}


@dataclass(eq=False, slots=True)
class Visit:
    """One stay of a user on a host, over the network.

    Attributes:
        logons: Its type 3 logons, in the order of their making.
        ports: Source port of each.
        ticket: LogonGuid of the DC's 4769; its own 4624 has another (finding 7).
        worker: The logon under which something runs on the target.
    """

    host: Host
    user: User
    peer: Peer
    session: SessionTruth
    logons: list[Logon] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    ticket: str = security.ZERO_GUID
    worker: Logon | None = None

    @property
    def logon(self) -> Logon:
        """The first logon."""
        return self.logons[0]


def enter(
    host: Host,
    user: User,
    at: int,
    peer: Peer,
    *,
    kind: str = "network",
    count: int = 1,
    port: int = SMB,
    address: bool = True,
    kerberos: bool | None = None,
    program: Program = SYSTEM_PROCESS,
) -> Visit:
    """The type 3 logons of a visit.

    Args:
        host: The target.
        user: The account.
        at: The first logon.
        peer: The client.
        kind: network, wmi or winrm; decides what coalesces.
        count: How many logons the protocol makes within a second.
        port: Of the service; for the source's side.
        address: 4624 names the client (WinRM's does not, finding 9).
        kerberos: Tickets or NTLM; None leaves it to the client.
        program: What connects, at the source.
    """
    if kerberos is None:
        kerberos = peer.kerberos and bool(user.realm) and host.world.dc is not None
    visit = Visit(host, user, peer, _session(host, user, at, peer, kind, address=address))
    guid = host.guid() if kerberos else security.ZERO_GUID
    visit.ticket = host.guid() if kerberos else security.ZERO_GUID
    if kerberos and host.world.dc:
        dc.service(host.world.dc, host, at - seconds(0.02), user, peer.address, visit.ticket)
    elif not kerberos:
        dc.ntlm(host, at - seconds(0.002), user.name, user, peer.name, 0)
    first = host.rng.randrange(49_152, 65_500)
    outgoing(visit, at, port, first, program)
    for number in range(count):
        t = at + number * host.lag(0.05, 0.2)
        made = host.logon(user, 3, t, "net_logon")
        made.guid, made.elevated = guid, user.admin
        source = first + min(number, 1)
        how = Request(
            "Kerberos" if kerberos else "NtLmSsp", "Kerberos" if kerberos else "NTLM",
            workstation="-" if kerberos else peer.name,
            address=peer.address if address else "-",
            port=str(source) if address else "-", nobody=True,
        )  # fmt: skip
        if user.admin:
            security.privileges(host, t - seconds(0.00005), made)
        draft = security.logon(host, t, made, how)
        visit.logons.append(made)
        visit.ports.append(source)
        visit.session.starts.append(draft)
        visit.session.auths.append(draft)
    if address and visit.session.source_port is None:
        visit.session.source_port = visit.ports[0]
    if not kerberos:
        visit.session.facts["source_name"] = peer.name
    visit.session.logons += visit.logons
    return visit


def depart(visit: Visit, at: int, *, but: Logon | None = None) -> None:
    """4634 of every logon of the visit that is still there, `but` one."""
    left = [logon for logon in visit.logons if logon.alive and logon is not but]
    for number, logon in enumerate(left):
        draft = security.destroyed(visit.host, at + number * seconds(0.001), logon)
        visit.session.members.append(draft)
    visit.session.end_kind = "closed"


def inside(visit: Visit) -> Peer:
    """The visited host as a client, used by what the visit started there."""
    host = visit.host
    return Peer(
        host.address, host.short[:15], host=host, kerberos=host.domain != "WORKGROUP",
        session=visit.session, logon=visit.worker or visit.logon,
    )  # fmt: skip


def outgoing(visit: Visit, at: int, port: int, source_port: int, program: Program) -> None:
    """The source's side: the flow, 4648 for other credentials than its own, 8001 for NTLM."""
    peer, host, user = visit.peer, visit.host, visit.user
    source, by = peer.machine, peer.acting
    if source is None or by is None:
        return
    over_smb = port == SMB
    moved(peer, visit.session)
    outbound.flow(source, at - seconds(0.004), program, source_port, host, port, by)
    if visit.ticket == security.ZERO_GUID:
        _ntlm_client(visit, source, at - seconds(0.003), by)
    if peer.session is None and by.user == user:
        return
    how = Request(
        "-", executable="" if program is SYSTEM_PROCESS else program.path,
        process_id=program.process_id, asker=by,
        address=host.address if over_smb else "-", port=str(port) if over_smb else "-",
    )  # fmt: skip
    explicit = security.explicit(
        source, at - seconds(0.1), user, how, guid=visit.ticket, server=host.name,
        info=f"{_SERVICES[port]}/{host.name}",
    )  # fmt: skip
    moved(peer, visit.session, explicit)


def moved(peer: Peer, target: SessionTruth, *traces: Draft) -> None:
    """Remember from which session `target` was opened; `traces` tell of it at the source."""
    target.peer = target.peer or peer
    target.origin = target.origin or peer.within
    target.traces += traces


def _ntlm_client(visit: Visit, source: Host, at: int, by: Logon) -> None:
    """NTLM 8001 at the source: the only record that ties a LUID to an outbound NTLM logon."""
    fields: dict[str, object] = {
        "TargetName": f"cifs/{visit.host.name}",
        "UserName": visit.user.name,
        "DomainName": visit.user.domain,
        "CallerPID": 4,
        "ProcessName": "",
        "ClientLUID": by,
        "ClientUserName": by.user.name,
        "ClientDomainName": by.user.domain,
        "MechanismOID": "(NULL)",
    }
    asked = source.emit(logs.NTLM, 8001, at, fields, policy="ntlm")
    moved(visit.peer, visit.session, asked)


def failed(
    host: Host, name: str, at: int, peer: Peer, *, user: User | None = None,
    status: int = 0xC000006A,
) -> None:  # fmt: skip
    """A wrong password over SMB: 4625 type 3 with the client's address and port."""
    checked = dc.ntlm(host, at - seconds(0.002), name, user, peer.name, status)
    port = host.rng.randrange(49_152, 65_500)
    how = Request(
        "NtLmSsp", "NTLM", workstation=peer.name, address=peer.address, port=str(port),
        nobody=True,
    )  # fmt: skip
    draft = security.failure(host, at, name, user.domain if user else "", 3, status, how)
    dc.only_there(checked, host, name, user, status, instead_of=[draft])
    session = SessionTruth(host, "network", user, "failed", "attempt", attempted_user=name)
    session.source_address, session.source_port = peer.address, port
    moved(peer, session)
    session.facts |= {"failure_status": f"{status:#x}", "source_name": peer.name}
    session.attempt, session.end_kind = [draft], "attempt_over"
    host.world.sessions.append(session)


def did(visit: Visit, draft: Draft) -> Draft:
    """Count `draft` as a sign of life of the visit."""
    visit.session.members += draft.forms
    return draft


def _session(
    host: Host, user: User, at: int, peer: Peer, kind: str, *, address: bool
) -> SessionTruth:
    source = peer.address if address else None
    known = host.world.visits.setdefault((host, user, kind), [])
    for session in reversed(known):
        if session.source_address == source or source is None:
            last = session.end or session.start
            if last and at - last.at <= IDLE:
                return session
    session = SessionTruth(host, kind, user, peer=peer, origin=peer.within)
    session.source_address = source
    if host.is_dc:
        session.flags.add("dc_background")
    host.world.sessions.append(session)
    known.append(session)
    return session
