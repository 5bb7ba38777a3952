"""The System channel: boots, stops, crashes, clock changes, log clears, services."""

from __future__ import annotations

from graphsess.catalogue.kinds import Kind

KERNEL = "Microsoft-Windows-Kernel-General"
POWER = "Microsoft-Windows-Kernel-Power"
WINLOGON = "Microsoft-Windows-Winlogon"
SERVICES = "Service Control Manager"
LOG_SERVICE = "EventLog"
NOTICE = {"ts_id": "TSId", "target_sid": "UserSid"}

KINDS = (
    Kind("winlogon_7001", WINLOGON, 7001, NOTICE, "logon notification"),
    Kind("winlogon_7002", WINLOGON, 7002, NOTICE, "logoff notification"),
    Kind(
        "kernel_12",
        KERNEL,
        12,
        {"stated_us": "StartTime", "os_build": "BuildVersion"},
        "the operating system started",
    ),
    Kind("kernel_13", KERNEL, 13, {"stated_us": "StopTime"}, "the operating system stopped"),
    Kind(
        "kernel_1",
        KERNEL,
        1,
        {"stated_us": "NewTime", "before_us": "OldTime", "reason": "Reason"},
        "the clock was changed",
    ),
    Kind("power_41", POWER, 41, {"reason": "BugcheckCode"}, "restart without a clean stop"),
    Kind("power_42", POWER, 42, {"reason": "Reason"}, "the system went to sleep"),
    Kind("power_107", POWER, 107, {}, "the system resumed from sleep"),
    Kind("power_109", POWER, 109, {"reason": "ShutdownReason"}, "the kernel began a shutdown"),
    Kind("boot_27", "Microsoft-Windows-Kernel-Boot", 27, {"reason": "BootType"}, "boot type"),
    Kind("boot_20", "Microsoft-Windows-Kernel-Boot", 20, {"verb": "LastShutdownGood"},
         "state of the last shutdown"),
    Kind("troubleshooter_1", "Microsoft-Windows-Power-Troubleshooter", 1,
         {"stated_us": "WakeTime", "before_us": "SleepTime"}, "slept and woke"),
    Kind("eventlog_6005", LOG_SERVICE, 6005, {}, "the event log service started",
         aliases=("Microsoft-Windows-Eventlog",)),
    Kind("eventlog_6006", LOG_SERVICE, 6006, {}, "the event log service stopped",
         aliases=("Microsoft-Windows-Eventlog",)),
    Kind("eventlog_6008", LOG_SERVICE, 6008, {"stated_us": "Binary"},
         "the last stop was unexpected", parse="last_alive",
         aliases=("Microsoft-Windows-Eventlog",)),
    Kind("eventlog_6009", LOG_SERVICE, 6009, {"os_build": "1"}, "operating system at start",
         aliases=("Microsoft-Windows-Eventlog",)),
    Kind("eventlog_6013", LOG_SERVICE, 6013, {"reason": "4", "object": "6", "detail": "Binary"},
         "uptime in seconds, time zone and product", parse="system_report",
         aliases=("Microsoft-Windows-Eventlog",)),
    Kind(
        "user32_1074",
        "User32",
        1074,
        {
            "process": ("param1", "0"),
            "detail": ("param3", "2"),
            "verb": ("param5", "4"),
            "target_user": ("param7", "6"),
        },
        "a restart or power-off was asked for",
        aliases=("Microsoft-Windows-User32", "USER32"),
    ),
    Kind(
        "eventlog_104",
        "Microsoft-Windows-Eventlog",
        104,
        {
            "actor_user": "SubjectUserName",
            "actor_domain": "SubjectDomainName",
            "object": "Channel",
            "detail": "BackupPath",
            "process_id": "ClientProcessId",
        },
        "a log was cleared",
        activity="log_cleared",
    ),
    Kind(
        "services_7045",
        SERVICES,
        7045,
        {"object": "ServiceName", "detail": "ImagePath", "target_user": "AccountName"},
        "a service was installed",
        activity="service",
    ),
    Kind("services_7036", SERVICES, 7036, {"object": "param1", "verb": "param2"},
         "a service changed its state"),
    Kind("services_7040", SERVICES, 7040, {"object": "param1", "verb": "param3"},
         "a service's start type was changed"),
    Kind("termdd_56", "TermDD", 56, {"address": "1"}, "a terminal-server client was dropped"),
)
