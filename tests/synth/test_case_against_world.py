"""A case against the world that its evidence was made from: who was alive, and who did what."""

from __future__ import annotations

import json

import pytest

from graphsess.records.ask import Ask, moment_of
from graphsess.records.formats import jsonl
from graphsess.records.registry import STREAMS
from graphsess.records.stream import records
from graphsess.synth.case import write_case
from graphsess.synth.following import score_activities, score_alive
from graphsess.synth.scenarios import SCENARIOS

CLEARED = "ws2.corp.example"
"""The intruder cleared its Security log: nobody can know who was alive before."""


@pytest.fixture
def world(tmp_path, built):
    """A day on four hosts with restarts, reconnects and an intruder: its case and its truth."""

    def make(seed):
        folder = tmp_path / str(seed)
        write_case(SCENARIOS["demo"].run(seed=seed), folder)
        truth = json.loads((folder / "truth.json").read_text("utf-8"))
        return built(folder), truth

    return make


def test_who_is_alive_is_who_was_alive_and_what_was_done_lies_where_it_was_done(world):
    """LogonSessions from logs at 200 random moments; R7.1, R7.2 for every activity."""
    case, truth = world(5)

    def alive(at):
        ask = Ask(every=True, at=moment_of(at), fields=("host", "logon_id"))
        found = records(STREAMS["alive"], case, ask).to_dicts()
        return [row for row in found if row["host"] != CLEARED]

    lives = [row for row in truth["alive"] if row["host"] != CLEARED]
    living = score_alive(alive, lives, seed=5)
    assert living.true > 1_000
    assert (living.misses, living.right) == ((), living.true)
    lines = b"".join(jsonl(records(STREAMS["activity"], case, Ask(every=True)))).splitlines()
    done = score_activities([json.loads(line) for line in lines], truth["activities"])
    assert done.true > 10
    assert (done.misses, done.right) == ((), done.true)
