"""Tests of graphsess/graph/views.py: which things and links a scope has, and what is folded."""

from __future__ import annotations

import pytest
from tables_inline import Frames

from graphsess.errors import UsageError
from graphsess.graph.folding import shares
from graphsess.graph.scopes import About, Scope, scope_of
from graphsess.graph.views import view

NOON = 1_772_452_800_000_000
MINUTE = 60_000_000
WS1, DC1 = "ws1.corp.example", "dc1.corp.example"


def session(ident, minute=0, **changes):
    return {
        "id": ident,
        "host": WS1,
        "boot": 0,
        "kind": "rdp",
        "class": "user",
        "outcome": "established",
        "user": "CORP\\ann",
        "source_address": "203.0.113.7",
        "source_class": "external",
        "start_us": NOON + minute * MINUTE,
        "end_us": NOON + (minute + 5) * MINUTE,
        "first_ord": minute,
        **changes,
    }


def tables(*sessions, **more):
    hosts = [{"id": WS1, "name": "WS1.corp.example"}, {"id": DC1, "name": "DC1.corp.example"}]
    return Frames(hosts=hosts, sessions=list(sessions), **more)


def failed(ident, minute, user, run):
    return session(
        ident, minute, outcome="failed", user=None, attempted_user=user, failure_run=run
    )


def edges(made, *, quiet=False):
    return {
        (tail, data["type"], data["got"], head, data["count"])
        for tail, head, data in made.graph.edges(data=True)
        if data["quiet"] == quiet
    }


def test_the_case_joins_addresses_users_and_hosts_by_kind_and_outcome():
    made = view(
        tables(
            session("a"),
            session("b", 10),
            session("c", 20, outcome="failed", user="corp\\ANN"),
            session("d", 30, outcome="denied", user=None),
            session("e", 40, source_address=None, kind="console"),
        ),
        Scope(About.CASE),
    )
    address, ann, host = ("Address", "203.0.113.7"), ("User", "corp\\ann"), ("Host", WS1)
    assert edges(made) == {
        (address, "LOGGED_ON_AS", "in", ann, 2),
        (address, "LOGGED_ON_AS", "failed", ann, 1),
        (ann, "LOGGED_ON_TO", "in", host, 2),
        (ann, "LOGGED_ON_TO", "in", host, 1),
        (ann, "LOGGED_ON_TO", "failed", host, 1),
        (address, "LOGGED_ON_TO", "unclear", host, 1),
    }
    assert made.graph.nodes[ann]["name"] == "CORP\\ann"
    assert str(made) == "showing 3 of 3 things"


def test_a_link_says_when_it_was_in_use_and_by_which_sessions():
    made = view(tables(session("a"), session("b", 3), session("c", 600)), Scope(About.CASE))
    link = made.graph.edges[("User", "corp\\ann"), ("Host", WS1), "LOGGED_ON_TO|rdp|in"]
    assert link["sessions"] == ["a", "b", "c"]
    assert [(s["start_us"] - NOON, s["end_us"] - NOON) for s in link["spans"]] == [
        (0, 8 * MINUTE),
        (600 * MINUTE, 605 * MINUTE),
    ]


def test_an_address_is_joined_to_the_host_that_had_it_then():
    made = view(
        tables(
            session("a", source_address="10.0.0.9"),
            origins=[{"session": "a", "source_host": DC1, "weight": 9, "rule": "R9.2"}],
        ),
        Scope(About.HOST, "dc1"),
    )
    assert (("Address", "10.0.0.9"), "RESOLVES_TO", "in", ("Host", DC1), 1) not in edges(made)
    assert made.graph.nodes["Address", "10.0.0.9"]["held_by"] == ["DC1.corp.example"]
    assert ("Session", "a") in made.graph


def test_a_user_has_sessions_and_failure_runs_and_what_they_ran_on():
    luid = 0x51C10F
    made = view(
        tables(
            failed("f1", 0, "CORP\\ann", "run"),
            failed("f2", 1, "CORP\\ann", "run"),
            session("s", 3, local="desk", luids=[luid], next="t"),
            session("t", 10, local="desk"),
            failure_runs=[{"id": "run", "host": WS1, "count": 2, "pattern": "bruteforce"}],
            followed_by_success=[{"failure_run": "run", "session": "s", "gap_us": 1}],
            locals=[{"id": "desk", "host": WS1, "boot": 0, "ts_id": 2}],
            logons=[{"id": "logon", "host": WS1, "boot": 0, "luid": luid, "local": "desk"}],
        ),
        Scope(About.USER, "ann"),
    )
    ann, run, desk, host = ("User", "corp\\ann"), ("FailureRun", "run"), "desk", ("Host", WS1)
    assert edges(made) == {
        (("Address", "203.0.113.7"), "LOGGED_ON_AS", "failed", ann, 2),
        (("Address", "203.0.113.7"), "LOGGED_ON_AS", "in", ann, 2),
        (ann, "OPENED", "failed", run, 2),
        (ann, "OPENED", "in", ("Session", "s"), 1),
        (ann, "OPENED", "in", ("Session", "t"), 1),
        (run, "FOLLOWED_BY_SUCCESS", "in", ("Session", "s"), 1),
        (run, "ON_HOST", "failed", host, 2),
        (("Session", "s"), "NEXT_IN_LOCAL", "in", ("Session", "t"), 1),
        (("Session", "s"), "IN", "in", ("LocalSession", desk), 1),
        (("Session", "t"), "IN", "in", ("LocalSession", desk), 1),
        (("LogonSession", "logon"), "BELONGS_TO", "in", ("LocalSession", desk), 1),
        (("LocalSession", desk), "ON", "in", host, 2),
    }


