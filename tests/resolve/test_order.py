"""Each record once, in one order, over turned clocks: graphsess.resolve.order (N9, R0.4)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    FILE,
    HOST,
    build,
    built,
    console_off,
    console_on,
    event,
    rdp_off,
    rdp_on,
    runs_for,
    table,
    told,
)

from graphsess.resolve.host import resolve_host
from graphsess.resolve.order import in_order, without_copies
from graphsess.settings import Settings

ANN = "LAB\\ann"
WS9 = "10.0.0.9"
OTHER = "b" * 64
HOUR = 3_600


def ordered(lines):
    """Kinds in the host's order with their era, of lines as they were written."""
    found, _ = in_order(table(lines, as_written=True))
    return [tuple(row) for row in found.select("kind", "era").iter_rows()]


def jumps(lines):
    return len(in_order(table(lines, as_written=True))[1])


# N9


def test_the_same_record_from_two_files_is_one_event():
    """N9: live log and shadow copy; the other file is remembered."""
    read = table(rdp_on(0, ANN, 0xA0010, WS9, 1))
    twice = pl.concat([read, read.with_columns(evidence=pl.lit(OTHER))])
    once = without_copies(twice)
    assert once.height == read.height
    assert set(once["evidence"]) == {FILE}
    assert [list(files) for files in once["copies"]] == [[OTHER]] * read.height


def test_records_that_differ_in_id_time_or_channel_are_two_events():
    """N9: the key is (computer, channel, record id, event id, time)."""
    lines = [
        event("lsm_40", 0, ts_id=2, reason=0, record_id=5),
        event("lsm_40", 0, ts_id=2, reason=0, record_id=6),
        event("lsm_40", 1, ts_id=2, reason=0, record_id=5),
        event("lsm_40", 0, ts_id=2, reason=0, record_id=5, channel="ForwardedEvents"),
        event("lsm_40", 0, ts_id=2, reason=0, record_id=5, computer="ws2.lab"),
    ]
    assert without_copies(table(lines)).height == 5


def test_a_computers_name_in_other_letters_is_the_same_record():
    """N2, N9."""
    lines = [event("lsm_40", 0, ts_id=2, reason=0, record_id=5, computer=name)
             for name in ("ws1.lab", "WS1.LAB")]
    assert without_copies(table(lines)).height == 1


def test_a_carved_copy_gives_way_to_the_record_itself():
    read = table([event("lsm_40", 0, ts_id=2, reason=0)])
    carved = read.with_columns(carved=pl.lit(value=True), evidence=pl.lit("0" * 64))
    once = without_copies(pl.concat([carved, read]))
    assert once.select("carved", "evidence").rows() == [(False, FILE)]


# R0.4: order


def test_records_of_one_channel_stay_in_record_order():
    """N4, R0.4: a small step back of the clock changes nothing."""
    lines = [
        event("lsm_41", 0, user=ANN, ts_id=2),
        event("lsm_42", 4, user=ANN, ts_id=2),
        event("lsm_21", 2, user=ANN, ts_id=2, address=WS9),
        event("lsm_22", 3, user=ANN, ts_id=2, address=WS9),
    ]
    assert ordered(lines) == [("lsm_41", 0), ("lsm_42", 0), ("lsm_21", 0), ("lsm_22", 0)]


