"""In which session something was done: graphsess.derive.activity (R7.1-R7.5)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    build,
    console_off,
    console_on,
    event,
    rdp_back,
    rdp_close,
    rdp_off,
    rdp_on,
    sid_of,
)

ANN, BOB, ADM = "LAB\\ann", "LAB\\bob", "LAB\\adm"
SYSTEM = "NT AUTHORITY\\SYSTEM"
WS9, WS8 = "10.0.0.9", "10.0.0.8"
CMD, POWERSHELL = r"C:\Windows\System32\cmd.exe", r"C:\Windows\System32\powershell.exe"
SERVICES = r"C:\Windows\System32\services.exe"
WMI = r"C:\Windows\System32\wbem\WmiPrvSE.exe"
DAY = 86_400
ONE, TWO, THREE = (f"A0B1C2D3-0000-0000-0000-00000000000{n}" for n in (1, 2, 3))


def process(at, user, luid, path=CMD, **other):
    """A 4688 of version 2: the subject's LUID, as for a process that starts another."""
    return event("security_4688", at, user=user, by=luid, process=path, **other)


def found(made, kind=None):
    """method, confidence, user of the session, start of the session, for each activity in order."""
    names = made["sessions"].select(session="id", whose="user", begun="start_us")
    rows = made["activities"].join(names, on="session", how="left", maintain_order="left")
    rows = rows.join(made["events"].select(id="uid", event="kind", ord="ord"), on="id")
    rows = rows.sort("ord").filter(pl.lit(value=True) if kind is None else pl.col("event") == kind)
    first = made["sessions"]["start_us"].min() or 0
    return [
        (row["method"], row["confidence"], row["whose"],
         None if row["begun"] is None else round((row["begun"] - first) / 1e6, 1))
        for row in rows.iter_rows(named=True)
    ]


def marks(made):
    """while_disconnected and flags of each activity in order of time."""
    rows = made["activities"].sort("time_us", "id")
    return list(zip(rows["while_disconnected"], rows["flags"].to_list(), strict=True))


def candidates(made):
    """User and confidence of the sessions beside the chosen one."""
    names = made["sessions"].select(session="id", whose="user")
    rows = made["activity_candidates"].join(names, on="session", how="left", maintain_order="left")
    return sorted(zip(rows["whose"], rows["confidence"], strict=True))


# R7.1(1)


def test_a_process_belongs_to_its_logon_whoever_else_sits_there():
    """R7.1(1): bob's network logon runs something while ann is the only one at the desk."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4624", 100, user=BOB, luid=0xA2000, logon_type=3, address=WS9, port=4000),
        process(101, BOB, 0xA2000),
        process(102, ANN, 0xA0010),
    )
    assert found(made) == [("luid", 100, BOB, 100), ("luid", 100, ANN, 0)]


def test_the_target_of_a_process_counts_before_its_subject():
    """R7.1(1): WMI starts it as NETWORK SERVICE with the caller's token."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4624", 100, user=BOB, luid=0xA2000, logon_type=3, address=WS9, port=4000),
        event("security_4688", 101, by=0x3E4, luid=0xA2000, user=BOB, process=CMD,
              parent_process=WMI),
    )
    assert found(made) == [("luid", 100, BOB, 100)]


def test_both_halves_of_a_pair_are_one_session():
    """R7.1(1): the elevated half's work belongs to the desktop of the limited one."""
    made = build(
        event("security_4624", 0, user=ADM, luid=0xA0010, logon_type=2, linked=0xA0020,
              elevated=True),
        event("security_4624", 0.001, user=ADM, luid=0xA0020, logon_type=2, linked=0xA0010,
              elevated=False),
        console_on(0.002, ADM, 0xA0020)[1:],
        process(60, ADM, 0xA0010),
        process(61, ADM, 0xA0020),
    )
    assert [row[:3] for row in found(made)] == [("luid", 100, ADM)] * 2


def test_a_luid_means_nothing_after_the_next_boot():
    """R7.1(1): the same LUID is bob's in the second boot."""
    made = build(
        event("kernel_12", -10, stated=-10), event("security_4608", -9),
        console_on(0, ANN, 0x51000), process(10, ANN, 0x51000),
        event("kernel_13", 100, stated=100),
        event("kernel_12", 200, stated=200), event("security_4608", 201),
        console_on(210, BOB, 0x51000), process(220, BOB, 0x51000),
    )
    assert [row[:3] for row in found(made)] == [("luid", 100, ANN), ("luid", 100, BOB)]


def test_what_the_system_does_is_nobodys():
    """R7.1(1): its LUID is known, no session is: never the one who happens to sit there."""
    made = build(console_on(0, ANN, 0xA0010), process(50, SYSTEM, 0x3E7))
    assert found(made) == [("luid", 100, None, None)]
    assert made["activities"]["logon"][0].endswith("0x3e7")


