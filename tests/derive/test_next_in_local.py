"""Which session followed which on one desktop: graphsess.derive.next_in_local (R5.8)."""

from __future__ import annotations

import pytest
from events_inline import (
    CONSOLE,
    activity,
    build,
    console_on,
    event,
    rdp_auth,
    rdp_back,
    rdp_close,
    rdp_knock,
    rdp_off,
    rdp_on,
    told,
)

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9, WS8 = "10.0.0.9", "10.0.0.8"


def gaps(made):
    """(place of the session, place of the next, gap in seconds)."""
    places = {name: place for place, name in enumerate(made["sessions"]["id"])}
    return [(places[row["session"]], places[row["next"]], round(row["gap_us"] / 1e6, 2))
            for row in made["next_in_local"].to_dicts()]


def three():
    return build(
        rdp_on(0, ANN, 0xA0010, WS9, 1), rdp_close(100, ANN, 0xA0010, WS9, 1),
        rdp_back(200, ANN, 0xA0010, WS8, 2), rdp_close(300, ANN, 0xA0010, WS8, 2),
        rdp_back(400, ANN, 0xA0010, WS9, 3), rdp_off(500, ANN, 0xA0010, WS9, 3),
    )


def test_a_reconnect_is_a_new_session_on_the_same_desktop():
    """R5.8."""
    made = three()
    assert told(made["sessions"], "opened_by", "source_address") == [
        ("logon", WS9), ("reconnect", WS8), ("reconnect", WS9),
    ]
    assert made["locals"].height == 1
    assert gaps(made) == [(0, 1, 101.4), (1, 2, 101.4)]


def test_the_gaps_are_the_desktops_disconnected_intervals():
    """R5.8: `gap` is a DisconnectedInterval."""
    [stretches] = three()["locals"]["disconnected"].to_list()
    lengths = [(row["end_us"] - row["start_us"]) / 1e6 for row in stretches]
    assert lengths == pytest.approx([101.4, 101.4], abs=0.2)  # 40 precedes 24 by 0.1


def test_sessions_know_their_neighbours():
    """Contract: previous and next."""
    ids = (made := three())["sessions"]["id"].to_list()
    assert told(made["sessions"], "previous", "next") == [
        (None, ids[1]), (ids[0], ids[2]), (ids[1], None),
    ]


def test_a_takeover_leaves_no_gap():
    """R5.8: displaced at 101.1, back at 102."""
    made = build(
        console_on(0, ANN, 0xA0010, ts=1),
        rdp_knock(100, WS9, 1), rdp_auth(100.1, ANN, WS9, 1),
        event("lsm_40", 101, ts_id=1, reason=5, activity=CONSOLE),
        event("lsm_24", 101.1, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        event("lsm_25", 102, user=ANN, ts_id=1, address=WS9, activity=activity(1)),
    )
    assert gaps(made) == [(0, 1, 0.9)]


def test_two_desktops_of_one_user_are_no_neighbours():
    """R5.8: the same *local* session."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2), rdp_on(50, ANN, 0xA0110, WS8, 2, ts=3))
    assert gaps(made) == []


def test_two_users_one_after_the_other_on_one_ts_id_are_no_neighbours():
    """R5.8, R3.1: another ordinal is another local session."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2), rdp_off(50, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_on(100, BOB, 0xA0110, WS8, 2, ts=2),
    )
    assert gaps(made) == []


def test_an_attempt_that_reached_no_desktop_is_no_neighbour():
    """R5.8, R4.6."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1), rdp_close(50, ANN, 0xA0010, WS9, 1),
        rdp_knock(100, WS9, 2), rdp_auth(100.1, ANN, WS9, 2),
        event("core_103", 101, reason=0, activity=activity(2)),
        rdp_back(200, ANN, 0xA0010, WS9, 3),
    )
    assert told(made["sessions"], "outcome") == [
        ("established",), ("authenticated_no_shell",), ("established",),
    ]
    assert [pair[:2] for pair in gaps(made)] == [(0, 2)]


def test_a_session_from_before_the_log_is_the_first_neighbour():
    """R5.8, R3.6."""
    made = build(
        event("lsm_24", 0, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
        rdp_back(100, ANN, 0xA0010, WS9, 2),
    )
    assert told(made["sessions"], "opened_by") == [("before_coverage",), ("reconnect",)]
    assert [pair[:2] for pair in gaps(made)] == [(0, 1)]
