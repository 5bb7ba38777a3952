"""What part of a case a graph shows: the whole, the movement, or all about one thing."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from graphsess.errors import UsageError


class About(StrEnum):
    """The kinds of scope."""

    CASE = "case"
    """Addresses, users and hosts of the whole case; sessions are the links between them."""
    MOVEMENT = "movement"
    """The steps from host to host, in their order."""
    USER = "user"
    """One account: where it came from, its sessions, their desktops, logons and hosts."""
    ADDRESS = "address"
    """One address: who came from it, their sessions, desktops, logons and hosts."""
    HOST = "host"
    """One host: who came to it and from where, and which sessions elsewhere came from it."""
    SESSION = "session"
    """One session with everything that it is made of, down to its events."""


WHOLE = (About.CASE, About.MOVEMENT)
"""Scopes that need no name."""
_ALSO = {"ip": About.ADDRESS}


@dataclass(frozen=True, slots=True)
class Scope:
    """What part of a case.

    Attributes:
        about: The kind of scope.
        name: The user, address, host or session id; None where the scope needs none.
    """

    about: About
    name: str | None = None

    def __str__(self) -> str:
        """As it is typed: `case`, `user:ann`."""
        return str(self.about) if self.name is None else f"{self.about}:{self.name}"


def scope_of(text: str) -> Scope:
    """A scope as people type it: `case`, `movement`, `user:ann`, `address:10.1.2.3`.

    Raises:
        UsageError: it is none.
    """
    word, _, name = text.strip().partition(":")
    about = _ALSO.get(word.lower()) or next((a for a in About if a == word.lower()), None)
    if about is None or (about in WHOLE) == bool(name.strip()):
        raise UsageError(
            f"{text!r} is no scope; write case, movement, user:NAME, address:A, host:NAME or "
            "session:ID"
        )
    if about is About.ADDRESS:
        try:
            return Scope(about, str(ipaddress.ip_address(name.strip())))
        except ValueError:
            raise UsageError(f"{name.strip()!r} is no address; write it like 10.1.2.3") from None
    return Scope(about, name.strip() or None)
