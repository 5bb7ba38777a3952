"""RDP connections: members, ends, Security events, stage: resolve.connections, attachments (R4)."""

from __future__ import annotations

import pytest
from events_inline import (
    CONSOLE,
    activity,
    build,
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
WS9, WS8 = "10.0.0.9", "10.0.0.8"
LISTENER = "F462BBBB-AAAA-BBBB-CCCC-000000000001"
HYPER_V = "0A1B2C3D-1111-2222-3333-444455556666"


def failed_knock(at, ip, number, *, over=0.3):
    """131, 65 and 102, 103: a contact that came to nothing."""
    act = activity(number)
    return [
        *rdp_knock(at, ip, number),
        event("core_102", at + over, activity=act),
        event("core_103", at + over, reason=0, activity=act),
    ]


# R4.1: one ActivityID, one connection


def test_events_of_three_channels_with_one_activity_id_are_one_connection():
    """R4.1: and its attributes come from all of them."""
    act = activity(1)
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("core_104", 0.8, detail="[-7]", activity=act),
        event("core_169", 0.8, detail="1", verb="3", activity=act),
        rdp_off(60, ANN, 0xA0010, WS9, 1),
    )
    assert told(made["connections"], "activity_id", "address", "port", "session_name", "ts_id",
                "user", "client_time_zone", "stage", "start", "end") == [
        (act, WS9, 50_001, "RDP-Tcp#1", 2, ANN, "-7", "established", 0, 60.4)
    ]


NO_CONNECTION = [
    pytest.param([event("lsm_21", 0, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE)],
                 id="61A55000, every console"),
    pytest.param([event("rcm_258", 0, session_name="RDP-Tcp", activity=LISTENER)],
                 id="F462, the listener"),
    pytest.param([event("lsm_40", 0, ts_id=1, reason=5, activity=CONSOLE)], id="console's 40"),
]


@pytest.mark.parametrize("events", NO_CONNECTION)
def test_constant_and_listener_activity_ids_are_no_connections(events):
    """R4.1."""
    assert build(events)["connections"].is_empty()


def test_a_hyper_v_enhanced_session_is_a_connection_too():
    """R4.1: any other GUID; its 21 has no address."""
    made = build(
        event("lsm_41", 0, user=ANN, ts_id=2, activity=HYPER_V),
        event("lsm_21", 0.5, user=ANN, ts_id=2, activity=HYPER_V),
        event("lsm_24", 50, user=ANN, ts_id=2, activity=HYPER_V),
    )
    assert made["connections"]["activity_id"].to_list() == [HYPER_V]
    assert told(made["sessions"], "kind", "source_class", "source_address", "end") == [
        ("rdp", "unknown", None, 50)
    ]


def test_the_udp_side_channel_is_no_connection_of_its_own():
    """Section 1.6: 131 UDP has another ActivityID."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("core_131", 2, verb="UDP", address=f"[{WS9}]:50002", activity=activity(77)),
    )
    assert made["connections"].height == 1


def test_two_consoles_are_never_joined_by_their_constant():
    """R4.1, finding 1: two users at the console share 61A55000."""
    made = build(
        console_on(0, ANN, 0xA0010, ts=1),
        event("lsm_24", 50, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        console_on(60, BOB, 0xA0020, ts=2),
        event("lsm_23", 90, user=BOB, ts_id=2, activity=CONSOLE),
    )
    assert told(made["sessions"], "user", "kind", "start", "end") == [
        (ANN, "console", 0, 50), (BOB, "console", 60, 90),
    ]


# R4.2: who is ended


def takeover(ip, activity_of_end, *, end_after=False):
    """ann's RDP session from WS9 is taken over by ann from `ip` on a new connection."""
    new, at = activity(2), 210.6 if not end_after else 212
    return [
        *rdp_on(0, ANN, 0xA0010, WS9, 1),
        *rdp_knock(200, ip, 2),
        *rdp_auth(209, ANN, ip, 2),
        event("lsm_40", 210, ts_id=2, reason=5, activity=activity_of_end),
        event("security_4779", 210.5, user=ANN, luid=0xA0010, session_name="RDP-Tcp#1",
              name="KALI", address=WS9),
        event("lsm_24", at, user=ANN, ts_id=2, address=WS9, activity=activity_of_end),
        event("security_4634", 210.7, user=ANN, luid=nla_luid(1), logon_type=3),
        event("security_4778", 211, user=ANN, luid=0xA0010, session_name="RDP-Tcp#2",
              name="OTHER", address=ip),
        event("lsm_25", 211.2, user=ANN, ts_id=2, address=ip, activity=new),
        *rdp_close(500, ANN, 0xA0010, ip, 2, name="OTHER"),
    ]


