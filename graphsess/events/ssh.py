"""What OpenSSH for Windows says in words (rule R-SSH): event 4 of OpenSSH/Operational.

Verbs: accepted, failed, invalid, disconnected, closed, connection, too_many, listening, opened,
ended, stopped; null for all else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PEER = r"(?P<address>[0-9A-Fa-f.:%\w]+) port (?P<port>\d+)"
_KIND = r"(?:(?:invalid|authenticating) user |user )?"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (verb, re.compile(pattern, re.IGNORECASE))
    for verb, pattern in (
        ("accepted", rf"Accepted (?P<package>\S+) for (?P<user>.+?) from {_PEER}"),
        ("failed", rf"Failed (?P<package>\S+) for (?:invalid user )?(?P<user>.*?) from {_PEER}"),
        ("invalid", rf"Invalid user (?P<user>.*?) from {_PEER}"),
        (
            "too_many",
            rf"Disconnecting {_KIND}(?P<user>.*?) ?{_PEER}: Too many authentication failures",
        ),
        (
            "too_many",
            rf"maximum authentication attempts exceeded for (?:invalid user )?(?P<user>.*?) "
            rf"from {_PEER}",
        ),
        ("too_many", r"Disconnecting.*Too many authentication failures"),
        ("disconnected", rf"Disconnected from {_KIND}(?:(?P<user>\S+) )?{_PEER}"),
        ("disconnected", rf"Received disconnect from {_PEER}"),
        ("disconnected", rf"Disconnecting {_KIND}(?:(?P<user>\S+) )?{_PEER}"),
        ("closed", rf"Connection (?:closed|reset) by {_KIND}(?:(?P<user>\S+) )?{_PEER}"),
        ("connection", rf"Connection from {_PEER}"),
        ("listening", r"Server listening on (?P<own>\S+) port (?P<own_port>\d+)"),
        (
            "opened",
            rf"Starting session: (?P<object>.+?)(?: on \S+)? for (?P<user>.+?) from {_PEER}",
        ),
        ("ended", rf"Close session: user (?P<user>.+?) from {_PEER}"),
        ("stopped", r"Received signal \d+; terminating"),
    )
)
_COLUMNS = {
    "package": "package",
    "user": "target_user",
    "address": "address",
    "port": "port",
    "own": "other_address",
    "own_port": "other_port",
    "object": "object",
}


def ssh_text(row: Mapping[str, str | None]) -> dict[str, str | None]:
    """Verb, user, peer and method of an OpenSSH payload; {} for what is no known sentence."""
    payload = row.get("detail") or ""
    for verb, pattern in _PATTERNS:
        if found := pattern.search(payload):
            values = found.groupdict()
            return {"verb": verb, **{_COLUMNS[name]: text for name, text in values.items()}}
    return {}
