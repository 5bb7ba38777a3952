"""What differs between the Windows builds of the world, as far as session events go."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Build:
    """One Windows build.

    Attributes:
        name: The key in `BUILDS`.
        number: Major, minor and build number, as Kernel-General 12 has them.
        logon_version: Version of Security 4624 (0 to 3).
        server: True for a server: several people may hold desktops at once.
        nla_address: 4624/4625 of network level authentication carry the client's address.
        tells_wrong_password: RdpCoreTS writes 140.
        activities: LSM and RCM carry the ActivityID of the RDP connection.
        stamps: Security records carry the boot time in their ActivityID (finding 2).
        window_manager: DWM-n logons exist.
        font_driver: UMFD-n logons exist beside DWM-n.
        broker: The program that asks LSA for console and RDP logons.
        reconnect_type: Logon type that a reconnect leaves behind: 7, or 10 with a temporary
            TS session (finding 5).
        signed_on: The RDP client writes 1027 with the TS session of the target.
        hashes_name: How RDPClient 1029 hides the user name.
        client_in_91: WinRM 91 names the client.
        dwm_sid: SID of DWM-n, to be formatted with n.
    """

    name: str
    number: tuple[int, int, int]
    logon_version: int
    server: bool
    nla_address: bool = True
    tells_wrong_password: bool = True
    activities: bool = True
    stamps: bool = True
    window_manager: bool = True
    font_driver: bool = True
    broker: str = r"C:\Windows\System32\svchost.exe"
    reconnect_type: int = 7
    signed_on: bool = True
    hashes_name: str = "sha256"
    client_in_91: bool = False
    dwm_sid: str = "S-1-5-90-0-{}"


_WINLOGON = r"C:\Windows\System32\winlogon.exe"

BUILDS = {
    build.name: build
    for build in (
        Build(
            "win7", (6, 1, 7601), 0, server=False, nla_address=False, tells_wrong_password=False,
            activities=False, stamps=False, window_manager=False, font_driver=False,
            broker=_WINLOGON, signed_on=False, hashes_name="sha1",
        ),
        Build(
            "2012r2", (6, 3, 9600), 1, server=True, nla_address=False, tells_wrong_password=False,
            stamps=False, font_driver=False, broker=_WINLOGON, signed_on=False,
            hashes_name="sha1", dwm_sid="S-1-5-90-{}",
        ),
        Build("2016", (10, 0, 14393), 2, server=True, reconnect_type=10),
        Build("2022", (10, 0, 20348), 2, server=True, reconnect_type=10, client_in_91=True),
        Build("win10", (10, 0, 19045), 2, server=False),
        Build("win11", (10, 0, 26100), 3, server=False, client_in_91=True),
    )
}  # fmt: skip