@pytest.mark.parametrize("end_by", [1, 2], ids=["old ActivityID on 40/24", "new ActivityID"])
@pytest.mark.parametrize("ip", [WS8, WS9], ids=["from elsewhere", "from the same address"])
def test_a_takeover_ends_the_connection_before_it(ip, end_by):
    """R4.2, section 2.7 (c)."""
    made = build(takeover(ip, activity(end_by)))
    assert told(made["sessions"], "source_address", "opened_by", "session", "end", "end_kind",
                "end_reason", "flags") == [
        (WS9, "logon", 1.5, 210.6, "disconnect", "displaced", []),
        (ip, "reconnect", 211.2, 500.1, "disconnect", "client_closed_or_network", ["takeover"]),
    ]


def test_the_events_of_a_takeover_end_the_old_session_and_displace_in_the_new():
    """R4.2, R5.10: 40 {5}, 24 and 4779 serve both sessions, each in its own role."""
    made = build(takeover(WS8, activity(2)))
    assert [kind for kind in roles(made, 0)["DISCONNECT"]
            if kind in ("lsm_40", "lsm_24", "security_4779")] == [
        "lsm_40", "security_4779", "lsm_24",
    ]
    assert sorted(roles(made, 1)["DISPLACED_BY"]) == ["lsm_24", "lsm_40", "security_4779"]


def test_an_end_that_is_written_after_the_new_beginning_still_ends_the_old_session():
    """R4.2: 24 with the old client's address, a second after 25."""
    made = build(takeover(WS8, activity(2), end_after=True))
    assert told(made["sessions"], "source_address", "end") == [(WS9, 212), (WS8, 500.1)] or (
        told(made["sessions"], "source_address", "end") == [(WS9, 210.5), (WS8, 500.1)]
    )