def test_channels_are_woven_together_by_time():
    """R0.4."""
    lines = [
        event("lsm_41", 1.1, user=ANN, ts_id=2),
        event("lsm_21", 1.5, user=ANN, ts_id=2, address=WS9),
        event("security_4624", 1, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("winlogon_7001", 1.2, user=ANN, ts_id=2),
    ]
    assert [kind for kind, _ in ordered(lines)] == [
        "security_4624", "lsm_41", "winlogon_7001", "lsm_21",
    ]


def test_a_record_without_a_time_opens_and_closes_nothing():
    """N4: time_unknown."""
    read = table([*rdp_on(0, ANN, 0xA0010, WS9, 1),
                  event("lsm_23", 100, user=ANN, ts_id=2)])
    blank = read.with_columns(
        time_us=pl.when(pl.col("kind") == "lsm_23").then(None).otherwise("time_us")
    )
    made = built(blank, runs_for(blank))
    assert told(made["sessions"], "end", "end_kind") == [(None, "open_at_end_of_log")]


# R0.4: jumps


def turned(by, *, told_by=None, at=60):
    """An LSM channel whose clock is turned after `at`; perhaps told by another channel."""
    lines = [event("lsm_32", second) for second in range(0, at, 10)]
    lines += [event("lsm_32", at + by + second) for second in range(0, 60, 10)]
    if told_by == "security_4616":
        lines.append(event("security_4616", at + by, before=at, stated=at + by))
    elif told_by:
        lines.append(event("kernel_1", at + by, before=at, stated=at + by, reason=1))
    return lines


JUMPS = [
    pytest.param(turned(-HOUR), 1, id="back by an hour, told by nobody"),
    pytest.param(turned(-20), 1, id="back by twenty seconds, made good by the second record"),
    pytest.param(turned(-HOUR, told_by="security_4616"), 1, id="back, told by 4616"),
    pytest.param(turned(-HOUR, told_by="kernel_1"), 1, id="back, told by Kernel-General 1"),
    pytest.param(turned(HOUR, told_by="security_4616"), 1, id="forward, told by 4616"),
    pytest.param(turned(HOUR), 0, id="forward, told by nobody: silence"),
    pytest.param(turned(-3), 0, id="back by three seconds"),
    pytest.param([event("security_4616", 0, before=0, stated=4)], 0, id="4616 of four seconds"),
    pytest.param([event("security_4616", 0, before=0, stated=6)], 1, id="4616 of six seconds"),
]


@pytest.mark.parametrize(("lines", "count"), JUMPS)
def test_a_clock_jump_is_more_than_five_seconds_or_told(lines, count):
    """R0.4."""
    assert jumps(lines) == count


def test_4616_and_kernel_general_1_tell_of_one_jump():
    """R0.4: not two."""
    lines = [*turned(-HOUR, told_by="security_4616"),
             event("kernel_1", 60 - HOUR, before=60, stated=60 - HOUR, reason=1)]
    assert jumps(lines) == 1


def test_the_system_log_writes_old_records_after_6005_and_that_is_no_jump():
    """R0.4: 109 and 13 of the last boot, 12 with their own earlier times."""
    lines = [
        event("eventlog_6006", 0),
        event("eventlog_6005", 29.7),
        event("kernel_13", 8.4, stated=8.4),
        event("kernel_12", 18.8, stated=18.6),
        event("services_7036", 31, object="x", verb="running"),
    ]
    assert jumps(lines) == 0


def test_elapsed_sleep_is_no_jump():
    """R0.4: Kernel-General 1 Reason 2, or one right after Kernel-Power 107 [V:D3]."""
    slept = event("kernel_1", HOUR, before=100, stated=HOUR, reason=2)
    unsaid = event("kernel_1", HOUR, before=100, stated=HOUR)
    assert jumps([event("power_42", 99), event("power_107", 100), slept]) == 0
    assert jumps([event("power_42", 99), event("power_107", 100), unsaid]) == 0
    assert jumps([unsaid]) == 1


def test_after_a_jump_back_events_follow_the_order_of_their_records():
    """R0.4: never sort raw times across a jump; a session may end before it starts."""
    lines = [
        *console_on(0, ANN, 0xA0010),
        event("security_4616", -HOUR + 60, before=60, stated=-HOUR + 60),
        *console_off(-HOUR + 100, ANN, 0xA0010),
    ]
    made = built_as_written(lines)
    assert told(made["sessions"], "start", "end", "end_kind", "flags") == [
        (0, -HOUR + 100.1, "logoff", ["clock_jump"])
    ]
    assert told(made["locals"], "start", "end") == [(0.5, -HOUR + 100.1)]


def test_a_session_after_the_jump_bears_no_flag():
    """R0.4: only those that span it."""
    lines = [
        *rdp_on(0, ANN, 0xA0010, WS9, 1), *rdp_off(50, ANN, 0xA0010, WS9, 1),
        event("security_4616", -HOUR + 60, before=60, stated=-HOUR + 60),
        *rdp_on(-HOUR + 100, ANN, 0xA1010, WS9, 2),
    ]
    made = built_as_written(lines)
    assert told(made["sessions"], "start", "flags") == [(0, []), (-HOUR + 100, [])]


def test_windows_apply_within_one_era():
    """DESIGN 4: a 4778 of yesterday's clock does not stand beside today's 25."""
    lines = [
        event("rcm_1149", 0, user=ANN, address=WS9),
        event("security_4616", -HOUR, before=60, stated=-HOUR),
        event("lsm_21", -HOUR + 10, user=ANN, ts_id=2, address=WS9),
        event("lsm_21", 5, user=ANN, ts_id=3, address="10.0.0.8"),
    ]
    made = built_as_written(lines)
    rdp = made["sessions"].filter(pl.col("source_address") == WS9)
    assert set(told(rdp, "session")) == {(None,), (-HOUR + 10,)}


def built_as_written(lines):
    """Tables of lines in record order, not in time order."""
    return build(lines, as_written=True)


def test_the_order_is_dense_and_does_not_depend_on_the_order_of_the_rows():
    read = table(rdp_on(0, ANN, 0xA0010, WS9, 1))
    one, _ = in_order(read)
    two, _ = in_order(read.reverse())
    assert one["ord"].to_list() == list(range(read.height))
    assert one.equals(two)


def test_a_host_without_events_has_empty_tables():
    read = table([event("lsm_32", 0)]).clear()
    tables = resolve_host(read, runs_for(read), HOST, Settings())
    assert tables["events"].is_empty()
    assert tables["accesses"].is_empty()