# R7.1(2)


def test_a_file_is_its_processs():
    """R7.1(2): Sysmon 11 names no logon; its ProcessGuid leads to one."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4624", 40, user=BOB, luid=0xA2000, logon_type=3, address=WS9, port=4000),
        event("sysmon_1", 50, user=BOB, by=0xA2000, process=CMD, process_id=700, ts_id=0,
              process_guid=ONE),
        event("sysmon_11", 51, process=CMD, process_id=700, process_guid=ONE, object="C:\\x"),
    )
    assert found(made, "sysmon_11") == [("process", 95, BOB, 40)]


def test_a_process_number_is_used_again():
    """R7.1(2): the second process 700 is bob's; what it logs is his."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4624", 5, user=BOB, luid=0xA2000, logon_type=3, address=WS9, port=4000),
        process(10, ANN, 0xA0010, POWERSHELL, process_id=700),
        event("powershell_4104", 11, writer_pid=700, detail="one"),
        event("security_4689", 12, user=ANN, by=0xA0010, process=POWERSHELL, process_id=700),
        process(20, BOB, 0xA2000, POWERSHELL, process_id=700),
        event("powershell_4104", 21, writer_pid=700, detail="two"),
    )
    assert [row[:3] for row in found(made, "powershell_4104")] == [
        ("process", 95, ANN), ("process", 95, BOB),
    ]


def test_a_process_that_ended_owns_nothing_more():
    """R7.1(2): its number is free after 4689."""
    made = build(
        console_on(0, ANN, 0xA0010), console_off(500, ANN, 0xA0010),
        process(10, ANN, 0xA0010, POWERSHELL, process_id=700),
        event("security_4689", 12, user=ANN, by=0xA0010, process=POWERSHELL, process_id=700),
        event("powershell_4104", 900, writer_pid=700, detail="one"),
    )
    assert found(made, "powershell_4104") == [("no_session", 0, None, None)]


def test_a_script_is_not_anothers_whose_process_had_the_number():
    """R7.1(2), R7.4: the record is written in bob's name, the only known process 700 is ann's."""
    made = build(
        console_on(0, ANN, 0xA0010),
        process(10, ANN, 0xA0010, POWERSHELL, process_id=700),
        event("powershell_4104", 900, writer_pid=700, writer_sid=sid_of(BOB), detail="one"),
    )
    assert found(made, "powershell_4104") == [("no_session", 0, None, None)]


# R7.1(3)


def test_a_system_process_on_a_desktop_is_that_desktops():
    """R7.1(3): Sysmon names the TS session; two desktops are open."""
    made = build(
        console_on(0, ANN, 0xA0010), rdp_on(50, BOB, 0xA4000, WS9, 1, ts=2),
        event("sysmon_1", 90, user=SYSTEM, by=0x3E7, process=CMD, process_id=9, ts_id=2,
              process_guid=ONE),
    )
    assert found(made) == [("ts_id", 90, BOB, 50)]


def test_a_ts_session_number_is_used_again():
    """R7.1(3): TS session 2 was ann's before it was bob's."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2), rdp_off(50, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_on(100, BOB, 0xA4000, WS8, 2, ts=2),
        event("sysmon_1", 40, user=SYSTEM, by=0x3E7, process=CMD, process_id=9, ts_id=2,
              process_guid=ONE),
        event("sysmon_1", 75, user=SYSTEM, by=0x3E7, process=CMD, process_id=9, ts_id=2,
              process_guid=TWO),
        event("sysmon_1", 140, user=SYSTEM, by=0x3E7, process=CMD, process_id=9, ts_id=2,
              process_guid=THREE),
    )
    assert [row[:3] for row in found(made)] == [
        ("ts_id", 90, ANN), ("luid", 100, None), ("ts_id", 90, BOB),
    ]


# R7.1(4)


def psexec(*, start=101.5, path=r"C:\Windows\PSEXESVC.exe", **install):
    """bob installs a service over the network while ann sits at the console."""
    return [
        console_on(0, ANN, 0xA0010),
        event("security_4624", 100, user=BOB, luid=0xA2000, logon_type=3, address=WS9, port=4000),
        event(install.pop("kind", "security_4697"), 101, object="PSEXESVC",
              detail=r"%SystemRoot%\PSEXESVC.exe", **(install or {"user": BOB, "by": 0xA2000})),
        process(start, SYSTEM, 0x3E7, path, process_id=40, parent_process=SERVICES),
    ]


def test_what_a_new_service_runs_is_its_installers():
    """R7.1(4): and so is what it starts in turn, as SYSTEM."""
    made = build(
        psexec(),
        process(102, SYSTEM, 0x3E7, process_id=41, parent_id=40,
                parent_process=r"C:\Windows\PSEXESVC.exe"),
        process(103, SYSTEM, 0x3E7, POWERSHELL, process_id=42, parent_id=41, parent_process=CMD),
    )
    assert found(made) == [("luid", 100, BOB, 100), *[("service", 80, BOB, 100)] * 3]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"start": 132}, id="later than 30 seconds"),
        pytest.param({"start": 90}, id="before"),
        pytest.param({"path": r"C:\Windows\System32\spoolsv.exe"}, id="another file"),
    ],
)
def test_another_service_is_nobodys(other):
    """R7.1(4)."""
    assert found(build(psexec(**other)), "security_4688") == [("luid", 100, None, None)]


def test_a_service_of_which_only_the_system_log_tells_is_the_accounts():
    """R7.1(4): 7045 names no LUID, but in whose name it was written; ann is not meant."""
    made = build(psexec(kind="services_7045", writer_sid=sid_of(BOB)))
    assert found(made) == [("user", 60, BOB, 100), ("service", 60, BOB, 100)]


def test_the_same_installation_in_two_logs_has_one_owner():
    """R7.1(4): 7045 by SYSTEM's word takes the LUID of its 4697."""
    made = build(
        psexec(),
        event("services_7045", 101.2, object="psexesvc", detail=r"C:\Windows\PSEXESVC.exe",
              writer_sid="S-1-5-18"),
    )
    assert found(made, "services_7045") == [("service", 80, BOB, 100)]


