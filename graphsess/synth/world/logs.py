"""Where each provider writes: provider name, channel, and the header values it always uses."""

from __future__ import annotations

from typing import NamedTuple


class Log(NamedTuple):
    """A provider on a channel, with the defaults of its records' headers."""

    provider: str
    channel: str
    level: int = 4
    keywords: int = 0x8000000000000000
    user_sid: str | None = None
    task: int = 0
    opcode: int = 0


_SYSTEM_SID, _NETWORK_SID, _LOCAL_SID = "S-1-5-18", "S-1-5-20", "S-1-5-19"
_TS = "Microsoft-Windows-TerminalServices-"
AUDIT_SUCCESS, AUDIT_FAILURE = 0x8020000000000000, 0x8010000000000000
_CLASSIC = 0x80000000000000

SECURITY = Log("Microsoft-Windows-Security-Auditing", "Security", 0, AUDIT_SUCCESS)
LOG_SERVICE = Log("Microsoft-Windows-Eventlog", "Security", 4, 0x4020000000000000, task=104)
LOG_CLEARED = Log("Microsoft-Windows-Eventlog", "System", 4, task=104)

LSM = Log(
    f"{_TS}LocalSessionManager", f"{_TS}LocalSessionManager/Operational", 4,
    0x1000000000000000, _SYSTEM_SID,
)  # fmt: skip
RCM = Log(
    f"{_TS}RemoteConnectionManager", f"{_TS}RemoteConnectionManager/Operational", 4,
    0x1000000000000000, _NETWORK_SID,
)  # fmt: skip
RCM_ADMIN = Log(
    f"{_TS}RemoteConnectionManager", f"{_TS}RemoteConnectionManager/Admin", 3,
    0x1000000000000000, _NETWORK_SID,
)  # fmt: skip
RDP_CORE = Log(
    "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS",
    "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
    4, 0x4000000000000000, _NETWORK_SID, 4,
)  # fmt: skip
RDP_CLIENT = Log(
    f"{_TS}ClientActiveXCore", "Microsoft-Windows-TerminalServices-RDPClient/Operational", 4,
    0x4000000000000000, task=101, opcode=10,
)  # fmt: skip
GATEWAY = Log(
    f"{_TS}Gateway", f"{_TS}Gateway/Operational", 4, 0x4020000001000000, _NETWORK_SID, 3,
)  # fmt: skip

KERNEL_GENERAL = Log("Microsoft-Windows-Kernel-General", "System", 4, user_sid=_SYSTEM_SID)
KERNEL_BOOT = Log("Microsoft-Windows-Kernel-Boot", "System", 4, user_sid=_SYSTEM_SID)
KERNEL_POWER = Log("Microsoft-Windows-Kernel-Power", "System", 4, user_sid=_SYSTEM_SID)
POWER_TROUBLE = Log("Microsoft-Windows-Power-Troubleshooter", "System", 4, user_sid=_LOCAL_SID)
EVENT_LOG = Log("EventLog", "System", 4, _CLASSIC)
WINLOGON = Log("Microsoft-Windows-Winlogon", "System", 4, 0x2000200000000000, _SYSTEM_SID, 1101)
USER32 = Log("User32", "System", 4, 0x8080000000000000)
SERVICES = Log("Service Control Manager", "System", 4, 0x8080000000000000)

PROFILE = Log(
    "Microsoft-Windows-User Profiles Service",
    "Microsoft-Windows-User Profile Service/Operational", 4, 0x4000000000000000,
)  # fmt: skip
NOTIFY = Log(
    "Microsoft-Windows-Winlogon", "Microsoft-Windows-Winlogon/Operational", 4,
    0x4000000000010000, _SYSTEM_SID, 811, 1,
)  # fmt: skip
TASKS = Log(
    "Microsoft-Windows-TaskScheduler", "Microsoft-Windows-TaskScheduler/Operational", 4,
    user_sid=_SYSTEM_SID,
)  # fmt: skip
WINRM = Log("Microsoft-Windows-WinRM", "Microsoft-Windows-WinRM/Operational", 4, 0x4000000000000002)
WMI = Log(
    "Microsoft-Windows-WMI-Activity", "Microsoft-Windows-WMI-Activity/Operational", 0,
    0x4000000000000000, _SYSTEM_SID,
)  # fmt: skip
SYSMON = Log(
    "Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational", 4, user_sid=_SYSTEM_SID,
)  # fmt: skip
SSH = Log("OpenSSH", "OpenSSH/Operational", 4, 0x4000000000000000, _SYSTEM_SID)
DHCP = Log(
    "Microsoft-Windows-Dhcp-Client", "Microsoft-Windows-Dhcp-Client/Operational", 4,
    0x4000000000000000, _LOCAL_SID,
)  # fmt: skip
NTLM = Log("Microsoft-Windows-NTLM", "Microsoft-Windows-NTLM/Operational", 4, user_sid=_SYSTEM_SID)