def test_a_4779_ends_the_connection_whose_session_name_it_bears():
    """R4.2, R4.4: a Security log alone; the old name's end is logged after the new name's 4778."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("security_4778", 50, user=ANN, luid=0xA0010, session_name="RDP-Tcp#1", name="A",
              address=WS9),
        event("security_4778", 100, user=ANN, luid=0xA0010, session_name="RDP-Tcp#2", name="B",
              address=WS8),
        event("security_4779", 101, user=ANN, luid=0xA0010, session_name="RDP-Tcp#1", name="A",
              address=WS9),
        event("security_4779", 300, user=ANN, luid=0xA0010, session_name="RDP-Tcp#2", name="B",
              address=WS8),
    )
    ends = dict(told(made["sessions"], "source_address", "end")[-2:])
    assert ends == {WS9: 101, WS8: 300}


def test_console_taken_over_by_rdp_and_back_is_three_sessions_on_one_desktop():
    """R4.2, R5.8, section 2.7 (b) and (d)."""
    made = build(
        console_on(0, ANN, 0xA0010, ts=1),
        rdp_knock(100, WS9, 1),
        rdp_auth(100.1, ANN, WS9, 1),
        event("lsm_40", 101, ts_id=1, reason=5, activity=CONSOLE),
        event("lsm_24", 101.1, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        event("lsm_25", 102, user=ANN, ts_id=1, address=WS9, activity=activity(1)),
        event("lsm_40", 200, ts_id=1, reason=5, activity=activity(1)),
        event("lsm_24", 200.1, user=ANN, ts_id=1, address=WS9, activity=activity(1)),
        event("lsm_25", 201, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        event("lsm_23", 300, user=ANN, ts_id=1, activity=CONSOLE),
    )
    assert told(made["sessions"], "kind", "opened_by", "session", "end", "end_kind") == [
        ("console", "logon", 0.5, 101.1, "disconnect"),
        ("rdp", "reconnect", 102, 200.1, "disconnect"),
        ("console", "reconnect", 201, 300, "logoff"),
    ]
    assert made["locals"].height == 1


# R4.3: without ActivityIDs


def old_build(at, user, ip, *, reach=0.9, ts=2, luid=0xA0010):
    """Windows 7 or 2008 R2: no ActivityID anywhere, no RdpCoreTS log."""
    return [
        event("rcm_261", at, session_name="RDP-Tcp"),
        event("rcm_1149", at + 0.5, user=user, address=ip),
        event("security_4624", at + reach - 0.3, user=user, luid=luid, logon_type=10, address=ip),
        event("lsm_41", at + reach - 0.2, user=user, ts_id=ts),
        event("lsm_21", at + reach, user=user, ts_id=ts, address=ip),
    ]


def test_without_activity_ids_nearest_events_of_one_user_and_address_are_chained():
    """R4.3."""
    made = build(old_build(0, ANN, WS9), event("lsm_24", 90, user=ANN, ts_id=2, address=WS9))
    assert told(made["sessions"], "kind", "start", "auth", "session", "end") == [
        ("rdp", 0, 0.5, 0.9, 90)
    ]
    assert roles(made)["CONNECT"] == ["rcm_261"]
    assert roles(made)["AUTH_OK"] == ["rcm_1149"]


def test_a_chain_waits_for_a_person_at_the_prompt():
    """R4.3, W_arb: up to 180 s from 1149 to 21 where the 21 exists."""
    made = build(old_build(0, ANN, WS9, reach=170))
    assert told(made["sessions"], "auth", "session") == [(0.5, 170)]


@pytest.mark.parametrize(
    ("user", "ip"), [(BOB, WS9), (ANN, WS8)], ids=["another user", "another address"]
)
def test_a_chain_never_joins_another_user_or_address(user, ip):
    """R4.3."""
    made = build(
        event("rcm_261", 0, session_name="RDP-Tcp"),
        event("rcm_1149", 0.5, user=user, address=ip),
        event("lsm_21", 1, user=ANN, ts_id=2, address=WS9),
    )
    assert sorted(told(made["sessions"], "user", "source_address", "outcome")) == sorted(
        [(user, ip, "authenticated_no_shell"), (ANN, WS9, "established")]
    )


def test_each_event_is_used_by_one_chain_only():
    """R4.3: two users log on one after the other; each keeps its own contact."""
    made = build(old_build(0, ANN, WS9), old_build(20, BOB, WS8, ts=3, luid=0xA0110))
    assert told(made["sessions"], "user", "start", "auth", "session") == [
        (ANN, 0, 0.5, 0.9), (BOB, 20, 20.5, 20.9),
    ]


def test_two_contacts_within_two_seconds_are_ambiguous():
    """R4.3: both are kept, confidence goes down."""
    made = build(old_build(0, ANN, WS9), old_build(0.2, BOB, WS8, ts=3, luid=0xA0110))
    assert sorted(told(made["sessions"], "user", "flags")) == [
        (ANN, ["ambiguous"]), (BOB, ["ambiguous"]),
    ]


def test_a_name_with_another_realm_is_the_same_user_in_a_chain():
    """N7, R4.3: names are compared by their account part where the realm is a UPN or empty."""
    made = build(
        event("rcm_1149", 0, user="ann@lab.example", address=WS9),
        event("lsm_21", 1, user=ANN, ts_id=2, address=WS9),
    )
    assert told(made["sessions"], "auth", "session") == [(0, 1)]


# R4.4: Security events


def test_a_recycled_session_name_joins_by_time():
    """R4.4: names are live only while their connection is."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_off(50, ANN, 0xA0010, WS9, 1, ts=2),
        rdp_on(100, BOB, 0xA0110, WS8, 2, ts=3),
        event("core_65", 100.02, session_name="RDP-Tcp#1", activity=activity(2)),
        event("security_4779", 200, user=BOB, luid=0xA0110, session_name="RDP-Tcp#1", name="B",
              address=WS8),
        event("lsm_24", 200.1, user=BOB, ts_id=3, address=WS8, activity=activity(2)),
    )
    assert told(made["sessions"], "user", "end", "source_name") == [
        (ANN, 50.02, None), (BOB, 200.1, "B"),
    ]


