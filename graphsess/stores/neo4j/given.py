"""Parameters that derivations are given: the points, bounds and words of their offline twins.

They come from where the twins have them, so that no number stands in two places.
"""

from __future__ import annotations

from typing import Any

from graphsess.across import reasons, uses
from graphsess.across.groups import CLASSES
from graphsess.settings import Settings


def given(settings: Settings) -> dict[str, Any]:
    """By name of the parameter, what it is in this case.

    Args:
        settings: Those of the case.
    """
    del settings
    return {
        "failed": list(uses.FAILED),
        "background": list(uses.BACKGROUND),
        "classes": list(CLASSES),
        "reasons": list(reasons.REASONS),
        "ways": {"external": reasons.EXTERNAL_LEAST, "tunnelled": reasons.TUNNELLED_LEAST},
        "flagged": dict(reasons.FLAGGED),
        "logged": list(reasons.LOGGED),
        "rarity": {
            "least": reasons.LEAST,
            "mistyped": reasons.MISTYPED,
            "hosts_at_once": reasons.HOSTS_AT_ONCE,
            "accounts_of_one": reasons.ACCOUNTS_OF_ONE,
            "sigmas": reasons.SIGMAS * reasons.MAD_TO_SIGMA,
            "known_hours": reasons.KNOWN_HOURS,
            "dormant_days": reasons.DORMANT_DAYS,
            "silent_days": reasons.SILENT_DAYS,
        },
    }
