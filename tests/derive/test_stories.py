"""Whole stories that a naive reading gets wrong, through resolve and derive (section 2, R2-R6)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    CONSOLE,
    activity,
    build,
    console_on,
    event,
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

ANN, BOB, ADM = "LAB\\ann", "LAB\\bob", "LAB\\adm"
WS9, WS8 = "10.0.0.9", "10.0.0.8"


def test_a_restart_by_the_user_is_a_logoff_and_then_the_end_of_the_boot():
    """Section 2.1 [V:D2]: 1074, 4647, 23, 54, 7002, 1100, 13; no 24 and no 4634."""
    made = build(
        event("kernel_12", -500, stated=-500),
        console_on(0, ANN, 0xA0010),
        event("user32_1074", 100, target_user=ANN, process="x"),
        event("security_4647", 102.4, user=ANN, luid=0xA0010),
        event("lsm_23", 102.5, user=ANN, ts_id=1, activity=CONSOLE),
        event("lsm_54", 102.6),
        event("winlogon_7002", 102.7, user=ANN, ts_id=1),
        event("security_1100", 103),
        event("kernel_13", 108.4, stated=108.4),
        event("eventlog_6005", 129.7),
        event("kernel_12", 118.8, stated=118.6),
        event("security_4608", 126.6),
    )
    assert told(made["sessions"], "end", "end_kind") == [(102.5, "logoff")]
    assert told(made["boots"], "start", "end", "end_kind") == [
        (-500, 108.4, "clean"), (118.6, None, None),
    ]


def test_a_crash_leaves_the_session_with_its_last_sign_of_life():
    """Section 2.1: nothing at the end; 41 and 6008 of the next boot."""
    made = build(
        event("kernel_12", -500, stated=-500),
        console_on(0, ANN, 0xA0010),
        event("security_4800", 300, user=ANN, luid=0xA0010, ts_id=1),
        event("kernel_12", 1_000, stated=999),
        event("power_41", 1_001),
        event("eventlog_6008", 1_002, stated=600),
    )
    assert told(made["sessions"], "end", "end_kind", "end_reason", "end_earliest",
                "end_latest") == [(600, "inferred", "crash", 300, 600)]


def test_a_dropped_network_and_the_clients_own_reconnect_are_two_sessions():
    """Section 2.7 (c): 40 and 24 come only when the new connection displaces the dead one."""
    old, new = activity(1), activity(2)
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("core_143", 600, reason=64, activity=old),
        rdp_knock(612, WS9, 2), rdp_auth(612.2, ANN, WS9, 2),
        event("lsm_40", 613, ts_id=2, reason=5, activity=new),
        event("security_4779", 613.1, user=ANN, luid=0xA0010, session_name="RDP-Tcp#1",
              name="KALI", address=WS9),
        event("lsm_24", 613.2, user=ANN, ts_id=2, address=WS9, activity=old),
        event("security_4634", 613.3, user=ANN, luid=nla_luid(1), logon_type=3),
        event("core_103", 613.3, reason=0, activity=old),
        event("security_4778", 613.8, user=ANN, luid=0xA0010, session_name="RDP-Tcp#2",
              name="KALI", address=WS9),
        event("lsm_25", 614, user=ANN, ts_id=2, address=WS9, activity=new),
    )
    assert told(made["sessions"], "opened_by", "start", "session", "end", "end_kind") == [
        ("logon", 0, 1.5, 613.2, "disconnect"), ("reconnect", 612, 614, None,
                                                 "open_at_end_of_log"),
    ]
    assert made["locals"].height == 1


def test_the_password_that_was_found_and_the_session_that_followed():
    """T13 [V:SZ], 2012 R2: brute force, a client that is gone, one that hangs, one that works."""
    def tried(at, number):
        return [*rdp_knock(at, WS9, number),
                event("security_4625", at + 0.1, user=ADM, logon_type=3, name="kali"),
                event("core_103", at + 0.2, reason=0, activity=activity(number))]

    def proven(at, number):
        return [*rdp_knock(at, WS9, number),
                event("security_4624", at + 0.1, user=ADM, luid=nla_luid(number), logon_type=3,
                      name="kali"),
                event("rcm_1149", at + 0.7, user=ADM, address=WS9, activity=activity(number))]

    made = build(
        *(tried(place * 0.25, place + 1) for place in range(12)),
        # the tool leaves before its desktop is made; T=2 hangs without anybody
        proven(10, 20),
        event("core_66", 10.75, session_name="RDP-Tcp#20", ts_id=2, activity=activity(20)),
        event("security_4634", 10.8, user=ADM, luid=nla_luid(20), logon_type=3),
        event("lsm_40", 10.95, ts_id=2, reason=0, activity=activity(20)),
        event("security_4624", 12, user=ADM, luid=0xA0010, logon_type=10, address=WS9),
        event("lsm_41", 12.1, user=ADM, ts_id=2, activity=activity(20)),
        event("lsm_42", 12.2, user=ADM, ts_id=2, activity=activity(20)),
        event("winlogon_7001", 12.2, user=ADM, ts_id=2),
        # a second one while it hangs: T=3, refused
        proven(30, 21),
        event("security_4624", 31, user=ADM, luid=0xA0020, logon_type=10, address=WS9),
        event("lsm_41", 31.1, user=ADM, ts_id=3, activity=activity(21)),
        event("security_4634", 38.3, user=ADM, luid=0xA0020, logon_type=10),
        event("lsm_40", 38.6, ts_id=3, reason=12, activity=activity(21)),
        event("security_4634", 38.8, user=ADM, luid=nla_luid(21), logon_type=3),
        event("security_4647", 42, user=ADM, luid=0xA0010),
        event("winlogon_7002", 42.1, user=ADM, ts_id=2),
        event("lsm_40", 42.3, ts_id=2, reason=12, activity=activity(20)),
        # the third one works
        rdp_on(60, ADM, 0xA0030, WS9, 22, ts=2),
        rdp_off(1_900, ADM, 0xA0030, WS9, 22, ts=2),
    )
    assert told(made["failure_runs"], "kind", "source_address", "count", "pattern") == [
        ("rdp", WS9, 12, "bruteforce")
    ]
    proven_ones = made["sessions"].filter(pl.col("outcome") != "failed")
    assert told(proven_ones, "outcome", "start", "session", "end", "end_kind") == [
        ("authenticated_no_shell", 10, None, 10.95, "attempt_over"),
        ("authenticated_no_shell", 30, None, 38.6, "attempt_over"),
        ("established", 60, 61.5, 1_900.02, "logoff"),
    ]
    assert told(made["locals"], "ts_id", "ordinal", "established") == [
        (2, 1, False), (3, 1, False), (2, 2, True),
    ]
    assert made["followed_by_success"]["session"].to_list() == proven_ones["id"].to_list()


def test_rdp_while_the_console_user_sits_there_on_a_server_are_two_desktops():
    """Section 2.7: another user; nobody is displaced."""
    made = build(console_on(0, ANN, 0xA0010, ts=1), rdp_on(60, BOB, 0xA0110, WS9, 1, ts=2))
    assert told(made["sessions"], "user", "kind", "end", "flags") == [
        (ANN, "console", None, []), (BOB, "rdp", None, []),
    ]


def test_an_administrator_who_logs_a_session_off_ends_it_as_a_logoff():
    """Section 2.8: `logoff n`: 40 {2}, 23; no 4647."""
    act = activity(1)
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("lsm_40", 100, ts_id=2, reason=2, activity=act),
        event("lsm_23", 100.4, user=ANN, ts_id=2),
        event("lsm_24", 100.5, user=ANN, ts_id=2, address=WS9, activity=act),
    )
    assert told(made["sessions"], "end", "end_kind", "end_reason") == [
        (100.4, "logoff", "api_logoff")
    ]


def test_restricted_admin_is_a_property_of_the_session():
    """Section 2.5: type 10 with RestrictedAdminMode=Yes."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1, restricted_admin=True))
    assert told(made["sessions"], "restricted_admin") == [(True,)]


