"""How one value looks in a terminal: short, in the reader's zone, and never a command to it."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

NOTHING = "-"
"""The log does not say."""
_SHOWN_OF_LIST = 3
_AMOUNTS = (
    "bytes",
    "count",
    "failures",
    "probes",
    "records_kept",
    "records_seen",
    "records_unreadable",
    "sessions",
)
"""Numbers that are read by their size."""
_SHORT = {"authenticated_no_shell": "no desktop", "open_at_end_of_log": "open"}
"""Outcomes and ends whose own word is too long for a table."""
_ENDS = ("start", "end", "first", "last", "from", "to", "before", "after", "time")
_SHA_SHOWN = 12
_COUNTED = ("boots", "sessions", "sessions_after", "intervals", "sources")
"""Lists whose length says enough in a table."""
_STYLES: dict[str, str] = {
    "failed": "red",
    "denied": "yellow",
    "authenticated": "cyan",
    "no desktop": "cyan",
    "established": "green",
    "external": "red",
    "tunnelled": "magenta",
    "bruteforce": "red",
    "spray": "red",
    "slow_spray": "red",
    "distributed": "red",
    "high": "green",
    "medium": "yellow",
    "low": "red",
    "open": "green",
    "session_hijack": "bold red",
    "crash": "yellow",
}
"""Colours of words; the word itself always stands there too."""


def cell(name: str, value: object, zone: dt.tzinfo) -> Text:
    """The value of a field as the text of a table's cell."""
    plain = words(_brief(name, value), zone)
    style = _STYLES.get(plain, _STYLES.get(plain.partition(" ×")[0], ""))
    return Text(plain, style="dim" if plain == NOTHING else style)


def words(value: object, zone: dt.tzinfo, *, precise: bool = False) -> str:
    """A value of a record in words for a person; `precise` times have microseconds."""
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return clock(value, zone, precise=precise)
    if isinstance(value, Mapping):
        return _thing(value, zone)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _several(value, zone)
    return harmless(str(value))


def clock(moment: dt.datetime, zone: dt.tzinfo, *, precise: bool = False) -> str:
    """A moment to the second, in a time zone; with the zone's offset where it is not UTC."""
    try:
        local = moment.astimezone(zone)
    except OverflowError:  # the last hours of the year 9999
        local = moment
    text = local.strftime("%Y-%m-%d %H:%M:%S.%f" if precise else "%Y-%m-%d %H:%M:%S")
    return text if not local.utcoffset() else f"{text}{local.strftime('%z')}"


def counted(number: int, noun: str) -> str:
    """`1 host`, `2 hosts`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def harmless(text: str) -> str:
    """Text from a log that can do nothing to a terminal.

    Control characters, and those that turn the direction of writing, stand there as escapes.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_harmless(char) for char in text)


def _harmless(char: str) -> str:
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"
    return char


def _brief(name: str, value: object) -> object:
    """The value as short as a table wants it."""
    if name in _COUNTED and isinstance(value, Sequence) and not isinstance(value, str):
        return len(value)
    if name in _AMOUNTS and isinstance(value, int):
        return f"{value:,}"
    if name == "channel" and isinstance(value, str):
        return channel(value)
    if name == "channels" and isinstance(value, Sequence):
        return [channel(str(item)) for item in value]
    if name == "sha256" and isinstance(value, str):
        return f"{value[:_SHA_SHOWN]}…" if value else None
    if name in ("outcome", "end_kind"):
        return _SHORT.get(str(value), value)
    return value


def channel(name: str) -> str:
    """A channel's name as short as it stays clear."""
    return name.removeprefix("Microsoft-Windows-").removesuffix("/Operational")


def lasting(us: int) -> str:
    """A duration as people say it: `1 h 31 min`."""
    seconds = max(0, us // 1_000_000)
    days, rest = divmod(seconds, 86_400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{seconds} s"


def event_name(facts: Mapping[str, Any]) -> str:
    """`Security 4624`, `LSM 21`: the channel as short as it stays clear."""
    name = channel(str(facts.get("channel") or "")).removeprefix("TerminalServices-")
    for long, short in (("LocalSessionManager", "LSM"), ("RemoteConnectionManager", "RCM"),
                        ("RemoteDesktopServices-RdpCoreTS", "RdpCoreTS")):  # fmt: skip
        name = short if name == long else name
    return f"{name} {facts.get('event_id') or ''}".strip()


def _several(values: Sequence[Any], zone: dt.tzinfo) -> str:
    shown = ", ".join(words(value, zone) for value in values[:_SHOWN_OF_LIST])
    more = len(values) - _SHOWN_OF_LIST
    return shown if more <= 0 else f"{shown} +{more:,}"


def _thing(value: Mapping[str, Any], zone: dt.tzinfo) -> str:
    """An object in a list: `alice`, `0xc000006a` with a count, a stretch of time, or its values."""
    if "count" in value:
        what = next((value[name] for name in ("user", "code") if name in value), None)
        return f"{words(what, zone)} ×{value['count']:,}"
    if "host" in value:
        return words(value["host"], zone)
    ends = [value[name] for name in _ENDS if name in value]
    if ends:
        return " → ".join(words(end, zone) for end in ends)
    return ", ".join(words(inner, zone) for inner in value.values())
