"""What collectors spell in their own way, brought back to how Windows spells it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_CLASSIC = {name.lower(): name for name in ("Security", "System", "Application", "Setup")}
_PARAMETER = re.compile(r"param(\d{1,3})", re.IGNORECASE)


def canonical_channel(channel: str | None) -> str | None:
    """`security` → `Security`; other names as they are."""
    return _CLASSIC.get(channel.lower(), channel) if channel else None


def with_positions(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, with those called param1, param2, … also under their positions "0", "1", …."""
    places = {
        str(int(found[1]) - 1): value
        for name, value in fields.items()
        if (found := _PARAMETER.fullmatch(name))
    }
    return {**places, **fields}
