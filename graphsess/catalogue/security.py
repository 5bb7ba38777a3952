"""The Security channel: logons, logoffs, sessions, Kerberos and NTLM, and what was done."""

from __future__ import annotations

from graphsess.catalogue.kinds import PEER, SUBJECT, TARGET, TARGET_LOGON, Fields, Kind

AUDITING = "Microsoft-Windows-Security-Auditing"
EVENTLOG = "Microsoft-Windows-Eventlog"
PROCESS: Fields = {"process": "ProcessName", "process_id": "ProcessId"}
WINDOW_STATION: Fields = {
    "target_user": "AccountName",
    "target_domain": "AccountDomain",
    "target_luid": "LogonID",
    "session_name": "SessionName",
    "client_name": "ClientName",
    "address": "ClientAddress",
}
LOCKED: Fields = {**TARGET_LOGON, "ts_id": "SessionId"}
SHARE: Fields = {**SUBJECT, **PEER, "object": "ShareName"}
TASK: Fields = {**SUBJECT, "object": "TaskName", "detail": ("TaskContent", "TaskContentNew"),
                "process_id": "ClientProcessId"}
OBJECT: Fields = {**SUBJECT, **PROCESS, "object": "ObjectName", "detail": "AccessMask",
                  "verb": "ObjectType"}
VAULT: Fields = {**SUBJECT, "object": ("TargetName", "Resource", "TargetServer"),
                 "process_id": "ClientProcessId", "detail": "ReadOperation"}
KERBEROS: Fields = {**TARGET, **PEER, "server": "ServiceName", "status": "Status"}


def _kind(
    event_id: int,
    says: str,
    fields: Fields,
    *,
    activity: str | None = None,
    parse: str | None = None,
) -> Kind:
    return Kind(
        f"security_{event_id}", AUDITING, event_id, fields, says, parse=parse, activity=activity
    )


LOGONS = (
    _kind(
        4624,
        "a logon session was opened",
        {
            **SUBJECT,
            **TARGET_LOGON,
            **PEER,
            **PROCESS,
            "logon_type": "LogonType",
            "logon_process": "LogonProcessName",
            "package": "AuthenticationPackageName",
            "logon_guid": "LogonGuid",
            "client_name": "WorkstationName",
            "restricted_admin": "RestrictedAdminMode",
            "credential_guard": "RemoteCredentialGuard",
            "outbound_user": "TargetOutboundUserName",
            "outbound_domain": "TargetOutboundDomainName",
            "linked_luid": "TargetLinkedLogonId",
            "elevated": "ElevatedToken",
        },
    ),
    _kind(
        4625,
        "a logon failed",
        {
            **SUBJECT,
            **TARGET,
            **PEER,
            **PROCESS,
            "logon_type": "LogonType",
            "logon_process": "LogonProcessName",
            "package": "AuthenticationPackageName",
            "client_name": "WorkstationName",
            "status": ("SubStatus", "Status"),
            "detail": "FailureReason",
        },
    ),
    _kind(
        4634,
        "a logon session was destroyed",
        {**TARGET_LOGON, "logon_type": "LogonType"},
    ),
    _kind(4647, "the user logged off", TARGET_LOGON),
    _kind(
        4648,
        "explicit credentials were used",
        {
            **SUBJECT,
            **TARGET,
            **PEER,
            **PROCESS,
            "server": "TargetServerName",
            "spn": "TargetInfo",
            "logon_guid": "TargetLogonGuid",
        },
    ),
    _kind(
        4672,
        "a new logon has administrator privileges",
        {
            "target_sid": "SubjectUserSid",
            "target_user": "SubjectUserName",
            "target_domain": "SubjectDomainName",
            "target_luid": "SubjectLogonId",
        },
    ),
    _kind(4675, "SIDs were filtered", TARGET),
    _kind(
        4627,
        "groups of a new logon",
        {**SUBJECT, **TARGET_LOGON, "logon_type": "LogonType"},
    ),
    _kind(
        4649,
        "a Kerberos replay was detected",
        {**SUBJECT, **TARGET, **PROCESS, "client_name": "WorkstationName"},
    ),
    _kind(4778, "a session was reconnected to a window station", WINDOW_STATION),
    _kind(4779, "a session was disconnected from a window station", WINDOW_STATION),
    _kind(4800, "the workstation was locked", LOCKED),
    _kind(4801, "the workstation was unlocked", LOCKED),
    _kind(4802, "the screen saver started", LOCKED),
    _kind(4803, "the screen saver stopped", LOCKED),
    _kind(
        4964,
        "a special group logged on",
        {**SUBJECT, **TARGET_LOGON, "logon_guid": "TargetLogonGuid"},
    ),
    _kind(
        4825,
        "remote desktop access was denied",
        {
            "target_user": "AccountName",
            "target_domain": "AccountDomain",
            "target_luid": "LogonID",
            "address": "ClientAddress",
        },
    ),
)