def test_a_session_is_privileged_if_its_elevated_half_is():
    """R2.4: 4672 is written for the elevated LUID only."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1, linked=0xA0020, elevated=False),
        event("security_4624", 1, user=ANN, luid=0xA0020, linked=0xA0010, elevated=True,
              logon_type=10, address=WS9),
        event("security_4672", 0.99, user=ANN, luid=0xA0020),
    )
    assert told(made["sessions"], "luids", "privileged") == [(["0xa0010", "0xa0020"], True)]


def test_a_shared_account_from_two_places_at_once_is_two_sessions():
    """R5.2: exactly one source address a session."""
    made = build(
        rdp_on(0, ADM, 0xA0010, WS9, 1, ts=2), rdp_on(20, ADM, 0xA0110, WS8, 2, ts=3),
        rdp_close(60, ADM, 0xA0010, WS9, 1, ts=2), rdp_close(70, ADM, 0xA0110, WS8, 2, ts=3),
        rdp_back(100, ADM, 0xA0110, WS9, 3, ts=3), rdp_back(120, ADM, 0xA0010, WS8, 4, ts=2),
    )
    assert told(made["sessions"], "ts_id", "source_address", "opened_by", "end") == [
        (2, WS9, "logon", 60.1), (3, WS8, "logon", 70.1),
        (3, WS9, "reconnect", None), (2, WS8, "reconnect", None),
    ]


def test_the_client_port_of_a_connection_is_the_sessions():
    """R5.2: 131 has the port; the 4624 says 0."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1))
    assert told(made["sessions"], "source_port", "package") == [(50_001, "NTLM")]