def test_a_session_is_shown_with_its_events_and_their_parts():
    uid = "a" * 32
    made = view(
        tables(
            session("s", luids=[7]),
            sources=[{"session": "s", "ord": 0, "uid": uid, "role": "AUTH_OK", "rule": "R5.2"}],
            events=[{"uid": uid, "ord": 0, "host": WS1, "boot": 0, "time_us": NOON,
                     "channel": "Security", "event_id": 4624, "target_luid": 7,
                     "evidence": "e" * 64}],
            evidence=[{"sha256": "e" * 64, "path": "Security.evtx"}],
            logons=[{"id": "logon", "host": WS1, "boot": 0, "luid": 7}],
        ),
        Scope(About.SESSION, "s"),
    )  # fmt: skip
    one, event, logon = ("Session", "s"), ("Event", uid), ("LogonSession", "logon")
    assert (event, "SOURCE_OF", "in", one, 1) in edges(made)
    assert (one, "USES", "in", logon, 1) in edges(made)
    assert edges(made, quiet=True) == {(event, "OF_LOGON", "in", logon, 1)}
    assert made.graph.nodes[event]["role"] == "AUTH_OK"
    assert made.graph.nodes[event]["file"] == "Security.evtx"


def test_events_of_every_session_can_be_asked_for_and_too_many_are_refused(monkeypatch):
    sources = [
        {"session": "s", "ord": n, "uid": f"{n:032x}", "role": "CONNECT", "rule": "R4.1"}
        for n in range(9)
    ]
    case = tables(session("s"), sources=sources)
    made = view(case, Scope(About.USER, "ann"), events=True)
    assert sum(label == "Event" for label, _ in made.graph) == 9
    monkeypatch.setattr("graphsess.graph.inside.EVENTS", 8)
    with pytest.raises(UsageError, match="9 events are more than one graph can hold"):
        view(case, Scope(About.USER, "ann"), events=True)
    with pytest.raises(UsageError, match="--since"):
        view(case, Scope(About.SESSION, "s"))


def test_events_alike_are_one_thing_where_they_do_not_fit():
    uids = [f"{n:032x}" for n in range(30)]
    made = view(
        tables(
            session("s"),
            sources=[
                {"session": "s", "ord": n, "uid": uid, "role": "CONNECT", "rule": "R4.1"}
                for n, uid in enumerate(uids)
            ],
            events=[
                {"uid": uid, "ord": n, "host": WS1, "boot": 0, "time_us": NOON + n,
                 "channel": "Security", "event_id": 4624}
                for n, uid in enumerate(uids)
            ],
        ),
        Scope(About.SESSION, "s"),
        limit=20,
    )  # fmt: skip
    [folded] = [data for (label, _), data in made.graph.nodes(data=True) if label == "Folded"]
    assert folded["number"] == 30
    assert made.total["Event"] == 30
    assert "Event" not in made.shown or made.shown["Event"] == 0


def test_the_least_remarkable_are_folded_and_counted():
    crowd = [
        session(f"s{n}", n, user=f"u{n}", source_address=f"10.0.0.{n}", source_class="internal")
        for n in range(40)
    ]
    made = view(tables(*crowd, session("x", 99)), Scope(About.CASE), limit=30)
    assert made.graph.number_of_nodes() <= 30
    assert made.total == {"Address": 41, "User": 41, "Host": 1}
    assert {("User", "corp\\ann"), ("Address", "203.0.113.7")} <= set(made.graph)
    gone = made.graph.nodes["Folded", "User"]["number"]
    assert gone + made.shown["User"] == made.total["User"]
    assert sum(
        data["count"]
        for *_, data in made.graph.edges(data=True)
        if data["type"] == "LOGGED_ON_TO"
    ) == len(crowd) + 1


def test_sessions_alike_become_one_thing_where_they_do_not_fit():
    crowd = [
        session(f"s{n}", n, source_address="10.0.0.9", source_class="internal") for n in range(50)
    ]
    made = view(tables(*crowd), Scope(About.USER, "ann"), limit=30)
    [bundle] = [data for (label, _), data in made.graph.nodes(data=True) if label == "Sessions"]
    assert bundle["number"] == 50
    assert made.total["Session"] == 50


def move(ident, minute, tail, head, to_session, **changes):
    return {
        "id": ident,
        "from_host": tail,
        "to_host": head,
        "to_session": to_session,
        "from_user": "CORP\\ann",
        "to_user": "CORP\\ann",
        "kind": "rdp",
        "outcome": "established",
        "start_us": NOON + minute * MINUTE,
        "last_us": NOON + minute * MINUTE,
        "count": 1,
        **changes,
    }