def test_a_command_as_a_service_is_known_by_its_interpreter():
    """R7.1(4): `%COMSPEC% /c …` starts cmd.exe."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4624", 100, user=BOB, luid=0xA2000, logon_type=3, address=WS9, port=4000),
        event("security_4697", 101, user=BOB, by=0xA2000, object="x",
              detail="%COMSPEC% /C start /b powershell.exe -enc AAAA"),
        process(102, SYSTEM, 0x3E7, CMD, process_id=40, parent_process=SERVICES),
    )
    assert found(made, "security_4688") == [("service", 80, BOB, 100)]


def task(at, user, luid, name="\\Job", kind="security_4698"):
    return event(kind, at, user=user, by=luid, object=name)


def test_a_task_is_its_last_writers():
    """R7.1(4): ann made it, bob changed it over the network; 129 names the process it ran."""
    made = build(
        console_on(0, ANN, 0xA0010), task(10, ANN, 0xA0010),
        event("tasks_106", 10.5, user="S-1-5-18", object="\\Job"),
        event("security_4624", 100, user=BOB, luid=0xA2000, logon_type=3, address=WS9, port=4000),
        task(101, BOB, 0xA2000, kind="security_4702"),
        event("tasks_129", 200, object="\\job", process=CMD, process_id=50),
        process(200.1, SYSTEM, 0x3E7, process_id=50),
    )
    assert found(made) == [
        ("luid", 100, ANN, 0), ("task", 80, ANN, 0), ("luid", 100, BOB, 100),
        ("task", 60, BOB, 100), ("task", 60, BOB, 100),
    ]


def test_a_task_that_was_written_long_ago_is_less_sure():
    """R7.1(4): older than a day."""
    made = build(
        event("security_4624", 0, user=BOB, luid=0xA2000, logon_type=3, address=WS9, port=4000),
        task(1, BOB, 0xA2000),
        event("tasks_200", DAY + 10, object="\\Job", process=CMD),
    )
    assert found(made, "tasks_200") == [("task", 40, BOB, 0)]


def test_a_task_that_nobody_is_known_to_have_written_is_nobodys():
    """R7.1(4): a task of Windows is not the doing of who sits there."""
    made = build(console_on(0, ANN, 0xA0010), event("tasks_200", 50, object="\\Microsoft\\X"))
    assert found(made) == [("no_session", 0, None, None)]


# R7.1(5)


def test_an_account_with_one_desktop_did_it_there():
    """R7.1(5): no LUID, no process, but in whose name; bob's desktop is none of it."""
    made = build(
        console_on(0, ANN, 0xA0010), rdp_on(50, BOB, 0xA4000, WS9, 1, ts=2),
        event("powershell_4104", 90, writer_sid=sid_of(BOB), detail="x"),
    )
    assert found(made) == [("user", 75, BOB, 50)]


def test_an_account_with_two_desktops_has_two_candidates():
    """R7.1(5): 75 in equal parts, none of them chosen."""
    made = build(
        rdp_on(0, BOB, 0xA0010, WS8, 1, ts=2), rdp_on(50, BOB, 0xA4000, WS9, 2, ts=3),
        event("powershell_4104", 90, writer_sid=sid_of(BOB), detail="x"),
    )
    assert found(made) == [("user", 37, None, None)]
    assert candidates(made) == [(BOB, 37), (BOB, 37)]


