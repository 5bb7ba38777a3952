"""Parameters that derivations are given: the points, bounds and words of their offline twins.

They come from where the twins have them, so that no number stands in two places.
"""

from __future__ import annotations

from typing import Any

from graphsess.across import (
    clocks,
    move_evidence,
    outside,
    points,
    presence,
    reasons,
    unattended,
    uses,
)
from graphsess.across.chains import ALARMING, HONEST, POINTS, VISITS
from graphsess.across.groups import CLASSES
from graphsess.across.identities import first_of_aliases
from graphsess.settings import SECOND_US, Settings


def given(settings: Settings) -> dict[str, Any]:
    """By name of the parameter, what it is in this case.

    Args:
        settings: For the aliases.
    """
    return {
        "points": points.SCORES,
        "windows": {
            **{
                rule: [before * SECOND_US, after * SECOND_US]
                for rule, (before, after) in points.WINDOWS.items()
            },
            "ticket": move_evidence.TICKET_US,
            "late": move_evidence.LATE_US,
            "prompt": move_evidence.PROMPT_US,
            "clocks": clocks.WINDOW_US,
            "outside": outside.GAP_US,
        },
        "bounds": {
            "strong": move_evidence.STRONG,
            "fair": move_evidence.FAIR,
            "summer": move_evidence.SUMMER,
            "few": presence.FEW,
            "routine": unattended.ROUTINE,
            "enough": clocks.ENOUGH,
            "most": points.MOST,
            "edge": points.EDGE,
            "medium": points.MEDIUM,
            "high": points.HIGH,
            "alternative": points.ALTERNATIVE,
        },
        "aliases": first_of_aliases(settings),
        "failed": list(uses.FAILED),
        "background": list(uses.BACKGROUND),
        "classes": list(CLASSES),
        "reasons": list(reasons.REASONS),
        "ways": {"external": reasons.EXTERNAL_LEAST, "tunnelled": reasons.TUNNELLED_LEAST},
        "flagged": dict(reasons.FLAGGED),
        "signs": POINTS,
        "path": {"visits": VISITS, "alarming": ALARMING},
        "honest": list(HONEST),
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
