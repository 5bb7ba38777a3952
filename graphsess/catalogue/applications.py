"""Side evidence and activity: profiles, Winlogon notices, shell start, PowerShell, Sysmon."""

from __future__ import annotations

from graphsess.catalogue.kinds import Kind

PROFILE = "Microsoft-Windows-User Profiles Service"
WINLOGON = "Microsoft-Windows-Winlogon"
SHELL = "Microsoft-Windows-Shell-Core"
POWERSHELL = "Microsoft-Windows-PowerShell"
SYSMON = "Microsoft-Windows-Sysmon"
_PROCESS = {"process": "Image", "process_id": "ProcessId", "process_guid": "ProcessGuid",
            "actor_user": "User"}

KINDS = (
    *(
        Kind(f"profile_{event_id}", PROFILE, event_id, {"ts_id": "Session"}, says,
             aliases=("Microsoft-Windows-User Profile Service",))
        for event_id, says in (
            (1, "profile: logon received"), (2, "profile: logon finished"),
            (3, "profile: logoff received"), (4, "profile: logoff finished"),
        )
    ),
    Kind("winlogon_811", WINLOGON, 811, {"verb": "Event", "detail": "SubscriberName"},
         "winlogon notified a subscriber"),
    Kind("shell_9705", SHELL, 9705, {"detail": "Command"}, "shell started its run keys"),
    Kind("powershell_400", "PowerShell", 400, {"detail": ("2", "0", "Message")},
         "PowerShell engine started", activity="powershell"),
    Kind("powershell_4103", POWERSHELL, 4103, {"detail": "ContextInfo"},
         "PowerShell pipeline executed", activity="powershell"),
    Kind("powershell_4104", POWERSHELL, 4104, {"detail": "ScriptBlockText", "object": "Path"},
         "PowerShell script block", activity="powershell"),
    Kind("powershell_53504", POWERSHELL, 53504, {"process_id": "param1"},
         "PowerShell pipe opened"),
    Kind(
        "sysmon_1",
        SYSMON,
        1,
        {
            **_PROCESS,
            "actor_luid": "LogonId",
            "ts_id": "TerminalSessionId",
            "sysmon_logon": "LogonGuid",
            "parent_process": "ParentImage",
            "parent_id": "ParentProcessId",
            "command_line": "CommandLine",
            "detail": "ParentCommandLine",
        },
        "a process was started",
        activity="process",
    ),
    Kind(
        "sysmon_3",
        SYSMON,
        3,
        {
            **_PROCESS,
            "verb": "Initiated",
            "address": "SourceIp",
            "port": "SourcePort",
            "other_address": "DestinationIp",
            "other_port": "DestinationPort",
            "server": "DestinationHostname",
        },
        "a network connection",
        activity="network",
    ),
    Kind("sysmon_4", SYSMON, 4, {"verb": "State"}, "Sysmon changed its state"),
    Kind("sysmon_5", SYSMON, 5, _PROCESS, "a process ended"),
    *(
        Kind(f"sysmon_{event_id}", SYSMON, event_id,
             {**_PROCESS, "object": "TargetObject", "detail": ("Details", "NewName"),
              "verb": "EventType"}, says, activity="registry")
        for event_id, says in (
            (12, "a registry key was made or deleted"), (13, "a registry value was set"),
            (14, "a registry key was renamed"),
        )
    ),
    *(
        Kind(f"sysmon_{event_id}", SYSMON, event_id, {**_PROCESS, "object": "TargetFilename"},
             says, activity="file")
        for event_id, says in (
            (15, "a file stream was made"), (23, "a file was deleted and kept"),
            (26, "a file was deleted"),
        )
    ),
    Kind("sysmon_11", SYSMON, 11, {**_PROCESS, "object": "TargetFilename"},
         "a file was created", activity="file"),
    Kind("sysmon_16", SYSMON, 16, {"detail": "Configuration"}, "Sysmon's settings changed"),
    Kind("sysmon_22", SYSMON, 22, {**_PROCESS, "server": "QueryName", "detail": "QueryResults"},
         "a name was looked up", activity="name_lookup"),
)
