"""This file holds the templates of the Security channel."""

from __future__ import annotations

from graphsess.synth.evtx.templates.base import Shape, events

_SUBJECT = "SubjectUserSid:sid, SubjectUserName, SubjectDomainName, SubjectLogonId:hex64"
_TARGET = "TargetUserSid:sid, TargetUserName, TargetDomainName, TargetLogonId:hex64"
_PROCESS = "ProcessId:pointer, ProcessName"
_PEER = "IpAddress, IpPort"
_CLIENT = (
    "ClientProcessStartKey:u64, ClientProcessId:u32, ParentProcessId:u32, "
    "RpcCallClientLocality:u32, FQDN"
)
_WINDOW = "AccountName, AccountDomain, LogonID:hex64, SessionName, ClientName, ClientAddress"
_DESKTOP = f"{_TARGET}, SessionId:u32"
_LOGON = (
    f"{_SUBJECT}, {_TARGET}, LogonType:u32, LogonProcessName, AuthenticationPackageName, "
    "WorkstationName, LogonGuid:guid, TransmittedServices, LmPackageName, KeyLength:u32, "
    f"{_PROCESS}, {_PEER}"
)
_OUTBOUND = (
    "TargetOutboundUserName, TargetOutboundDomainName, VirtualAccount, "
    "TargetLinkedLogonId:hex64, ElevatedToken"
)
_ENCRYPTION = (
    "AccountSupportedEncryptionTypes, AccountAvailableKeys, ServiceSupportedEncryptionTypes, "
    "ServiceAvailableKeys, DCSupportedEncryptionTypes, DCAvailableKeys, "
    "ClientAdvertizedEncryptionTypes, SessionKeyEncryptionType:hex32"
)
_TICKET = "TicketOptions:hex32, TicketEncryptionType:hex32"
_TGT = (
    "TargetUserName, TargetDomainName, TargetSid:sid, ServiceName, ServiceSid:sid, "
    "TicketOptions:hex32, Status:hex32, TicketEncryptionType:hex32, PreAuthType, "
    f"{_PEER}, CertIssuerName, CertSerialNumber, CertThumbprint"
)
_SERVICE = (
    f"TargetUserName, TargetDomainName, ServiceName, ServiceSid:sid, {_TICKET}, {_PEER}, "
    "Status:hex32, LogonGuid:guid, TransmittedServices"
)
_SERVICE_V1 = f"{_SERVICE}, RequestTicketHash, ResponseTicketHash"
_CREATED = (
    f"{_SUBJECT}, NewProcessId:pointer, NewProcessName, TokenElevationType, ProcessId:pointer"
)
_INSTALLED = (
    f"{_SUBJECT}, ServiceName, ServiceFileName, ServiceType:hex32, ServiceStartType:u32, "
    "ServiceAccount"
)
_TASK = f"{_SUBJECT}, TaskName, TaskContent"
_TASK_NEW = f"{_SUBJECT}, TaskName, TaskContentNew"
_SHARE = f"{_SUBJECT}, ObjectType, {_PEER}, ShareName, ShareLocalPath"
_FLOW = (
    "ProcessID:u64, Application, Direction, SourceAddress, SourcePort, DestAddress, DestPort, "
    "Protocol:u32, FilterRTID:u64, LayerName, LayerRTID:u64"
)
_ACCOUNT = f"TargetUserName, TargetDomainName, TargetSid:sid, {_SUBJECT}"
_MEMBER = f"MemberName, MemberSid:sid, {_ACCOUNT}, PrivilegeList"
_ATTRIBUTES = (
    "PrivilegeList, SamAccountName, DisplayName, UserPrincipalName, HomeDirectory, HomePath, "
    "ScriptPath, ProfilePath, UserWorkstations, PasswordLastSet, AccountExpires, "
    "PrimaryGroupId, AllowedToDelegateTo, OldUacValue, NewUacValue, UserAccountControl, "
    "UserParameters, SidHistory, LogonHours"
)

