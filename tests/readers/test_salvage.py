"""Tests of graphsess.readers.evtx.salvage: what another parser still reads."""

import sys

import pytest

from graphsess.readers.evtx.chunks import walk
from graphsess.readers.evtx.salvage import Budget, Salvage, TooManyCalls
from graphsess.readers.record import fields, kind_and_identity
from graphsess.synth.evtx import Record, write_evtx

T0 = (1_600_000_000 + 11_644_473_600) * 10_000_000 + 1_234_567


@pytest.fixture
def chunk(tmp_path):
    """A chunk of three sound records."""
    path = tmp_path / "made.evtx"
    write_evtx(
        path,
        [
            Record(
                provider="Microsoft-Windows-Security-Auditing",
                event_id=4647,
                version=0,
                channel="Security",
                computer="ws1",
                record_id=number,
                time=T0 + number,
                fields={"TargetUserName": "ann", "TargetLogonId": "0x1a"},
                activity_id="00000000-0000-0000-0000-000000000001",
            )
            for number in (1, 2, 3)
        ],
    )
    return path.read_bytes()[4096:]


def test_a_record_is_read_with_the_headers_exact_time(chunk):
    spots = walk(chunk).spots
    salvage = Salvage(chunk, Budget())
    events = [salvage.event(spot) for spot in spots]
    kind, identity = kind_and_identity(events[1])
    assert (kind.name, identity.record_id) == ("security_4647", 2)
    assert identity.time == "2020-09-13T12:26:40.123456Z"
    assert fields(events[1])["TargetUserName"] == "ann"


def test_rubbish_is_none_and_a_chunk_of_it_is_given_up(chunk):
    broken = chunk[:536] + b"\xee" * 10_000 + chunk[10_536:]
    salvage = Salvage(broken, Budget())
    [spot, *_] = walk(chunk).spots
    assert [salvage.event(spot) for _ in range(20)] == [None] * 20


def test_a_budget_that_is_spent_reads_nothing_more(chunk):
    budget = Budget()
    budget.left = 500
    before = sys.getprofile()
    salvage = Salvage(chunk, budget)
    assert [salvage.event(spot) for spot in walk(chunk).spots] == [None] * 3
    assert sys.getprofile() is before


def test_an_endless_loop_is_ended():
    def loop():
        while True:
            len("")

    budget = Budget()
    with pytest.raises(TooManyCalls):
        budget.spend(loop)
