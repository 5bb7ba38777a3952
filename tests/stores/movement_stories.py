"""Every story that the rules of movement are tested by, side by side in one case.

Each is told on hosts, names and addresses of its own, so that no story meets another.
"""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from across import test_clocks, test_moves
from events_inline import event
from several_hosts import speaks

OURS = re.compile(r"(?i)(ws1|ws2|srv2|srv|dc1|gw)(?![a-z0-9])")

NTLM = event("ntlm_8001", 599, user=test_moves.ANN, by=0xA0010, spn="cifs/srv.lab")


class Told(Exception):
    """The story was told; what follows from it is for its own test to say."""


def stories():
    """Host → its events, of the first telling of every story, with its first parameters."""
    caught = []

    def listen(settings=None, *, known=("ws1", "srv"), **hosts):
        del settings
        caught.append((known, hosts))
        raise Told

    with pytest.MonkeyPatch.context() as patch:
        for module in (test_moves, test_clocks):
            if hasattr(module, "seen_together"):
                patch.setattr(module, "seen_together", listen)
            for name, tell in list(vars(module).items()):
                if name.startswith("test_"):
                    with suppress(Told):
                        tell(**_parameters(tell))
    with suppress(Told):
        listen(ws1=[test_moves.AT_WS1, NTLM], srv=[test_moves.ON_SRV])
    return dict(
        _told(f"{name}.lab", lines, number, at_home=name in known and name)
        for number, (known, hosts) in enumerate(caught)
        for name, lines in hosts.items()
    )


def _parameters(tell):
    given = {}
    for mark in getattr(tell, "pytestmark", ()):
        names, values = mark.args
        one = values[0]
        names = names.split(",") if isinstance(names, str) else names
        given |= {names[0]: one} if len(names) == 1 else dict(zip(names, one, strict=True))
    return given


def _told(host, lines, number, *, at_home):
    flat = [speaks(-50, at_home), speaks(9_000, at_home)] if at_home else []
    for line in lines:
        flat += [line] if isinstance(line, dict) else list(line)
    return _of_its_own(host, number), [_of_its_own(line, number) for line in flat]


def _of_its_own(value, number):
    if isinstance(value, dict):
        return {name: _of_its_own(part, number) for name, part in value.items()}
    if isinstance(value, str):
        named = OURS.sub(rf"\g<1>n{number}", value)
        return named.replace("10.0.0.", f"10.{number + 1}.0.")
    return value
