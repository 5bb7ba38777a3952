"""Access by other ways than the desktop: SMB, WinRM, WMI, tasks, SSH, NTLM, VPN, DHCP."""

from __future__ import annotations

from graphsess.catalogue.kinds import Fields, Kind

SMB_SERVER = "Microsoft-Windows-SMBServer"
SMB_CLIENT = "Microsoft-Windows-SMBClient"
WINRM = "Microsoft-Windows-WinRM"
WMI = "Microsoft-Windows-WMI-Activity"
TASKS = "Microsoft-Windows-TaskScheduler"
NTLM = "Microsoft-Windows-NTLM"
DHCP = "Microsoft-Windows-Dhcp-Client"
VPN = "RemoteAccess"
_TASK_USER: Fields = {"object": "TaskName", "target_user": ("UserContext", "UserName")}
_SHARE_LINK: Fields = {"server": "ServerName", "address": ("Address", "RemoteAddress"),
               "object": "ShareName", "status": "Status"}

KINDS = (
    Kind("smbserver_551", SMB_SERVER, 551,
         {"target_user": "UserName", "client_name": "ClientName", "address": "ClientAddress",
          "status": "Status"}, "an SMB session could not be set up", parse="socket_address"),
    Kind("smbserver_1009", SMB_SERVER, 1009,
         {"client_name": "ClientName", "address": "ClientAddress"},
         "anonymous access was denied", parse="socket_address"),
    Kind("smbclient_31001", SMB_CLIENT, 31001,
         {"actor_luid": "LogonId", "server": "ServerName", "spn": "PrincipalName",
          "target_user": "UserName", "status": "Status"}, "outbound SMB authentication failed"),
    *(
        Kind(f"smbclient_{event_id}", SMB_CLIENT, event_id, _SHARE_LINK, says,
             parse="socket_address")
        for event_id, says in (
            (30803, "SMB connection failed"),
            (30804, "SMB connection was lost"),
            (30805, "SMB session was lost"),
            (30806, "SMB session was re-established"),
            (30807, "SMB share connection was lost"),
            (30808, "SMB share was reconnected"),
            (30833, "SMB share was reconnected elsewhere"),
        )
    ),
    Kind("smbclient_31010", SMB_CLIENT, 31010,
         {"server": "ServerName", "object": ("ShareName", "ObjectName"), "status": "Status"},
         "an SMB share could not be opened"),
    *(
        Kind(f"smbclient_{event_id}", SMB_CLIENT, event_id,
             {"server": "ServerName", "target_user": "UserName", "status": "Status"}, says)
        for event_id, says in (
            (31017, "a guest logon to an SMB server was refused"),
            (31022, "a guest logon to an SMB server was let through"),
        )
    ),
    Kind("winrm_6", WINRM, 6, {"server": "connection"}, "a WSMan session was opened to a host"),
    Kind("winrm_33", WINRM, 33, {}, "a WSMan session was closed"),
    Kind("winrm_91", WINRM, 91, {"detail": ("resourceUri", "resourceURI", "EventPayload")},
         "a WSMan shell was created", parse="wsman_shell"),
    Kind("winrm_142", WINRM, 142, {"verb": "operationName", "status": "errorCode"},
         "a WSMan operation failed"),
    Kind("winrm_161", WINRM, 161, {"detail": "authFailureMessage"},
         "WinRM authentication failed"),
    Kind("winrm_162", WINRM, 162, {}, "WinRM refused a client"),
    Kind("winrm_168", WINRM, 168,
         {"target_user": "username", "package": "authenticationMechanism"},
         "WinRM is authenticating a user"),
    Kind("winrm_192", WINRM, 192, {"status": "errorCode"}, "WinRM could not authorise a user"),
    Kind("winrm_169", WINRM, 169,
         {"target_user": "username", "package": "authenticationMechanism"},
         "WinRM authenticated a user"),
    Kind("winrm_193", WINRM, 193, {"target_user": "param1", "detail": "param2"},
         "WinRM authorised a request"),
    Kind("wmi_5857", WMI, 5857, {"object": "ProviderName", "process_id": "ProcessID"},
         "a WMI provider was loaded"),
    Kind("wmi_5858", WMI, 5858,
         {"target_user": "User", "client_name": "ClientMachine", "process_id": "ClientProcessId",
          "verb": "Operation", "status": "ResultCode"}, "a WMI operation failed"),
    Kind("wmi_5859", WMI, 5859, {"target_user": ("User", "user"), "detail": "Query",
         "process_id": ("Processid", "processid")}, "a WMI event provider was started"),
    Kind("wmi_5860", WMI, 5860, {"target_user": ("User", "user"), "detail": "Query"},
         "a WMI subscription", activity="wmi"),
    Kind("wmi_5861", WMI, 5861, {"target_user": ("User", "user"), "detail": "CONSUMER"},
         "a permanent WMI subscription", activity="wmi"),
    *(
        Kind(f"tasks_{event_id}", TASKS, event_id, _TASK_USER, says, activity=activity)
        for event_id, says, activity in (
            (106, "a task was registered", "task"),
            (140, "a task was changed", "task"),
            (141, "a task was deleted", "task"),
            (100, "a task was started", None),
            (102, "a task ended", None),
            (110, "a user started a task", "task"),
            (142, "a task was disabled", "task"),
            (119, "a task ran at logon", None),
            (120, "a task ran at console connect", None),
            (121, "a task ran at console disconnect", None),
            (124, "a task ran at lock", None),
            (125, "a task ran at unlock", None),
        )
    ),
    Kind("tasks_129", TASKS, 129,
         {"object": "TaskName", "process": "Path", "process_id": "ProcessID"},
         "a task's process was created", activity="task"),
    Kind("tasks_201", TASKS, 201, {"object": "TaskName", "process": "ActionName"},
         "a task's action ended"),
    Kind("tasks_200", TASKS, 200, {"object": "TaskName", "process": "ActionName"},
         "a task's action was started", activity="task"),
    Kind("ssh_4", "OpenSSH", 4, {"detail": "payload"}, "OpenSSH said something",
         parse="ssh_text"),
    Kind("ntlm_8001", NTLM, 8001,
         {"spn": "TargetName", "target_user": "UserName", "target_domain": "DomainName",
          "actor_luid": "ClientLUID", "process_id": "CallerPID", "process": "ProcessName",
          "actor_user": "ClientUserName", "actor_domain": "ClientDomainName"},
         "outbound NTLM"),
    Kind("ntlm_8002", NTLM, 8002,
         {"actor_luid": "ClientLUID", "process": "ProcessName", "process_id": "CallerPID"},
         "inbound NTLM"),
    Kind("ntlm_8003", NTLM, 8003,
         {"target_user": "UserName", "target_domain": "DomainName", "client_name": "Workstation",
          "logon_type": "LogonType"}, "inbound NTLM in the domain"),
    Kind("ntlm_8004", NTLM, 8004,
         {"server": "SChannelName", "target_user": "UserName", "target_domain": "DomainName",
          "client_name": "WorkstationName"}, "NTLM at the domain controller"),
    *(
        Kind(f"ntlm_{event_id}", NTLM, event_id, {**told, "process_id": "CallerPID",
             "process": "ProcessName"}, says)
        for event_id, told, says in (
            (4001, {"spn": "TargetName", "target_user": "UserName", "actor_luid": "ClientLUID",
                    "target_domain": "DomainName", "actor_user": "ClientUserName",
                    "actor_domain": "ClientDomainName"}, "outbound NTLM was blocked"),
            (4002, {"actor_luid": "ClientLUID"}, "inbound NTLM was blocked"),
            (4003, {"target_user": "UserName", "target_domain": "DomainName",
                    "client_name": "Workstation", "logon_type": "LogonType"},
             "inbound NTLM was blocked in the domain"),
        )
    ),
    Kind("vpn_20272", VPN, 20272, {"target_user": "1", "address": "2"}, "VPN session"),
    Kind("vpn_20274", VPN, 20274, {"target_user": "1", "address": "2"}, "VPN address assigned"),
    Kind("vpn_20275", VPN, 20275, {"target_user": "1"}, "VPN session ended"),
    *(
        Kind(f"dhcp_{event_id}", DHCP, event_id, {"other_address": "Address"}, "a DHCP lease",
             parse="little_endian_address")
        for event_id in (1000, 1001, 1002, 1003, 50028, 50066)
    ),
)