def test_the_type_10_of_a_desktop_goes_to_its_connection():
    """R4.4: by user and IP within 30 s, never to a connection of another."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1, ts=2), rdp_on(3, BOB, 0xA0110, WS8, 2, ts=3))
    assert told(made["sessions"], "user", "luids", "byproduct_luids") == [
        (ANN, ["0xa0010"], [hex(nla_luid(1))]), (BOB, ["0xa0110"], [hex(nla_luid(2))]),
    ]


def test_a_denied_desktop_is_joined_by_the_precursors_luid():
    """R4.4: 4825 carries the LUID of the type 3; the credentials were right."""
    made = build(
        rdp_knock(0, WS9, 1),
        rdp_auth(0.1, ANN, WS9, 1),
        event("security_4825", 1, user=ANN, luid=nla_luid(1), address=WS9),
        event("lsm_40", 1.2, ts_id=2, reason=9, activity=activity(1)),
        event("core_103", 1.3, reason=14, activity=activity(1)),
        also=["lsm"],
    )
    assert told(made["sessions"], "kind", "outcome", "user", "source_address") == [
        ("rdp", "denied", ANN, WS9)
    ]


def test_a_denial_of_which_only_the_4825_is_left_is_a_denied_attempt():
    """R5.6: every 4825 is one."""
    made = build(event("security_4825", 1, user=ANN, luid=nla_luid(1), address=WS9))
    assert told(made["sessions"], "kind", "outcome", "user", "source_address") == [
        ("rdp", "denied", ANN, WS9)
    ]


@pytest.mark.parametrize("number", [3, 10], ids=["NLA: type 3", "no NLA: type 10"])
def test_a_wrong_password_is_one_attempt_in_two_channels(number):
    """R4.4, R5.6: 140 and 4625 of one connection."""
    act = activity(1)
    made = build(
        rdp_knock(0, WS9, 1),
        event("core_140", 1.2, address=WS9, activity=act),
        event("security_4625", 1.3, user=ANN, logon_type=number, address=WS9, port=0),
        event("core_103", 2.5, reason=14, activity=act),
    )
    assert told(made["sessions"], "kind", "outcome", "attempted_user", "source_address",
                "source_port", "failure_status") == [
        ("rdp", "failed", ANN, WS9, 50_001, "0xc000006a")
    ]
    assert roles(made)["AUTH_FAIL"] == ["core_140", "security_4625"]


def test_an_attempt_whose_131_is_lost_is_still_one():
    """R4.4: 4625 by address to the 140 of a connection that nothing else names."""
    act = activity(1)
    made = build(
        event("core_65", 0.01, session_name="RDP-Tcp#1", activity=act),
        event("core_140", 1.2, address=WS9, activity=act),
        event("security_4625", 1.3, user=ANN, logon_type=3, address=WS9, port=0),
        event("core_103", 2.5, reason=14, activity=act),
    )
    assert told(made["sessions"], "kind", "attempted_user", "source_address", "source_port") == [
        ("rdp", ANN, WS9, None)
    ]


# R4.6: the ladder


def test_a_probe_is_no_session():
    """R4.6: a bare 261; 131 with 139; a logon screen opened and closed."""
    made = build(
        event("rcm_261", 0, session_name="RDP-Tcp", activity=activity(1)),
        failed_knock(10, WS9, 2),
        event("core_139", 10.1, address=WS9, status="0x80090304", activity=activity(2)),
        rdp_knock(20, WS8, 3),
        event("core_66", 20.3, session_name="RDP-Tcp#3", ts_id=2, activity=activity(3)),
        event("lsm_40", 25, ts_id=2, reason=0, activity=activity(3)),
        event("core_103", 25.1, reason=0, activity=activity(3)),
        also=["security"],
    )
    assert told(made["connections"], "address", "stage") == [
        (None, "probe"), (WS9, "probe"), (WS8, "probe"),
    ]
    assert made["sessions"].is_empty()


def test_a_1149_without_a_user_is_a_contact_only():
    """R4.6: without NLA it is written before anyone has typed anything."""
    made = build(
        rdp_knock(0, WS9, 1),
        event("rcm_1149", 1, address=WS9, activity=activity(1)),
        event("core_103", 9, reason=0, activity=activity(1)),
        also=["security", "lsm"],
    )
    assert told(made["connections"], "stage") == [("probe",)]
    assert made["sessions"].is_empty()


def test_a_1149_without_a_user_that_led_to_a_session_is_its_contact():
    """R4.6: its role is CONNECT, not AUTH_OK."""
    act = activity(1)
    made = build(
        rdp_knock(0, WS9, 1),
        event("rcm_1149", 1, address=WS9, activity=act),
        event("security_4624", 20, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("lsm_41", 20.1, user=ANN, ts_id=2, activity=act),
        event("lsm_21", 20.5, user=ANN, ts_id=2, address=WS9, activity=act),
    )
    assert "rcm_1149" in roles(made)["CONNECT"]
    assert "AUTH_OK" not in roles(made)
    assert told(made["sessions"], "start", "auth", "session") == [(0, 20, 20.5)]


@pytest.mark.parametrize(
    ("build_number", "stage"),
    [("6002", "probe"), ("7601", "probe"), ("9600", "authenticated_no_shell"),
     ("17763", "authenticated_no_shell")],
)
def test_a_1149_proves_a_password_only_since_windows_8(build_number, stage):
    """R4.6: on a build below 9200 a 1149 by itself is below the bar."""
    made = build(
        event("kernel_12", -600, stated=-600, os_build=build_number),
        event("rcm_261", 0, session_name="RDP-Tcp", activity=activity(1)),
        event("rcm_1149", 1, user=ANN, address=WS9, activity=activity(1)),
        also=["security", "lsm"],
    )
    assert told(made["connections"], "stage") == [(stage,)]
    assert made["sessions"].height == (stage != "probe")


NO_SHELL = [
    pytest.param([], 1.3, id="1149, no desktop"),
    pytest.param([event("lsm_41", 0.9, user=ANN, ts_id=2, activity=activity(1)),
                  event("lsm_42", 0.95, user=ANN, ts_id=2, activity=activity(1)),
                  event("lsm_40", 1.1, ts_id=2, reason=7, activity=activity(1))], 1.1,
                 id="licence refusal: 41, 42, 40 {7}"),
]


@pytest.mark.parametrize(("more", "end"), NO_SHELL)
def test_neither_1149_nor_41_proves_a_desktop(more, end):
    """R4.6, finding 14."""
    made = build(
        rdp_knock(0, WS9, 1), rdp_auth(0.1, ANN, WS9, 1), more,
        event("core_103", 1.3, reason=14, activity=activity(1)), also=["lsm"],
    )
    assert told(made["connections"], "stage") == [("authenticated_no_shell",)]
    assert told(made["sessions"], "outcome", "start", "auth", "session", "end", "end_kind") == [
        ("authenticated_no_shell", 0, 0.6, None, end, "attempt_over")
    ]


def test_a_network_logon_inside_a_connection_proves_the_password_without_1149():
    """R4.6: `authenticated_no_shell` (1149 or 4624 type 3, no 21 or 25)."""
    made = build(
        rdp_knock(0, WS9, 1),
        event("security_4624", 0.1, user=ANN, luid=0x90100, logon_type=3, address=WS9, port=0),
        event("security_4634", 0.8, user=ANN, luid=0x90100, logon_type=3),
        event("core_103", 1, reason=0, activity=activity(1)),
        also=["lsm", "rcm"],
    )
    assert told(made["sessions"], "kind", "outcome", "byproduct_luids") == [
        ("rdp", "authenticated_no_shell", ["0x90100"])
    ]


@pytest.mark.parametrize(
    "core", [True, False], ids=["RdpCoreTS and RCM", "RCM"]
)
def test_where_lsm_does_not_cover_a_1149_alone_is_authenticated(core):
    """R4.6: no_shell cannot be told from established."""
    contact = rdp_knock(0, WS9, 1) if core else []
    made = build(contact, event("rcm_1149", 0.6, user=ANN, address=WS9, activity=activity(1)))
    assert told(made["sessions"], "outcome", "flags") == [
        ("authenticated", ["lsm_not_covering", "security_not_covering"])
    ]


SPEAKS = [
    pytest.param([], "established", id="the LUID outlives ten seconds"),
    pytest.param([event("security_4634", 3, user=ANN, luid=0xA0010, logon_type=10)],
                 "authenticated", id="a brief LUID says nothing"),
    pytest.param([event("security_4647", 2, user=ANN, luid=0xA0010),
                  event("security_4634", 3, user=ANN, luid=0xA0010, logon_type=10)],
                 "established", id="4647"),
    pytest.param([event("security_4800", 2, user=ANN, luid=0xA0010, ts_id=2),
                  event("security_4634", 3, user=ANN, luid=0xA0010, logon_type=10)],
                 "established", id="4800"),
    pytest.param([event("security_4688", 2, user=ANN, by=0xA0010, luid=None,
                        process=r"C:\Windows\explorer.exe"),
                  event("security_4634", 3, user=ANN, luid=0xA0010, logon_type=10)],
                 "established", id="a process, 4688"),
]


@pytest.mark.parametrize(("signs", "outcome"), SPEAKS)
def test_where_lsm_does_not_cover_something_else_must_speak_for_a_desktop(signs, outcome):
    """R4.6."""
    made = build(
        rdp_auth(0.1, ANN, WS9, 1),
        event("security_4624", 1, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        signs,
        event("security_4672", 900, user=BOB, luid=0xA0F00),
    )
    [row] = told(made["sessions"].filter(made["sessions"]["kind"] == "rdp"), "outcome", "flags")
    assert row[0] == outcome
    assert "lsm_not_covering" in row[1]


def test_one_connection_holds_several_attempts_and_a_success():
    """R4.6, R5.3, R5.6: without NLA a person types three times over one connection."""
    act = activity(1)
    made = build(
        rdp_knock(0, WS9, 1),
        event("security_4625", 10, user=ANN, logon_type=10, address=WS9),
        event("security_4625", 20, user=ANN, logon_type=10, address=WS9),
        event("security_4624", 30, user=ANN, luid=0xA0010, logon_type=10, address=WS9),
        event("lsm_41", 30.1, user=ANN, ts_id=2, activity=act),
        event("lsm_21", 30.5, user=ANN, ts_id=2, address=WS9, activity=act),
        rdp_off(90, ANN, 0xA0010, WS9, 1),
    )
    assert told(made["sessions"].sort("session_us", "start_us", nulls_last=False), "outcome",
                "start", "session", "end") == [
        ("failed", 10, None, 10), ("failed", 20, None, 20), ("established", 0, 30.5, 90.02),
    ]
    success = made["sessions"]["outcome"].to_list().index("established")
    assert roles(made, success)["CONNECT"][:2] == ["core_131", "rcm_261"]
    assert "CONNECT" not in roles(made, 1 if success != 1 else 0)


def test_one_connection_with_several_wrong_passwords_is_as_many_attempts():
    """R4.6, R5.3: each has start = end = its 4625; the first has the CONNECT."""
    act = activity(1)
    made = build(
        rdp_knock(0, WS9, 1),
        *(event("security_4625", at, user=ANN, logon_type=10, address=WS9) for at in (5, 9, 13)),
        event("core_103", 15, reason=0, activity=act),
    )
    assert told(made["sessions"], "outcome", "start", "end", "source_port") == [
        ("failed", 5, 5, 50_001), ("failed", 9, 9, 50_001), ("failed", 13, 13, 50_001),
    ]
    assert [("CONNECT" in roles(made, place)) for place in (0, 1, 2)] == [True, False, False]


def test_the_broker_that_redirects_leaves_a_hidden_session():
    """R4.6: SessionBroker-Client 1307 after 131, type 3, 1149 and no 21."""
    made = build(
        rdp_knock(0, WS9, 1), rdp_auth(0.1, ANN, WS9, 1),
        event("broker_1307", 1, user=ANN, server="rds2.lab"),
        event("core_103", 1.5, reason=0, activity=activity(1)), also=["lsm"],
    )
    assert told(made["sessions"], "end_reason", "hidden") == [
        ("redirected_by_broker", "redirected")
    ]


def test_a_reconnect_that_was_refused_is_an_attempt_without_a_shell():
    """R4.6: the desktop is ann's and stays disconnected; her second connection comes to nothing."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1), rdp_close(50, ANN, 0xA0010, WS9, 1),
        rdp_knock(100, WS9, 2), rdp_auth(100.1, ANN, WS9, 2),
        event("core_103", 101, reason=0, activity=activity(2)),
    )
    assert told(made["sessions"], "outcome", "start", "end") == [
        ("established", 0, 50.1), ("authenticated_no_shell", 100, 101),
    ]


