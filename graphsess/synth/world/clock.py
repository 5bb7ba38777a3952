"""Time as Windows keeps it: 100 ns units since 1601, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND = 10_000_000
MILLISECOND = 10_000
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_SECONDS_PER_DAY = 86_400


def ticks(moment: datetime) -> int:
    """The moment in 100 ns units since 1601."""
    since = moment - _EPOCH
    whole = since.days * _SECONDS_PER_DAY + since.seconds
    return whole * SECOND + since.microseconds * 10


def moment(time: int) -> datetime:
    """The time as an aware datetime; the last digit (100 ns) is dropped."""
    return _EPOCH + timedelta(microseconds=time // 10)


def iso(time: int) -> str:
    """The time as graphsess prints it: ISO 8601, six decimals, `Z`."""
    return f"{moment(time):%Y-%m-%dT%H:%M:%S.%f}Z"


def seconds(number: float) -> int:
    """A length of time given in seconds, in 100 ns units."""
    return round(number * SECOND)
