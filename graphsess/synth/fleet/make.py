"""A preset and a seed give a case: everything that happens in a fleet, played in time order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphsess.synth.case import Case
from graphsess.synth.fleet import admins, ground, internet, office, terminal
from graphsess.synth.fleet.agenda import Script, play
from graphsess.synth.fleet.estate import Fleet, found
from graphsess.synth.fleet.intrusion import INTRUSIONS
from graphsess.synth.fleet.knobs import Knobs, take_away
from graphsess.synth.world.world import World

if TYPE_CHECKING:
    from graphsess.synth.fleet.presets import Preset


_ALL = Knobs()


def make(preset: Preset, seed: int, knobs: Knobs = _ALL) -> Case:
    """Play a fleet. The same arguments give the same case, on any platform."""
    world = World(seed)
    fleet = found(world, preset, knobs.policies, knobs.clocks_s)
    play(_scripts(fleet))
    take_away(world, knobs, fleet.end())
    return Case(world, copies=knobs.duplicates)


def _scripts(fleet: Fleet) -> Iterator[Script]:
    yield ground.start(fleet)
    for host in list(fleet.hosts):
        yield ground.hum(fleet, host)
    yield ground.tickets(fleet)
    yield ground.nightly(fleet)
    yield ground.databases(fleet)
    for person in fleet.people:
        yield office.week(fleet, person)
        if person.admin:
            yield admins.rounds(fleet, person)
        if person.works_on:
            yield terminal.week(fleet, person, person.works_on)
    for server in fleet.servers.get("terminal", []):
        yield internet.guessing(fleet, server)
    for server in fleet.servers.get("terminal", [])[:1]:
        yield internet.partners(fleet, server)
    for server in fleet.servers.get("mail", []):
        yield internet.mailboxes(fleet, server)
    for name, day in fleet.preset.intrusions:
        yield INTRUSIONS[name](fleet, day)
    yield ground.last_words(fleet)
