"""Network logons of one user and source as one session: graphsess.derive.coalescing (R5.7)."""

from __future__ import annotations

import pytest
from events_inline import activity as connection
from events_inline import (
    boot_activity,
    build,
    console_off,
    console_on,
    event,
    rdp_auth,
    rdp_knock,
    rdp_on,
    roles,
    shown,
    told,
)

from graphsess.settings import Settings

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9, WS8 = "10.0.0.9", "10.0.0.8"
GUID = "11111111-2222-3333-4444-555555555555"
OTHER_GUID = "99999999-2222-3333-4444-555555555555"


def came(at, luid, user=ANN, **given):
    """A network logon over SMB or RPC."""
    return event("security_4624", at, user=user, luid=luid,
                 **{"logon_type": 3, "address": WS9, "port": 49_000 + luid % 1000} | given)


def quiet(at, luid, user=ANN, **given):
    """A network logon without an address, as WinRM makes it."""
    return came(at, luid, user, **{"address": None, "port": None} | given)


def ran(at, luid, *, by=None, parent=r"C:\Windows\explorer.exe", image=r"C:\a.exe"):
    """A process under a network logon's LUID: 4688 with it as target."""
    return event("security_4688", at, user=ANN, luid=luid, by=by or 0x3E4, process=image,
                 parent_process=parent)


def by_wmi(at, luid):
    return ran(at, luid, parent=r"C:\Windows\System32\wbem\WmiPrvSE.exe")


def by_winrm(at, luid):
    return ran(at, luid, image=r"C:\Windows\System32\wsmprovhost.exe")


def gone(at, luid):
    return event("security_4634", at, user=ANN, luid=luid, logon_type=3)


def groups(made):
    return told(made["sessions"], "kind", "luids")


GAPS = [
    pytest.param(300, 1, id="300 s after the last sign: one session"),
    pytest.param(300.1, 2, id="a moment later: two"),
]


@pytest.mark.parametrize(("gap", "count"), GAPS)
def test_logons_within_five_idle_minutes_are_one_session(gap, count):
    """W_net counts from the end or the last activity so far."""
    made = build(came(0, 0xA0010), gone(40, 0xA0010), came(40 + gap, 0xA0020))
    assert made["sessions"].height == count


def test_activity_keeps_a_session_going():
    made = build(
        came(0, 0xA0010),
        event("security_5145", 250, user=ANN, by=0xA0010, address=WS9, object=r"\\*\C$"),
        event("security_5145", 500, user=ANN, by=0xA0010, address=WS9, object=r"\\*\C$"),
        came(790, 0xA0020),
    )
    assert told(made["sessions"], "luids", "start") == [(["0xa0010", "0xa0020"], 0)]


def test_a_logon_that_began_before_the_last_one_ended_merges():
    """A negative gap."""
    made = build(came(0, 0xA0010), came(10, 0xA0020), gone(12, 0xA0020), gone(2_000, 0xA0010),
                 came(2_200, 0xA0030))
    assert groups(made) == [("network", ["0xa0010", "0xa0020", "0xa0030"])]


APART = [
    pytest.param({"user": BOB}, id="another user"),
    pytest.param({"address": WS8}, id="another source"),
    pytest.param({"logon_type": 8}, id="another kind: clear text"),
]


@pytest.mark.parametrize("other", APART)
def test_what_differs_in_user_source_or_kind_never_merges(other):
    assert build(came(0, 0xA0010), came(30, 0xA0020, **other))["sessions"].height == 2


def test_logons_of_two_boots_never_merge():
    """R1: LUIDs and sessions end with their boot."""
    made = build(
        came(0, 0xA0010, activity=boot_activity(-500)),
        came(60, 0xA0010, activity=boot_activity(50)),
    )
    assert told(made["sessions"], "boot", "luids") == [(0, ["0xa0010"]), (1, ["0xa0010"])]


def test_a_session_lasts_a_day_at_most():
    """R5.7: 24 h cap."""
    made = build(came(0, 0xA0010), [came(hours * 3_600, 0xA0010 + hours)
                                    for hours in range(1, 30)],
                 settings=Settings(network_s=4_000))
    assert [len(luids) for _, luids in groups(made)] == [24, 6]


def test_source_port_is_the_first_members():
    made = build(came(0, 0xA0010, port=50_001), came(1, 0xA0020, port=50_000))
    assert told(made["sessions"], "source_port") == [(50_001,)]


