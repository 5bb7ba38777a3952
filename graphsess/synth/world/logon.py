"""A Windows logon session: what LSA opens at 4624 and keeps under a LUID."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphsess.synth.world.accounts import User
from graphsess.synth.world.draft import Draft

SYSTEM_LUID, NETWORK_SERVICE_LUID, LOCAL_SERVICE_LUID, ANONYMOUS_LUID = 0x3E7, 0x3E4, 0x3E5, 0x3E6
CONSTANTS = (SYSTEM_LUID, NETWORK_SERVICE_LUID, LOCAL_SERVICE_LUID)  # of every boot
FIRST_LUID = 0x8A00

# R2.7: the first that was written ends the access
END_ORDER = ("4647", "23", "7002", "4634")


@dataclass(eq=False, slots=True)
class Logon:
    """One logon session of one boot.

    Attributes:
        user: Whose it is.
        logon_type: As in 4624.
        at: The world's time of birth; LUIDs are given out in this order.
        role: What it was for, e.g. `session`, `nla_precursor`, `companion`.
        elevated: It holds the full token.
        linked: The other half of a token pair.
        owner: The logon that this one is only a byproduct of.
        luid: Unique between two boots of one host; 0 until the world is settled.
        guid: LogonGuid, upper case without braces; the zero GUID without Kerberos.
        start: Its 4624.
        right: Its 4672.
        ends: By the event id that ends it; see `END_ORDER`.
        process_id: Of the program that asked for it.
        alive: It has not been destroyed yet.
        seen: Some record in the evidence names its LUID; known once the world is settled.
    """

    user: User
    logon_type: int
    at: int
    role: str
    elevated: bool = False
    linked: Logon | None = None
    owner: Logon | None = None
    luid: int = 0
    guid: str = "00000000-0000-0000-0000-000000000000"
    start: Draft | None = None
    right: Draft | None = None
    ends: dict[str, Draft] = field(default_factory=dict)
    process_id: int = 0
    alive: bool = True
    seen: bool = False

    @property
    def access_end(self) -> Draft | None:
        """The event that ends the access, among those still in the evidence."""
        interactive = self.logon_type in (2, 10, 11, 12)
        for key in END_ORDER if interactive else ("4634",):
            if (draft := self.ends.get(key)) and draft.kept:
                return draft
        return None
