"""Times near a hole in the logs carry bounds: graphsess.resolve.holes, derive.moments (R6.2)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    CHANNELS,
    T0,
    activity,
    built,
    console_on,
    event,
    logon,
    rdp_close,
    rdp_on,
    runs_for,
    shown,
    sysmon_guid,
    table,
    told,
)

ANN, IP = "LAB\\ann", "10.0.0.9"


def us(at):
    return int((T0.timestamp() + at) * 1_000_000)


def holed(events, *holes, families=("lsm", "security")):
    """The host with logs that lack everything within `holes`, in seconds, in these channels."""
    lines = sorted(events, key=lambda line: line["at"])
    channels = {CHANNELS[family] for family in families}
    kept = [line for line in lines if line["channel"] not in channels
            or not any(first < line["at"] < last for first, last in holes)]
    read = table(kept)
    runs = runs_for(read)
    parts = [runs.filter(~pl.col("channel").is_in(list(channels)))]
    for row in runs.filter(pl.col("channel").is_in(list(channels))).iter_rows(named=True):
        edges = [(row["first_us"], 1)]
        for number, (first, last) in enumerate(holes, start=2):
            parts.append(stretch(row, *edges[-1], us(first)))
            edges.append((us(last), 10_000 * number))
        parts.append(stretch(row, *edges[-1], max(row["last_us"], edges[-1][0])))
    return built(read, pl.concat(parts))


def stretch(row, first_us, first_id, last_us):
    """An unbroken stretch of 100 records."""
    return pl.DataFrame(
        [{**row, "first_us": first_us, "last_us": last_us, "first_id": first_id,
          "last_id": first_id + 99}],
    ).cast(runs_for(table([console_on(0, ANN, 1)[0]])).schema)


def ends(made):
    return told(shown(made), "end", "end_kind", "end_reason", "end_earliest", "end_latest")


RDP = [*rdp_on(0, ANN, 0xA0010, IP, 1), event("security_4688", 300, luid=0xA0010, by=0x3E7,
                                              user=ANN)]
LATER = event("security_4624", 9_000, user="LAB\\DC1$", luid=0xA0900, logon_type=3,
              address="10.0.0.1", port=5)


def test_an_end_that_a_hole_may_have_swallowed_is_unobserved_not_open():
    made = holed([*RDP, LATER], (1000, 2000))
    assert ends(made) == [(None, "unobserved", "lost_in_hole", 300, None)]


def test_without_a_hole_after_its_last_sign_of_life_it_is_open():
    assert ends(holed([*RDP, LATER]))[0][1] == "open_at_end_of_log"
    before = holed([*RDP, LATER], (100, 200))
    assert ends(before)[0][1] == "open_at_end_of_log"


def test_a_hole_in_security_alone_hides_no_end_of_a_desktop():
    """LocalSessionManager would have told it."""
    made = holed([*RDP, LATER], (1000, 2000), families=("security",))
    assert ends(made)[0][1] == "open_at_end_of_log"


def test_what_contradicts_it_after_the_hole_is_the_latest_end():
    """R6.2: the end lies between the last evidence and the first contradicting evidence."""
    again = rdp_on(5000, "LAB\\bob", 0xA0030, "10.0.0.8", 2, ts=2)
    made = holed([*RDP, *again], (1000, 2000))
    [first, *_] = told(shown(made), "end_kind", "end_earliest", "end_latest")
    assert first[:2] == ("inferred", 300)
    assert 5000 <= first[2] <= 5001.5


def test_a_told_end_needs_no_bounds_but_itself():
    made = holed([*RDP, *rdp_close(600, ANN, 0xA0010, IP, 1), LATER], (1000, 2000))
    [(end, kind, _, earliest, latest)] = ends(made)
    assert (kind, earliest, latest) == ("disconnect", end, end)


def test_a_session_that_comes_out_of_a_hole_did_not_begin_before_it():
    """Covered until then, it would have been seen."""
    begun = rdp_on(1500, ANN, 0xA0010, IP, 1)
    made = holed([event("lsm_32", -5), *begun, *rdp_close(3000, ANN, 0xA0010, IP, 1)],
                 (1000, 2000))
    [row] = told(shown(made), "start", "start_earliest", "opened_by")
    assert row[0] is None or row[1] <= row[0]
    assert row[1] is not None
    assert row[1] >= 1000


def test_a_session_open_before_the_log_did_not_begin_before_its_boot_or_its_logon():
    booted = event("kernel_12", -50, stated=-50)
    seen = [event("lsm_24", 100, user=ANN, ts_id=2, address=IP, activity=activity(1))]
    made = holed([booted, *seen])
    assert told(shown(made), "start", "start_earliest", "start_latest") == [(None, -50, 100)]
    process = event("sysmon_1", 60, user=ANN, luid=0xA0010, ts_id=2,
                    sysmon_logon=sysmon_guid(0xA0010, 20))
    made = holed([booted, process, *seen])
    assert told(shown(made), "start_earliest") == [(20,)]


def test_a_network_logon_without_its_end_may_have_lasted_longer_than_its_last_sign():
    made = holed([
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=IP, port=5),
        event("security_5140", 60, user=ANN, luid=0xA0010, address=IP, object="\\\\*\\C$"),
        LATER,
    ])
    assert ends(made) == [(60, "inferred", "last_activity", 60, None)]


@pytest.mark.parametrize("whole", [True, False])
def test_bounds_hold_each_time_between_them(whole):
    holes = () if whole else ((1000, 2000),)
    made = holed([*RDP, *rdp_on(5000, ANN, 0xA0030, IP, 2, ts=3), LATER], *holes)
    for row in made["sessions"].iter_rows(named=True):
        for name in ("start", "end"):
            first, at, last = (row[f"{name}_earliest_us"], row[f"{name}_us"],
                               row[f"{name}_latest_us"])
            assert first is None or at is None or first <= at
            assert last is None or at is None or at <= last
    assert logon(made, 0xA0010)["end_kind"] == "open_at_end_of_log"
