"""Fleets: graphsess.synth.fleet."""

from __future__ import annotations

import hashlib
import json

import pytest
from click.testing import CliRunner

from graphsess.cli import main
from graphsess.synth import following
from graphsess.synth.case import write_case
from graphsess.synth.fleet.agenda import play
from graphsess.synth.fleet.knobs import Knobs
from graphsess.synth.fleet.make import make
from graphsess.synth.fleet.presets import PRESETS
from graphsess.synth.scoring import score

SMALL = PRESETS["small"]
STREAMS = ("sessions", "failures", "locals", "logons")
SECURITY = "Security.evtx"


@pytest.fixture(scope="module")
def small():
    return make(SMALL, seed=1)


def folder_digest(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    told = hashlib.sha256()
    for path in files:
        told.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return told.hexdigest()


def test_scripts_take_turns_in_the_order_of_time():
    told = []

    def script(name, *times):
        for at in times:
            yield at
            told.append((at, name))

    play([script("a", 1, 5, 9), script("b", 2, 5), script("never")])
    assert told == [(1, "a"), (2, "b"), (5, "a"), (5, "b"), (9, "a")]


def test_a_script_never_goes_back_in_time():
    told = []

    def script():
        yield 5
        yield 3
        told.append("late")

    def other():
        yield 4
        told.append("first")

    play([script(), other()])
    assert told == ["first", "late"]


def test_what_is_derived_from_the_small_fleet_is_what_happened(small, tmp_path, built, told):
    write_case(small, tmp_path / "evidence")
    case, truth = built(tmp_path / "evidence"), small.truth
    sessions = following.Sessions(told(case, "sessions"))
    moves, chains = (told(case, stream, every=False) for stream in ("moves", "chains"))
    scores = [
        *(score(stream, told(case, stream), truth[stream]) for stream in STREAMS),
        following.score_moves(moves, sessions, truth["moves"]),
        following.score_chains(chains, sessions, truth["chains"]),
        following.score_activities(told(case, "activity"), truth["activities"]),
    ]
    assert [miss for found in scores for miss in found.misses] == []
    assert {found.stream for found in scores if found.f1 < 1} <= {"chains"}


@pytest.mark.parametrize(
    "knobs",
    [
        pytest.param(Knobs(without=("security",)), id="no Security log"),
        pytest.param(Knobs(without=("lsm",)), id="no LSM log"),
        pytest.param(Knobs(audit="default", sysmon=True), id="Sysmon, audit out of the box"),
    ],
)
def test_whatever_the_logs_left_can_show_is_found(knobs, tmp_path, built, told):
    case, truth = derived(SMALL, knobs, tmp_path, built)
    misses = [m for name in STREAMS for m in score(name, told(case, name), truth[name]).misses]
    assert not misses


def test_with_a_tenth_of_the_records_lost_little_is_missed(tmp_path, built, told):
    case, truth = derived(SMALL, Knobs(loss=0.1), tmp_path, built)
    for stream in STREAMS:
        assert score(stream, told(case, stream), truth[stream]).f1 >= 0.95, stream


def derived(preset, knobs, folder, built):
    """The case of a fleet, and its truth."""
    made = make(preset, 1, knobs)
    write_case(made, folder / "evidence")
    return built(folder / "evidence"), made.truth


def test_the_same_seed_gives_the_same_bytes_everywhere(tmp_path):
    write_case(make(SMALL, seed=1), tmp_path)
    assert folder_digest(tmp_path) == DIGEST


def test_an_intrusion_is_told_as_paths_of_sessions_that_all_have_truth(small):
    known = {(row["host"], row["start"]) for row in small.truth["sessions"]}
    paths = [row["hops"] for row in small.truth["chains"]]
    hosts = [[hop["host"].split(".")[0] for hop in hops] for hops in paths]
    assert sorted(hosts) == [["rds1", "dc1", "ws1"], ["rds1", "fs1"], ["rds1", "fs1"]]
    assert {row["entry_address"].rpartition(".")[0] for row in small.truth["chains"]} == {
        "198.51.100"
    }
    assert {(hop["host"], hop["session_start"]) for hops in paths for hop in hops} <= known


def test_the_small_fleet_is_small(small):
    files = small.files()
    assert len({name.partition("/")[0] for name in files}) == 6
    assert 4_000 < sum(map(len, files.values())) < 20_000


@pytest.mark.parametrize("channel", ["security", "lsm", "RdpCoreTS"])
def test_a_channel_of_which_no_file_was_taken_is_not_there(channel, small):
    missing = {"lsm": "LocalSessionManager"}.get(channel, channel).lower()
    left = make(SMALL, 1, Knobs(without=(channel,))).files()
    assert [name for name in left if missing in name.lower()] == []
    assert left.keys() == {name for name in small.files() if missing not in name.lower()}


def test_a_tenth_of_the_records_is_lost(small):
    every, left = (
        sum(map(len, case.files().values())) for case in (small, make(SMALL, 1, Knobs(loss=0.1)))
    )
    assert 0.88 < left / every < 0.92


def test_a_rolled_over_log_holds_the_last_hours(small):
    left = make(SMALL, 1, Knobs(rollover_h=6)).files()
    for name, records in left.items():
        whole = small.files()[name]
        assert len(records) < len(whole) if name.endswith(SECURITY) else len(records) == len(whole)


def test_older_copies_hold_the_same_records_again(small):
    files = make(SMALL, 1, Knobs(duplicates=True)).files()
    copies = {name for name in files if name.startswith("older/")}
    assert len(copies) * 2 == len(files)
    assert all(
        files[name] == files[name.removeprefix("older/")][: len(files[name])] for name in copies
    )


def test_out_of_the_box_nothing_tells_of_processes_or_shares():
    ids = {
        record.event_id
        for name, records in make(SMALL, 1, Knobs(audit="default")).files().items()
        if name.endswith(SECURITY)
        for record in records
    }
    assert not ids & {4688, 4697, 4698, 4778, 4779, 4800, 4801, 5140, 5145, 5156}
    assert {4624, 4625, 4634, 4648, 4672} <= ids


def test_the_command_writes_a_fleet(tmp_path):
    asked = ["synth", "--preset", "small", "--seed", "1", "-o", str(tmp_path / "fleet")]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0
    assert folder_digest(tmp_path / "fleet") == DIGEST
    truth = json.loads((tmp_path / "fleet" / "truth.json").read_text("ascii"))
    assert truth["sessions"]


def test_the_command_needs_a_folder():
    result = CliRunner().invoke(main, ["synth", "--preset", "small"])
    assert result.exit_code == 2
    assert "-o" in result.output


DIGEST = "8a70c680ff5dda19cee26dc8c0d8c998b4af84bbe1212073438988b397b695e2"
"""Of the small fleet with seed 1; another one says that platforms or versions differ, or code."""
