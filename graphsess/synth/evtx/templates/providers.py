"""This file holds the providers: their GUIDs, and which System part they log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Layout(StrEnum):
    """The System part of the record's template; the values 0 to 12 are the same in all three."""

    MANIFEST = "manifest"
    """18 values: provider, its GUID and the channel are values 14 to 16."""
    LITERAL = "literal"
    """20 values; provider and channel are literals of the template."""
    CLASSIC = "classic"
    """As LITERAL, without Version, Opcode, Correlation and Execution."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One event provider.

    Attributes:
        guid: As text; None where the provider has none.
        source: EventSourceName, where logged.
        terminated: Its strings are logged with their closing NUL.
    """

    name: str
    guid: str | None = None
    layout: Layout = Layout.MANIFEST
    source: str | None = None
    terminated: bool = False


_MANIFEST = {
    "Microsoft-Windows-Security-Auditing": "54849625-5478-4994-a5ba-3e3b0328c30d",
    "Microsoft-Windows-Winlogon": "dbe9b383-7cf3-4331-91cc-a3cb16a3b538",
    "Microsoft-Windows-Kernel-General": "a68ca8b7-004f-d7b6-a698-07e2de0f1f5d",
    "Microsoft-Windows-Kernel-Power": "331c3b3a-2005-44c2-ac5e-77220c37d6b4",
    "Microsoft-Windows-Kernel-Boot": "15ca44ff-4d7a-4baa-bba5-0998955e531e",
    "Microsoft-Windows-Power-Troubleshooter": "cdc05e28-c449-49c6-b9d2-88cf761644df",
    "Microsoft-Windows-Dhcp-Client": "15a7a4f8-0072-4eab-abad-f98a4d666aed",
    "Microsoft-Windows-TerminalServices-LocalSessionManager": (
        "5d896912-022d-40aa-a3a8-4fa5515c76d7"
    ),
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager": (
        "c76baa63-ae81-421c-b425-340b4b24157f"
    ),
    "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS": "1139c61b-b549-4251-8ed3-27250a1edec8",
    "Microsoft-Windows-TerminalServices-ClientActiveXCore": "28aa95bb-d444-4719-a36f-40462168127e",
    "Microsoft-Windows-TerminalServices-Gateway": "4d5ae6a1-c7c8-4e6d-b840-4d8080b42e1b",
    "Microsoft-Windows-SMBServer": "d48ce617-33a2-4bc3-a5c7-11aa4f29619e",
    "Microsoft-Windows-SMBClient": "988c59c5-0a1c-45b6-a555-0c62276e327d",
    "Microsoft-Windows-WinRM": "a7975c8f-ac13-49f1-87da-5a984a4ab417",
    "Microsoft-Windows-WMI-Activity": "1418ef04-b0b4-4623-bf7e-d74ab47bbdaa",
    "Microsoft-Windows-TaskScheduler": "de7b24ea-73c8-4a09-985d-5bdadcfa9017",
    "OpenSSH": "c4b57d35-0636-4bc3-a262-370f249f9802",
    "Microsoft-Windows-NTLM": "ac43300d-5fcc-4800-8e99-1bd3f85f0320",
    "Microsoft-Windows-Security-Netlogon": "e5ba83f6-07d0-46b1-8bc7-7e669a1d31dc",
    "Microsoft-Windows-PowerShell": "a0c1853b-5c40-4b15-8766-3cf1c58f985a",
    "Microsoft-Windows-User Profiles Service": "89b1e9f0-5aff-44a6-9b44-0a07a7ce5845",
    "Microsoft-Windows-Shell-Core": "30336ed4-e327-447c-9de0-51b652c86108",
    "Microsoft-Windows-Sysmon": "5770385f-c22a-43e0-bf4c-06f5698ffbd9",
}

_LITERAL = (
    Provider("Microsoft-Windows-Eventlog", "fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148", Layout.LITERAL),
    Provider(
        "Service Control Manager",
        "555908d1-a6d7-4695-8e1e-26931d2012f4",
        Layout.LITERAL,
        "Service Control Manager",
    ),
    Provider("User32", "b0aa8734-56f7-41cc-b2f4-de228e98b946", Layout.LITERAL, "User32"),
    Provider("USER32", layout=Layout.CLASSIC),
    Provider("EventLog", layout=Layout.CLASSIC),
    Provider("TermDD", layout=Layout.CLASSIC),
    Provider("PowerShell", layout=Layout.CLASSIC),
)

# Seen without the NUL; the others with it, or not seen
_UNTERMINATED = {
    "Microsoft-Windows-Security-Auditing",
    "Microsoft-Windows-Kernel-General",
    "Microsoft-Windows-SMBServer",
    "Microsoft-Windows-TaskScheduler",
    "OpenSSH",
}

_PROVIDERS = {
    name: Provider(name, guid, terminated=name not in _UNTERMINATED)
    for name, guid in _MANIFEST.items()
} | {provider.name: provider for provider in _LITERAL}


def provider_of(name: str) -> Provider:
    """The provider of that name; one that is not listed has no GUID and logs by manifest."""
    return _PROVIDERS.get(name) or Provider(name)
