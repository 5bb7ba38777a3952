"""This file holds the templates of the System channel."""

from __future__ import annotations

from graphsess.synth.evtx.templates.base import Shape, events, unnamed

_EVENTLOG_SPACE = "http://manifests.microsoft.com/win/2004/08/windows/eventlog"
_CLEARED = "SubjectUserName, SubjectDomainName, Channel, BackupPath"
_INFORMATION, _ERROR, _CLASSIC = 0x4000, 0xC000, 0x8000

_CLOCK = "NewTime:time, OldTime:time"
_CRASH = "BugcheckCode:u32, " + ", ".join(f"BugcheckParameter{n}:pointer" for n in range(1, 5))
_CRASH_V3 = f"{_CRASH}, SleepInProgress:u32, PowerButtonTimestamp:u64, BootAppStatus:u32"
_CRASH_V4 = (
    f"{_CRASH_V3}, Checkpoint:u8, ConnectedStandbyInProgress:bool, "
    "SystemSleepTransitionsToOn:u32, CsEntryScenarioInstanceId:u8"
)
_SLEEP = "TargetState:u32, EffectiveState:u32"
_WAKE = (
    "SleepTime:time, WakeTime:time, SleepDuration:u32, WakeDuration:u32, "
    "DriverInitDuration:u32, BiosInitDuration:u32, HiberWriteDuration:u32, "
    "HiberReadDuration:u32, HiberPagesWritten:u32, Attributes:u32, TargetState:u32, "
    "EffectiveState:u32, WakeSourceType:u32, WakeSourceTextLength:u16, WakeSourceText, "
    "WakeTimerOwnerLength:u16, WakeTimerContextLength:u16, NoMultiStageResumeReason:u32, "
    "WakeTimerOwner, WakeTimerContext"
)
_SHUTDOWN = ", ".join(f"param{n}" for n in range(1, 8))

TEMPLATES = (
    *events(
        "Microsoft-Windows-Winlogon",
        {(7001, 0): "TSId:u32, UserSid:sid", (7002, 0): "TSId:u32, UserSid:sid"},
    ),
    *events(
        "Service Control Manager",
        {
            (7036, 0): "param1, param2, Binary",
            (7040, 0): "param1, param2, param3, param4",
            (7045, 0): "ServiceName, ImagePath, ServiceType, StartType, AccountName",
        },
        Shape(qualifiers=_INFORMATION),
    ),
    *events(
        "Service Control Manager",
        {
            (7000, 0): "param1, param2, Binary",
            (7009, 0): "param1, param2, Binary",
            (7034, 0): "param1, param2, Binary",
        },
        Shape(qualifiers=_ERROR),
    ),
    *events(
        "Microsoft-Windows-Eventlog",
        {
            (104, 0): _CLEARED,
            (104, 1): f"{_CLEARED}, ClientProcessId:u32, ClientProcessStartKey:u64",
        },
        Shape("LogFileCleared", _EVENTLOG_SPACE, user_data=True),
    ),
    *events(
        "Microsoft-Windows-Kernel-General",
        {
            (1, 0): _CLOCK,
            (1, 1): f"{_CLOCK}, Reason:u32",
            (1, 2): f"{_CLOCK}, Reason:u32, ProcessName, ProcessID:u32",
            (12, 0): (
                "MajorVersion:u32, MinorVersion:u32, BuildVersion:u32, QfeVersion:u32, "
                "ServiceVersion:u16, BootMode:u32, StartTime:time"
            ),
            (13, 0): "StopTime:time",
        },
    ),
    *events(
        "Microsoft-Windows-Kernel-Power",
        {
            (41, 2): f"{_CRASH}, SleepInProgress:bool, PowerButtonTimestamp:u64",
            (41, 3): _CRASH_V3,
            (41, 4): _CRASH_V4,
            (41, 5): f"{_CRASH_V4}, BugcheckInfoFromEFI:bool",
            (41, 6): f"{_CRASH_V4}, BugcheckInfoFromEFI:bool, CheckpointStatus:u8",
            (42, 0): _SLEEP,
            (42, 2): f"{_SLEEP}, Reason:u32, Flags:u32",
            (42, 3): f"{_SLEEP}, Reason:u32, Flags:u32, TransitionsToOn:u32",
            (107, 0): _SLEEP,
            (107, 1): (
                f"{_SLEEP}, WakeFromState:u32, ProgrammedWakeTimeAc:time, "
                "ProgrammedWakeTimeDc:time, WakeRequesterTypeAc:u32, WakeRequesterTypeDc:u32"
            ),
            (109, 0): "ShutdownActionType:u32, ShutdownEventCode:u32, ShutdownReason:u32",
            (506, 0): "Reason:u32",
            (507, 0): "Reason:u32",
        },
    ),
    *events(
        "Microsoft-Windows-Kernel-Boot",
        {
            (20, 0): "LastShutdownGood:bool, LastBootGood:bool",
            (20, 1): (
                "LastShutdownGood:bool, LastBootGood:bool, LastBootId:u32, BootStatusPolicy:u32"
            ),
            (27, 0): "BootType:u32",
            (27, 1): "BootType:u32, LoadOptions:ansi",
        },
    ),
    *events(
        "Microsoft-Windows-Power-Troubleshooter",
        {(1, 2): _WAKE, (1, 3): f"{_WAKE}, CheckpointDuration:u32"},
    ),
    *events("User32", {(1074, 0): _SHUTDOWN}, Shape(qualifiers=_CLASSIC)),
    *events("Microsoft-Windows-Dhcp-Client", {(50028, 0): "Address:u32, InterfaceId:u32"}),
    *unnamed("USER32", {1074: _CLASSIC}),
    *unnamed("EventLog", dict.fromkeys((6005, 6006, 6008, 6009, 6013), _CLASSIC)),
    *unnamed("TermDD", {50: 0xC00A, 56: 0xC00A}),
)