# R4.7: containment


def test_a_failure_without_an_address_takes_it_from_the_connection_around_it():
    """R4.7, finding 13: 2012 R2 logs `-`; the connection's 131 has IP and port."""
    made = build(
        failed_knock(0, WS9, 1),
        event("security_4625", 0.11, user=ANN, logon_type=3, name="kali"),
        failed_knock(1, WS9, 2),
        event("security_4625", 1.11, user=ANN, logon_type=3, name="kali"),
    )
    assert told(made["sessions"], "kind", "source_address", "source_port", "source_name") == [
        ("rdp", WS9, 50_001, "kali"), ("rdp", WS9, 50_002, "kali"),
    ]
    assert set(made["links"].filter(made["links"]["role"] == "AUTH_FAIL")["how"]) == {"contained"}


def test_of_two_connections_around_it_the_nearest_is_taken_with_less_confidence():
    """R4.7: nearest 131 within two seconds, confidence -10."""
    made = build(
        rdp_knock(0, WS8, 1), event("core_103", 9, reason=0, activity=activity(1)),
        failed_knock(4, WS9, 2),
        event("security_4625", 4.11, user=ANN, logon_type=3, name="kali"),
    )
    [row] = told(made["sessions"], "source_address", "confidence_source")
    assert row[0] == WS9
    sure = build(failed_knock(4, WS9, 2),
                 event("security_4625", 4.11, user=ANN, logon_type=3, name="kali"))
    assert row[1] == sure["sessions"]["confidence_source"][0] - 10


