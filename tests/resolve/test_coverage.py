"""What the logs of a host cover: graphsess.resolve.coverage (R0.3, R5.12, R6.2)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    CHANNELS,
    FILE,
    HOST,
    T0,
    activity,
    build,
    built,
    event,
    rdp_auth,
    rdp_knock,
    rdp_on,
    runs_for,
    table,
    told,
)

from graphsess.readers.tables import RUNS
from graphsess.resolve.coverage import coverage, covers

ANN = "LAB\\ann"
WS9 = "10.0.0.9"


def us(at):
    return int((T0.timestamp() + at) * 1_000_000)


def run(first, last, begin, end, *, channel="lsm", trusted=True, file=FILE, ids=True):
    return (file, CHANNELS[channel], HOST, first if ids else None, last if ids else None,
            us(begin), us(end), last - first + 1, first, trusted)


def stretches(*runs, events=()):
    read = table(events) if events else table([event("lsm_32", 0)]).clear()
    placed = read.with_row_index("ord").with_columns(
        pl.col("ord").cast(pl.Int64), boot=pl.lit(0, pl.Int64), era=pl.lit(0, pl.Int64)
    )
    return coverage(placed, pl.DataFrame(list(runs), RUNS, orient="row"), HOST)


def spans(*runs, events=()):
    return told(stretches(*runs, events=events), "first", "last", "broken_by")


def test_record_ids_that_run_on_are_one_stretch():
    assert spans(run(1, 50, 0, 100), run(51, 90, 101, 200)) == [(0, 200, "end_of_file")]


def test_a_hole_in_the_record_ids_breaks_a_stretch():
    """R0.3: gaps > 0."""
    assert spans(run(1, 50, 0, 100), run(52, 90, 150, 200)) == [
        (0, 100, "gap"), (150, 200, "end_of_file"),
    ]


def test_a_hole_that_another_file_fills_is_none():
    """R0.3: live log and archive."""
    other = run(40, 70, 80, 160, file="b" * 64)
    assert spans(run(1, 50, 0, 100), run(60, 90, 150, 200), other) == [(0, 200, "end_of_file")]


def test_each_channel_has_its_own_stretches():
    assert len(spans(run(1, 9, 0, 9), run(1, 9, 0, 9, channel="security"))) == 2


CLEARS = [
    pytest.param([event("security_1102", 150, user=ANN, luid=0xA0010)], "security", id="1102"),
    pytest.param([event("eventlog_104", 150, user=ANN, object=CHANNELS["lsm"])], "lsm", id="104"),
]


@pytest.mark.parametrize(("clear", "channel"), CLEARS)
def test_a_clear_breaks_the_stretch_of_its_own_channel(clear, channel):
    """R0.3, section 2.10: the record ids begin anew."""
    found = spans(run(1, 50, 0, 100, channel=channel), run(60, 90, 150, 200, channel=channel),
                  events=clear)
    assert found == [(0, 100, "clear"), (150, 200, "end_of_file")]


def test_clearing_one_log_breaks_no_other():
    """Section 2.10: the LSM and RCM logs usually survive."""
    found = stretches(
        run(1, 90, 0, 200, channel="lsm"),
        run(1, 50, 0, 100, channel="security"), run(1, 40, 150, 200, channel="security"),
        events=[event("security_1102", 150, user=ANN, luid=0xA0010)],
    ).filter(pl.col("channel") == CHANNELS["lsm"])
    assert told(found, "first", "last", "broken_by") == [(0, 200, "end_of_file")]


STOPS = [
    pytest.param([event("security_1100", 100), event("lsm_32", 200)], "security",
                 id="1100 without a shutdown"),
    pytest.param([event("services_7036", 100, object="Windows Event Log", verb="stopped"),
                  event("services_7036", 200, object="Windows Event Log", verb="running")],
                 "security", id="7036 Windows Event Log"),
    pytest.param([event("services_7036", 100, object="Remote Desktop Services", verb="stopped"),
                  event("services_7036", 200, object="Remote Desktop Services", verb="running")],
                 "lsm", id="7036 Remote Desktop Services: LSM"),
]


@pytest.mark.parametrize(("signs", "channel"), STOPS)
def test_a_stopped_service_breaks_the_stretch(signs, channel):
    """R0.3: service stops."""
    found = stretches(run(1, 90, 0, 300, channel=channel), events=signs)
    assert told(found, "first", "last", "broken_by") == [
        (0, 100, "service_stop"), (200, 300, "end_of_file"),
    ]


def test_the_stop_of_the_log_service_at_a_shutdown_is_no_hole():
    """Section 1.1: 1100 is normal at shutdown."""
    assert spans(run(1, 90, 0, 300), events=[event("security_1100", 100), event(
        "eventlog_6006", 100.1)]) == [(0, 300, "end_of_file")]


def test_services_that_stop_at_a_shutdown_leave_no_hole():
    """Nothing was lost while the machine was off."""
    signs = [
        line
        for service in ("Windows Event Log", "Remote Desktop Services")
        for line in (event("services_7036", 100, object=service, verb="stopped"),
                     event("services_7036", 900, object=service, verb="running"))
    ]
    booted = [event("kernel_12", 0, stated=0), event("kernel_13", 101, stated=101),
              event("kernel_12", 880, stated=880)]
    read = table([*signs, *booted, event("security_4608", 890)])
    made = built(read, runs_for(read))
    assert "service_stop" not in made["coverage"]["broken_by"].to_list()


def test_a_clock_that_was_turned_back_leaves_what_came_after_covered():
    """R0.4: by time, the first record is not the earliest; the log has no hole."""
    early = [event("lsm_32", 0, record_id=40), event("lsm_54", 150, record_id=90)]
    assert spans(run(1, 50, 100, 120), run(51, 90, 130, 150), events=early) == [
        (0, 150, "end_of_file")
    ]


def test_a_record_of_another_file_reaches_no_further_back():
    """Record numbers begin anew in a cleared log; only the own file's count."""
    other = [event("lsm_32", 0, record_id=40)]
    assert spans(run(1, 50, 100, 120, file="b" * 64), events=other) == [(100, 120, "end_of_file")]


