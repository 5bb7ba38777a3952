"""Logon sessions that are only a part of another access: graphsess.resolve.byproducts (R2.5, R2.6).

Each case is one that a tool gets wrong which takes every 4624 for a session of its own.
"""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    CONSOLE,
    LSASS,
    SVCHOST,
    activity,
    build,
    console_off,
    console_on,
    event,
    logon,
    nla_luid,
    rdp_auth,
    rdp_back,
    rdp_close,
    rdp_knock,
    rdp_off,
    rdp_on,
    roles,
    shown,
    told,
)

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9 = "10.0.0.9"


def type_7_reconnect():
    """Section 2.7 (a): the reconnect's User32 pair and its Negotiat refresh pair, each split."""
    again = activity(2)
    return [
        *rdp_on(0, ANN, 0xA0010, WS9, 1),
        *rdp_close(100, ANN, 0xA0010, WS9, 1),
        *rdp_knock(200, WS9, 2),
        *rdp_auth(209, ANN, WS9, 2),
        event("lsm_40", 209.6, ts_id=2, reason=5, activity=again),
        event("security_4778", 209.7, user=ANN, luid=0xA0010, address=WS9, name="KALI",
              session_name="RDP-Tcp#2"),
        event("lsm_25", 210, user=ANN, ts_id=2, address=WS9, activity=again),
        *(
            event("security_4624", 211, user=ANN, luid=luid, linked=other, elevated=high,
                  logon_type=7, address=WS9)
            for luid, other, high in ((0xA1001, 0xA1002, True), (0xA1002, 0xA1001, False))
        ),
        event("security_4672", 211, user=ANN, luid=0xA1001),
        event("security_4801", 211.2, user=ANN, luid=0xA0010, ts_id=2),
        event("security_4634", 211.3, user=ANN, luid=0xA1001, logon_type=7),
        event("security_4634", 211.3, user=ANN, luid=0xA1002, logon_type=7),
        *(
            event("security_4624", 211.8, user=ANN, luid=luid, linked=other, elevated=high,
                  logon_type=7, logon_process="Negotiat", process=LSASS, address=None)
            for luid, other, high in ((0xA1003, 0xA1004, True), (0xA1004, 0xA1003, False))
        ),
        event("security_4634", 211.9, user=ANN, luid=0xA1003, logon_type=7),
        event("security_4634", 211.9, user=ANN, luid=0xA1004, logon_type=7),
    ]


