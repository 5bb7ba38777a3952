"""Single events of the Security log about logons: names, order and defaults as Windows has them.

Field lists: Microsoft-Windows-Security-Auditing manifest and the real records of the evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsess.synth.world import logs
from graphsess.synth.world.accounts import NOBODY, User
from graphsess.synth.world.logon import SYSTEM_LUID, Logon
from graphsess.synth.world.request import Request

if TYPE_CHECKING:
    from graphsess.synth.world.draft import Draft
    from graphsess.synth.world.host import Host

ZERO_GUID = "00000000-0000-0000-0000-000000000000"
YES, NO = "%%1842", "%%1843"
_LOGON, _LOGOFF, _SPECIAL, _OTHER = 12544, 12545, 12548, 12551
_LSASS_PID = 696
_PADDED = {"Advapi": "Advapi  ", "NtLmSsp": "NtLmSsp ", "User32": "User32 "}  # as stored
_PLAIN_TYPE = {11: 2, 12: 10, 13: 7}  # how 4634 writes the cached types
_USER_RIGHTS = "SeSecurityPrivilege SeBackupPrivilege SeRestorePrivilege SeTakeOwnershipPrivilege \
SeDebugPrivilege SeSystemEnvironmentPrivilege SeLoadDriverPrivilege SeImpersonatePrivilege"
_DRIVER_RIGHTS = "SeAssignPrimaryTokenPrivilege SeAuditPrivilege SeImpersonatePrivilege"


def logon(host: Host, at: int, who: Logon, how: Request) -> Draft:
    """4624: the logon session `who` is made."""
    ntlm = how.package == "NTLM"
    fields = subject(host, how) | target(who) | {
        "LogonType": who.logon_type,
        "LogonProcessName": _PADDED.get(how.process, how.process),
        "AuthenticationPackageName": how.package,
        "WorkstationName": how.workstation,
        "LogonGuid": who.guid,
        "TransmittedServices": "-",
        "LmPackageName": "NTLM V2" if ntlm else "-",
        "KeyLength": 128 if ntlm else 0,
        "ProcessId": how.process_id,
        "ProcessName": how.executable,
        "IpAddress": how.address,
        "IpPort": how.port,
    }  # fmt: skip
    version = host.build.logon_version
    if version >= 1:
        fields["ImpersonationLevel"] = "%%1833" if who.logon_type else "-"
    if version >= 2:
        fields["RestrictedAdminMode"] = _flag(how.restricted)
        if version >= 3:
            fields["RemoteCredentialGuard"] = _flag(how.guard)
        name, domain = how.outbound or ("-", "-")
        fields |= {
            "TargetOutboundUserName": name,
            "TargetOutboundDomainName": domain,
            "VirtualAccount": YES if how.virtual else NO,
            "TargetLinkedLogonId": who.linked or 0,
            "ElevatedToken": YES if who.elevated else NO,
        }
    made = _write(host, 4624, at, fields, _LOGON, version=version, stamped=bool(who.logon_type))
    who.start, who.process_id = made, how.process_id
    return made


def failure(
    host: Host, at: int, name: str, domain: str, logon_type: int, status: int, how: Request
) -> Draft:
    """4625. `status` is the SubStatus where the Status is the general 0xC000006D, else both."""
    general = status in (0xC0000064, 0xC000006A)
    restricted = status in (0xC0000072, 0xC0000071, 0xC0000193, 0xC0000234, 0xC0000224)
    fields = subject(host, how) | {
        "TargetUserSid": NOBODY,
        "TargetUserName": name,
        "TargetDomainName": domain,
        "Status": 0xC000006D if general else 0xC000006E if restricted else status,
        "FailureReason": _REASONS.get(status, "%%2304"),
        "SubStatus": status if general or restricted else 0,
        "LogonType": logon_type,
        "LogonProcessName": _PADDED.get(how.process, how.process),
        "AuthenticationPackageName": how.package,
        "WorkstationName": how.workstation,
        "TransmittedServices": "-",
        "LmPackageName": "-",
        "KeyLength": 0,
        "ProcessId": how.process_id,
        "ProcessName": how.executable,
        "IpAddress": how.address,
        "IpPort": how.port,
    }
    return _write(host, 4625, at, fields, _LOGON, keywords=logs.AUDIT_FAILURE)


_REASONS = {
    0xC0000064: "%%2313",
    0xC000006A: "%%2313",
    0xC000015B: "%%2308",
    0xC0000072: "%%2310",
    0xC0000071: "%%2309",
    0xC0000224: "%%2309",
    0xC0000193: "%%2305",
    0xC0000234: "%%2307",
}


def privileges(host: Host, at: int, who: Logon) -> Draft:
    """4672: the logon has an administrator's rights. Usually written before its 4624."""
    driver = who.user.sid.startswith(("S-1-5-90-", "S-1-5-96-"))
    rights = (_DRIVER_RIGHTS if driver else _USER_RIGHTS).split()
    fields = _as("Subject", who) | {"PrivilegeList": "\r\n\t\t\t".join(rights)}
    who.right = _write(host, 4672, at, fields, _SPECIAL)
    return who.right


