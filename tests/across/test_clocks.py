"""Clocks that differ from host to host (window W_skew)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import console_on, event
from several_hosts import ADM, ANN, SRV, network_on, proof, seen_together, session, speaks, steps

from graphsess.across.clocks import offsets
from graphsess.settings import Settings


def used(at):
    return event("security_4648", at, user=ADM, by=0xA0010, actor_user="ann", actor_domain="LAB",
                 server="srv.lab", spn="srv.lab", process=r"C:\Windows\System32\net.exe")


def ahead(by, times=3):
    """ws1's clock is `by` seconds ahead of srv's; connections that both logged prove it."""
    both = [100 + 200 * n for n in range(times)]
    ws1 = [
        console_on(0 + by, ANN, 0xA0010),
        *(speaks(at + by, "ws1", 51_000 + at, SRV) for at in both),
        used(2_000 + by),
    ]
    srv = [
        *(network_on(at, ANN, 0xB0010 + at, port=51_000 + at) for at in both),
        network_on(2_000, ADM, 0xBF000, port=52_000),
    ]
    return seen_together(ws1=ws1, srv=srv)


@pytest.mark.parametrize("by", [90, -90])
def test_signs_are_read_by_corrected_clocks(by):
    """E3 allows thirty seconds; the clocks differ by more."""
    made = ahead(by)
    mine = made["sessions"].filter(user=ADM)["id"][0]
    assert proof(made, mine)["E3"] == 45
    assert [row for row in steps(made, "start", "to_session") if row[1] == mine] == [(2_000, mine)]


def test_times_of_steps_stay_as_their_host_logged_them():
    made = ahead(90)
    [start] = made["moves"].filter(to_session=session(made, user=ADM))["start_us"]
    assert start == made["sessions"].filter(user=ADM)["start_us"][0]


@pytest.mark.parametrize(("by", "times"), [(4, 3), (90, 1)], ids=["small", "seen once"])
def test_a_small_or_hardly_proven_difference_corrects_nothing(by, times):
    made = ahead(by, times)
    left = made["departures"].with_columns(to_host=pl.lit(None, pl.String))
    assert offsets({**made, "departures": left}, Settings()).is_empty()
