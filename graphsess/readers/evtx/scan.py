"""What can be read out of a record's JSON text without parsing it.

Most records are not wanted; a few searches tell which, and where each record stands in the
sequence of its channel. In JSON text a quote inside a value is escaped, so `"EventID":` can only
be a key. The first one is System's: it comes before any data.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import orjson

_NUMBER = re.compile(r'"?(\d{1,20})')
_TIME = '"SystemTime":"'
_AFTER_TIME = '"}},"EventRecordID":'
_CHANNEL = '"Channel":"'
_AFTER_CHANNEL = '","Computer":"'
_DIGITS_MAX = 20


class System(NamedTuple):
    """What a record says of itself, as far as all records are accounted for by it."""

    event_id: int | None
    record_id: int | None
    time: str | None
    channel: str | None
    computer: str | None


def system(text: str) -> System:
    """The System part of a record's text.

    The decoder prints its elements in the order of the record's template, which is the same
    nearly always; then each search goes on where the last one ended.
    """
    id_at = text.find('"EventID":') + 10
    time_at = text.find(_TIME, id_at) + len(_TIME)
    time_end = text.find('"', time_at)
    record_at = time_end + len(_AFTER_TIME)
    record_end = text.find(",", record_at)
    channel_at = text.find(_CHANNEL, record_end) + len(_CHANNEL)
    channel_end = text.find('"', channel_at)
    computer_at = channel_end + len(_AFTER_CHANNEL)
    computer_end = text.find('"', computer_at)
    if (
        id_at >= 10
        and time_end >= time_at >= len(_TIME)
        and text.startswith(_AFTER_TIME, time_end)
        and channel_end >= channel_at > record_end
        and text.startswith(_AFTER_CHANNEL, channel_end)
        and "\\" not in text[channel_at:computer_end]
        and (record := text[record_at:record_end]).isdecimal()
        and record.isascii()
        and len(record) <= _DIGITS_MAX
    ):
        event_end = text.find(",", id_at)
        event = text[id_at:event_end]
        return System(
            int(event) if event.isascii() and event.isdecimal() else number(text, '"EventID":'),
            int(record),
            text[time_at:time_end],
            text[channel_at:channel_end],
            text[computer_at:computer_end],
        )
    return System(
        number(text, '"EventID":'),
        number(text, '"EventRecordID":'),
        string(text, '"SystemTime":'),
        string(text, '"Channel":'),
        string(text, '"Computer":'),
    )


def number(text: str, key: str) -> int | None:
    """The number under a key: `4624`, `"4624"` or `{"#attributes":{…},"#text":4624}`."""
    at = text.find(key)
    if at == -1:
        return None
    at += len(key)
    if text.startswith("{", at):
        at = text.find('"#text":', at) + 8
        if at == 7:
            return None
    found = _NUMBER.match(text, at)
    return int(found[1]) if found else None


def string(text: str, key: str) -> str | None:
    """The string under a key, or None."""
    at = text.find(key)
    if at == -1:
        return None
    at += len(key)
    if not text.startswith('"', at):
        return None
    end = text.find('"', at + 1)
    while end != -1 and _is_escaped(text, end):
        end = text.find('"', end + 1)
    if end == -1:
        return None
    value = text[at + 1 : end]
    if "\\" not in value:
        return value
    try:
        return str(orjson.loads(text[at : end + 1]))
    except orjson.JSONDecodeError:
        return None


def _is_escaped(text: str, at: int) -> bool:
    slashes = 0
    while text[at - 1 - slashes] == "\\":
        slashes += 1
    return slashes % 2 == 1
