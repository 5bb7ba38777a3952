"""Tests of graphsess/report/network/layout.py and page.py: places, words, the same bytes twice."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsess.graph.scopes import scope_of
from graphsess.graph.views import view
from graphsess.report.cells import event_name, lasting
from graphsess.report.network import page as module
from graphsess.report.network.cards import cut
from graphsess.report.network.layout import places, spread

SCOPES = ("case", "movement", "user:adm-ann", "address:10.0.0.12", "host:rds1")
HEIGHTS = st.floats(-1e4, 1e4)


@given(st.lists(st.tuples(HEIGHTS, st.floats(1, 90)), max_size=30))
def test_things_keep_their_order_and_their_distance(wanted):
    heights, gaps = [want for want, _ in wanted], [gap for _, gap in wanted]
    placed = spread(heights, gaps)
    assert all(b - a >= gap - 1e-6 for (a, b), gap in zip(pairwise(placed), gaps[1:], strict=True))
    assert sum(placed) == pytest.approx(sum(heights), abs=1e-3)


@given(st.lists(HEIGHTS, max_size=30).map(sorted))
def test_things_that_are_in_nobody_s_way_stand_where_they_want_to(wanted):
    assert spread(wanted, [0.0] * len(wanted)) == pytest.approx(wanted)


@pytest.mark.parametrize("scope", SCOPES)
def test_no_thing_covers_another(case, scope):
    made = view(case, scope_of(scope))
    stands = sorted(places(made.graph, made.scope.about).values(), key=lambda p: (p.x, p.y))
    for one, other in pairwise(stands):
        if one.x == other.x:
            assert other.y - one.y >= (one.height + other.height) / 2 + 4
        else:
            assert other.x - one.x > (one.width + other.width) / 2 + 40


@pytest.mark.parametrize("scope", SCOPES)
def test_the_same_case_gives_the_same_page(case, scope):
    pages = {
        module.page(case, view(case, scope_of(scope)), zone=dt.UTC, zone_name="UTC")
        for _ in range(2)
    }
    assert len(pages) == 1


def test_the_network_s_own_script_may_not_end_its_element(case, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    monkeypatch.setattr(module, "_VIS", "vis.js")
    (tmp_path / "vis.js").write_text("'</SCRIPT>'")
    with pytest.raises(ValueError, match="cannot stand inside a page"):
        module.vis_network()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (91 * 60, "1 h 31 min"), (7200, "2 h"), (90_000, "1 d 1 h")],
)
def test_durations_are_told_as_people_do(seconds, words):
    assert lasting(seconds * 1_000_000) == words


def test_long_names_are_cut_and_say_so():
    assert cut("x" * 70_000, 5) == "xxxxx… (70,000 characters)"


@pytest.mark.parametrize(
    ("channel", "name"),
    [
        ("Security", "Security 21"),
        ("Microsoft-Windows-TerminalServices-LocalSessionManager/Operational", "LSM 21"),
        (None, "21"),
    ],
)
def test_an_event_is_called_by_its_channel_s_short_name(channel, name):
    assert event_name({"channel": channel, "event_id": 21}) == name