def test_an_account_without_a_desktop_did_it_from_elsewhere():
    """R7.1(5): its own network session, with less confidence."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4624", 40, user=BOB, luid=0xA2000, logon_type=3, address=WS9, port=4000),
        event("security_4634", 60, user=BOB, luid=0xA2000, logon_type=3),
        event("powershell_4104", 50, writer_sid=sid_of(BOB), detail="x"),
        event("powershell_4104", 70, writer_sid=sid_of(BOB), detail="x"),
    )
    assert found(made) == [("user", 60, BOB, 40), ("no_session", 0, None, None)]


# R7.1(6), R7.4


def test_time_alone_points_at_the_only_one_who_sat_there():
    """R7.1(6)."""
    made = build(console_on(0, ANN, 0xA0010), event("powershell_400", 90, detail="x"))
    assert found(made) == [("time", 40, ANN, 0)]


def test_time_alone_chooses_none_of_two():
    """R7.1(6)."""
    made = build(
        console_on(0, ANN, 0xA0010), rdp_on(50, BOB, 0xA4000, WS9, 1, ts=2),
        event("powershell_400", 90, detail="x"),
    )
    assert found(made) == [("time", 20, None, None)]
    assert candidates(made) == [(ANN, 20), (BOB, 20)]


def test_with_nobody_there_there_is_no_session():
    """R7.1(6)."""
    made = build(
        console_on(0, ANN, 0xA0010), console_off(50, ANN, 0xA0010),
        event("powershell_400", 90, detail="x"),
    )
    assert found(made) == [("no_session", 0, None, None)]


def test_what_bob_did_is_never_anns():
    """R7.4: though she is the only one there."""
    made = build(
        console_on(0, ANN, 0xA0010), event("powershell_4104", 90, writer_sid=sid_of(BOB)),
    )
    assert found(made) == [("no_session", 0, None, None)]
    assert candidates(made) == []


# R7.2, R7.3


def test_what_runs_between_two_connections_was_begun_in_the_first():
    """R7.2: never in the next; the desktop's LUID is the same in both."""
    made = build(
        rdp_on(0, BOB, 0xA0010, WS9, 1), process(20, BOB, 0xA0010),
        rdp_close(100, BOB, 0xA0010, WS9, 1), process(200, BOB, 0xA0010),
        rdp_back(300, BOB, 0xA0010, WS8, 2), process(320, BOB, 0xA0010),
    )
    assert found(made) == [
        ("luid", 100, BOB, 0), ("luid", 100, BOB, 0), ("luid", 100, BOB, 300),
    ]
    assert marks(made) == [(False, []), (True, []), (False, [])]


def test_a_second_before_the_reconnect_is_still_the_first_sessions():
    """R7.2, R7.3: the next one is named beside it, with half the confidence."""
    made = build(
        rdp_on(0, BOB, 0xA0010, WS9, 1), rdp_close(100, BOB, 0xA0010, WS9, 1),
        rdp_back(300, BOB, 0xA0010, WS8, 2), process(300.5, BOB, 0xA0010),
    )
    assert found(made) == [("luid", 100, BOB, 0)]
    assert marks(made) == [(True, [])]
    assert candidates(made) == [(BOB, 50)]


def test_what_comes_after_the_logoff_says_so():
    """R7.2: the desktop is closed, not disconnected."""
    made = build(
        rdp_on(0, BOB, 0xA0010, WS9, 1), rdp_off(100, BOB, 0xA0010, WS9, 1),
        process(110, BOB, 0xA0010),
    )
    assert found(made) == [("luid", 100, BOB, 0)]
    assert marks(made) == [(False, ["after_end"])]


def test_a_clock_that_was_set_back_moves_nothing():
    """R7.2, R0.4: order of records decides, not the time."""
    made = build(
        rdp_on(5000, BOB, 0xA0010, WS9, 1), rdp_close(5100, BOB, 0xA0010, WS9, 1),
        rdp_back(5300, BOB, 0xA0010, WS8, 2),
        event("kernel_1", 1000, stated=1000, before=5400),
        event("security_4616", 1000, stated=1000, before=5400, by=0x3E5),
        process(1010, BOB, 0xA0010), as_written=True,
    )
    assert found(made) == [("luid", 100, BOB, 300)]
    assert marks(made) == [(False, [])]


# R7.5


def test_a_process_keeps_the_token_of_a_logon_that_is_over():
    """R7.5: the LUID counts, not the 4634 before it."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4624", 40, user=BOB, luid=0xA2000, logon_type=3, address=WS9, port=4000),
        event("security_4634", 60, user=BOB, luid=0xA2000, logon_type=3),
        process(90, BOB, 0xA2000),
    )
    assert found(made) == [("luid", 100, BOB, 40)]
