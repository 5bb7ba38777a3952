"""Every scenario, by name, in `SCENARIOS`. One module a family; one script a behaviour."""

from __future__ import annotations

from graphsess.synth.scenarios import (
    console,
    credentials,
    demo,
    lateral,
    machine,
    rdp_again,
    rdp_failed,
    rdp_left,
    rdp_new,
    ssh,
)
from graphsess.synth.scenarios.registry import SCENARIOS, Scenario

__all__ = [
    "SCENARIOS",
    "Scenario",
    "console",
    "credentials",
    "demo",
    "lateral",
    "machine",
    "rdp_again",
    "rdp_failed",
    "rdp_left",
    "rdp_new",
    "ssh",
]