def console_taken_over(destroyed=8.1):
    """Section 2.7 (b), Server 2016: a type-10 pair and a TS session 2 that come to nothing."""
    over = activity(1)
    return [
        event("security_4624", -31, user=ANN, luid=0xA0001, linked=0xA0002, elevated=True,
              logon_type=2),
        event("security_4672", -31, user=ANN, luid=0xA0001),
        event("security_4624", -31, user=ANN, luid=0xA0002, linked=0xA0001, elevated=False,
              logon_type=2),
        event("lsm_41", -30.9, user=ANN, ts_id=1, activity=CONSOLE),
        event("winlogon_7001", -30.9, user=ANN, ts_id=1),
        event("lsm_21", -30, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        event("lsm_22", -29.9, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        *rdp_knock(0, WS9, 1),
        event("security_4624", 2.5, user=ANN, luid=0xA0100, logon_type=3, address=WS9, port=0),
        event("rcm_1149", 2.6, user=ANN, address=WS9, activity=over),
        event("security_4624", 3.2, user="Window Manager\\DWM-2", luid=0xA0110, logon_type=2,
              logon_process="Advapi  "),
        event("security_4648", 5.1, user=ANN, by=0x3E7, server="localhost", process=SVCHOST,
              address=WS9),
        event("security_4624", 5.15, user=ANN, luid=0xA0121, linked=0xA0122, elevated=True,
              logon_type=10, address=WS9),
        event("security_4624", 5.15, user=ANN, luid=0xA0122, linked=0xA0121, elevated=False,
              logon_type=10, address=WS9),
        event("lsm_41", 5.17, user=ANN, ts_id=2, activity=over),
        event("lsm_40", 5.4, ts_id=1, reason=5, activity=CONSOLE),
        event("security_4779", 5.5, user=ANN, luid=0xA0002, session_name="Console",
              name="Unknown", address="LOCAL"),
        event("lsm_24", 5.9, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        event("lsm_40", 6, ts_id=2, reason=0, activity=over),
        event("lsm_40", 6.4, ts_id=1, reason=5, activity=CONSOLE),
        event("security_4624", 6.8, user="Window Manager\\DWM-3", luid=0xA0130, logon_type=2,
              logon_process="Advapi  "),
        event("security_4778", 7, user=ANN, luid=0xA0002, session_name="RDP-Tcp#1",
              name="SILVER", address=WS9),
        event("lsm_25", 7.9, user=ANN, ts_id=1, address=WS9, activity=over),
        event("lsm_42", 7.91, user=ANN, ts_id=2, activity=over),
        *(
            event("security_4634", destroyed, user=ANN, luid=luid, logon_type=10)
            for luid in (0xA0121, 0xA0122)
            if destroyed
        ),
        event("security_4634", 8.5, user="Window Manager\\DWM-2", luid=0xA0110, logon_type=2),
    ]


def test_the_type_7_pairs_of_a_reconnect_are_no_sessions():
    """R2.5 (a), (b), (g), finding 5: five LUIDs fold into one reconnect."""
    made = build(type_7_reconnect())
    assert told(made["sessions"], "kind", "opened_by", "luids", "byproduct_luids") == [
        ("rdp", "logon", ["0xa0010"], [hex(nla_luid(1))]),
        ("rdp", "reconnect", ["0xa0010"],
         [hex(nla_luid(2)), "0xa1001", "0xa1002", "0xa1003", "0xa1004"]),
    ]
    assert {logon(made, luid)["byproduct_rule"] for luid in (0xA1003, 0xA1004)} == {"R2.5b"}


@pytest.mark.parametrize("destroyed", [8.1, None], ids=["4634 at 8.1", "no 4634 at all"])
def test_the_type_10_pair_and_the_second_ts_session_of_a_takeover_are_byproducts(destroyed):
    """R2.5 (g), R3.1: "type 10 = new session" is false; the 4634 only corroborates."""
    made = build(console_taken_over(destroyed))
    assert told(made["sessions"], "kind", "opened_by", "ts_id", "start", "session", "end") == [
        ("console", "logon", 1, -31, -30, 5.9),
        ("rdp", "reconnect", 1, 0, 7.9, None),
    ]
    assert told(made["sessions"], "luids", "byproduct_luids") == [
        (["0xa0002", "0xa0001"], []),
        (["0xa0002", "0xa0001"], ["0xa0100", "0xa0121", "0xa0122"]),
    ]
    assert {logon(made, luid)["byproduct_rule"] for luid in (0xA0121, 0xA0122)} == {"R2.5g"}
    assert [row[:2] for row in told(made["locals"], "ts_id", "established", "end_kind")
            if row[1]] == [(1, True)]


def test_a_temporary_ts_session_is_never_established_and_ends_nothing():
    """R3.1, R4.2: 40 {T=2, reason 0} on the temporary session is never an end."""
    made = build(console_taken_over())
    [temporary] = [row for row in told(made["locals"], "ts_id", "established", "end_kind")
                   if row[0] == 2]
    assert temporary == (2, False, "never_established")
    assert "lsm_40" not in roles(made, 1).get("DISCONNECT", [])


def test_a_temporary_type_10_on_the_disconnected_session_of_a_security_only_log_is_no_session():
    """R2.5 (g): 4778 of the same user, IP and SessionName alone folds the pair."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("security_4779", 100, user=ANN, luid=0xA0010, session_name="RDP-Tcp#1",
              name="KALI", address=WS9),
        event("security_4624", 200, user=ANN, luid=0xA0020, logon_type=3, address=WS9, port=0),
        event("security_4624", 202, user=ANN, luid=0xA0030, logon_type=10, address=WS9),
        event("security_4778", 204, user=ANN, luid=0xA0010, session_name="RDP-Tcp#2",
              name="KALI", address=WS9),
        event("security_4634", 205, user=ANN, luid=0xA0030, logon_type=10),
        event("security_4779", 300, user=ANN, luid=0xA0010, session_name="RDP-Tcp#2",
              name="KALI", address=WS9),
    )
    assert told(made["sessions"], "kind", "opened_by", "luids", "end", "end_kind") == [
        ("rdp", "logon", ["0xa0010"], 100, "disconnect"),
        ("rdp", "reconnect", ["0xa0010"], 300, "disconnect"),
    ]
    assert told(made["sessions"], "byproduct_luids")[1] == (["0xa0020", "0xa0030"],)


def test_a_new_session_beside_the_old_one_is_not_folded_away():
    """R2.5 (g): on a server that allows two sessions a type 10 that comes to its own 21 stays."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_on(10, ANN, 0xA0020, WS9, 2, ts=3),
        rdp_close(60, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_off(90, ANN, 0xA0020, WS9, 2, ts=3),
    )
    assert told(made["sessions"], "ts_id", "luids", "end_kind") == [
        (2, ["0xa0010"], "disconnect"),
        (3, ["0xa0020"], "logoff"),
    ]


def test_a_brief_type_10_with_no_21_is_an_access_without_a_shell():
    """R2.5 (g), finding 14: short life, LSM covering, no 25, 4778 or 21."""
    only = activity(1)
    made = build(
        rdp_knock(0, WS9, 1),
        rdp_auth(0.1, ANN, WS9, 1),
        event("security_4624", 1, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("lsm_41", 1.1, user=ANN, ts_id=3, activity=only),
        event("security_4634", 8.3, user=ANN, luid=0xA0010, logon_type=10),
        event("lsm_40", 8.6, ts_id=3, reason=12, activity=only),
        event("security_4634", 8.7, user=ANN, luid=nla_luid(1), logon_type=3),
    )
    assert told(made["sessions"], "kind", "outcome", "start", "end", "end_kind") == [
        ("rdp", "authenticated_no_shell", 0, 8.6, "attempt_over")
    ]
    assert told(made["locals"], "established", "end_kind") == [(False, "never_established")]


def test_the_client_that_left_before_its_desktop_was_made_has_no_shell():
    """Finding 14 (i): 41, 42, 7001 and a type 10 come after the client has gone; no 21, no 25."""
    only = activity(1)
    made = build(
        rdp_knock(0, WS9, 1),
        rdp_auth(0.1, ANN, WS9, 1),
        event("core_66", 0.7, session_name="RDP-Tcp#1", ts_id=2, activity=only),
        event("security_4634", 0.8, user=ANN, luid=nla_luid(1), logon_type=3),
        event("lsm_40", 0.95, ts_id=2, reason=0, activity=only),
        event("core_102", 0.96, activity=only),
        event("security_4624", 2, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("lsm_41", 2.1, user=ANN, ts_id=2, activity=only),
        event("lsm_42", 2.2, user=ANN, ts_id=2, activity=only),
        event("winlogon_7001", 2.2, user=ANN, ts_id=2),
        event("lsm_36", 2.6, ts_id=2, verb="EvLogon", status="0x80004005", activity=only),
        event("security_4647", 33, user=ANN, luid=0xA0010),
        event("winlogon_7002", 33.1, user=ANN, ts_id=2),
        event("lsm_40", 33.3, ts_id=2, reason=12, activity=only),
    )
    assert told(made["sessions"], "kind", "outcome", "start", "end") == [
        ("rdp", "authenticated_no_shell", 0, 0.95)
    ]
    assert told(made["locals"], "established", "end_kind") == [(False, "never_established")]


UNLOCKS = [
    pytest.param({"logon_type": 7}, "R2.5a", id="R2.5a type 7"),
    pytest.param({"logon_type": 13}, "R2.5a", id="R2.5a cached unlock, type 13"),
    pytest.param({"logon_type": 2}, "R2.5a", id="R2.5a type 2, as after sleep"),
    pytest.param({"logon_type": 11}, "R2.5a", id="R2.5a type 11"),
    pytest.param({"logon_type": 7, "logon_process": "Negotiat", "process": LSASS,
                  "address": None}, "R2.5b", id="R2.5b refresh, type 7"),
    pytest.param({"logon_type": 2, "logon_process": "Negotiat", "process": LSASS,
                  "address": None}, "R2.5b", id="R2.5b refresh, type 2"),
    pytest.param({"logon_type": 2, "logon_process": "CredPro ", "address": "::1",
                  "process": r"C:\Windows\System32\consent.exe"}, "R2.5c", id="R2.5c consent"),
]


@pytest.mark.parametrize(("how", "rule"), UNLOCKS)
def test_an_unlock_or_a_prompt_at_the_console_is_part_of_the_session(how, rule):
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4800", 100, user=ANN, luid=0xA0010, ts_id=1),
        event("security_4624", 200, user=ANN, luid=0xA0020, **how),
        event("security_4801", 200.5, user=ANN, luid=0xA0010, ts_id=1),
        event("security_4634", 200.6, user=ANN, luid=0xA0020,
              logon_type={11: 2, 13: 7}.get(how["logon_type"], how["logon_type"])),
        console_off(300, ANN, 0xA0010),
    )
    assert told(made["sessions"], "kind", "luids", "end") == [
        ("console", ["0xa0010"], 300.1)
    ]
    small = logon(made, 0xA0020)
    assert (small["byproduct_rule"], small["byproduct_of"]) == (rule, made["locals"]["id"][0])


def test_an_unlock_is_part_of_the_session_where_no_lsm_record_names_the_user():
    """R2.5a, R3.0: System 7001 gives the SID, and other records the name that it bears."""
    made = build(
        event("winlogon_7001", 0.1, user=ANN, ts_id=1),
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=2),
        event("security_4800", 100, user=ANN, luid=0xA0010, ts_id=1),
        event("security_4624", 200, user=ANN, luid=0xA0020, logon_type=7),
        event("security_4801", 200.5, user=ANN, luid=0xA0010, ts_id=1),
        event("winlogon_7002", 300, user=ANN, ts_id=1),
    )
    small = logon(made, 0xA0020)
    assert (small["byproduct_rule"], small["byproduct_of"]) == ("R2.5a", made["locals"]["id"][0])


def test_a_reconnect_s_logon_of_which_only_the_4634_is_left_is_no_desktop():
    """R2.5 (g): a 4634 of type 10 beside the LSM 25 of the same user."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        rdp_close(100, ANN, 0xA0010, WS9, 1),
        rdp_knock(200, WS9, 2),
        rdp_auth(200.1, ANN, WS9, 2),
        event("lsm_25", 203, user=ANN, ts_id=2, address=WS9, activity=activity(2)),
        event("security_4634", 203.2, user=ANN, luid=0xA0020, logon_type=10),
    )
    assert made["locals"].filter(pl.col("established")).height == 1
    assert logon(made, 0xA0020)["byproduct_rule"] == "R2.5g"


def test_the_administrator_at_the_consent_prompt_has_no_session():
    """R2.5 (c): over the shoulder the prompt's user differs from the session's."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4648", 100, user="LAB\\adm", by=0x3E7, server="localhost",
              process=r"C:\Windows\System32\consent.exe", address="::1"),
        event("security_4624", 100.1, user="LAB\\adm", luid=0xA0020, logon_type=2,
              logon_process="CredPro ", process=r"C:\Windows\System32\consent.exe",
              address="::1"),
        event("security_4672", 100.1, user="LAB\\adm", luid=0xA0020),
        console_off(300, ANN, 0xA0010),
    )
    assert told(made["sessions"], "user", "luids") == [(ANN, ["0xa0010"])]
    assert logon(made, 0xA0020)["byproduct_rule"] == "R2.5c"


def test_an_unlock_without_its_4634_ends_after_ten_seconds_inferred():
    """R2.5 (a): without a 4634 it ends at start + W_tmp."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4624", 200, user=ANN, luid=0xA0020, logon_type=7),
        event("security_4801", 200.5, user=ANN, luid=0xA0010, ts_id=1),
        console_off(300, ANN, 0xA0010),
    )
    row = made["logons"].filter(made["logons"]["luid"] == 0xA0020)
    assert told(row, "start", "access_end", "end_kind") == [(200, 210, "inferred")]


PRECURSORS = [
    pytest.param({"address": WS9, "port": 0}, id="IP, port 0"),
    pytest.param({"address": WS9, "port": None}, id="IP, port -"),
    pytest.param({"address": None, "port": None, "name": "kali"}, id="no IP, 2012 R2"),
    pytest.param({"address": WS9, "port": 0, "logon_process": "Kerberos",
                  "package": "Kerberos"}, id="Kerberos"),
]


@pytest.mark.parametrize("logged", PRECURSORS)
def test_the_network_logon_before_1149_is_part_of_the_connection(logged):
    """R2.5 (d): its 4634 at the disconnect ends neither logon nor desktop (finding 4)."""
    only = activity(1)
    made = build(
        rdp_knock(0, WS9, 1),
        event("security_4624", 0.1, user=ANN, luid=0x90100, logon_type=3, **logged),
        event("rcm_1149", 0.6, user=ANN, address=WS9, activity=only),
        event("security_4624", 1, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("lsm_41", 1.1, user=ANN, ts_id=2, activity=only),
        event("lsm_21", 1.5, user=ANN, ts_id=2, address=WS9, activity=only),
        rdp_close(100, ANN, 0xA0010, WS9, 1),
    )
    assert told(made["sessions"], "kind", "luids", "byproduct_luids", "end_kind") == [
        ("rdp", ["0xa0010"], ["0x90100"], "disconnect")
    ]
    assert roles(made)["NLA_PRECURSOR"] == ["security_4624"]
    assert logon(made, 0x90100)["byproduct_rule"] == "R2.5d"
    assert logon(made, 0xA0010)["destroyed_us"] is None


def test_a_share_opened_in_the_same_second_is_not_the_precursor():
    """R2.5: verified SMB has a port; the precursor has none."""
    made = build(
        rdp_knock(0, WS9, 1),
        event("security_4624", 0.1, user=ANN, luid=0x90100, logon_type=3, address=WS9, port=0),
        event("security_4624", 0.2, user=ANN, luid=0x90200, logon_type=3, address=WS9,
              port=49_777),
        event("rcm_1149", 0.3, user=ANN, address=WS9, activity=activity(1)),
        event("lsm_41", 1.1, user=ANN, ts_id=2, activity=activity(1)),
        event("lsm_21", 1.5, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
    )
    assert sorted(told(made["sessions"], "kind", "luids", "byproduct_luids")) == [
        ("network", ["0x90200"], []),
        ("rdp", [], ["0x90100"]),
    ]


def test_without_1149_the_precursor_is_known_by_the_desktop_logon_that_follows():
    """R2.5 (d): a Security log alone; the type 10 of the same user and IP within 30 s."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0x90100, logon_type=3, address=WS9, port=0),
        event("security_4624", 9, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("security_4634", 500, user=ANN, luid=0x90100, logon_type=3),
    )
    assert told(made["sessions"], "kind", "luids", "byproduct_luids") == [
        ("rdp", ["0xa0010"], ["0x90100"])
    ]


def test_another_users_network_logon_is_not_the_precursor():
    """R2.5 (d): the 1149 must be of the same user."""
    made = build(
        rdp_knock(0, WS9, 1),
        event("security_4624", 0.1, user=BOB, luid=0x90100, logon_type=3, address=WS9, port=0),
        event("rcm_1149", 0.6, user=ANN, address=WS9, activity=activity(1)),
        event("lsm_41", 1.1, user=ANN, ts_id=2, activity=activity(1)),
        event("lsm_21", 1.5, user=ANN, ts_id=2, address=WS9, activity=activity(1)),
    )
    assert sorted(told(made["sessions"], "kind", "user", "byproduct_luids")) == [
        ("network", BOB, []),
        ("rdp", ANN, []),
    ]


def test_the_end_of_the_precursor_is_no_end_of_the_session():
    """R2.5 (d), finding 4: 4634 type 3 long before the user is gone."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("security_4634", 2, user=ANN, luid=nla_luid(1), logon_type=3),
        event("security_4800", 900, user=ANN, luid=0xA0010, ts_id=2),
        event("security_4801", 950, user=ANN, luid=0xA0010, ts_id=2),
    )
    assert told(made["sessions"], "end", "end_kind") == [(None, "open_at_end_of_log")]


def test_an_anonymous_logon_before_the_real_one_is_dropped():
    """R2.5 (e): ANONYMOUS LOGON from the same address within five seconds."""
    made = build(
        event("security_4624", 0, user="NT AUTHORITY\\ANONYMOUS LOGON", luid=0x90100,
              logon_type=3, address=WS9, port=50_000),
        event("security_4624", 1, user=ANN, luid=0x90200, logon_type=3, address=WS9,
              port=50_001),
    )
    assert told(made["sessions"], "user", "luids", "hidden") == [(ANN, ["0x90200"], None)]
    assert logon(made, 0x90100)["byproduct_rule"] == "R2.5e"


def test_an_anonymous_logon_alone_is_a_hidden_session():
    """R2.5 (e), R5.7: nothing is lost, it is only not shown."""
    made = build(
        event("security_4624", 0, user="NT AUTHORITY\\ANONYMOUS LOGON", luid=0x90100,
              logon_type=3, address=WS9, port=50_000),
    )
    assert told(made["sessions"], "class", "hidden") == [("anonymous", "anonymous")]


def test_a_second_users_type_7_never_joins_the_first_users_session():
    """R2.5 (a): the owner is the interactive session of the *same* user."""
    made = build(
        console_on(0, ANN, 0xA0010, ts=1),
        event("lsm_24", 50, user=ANN, ts_id=1, address="LOCAL"),
        console_on(60, BOB, 0xA0020, ts=2),
        event("lsm_24", 100, user=BOB, ts_id=2, address="LOCAL"),
        event("lsm_25", 101, user=ANN, ts_id=1, address="LOCAL"),
        event("security_4624", 101.5, user=ANN, luid=0xA0030, logon_type=7),
        event("security_4801", 102, user=ANN, luid=0xA0010, ts_id=1),
        event("security_4634", 102.1, user=ANN, luid=0xA0030, logon_type=7),
    )
    [one] = made["locals"].filter(made["locals"]["ts_id"] == 1)["id"]
    assert logon(made, 0xA0030)["byproduct_of"] == one
    assert told(made["sessions"], "user", "ts_id", "opened_by") == [
        (ANN, 1, "logon"), (BOB, 2, "logon"), (ANN, 1, "reconnect"),
    ]


def test_companions_belong_to_their_ts_session_and_are_no_sessions():
    """R2.6: DWM-n and UMFD-n, n is the TS session."""
    made = build(
        event("security_4624", 0, user="Font Driver Host\\UMFD-2", luid=0x90010, logon_type=2,
              logon_process="Advapi  "),
        event("security_4624", 0.1, user="Window Manager\\DWM-2", luid=0x90020, logon_type=2,
              logon_process="Advapi  "),
        rdp_on(0, ANN, 0xA0010, WS9, 1),
    )
    assert told(shown(made), "user", "luids") == [(ANN, ["0xa0010"])]
    assert [logon(made, luid)["role"] for luid in (0x90010, 0x90020)] == ["companion"] * 2
    assert told(made["sessions"], "companion_luids") == [(["0x90010", "0x90020"],)]


def test_a_companion_shows_a_ts_session_without_any_lsm_log():
    """R2.6, R3.1: DWM-n gives existence and start of TS session n, provisionally."""
    made = build(
        event("security_4624", 0, user="Window Manager\\DWM-2", luid=0x90020, logon_type=2,
              logon_process="Advapi  "),
        event("security_4634", 50, user="Window Manager\\DWM-2", luid=0x90020, logon_type=2),
    )
    assert told(made["locals"], "ts_id", "start", "established") == [(2, 0, False)]
    assert shown(made).is_empty()


def test_the_set_up_of_a_new_machine_is_no_session():
    """Section 0.5 [V:D3]: OOBE logs the first user on inside the set-up user's session."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0x90010, logon_type=2, logon_process="OOBE",
              process=r"C:\Windows\System32\CloudExperienceHostBroker.exe", address=None),
        event("security_4634", 5, user=ANN, luid=0x90010, logon_type=2),
        console_on(13, ANN, 0xA0010),
    )
    assert told(made["sessions"], "kind", "luids") == [("console", ["0xa0010"])]


