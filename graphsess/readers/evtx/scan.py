"""What can be read out of a record's JSON text without parsing it.

Most records are not wanted; a few searches tell which, and where each record stands in the
sequence of its channel. In JSON text a quote inside a value is escaped, so `"EventID":` can only
be a key. The first one is System's: it comes before any data.
"""

from __future__ import annotations

import re

import orjson

_NUMBER = re.compile(r'"?(\d{1,20})')


def number(text: str, key: str) -> int | None:
    """The number under a key: `4624`, `"4624"` or `{"#attributes":{…},"#text":4624}`."""
    at = text.find(key)
    if at == -1:
        return None
    at += len(key)
    if text[at] == "{":
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
    if end == -1:
        return None
    value = text[at + 1 : end]
    if "\\" not in value:
        return value
    while end != -1 and _is_escaped(text, end):
        end = text.find('"', end + 1)
    try:
        return str(orjson.loads(text[at : end + 1]))
    except orjson.JSONDecodeError:
        return None


def _is_escaped(text: str, at: int) -> bool:
    slashes = 0
    while text[at - 1 - slashes] == "\\":
        slashes += 1
    return slashes % 2 == 1
