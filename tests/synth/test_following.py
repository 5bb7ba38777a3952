"""Scores of moves, chains, activities and alive: graphsess.synth.following; and their truth."""

from __future__ import annotations

import pytest

from graphsess.synth.case import Case
from graphsess.synth.following import (
    Sessions,
    score_activities,
    score_alive,
    score_chains,
    score_moves,
)
from graphsess.synth.scenarios import SCENARIOS
from graphsess.synth.world import console, logfiles, power, rdp, remote
from graphsess.synth.world.world import World, behind

T1, T2, T3 = (f"2026-03-02T09:0{n}:00.000000Z" for n in (1, 2, 3))
RECORDS = [
    {"id": "s1", "host": "a.corp.example", "start": T1},
    {"id": "s2", "host": "b.corp.example", "start": T2},
    {"id": "s3", "host": "c.corp.example", "start": T3},
]
STEP = {"from_host": "a", "to_host": "b", "from_user": "ann", "to_user": "adm", "kind": "rdp",
        "outcome": "established", "credential_switch": True}  # fmt: skip


@pytest.fixture
def sessions():
    return Sessions(RECORDS)


def test_a_step_is_right_if_both_of_its_sessions_are(sessions):
    truth = [{**STEP, "from_session_start": T1, "to_session_start": T2}]
    right = score_moves([{**STEP, "from_session": "s1", "to_session": "s2"}], sessions, truth)
    wrong = score_moves([{**STEP, "from_session": "s3", "to_session": "s2"}], sessions, truth)
    assert (right.right, right.misses) == (1, ())
    assert [miss.fields for miss in wrong.misses] == [("from_session_start",)]


def test_steps_that_are_not_shown_count_for_nothing(sessions):
    hidden = {**STEP, "from_session_start": T1, "to_session_start": T2, "hidden": "failed"}
    assert score_moves([], sessions, [hidden]).f1 == 1


def test_a_path_is_found_if_one_chain_holds_its_hops_in_their_order(sessions):
    hops = [{"host": row["host"], "session_start": row["start"]} for row in RECORDS]
    truth = [{"name": "x", "hops": hops}]

    def chain(*ids):
        return {"hops": [{"session": name} for name in ids]}

    assert score_chains([chain("s1", "s2", "s3")], sessions, truth).right == 1
    assert score_chains([chain("s1", "s3", "s2")], sessions, truth).right == 0
    assert score_chains([chain("s1", "s2"), chain("s3")], sessions, truth).right == 0


def test_a_chain_without_any_session_of_an_intrusion_is_told_too_much(sessions):
    hops = [{"host": row["host"], "session_start": row["start"]} for row in RECORDS[:2]]
    told = [{"hops": [{"session": "s1"}, {"session": "s2"}]}, {"hops": [{"session": "s3"}]}]
    found = score_chains(told, sessions, [{"name": "x", "hops": hops}])
    assert (found.right, found.told, found.true) == (1, 2, 1)


def test_only_what_the_world_tells_of_is_compared():
    row = {"host": "a", "channel": "Security", "record_id": 7, "kind": "rdp",
           "session_start": T1, "while_disconnected": False}  # fmt: skip
    other = {**row, "record_id": 8}
    found = score_activities([row, other], [row])
    assert (found.right, found.told, found.true) == (1, 1, 1)
    missed = score_activities([{**row, "session_start": T2}], [row])
    assert [miss.fields for miss in missed.misses] == [("session_start",)]


def test_who_is_alive_is_asked_at_many_moments():
    truth = [
        {"host": "a", "logon_id": "0x3e7", "since": T1, "until": None},
        {"host": "a", "logon_id": "0x1234", "since": T1, "until": T2},
        {"host": "a", "logon_id": "0x5678", "since": T3, "until": None},
    ]
    found = score_alive(lambda at: [{"host": "a.corp", "logon_id": "0x3e7"}], truth)
    assert 0 < found.recall < 1
    assert found.precision == 1


@pytest.fixture
def network():
    world = World(seed=5)
    ws1, srv1, lost = (
        world.host(f"{name}.corp.example", build="2022", addresses=[f"10.0.0.{n}"],
                   audit={"process", "share"})
        for n, name in ((21, "ws1"), (11, "srv1"), (12, "lost"))
    )  # fmt: skip
    for host in (ws1, srv1, lost):
        power.boot(host, world.at("07:00"))
    return world, ws1, srv1, lost


def test_the_truth_of_a_step_names_both_sessions(network):
    world, ws1, srv1, _ = network
    ann, admin = world.user("ann"), world.user("adm-ann", admin=True)
    desk = console.logon(ws1, ann, world.at("08:00"))
    remote.psexec(srv1, admin, world.at("09:00"), behind(desk), "whoami")
    [row] = Case(world).truth["moves"]
    assert row["from_host"] == "ws1.corp.example"
    assert row["from_session_start"].startswith("2026-03-02T08:00:00")
    assert row["to_session_start"].startswith("2026-03-02T09:00:00")
    assert (row["from_user"], row["to_user"]) == ("CORP\\ann", "CORP\\adm-ann")
    assert row["credential_switch"] is True


def test_a_step_from_outside_has_no_origin(network):
    world, _, srv1, _ = network
    rdp.logon(srv1, world.user("ann"), world.at("08:00"), world.outside("203.0.113.40", "PC"))
    [row] = Case(world).truth["moves"]
    assert (row["from_host"], row["from_session_start"], row["credential_switch"]) == (None,) * 3


def test_a_step_to_a_host_outside_the_case_is_told_by_its_origin(network):
    world, ws1, _, lost = network
    ann = world.user("ann")
    desk = console.logon(ws1, ann, world.at("08:00"))
    rdp.logon(lost, ann, world.at("09:00"), behind(desk))
    logfiles.lost(lost)
    [row] = Case(world).truth["moves"]
    assert (row["to_host"], row["to_session_start"]) == ("lost.corp.example", None)
    assert row["from_session_start"].startswith("2026-03-02T08:00:00")


def test_the_demo_s_paths_lead_from_the_way_in_to_each_end():
    paths = [
        [str(hop["host"]).split(".")[0] for hop in row["hops"]]
        for row in SCENARIOS["demo"].run(seed=1).truth["chains"]
    ]
    assert sorted(paths) == [["rds1", "dc1", "ws1"], ["rds1", "ws1"], ["rds1", "ws2"]]