def test_a_browser_that_asks_for_the_password_again_opens_no_session():
    """Section 0.5: type 2 by Chrome is a re-authentication."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4624", 30, user=ANN, luid=0xA0020, logon_type=2, logon_process="Chrome",
              process=r"C:\Program Files\Google\Chrome\Application\chrome.exe", address=None),
    )
    assert told(made["sessions"], "kind", "luids") == [("console", ["0xa0010"])]


def test_every_folded_logon_names_the_access_it_is_part_of():
    """R2.5: its events are sources of the session, as BYPRODUCT or NLA_PRECURSOR."""
    made = build(type_7_reconnect())
    assert roles(made, 1)["BYPRODUCT"].count("security_4624") == 4
    assert roles(made, 1)["NLA_PRECURSOR"] == ["security_4624"]
    assert roles(made, 1)["RECONNECT"] == ["security_4778", "lsm_25"]


def test_a_quick_reconnect_does_not_swallow_the_logoff():
    """R2.5 (g) beside R5.4: reconnect, then logoff within seconds."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        rdp_close(100, ANN, 0xA0010, WS9, 1),
        rdp_back(200, ANN, 0xA0010, WS9, 2),
        rdp_off(204, ANN, 0xA0010, WS9, 2),
    )
    assert told(made["sessions"], "end", "end_kind") == [
        (100.1, "disconnect"), (204.02, "logoff"),
    ]
