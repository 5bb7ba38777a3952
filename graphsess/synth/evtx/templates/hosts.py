"""This file holds the templates of what runs on a host: tasks, shells, profiles, Sysmon."""

from __future__ import annotations

from graphsess.synth.evtx.templates.base import Shape, events, unnamed

_TASKS = "Microsoft-Windows-TaskScheduler"
_RUN = "TaskName, UserContext, InstanceId:guid"
_TRIGGERED = "TaskName, UserName, InstanceId:guid"
_CHANGED = "TaskName, UserName"
_ACTION_END = "TaskName, TaskInstanceId:guid, ActionName, ResultCode:u32"
_TASK_EVENTS = {
    "TaskStartEvent": {(100, 0): _RUN},
    "TaskSuccessEvent": {(102, 0): _RUN},
    "TaskRegisteredEvent": {(106, 0): "TaskName, UserContext"},
    "TaskRunEvent": {(110, 0): "TaskName, InstanceId:guid, UserContext"},
    "LogonTrigger": {(119, 0): _TRIGGERED},
    "LocalConsoleConnectTrigger": {(120, 0): _TRIGGERED},
    "LocalConsoleDisconnectTrigger": {(121, 0): _TRIGGERED},
    "SessionLockTrigger": {(124, 0): _TRIGGERED},
    "SessionUnlockTrigger": {(125, 0): _TRIGGERED},
    "CreatedTaskProcess": {(129, 0): "TaskName, Path, ProcessID:u32, Priority:u32"},
    "TaskUpdated": {(140, 0): _CHANGED},
    "TaskDeleted": {(141, 0): _CHANGED},
    "TaskDisabled": {(142, 0): _CHANGED},
    "ActionStart": {
        (200, 0): "TaskName, ActionName, TaskInstanceId:guid",
        (200, 1): "TaskName, ActionName, TaskInstanceId:guid, EnginePID:u32",
    },
    "ActionSuccess": {
        (201, 0): "TaskName, ActionName, TaskInstanceId:guid",
        (201, 1): _ACTION_END,
        (201, 2): f"{_ACTION_END}, EnginePID:u32",
    },
}

_WHO = "UtcTime, ProcessGuid:guid, ProcessId:u32, Image"
_SYSMON = {
    (1, 5): (
        f"RuleName, {_WHO}, FileVersion, Description, Product, Company, OriginalFileName, "
        "CommandLine, CurrentDirectory, User, LogonGuid:guid, LogonId:hex64, "
        "TerminalSessionId:u32, IntegrityLevel, Hashes, ParentProcessGuid:guid, "
        "ParentProcessId:u32, ParentImage, ParentCommandLine, ParentUser"
    ),
    (3, 5): (
        f"RuleName, {_WHO}, User, Protocol, Initiated:bool, SourceIsIpv6:bool, SourceIp, "
        "SourceHostname, SourcePort:u16, SourcePortName, DestinationIsIpv6:bool, DestinationIp, "
        "DestinationHostname, DestinationPort:u16, DestinationPortName"
    ),
    (5, 3): f"RuleName, {_WHO}, User",
    (10, 3): (
        "RuleName, UtcTime, SourceProcessGUID:guid, SourceProcessId:u32, SourceThreadId:u32, "
        "SourceImage, TargetProcessGUID:guid, TargetProcessId:u32, TargetImage, "
        "GrantedAccess:hex32, CallTrace, SourceUser, TargetUser"
    ),
    (11, 2): f"RuleName, {_WHO}, TargetFilename, CreationUtcTime, User",
    (22, 5): (
        "RuleName, UtcTime, ProcessGuid:guid, ProcessId:u32, QueryName, QueryStatus, "
        "QueryResults, Image, User"
    ),
}

_PIPELINE = "ContextInfo, UserData, Payload"
_PROFILE = {(event_id, 0): "Session:u32" for event_id in range(1, 5)}
_NOTIFIED = "Event:u32, SubscriberName"

TEMPLATES = (
    *(
        template
        for name, declared in _TASK_EVENTS.items()
        for template in events(_TASKS, declared, Shape(name=name))
    ),
    *unnamed("PowerShell", dict.fromkeys((400, 403, 600, 800), 0)),
    *events(
        "Microsoft-Windows-PowerShell",
        {
            (4103, 1): _PIPELINE,
            (4104, 1): (
                "MessageNumber:i32, MessageTotal:i32, ScriptBlockText, ScriptBlockId, Path"
            ),
            (53504, 1): "param1, param2",
        },
    ),
    *events(
        "Microsoft-Windows-User Profiles Service",
        {
            **_PROFILE,
            (5, 0): "File, Key",
            (67, 0): "LogonType, LocalPath, ProfileType",
        },
    ),
    *events(
        "Microsoft-Windows-Winlogon",
        {(1, 0): "", (2, 0): "Win32Status:u32", (811, 0): _NOTIFIED, (812, 0): _NOTIFIED},
    ),
    *events(
        "Microsoft-Windows-Shell-Core",
        {(event_id, 0): "Command" for event_id in range(9705, 9709)},
    ),
    *events("Microsoft-Windows-Sysmon", _SYSMON),
)
