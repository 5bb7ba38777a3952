"""What a reading command is asked: which records, in which order, which of their fields."""

from __future__ import annotations

import datetime as dt
import ipaddress
import zoneinfo
from dataclasses import dataclass

from graphsess.errors import UsageError

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


def moment_of(text: str, zone: dt.tzinfo = dt.UTC) -> dt.datetime:
    """A moment as people type it, in UTC: a date, or date and time, with or without an offset.

    Args:
        text: ISO 8601; `2020-09-19` is its first moment.
        zone: Where the text gives no offset.

    Raises:
        UsageError: it is no such text, or outside the years that can be told apart.
    """
    try:
        told = dt.datetime.fromisoformat(text.strip())
        return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{text!r} is no time; write it like 2020-09-19, 2020-09-19T03:30 or "
            "2020-09-19T03:30:00Z"
        ) from None


def zone_of(name: str) -> dt.tzinfo:
    """A time zone by its name (`Europe/Berlin`, `UTC`) or offset (`+02:00`).

    Raises:
        UsageError: there is no such zone on this machine.
    """
    if name[:1] in "+-":
        try:
            offset = dt.datetime.fromisoformat(f"2000-01-01T00:00:00{name}").utcoffset()
        except ValueError:
            offset = None
        if offset is not None:
            return dt.timezone(offset)
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"{name!r} is no time zone; write it like Europe/Berlin, UTC or +02:00"
        ) from None


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