def test_of_several_connections_around_it_none_near_gives_no_address():
    """R4.7: more than two seconds after the nearest 131."""
    made = build(
        rdp_knock(0, WS8, 1), event("core_103", 9, reason=0, activity=activity(1)),
        rdp_knock(1, WS9, 2), event("core_103", 9, reason=0, activity=activity(2)),
        event("security_4625", 6, user=ANN, logon_type=3, name="kali"),
    )
    assert told(made["sessions"], "source_address", "source_name") == [(None, "kali")]


def test_a_failure_outside_any_connection_has_no_address():
    """R4.7: it is a network logon that failed."""
    made = build(
        failed_knock(0, WS9, 1),
        event("security_4625", 30, user=ANN, logon_type=3, name="kali"),
    )
    assert told(made["sessions"], "kind", "source_address", "source_name") == [
        ("network", None, "kali")
    ]


def test_a_success_without_an_address_takes_it_from_the_connection_around_it():
    """R4.7: the NLA 4624 type 3 of 2012 R2."""
    made = build(
        rdp_knock(0, WS9, 1),
        event("security_4624", 0.11, user=ANN, luid=0x90100, logon_type=3, name="kali"),
        event("security_4634", 0.9, user=ANN, luid=0x90100, logon_type=3),
        event("core_103", 1, reason=0, activity=activity(1)),
        also=["lsm", "rcm"],
    )
    assert told(made["sessions"], "kind", "source_address", "source_name") == [
        ("rdp", WS9, "kali")
    ]
    assert logon(made, 0x90100)["byproduct_rule"] == "R4.7"


