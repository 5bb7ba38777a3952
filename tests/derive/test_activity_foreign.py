"""Artefacts of other tools mapped to sessions: graphsess.derive.activity.foreign (R7.1-R7.4)."""

from __future__ import annotations

import functools

import polars as pl
import pytest
from events_inline import (
    HOST,
    T0,
    build,
    console_off,
    console_on,
    event,
    rdp_back,
    rdp_close,
    rdp_off,
    rdp_on,
    sid_of,
    sysmon_guid,
)

from graphsess.artefacts.read import TOLD
from graphsess.derive.activity.foreign import mapped
from graphsess.settings import Settings

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9, WS8 = "10.0.0.9", "10.0.0.8"
CMD = r"C:\Windows\System32\cmd.exe"
START = int(T0.timestamp() * 1e6)


@functools.cache
def story():
    """ann at the console 0-1000; bob by RDP 100-200, again from elsewhere 300-400; boot, bob."""
    return build(
        event("kernel_12", -60, stated=-60), event("security_4608", -59),
        console_on(0, ANN, 0x51000, ts=1),
        event("security_4624", 40, user=BOB, luid=0x52000, logon_type=3, address=WS9, port=4000),
        event("security_4634", 60, user=BOB, luid=0x52000, logon_type=3),
        rdp_on(100, BOB, 0x99000, WS9, 1), rdp_close(200, BOB, 0x99000, WS9, 1),
        rdp_back(300, BOB, 0x99000, WS8, 2), rdp_off(400, BOB, 0x99000, WS8, 2),
        event("security_4688", 150, user=BOB, by=0x99000, process=CMD, process_id=700),
        event("security_4689", 160, user=BOB, by=0x99000, process=CMD, process_id=700),
        console_off(1000, ANN, 0x51000, ts=1),
        event("kernel_13", 1100, stated=1100),
        event("kernel_12", 1200, stated=1200), event("security_4608", 1201),
        console_on(1300, BOB, 0x51000, ts=1), console_off(1400, BOB, 0x51000, ts=1),
    )


def place(at, made=None, width=0, **told):
    """method, confidence, user and start of the session, the flags; and the candidates."""
    made = made or story()
    row = {"row": 1, "host": HOST, "time_us": START + round(at * 1e6),
           "width_us": round(width * 1e6), "ambiguous": False, **told}
    frame = pl.DataFrame([{name: row.get(name) for name in TOLD}], TOLD)
    found, beside = mapped(made, frame, Settings())
    names = {
        row["id"]: (row["user"], round((row["start_us"] - START) / 1e6))
        for row in made["sessions"].iter_rows(named=True)
    }
    [row] = found.to_dicts()
    marks = [*(["while_disconnected"] if row["while_disconnected"] else []), *row["flags"]]
    others = [(*names[session], sure) for session, sure in
              zip(beside["session"], beside["confidence"], strict=True)]
    return (row["method"], row["confidence"], names.get(row["session"]), marks), others


NOBODY = (("no_session", 0, None, []), [])


def test_a_luid_is_of_its_boot():
    """R7.1(1): the same number is ann's before, bob's after the restart."""
    assert place(500, luid=0x51000)[0] == ("luid", 100, (ANN, 0), [])
    assert place(1350, luid=0x51000)[0] == ("luid", 100, (BOB, 1300), [])


def test_a_luid_counts_more_than_the_time_and_the_account():
    """R7.1(1), R7.5: after its 4634, and though the file says ann."""
    assert place(90, luid=0x52000, user=ANN)[0] == ("luid", 100, (BOB, 40), [])


def test_a_logon_guid_names_its_own_boot():
    """R7.1(1): whatever the artefact's own time is."""
    guid = sysmon_guid(0x51000, 1300)
    assert place(500, logon_guid=guid)[0][:3] == ("logon_guid", 100, (BOB, 1300))
    assert place(500, logon_guid=sysmon_guid(0x51000, 900))[0][0] == "time"


def test_a_process_number_is_its_processs_while_it_lives():
    """R7.1(2)."""
    assert place(155, pid=700)[0] == ("process", 95, (BOB, 100), [])
    assert place(170, pid=700)[0][0] == "time"


def test_a_process_of_another_account_is_none():
    """R7.1(2), R7.4: the file says that ann did it."""
    assert place(155, pid=700, sid=sid_of(ANN))[0] == ("user", 75, (ANN, 0), [])


def test_a_ts_session_is_a_desktop():
    """R7.1(3)."""
    assert place(150, ts_id=2)[0] == ("ts_id", 90, (BOB, 100), [])
    assert place(150, ts_id=1)[0] == ("ts_id", 90, (ANN, 0), [])


@pytest.mark.parametrize(
    "told",
    [
        {"sid": sid_of(BOB)}, {"user": "bob"}, {"user": "lab.example\\BOB"},
        {"user": "bob@lab.example"},
    ],
    ids=["SID", "name", "domain and name", "principal name"],
)
def test_an_account_has_its_desktop_however_it_is_written(told):
    """R7.1(5), N7."""
    assert place(150, **told)[0] == ("user", 75, (BOB, 100), [])