def test_four_wrong_passwords_and_the_right_one_over_one_window_are_five_sessions():
    """R4.6, R5.3, R5.6: each failed one at its own moment, all from the one peer."""
    act = activity(1)
    made = build(
        rdp_knock(0, WS9, 1),
        event("core_66", 0.3, session_name="RDP-Tcp#1", ts_id=2, activity=act),
        *(event("security_4625", at, user=ANN, logon_type=10, address=WS9)
          for at in (5, 10, 15, 20)),
        event("security_4624", 30, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("lsm_41", 30.1, user=ANN, ts_id=2, activity=act),
        event("lsm_21", 30.5, user=ANN, ts_id=2, address=WS9, activity=act),
    )
    failed = made["sessions"].filter(pl.col("outcome") == "failed")
    assert told(failed, "start", "end", "source_address", "source_port") == [
        (at, at, WS9, 50_001) for at in (5, 10, 15, 20)
    ]
    assert told(made["failure_runs"], "kind", "count") == [("rdp", 4)]
    assert made["followed_by_success"].height == 1
    assert shown(made).height == 5


NAMES = ["LAB\\a|b%c", "LAB\\x'}) DETACH DELETE n //", "LAB\\</script>", "LAB\\\u202eann", "LAB\\-",
         "LAB\\" + "a" * 5_000]


@pytest.mark.parametrize("user", NAMES, ids=["separators", "cypher", "html", "rtl", "dash", "long"])
def test_a_name_is_data_whatever_it_holds(user):
    """Promise 5, DESIGN 4: `%` and `|` in a part of an id are escaped."""
    made = build(rdp_on(0, user, 0xA0010, WS9, 1),
                 event("security_4625", 60, user=user, logon_type=3, address=WS8, port=49_800))
    established = made["sessions"].filter(pl.col("outcome") == "established")
    assert established.height == 1
    [name] = established["id"].to_list()
    assert name.count("|") == made["sessions"].filter(pl.col("id") == name)["accesses"][0][0].count(
        "|")
    assert made["sessions"]["id"].is_unique().all()


def test_a_name_with_a_separator_cannot_forge_another_sessions_id():
    made = build(
        event("security_4625", 0, user="LAB\\a|10.0.0.9", logon_type=3, name="K"),
        event("security_4625", 0, user="LAB\\a", logon_type=3, address=WS9, port=49_800),
    )
    assert made["sessions"]["id"].n_unique() == 2


def test_the_services_of_a_users_own_logon_are_his_sessions_companions():
    """R2.6: per-user service 4697 → interactive session."""
    made = build(console_on(0, ANN, 0xA0010),
                 event("security_4697", 0.9, user=ANN, by=0xA0010, object="cbdhsvc_3f2a1",
                       detail="svchost.exe"))
    assert roles(made)["COMPANION"] == ["security_4697"]
