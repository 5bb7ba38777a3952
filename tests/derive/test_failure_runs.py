"""Failed attempts and their runs: graphsess.resolve.failures, derive.failure_runs (R5.6)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    SSHD,
    activity,
    build,
    console_on,
    event,
    rdp_knock,
    rdp_on,
    roles,
    shown,
    told,
)

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9, WS8 = "10.0.0.9", "10.0.0.8"
DC = "dc1.lab"


def failed(at, user=ANN, ip=WS9, **given):
    """A network logon with a wrong password."""
    return event("security_4625", at, user=user,
                 **{"logon_type": 3, "address": ip, "port": 49_800} | given)


def many(count, gap=1, begin=0, users=(ANN,), ip=WS9):
    return [failed(begin + place * gap, users[place % len(users)], ip) for place in range(count)]


def runs(made):
    return told(made["failure_runs"], "kind", "source_address", "count", "pattern", "first", "last")


# Each attempt once


def test_every_failed_logon_is_a_session_of_its_own():
    made = build(failed(0), failed(5))
    assert told(made["sessions"], "kind", "outcome", "opened_by", "attempted_user", "start", "end",
                "end_kind") == [
        ("network", "failed", "attempt", ANN, 0, 0, "attempt_over"),
        ("network", "failed", "attempt", ANN, 5, 5, "attempt_over"),
    ]


NEVER = [
    pytest.param(failed(0, status="0xC0000225"), id="4625 0xC0000225, a Windows bug"),
    *(
        pytest.param(event(f"security_{kind}", 0, user=ANN, address=WS9, server="krbtgt",
                           status=code), id=f"{kind} {code}")
        for kind in (4768, 4769, 4771)
        for code in ("0x7", "0x19", "0x20", "0x25")
    ),
    pytest.param(event("security_4776", 0, user=ANN, name="WS9", status="0x0"),
                 id="4776 that succeeded"),
    pytest.param(event("security_4768", 0, user=ANN, address=WS9, status="0x0"),
                 id="4768 that succeeded"),
]


@pytest.mark.parametrize("record", NEVER)
def test_what_only_looks_like_a_failure_is_none(record):
    """R5.6: never failures."""
    made = build(record, event("security_4672", 9, user=BOB, luid=0xA0F00))
    assert "failed" not in made["sessions"]["outcome"].to_list()
    assert made["failure_runs"].is_empty()


OUTCOMES = [
    *(
        pytest.param(code, "denied", [], id=f"{code} proves the password")
        for code in ("0xC000015B", "0xC0000224", "0xC0000413")
    ),
    *(
        pytest.param(code, "failed", ["credentials_may_be_right"], id=f"{code} restricted")
        for code in ("0xC000006E", "0xC000006F", "0xC0000070", "0xC0000071", "0xC0000072",
                     "0xC0000193")
    ),
    *(
        pytest.param(code, "failed", [], id=code)
        for code in ("0xC000006A", "0xC0000064", "0xC000006D", "0xC0000234")
    ),
]


@pytest.mark.parametrize(("code", "outcome", "flags"), OUTCOMES)
def test_denied_is_only_what_proves_that_the_password_was_right(code, outcome, flags):
    """R5.6: denied against restricted."""
    made = build(failed(0, status=code))
    assert told(made["sessions"], "outcome", "flags", "failure_status") == [
        (outcome, flags, code.lower())
    ]


LOCK_SCREEN = [
    pytest.param({"logon_type": 7}, id="type 7"),
    pytest.param({"logon_type": 2, "address": "127.0.0.1"}, id="type 2 while locked"),
]


@pytest.mark.parametrize("how", LOCK_SCREEN)
def test_a_wrong_password_at_the_lock_screen_is_a_console_attempt(how):
    """R5.6: it neither ends nor splits the session."""
    made = build(
        console_on(0, ANN, 0xA0010),
        event("security_4800", 60, user=ANN, luid=0xA0010, ts_id=1),
        event("security_4625", 90, user=ANN, **how),
        event("security_4801", 120, user=ANN, luid=0xA0010, ts_id=1),
    )
    assert told(made["sessions"], "kind", "outcome", "start", "end") == [
        ("console", "established", 0, None), ("console", "failed", 90, 90),
    ]


def test_a_failure_without_nla_has_the_address_and_kind_of_rdp():
    """Section 2.6: 4625 type 10."""
    made = build(event("security_4625", 0, user=ANN, logon_type=10, address=WS9))
    assert told(made["sessions"], "kind", "source_address") == [("rdp", WS9)]


def test_a_140_without_a_4625_is_a_failed_attempt_of_nobody():
    """R5.6 (T5): RdpCoreTS alone; no user, but address and port."""
    made = build(rdp_knock(0, WS9, 1), event("core_140", 1, address=WS9, activity=activity(1)),
                 event("core_103", 2, reason=14, activity=activity(1)))
    assert told(made["sessions"], "kind", "outcome", "user", "attempted_user", "source_address",
                "source_port") == [("rdp", "failed", None, None, WS9, 50_001)]
    assert told(made["sessions"], "start", "end")[0] in ((1, 1), (0, 2))  # either reading


def test_two_140s_and_two_4625s_join_one_to_one():
    """R5.6: order-preserving, never many to one."""
    made = build(
        rdp_knock(0, WS9, 1),
        event("core_140", 1, address=WS9, activity=activity(1)),
        event("security_4625", 1.1, user=ANN, logon_type=3, address=WS9, port=0),
        event("core_103", 1.5, reason=14, activity=activity(1)),
        rdp_knock(2, WS9, 2),
        event("core_140", 3, address=WS9, activity=activity(2)),
        event("security_4625", 3.1, user=BOB, logon_type=3, address=WS9, port=0),
        event("core_103", 3.5, reason=14, activity=activity(2)),
    )
    assert told(made["sessions"], "attempted_user", "source_port") == [
        (ANN, 50_001), (BOB, 50_002),
    ]
    assert [roles(made, place)["AUTH_FAIL"] for place in (0, 1)] == [
        ["core_140", "security_4625"]
    ] * 2


def test_more_140s_than_4625s_are_as_many_attempts_as_140s():
    """R5.6: never many to one, though only one of the two has a user."""
    made = build(
        rdp_knock(0, WS9, 1),
        event("core_140", 1, address=WS9, activity=activity(1)),
        event("security_4625", 1.1, user=ANN, logon_type=3, address=WS9, port=0),
        event("core_103", 1.5, reason=14, activity=activity(1)),
        rdp_knock(2, WS9, 2),
        event("core_140", 3, address=WS9, activity=activity(2)),
        event("core_103", 3.5, reason=14, activity=activity(2)),
    )
    assert told(made["sessions"], "attempted_user", "source_port") == [
        (ANN, 50_001), (None, 50_002),
    ]
    assert runs(made)[0][:3] == ("rdp", WS9, 2)


def test_a_smb_refusal_and_its_4625_are_one_attempt():
    """R5.6: SMBServer 551, nearest within two seconds by user or IP."""
    made = build(failed(0), event("smbserver_551", 0.4, user="ann", address=WS9,
                                  status="0xC000006D"))
    assert told(made["sessions"], "kind", "source_address", "attempted_user") == [
        ("network", WS9, ANN)
    ]
    assert roles(made)["AUTH_FAIL"] == ["security_4625", "smbserver_551"]


def test_a_smb_refusal_alone_is_an_attempt():
    """R5.6: 551 with the Security log gone."""
    made = build(event("smbserver_551", 0.4, user="ann", address=WS9, status="0xC000006D"))
    assert told(made["sessions"], "kind", "outcome", "source_address") == [
        ("network", "failed", WS9)
    ]


# Seen at a domain controller


AT_DC = [
    pytest.param(event("security_4771", 0, user=ANN, address=WS9, status="0x18"), id="4771"),
    pytest.param(event("security_4768", 0, user=ANN, address=WS9, status="0x6"), id="4768"),
    pytest.param(event("security_4776", 0, user=ANN, name="WS9", status="0xC000006A"), id="4776"),
]


@pytest.mark.parametrize("record", AT_DC)
def test_an_attempt_that_only_the_dc_saw_is_not_one_at_the_dc(record):
    """R5.6: kind unknown, flag, left out of the DC's own counts."""
    made = build(record)
    assert told(made["sessions"], "kind", "outcome", "flags", "hidden") == [
        ("unknown", "failed", ["seen_at_dc_only"], "seen_at_dc_only")
    ]
    assert shown(made).is_empty()


