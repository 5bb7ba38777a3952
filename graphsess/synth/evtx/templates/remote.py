"""This file holds the templates of the other ways in: SMB, WinRM, WMI, SSH, NTLM."""

from __future__ import annotations

from graphsess.synth.evtx.templates.base import Shape, events

_SMB_SPACE = Shape(namespace="Smb2Namespace", user_data=True)
_WMI_SPACE = "http://manifests.microsoft.com/win/2006/windows/WMI"

_SMB_IDS = "SessionGUID:guid, ConnectionGUID:guid"
_SMB_CLIENT = "ClientAddressLength:u32, ClientAddress:binary"
_REFUSED = (
    f"{_SMB_IDS}, Status:hex32, TranslatedStatus:hex32, {_SMB_CLIENT}, SessionId:hex64, "
    "UserNameLength:u16, UserName, ClientNameLength:u16, ClientName"
)
_SERVER = "ServerNameLength:u16, ServerName"
_CONNECTION = (
    f"Reason:u32, Status:u32, {_SERVER}, AddressLength:u32, Address:binary, ConnectionType:u32"
)
_LOST = f"Status:u32, SessionId:u64, TreeId:u32, {_SERVER}, AddressLength:u32, Address:binary"
_OUTBOUND_NTLM = (
    "TargetName, UserName, DomainName, CallerPID:u32, ProcessName, ClientLUID:hex64, "
    "ClientUserName, ClientDomainName, MechanismOID"
)
_INBOUND_NTLM = (
    "CallerPID:u32, ProcessName, ClientLUID:hex64, ClientUserName, ClientDomainName, MechanismOID"
)
_DOMAIN_NTLM = (
    "UserName, DomainName, Workstation, CallerPID:u32, ProcessName, LogonType:u32, InProc:bool, "
    "MechanismOID"
)
_RELAYED_NTLM = "SChannelName, UserName, DomainName, WorkstationName, SChannelType:u32"

TEMPLATES = (
    *events(
        "Microsoft-Windows-SMBServer",
        {
            (551, 0): f"{_SMB_IDS}, Status:u32",
            (551, 1): _REFUSED,
            (551, 2): f"{_REFUSED}, SPN, SPNValidationPolicy:u32",
            (1009, 0): (
                f"{_SMB_CLIENT}, ClientNameLength:u16, ClientName, SessionId:hex64, {_SMB_IDS}"
            ),
        },
        _SMB_SPACE,
    ),
    *events(
        "Microsoft-Windows-SMBClient",
        {
            (30803, 0): _CONNECTION,
            (30804, 0): _CONNECTION,
            **{(event_id, 0): _LOST for event_id in range(30805, 30809)},
            (31001, 0): (
                f"Reason:u32, Status:u32, SecurityStatus:u32, LogonId:u64, {_SERVER}, "
                "PrincipalNameLength:u16, PrincipalName, UserNameLength:u16, UserName"
            ),
            (31010, 0): (
                "Reason:u32, Status:u32, ShareNameLength:u16, ShareName, ObjectNameLength:u16, "
                "ObjectName"
            ),
            (31017, 0): f"UserNameLength:u16, UserName, {_SERVER}",
        },
    ),
    *events(
        "Microsoft-Windows-WinRM",
        {
            (6, 0): "connection",
            **{(event_id, 0): "" for event_id in (8, 15, 16, 33, 162)},
            (91, 0): "resourceUri, shellId",
            (142, 0): "operationName, errorCode:u32",
            (161, 0): "authFailureMessage",
            (168, 0): "username, authenticationMechanism",
            (169, 0): "username, authenticationMechanism",
            (192, 0): "errorCode:u32",
            (193, 0): "param1, param2, param3, param4",
        },
    ),
    *events(
        "Microsoft-Windows-WMI-Activity",
        {(5857, 0): "ProviderName, Code:hex32, HostProcess, ProcessID:u32, ProviderPath"},
        Shape("Operation_StartedOperational", _WMI_SPACE, user_data=True),
    ),
    *events(
        "Microsoft-Windows-WMI-Activity",
        {
            (5858, 0): (
                "Id, ClientMachine, User, ClientProcessId:u32, Component, Operation, "
                "ResultCode:hex32, PossibleCause"
            ),
        },
        Shape("Operation_ClientFailure", _WMI_SPACE, user_data=True),
    ),
    *events(
        "Microsoft-Windows-WMI-Activity",
        {
            (5859, 0): (
                "NamespaceName, Query, User, processid:u32, providerName, queryid:u32, "
                "PossibleCause"
            ),
        },
        Shape("Operation_EssStarted", _WMI_SPACE, user_data=True),
    ),
    *events(
        "Microsoft-Windows-WMI-Activity",
        {(5860, 0): "NamespaceName, Query, User, processid:u32, MachineName, PossibleCause"},
        Shape("Operation_TemporaryEssStarted", _WMI_SPACE, user_data=True),
    ),
    *events(
        "Microsoft-Windows-WMI-Activity",
        {(5861, 0): "Namespace, ESS, CONSUMER, PossibleCause"},
        Shape("Operation_ESStoConsumerBinding", _WMI_SPACE, user_data=True),
    ),
    *events("OpenSSH", {(4, 0): "process, payload"}),
    *events(
        "Microsoft-Windows-NTLM",
        {
            (4001, 0): _OUTBOUND_NTLM,
            (4002, 0): _INBOUND_NTLM,
            (4003, 0): _DOMAIN_NTLM,
            (8001, 0): _OUTBOUND_NTLM,
            (8002, 0): _INBOUND_NTLM,
            (8003, 0): _DOMAIN_NTLM,
            (8004, 0): _RELAYED_NTLM,
        },
    ),
    *events("Microsoft-Windows-Security-Netlogon", {(8004, 0): _RELAYED_NTLM}),
)
