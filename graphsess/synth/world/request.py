"""How a logon is asked for: the parts of 4624, 4625 and 4648 that say by whom and through what."""

from __future__ import annotations

from dataclasses import dataclass

from graphsess.synth.world.logon import Logon

SVCHOST = r"C:\Windows\System32\svchost.exe"
WINLOGON = r"C:\Windows\System32\winlogon.exe"
WININIT = r"C:\Windows\System32\wininit.exe"
LSASS = r"C:\Windows\System32\lsass.exe"
SERVICES = r"C:\Windows\System32\services.exe"
SERVICES_ID = 0x2D4
CONSENT = r"C:\Windows\System32\consent.exe"


@dataclass(frozen=True, slots=True)
class Request:
    """A request to LSA.

    Attributes:
        process: LogonProcessName without its trailing blank.
        package: AuthenticationPackageName.
        asker: The logon that asked; None for SYSTEM, `nobody` for the network.
        nobody: The request came over the network: the subject is empty.
        outbound: User and domain for the network, of a type 9 logon.
        restricted: Restricted Admin mode; None where it does not apply.
        guard: Remote Credential Guard; None where it does not apply.
    """

    process: str
    package: str = "Negotiate"
    workstation: str = "-"
    address: str = "-"
    port: str = "-"
    executable: str = "-"
    process_id: int = 0
    asker: Logon | None = None
    nobody: bool = False
    outbound: tuple[str, str] | None = None
    restricted: bool | None = None
    guard: bool | None = None
    virtual: bool = False