_AUDITING = {
    (4608, 0): "",
    (4609, 0): "",
    (4616, 0): f"{_SUBJECT}, PreviousDate, PreviousTime, NewDate, NewTime, {_PROCESS}",
    (4616, 1): f"{_SUBJECT}, PreviousTime:time, NewTime:time, {_PROCESS}",
    (4624, 0): _LOGON,
    (4624, 1): f"{_LOGON}, ImpersonationLevel",
    (4624, 2): f"{_LOGON}, ImpersonationLevel, RestrictedAdminMode, {_OUTBOUND}",
    (4624, 3): (
        f"{_LOGON}, ImpersonationLevel, RestrictedAdminMode, RemoteCredentialGuard, {_OUTBOUND}"
    ),
    (4625, 0): (
        f"{_SUBJECT}, TargetUserSid:sid, TargetUserName, TargetDomainName, Status:hex32, "
        "FailureReason, SubStatus:hex32, LogonType:u32, LogonProcessName, "
        "AuthenticationPackageName, WorkstationName, TransmittedServices, LmPackageName, "
        f"KeyLength:u32, {_PROCESS}, {_PEER}"
    ),
    (4627, 0): (
        f"{_SUBJECT}, {_TARGET}, LogonType:u32, EventIdx:u32, EventCountTotal:u32, GroupMembership"
    ),
    (4634, 0): f"{_TARGET}, LogonType:u32",
    (4647, 0): _TARGET,
    (4648, 0): (
        f"{_SUBJECT}, LogonGuid:guid, TargetUserName, TargetDomainName, TargetLogonGuid:guid, "
        f"TargetServerName, TargetInfo, {_PROCESS}, {_PEER}"
    ),
    (4649, 0): (
        f"{_SUBJECT}, TargetUserName, TargetDomainName, RequestType, LogonProcessName, "
        f"AuthenticationPackage, WorkstationName, TransmittedServices, {_PROCESS}"
    ),
    (4672, 0): f"{_SUBJECT}, PrivilegeList",
    (4675, 0): (
        "TargetUserSid:sid, TargetUserName, TargetDomainName, TdoDirection:u32, "
        "TdoAttributes:u32, TdoType:u32, TdoSid:sid, SidList"
    ),
    (4688, 0): _CREATED,
    (4688, 1): f"{_CREATED}, CommandLine",
    (4688, 2): f"{_CREATED}, CommandLine, {_TARGET}, ParentProcessName, MandatoryLabel:sid",
    (4689, 0): f"{_SUBJECT}, Status:hex32, {_PROCESS}",
    (4696, 0): f"{_SUBJECT}, {_TARGET}, TargetProcessId:pointer, TargetProcessName, {_PROCESS}",
    (4697, 0): _INSTALLED,
    (4697, 1): (
        f"{_INSTALLED}, ClientProcessStartKey:u64, ClientProcessId:u32, ParentProcessId:u32"
    ),
    **{(event_id, 0): _TASK for event_id in range(4698, 4702)},
    **{(event_id, 1): f"{_TASK}, {_CLIENT}" for event_id in range(4698, 4702)},
    (4702, 0): _TASK_NEW,
    (4702, 1): f"{_TASK_NEW}, {_CLIENT}",
    (4719, 0): (f"{_SUBJECT}, CategoryId, SubcategoryId, SubcategoryGuid:guid, AuditPolicyChanges"),
    (4720, 0): f"{_ACCOUNT}, {_ATTRIBUTES}",
    (4722, 0): _ACCOUNT,
    (4723, 0): f"{_ACCOUNT}, PrivilegeList",
    (4724, 0): _ACCOUNT,
    (4725, 0): _ACCOUNT,
    (4726, 0): f"{_ACCOUNT}, PrivilegeList",
    (4728, 0): _MEMBER,
    (4732, 0): _MEMBER,
    (4756, 0): _MEMBER,
    (4740, 0): _ACCOUNT,
    (4767, 0): _ACCOUNT,
    (4768, 0): _TGT,
    (4768, 1): f"{_TGT}, ResponseTicket",
    (4768, 2): f"{_TGT}, ResponseTicket, {_ENCRYPTION}, PreAuthEncryptionType:hex32",
    (4769, 0): _SERVICE,
    (4769, 1): _SERVICE_V1,
    (4769, 2): f"{_SERVICE_V1}, {_ENCRYPTION}",
    (4770, 0): (
        f"TargetUserName, TargetDomainName, ServiceName, ServiceSid:sid, {_TICKET}, {_PEER}"
    ),
    (4771, 0): (
        "TargetUserName, TargetSid:sid, ServiceName, TicketOptions:hex32, Status:hex32, "
        f"PreAuthType, {_PEER}, CertIssuerName, CertSerialNumber, CertThumbprint"
    ),
    (4776, 0): "PackageName, TargetUserName, Workstation, Status:hex32",
    (4778, 0): _WINDOW,
    (4779, 0): _WINDOW,
    **{(event_id, 0): _DESKTOP for event_id in range(4800, 4804)},
    (4825, 0): "AccountName, AccountDomain, LogonID:hex64, ClientAddress",
    (4964, 0): (
        f"{_SUBJECT}, LogonGuid:guid, TargetUserSid:sid, TargetUserName, TargetDomainName, "
        "TargetLogonId:hex64, TargetLogonGuid:guid, SidList"
    ),
    (5140, 0): f"{_SUBJECT}, {_PEER}, ShareName",
    (5140, 1): f"{_SHARE}, AccessMask:hex32, AccessList",
    (5145, 0): f"{_SHARE}, RelativeTargetName, AccessMask:hex32, AccessList, AccessReason",
    (5156, 0): _FLOW,
    (5156, 1): f"{_FLOW}, RemoteUserID:sid, RemoteMachineID:sid",
}

_EVENTLOG = "Microsoft-Windows-Eventlog"
_EVENTLOG_SPACE = "http://manifests.microsoft.com/win/2004/08/windows/eventlog"
_CLEAR_CLIENT = "ClientProcessId:u32, ClientProcessStartKey:u64"

TEMPLATES = (
    *events("Microsoft-Windows-Security-Auditing", _AUDITING),
    *events(_EVENTLOG, {(1100, 0): ""}, Shape("ServiceShutdown", _EVENTLOG_SPACE, user_data=True)),
    *events(
        _EVENTLOG,
        {(1102, 0): _SUBJECT, (1102, 1): f"{_SUBJECT}, {_CLEAR_CLIENT}"},
        Shape("LogFileCleared", _EVENTLOG_SPACE, user_data=True),
    ),
)