DOMAIN = (
    _kind(4768, "a Kerberos ticket-granting ticket was requested", KERBEROS),
    _kind(4769, "a Kerberos service ticket was requested", {**KERBEROS, "logon_guid": "LogonGuid"}),
    _kind(4770, "a Kerberos ticket was renewed", KERBEROS),
    _kind(4771, "Kerberos pre-authentication failed", KERBEROS),
    _kind(4820, "a silo kept a ticket-granting ticket from a device",
          {**KERBEROS, "client_name": "DeviceName", "detail": "PolicyName"}),
    _kind(4821, "a silo kept a service ticket from an account",
          {**KERBEROS, "client_name": "DeviceName", "detail": "PolicyName"}),
    _kind(4824, "a protected user failed Kerberos pre-authentication", KERBEROS),
    _kind(
        4776,
        "NTLM credentials were validated",
        {
            "target_user": "TargetUserName",
            "client_name": "Workstation",
            "package": "PackageName",
            "status": "Status",
        },
    ),
    _kind(4740, "an account was locked out", {**SUBJECT, "target_sid": "TargetSid",
          "target_user": "TargetUserName", "client_name": "TargetDomainName"}),
    *(
        Kind(
            f"security_{event_id}",
            AUDITING,
            event_id,
            {
                **SUBJECT,
                **TARGET,
                "target_user": ("TargetUserName", "OldTargetUserName"),
                "detail": ("MemberName", "MemberSid", "NewTargetUserName"),
            },
            says,
            activity="account_change",
        )
        for event_id, says in (
            (4720, "an account was created"),
            (4722, "an account was enabled"),
            (4723, "a password change was attempted"),
            (4724, "a password reset was attempted"),
            (4725, "an account was disabled"),
            (4726, "an account was deleted"),
            (4728, "a member was added to a global group"),
            (4732, "a member was added to a local group"),
            (4733, "a member was removed from a local group"),
            (4735, "a local group was changed"),
            (4738, "an account was changed"),
            (4741, "a computer account was created"),
            (4742, "a computer account was changed"),
            (4756, "a member was added to a universal group"),
            (4767, "an account was unlocked"),
            (4781, "an account was renamed"),
        )
    ),
    *(
        Kind(
            f"security_{event_id}",
            AUDITING,
            event_id,
            {**SUBJECT, "client_name": "ClientName", "address": "ClientIPAddress",
             "target_user": ("SubjectUserName",), "detail": "CallingStationID"},
            says,
        )
        for event_id, says in (
            (6272, "network policy server granted access"),
            (6273, "network policy server denied access"),
            (6278, "network policy server granted full access"),
        )
    ),
)

