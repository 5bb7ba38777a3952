"""What goes on in every network all day: machine accounts, anonymous logons, service logons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import dc, network, security, services
from graphsess.synth.world.accounts import ANONYMOUS
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.request import Request
from graphsess.synth.world.world import beside

if TYPE_CHECKING:
    from graphsess.synth.world.desktop import Peer
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.network import Visit


def machine(host: Host, at: int) -> None:
    """`HOST$` asks the domain controller for its policy: best evidence of an address (R9)."""
    controller = host.world.dc
    if controller is None:
        return
    account = host.world.machine(host)
    dc.granting(host, at - seconds(0.05), account)
    visit = network.enter(controller, account, at, beside(host))
    network.depart(visit, at + controller.lag(0.02, 11))


def machines(at: int, hosts: list[Host]) -> None:
    """The same for several hosts, some seconds apart."""
    for host in hosts:
        machine(host, at)
        at += host.lag(4, 40)


def anonymous(host: Host, at: int, peer: Peer, *, before: Visit | None = None) -> None:
    """ANONYMOUS LOGON over SMB; a byproduct where a real logon of the same client follows."""
    user = host.language.builtin(ANONYMOUS)
    made = host.logon(user, 3, at, "anonymous")
    port = host.rng.randrange(49_152, 65_500)
    how = Request(
        "NtLmSsp", "NTLM", workstation=peer.name, address=peer.address, port=str(port),
        nobody=True,
    )  # fmt: skip
    draft = security.logon(host, at, made, how)
    draft.fields["LmPackageName"] = "NTLM V1"
    gone = security.destroyed(host, at + host.lag(10, 12), made)
    if before:
        made.owner = before.logon
        before.session.byproducts.append(made)
        return
    session = SessionTruth(host, "network", user, source_address=peer.address, source_port=port)
    session.peer = peer
    session.starts, session.auths, session.logons = [draft], [draft], [made]
    session.members = [gone]
    session.end_kind = "closed"
    session.facts["source_name"] = peer.name
    host.world.sessions.append(session)


def services_at(host: Host, *times: int) -> None:
    """SYSTEM services start at these times: the logs go on though nobody is there."""
    for at in times:
        services.start(host, at, "Windows Update")