@pytest.mark.parametrize(
    "path",
    [r"C:\Users\bob\Desktop\x", r"NTFS:\Users\bob\NTUSER.DAT", "/Users/BOB.LAB/x",
     r"\Users\bob.000", r"C:\Documents and Settings\bob\x",
     "C:\\$Recycle.Bin\\" + sid_of(BOB) + "\\$R1"],
)
def test_a_profile_is_its_owners(path):
    """R7.1(5)."""
    assert place(150, path=path)[0] == ("path", 75, (BOB, 100), [])


@pytest.mark.parametrize("path", [r"C:\Users\Public\x", r"C:\Users\Default\x", r"C:\Windows\x"])
def test_what_is_nobodys_profile_tells_nothing(path):
    """R7.1(5)."""
    assert place(150, path=path)[0][0] == "time"


def test_the_account_counts_more_than_the_profile():
    """R7.4: ann wrote into bob's profile."""
    assert place(150, user=ANN, path=r"C:\Users\bob\x")[0] == ("user", 75, (ANN, 0), [])


def test_a_namesake_of_another_realm_is_another_account():
    """R7.4: WS1\\bob is no LAB\\bob."""
    assert place(150, user="WS1\\bob") == NOBODY


def test_an_account_without_a_desktop_was_elsewhere():
    """R7.1(5): bob's network logon, 40 to 60; not ann's desktop."""
    assert place(50, user=BOB)[0] == ("user", 60, (BOB, 40), [])


def test_what_bob_did_is_never_anns():
    """R7.4: she is the only one there at 500."""
    assert place(500, user=BOB) == NOBODY
    assert place(500, path=r"C:\Users\carol\x") == NOBODY


def test_the_system_did_it_for_who_was_there():
    """R7.4: SYSTEM is nobody's name."""
    assert place(500, sid="S-1-5-18")[0] == ("time", 40, (ANN, 0), [])
    assert place(500, user="NT AUTHORITY\\SYSTEM")[0] == ("time", 40, (ANN, 0), [])


def test_time_alone_points_at_the_only_one():
    """R7.1(6)."""
    assert place(500) == (("time", 40, (ANN, 0), []), [])


def test_time_alone_chooses_none_of_two():
    """R7.1(6)."""
    assert place(150) == (("time", 20, None, []), [(ANN, 0, 20), (BOB, 100, 20)])


def test_time_alone_points_at_nobody_where_nobody_was():
    """R7.1(6)."""
    assert place(1150) == NOBODY


def test_between_two_connections_it_is_the_first_ones():
    """R7.2: never the next one's."""
    assert place(250, user=BOB) == (("user", 75, (BOB, 100), ["while_disconnected"]), [])
    assert place(250, luid=0x99000) == (("luid", 100, (BOB, 100), ["while_disconnected"]), [])


def test_near_the_reconnect_the_next_one_is_named_beside():
    """R7.3: two seconds before LSM 25 at 301.5, and two after."""
    before, after = place(299.5, user=BOB), place(303.5, user=BOB)
    assert before == (("user", 75, (BOB, 100), ["while_disconnected"]), [(BOB, 300, 37)])
    assert after == (("user", 75, (BOB, 300), []), [(BOB, 100, 37)])


def test_just_after_the_logoff_it_is_a_candidate_only():
    """R7.3."""
    assert place(403, user=BOB) == (("no_session", 0, None, []), [(BOB, 300, 37)])


def test_a_stretch_is_shared_by_the_sessions_that_it_touches():
    """R7.3: 150 to 350 lies a quarter or so in each of bob's sessions."""
    found, others = place(150, user=BOB, width=200)
    assert found[0] == "user"
    assert found[2] is None
    assert [(name, at) for name, at, _ in others] == [(BOB, 100), (BOB, 300)]
    assert all(15 <= sure <= 20 for *_, sure in others)


def test_a_stretch_inside_one_session_is_that_ones():
    """R7.3."""
    assert place(110, user=BOB, width=60)[0] == ("user", 75, (BOB, 100), [])


def test_a_stretch_over_a_restart_has_candidates_in_both_boots():
    """R7.3."""
    found, others = place(900, width=600)
    assert found[2] is None
    assert [(name, at) for name, at, _ in others] == [(ANN, 0), (BOB, 1300)]


def test_what_comes_after_the_logs_is_less_sure():
    """R5.5: nobody knows how long an open session lasted."""
    made = build(console_on(0, ANN, 0x51000), event("services_7036", 100, object="x"))
    assert place(50, made, user=ANN)[0] == ("user", 75, (ANN, 0), [])
    assert place(5_000, made, user=ANN)[0] == ("user", 37, (ANN, 0), ["beyond_last_evidence"])