def destroyed(host: Host, at: int, who: Logon) -> Draft:
    """4634: the logon session is gone."""
    plain = _PLAIN_TYPE.get(who.logon_type, who.logon_type)
    fields = target(who) | {"LogonType": plain}
    who.ends["4634"] = made = _write(host, 4634, at, fields, _LOGOFF, stamped=False)
    who.alive = False
    return made


def user_logoff(host: Host, at: int, who: Logon) -> Draft:
    """4647: the user asked to be logged off. Names the limited token (finding 3)."""
    who.ends["4647"] = made = _write(host, 4647, at, target(who), _LOGOFF)
    return made


def explicit(
    host: Host,
    at: int,
    user: User,
    how: Request,
    *,
    guid: str = ZERO_GUID,
    server: str = "localhost",
    info: str | None = None,
) -> Draft:
    """4648: credentials of `user` are used by whoever `how.asker` is."""
    fields = subject(host, how) | {
        "LogonGuid": how.asker.guid if how.asker else ZERO_GUID,
        "TargetUserName": user.name,
        "TargetDomainName": user.domain,
        "TargetLogonGuid": guid,
        "TargetServerName": server,
        "TargetInfo": info or server,
        "ProcessId": how.process_id,
        "ProcessName": how.executable,
        "IpAddress": how.address,
        "IpPort": how.port,
    }
    return _write(host, 4648, at, fields, _LOGON)


def window_station(
    host: Host, event_id: int, at: int, who: Logon, name: str, client: str, address: str
) -> Draft:
    """4778 reconnected, 4779 disconnected; needs the policy "Other Logon/Logoff Events"."""
    fields: dict[str, object] = {
        "AccountName": who.user.name,
        "AccountDomain": who.user.domain,
        "LogonID": who,
        "SessionName": name,
        "ClientName": client,
        "ClientAddress": address,
    }
    return _write(host, event_id, at, fields, _OTHER, policy="other_logon")


def screen(host: Host, event_id: int, at: int, who: Logon, ts_id: int) -> Draft:
    """4800 locked, 4801 unlocked, 4802 screen saver on, 4803 off."""
    fields = target(who) | {"SessionId": ts_id}
    return _write(host, event_id, at, fields, _OTHER, policy="other_logon")


def target(who: Logon) -> dict[str, object]:
    """The four Target fields of a logon."""
    return _as("Target", who)


def subject(host: Host, how: Request) -> dict[str, object]:
    """The four Subject fields: who asked."""
    if how.nobody:
        return _four("Subject", User("-", "-", NOBODY), 0)
    if how.asker:
        return _as("Subject", how.asker)
    return _four("Subject", host.machine, SYSTEM_LUID)


def _as(role: str, who: Logon) -> dict[str, object]:
    return _four(role, who.user, who)


def _four(role: str, user: User, luid: Logon | int) -> dict[str, object]:
    sid = f"{role}UserSid"
    return {
        sid: user.sid,
        f"{role}UserName": user.name,
        f"{role}DomainName": user.domain,
        f"{role}LogonId": luid,
    }


def _write(
    host: Host,
    event_id: int,
    at: int,
    fields: dict[str, object],
    task: int,
    *,
    version: int = 0,
    keywords: int | None = None,
    stamped: bool = True,
    policy: str = "logon",
) -> Draft:
    return host.emit(
        logs.SECURITY, event_id, at, fields, version=version, task=task, keywords=keywords,
        activity=host.stamp() if stamped else None, process_id=_LSASS_PID, policy=policy,
    )  # fmt: skip


def _flag(value: bool | None) -> str:
    return "-" if value is None else YES if value else NO