def test_the_members_are_listed_and_the_session_bears_the_first_ones_name():
    made = build(came(0, 0xA0010), came(1, 0xA0020))
    [row] = made["sessions"].to_dicts()
    assert row["accesses"] == made["accesses"]["id"].to_list()
    assert row["id"] == row["accesses"][0].replace("access|", "session|")
    assert roles(made)["SESSION_CREATE"] == ["security_4624", "security_4624"]


# Bursts and their kind


def test_the_four_logons_of_a_wmi_call_are_one_wmi_session():
    """R5.7 (T8): the most specific kind that any member shows."""
    made = build(
        [came(place / 10, 0xA0010 + place, logon_guid=GUID) for place in range(4)],
        by_wmi(1, 0xA0012), [gone(11 + place, 0xA0010 + place) for place in (0, 1, 3)],
    )
    assert groups(made) == [("wmi", ["0xa0010", "0xa0011", "0xa0012", "0xa0013"])]


def test_winrm_is_more_specific_than_wmi():
    made = build(came(0, 0xA0010), came(1, 0xA0020), by_wmi(2, 0xA0010), by_winrm(3, 0xA0020))
    assert [kind for kind, _ in groups(made)] == ["winrm"]


def test_kinds_that_show_themselves_never_merge():
    """R5.7: a WMI call and a share within five minutes."""
    made = build(
        came(0, 0xA0010), by_wmi(1, 0xA0010),
        came(60, 0xA0020),
        event("security_5140", 60.1, user=ANN, by=0xA0020, address=WS9, object=r"\\*\C$"),
    )
    assert groups(made) == [("wmi", ["0xa0010"]), ("network", ["0xa0020"])]


def test_an_equal_logon_guid_is_one_burst_however_late():
    """R5.7: bursts are by LogonGuid, or within five seconds."""
    made = build(came(0, 0xA0010, logon_guid=GUID), came(400, 0xA0020, logon_guid=GUID))
    assert groups(made) == [("network", ["0xa0010", "0xa0020"])]


def test_an_equal_logon_guid_is_one_burst_with_others_between():
    """R5.7: whatever lies between; its WMI process makes the whole burst wmi."""
    made = build(
        came(0, 0xA0010, logon_guid=GUID),
        came(20, 0xA0020, logon_guid=OTHER_GUID),
        event("security_5140", 20.1, user=ANN, by=0xA0020, address=WS9, object=r"\\*\C$"),
        came(40, 0xA0030, logon_guid=GUID), by_wmi(41, 0xA0030),
    )
    assert sorted(groups(made)) == [("network", ["0xa0020"]), ("wmi", ["0xa0010", "0xa0030"])]


def test_an_equal_logon_guid_is_one_burst_over_hours_of_others():
    """R5.7: and what lies inside the burst is of its session."""
    made = build(
        came(0, 0xA0010, logon_guid=GUID), came(400, 0xA0020, logon_guid=OTHER_GUID),
        came(800, 0xA0030, logon_guid=GUID),
    )
    assert groups(made) == [("network", ["0xa0010", "0xa0020", "0xa0030"])]


# No address: WinRM


def test_a_null_address_logon_joins_an_addressed_one_of_its_burst():
    """R5.7: same user, within the burst."""
    made = build(came(0, 0xA0010), quiet(3, 0xA0020), by_winrm(4, 0xA0020))
    assert told(made["sessions"], "kind", "source_address", "luids") == [
        ("winrm", WS9, ["0xa0010", "0xa0020"])
    ]


def test_a_null_address_logon_joins_an_addressed_one_by_logon_guid():
    """R5.7: equal LogonGuid, two minutes later."""
    made = build(came(0, 0xA0010, logon_guid=GUID), quiet(120, 0xA0020, logon_guid=GUID),
                 by_winrm(121, 0xA0020))
    assert told(made["sessions"], "source_address", "luids") == [(WS9, ["0xa0010", "0xa0020"])]


NO_JOIN = [
    pytest.param({"at": 30}, id="outside the burst, no GUID"),
    pytest.param({"at": 30, "logon_guid": OTHER_GUID}, id="another GUID"),
    pytest.param({"at": 2, "user": BOB}, id="another user"),
]


