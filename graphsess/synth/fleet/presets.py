"""How large a fleet is, and what is broken into."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """The size of a fleet.

    Attributes:
        days: From Monday on; nobody is in the office on a Saturday or Sunday.
        people: Each has a workstation.
        admins: How many of them administer servers too, with a second account.
        servers: Names of servers by role: `files`, `terminal` (open to the Internet), `mail`,
            `web`, `sql`, `backup`. One domain controller is always there.
        intrusions: Names in `intrusion.INTRUSIONS` with the day of each, from 0.
        hum: Background processes that start on a host in an hour.
    """

    name: str
    about: str
    days: int
    people: int
    admins: int
    servers: tuple[tuple[str, str], ...]
    intrusions: tuple[tuple[str, int], ...]
    hum: float


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "small", "six hosts, two days, one intrusion", 2, 3, 1,
            (("fs1", "files"), ("rds1", "terminal")), (("spray", 1),), 6.0,
        ),
        Preset(
            "medium", "25 hosts, five days, three intrusions", 5, 17, 3,
            (("fs1", "files"), ("fs2", "files"), ("rds1", "terminal"), ("mail1", "mail"),
             ("web1", "web"), ("sql1", "sql"), ("bk1", "backup")),
            (("spray", 1), ("phish", 2), ("insider", 3)), 8.0,
        ),
        Preset(
            "large", "80 hosts, ten days, five intrusions", 10, 66, 6,
            (("fs1", "files"), ("fs2", "files"), ("fs3", "files"), ("rds1", "terminal"),
             ("rds2", "terminal"), ("mail1", "mail"), ("mail2", "mail"), ("web1", "web"),
             ("web2", "web"), ("sql1", "sql"), ("sql2", "sql"), ("bk1", "backup"),
             ("bk2", "backup")),
            (("spray", 1), ("phish", 2), ("insider", 3), ("spray", 7), ("phish", 8)), 20.0,
        ),
    )
}  # fmt: skip
"""The presets by name."""
