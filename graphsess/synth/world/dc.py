"""What the domain controller writes when somebody authenticates; or the host, for its own accounts.

Nothing is written where the world has no domain controller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.truth import SessionTruth
from graphsess.synth.world import logs

if TYPE_CHECKING:
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host

_TGT, _TICKET, _VALIDATION = 14339, 14337, 14336
_LSASS_PID = 640
WRONG_PASSWORD = 0x18  # KDC_ERR_PREAUTH_FAILED


def interactive(host: Host, at: int, user: User) -> str:
    """4768 and 4769 for a desktop on `host`; returns the LogonGuid that 4624 will bear too."""
    guid = host.guid()
    if user.realm and host.world.dc:
        granting(host, at - host.lag(0.03, 0.05), user)
        service(host.world.dc, host, at - host.lag(0.01, 0.02), user, host.address, guid)
    return guid if user.realm else "00000000-0000-0000-0000-000000000000"


def granting(client: Host, at: int, user: User, status: int = 0) -> Draft | None:
    """4768: a ticket-granting ticket asked for by `client`; 4771 for a wrong password."""
    dc = client.world.dc
    if dc is None:
        return None
    fields: dict[str, object] = {"TargetUserName": user.name}
    if status == WRONG_PASSWORD:
        fields |= {
            "TargetSid": user.sid,
            "ServiceName": f"krbtgt/{user.domain}",
            "TicketOptions": 0x40810010,
            "Status": status,
            "PreAuthType": "2",
        }
    else:
        fields |= {
            "TargetDomainName": user.realm,
            "TargetSid": user.sid if not status else "S-1-0-0",
            "ServiceName": "krbtgt",
            "ServiceSid": f"{user.sid.rsplit('-', 1)[0]}-502",
            "TicketOptions": 0x40810010,
            "Status": status,
            "TicketEncryptionType": 0x12 if not status else 0xFFFFFFFF,
            "PreAuthType": "2",
        }
    fields |= _from(dc, client.address) | {
        "CertIssuerName": "",
        "CertSerialNumber": "",
        "CertThumbprint": "",
    }
    event_id = 4771 if status == WRONG_PASSWORD else 4768
    return _write(dc, event_id, at, fields, _TGT, failed=bool(status))


def service(dc: Host, target: Host, at: int, user: User, address: str, guid: str) -> Draft:
    """4769: a ticket for `target`, asked for from `address`."""
    computer = target.world.machine(target)
    fields: dict[str, object] = {
        "TargetUserName": f"{user.name}@{user.realm}",
        "TargetDomainName": user.realm,
        "ServiceName": computer.name,
        "ServiceSid": computer.sid,
        "TicketOptions": 0x40810000,
        "TicketEncryptionType": 0x12,
        **_from(dc, address),
        "Status": 0,
        "LogonGuid": guid,
        "TransmittedServices": "-",
    }
    return _write(dc, 4769, at, fields, _TICKET)


def ntlm(host: Host, at: int, name: str, user: User | None, station: str, status: int) -> Draft:
    """4776: on the domain controller for a domain account, on the host for its own."""
    dc = host.world.dc
    where = dc if dc and host.domain != "WORKGROUP" and not _is_local(host, user) else host
    fields: dict[str, object] = {
        "PackageName": "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0",
        "TargetUserName": name,
        "Workstation": station,
        "Status": status,
    }
    return _write(where, 4776, at, fields, _VALIDATION, failed=bool(status))


def wrong_password(client: Host, user: User | None, at: int, told: list[Draft]) -> None:
    """4771: a wrong password typed at `client`; `told` are the client's own records of it."""
    if user is None or not user.realm:
        return
    if checked := granting(client, at, user, WRONG_PASSWORD):
        only_there(checked, client, user.name, user, WRONG_PASSWORD, instead_of=told)


def only_there(
    checked: Draft, target: Host, name: str, user: User | None, status: int,
    *, instead_of: list[Draft],
) -> None:  # fmt: skip
    """A failed check at the DC is an attempt of its own where the target says nothing (R5.6)."""
    dc = target.world.dc
    if dc is None or dc is target or checked.computer != dc.name:
        return
    session = SessionTruth(dc, "unknown", user, "failed", "attempt", attempted_user=name)
    session.attempt, session.end_kind = [checked], "attempt_over"
    session.instead_of = instead_of
    session.flags.add("seen_at_dc_only")
    session.facts["failure_status"] = f"{status:#x}"
    if station := checked.fields.get("Workstation"):  # 4776 has the name, 4771 the address
        session.facts["source_name"] = station
    else:
        session.source_address = target.address
    dc.world.sessions.append(session)


def _is_local(host: Host, user: User | None) -> bool:
    return user is not None and user.domain == host.short


def _from(dc: Host, address: str) -> dict[str, object]:
    if address in dc.addresses:
        return {"IpAddress": "::1", "IpPort": "0"}
    port = dc.rng.randrange(49_152, 65_535)
    return {"IpAddress": f"::ffff:{address}", "IpPort": str(port)}


def _write(
    dc: Host, event_id: int, at: int, fields: dict[str, object], task: int, *, failed: bool = False
) -> Draft:
    keywords = logs.AUDIT_FAILURE if failed else None
    return dc.emit(
        logs.SECURITY, event_id, at, fields, task=task, keywords=keywords, process_id=_LSASS_PID,
        activity=dc.stamp() if event_id == 4776 else None,
    )  # fmt: skip