@pytest.mark.parametrize("other", NO_JOIN)
def test_a_null_address_logon_joins_nothing_else(other):
    """R5.7: never by W_net alone."""
    given = dict(other)
    made = build(came(0, 0xA0010, logon_guid=GUID), quiet(given.pop("at"), 0xA0020, **given))
    assert told(made["sessions"], "source_address") == [(WS9,), (None,)]


def test_null_address_logons_of_one_user_are_one_session_among_themselves():
    """R5.7, section 2.9: WinRM makes three within a second, with one LogonGuid."""
    made = build([quiet(place / 5, 0xA0010 + place, logon_guid=GUID) for place in range(3)],
                 by_winrm(2, 0xA0011))
    assert groups(made) == [("winrm", ["0xa0010", "0xa0011", "0xa0012"])]


# Orphans


def test_an_orphan_luid_with_activity_is_a_session_from_before_the_log():
    """R5.7, R2.1: opened_by before_coverage, kind by its type, else unknown."""
    made = build(
        event("security_5140", 5, user=ANN, by=0xA0010, address=WS9, port=49_800,
              object=r"\\*\C$"),
        event("security_4634", 30, user=ANN, luid=0xA0010, logon_type=3),
        event("security_4688", 50, user=BOB, by=0xA0020, process=r"C:\a.exe"),
    )
    assert told(made["sessions"], "user", "kind", "opened_by", "start", "end", "end_kind") == [
        (ANN, "network", "before_coverage", None, 30, "closed"),
        (BOB, "unknown", "before_coverage", None, 50, "inferred"),
    ]


def test_an_orphan_luid_of_outbound_evidence_is_a_session():
    """R5.7: 4648 towards another host under a LUID of which nothing else is left."""
    made = build(event("security_4648", 5, user="LAB\\adm", by=0xA0010, actor_user=ANN,
                       server="srv2.lab", process=r"C:\Windows\System32\mstsc.exe"))
    assert told(made["sessions"], "user", "opened_by", "luids") == [
        (ANN, "before_coverage", ["0xa0010"])
    ]


def test_an_orphan_luid_of_a_desktop_is_that_desktops():
    """R5.7: unless it is bound to a T (R3.6)."""
    made = build(
        event("security_4688", 5, user=ANN, by=0xA0010, process=r"C:\a.exe"),
        event("security_4800", 9, user=ANN, luid=0xA0010, ts_id=2),
        event("lsm_24", 60, user=ANN, ts_id=2, address=WS9, activity=connection(1)),
    )
    assert told(made["sessions"], "kind", "opened_by", "luids", "end") == [
        ("rdp", "before_coverage", ["0xa0010"], 60)
    ]


def test_a_lone_4634_is_no_session():
    """R2.1, R5.7: an orphan without activity or outbound evidence."""
    made = build(gone(5, 0xA0010))
    assert made["sessions"].is_empty()
    assert told(made["logons"], "luid", "start_kind") == [(0xA0010, "unknown")]


# What is hidden


HIDDEN = [
    pytest.param("LAB\\WS9$", "machine", id="machine account"),
    pytest.param("NT AUTHORITY\\ANONYMOUS LOGON", "anonymous", id="anonymous"),
]


@pytest.mark.parametrize(("user", "group"), HIDDEN)
def test_machines_and_anonymous_are_a_hidden_class(user, group):
    """R5.7."""
    made = build(came(0, 0xA0010, user=user))
    assert told(made["sessions"], "class", "hidden") == [(group, group)]


def on_dc(*events):
    """The host proves to be a domain controller."""
    return build(event("security_4769", -60, user=BOB, address=WS8, status="0x0",
                       server="WS8$"), events)


def test_on_a_dc_plain_network_logons_are_background():
    """R5.7: LDAP and GPO; hidden, counted."""
    made = on_dc(came(0, 0xA0010))
    assert told(made["sessions"], "flags", "hidden") == [(["dc_background"], "dc_background")]


SHOWN_ON_DC = [
    pytest.param([event("security_5140", 1, user=ANN, by=0xA0010, address=WS9,
                        object=r"\\*\ADMIN$")], id="admin share"),
    pytest.param([event("security_5145", 1, user=ANN, by=0xA0010, address=WS9,
                        object=r"\\*\IPC$", detail="svcctl")], id="exec: svcctl"),
    pytest.param([event("security_4697", 1, user=ANN, by=0xA0010, object="PSEXESVC",
                        detail="x")], id="exec: a service"),
    pytest.param([by_wmi(1, 0xA0010)], id="exec: WMI"),
    pytest.param([event("security_4648", 1, user="LAB\\adm", by=0xA0010, actor_user=ANN,
                        server="srv2.lab", process=r"C:\a.exe")], id="4648"),
]


