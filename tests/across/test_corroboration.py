"""Attempts that domain controllers saw too: graphsess.across.corroboration (R5.6)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import activity, build, event, rdp_knock, told

from graphsess.across import across
from graphsess.settings import Settings

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9, WS8 = "10.0.0.9", "10.0.0.8"


def case(**hosts):
    """The stage over hosts, each made of its own events; sessions beside it."""
    made = [build(events, host=f"{name}.lab") for name, events in hosts.items()]
    tables = {name: pl.concat([one[name] for one in made]) for name in made[0]}
    return {**across(tables, Settings()), "sessions": tables["sessions"]}


def failed(at, user=ANN, ip=WS9):
    return event("security_4625", at, user=user, logon_type=3, address=ip, port=49_800)


def asked(at, user=ANN, ip=WS9):
    """Kerberos pre-authentication failed, at a DC."""
    return event("security_4771", at, user=user, address=ip, status="0x18")


def validated(at, user="ann"):
    """NTLM validation failed, at a DC: no address, no domain."""
    return event("security_4776", at, user=user, name="KALI", status="0xC000006A")


def pairs(found):
    """(host and second of the DC's word, host and second of the attempt)."""
    where = {row[0]: row[1:] for row in told(found["sessions"], "id", "host", "start")}
    return sorted((where[dc], where[session]) for dc, session in
                  found["corroboration"].select("dc_session", "session").iter_rows())


WORDS = [
    pytest.param(asked, id="4771"),
    pytest.param(lambda at: validated(at), id="4776"),
    pytest.param(lambda at: event("security_4768", at, user=ANN, address=WS9, status="0x6"),
                 id="4768"),
]


@pytest.mark.parametrize("word", WORDS)
def test_a_dcs_word_and_the_hosts_own_are_one_attempt(word):
    found = case(ws1=[failed(0)], dc1=[word(0.4)])
    assert pairs(found) == [(("dc1.lab", 0.4), ("ws1.lab", 0))]
    assert found["runs_at_controllers"].is_empty()


NOT_ONE = [
    pytest.param([asked(2.1)], id="more than two seconds apart"),
    pytest.param([asked(0.4, BOB, WS8)], id="another user from another address"),
]


@pytest.mark.parametrize("words", NOT_ONE)
def test_what_is_not_the_same_attempt_stays_the_dcs_own(words):
    found = case(ws1=[failed(0)], dc1=words)
    assert pairs(found) == []
    assert told(found["runs_at_controllers"], "host", "kind", "count") == [
        ("dc1.lab", "unknown", 1)
    ]


def test_three_attempts_and_three_words_join_one_to_one_in_order():
    """Order-preserving nearest, never many to one."""
    found = case(ws1=[failed(0), failed(1), failed(2)], dc1=[asked(0.3), asked(1.3), asked(2.3)])
    assert pairs(found) == [
        (("dc1.lab", at + 0.3), ("ws1.lab", at)) for at in (0, 1, 2)
    ]


def test_one_attempt_takes_one_word_of_a_dc():
    """Never many to one: a second 4771 is a second attempt, elsewhere."""
    found = case(ws1=[failed(0)], dc1=[asked(0.3), asked(0.6)])
    assert len(pairs(found)) == 1
    assert told(found["runs_at_controllers"], "count") == [(1,)]


def test_two_dcs_may_tell_of_one_attempt_on_a_host():
    """The local DC and the one with the PDC role."""
    found = case(ws1=[failed(0)], dc1=[validated(0.2)], dc2=[validated(0.3)])
    assert [session for _, session in pairs(found)] == [("ws1.lab", 0)] * 2


def test_two_dcs_that_tell_of_one_attempt_elsewhere_tell_of_one():
    """R5.6: the same user and status on two DCs is one attempt."""
    found = case(dc1=[validated(0.2)], dc2=[validated(0.3)])
    assert found["runs_at_controllers"]["count"].sum() == 1


def test_an_attempt_of_which_only_140_tells_is_known_by_its_address():
    """R5.6: by user *or IP*; 140 has no user, 4771 has the client's address."""
    knock = [*rdp_knock(0, WS9, 1), event("core_140", 0.6, address=WS9, activity=activity(1)),
             event("core_103", 1, reason=14, activity=activity(1))]
    found = case(ws1=knock, dc1=[asked(0.5)])
    assert len(pairs(found)) == 1


def test_a_spray_that_only_the_dc_saw_is_one_run_at_the_dc():
    """R5.6: kind unknown, left out of the DC's own counts."""
    found = case(dc1=[asked(place, f"LAB\\u{place}") for place in range(6)])
    assert told(found["runs_at_controllers"], "host", "kind", "source_address", "count",
                "pattern") == [("dc1.lab", "unknown", WS9, 6, "spray")]
    assert found["run_of"].height == 6
