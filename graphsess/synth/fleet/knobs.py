"""What is missing from a fleet's evidence, or written twice; and what its hosts are told to log."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from graphsess.synth.world.clock import seconds

if TYPE_CHECKING:
    from graphsess.synth.world.world import World

AUDITS: dict[str, frozenset[str]] = {
    "default": frozenset({"logon"}),
    "full": frozenset(
        {"logon", "other_logon", "process", "share", "service", "task", "flow", "ntlm"}
    ),
}
"""Audit policies by name: what Windows does out of the box, and all that helps."""

_CHANNELS = {"lsm": "LocalSessionManager", "rcm": "RemoteConnectionManager"}

_TAKING = seconds(60)


@dataclass(frozen=True, slots=True)
class Knobs:
    """How the evidence of a fleet differs from all that could be had.

    Attributes:
        audit: Key of `AUDITS`.
        sysmon: Sysmon runs on every host and logs processes and connections.
        without: Channels, or parts of their names, of which no file was taken.
        loss: Part of all records that is lost, at random.
        rollover_h: Of the Security log only so many last hours are left; 0 for all.
        duplicates: Part of the records is there a second time, in older copies of the files.
        clocks_s: Clocks are wrong by at most so many seconds.
    """

    audit: str = "full"
    sysmon: bool = False
    without: tuple[str, ...] = ()
    loss: float = 0.0
    rollover_h: float = 0.0
    duplicates: bool = False
    clocks_s: float = 0.0

    @property
    def policies(self) -> frozenset[str]:
        """Names of what the hosts audit."""
        return AUDITS[self.audit] | ({"sysmon"} if self.sysmon else set())


def take_away(world: World, knobs: Knobs, end: int) -> None:
    """Take out of the evidence what is not there when the logs are collected at `end`."""
    for host in world.hosts:
        for draft in host.drafts:
            draft.kept &= draft.at <= end + _TAKING
        for channel in sorted({draft.log.channel for draft in host.drafts}):
            parts = (_CHANNELS.get(part.lower(), part) for part in knobs.without)
            if any(part.lower() in channel.lower() for part in parts):
                host.drop(channel)
        if knobs.rollover_h:
            host.drop("Security", until=end - seconds(knobs.rollover_h * 3600))
        if knobs.loss:
            random = Random(f"{world.seed}|{host.names[0]}|loss")
            for draft in host.drafts:
                if random.random() < knobs.loss:
                    draft.kept = False
