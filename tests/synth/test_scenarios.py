"""The scenarios: graphsess.synth.scenarios, case, account."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from itertools import pairwise

import pytest

from graphsess.synth.case import write_case
from graphsess.synth.scenarios import SCENARIOS
from graphsess.synth.world.clock import iso

EVERY = sorted(SCENARIOS)
STREAMS = {
    "activities",
    "alive",
    "chains",
    "failures",
    "hosts",
    "locals",
    "logons",
    "moves",
    "sessions",
}
END_KINDS = {
    "logoff",
    "disconnect",
    "attempt_over",
    "closed",
    "inferred",
    "open_at_end_of_log",
    "unobserved",
}
CLOCK_GOES_BACK = {"clock_jump_back"}


@pytest.fixture(scope="module")
def played():
    return {name: SCENARIOS[name].run(seed=3) for name in EVERY}


def digest(case):
    text = repr(case.files()) + json.dumps(case.truth, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("name", EVERY)
def test_the_same_seed_gives_the_same_case(name, played):
    assert digest(SCENARIOS[name].run(seed=3)) == digest(played[name])


@pytest.mark.parametrize("name", EVERY)
def test_another_seed_gives_another_case(name, played):
    assert digest(SCENARIOS[name].run(seed=4)) != digest(played[name])


@pytest.mark.parametrize("name", EVERY)
def test_every_scenario_says_what_happens_and_has_truth(name, played):
    scenario, truth = SCENARIOS[name], played[name].truth
    assert scenario.about.endswith(".")
    assert scenario.see
    assert truth.keys() == STREAMS
    assert truth["sessions"]


@pytest.mark.parametrize("name", EVERY)
def test_record_ids_rise_in_every_file(name, played):
    for path, records in played[name].files().items():
        numbers = [record.record_id for record in records]
        assert numbers == sorted(set(numbers)), path


@pytest.mark.parametrize("name", EVERY)
def test_a_file_holds_one_channel(name, played):
    for path, records in played[name].files().items():
        [channel] = {record.channel for record in records}
        assert path.endswith(f"/{channel.replace('/', '%4')}.evtx")


@pytest.mark.parametrize("name", sorted(set(EVERY) - CLOCK_GOES_BACK))
def test_times_rise_in_every_channel_but_system(name, played):
    for path, records in played[name].files().items():
        times = [record.time for record in records]
        assert path.endswith("/System.evtx") or times == sorted(times), path


@pytest.mark.parametrize("name", EVERY)
def test_a_logon_id_is_given_once_in_a_boot(name, played):
    seen = Counter(
        (row["host"], row["boot_start"], row["logon_id"]) for row in played[name].truth["logons"]
    )
    assert set(seen.values()) <= {1}


@pytest.mark.parametrize("name", EVERY)
def test_logon_ids_grow_within_a_boot(name, played):
    rows = [row for row in played[name].truth["logons"] if row["start"]]
    clocks = {(row["host"], row["boot_start"]): [] for row in rows}
    for row in sorted(rows, key=lambda row: int(str(row["logon_id"]), 16)):
        clocks[row["host"], row["boot_start"]].append(row["start"])
    for starts in clocks.values():
        assert name in CLOCK_GOES_BACK or starts == sorted(starts)


@pytest.mark.parametrize("name", EVERY)
def test_truth_only_names_times_that_some_record_bears(name, played):
    case = played[name]
    written = {iso(record.time) for records in case.files().values() for record in records}
    for row in case.truth["sessions"]:
        told = {row[key] for key in ("start", "auth_time", "session_time")}
        if row["end_kind"] != "inferred":
            told.add(row["end"])
        assert told <= written | {None}


@pytest.mark.parametrize("name", EVERY)
def test_sessions_have_known_ends_and_logon_ids(name, played):
    truth = played[name].truth
    known = {(row["host"], row["logon_id"]) for row in truth["logons"]}
    for row in truth["sessions"]:
        assert row["end_kind"] in END_KINDS
        assert (row["end"] is None) == (row["end_kind"] == "open_at_end_of_log")
        ids = (*row["logon_ids"], *row["byproduct_logon_ids"])
        assert {(row["host"], logon_id) for logon_id in ids} <= known


@pytest.mark.parametrize("name", sorted(set(EVERY) - CLOCK_GOES_BACK))
def test_a_session_runs_forward(name, played):
    for row in played[name].truth["sessions"]:
        known = [row[key] for key in ("start", "session_time", "end") if row[key]]
        assert known == sorted(known)


@pytest.mark.parametrize("name", EVERY)
def test_a_desktop_shows_one_session_at_a_time(name, played):
    """[session_time, end] of two sessions on one TS session of one boot never overlap."""
    rows = [row for row in played[name].truth["sessions"] if row["session_time"] and row["end"]]
    by_desktop = {}
    for row in rows:
        by_desktop.setdefault((row["host"], row["ts_id"]), []).append(row)
    for shown in by_desktop.values():
        shown.sort(key=lambda row: row["session_time"])
        for before, after in pairwise(shown):
            assert name in CLOCK_GOES_BACK or before["end"] <= after["session_time"]


@pytest.mark.parametrize("name", EVERY)
def test_every_activity_names_a_record(name, played):
    case = played[name]
    known = {
        (record.channel, record.record_id, iso(record.time))
        for records in case.files().values()
        for record in records
    }
    for row in case.truth["activities"]:
        assert (row["channel"], row["record_id"], row["time"]) in known


def test_a_written_case_is_the_same_bytes_twice(tmp_path):
    for folder in ("a", "b"):
        write_case(SCENARIOS["rdp_reconnect"].run(seed=5), tmp_path / folder)
    first, second = (
        {p.relative_to(tmp_path / f): p.read_bytes() for p in (tmp_path / f).rglob("*.*")}
        for f in ("a", "b")
    )
    assert first == second
    assert {path.suffix for path in first} == {".evtx", ".json"}


@pytest.mark.parametrize("name", EVERY)
def test_every_scenario_can_be_written(name, played, tmp_path):
    write_case(played[name], tmp_path)
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="ascii"))
    assert truth == played[name].truth


def test_the_demo_is_a_chain_from_outside_over_three_hosts(played):
    truth = played["demo"].truth
    [entry] = [
        row
        for row in truth["sessions"]
        if row["source_address"] == "198.51.100.77" and row["outcome"] == "established"
    ]
    hops = [move for move in truth["moves"] if move["from_session_start"] == entry["start"]]
    assert [(move["to_host"], move["kind"]) for move in hops] == [
        ("dc1.corp.example", "rdp"),
        ("ws1.corp.example", "network"),
    ]
    guessed = next(run for run in truth["failures"] if run["count"] == 40)
    assert guessed["sessions_after_starts"] == [entry["start"]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("console_logon", ["console logon established logoff"]),
        ("lock_unlock", ["console logon established logoff"]),
        ("rdp_window_closed", ["rdp logon established disconnect"]),
        ("rdp_shutdown", ["rdp logon established logoff"]),
        ("rdp_no_shell_tool", ["rdp attempt authenticated_no_shell attempt_over"]),
        ("rdp_not_allowed", ["rdp attempt denied attempt_over"]),
        (
            "rdp_takes_console",
            ["console logon established disconnect", "rdp reconnect established logoff"],
        ),
        (
            "rdp_takeover_other_address",
            ["rdp logon established disconnect", "rdp reconnect established disconnect"],
        ),
        (
            "rdp_to_console",
            ["rdp logon established disconnect", "console reconnect established logoff"],
        ),
        (
            "rdp_hijack",
            [
                "rdp logon established disconnect",
                "rdp logon established disconnect",
                "rdp reconnect established disconnect",
            ],
        ),
        (
            "fast_user_switching",
            [
                "console logon established disconnect",
                "console logon established disconnect",
                "console reconnect established logoff",
            ],
        ),
        ("crash", ["console logon established inferred", "console logon established logoff"]),
        ("before_coverage", ["rdp before_coverage established disconnect"]),
        ("wmi", ["console logon established logoff", "wmi logon established closed"]),
        ("runas", ["console logon established logoff", "runas logon established closed"]),
        ("ssh_accepted", ["ssh logon established closed"]),
    ],
)
def test_which_sessions_a_scenario_has(name, expected, played):
    rows = sorted(played[name].truth["sessions"], key=lambda row: str(row["start"]))
    told = [
        " ".join(str(row[key]) for key in ("kind", "opened_by", "outcome", "end_kind"))
        for row in rows
    ]
    assert told == expected


@pytest.mark.parametrize(
    ("name", "starts", "ends"),
    [
        ("console_logon", {4648}, {23}),
        ("rdp_logon_logoff", {131}, {23}),
        ("rdp_win7", {261}, {23}),
        ("rdp_window_closed", {131}, {24}),
        ("rdp_wrong_password", {4625}, {4625}),
        ("rdp_guesses_log_cleared", {131, 140, 4776}, {23, 140, 4776}),
        ("rdp_without_lsm", {4624}, {4779}),
        ("psexec", {4624, 4648}, {23, 4634}),
        ("log_cleared_in_session", {131}, {23}),
        ("ssh_failed", {4625}, {4625}),
    ],
)
def test_which_record_starts_and_ends_a_session(name, starts, ends, played):
    case = played[name]
    when = {}
    for records in case.files().values():
        for record in records:
            when.setdefault(iso(record.time), set()).add(record.event_id)
    rows = case.truth["sessions"]
    assert all(when[row["start"]] & starts and when[row["end"]] & ends for row in rows)
    assert set().union(*(when[row["start"]] & starts for row in rows)) == starts
    assert set().union(*(when[row["end"]] & ends for row in rows)) == ends


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rdp_wrong_password", [(1, "other"), (2, "other")]),
        ("rdp_wrong_password_2012r2", [(25, "bruteforce")]),
        ("rdp_spray", [(8, "spray")]),
        ("rdp_mistype", [(1, "mistype")]),
        ("ssh_mistyped_then_accepted", [(1, "mistype")]),
        ("ssh_failed", [(2, "other"), (5, "other")]),
        ("rdp_probes", []),
    ],
)
def test_which_failure_runs_a_scenario_has(name, expected, played):
    runs = played[name].truth["failures"]
    assert sorted((run["count"], run["pattern"]) for run in runs) == expected


def test_an_attempt_whose_4625_is_lost_names_nobody(played):
    truth = played["rdp_guesses_log_cleared"].truth
    lost = [row for row in truth["sessions"] if row["kind"] == "rdp" and row["outcome"] == "failed"]
    at_dc = [row for row in truth["sessions"] if "seen_at_dc_only" in row["flags"]]
    assert {row["attempted_user"] for row in lost} == {None}
    assert {row["attempted_user"] for row in at_dc} == {"bob"}
    assert len(lost) == len(at_dc) == 12


def test_one_attempt_seen_at_the_host_is_not_told_again_for_the_dc(played):
    rows = [row for row in played["demo"].truth["sessions"] if row["outcome"] == "failed"]
    assert {row["host"] for row in rows} == {"rds1.corp.example", "ws1.corp.example"}