@pytest.mark.parametrize("signs", SHOWN_ON_DC)
def test_on_a_dc_what_shares_executes_or_moves_on_is_shown(signs):
    """R5.7."""
    assert shown(on_dc(came(0, 0xA0010), signs)).height == 1


def test_sysvol_on_a_dc_is_background():
    """R5.7: not an *admin* share."""
    made = on_dc(came(0, 0xA0010),
                 event("security_5140", 1, user=ANN, by=0xA0010, address=WS9,
                       object=r"\\*\SYSVOL"))
    assert shown(made).is_empty()


# runas


@pytest.mark.parametrize(
    ("how", "who"),
    [({"logon_type": 2, "logon_process": "seclogo", "address": "::1"}, "LAB\\adm"),
     ({"logon_type": 9, "outbound_user": "LAB\\adm"}, ANN)],
    ids=["runas", "runas /netonly"],
)
def test_runas_is_a_session_with_the_session_it_was_opened_from(how, who):
    """R5.7: kind runas, parent."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4624", 60, user=who, luid=0xA0020, by=0xA0010,
              process=r"C:\Windows\System32\svchost.exe", **how),
        console_off(300, ANN, 0xA0010),
    )
    rows = told(made["sessions"], "kind", "user", "parent", "outbound_user")
    assert rows == [
        ("console", ANN, None, None),
        ("runas", who, made["sessions"]["id"][0], how.get("outbound_user")),
    ]


@pytest.mark.parametrize("high_first", [True, False])
def test_both_halves_of_a_runas_pair_are_one_session(high_first):
    """R2.4, R5.7: the limited half stands for it, whichever is logged first."""
    high, low = (0xA0021, 0xA0022) if high_first else (0xA0022, 0xA0021)
    made = build(
        console_on(0, ANN, 0xA0010),
        *(
            event("security_4624", 60, user="LAB\\adm", luid=luid, linked=other, elevated=full,
                  by=0xA0010, logon_type=2, logon_process="seclogo", address="::1")
            for luid, other, full in sorted(((high, low, True), (low, high, False)))
        ),
        event("security_4672", 60, user="LAB\\adm", luid=high),
    )
    assert told(made["sessions"], "kind", "luids") == [
        ("console", ["0xa0010"]), ("runas", [hex(low), hex(high)]),
    ]


def test_an_elevated_half_is_not_another_session():
    """R2.4, section 2.9: UAC elevation of the same user opens nothing."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0011, linked=0xA0012, elevated=True,
              logon_type=2),
        event("security_4624", 0, user=ANN, luid=0xA0012, linked=0xA0011, elevated=False,
              logon_type=2),
        event("lsm_21", 0.5, user=ANN, ts_id=1, address="LOCAL"),
        event("security_4688", 60, user=ANN, by=0xA0011, process=r"C:\admin.exe"),
    )
    assert groups(made) == [("console", ["0xa0012", "0xa0011"])]


def test_an_rdp_precursor_never_joins_the_network_logons_around_it():
    """R5.7 beside R2.5 (d)."""
    made = build(came(0, 0xA0010), rdp_knock(1, WS9, 1), rdp_auth(1.1, ANN, WS9, 1),
                 came(3, 0xA0020), also=["lsm"])
    assert sorted(groups(made)) == [("network", ["0xa0010", "0xa0020"]), ("rdp", [])]


def test_a_desktop_user_who_opens_a_share_elsewhere_has_two_sessions_of_two_kinds():
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1), came(60, 0xA0F00))
    assert [kind for kind, _ in groups(made)] == ["rdp", "network"]


def test_a_session_ends_no_earlier_than_its_last_logon_begins():
    """R2.7: the first is closed; of the second no end was seen, but it was there."""
    made = build(
        event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=WS9, port=5),
        event("security_4634", 20, user=ANN, luid=0xA0010, logon_type=3),
        event("security_4624", 60, user=ANN, luid=0xA0020, logon_type=3, address=WS9, port=6),
    )
    assert told(made["sessions"], "end", "end_kind", "end_reason", "end_earliest",
                "end_latest") == [(60, "inferred", "last_activity", 60, None)]
