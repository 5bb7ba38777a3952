"""The hosts and the people of a fleet, and what they are doing now."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from graphsess.synth.world.clock import seconds
from graphsess.synth.world.desktop import Peer
from graphsess.synth.world.world import World, behind

if TYPE_CHECKING:
    from graphsess.synth.fleet.presets import Preset
    from graphsess.synth.world.accounts import User
    from graphsess.synth.world.desktop import Desktop
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.outbound import Program

_BUILDS = {"files": "2022", "terminal": "2022", "mail": "2016", "web": "2022", "sql": "2012r2",
           "backup": "2016"}  # fmt: skip
_STATIONS = ("win10", "win11")
_NAMES = ("ann", "bob", "carl", "dora", "emil", "fay", "gus", "hana", "ivan", "jo", "kim", "lea",
          "max", "nora", "otto", "pia", "quin", "rosa", "sam", "tina", "udo", "vera", "will",
          "xenia", "yann", "zoe")  # fmt: skip
_HABITS = ("lock", "logoff", "shutdown", "logoff")
_WORKDAYS = 5


@dataclass(eq=False, slots=True)
class Person:
    """Somebody with a workstation.

    Attributes:
        admin: A second account for servers.
        habit: How a day ends: `logoff`, `lock` or `shutdown`.
        works_on: The terminal server that the person uses every day.
        desk: The desktop at the console, while somebody is logged on there.
        away: The screen is locked.
        browser: Runs on the desktop since it was first needed.
    """

    user: User
    station: Host
    admin: User | None
    habit: str
    works_on: Host | None
    desk: Desktop | None = None
    away: bool = False
    browser: Program | None = None

    def is_there(self) -> bool:
        """Logged on, and the screen is not locked."""
        return self.desk is not None and not self.away


@dataclass(eq=False, slots=True)
class Fleet:
    """All hosts and people of one fleet.

    Attributes:
        servers: By role.
        parked: Desktops that were left by disconnecting, by host and user's SID.
    """

    world: World
    preset: Preset
    controller: Host
    servers: dict[str, list[Host]]
    people: list[Person]
    parked: dict[tuple[Host, str], Desktop] = field(default_factory=dict)

    @property
    def hosts(self) -> list[Host]:
        """All hosts of the fleet."""
        return self.world.hosts

    def workdays(self) -> list[int]:
        """Numbers of the days on which people work."""
        return [day for day in range(self.preset.days) if day % 7 < _WORKDAYS]

    def rng(self, *of: object) -> Random:
        """A generator of its own for whatever `of` names."""
        return Random("|".join(str(part) for part in (self.world.seed, *of)))

    def at(self, day: int, hour: float) -> int:
        """The world's time of an hour of a day, e.g. 9.5 for half past nine."""
        return self.world.at("00:00", day=day) + seconds(hour * 3600)

    def end(self) -> int:
        """The moment at which the logs are taken."""
        return self.at(self.preset.days - 1, 23.9)


def found(world: World, preset: Preset, audit: frozenset[str], offset_s: float) -> Fleet:
    """The fleet before its first boot.

    Args:
        world: An empty world.
        preset: Its size.
        audit: Audit policies of all hosts.
        offset_s: Clocks are wrong by at most so many seconds, but for the domain controller's.
    """
    clocks = Random(f"{world.seed}|clocks")

    def host(name: str, build: str, address: str, *, dc: bool = False) -> Host:
        return world.host(
            f"{name}.corp.example", build=build, addresses=[address], audit=audit, dc=dc,
            offset=0.0 if dc or not offset_s else round(clocks.uniform(-offset_s, offset_s), 3),
        )  # fmt: skip

    controller = host("dc1", "2016", "10.0.0.10", dc=True)
    servers: dict[str, list[Host]] = {}
    for number, (name, role) in enumerate(preset.servers):
        made = host(name, _BUILDS[role], f"10.0.0.{20 + number}")
        servers.setdefault(role, []).append(made)
    people = []
    for number in range(preset.people):
        station = host(f"ws{number + 1}", _STATIONS[number % 2], f"10.0.1.{21 + number}")
        name = _name(number)
        is_admin = number < preset.admins
        terminals = servers.get("terminal", [])
        people.append(
            Person(
                user=world.user(name),
                station=station,
                admin=world.user(f"adm-{name}", admin=True) if is_admin else None,
                habit=_HABITS[number % len(_HABITS)],
                works_on=terminals[number % len(terminals)]
                if terminals and number % 3 == 1 and not is_admin
                else None,
            )
        )
    return Fleet(world, preset, controller, servers, people)


def seat(person: Person) -> Peer:
    """The person's workstation as a client, used from the desktop there.

    Raises:
        ValueError: nobody is logged on there now.
    """
    if person.desk is None:
        raise ValueError(f"{person.user.name} is not at a desk")
    return behind(person.desk)


def _name(number: int) -> str:
    again, place = divmod(number, len(_NAMES))
    return f"{_NAMES[place]}{again + 1}" if again else _NAMES[place]
