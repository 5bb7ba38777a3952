"""Account names taken apart into name and domain (rule N7)."""

from __future__ import annotations

from typing import NamedTuple


class Account(NamedTuple):
    """An account's name and domain, spelled as logged."""

    name: str | None
    domain: str | None


def apart(name: str | None, domain: str | None) -> Account:
    """`DOMAIN\\name` and `name@realm` taken apart; a domain that is logged by itself stays.

    A name with `@` beside a domain that is not its realm is left whole: it is an e-mail address
    that serves as a name (`MicrosoftAccount`, `AzureAD`), or what somebody typed.
    """
    if not name:
        return Account(None, domain)
    if "\\" in name:
        realm, _, user = name.partition("\\")
        user = user.lstrip("\\")  # OpenSSH doubles it
        if realm and user:
            return Account(user, domain or realm)
        return Account(user or realm or name, domain)
    user, _, realm = name.rpartition("@")
    if user and realm and (domain is None or _akin(domain, realm)):
        return Account(user, domain or realm)
    return Account(name, domain)


def _akin(domain: str, realm: str) -> bool:
    """True if one is the other, or its first label: CORP and corp.example."""
    ours, theirs = domain.casefold(), realm.casefold()
    return ours == theirs or ours.partition(".")[0] == theirs.partition(".")[0]