def test_a_stopped_service_breaks_only_what_it_writes():
    """R0.3: TermService writes no Security log."""
    signs = [event("services_7036", 100, object="Remote Desktop Services", verb="stopped"),
             event("services_7036", 200, object="Remote Desktop Services", verb="running")]
    assert spans(run(1, 90, 0, 300, channel="security"), events=signs) == [
        (0, 300, "end_of_file")
    ]


COVERED = [
    (-1, False), (0, True), (50, True), (100, True), (120, False), (150, True), (200, True),
    (999, True),
]


@pytest.mark.parametrize(("at", "covered"), COVERED)
def test_a_moment_is_covered_inside_a_stretch_and_after_the_last(at, covered):
    """R0.3: a log that was taken whole is silent after its last record because nothing happened."""
    whole = stretches(run(1, 50, 0, 100), run(60, 90, 150, 200))
    moments = pl.DataFrame({"at_us": [us(at)]})
    assert covers(moments, whole, "lsm", us(999)).to_list() == [covered]


def test_a_filtered_file_covers_nothing():
    """R0.3: a forwarded file only shows what it holds."""
    moments = pl.DataFrame({"at_us": [us(50)]})
    assert covers(moments, stretches(run(1, 50, 0, 100, trusted=False)), "lsm",
                  us(999)).to_list() == [False]


def test_other_security_channels_are_not_the_security_log():
    """`Microsoft-Windows-SmbServer/Security` says nothing of logons."""
    moments = pl.DataFrame({"at_us": [us(50)]})
    only = stretches((FILE, CHANNELS["smbserver"], HOST, 1, 50, us(0), us(100), 50, 1, True))
    assert covers(moments, only, "security", us(999)).to_list() == [False]


# What coverage is for


def attempt():
    return [*rdp_knock(0, WS9, 1), *rdp_auth(0.1, ANN, WS9, 1),
            event("core_103", 2, reason=0, activity=activity(1))]


def test_a_missing_21_is_evidence_inside_lsm_coverage_only():
    """R0.3, R4.6: no shell, or nobody can tell."""
    assert told(build(attempt(), also=["lsm"])["sessions"], "outcome") == [
        ("authenticated_no_shell",)
    ]
    assert told(build(attempt())["sessions"], "outcome", "flags") == [
        ("authenticated", ["lsm_not_covering"])
    ]


def test_a_missing_21_in_a_hole_of_the_lsm_log_is_no_evidence():
    """R0.3, R4.6: a hole."""
    read = table([*attempt(), event("lsm_32", -500), event("lsm_32", 500)])
    rest = runs_for(read).filter(pl.col("channel") != CHANNELS["lsm"])
    holed = pl.DataFrame([run(1, 50, -900, -500), run(90, 99, 500, 900)], RUNS, orient="row")
    made = built(read, pl.concat([rest, holed]))
    assert told(made["sessions"], "outcome", "flags") == [("authenticated", ["lsm_not_covering"])]


def test_a_missing_4624_outside_security_coverage_costs_nothing():
    """R5.12: security_not_covering is added; 21 and 1149 alone are high."""
    lines = [line for line in rdp_on(0, ANN, 0xA0010, WS9, 1)
             if not line["kind"].startswith("security_")]
    without = build(lines)
    assert told(without["sessions"], "flags", "confidence_band") == [
        (["security_not_covering"], "high")
    ]


def test_a_security_log_that_covers_adds_no_flag():
    assert told(build(rdp_on(0, ANN, 0xA0010, WS9, 1))["sessions"], "flags") == [([],)]
