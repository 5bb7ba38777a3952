"""An event while the world still runs: its record id and logon ids are settled at the end."""

from __future__ import annotations

from dataclasses import dataclass

from graphsess.synth.world.logs import Log


@dataclass(eq=False, slots=True)
class Draft:
    """One event that a host has written.

    Attributes:
        at: The world's own time, 100 ns since 1601; never jumps.
        turn: Order of making; decides between equal times.
        time: What the host's clock said then: System/TimeCreated.
        log: Provider and channel.
        event_id: As in the manifest.
        version: Of the event's shape.
        computer: System/Computer, the host's name at that moment.
        fields: By the real field name, in payload order. A `Logon` stands for its LUID.
        record_id: EventRecordID; 0 until the world is settled.
        written: False if the host's policy keeps it from writing such events at all.
        twin: The same told by Sysmon.
        kept: False once the record is gone from the evidence (cleared, rolled over, cut).
    """

    at: int
    turn: int
    time: int
    log: Log
    event_id: int
    version: int
    computer: str
    fields: dict[str, object]
    activity: str | None = None
    user_sid: str | None = None
    process_id: int = 4
    task: int = 0
    opcode: int = 0
    keywords: int = 0
    record_id: int = 0
    written: bool = True
    kept: bool = True
    twin: Draft | None = None

    @property
    def forms(self) -> list[Draft]:
        """Itself and its twin."""
        return [self, self.twin] if self.twin else [self]


def kept(drafts: list[Draft]) -> list[Draft]:
    """Those that are still in the evidence, in their given order."""
    return [draft for draft in drafts if draft.kept]
