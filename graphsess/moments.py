"""Moments and zones as people type them."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from graphsess.errors import UsageError


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


def microseconds_of(text: str, zone: dt.tzinfo = dt.UTC) -> int:
    """The same as microseconds since 1970, UTC.

    Raises:
        UsageError: as `moment_of`.
    """
    since = moment_of(text, zone) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return since // dt.timedelta(microseconds=1)


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