ACTIVITY = (
    _kind(
        4688,
        "a process was started",
        {
            **SUBJECT,
            **TARGET_LOGON,
            "process": "NewProcessName",
            "process_id": "NewProcessId",
            "parent_id": "ProcessId",
            "parent_process": "ParentProcessName",
            "command_line": "CommandLine",
            "detail": "TokenElevationType",
        },
        activity="process",
    ),
    _kind(4696, "a process was given another token",
          {**SUBJECT, **TARGET_LOGON, "process": "TargetProcessName",
           "process_id": "TargetProcessId", "parent_process": "ProcessName",
           "parent_id": "ProcessId"}),
    _kind(4689, "a process ended", {**SUBJECT, **PROCESS}),
    _kind(
        4697,
        "a service was installed",
        {**SUBJECT, "object": "ServiceName", "detail": "ServiceFileName",
         "process_id": "ClientProcessId"},
        activity="service",
    ),
    _kind(4698, "a scheduled task was created", TASK, activity="task"),
    _kind(4699, "a scheduled task was deleted", TASK, activity="task"),
    _kind(4700, "a scheduled task was enabled", TASK, activity="task"),
    _kind(4701, "a scheduled task was disabled", TASK, activity="task"),
    _kind(4702, "a scheduled task was changed", TASK, activity="task"),
    _kind(5140, "a share was opened", SHARE, activity="share"),
    _kind(5145, "a file on a share was asked for", {**SHARE, "detail": "RelativeTargetName"},
          activity="share"),
    _kind(
        5156,
        "a connection was allowed",
        {
            "process_id": "ProcessID",
            "process": "Application",
            "verb": "Direction",
            "address": "SourceAddress",
            "port": "SourcePort",
            "other_address": "DestAddress",
            "other_port": "DestPort",
        },
    ),
    _kind(5158, "a port was bound",
          {"process_id": "ProcessId", "process": "Application", "address": "SourceAddress",
           "port": "SourcePort"}),
    _kind(4657, "a registry value was changed",
          {**SUBJECT, **PROCESS, "object": "ObjectName", "detail": "ObjectValueName"},
          activity="registry"),
    _kind(4660, "an object was deleted", {**SUBJECT, **PROCESS, "detail": "HandleId"},
          activity="file"),
    _kind(4656, "a handle to an object was asked for", OBJECT, activity="file"),
    _kind(4658, "a handle to an object was closed", {**SUBJECT, **PROCESS, "detail": "HandleId"}),
    _kind(4663, "an object was opened", OBJECT, activity="file"),
    _kind(4673, "a privileged service was called",
          {**SUBJECT, **PROCESS, "object": "Service", "detail": "PrivilegeList"},
          activity="privilege"),
    _kind(4674, "a privileged object was operated on",
          {**SUBJECT, **PROCESS, "object": "ObjectName", "detail": "PrivilegeList"},
          activity="privilege"),
    _kind(4703, "a token's privileges were adjusted",
          {**SUBJECT, **TARGET_LOGON, **PROCESS, "detail": "EnabledPrivilegeList"},
          activity="privilege"),
    _kind(4798, "an account's groups were listed",
          {**SUBJECT, **TARGET, "process_id": "CallerProcessId", "process": "CallerProcessName"},
          activity="account_lookup"),
    _kind(4799, "a group's members were listed",
          {**SUBJECT, **TARGET, "process_id": "CallerProcessId", "process": "CallerProcessName"},
          activity="account_lookup"),
    _kind(5376, "stored credentials were backed up", VAULT, activity="credentials"),
    _kind(5377, "stored credentials were restored", VAULT, activity="credentials"),
    _kind(5378, "credentials were not delegated", VAULT),
    _kind(5379, "stored credentials were read", VAULT, activity="credentials"),
    _kind(5381, "the credential vault was read", VAULT, activity="credentials"),
    _kind(5382, "the credential vault was read", VAULT, activity="credentials"),
    _kind(4719, "the audit policy was changed", {**SUBJECT, "object": "SubcategoryGuid"},
          activity="policy"),
)

SYSTEM_STATE = (
    _kind(4608, "Windows is starting", {}),
    _kind(4609, "Windows is shutting down", {}),
    _kind(
        4616,
        "the system time was changed",
        {
            **SUBJECT,
            **PROCESS,
            "stated_us": "NewTime",
            "before_us": "PreviousTime",
            "verb": "NewDate",  # version 0 only; the parser uses both up
            "detail": "PreviousDate",
        },
        parse="clock_change",
    ),
    Kind("security_1100", EVENTLOG, 1100, {}, "the event log service stopped"),
    Kind("security_1101", EVENTLOG, 1101, {}, "audit events were lost"),
    Kind("security_1104", EVENTLOG, 1104, {}, "the Security log is full"),
    Kind("security_1105", EVENTLOG, 1105, {"object": "Channel", "detail": "BackupPath"},
         "a log was archived"),
    Kind("security_1108", EVENTLOG, 1108, {"detail": "PubID"}, "an event could not be logged"),
    Kind(
        "security_1102",
        EVENTLOG,
        1102,
        {**SUBJECT, "object": "Channel"},
        "the Security log was cleared",
        activity="log_cleared",
    ),
)

KINDS = (*LOGONS, *DOMAIN, *ACTIVITY, *SYSTEM_STATE)
