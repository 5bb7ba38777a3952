"""Why a group of user and place stands out, in words: a sentence for each reason's code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

Counts = Callable[[Mapping[str, Any], int, int], str]


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _new(group: Mapping[str, Any], seen: int, of: int) -> str:
    where = "on this host" if group["by"] == "host" else "from here"
    return (
        f"new for the user: first {where} after {_many(seen, 'day')} with "
        f"{_many(of, 'other place')}"
    )


def _few(group: Mapping[str, Any], seen: int, of: int) -> str:
    place = "host" if group["by"] == "host" else f"range {group['source_range']}"
    return f"{place} used by {seen:,} of {_many(of, 'user')}"


def _rare(group: Mapping[str, Any], seen: int, of: int) -> str:
    where = "here" if group["by"] == "host" else "from here"
    return f"rare for the user: {where} in {seen:,} of {_many(of, 'active hour')}"


WORDS: Mapping[str, Counts] = MappingProxyType(
    {
        "new_for_user": _new,
        "rare_for_user": _rare,
        "few_users": _few,
        "nobody_before": lambda _, seen, of: (
            f"nobody came from here before: the host was used on {_many(seen, 'day')}, "
            f"from {_many(of, 'other place')}"
        ),
        "external": lambda _, seen, of: (
            f"external address; {seen:,} of {_many(of, 'hour')} of all users are external"
        ),
        "tunnelled": lambda _, seen, of: (
            f"through a tunnel; {seen:,} of {_many(of, 'hour')} of all users are"
        ),
        "failures_then_success": lambda _, seen, of: (
            f"{_many(seen, 'failed attempt')}, then success"
        ),
        "many_failures": lambda _, seen, of: (
            f"{_many(seen, 'failed attempt')}; up to {of:,} are usual"
        ),
        "many_users": lambda _, seen, of: (
            f"{_many(seen, 'account')} from this address; up to {of:,} are usual"
        ),
        "many_hosts": lambda _, seen, of: (
            f"{_many(seen, 'host')} within an hour; up to {of:,} are usual"
        ),
        "unusual_hours": lambda _, seen, of: (
            f"unusual hours: near them lie {seen:,} of the user's {of:,} hours elsewhere"
        ),
        "dormant": lambda _, seen, of: (
            f"dormant account: back after {_many(seen, 'day')}; up to {of:,} were usual"
        ),
        "session_hijack": lambda _, seen, of: f"{_many(seen, 'session')} hijacked",
        "log_cleared_during": lambda _, seen, of: (
            f"log cleared during {_many(seen, 'session')}"
        ),
        "dollar_user": lambda _, seen, of: "a user whose name looks like a machine's",
    }
)
"""What each reason says, with its two counts."""


def reasons_in_words(group: Mapping[str, Any]) -> list[str]:
    """The reasons of one group as sentences with their points, the weightiest first."""
    told = zip(group["reasons"], group["points"], group["seen"], group["of"], strict=True)
    return [
        f"{WORDS[code](group, seen, of)} (+{points})" for code, points, seen, of in told
    ]