def test_at_the_dc_itself_4625_4776_and_140_are_one_attempt():
    """R5.6: the DC's word is corroboration."""
    made = build(failed(0), event("security_4776", 0.01, user="ann", name="KALI",
                                  status="0xC000006A"))
    assert told(made["sessions"], "kind", "outcome", "hidden") == [("network", "failed", None)]
    assert roles(made) == {"AUTH_FAIL": ["security_4625"], "DC_CORROBORATION": ["security_4776"]}


def test_each_word_of_the_dc_goes_to_one_attempt():
    """R5.6: two attempts a second apart, two 4776."""
    made = build(
        failed(0), event("security_4776", 0.01, user="ann", name="KALI", status="0xC000006A"),
        failed(1), event("security_4776", 1.01, user="ann", name="KALI", status="0xC000006A"),
    )
    assert made["sessions"].height == 2
    assert [roles(made, place)["DC_CORROBORATION"] for place in (0, 1)] == [
        ["security_4776"]] * 2


# Runs


def test_attempts_within_a_minute_are_one_run_and_later_ones_another():
    """R5.6: gap <= W_fail."""
    made = build(failed(0), failed(60), failed(120.5), failed(121))
    assert [row[2:] for row in runs(made)] == [(2, "other", 0, 60), (2, "other", 120.5, 121)]


