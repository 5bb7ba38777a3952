"""Accounts of the world, and the words that Windows of each language has for the built-in ones."""

from __future__ import annotations

from dataclasses import dataclass

SYSTEM, LOCAL_SERVICE, NETWORK_SERVICE, ANONYMOUS = "S-1-5-18", "S-1-5-19", "S-1-5-20", "S-1-5-7"
NOBODY = "S-1-0-0"


@dataclass(frozen=True, slots=True)
class User:
    """An account as Security events name it.

    Attributes:
        name: As logged, e.g. `ann`; a machine account ends in `$`.
        domain: NetBIOS domain, or the host's short name for a local account.
        sid: Security identifier.
        realm: Kerberos realm, empty for a local account.
        admin: Its logons get 4672.
        split: User Account Control gives its interactive logons two tokens.
    """

    name: str
    domain: str
    sid: str
    realm: str = ""
    admin: bool = False
    split: bool = False

    @property
    def label(self) -> str:
        r"""`REALM\name`, as LSM writes it."""
        return f"{self.domain}\\{self.name}"


@dataclass(frozen=True, slots=True)
class Language:
    """Localised names. SIDs never change; only they can be relied on."""

    authority: str = "NT AUTHORITY"
    system: str = "SYSTEM"
    local_service: str = "LOCAL SERVICE"
    network_service: str = "NETWORK SERVICE"
    anonymous: str = "ANONYMOUS LOGON"
    window_manager: str = "Window Manager"
    font_driver_host: str = "Font Driver Host"

    def builtin(self, sid: str) -> User:
        """One of the accounts that every host has."""
        names = {
            SYSTEM: self.system,
            LOCAL_SERVICE: self.local_service,
            NETWORK_SERVICE: self.network_service,
            ANONYMOUS: self.anonymous,
        }
        return User(names[sid], self.authority, sid)


ENGLISH = Language()
GERMAN = Language(
    authority="NT-AUTORITÄT",
    local_service="LOKALER DIENST",
    network_service="NETZWERKDIENST",
    anonymous="ANONYMOUS-ANMELDUNG",
    window_manager="Fenster-Manager",
    font_driver_host="Schriftarttreiberhost",
)
