"""What Sysmon writes where it runs: processes (1) and outgoing connections (3), finding 10."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsess.synth.world import logs
from graphsess.synth.world.accounts import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM
from graphsess.synth.world.clock import SECOND, moment
from graphsess.synth.world.logon import (
    CONSTANTS,
    LOCAL_SERVICE_LUID,
    NETWORK_SERVICE_LUID,
    SYSTEM_LUID,
    Logon,
)

if TYPE_CHECKING:
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.outbound import Program

POLICY = "sysmon"
_UNIX = 11_644_473_600  # seconds from 1601 to 1970
_BUILTIN = {
    SYSTEM_LUID: SYSTEM,
    NETWORK_SERVICE_LUID: NETWORK_SERVICE,
    LOCAL_SERVICE_LUID: LOCAL_SERVICE,
}


@dataclass(frozen=True, slots=True)
class LogonGuid:
    """Sysmon's LogonGuid: the machine, when the logon began, and its LUID.

    Attributes:
        machine: A number that is the same in all GUIDs of a host.
        begun: The logon's start by the host's clock, 100 ns since 1601.
        logon: Its LUID is known once the world is settled.
    """

    machine: int
    begun: int
    logon: Logon

    def text(self) -> str:
        """As logged."""
        since = (self.begun // SECOND - _UNIX) & 0xFFFFFFFF
        fields = (self.machine, since & 0xFFFF, since >> 16)
        last = self.logon.luid.to_bytes(8, "little")
        return str(uuid.UUID(fields=(*fields, last[0], last[1], int.from_bytes(last[2:], "big"))))


def started(
    host: Host, at: int, who: Logon, process_id: int, path: str, command: str,
    parent: tuple[int, str], ts_id: int,
) -> Draft | None:  # fmt: skip
    """Sysmon 1: a process runs under the logon `who` on the TS session `ts_id`."""
    if POLICY not in host.audit:
        return None
    begun = host.running.start_time if who.luid in CONSTANTS else host.now(who.at)
    guid = host.guid()
    host.running.process_guids[process_id] = guid
    parent_id, parent_path = parent
    fields: dict[str, object] = {
        "RuleName": "-",
        "UtcTime": _utc(host, at),
        "ProcessGuid": guid,
        "ProcessId": process_id,
        "Image": path,
        "CommandLine": command or path,
        "CurrentDirectory": r"C:\Windows\System32" + "\\",
        "User": user(host, who),
        "LogonGuid": LogonGuid(_machine(host), begun, who),
        "LogonId": who,
        "TerminalSessionId": ts_id,
        "IntegrityLevel": "High" if who.elevated else "Medium",
        "ParentProcessGuid": host.running.process_guids.get(parent_id, host.guid()),
        "ParentProcessId": parent_id,
        "ParentImage": parent_path,
        "ParentCommandLine": parent_path,
    }
    return host.emit(logs.SYSMON, 1, at, fields, version=5, task=1, policy=POLICY)


def connected(
    source: Host, at: int, program: Program, who: Logon | None, source_port: int, target: Host,
    port: int,
) -> None:  # fmt: skip
    """Sysmon 3: a program of the source connects to the target."""
    if POLICY not in source.audit:
        return
    known = source.running.process_guids
    image = "System" if program.process_id == 4 else program.path
    builtin = source.language.builtin(SYSTEM).label
    fields: dict[str, object] = {
        "RuleName": "-",
        "UtcTime": _utc(source, at),
        "ProcessGuid": known.get(program.process_id, source.guid()),
        "ProcessId": program.process_id,
        "Image": image,
        "User": user(source, who) if who and image != "System" else builtin,
        "Protocol": "tcp",
        "Initiated": True,
        "SourceIsIpv6": False,
        "SourceIp": source.address,
        "SourceHostname": source.name,
        "SourcePort": source_port,
        "DestinationIsIpv6": False,
        "DestinationIp": target.address,
        "DestinationHostname": target.name,
        "DestinationPort": port,
    }
    source.emit(logs.SYSMON, 3, at, fields, version=5, task=3, policy=POLICY)


def user(host: Host, who: Logon) -> str:
    """The account of a process as Sysmon names it."""
    if who.luid in _BUILTIN:
        return host.language.builtin(_BUILTIN[who.luid]).label
    return who.user.label


def _machine(host: Host) -> int:
    return uuid.uuid5(uuid.NAMESPACE_DNS, host.names[0]).time_low


def _utc(host: Host, at: int) -> str:
    return f"{moment(host.now(at)):%Y-%m-%d %H:%M:%S.%f}"[:-3]