def test_statuses_do_not_split_a_run_and_users_are_counted():
    """R5.6."""
    made = build(
        failed(0), failed(1), failed(2, BOB, status="0xC0000064"),
        failed(3, status="0xC0000234"),
    )
    assert told(made["failure_runs"], "count", "users", "statuses") == [
        (4, [{"user": ANN, "count": 3}, {"user": BOB, "count": 1}],
         [{"code": "0xc000006a", "count": 2}, {"code": "0xc0000064", "count": 1},
          {"code": "0xc0000234", "count": 1}]),
    ]


KEYS = [
    pytest.param({"ip": WS8}, id="another address"),
    pytest.param({"logon_type": 10}, id="another kind"),
    pytest.param({"ip": None, "name": "KALI"}, id="no address, a name"),
]


@pytest.mark.parametrize("other", KEYS)
def test_another_source_or_kind_is_another_run(other):
    """R5.6: key (host, source address, else the client's name, kind)."""
    assert build(failed(0), failed(1, **other))["failure_runs"].height == 2


def test_without_an_address_the_clients_name_is_the_key_whatever_its_case():
    """R5.6."""
    made = build(failed(0, ip=None, port=None, name="KALI"),
                 failed(1, ip=None, port=None, name="kali"),
                 failed(2, ip=None, port=None, name="OTHER"))
    assert sorted(told(made["failure_runs"], "count")) == [(1,), (2,)]


def test_a_run_lasts_a_day_at_most():
    """R5.6: W_fail, 24 h max."""
    every = [failed(place * 50) for place in range(0, 1_760)]
    made = build(every)
    assert [row[2] for row in runs(made)] == [1_728, 32]


PATTERNS = [
    pytest.param(many(10, users=tuple(f"LAB\\u{n}" for n in range(5))), "spray",
                 id="spray: five users, two tries each"),
    pytest.param(many(20, users=tuple(f"LAB\\u{n}" for n in range(5))), "bruteforce",
                 id="bruteforce: five users, four tries each"),
    pytest.param(many(12, users=tuple(f"LAB\\u{n}" for n in range(4))), "bruteforce",
                 id="bruteforce: four users, twelve tries"),
    pytest.param(many(10), "bruteforce", id="bruteforce: ten tries"),
    pytest.param(many(9), "other", id="other: nine tries"),
    pytest.param(many(3), "other", id="other: three tries and nothing after"),
]


@pytest.mark.parametrize(("attempts", "pattern"), PATTERNS)
def test_the_pattern_is_the_first_that_fits(attempts, pattern):
    """R5.6: spray, bruteforce, mistype, other."""
    assert [row[3] for row in runs(build(attempts))] == [pattern]


def succeeded(at, user=ANN, ip=WS9):
    return event("security_4624", at, user=user, luid=0xA0010, logon_type=3, address=ip,
                 port=49_900)


MISTYPES = [
    pytest.param([failed(0), succeeded(20)], "mistype", id="same user and source within 2 min"),
    pytest.param([*many(3), succeeded(121)], "mistype", id="three tries"),
    pytest.param([*many(4), succeeded(20)], "other", id="four are too many"),
    pytest.param([failed(0), succeeded(121)], "other", id="too late"),
    pytest.param([failed(0), succeeded(20, BOB)], "other", id="another user"),
    pytest.param([failed(0), succeeded(20, ip=WS8)], "other", id="another source"),
    pytest.param([succeeded(-20), failed(0)], "other", id="success before"),
]


