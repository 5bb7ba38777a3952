"""What a reading command is asked: which records, in which order, which of their fields."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass

from graphsess.errors import UsageError
from graphsess.moments import moment_of as moment_of
from graphsess.moments import zone_of as zone_of

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Ask:
    """The filters that all reading commands share. An empty one lets everything through.

    Attributes:
        hosts: Host names, full or short, `*` as wildcard; without case.
        users: `REALM\\name`, the name alone, or a SID; `*` as wildcard; without case.
        networks: Addresses or networks.
        kinds: Kinds, as `rdp` or `network`.
        since: Records that end before this moment are left out.
        until: Records that begin at or after it are left out.
        at: The moment that `alive` is asked for.
        by: The kind of place that `groups` is asked for: address, range or host.
        about: The user, address or host that `trace` is asked for.
        every: Also what is hidden by default.
        limit: At most so many records, after sorting; None for all.
        sort: Fields to sort by; `-` before a field turns it round. Empty for the stream's order.
        fields: Only these fields, in this order. Empty for all.
    """

    hosts: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    kinds: tuple[str, ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    at: dt.datetime | None = None
    by: str | None = None
    about: str | None = None
    every: bool = False
    limit: int | None = None
    sort: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


EVERYTHING = Ask(every=True)
"""All records, hidden ones too."""


def network_of(text: str) -> Network:
    """An address or network as people type it.

    Raises:
        UsageError: it is neither.
    """
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise UsageError(
            f"{text!r} is no address or network; write it like 10.1.2.3 or 10.1.0.0/16"
        ) from None