def test_movement_joins_hosts_in_the_order_of_the_moves_and_knows_the_chains():
    hop = {"session": None, "host": None, "user": None}
    made = view(
        tables(
            session("in", 0),
            session("on", 5, host=DC1, user="CORP\\adm", source_class="internal"),
            session("work", 9, host=DC1, source_class="internal"),
            moves=[
                move("m1", 0, None, WS1, "in", from_user=None, source_address="203.0.113.7"),
                move("m2", 5, WS1, DC1, "on", to_user="CORP\\adm", credential_switch=True),
                move("m3", 9, "ws9", DC1, "work", count=3),
                move("m4", 11, WS1, "files.example", None, from_session="in"),
                move("m5", 12, WS1, DC1, "on", hidden="failed", outcome="failed"),
            ],
            chains=[{"id": "c", "entry_class": "external",
                     "hops": [{"move": "m1", **hop}, {"move": "m2", **hop}]}],
        ),
        Scope(About.MOVEMENT),
    )  # fmt: skip
    entry, ws1, dc1 = ("Address", "203.0.113.7"), ("Host", WS1), ("Host", DC1)
    assert edges(made) == {
        (entry, "MOVED_TO", "in", ws1, 1),
        (ws1, "MOVED_TO", "in", dc1, 1),
        (("Outside", "ws9"), "MOVED_TO", "in", dc1, 3),
        (ws1, "MOVED_TO", "in", ("Outside", "files.example"), 1),
    }
    into, on = (made.graph.edges[a, b, "MOVED_TO|rdp|in"] for a, b in ((entry, ws1), (ws1, dc1)))
    assert (into["order"], on["order"]) == (1, 2)
    assert into["paths"] == on["paths"] == [1]
    assert on["users"] == ["ann → adm"]
    assert on["moves"] == ["m2"]
    assert (made.graph.nodes[dc1]["risk"], made.graph.nodes[dc1]["why"]) == (
        3,
        ["reached_from_outside"],
    )
    assert made.graph.nodes[dc1]["reached_us"] == NOON + 5 * MINUTE


def test_a_movement_that_does_not_fit_is_folded_and_counted():
    crowd = [session(f"s{n}", n, host=DC1) for n in range(30)]
    moves = [move(f"m{n}", n, f"h{n}", DC1, f"s{n}") for n in range(30)]
    made = view(tables(*crowd, moves=moves), Scope(About.MOVEMENT), limit=10)
    assert made.graph.number_of_nodes() == 10
    assert made.graph.nodes["Folded", "Host"]["number"] == 22
    assert sum(data["count"] for *_, data in made.graph.edges(data=True)) == 30


def test_a_case_without_moves_says_so():
    with pytest.raises(UsageError, match="several hosts"):
        view(tables(session("a")), Scope(About.MOVEMENT))


def test_hidden_sessions_and_those_outside_of_the_time_stay_out_unless_asked_for():
    case = tables(session("a"), session("b", 60, host=DC1, hidden="service"))
    assert view(case, Scope(About.CASE)).total["Host"] == 1
    assert view(case, Scope(About.CASE), every=True).total["Host"] == 2
    late = view(case, Scope(About.CASE), every=True, since_us=NOON + 30 * MINUTE)
    assert late.sessions["id"].to_list() == ["b"]
    early = view(case, Scope(About.CASE), every=True, until_us=NOON + 30 * MINUTE)
    assert early.sessions["id"].to_list() == ["a"]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("case", Scope(About.CASE)),
        ("movement", Scope(About.MOVEMENT)),
        ("user:CORP\\ann", Scope(About.USER, "CORP\\ann")),
        ("ip:203.0.113.7", Scope(About.ADDRESS, "203.0.113.7")),
        ("address:2001:DB8::0:1", Scope(About.ADDRESS, "2001:db8::1")),
        ("session:session|rdp|x:y", Scope(About.SESSION, "session|rdp|x:y")),
    ],
)
def test_scopes_are_typed_like_this(text, scope):
    assert scope_of(text) == scope


@pytest.mark.parametrize(
    "text", ["", "user", "user:", "case:x", "movement:x", "place:x", "address:ws1"]
)
def test_what_is_no_scope_is_told_so(text):
    with pytest.raises(UsageError):
        scope_of(text)


@pytest.mark.parametrize("scope", ["user:nobody", "address:192.0.2.1", "host:x", "session:x"])
def test_a_thing_that_the_case_does_not_know_is_told_so(scope):
    with pytest.raises(UsageError, match="the case has nothing of"):
        view(tables(session("a")), scope_of(scope))


def test_small_numbers_leave_their_room_to_big_ones():
    assert shares({"a": 2, "b": 500, "c": 40}, 100) == {"a": 2, "b": 58, "c": 40}
    assert shares({"a": 0, "b": 9}, 1) == {"a": 1, "b": 1}
