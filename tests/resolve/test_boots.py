"""Where a boot begins and ends: graphsess.resolve.boots (R1)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    boot_activity,
    build,
    console_on,
    event,
    logon,
    rdp_on,
    sysmon_guid,
    told,
)

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9 = "10.0.0.9"


def kernel(at, **given):
    """Kernel-General 12; StartTime is 0.2 s earlier."""
    return event("kernel_12", at, stated=at - 0.2, **given)


def starts(made):
    return told(made["boots"], "start", "start_how")


def known(made):
    """Boots with a known start."""
    return [row for row in starts(made) if row[0] is not None]


# R1.1, R1.2


def test_a_boot_begins_at_the_start_time_of_kernel_general_12():
    assert known(build(kernel(19), event("security_4608", 26))) == [(18.8, "kernel_12")]


def test_two_kernel_starts_56_seconds_apart_are_two_boots():
    """R1.2 [V: APTSimulator]."""
    assert known(build(kernel(0), kernel(56))) == [(-0.2, "kernel_12"), (55.8, "kernel_12")]


def test_a_copy_of_one_kernel_start_is_one_boot():
    """R1.2: each *distinct* StartTime."""
    assert len(known(build(event("kernel_12", 0, stated=0), event("kernel_12", 3, stated=0)))) == 1


WEAK = [
    pytest.param(event("security_4608", 26), id="4608"),
    pytest.param(event("eventlog_6005", 29.7), id="6005"),
    pytest.param(event("lsm_32", 27), id="LSM 32"),
    pytest.param(event("rcm_258", 30), id="RCM 258"),
    pytest.param(event("sysmon_4", 31), id="Sysmon 4"),
]


@pytest.mark.parametrize("sign", WEAK)
def test_a_weak_sign_attaches_to_the_strong_start_before_it(sign):
    """R1.2: at most 180 s before."""
    assert known(build(kernel(19), sign)) == [(18.8, "kernel_12")]


@pytest.mark.parametrize("sign", WEAK)
def test_a_weak_sign_alone_is_a_boot(sign):
    """R1.2: only if no strong start exists."""
    assert len(known(build(sign, console_on(60, ANN, 0xA0010)))) == 1


def test_6005_precedes_its_kernel_12_in_the_log_and_is_no_boot_of_its_own():
    """R1.2 [V:SZ,D2,D3]: by time, not by record order."""
    made = build(
        event("eventlog_6005", 29.7), event("eventlog_6009", 29.7, os_build="14393"), kernel(18.8),
        as_written=True,
    )
    assert len(known(made)) == 1


def test_weak_signs_within_three_minutes_are_one_boot():
    """R1.2: clustered within 180 s."""
    made = build(event("lsm_32", 0), event("rcm_258", 40), event("eventlog_6005", 100))
    assert len(known(made)) == 1


def test_two_4608s_44_seconds_apart_are_two_boots():
    """R1.2 [V:SZ]: without System.evtx they are all there is."""
    made = build(event("security_4608", 0), event("security_4608", 44))
    assert known(made) == [(0, "security_4608"), (44, "security_4608")]


def test_two_4608s_are_two_boots_even_if_only_the_first_has_its_kernel_12():
    """R1.2: *always* two; the System log was rolled over or cleared between."""
    made = build(kernel(-5), event("security_4608", 0), event("security_4608", 44))
    assert len(known(made)) == 2


def test_a_4608_more_than_three_minutes_after_the_last_start_is_another_boot():
    """R1.2: at most 180 s before it."""
    made = build(kernel(0), event("security_4608", 190))
    assert len(known(made)) == 2


def test_a_4608_may_be_ten_minutes_after_its_start_on_a_host_whose_clock_was_turned():
    """R1.2: 600 s if clock_jump."""
    made = build(
        kernel(0),
        event("security_4616", 20, before=20, stated=420),
        event("security_4608", 430),
        as_written=True,
    )
    assert len(known(made)) == 1


def test_the_time_inside_security_activity_ids_tells_boots_without_the_system_log():
    """R1.2, finding 2: 8 ms apart is one boot, ten minutes apart are two."""
    made = build(
        event("security_4624", 100, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=1,
              activity=boot_activity(0)),
        event("security_4634", 110, user=ANN, luid=0xA0010, logon_type=3,
              activity=boot_activity(0, 80_000)),
        event("security_4624", 900, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=2,
              activity=boot_activity(600)),
    )
    assert known(made) == [(0, "activity_id"), (600, "activity_id")]
    assert told(made["logons"], "boot", "luid") == [(0, 0xA0010), (1, 0xA0010)]


def test_the_activity_ids_time_and_kernel_12_are_one_boot_within_two_seconds():
    """R1.2: W_boot."""
    made = build(
        kernel(19),
        event("security_4624", 100, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=1,
              activity=boot_activity(20.5)),
    )
    assert known(made) == [(18.8, "kernel_12")]


def test_a_security_record_belongs_to_the_boot_inside_its_activity_id_whatever_its_clock():
    """R1.2: equal within W_boot; a first boot whose clock was corrected afterwards."""
    made = build(
        kernel(1_000),
        event("security_4624", 1_100, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=1,
              activity=boot_activity(999)),
        kernel(5_000),
        event("security_4634", 6_000, user=ANN, luid=0xA0010, logon_type=3,
              activity=boot_activity(999)),
    )
    late = made["events"].filter(pl.col("kind") == "security_4634")["boot"]
    assert late.to_list() == [0]


def test_a_random_activity_id_of_an_older_build_tells_nothing():
    """Finding 2: Win7 and 2012 R2 use version-4 GUIDs."""
    made = build(
        event("security_4624", 100, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=1,
              activity="8F7A8C8E-2D5D-4C0B-9C7A-5C1B4A3D2E1F"),
    )
    assert known(made) == []
    assert made["boots"].height == 1


def test_sysmons_logon_guid_of_system_gives_the_boot():
    """R1.1, finding 10: the LUID 0x3e7 variant."""
    made = build(
        event("sysmon_1", 500, user="NT AUTHORITY\\SYSTEM", luid=0x3E7, ts_id=0, process="x",
              sysmon_logon=sysmon_guid(0x3E7, 20)),
        event("sysmon_1", 1_500, user="NT AUTHORITY\\SYSTEM", luid=0x3E7, ts_id=0, process="x",
              sysmon_logon=sysmon_guid(0x3E7, 1_020)),
    )
    assert [round(start) for start, _ in known(made)] == [20, 1_020]


def test_luids_of_two_boots_are_two_logon_sessions():
    """R1, R2: the key is (host, boot, LUID)."""
    made = build(
        kernel(0), rdp_on(100, ANN, 0xA0010, WS9, 1),
        kernel(1_000), rdp_on(1_100, BOB, 0xA0010, WS9, 2),
    )
    rows = made["logons"].filter(pl.col("luid") == 0xA0010)
    assert told(rows, "boot", "user") == [(0, ANN), (1, BOB)]
    assert told(made["sessions"], "user", "boot", "luids") == [
        (ANN, 0, ["0xa0010"]), (BOB, 1, ["0xa0010"]),
    ]


# R1.3


ENDS = [
    pytest.param([event("user32_1074", 590), event("lsm_54", 595), event("kernel_13", 600,
                                                                         stated=600)],
                 600, "clean", id="Kernel-General 13 before all"),
    pytest.param([event("user32_1074", 590), event("lsm_54", 595)], 595, "restart_requested",
                 id="1074, 54"),
    pytest.param([event("eventlog_6006", 598)], 598, "restart_requested", id="6006"),
    pytest.param([event("security_1100", 597)], 597, "restart_requested", id="1100"),
    pytest.param([event("eventlog_6008", 711, stated=580)], 580, "crash", id="6008 last-alive"),
    pytest.param([event("power_41", 710)], 500, "crash", id="41, no last-alive"),
    pytest.param([], 500, "unknown", id="nothing: the last event before the next start"),
]


@pytest.mark.parametrize(("signs", "end", "kind"), ENDS)
def test_how_a_boot_ends(signs, end, kind):
    """R1.3: 13 > 1074/54/6006/1100 > 6008 > last event."""
    made = build(kernel(0), event("lsm_32", 500), signs, kernel(700))
    assert told(made["boots"], "end", "end_kind")[0] == (end, kind)


@pytest.mark.parametrize(
    ("signs", "kind"),
    [([event("user32_1074", 590), event("lsm_54", 595)], "lsm_54"),
     ([event("kernel_13", 600, stated=600)], "kernel_13"),
     ([event("eventlog_6008", 711, stated=580)], "eventlog_6008")],
    ids=["asked", "clean", "crash"],
)
def test_the_end_of_a_boot_names_its_event(signs, kind):
    """Promise 3."""
    made = build(kernel(0), event("lsm_32", 500), signs, kernel(700))
    told_by = made["events"].filter(pl.col("uid") == made["boots"]["end_event"][0])
    assert told_by["kind"].to_list() == [kind]


def test_the_last_boot_has_no_end_while_it_runs():
    assert told(build(kernel(0), event("lsm_32", 500))["boots"], "end", "end_kind") == [
        (None, None)
    ]


NEVER_EARLIER = [
    pytest.param([event("eventlog_6008", 711, stated=450)], "crash", id="6008 of a minute before"),
    pytest.param([event("lsm_54", 498)], "restart_requested", id="54 before 23 [V:SZ]"),
    pytest.param([event("kernel_13", 499, stated=498)], "clean", id="13 before the last record"),
]


@pytest.mark.parametrize(("signs", "kind"), NEVER_EARLIER)
def test_a_boot_never_ends_before_its_own_last_event(signs, kind):
    """R1.3: last-alive is written at intervals, and 54 precedes 23 by up to 1.8 s."""
    made = build(kernel(0), signs, event("lsm_23", 500, user=ANN, ts_id=1), kernel(700))
    assert told(made["boots"], "end", "end_kind")[0] == (500, kind)


def test_a_request_to_restart_that_came_to_nothing_is_no_end():
    """R1.3: 1074, then hours of life, then a crash."""
    made = build(kernel(0), event("user32_1074", 10), event("lsm_32", 5_000), kernel(9_000))
    assert told(made["boots"], "end", "end_kind")[0] == (5_000, "unknown")


# R1.4


def test_without_any_sign_of_a_start_the_log_is_one_boot():
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1))
    assert starts(made) == [(None, None)]


def network(at, luid, user=ANN):
    return event("security_4624", at, user=user, luid=luid, logon_type=3, address=WS9, port=9)


SPLITS = [
    pytest.param([network(0, 0x900000), network(60, 0x400000)], 2,
                 id="the LUID counter falls by more than half"),
    pytest.param([network(0, 0x900000), network(60, 0x500000)], 1, id="by less"),
    pytest.param([network(0, 0x900000), network(60, 0x900000, BOB)], 2,
                 id="a LUID is given to another SID"),
    pytest.param([network(0, 0x900000), network(60, 0x900000)], 1, id="to the same SID"),
    pytest.param([event("security_4624", 0, user="NT AUTHORITY\\SYSTEM", luid=0x3E7, logon_type=0),
                  network(1, 0x900000),
                  event("security_4624", 2, user="NT AUTHORITY\\SYSTEM", luid=0x3E7,
                        logon_type=5)], 1, id="a constant LUID is no fall"),
]


@pytest.mark.parametrize(("lines", "count"), SPLITS)
def test_without_any_start_a_clash_of_luids_tells_of_a_boot_between(lines, count):
    """R1.4."""
    assert build(lines)["boots"].height == count


# R1.5


def fast_startup(*, stamp):
    """A shutdown by fast startup: users log off, the kernel hibernates and comes back."""
    return [
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=2, activity=boot_activity(-9)),
        event("lsm_21", 0.5, user=ANN, ts_id=1, address="LOCAL"),
        event("power_42", 500),
        event("boot_27", 900, reason=1),
        event("security_4624", 950, user=BOB, luid=0xA0500, logon_type=3, address=WS9, port=7,
              activity=boot_activity(stamp)),
    ]


def test_fast_startup_ends_the_users_sessions_but_keeps_the_luids():
    """R1.5: Kernel-Boot 27 BootType=1 and the decoded ActivityID time unchanged."""
    made = build(fast_startup(stamp=-9))
    assert len(known(made)) == 1
    assert logon(made, 0xA0500)["boot"] == logon(made, 0xA0010)["boot"]
    console = made["sessions"].filter(pl.col("kind") == "console")
    [(end, kind)] = told(console, "end", "end_kind")
    assert kind == "inferred"
    assert 0.5 <= end <= 900


def test_a_hybrid_start_with_another_kernel_time_is_another_boot():
    """R1.5 beside R1.2."""
    assert len(known(build(fast_startup(stamp=899)))) == 2


def test_waking_from_sleep_is_no_boot_and_ends_nothing():
    """Section 1.3: LUIDs stay valid."""
    made = build(kernel(0), console_on(60, ANN, 0xA0010), event("power_42", 500),
                 event("power_107", 4_000), event("boot_27", 4_000, reason=2))
    assert len(known(made)) == 1
    assert told(made["sessions"], "end", "end_kind") == [(None, "open_at_end_of_log")]
