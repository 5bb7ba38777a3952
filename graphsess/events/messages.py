"""Rendered messages of LocalSessionManager and RemoteConnectionManager, read by position.

Some collectors keep nothing else. The words are in the language of the machine, so facts are
found by the line or the order in which they stand, not by what they are called:

    Remote Desktop Services: Session reconnection succeeded:

    User: THESHIRE\\pgustavo
    Session ID: 2
    Source Network Address: 203.0.113.7
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_COLON = re.compile(r"\s*[:：]\s*")
_NUMBER = re.compile(r"\d+")
_CODE = re.compile(r"0x[0-9A-Fa-f]{1,8}")
_EVENT = re.compile(r"\bEv\w+")
_LISTENER = re.compile(r"\b\w+-[A-Za-z]\w*(?:#\d+)?")

_USER_LINES = ("target_user", "ts_id", "address")
_BY_LINES: dict[str, tuple[str, ...]] = {
    **{f"lsm_{event_id}": _USER_LINES for event_id in (21, 22, 23, 24, 25, 41, 42, 61)},
    "rcm_1149": ("target_user", "target_domain", "address"),
}
_BY_NUMBERS: dict[str, tuple[str, ...]] = {
    "lsm_39": ("ts_id", "other_ts_id"),
    "lsm_40": ("ts_id", "reason"),
}


def lsm_message(row: Mapping[str, str | None]) -> dict[str, str | None]:
    """What a LocalSessionManager message says; {} where the record has its own fields."""
    message = row.get("detail")
    if not message:
        return {}
    kind = row.get("kind") or ""
    learnt: dict[str, str | None] = {"detail": None}
    if kind in _BY_LINES:
        learnt |= _lines(message, _BY_LINES[kind])
    elif kind in _BY_NUMBERS:
        learnt |= dict(zip(_BY_NUMBERS[kind], _NUMBER.findall(message), strict=False))
    elif kind == "lsm_36":
        codes, events = _CODE.findall(message), _EVENT.findall(message)
        learnt |= {"status": codes[-1] if codes else None, "verb": events[-1] if events else None}
    return learnt


def rcm_message(row: Mapping[str, str | None]) -> dict[str, str | None]:
    """What a RemoteConnectionManager message says; {} where the record has its own fields."""
    message = row.get("detail")
    if not message:
        return {}
    kind = row.get("kind") or ""
    learnt: dict[str, str | None] = {"detail": None}
    if kind in _BY_LINES:
        learnt |= _lines(message, _BY_LINES[kind])
    elif kind in ("rcm_258", "rcm_261"):
        listener = _LISTENER.search(message)
        learnt["session_name"] = listener[0] if listener else None
    elif kind == "rcm_1158":
        learnt["address"] = message.strip().rstrip(".").rpartition(" ")[2]
    return learnt


def _lines(message: str, columns: tuple[str, ...]) -> dict[str, str | None]:
    """The values of the labelled lines after the title, in order."""
    lines = [line.strip() for line in message.splitlines()]
    labelled = [line for line in lines[1:] if _COLON.search(line)]
    values = [_COLON.split(line, maxsplit=1)[1] for line in labelled]
    return dict(zip(columns, values, strict=False))
