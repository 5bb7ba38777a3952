"""An RD Gateway: the target sees the gateway's address, the gateway's log sees the client's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.world import logs
from graphsess.synth.world.clock import SECOND, seconds
from graphsess.synth.world.desktop import Peer

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.host import Host


def through(gateway: Host, client: Peer, user: User, target: Host, at: int) -> Peer:
    """`user` asks the gateway for `target`; returns the client as the target will see it."""
    port = gateway.rng.randrange(49_152, 65_535)
    _event(gateway, 312, at - seconds(1.1), Username="", IpAddress=f"{client.address}:{port}")
    for event_id, before in ((200, 0.8), (300, 0.4), (302, 0.05)):
        fields = _asked(user, client, target if event_id != 200 else None)
        fields["ErrorCode"] = 0
        _event(gateway, event_id, at - seconds(before), **fields)
    return Peer(
        gateway.address, client.name, zone=client.zone, origin=client.address, via=gateway.name
    )


def over(gateway: Host, client: Peer, user: User, target: Host, since: int, at: int) -> None:
    """303: the connection through the gateway ends, with what it carried."""
    fields = _asked(user, client, target) | {
        "BytesReceived": gateway.rng.randrange(10**5, 10**7),
        "BytesTransfered": gateway.rng.randrange(10**6, 10**8),
        "SessionDuration": (at - since) // SECOND,
        "ErrorCode": 1226,
    }
    _event(gateway, 303, at, **fields)


def _asked(user: User, client: Peer, target: Host | None) -> dict[str, object]:
    return {
        "Username": user.label,
        "IpAddress": client.address,
        "AuthType": "NTLM",
        "Resource": target.name if target else "",
        "ConnectionProtocol": "HTTP",
    }


def _event(gateway: Host, event_id: int, at: int, **fields: object) -> None:
    gateway.emit(logs.GATEWAY, event_id, at, dict(fields))
