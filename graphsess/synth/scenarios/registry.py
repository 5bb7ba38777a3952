"""The scenarios by name: a script that plays one behaviour in a fresh world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graphsess.synth.case import Case
from graphsess.synth.world.world import World

Script = Callable[[World], None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One behaviour, played.

    Attributes:
        name: Also the folder's name when it is written.
        about: What happens, in a sentence.
        see: The section of the specification that it plays.
        script: Plays it.
    """

    name: str
    about: str
    see: str
    script: Script

    def run(self, seed: int) -> Case:
        """Play it in a new world. The same seed gives the same case."""
        world = World(seed)
        self.script(world)
        return Case(world)


SCENARIOS: dict[str, Scenario] = {}


def scenario(see: str) -> Callable[[Script], Script]:
    """Register a script under its own name; its docstring's first line says what happens."""

    def register(script: Script) -> Script:
        name = script.__name__
        about = (script.__doc__ or "").strip().splitlines()[0]
        SCENARIOS[name] = Scenario(name, about, see, script)
        return script

    return register
