"""The source side of an RDP connection: mstsc on the desktop it is done from (semantics 1.7)."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, NamedTuple

from graphsess.synth.world import activity, logs, security, sysmon
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.request import LSASS, Request

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.desktop import Connection
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.logon import Logon

MSTSC = r"C:\Windows\System32\mstsc.exe"


class Program(NamedTuple):
    """A running program of the source."""

    path: str
    process_id: int


SYSTEM_PROCESS = Program("System", 4)


def started(connection: Connection, at: int, user: User) -> None:
    """1024, 1029, 4648 and 1102 around the moment that the target sees the connection."""
    desktop = connection.peer.desktop
    if desktop is None:
        return
    source, target = desktop.host, connection.host
    connection.client_activity, connection.client_id = source.guid(), source.pid()
    early = at - source.lag(0.25, 0.3)
    activity.process(
        desktop, early - seconds(2), MSTSC, f"mstsc.exe /v:{target.short}",
        process_id=connection.client_id,
    )  # fmt: skip
    asked = _client(
        connection, 1024, early, Name="Server Name", Value=target.short, CustomLevel="Info"
    )
    _client(connection, 1028, early + seconds(0.1), TraceMessage="supported")
    digest = hashlib.new(
        source.build.hashes_name, user.name.encode("utf-16-le"), usedforsecurity=False
    ).digest()
    hidden = base64.b64encode(digest).decode() + "-"
    _client(connection, 1029, early + seconds(0.2), TraceMessage=hidden)
    how = Request("-", executable=LSASS, process_id=696, asker=desktop.limited)
    for pause in (0.21, 0.2105):
        connection.traces.append(
            security.explicit(
                source, early + seconds(pause), user, how,
                server=target.name, info=f"TERMSRV/{target.name}", guid=connection.ticket,
            )
        )  # fmt: skip
    connection.traces += [asked] if asked else []
    mstsc = Program(MSTSC, connection.client_id)
    flow(source, at - seconds(0.002), mstsc, connection.port, target, 3389, desktop.limited)
    address = connection.host.address
    _client(connection, 1102, at, Name="ServerAddress", Value=address, CustomLevel="Info")
    _client(connection, 1103, at + seconds(0.03))


def connected(connection: Connection, at: int) -> None:
    """1025: the transport is there."""
    _client(connection, 1025, at)


def signed_on(connection: Connection, at: int, ts_id: int) -> None:
    """1027: logged on, in that TS session of the target; on builds that write it."""
    desktop = connection.peer.desktop
    if desktop and desktop.host.build.signed_on:
        told = _client(connection, 1027, at, DomainName=connection.host.domain, SessionId=ts_id)
        connection.traces += [told] if told else []


def ended(connection: Connection, at: int, code: int) -> None:
    """1105 and 1026: the client's side of the end."""
    _client(connection, 1105, at - seconds(0.002))
    _client(connection, 1026, at, Name="Disconnect Reason", Value=code, CustomLevel="Info")


def flow(
    source: Host, at: int, program: Program, source_port: int, target: Host, port: int,
    who: Logon | None = None,
) -> None:  # fmt: skip
    """5156 and Sysmon 3 at the source: the five-tuple of an outbound connection."""
    sysmon.connected(source, at, program, who, source_port, target, port)
    fields: dict[str, object] = {
        "ProcessID": program.process_id,
        "Application": program.path,
        "Direction": "%%14593",
        "SourceAddress": source.address,
        "SourcePort": str(source_port),
        "DestAddress": target.address,
        "DestPort": str(port),
        "Protocol": 6,
        "FilterRTID": 0,
        "LayerName": "%%14611",
        "LayerRTID": 48,
        "RemoteUserID": "S-1-0-0",
        "RemoteMachineID": "S-1-0-0",
    }
    source.emit(logs.SECURITY, 5156, at, fields, version=1, task=12810, policy="flow")


def _client(connection: Connection, event_id: int, at: int, **fields: object) -> Draft | None:
    desktop = connection.peer.desktop
    if desktop is None or connection.client_activity is None:
        return None
    return desktop.host.emit(
        logs.RDP_CLIENT._replace(opcode=11 if event_id == 1026 else 10),
        event_id, at, dict(fields), activity=connection.client_activity,
        user_sid=desktop.owner.sid, process_id=connection.client_id,
    )  # fmt: skip