@pytest.mark.parametrize(("records", "pattern"), MISTYPES)
def test_a_mistype_is_a_few_failures_and_then_the_same_user(records, pattern):
    """R5.6."""
    assert [row[3] for row in runs(build(records))] == [pattern]


def test_a_mistype_at_the_console_is_one():
    """R5.6: no source, but the same place."""
    made = build(event("security_4625", 0, user=ANN, logon_type=2), console_on(10, ANN, 0xA0010))
    assert [row[3] for row in runs(made)] == ["mistype"]


AFTER = [
    pytest.param([*many(10), succeeded(100)], 1, id="any user, within 15 min"),
    pytest.param([*many(10), succeeded(100, BOB)], 1, id="another user"),
    pytest.param([*many(10), succeeded(909)], 1, id="at the last moment"),
    pytest.param([*many(10), succeeded(910)], 0, id="too late"),
    pytest.param([*many(10), succeeded(100, ip=WS8)], 0, id="another source"),
    pytest.param([*many(10, begin=100), succeeded(50)], 0, id="before"),
]


@pytest.mark.parametrize(("records", "count"), AFTER)
def test_a_success_from_the_same_source_follows_the_run(records, count):
    """R5.6: FOLLOWED_BY_SUCCESS, W_succ from the last attempt."""
    made = build(records)
    assert made["followed_by_success"].height == count
    if count:
        assert made["followed_by_success"]["failure_run"].to_list() == made["failure_runs"][
            "id"].to_list()


def test_a_success_over_rdp_follows_failures_over_smb():
    """R5.6: same source, any kind."""
    made = build(many(10), rdp_on(30, ANN, 0xA0010, WS9, 1))
    follow = made["followed_by_success"]
    assert told(made["sessions"].filter(pl.col("id").is_in(follow["session"].to_list())),
                "kind") == [("rdp",)]


def test_a_password_that_was_right_without_a_desktop_is_a_success_too():
    """R5.6 [V:SZ]: the tool that found the password opened no session."""
    made = build(
        many(10, gap=0.2),
        rdp_knock(2.1, WS9, 1),
        event("rcm_1149", 2.7, user=ANN, address=WS9, activity=activity(1)),
        event("core_103", 3, reason=0, activity=activity(1)),
        also=["lsm"],
    )
    assert made["followed_by_success"]["gap_us"].to_list() == [900_000]


def test_a_denied_attempt_is_part_of_the_run():
    """R5.6: denied counts as a failed attempt, not as a success."""
    made = build(many(3), failed(3, status="0xC000015B"))
    assert [row[2] for row in runs(made)] == [4]
    assert made["followed_by_success"].is_empty()


def test_probes_are_in_no_run():
    """R5.6, R4.6 (T13): 139 contacts between the attempts."""
    probes = []
    for number in range(1, 6):
        probes += [*rdp_knock(number, WS9, number),
                   event("core_139", number + 0.1, address=WS9, status="0x80090304",
                         activity=activity(number)),
                   event("core_103", number + 0.2, reason=0, activity=activity(number))]
    made = build(probes, many(2, begin=20))
    assert [row[2] for row in runs(made)] == [2]


def test_every_failed_session_names_its_run():
    """R5.6."""
    made = build(many(3), failed(500))
    assert made["sessions"]["failure_run"].to_list() == [
        *[made["failure_runs"]["id"][0]] * 3, made["failure_runs"]["id"][1]]


# sshd


def test_sshds_words_and_the_4625_beside_them_are_one_failure():
    """R5.6, R-SSH (T10): one to one within 1 ms, the same sshd PID."""
    made = build(
        *(
            [event("ssh_4", at, writer_pid=4332,
                   text=f"sshd: Failed password for ann from {WS9} port 56605 ssh2"),
             event("security_4625", at + 0.001, user="ann", logon_type=8, process=SSHD, pid=4332,
                   status="0xC000006A")]
            for at in (0, 2, 4, 6, 8)
        ),
    )
    assert runs(made) == [("ssh", WS9, 5, "other", 0, 8)]
    assert roles(made)["AUTH_FAIL"] == ["ssh_4", "security_4625"]
    assert told(made["sessions"], "failure_status", "source_port")[0] == ("0xc000006a", 56_605)
