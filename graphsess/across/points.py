"""How many points each piece of evidence gives, how near in time it must lie, and what they make.

Rules R8.2, R8.3.
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.departures import GATEWAY

SCORES: dict[str, int] = {
    "E0": 20,  # the source address was that host's
    "E0 weak": 10,
    "E1": 60,  # both ends of one connection
    "E2": 40,  # the remote desktop client there named this host
    "E2 desktop": 20,  # … and the desktop that it got
    "E3": 45,  # credentials of this account were used towards this host
    "E4": 45,  # outbound NTLM under a logon there
    "E5": 20,  # a controller's ticket for this host, asked for from there
    "E5 same": 15,  # … with the GUID that the credentials' use names
    "E6": 30,  # a program there was told to reach for this host
    "E7": 35,  # a WSMan session
    "E8": 15,  # the client said that name of itself
    "E9": 10,  # the same account was active there
    "E9 only": 10,  # … in one session alone
    "E10": 5,  # the client's time zone is that host's
    "off": -60,  # that host was proven off
    GATEWAY: 40,  # a gateway's own word that it connected somebody through
}
"""Points of each piece of evidence; they add up, at most to 100."""

POINTS = pl.Enum(sorted(SCORES))
"""The type of a piece of evidence, and of its rule."""

WINDOWS: dict[str, tuple[int, int]] = {
    "E1": (120, 120), "E2": (300, 5), "E3": (30, 30), "E4": (30, 30), "E6": (60, 60),
    "E7": (30, 30),
}
"""How many seconds a sign may precede and follow the arrival."""

MOST = 100
EDGE, MEDIUM, HIGH = 30, 45, 70
"""From how many points an origin is named, and in which band."""
ALTERNATIVE = 15
"""Origins that are so many points behind stay as alternatives."""


def band(score: pl.Expr) -> pl.Expr:
    """high, medium, low; null where nobody is named."""
    return (
        pl.when(score >= HIGH).then(pl.lit("high"))
        .when(score >= MEDIUM).then(pl.lit("medium"))
        .when(score >= EDGE).then(pl.lit("low"))
    )