def test_a_failure_over_smb_inside_somebody_elses_rdp_session_is_no_rdp_attempt():
    """R4.7 is about `-`: an address of its own that is not the connection's stands."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("security_4625", 100, user=BOB, logon_type=3, address=WS8, port=49_800),
    )
    failed = shown(made).filter(shown(made)["outcome"] == "failed")
    assert told(failed, "kind", "source_address", "source_port") == [("network", WS8, 49_800)]


def test_a_failure_over_smb_from_the_client_of_an_open_rdp_session_is_no_rdp_attempt():
    """R4.4: by IP only within 5 s of a 140; hours later, with a port, it is SMB."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("security_4625", 3_600, user=BOB, logon_type=3, address=WS9, port=49_800),
        rdp_close(7_200, ANN, 0xA0010, WS9, 1),
    )
    failed = shown(made).filter(shown(made)["outcome"] == "failed")
    assert told(failed, "kind", "source_address", "source_port") == [("network", WS9, 49_800)]


def test_a_local_failure_inside_somebody_elses_rdp_session_is_no_rdp_attempt():
    """R4.7: an application's own LogonUser has no address either, but is no NLA."""
    made = build(
        rdp_on(0, ANN, 0xA0010, WS9, 1),
        event("security_4625", 100, user=BOB, logon_type=3, logon_process="Advapi  ",
              process=r"C:\inetpub\w3wp.exe"),
        rdp_back(300, ANN, 0xA0010, WS9, 2),
    )
    failed = shown(made).filter(shown(made)["outcome"] == "failed")
    assert told(failed, "kind", "source_address") == [("network", None)]
