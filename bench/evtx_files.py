"""Event logs to measure the reader with: the mix of a domain controller's Security log, any size.

Files are made by `graphsess.synth.evtx`: `dense`, of which about two thirds of the records are
wanted, and `rare`, of which 1 % are. Same seed, same bytes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from graphsess.catalogue import kind_of
from graphsess.synth.evtx import Record, write_evtx

AUDITING = "Microsoft-Windows-Security-Auditing"
T0 = (1_700_000_000 + 11_644_473_600) * 10_000_000
DOMAIN_SID = "S-1-5-21-1004336348-1177238915-682003330"
BYTES_A_RECORD = 640

_SUBJECT = ("SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId")
_OBJECT = (*_SUBJECT, "ObjectServer", "ObjectType", "ObjectName", "HandleId", "AccessList",
           "AccessMask", "ProcessId", "ProcessName")  # fmt: skip
_BIND = ("ProcessId", "Application", "SourceAddress", "SourcePort", "Protocol", "FilterRTID",
         "LayerName", "LayerRTID")  # fmt: skip

DENSE = {4624: 14, 4634: 12, 4672: 9, 4769: 14, 4768: 4, 4771: 1, 4776: 4, 4625: 2, 4648: 1.5,
         4688: 5, 4690: 12, 4661: 7, 4670: 6, 5154: 7}  # fmt: skip
RARE = {4690: 30, 4661: 22, 4670: 20, 5154: 27, 4624: 0.4, 4634: 0.3, 4672: 0.2, 4625: 0.1}
MIXES = {"dense": DENSE, "rare": RARE}


def share(mix: str) -> float:
    """How much of a mix the catalogue wants: to be looked at, as the catalogue grows."""
    weights = MIXES[mix]
    wanted = sum(weight for event_id, weight in weights.items() if kind_of(AUDITING, event_id))
    return wanted / sum(weights.values())


def write(path: Path, mix: str, size: int, *, seed: int = 1) -> int:
    """Write a log of about `size` bytes; how many records it holds."""
    return write_evtx(path, records(mix, size // BYTES_A_RECORD, seed))


def records(mix: str, count: int, seed: int) -> Iterator[Record]:
    """The records of one machine."""
    rng = random.Random(seed)
    ids, weights = zip(*MIXES[mix].items(), strict=True)
    time, number = T0, 1000
    for event_id in rng.choices(ids, weights, k=count):
        time += rng.randrange(10, 20_000_000)
        number += 1
        yield Record(
            provider=AUDITING,
            event_id=event_id,
            version={4624: 2, 4688: 2, 4656: 1, 4663: 1}.get(event_id, 0),
            channel="Security",
            computer="dc1.corp.example",
            record_id=number,
            time=time,
            fields=_fields(event_id, rng),
            process_id=rng.choice((588, 604, 4, 1012)),
            thread_id=rng.randrange(4, 9000, 4),
            task=12544,
        )


def _fields(event_id: int, rng: random.Random) -> dict[str, object]:
    user = rng.randrange(800)
    name, sid = f"user{user:04d}", f"{DOMAIN_SID}-{1100 + user}"
    luid = f"0x{rng.randrange(1 << 20, 1 << 34):x}"
    address = f"10.{rng.randrange(4)}.{rng.randrange(8)}.{rng.randrange(1, 128)}"
    port = str(rng.randrange(1025, 65535))
    subject = dict(zip(_SUBJECT, (sid, name, "CORP", luid), strict=True))
    target = {"TargetUserSid": sid, "TargetUserName": name, "TargetDomainName": "CORP"}
    process = {"ProcessId": 4 * rng.randrange(1, 5000),
               "ProcessName": rng.choice(_PROCESSES)}  # fmt: skip
    peer = {"IpAddress": address, "IpPort": port}
    kerberos = {"TargetUserName": name, "TargetDomainName": "CORP.EXAMPLE", **peer,
                "ServiceName": f"ws{rng.randrange(2000):05d}$", "Status": 0,
                "TicketOptions": 0x40810000, "TicketEncryptionType": 0x12}  # fmt: skip
    match event_id:
        case 4624 | 4625:
            lead = {"SubjectUserSid": "S-1-0-0", "SubjectUserName": "-", "SubjectDomainName": "-",
                    "SubjectLogonId": 0, "LogonType": 3, "LogonProcessName": "Kerberos",
                    "AuthenticationPackageName": "Kerberos",
                    "WorkstationName": f"WS{rng.randrange(2000):05d}", "TransmittedServices": "-",
                    "LmPackageName": "-", "KeyLength": 0}  # fmt: skip
            if event_id == 4625:
                return {**lead, **target, **process, **peer, "Status": 0xC000006D,
                        "SubStatus": 0xC000006A, "FailureReason": "%%2313"}  # fmt: skip
            return {**lead, **target, **process, **peer, "TargetLogonId": luid,
                    "LogonGuid": f"{rng.getrandbits(32):08X}-0001-0002-0003-000000000004",
                    "ImpersonationLevel": "%%1833", "RestrictedAdminMode": "-",
                    "TargetOutboundUserName": "-", "TargetOutboundDomainName": "-",
                    "VirtualAccount": "%%1843", "TargetLinkedLogonId": 0,
                    "ElevatedToken": "%%1842"}  # fmt: skip
        case 4634:
            return {**target, "TargetLogonId": luid, "LogonType": 3}
        case 4672:
            return {**subject, "PrivilegeList": "SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege"}
        case 4768 | 4769:
            return {**kerberos, "ServiceSid": f"{DOMAIN_SID}-{rng.randrange(3000)}"}
        case 4771:
            return {"TargetUserName": name, "TargetSid": sid, "ServiceName": "krbtgt/CORP",
                    "Status": 0x18, **peer}  # fmt: skip
        case 4776:
            return {"PackageName": "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0", "Status": 0,
                    "TargetUserName": name,
                    "Workstation": f"WS{rng.randrange(2000):05d}"}  # fmt: skip
        case 4648:
            return {**subject, "TargetUserName": name, "TargetDomainName": "CORP",
                    "TargetServerName": "localhost", "TargetInfo": "localhost",
                    **process, **peer}  # fmt: skip
        case 4688:
            return {**subject, "NewProcessId": 4 * rng.randrange(1, 5000), "ProcessId": 4,
                    "NewProcessName": rng.choice(_PROCESSES), "TokenElevationType": "%%1936",
                    "CommandLine": f"{rng.choice(_PROCESSES)} -k {rng.randrange(400)}",
                    "ParentProcessName": rng.choice(_PROCESSES)}  # fmt: skip
        case 5154:
            values = ("1234", r"\device\harddiskvolume2\windows\system32\dns.exe", "10.0.0.9",
                      port, "17", "0", "%%14608", "36")  # fmt: skip
            return dict(zip(_BIND, values, strict=True))
        case _:
            values = (sid, name, "CORP", luid, "Security", "File", rf"C:\share\{name}\report.docx",
                      "0x1a4", "%%4416\r\n\t\t\t\t%%4423", "0x1", "0x5f0",
                      rng.choice(_PROCESSES))  # fmt: skip
            return dict(zip(_OBJECT, values, strict=True))


_PROCESSES = (
    r"C:\Windows\System32\svchost.exe",
    r"C:\Windows\System32\lsass.exe",
    r"C:\Windows\System32\winlogon.exe",
    r"C:\Windows\explorer.exe",
    r"C:\Program Files\Backup\agent.exe",
)
