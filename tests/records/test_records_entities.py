"""Tests of graphsess/records: users, addresses, hosts, failures, locals, connections, coverage."""

from __future__ import annotations

from graphsess.records.ask import EVERYTHING, Ask
from graphsess.records.columns import written
from graphsess.records.registry import STREAMS
from graphsess.records.stream import records


def rows(tables, stream, ask=None):
    frame = written(records(STREAMS[stream], tables, ask or Ask()))
    return list(frame.iter_rows(named=True))


def test_an_account_is_its_sid_under_all_its_names(tables, session):
    made = tables(
        sessions=[
            session("a", user="CORP\\ann"),
            session("b", user="ann@corp.example"),
            session("c", user="corp\\ANN", sid=None, outcome="failed"),
        ]
    )
    (user,) = rows(made, "users")
    assert (user["sessions"], user["failures"]) == (2, 1)
    assert user["sid"] == "S-1-5-21-1-2-3-1001"
    assert len(user["aliases"]) == 2
    assert user["user"] not in user["aliases"]


def test_a_name_that_two_accounts_bear_is_given_to_neither(tables, session):
    made = tables(
        sessions=[
            session("a", sid="S-1"),
            session("b", sid="S-2"),
            session("c", sid=None),
        ]
    )
    assert [user["sid"] for user in rows(made, "users")] == ["S-1", "S-2", None]


def test_a_name_that_was_only_tried_is_a_user_without_sessions(tables, session):
    tried = session(user=None, sid=None, attempted_user="root", outcome="failed")
    (user,) = rows(tables(sessions=[tried]), "users")
    assert (user["user"], user["sessions"], user["failures"]) == ("root", 0, 1)


def test_a_user_is_counted_by_place_address_range_and_kind(tables, session, at):
    made = tables(
        sessions=[
            session("a", flags=["takeover"], privileged=True),
            session("b", kind="ssh", source_address="10.1.2.3", source_class="internal"),
            session("c", start_us=at(-5), end_us=None, source_address=None, source_class="local"),
        ],
        addresses=[
            {"address": "10.1.2.3", "range": "10.1.2.0/24"},
            {"address": "203.0.113.7", "range": "203.0.113.0/24"},
        ],
    )
    (user,) = rows(made, "users")
    assert user["hosts"] == ["WS1.corp.example"]
    assert user["addresses"] == ["10.1.2.3", "203.0.113.7"]
    assert user["ranges"] == ["10.1.2.0/24", "203.0.113.0/24"]
    assert (user["external"], user["internal"], user["tunnelled"]) == (1, 1, 0)
    assert user["kinds"] == ["rdp", "ssh"]
    assert (user["privileged"], user["flags"]) == (True, ["takeover"])
    assert (user["first"], user["last"]) == (
        "2026-03-02T11:55:00.000000Z",
        "2026-03-02T12:10:00.000000Z",
    )


def test_machines_are_no_users_by_default(tables, session):
    made = tables(sessions=[session(hidden="machine", **{"class": "machine"})])
    assert rows(made, "users") == []
    assert len(rows(made, "users", EVERYTHING)) == 1


def test_an_address_knows_who_came_from_it_and_whose_it_was(tables, session, at):
    made = tables(
        sessions=[session("a"), session("b", outcome="failed")],
        connections=[
            {
                "id": "c1",
                "host": "ws1.corp.example",
                "address": "198.51.100.9",
                "stage": "probe",
                "start_us": at(1),
            }
        ],
        bindings=[
            {
                "address": "10.1.2.3",
                "host": "ws1.corp.example",
                "valid_from_us": at(0),
                "valid_to_us": at(5),
                "weight": 9,
            },
            {"address": "10.1.2.4", "name": "elsewhere", "weight": 5},
        ],
    )
    found = {row["address"]: row for row in rows(made, "addresses")}
    assert sorted(found) == ["10.1.2.3", "10.1.2.4", "198.51.100.9", "203.0.113.7"]
    came = found["203.0.113.7"]
    assert (came["class"], came["users"]) == ("external", ["CORP\\ann"])
    assert (came["sessions"], came["failures"], came["probes"]) == (1, 1, 0)
    assert found["198.51.100.9"]["probes"] == 1
    assert found["10.1.2.3"]["hosts"] == [
        {
            "host": "WS1.corp.example",
            "valid_from": "2026-03-02T12:00:00.000000Z",
            "valid_to": "2026-03-02T12:05:00.000000Z",
            "weight": 9,
        }
    ]
    assert found["10.1.2.4"]["hosts"][0]["host"] == "elsewhere"


def test_a_host_has_its_boots_jumps_and_clearings_with_times(tables, at):
    host = {
        "id": "h",
        "name": "H",
        "names": ["old", "H"],
        "clock_jumps": [{"before_us": at(1), "after_us": at(0)}],
        "logs_cleared": [{"time_us": at(2), "channel": "Security", "user": "ann"}],
    }
    boots = [
        {"id": "b1", "host": "h", "boot": 1, "start_us": at(3)},
        {"id": "b0", "host": "h", "boot": 0, "end_us": at(2), "end_kind": "crash"},
    ]
    (row,) = rows(tables(hosts=[host], boots=boots), "hosts")
    assert [boot["id"] for boot in row["boots"]] == ["b0", "b1"]
    assert row["boots"][0] == {
        "id": "b0",
        "start": None,
        "end": "2026-03-02T12:02:00.000000Z",
        "end_kind": "crash",
    }
    assert row["clock_jumps"] == [
        {"before": "2026-03-02T12:01:00.000000Z", "after": "2026-03-02T12:00:00.000000Z"}
    ]
    assert row["logs_cleared"][0]["time"] == "2026-03-02T12:02:00.000000Z"
    assert row["addresses"] == []


def test_a_failure_run_names_the_successes_that_followed_and_all_its_records(tables, session, at):
    run = {
        "id": "run",
        "host": "ws1.corp.example",
        "kind": "rdp",
        "source_address": "203.0.113.7",
        "count": 2,
        "users": [{"user": "ann", "count": 2}],
        "first_us": at(-2),
        "last_us": at(-1),
        "statuses": [{"code": "0xc000006a", "count": 2}],
        "pattern": "mistype",
    }
    made = tables(
        failure_runs=[run],
        followed_by_success=[
            {"failure_run": "run", "session": "late", "gap_us": 9},
            {"failure_run": "run", "session": "soon", "gap_us": 1},
        ],
        sessions=[session("f1", failure_run="run"), session("f2", failure_run="run")],
        sources=[
            {"session": name, "ord": n, "uid": f"u{n}", "role": "AUTH_FAIL", "rule": "R5.6"}
            for n, name in enumerate(["f1", "f2", "other"])
        ],
    )
    (row,) = rows(made, "failures")
    assert row["sessions_after"] == ["soon", "late"]
    assert [source["event"] for source in row["sources"]] == ["u0", "u1"]
    assert row["first"] == "2026-03-02T11:58:00.000000Z"


def test_failures_are_found_by_a_user_who_was_tried(tables):
    run = {"id": "run", "host": "h", "users": [{"user": "CORP\\ann", "count": 1}]}
    made = tables(failure_runs=[run])
    assert len(rows(made, "failures", Ask(users=("ann",)))) == 1
    assert rows(made, "failures", Ask(users=("bob",))) == []


def test_a_desktop_lists_both_halves_of_its_logon_and_no_byproducts(tables, session, logon, at):
    desktop = {
        "id": "d",
        "host": "ws1.corp.example",
        "boot": 0,
        "ts_id": 2,
        "start_us": at(0),
        "disconnected": [{"start_us": at(3), "end_us": None}],
    }
    made = tables(
        locals=[desktop],
        logons=[
            logon(5, local="d", linked_luid=4),
            logon(9, local="d", byproduct_of="d"),
            logon(8, local="d", **{"class": "service"}),
        ],
        sessions=[session("s2", local="d", start_us=at(5)), session("s1", local="d", luids=[5])],
    )
    (row,) = rows(made, "locals")
    assert row["logon_ids"] == ["0x4", "0x5", "0x51c10f"]
    assert row["sessions"] == ["s1", "s2"]
    assert row["disconnected"] == [{"start": "2026-03-02T12:03:00.000000Z", "end": None}]
    assert row["locked"] == []


def test_desktops_never_established_and_probes_come_only_with_all(tables):
    made = tables(
        locals=[{"id": "d", "host": "h", "end_kind": "never_established"}],
        connections=[{"id": "c", "host": "h", "stage": "probe"}],
    )
    for stream in ("locals", "connections"):
        assert rows(made, stream) == []
        assert len(rows(made, stream, EVERYTHING)) == 1


def test_a_desktops_and_a_connections_sources_are_those_of_its_accesses(tables):
    made = tables(
        locals=[{"id": "d", "host": "h"}],
        connections=[{"id": "c", "host": "h", "stage": "established"}],
        accesses=[
            {"id": "a1", "local": "d", "connection": "c"},
            {"id": "a2", "local": "d", "connection": "other"},
        ],
        links=[
            {"access": name, "ord": n, "uid": f"u{n}", "role": "CONNECT", "rule": "R4.1"}
            for n, name in enumerate(["a1", "a2", "a3"])
        ],
    )
    (desktop,), (connection,) = rows(made, "locals"), rows(made, "connections")
    assert [source["event"] for source in desktop["sources"]] == ["u0", "u1"]
    assert [source["event"] for source in connection["sources"]] == ["u0"]


def test_holes_lie_between_the_stretches_of_a_channel(tables, at):
    stretches = [
        {
            "host": "ws1.corp.example",
            "channel": "Security",
            "first_us": at(first),
            "last_us": at(last),
            "broken_by": why,
        }
        for first, last, why in [(5, 9, "end_of_file"), (0, 3, "clear")]
    ]
    (row,) = rows(tables(coverage=stretches), "coverage")
    assert row["intervals"] == [
        {"first": "2026-03-02T12:00:00.000000Z", "last": "2026-03-02T12:03:00.000000Z"},
        {"first": "2026-03-02T12:05:00.000000Z", "last": "2026-03-02T12:09:00.000000Z"},
    ]
    assert row["gaps"] == [
        {
            "from": "2026-03-02T12:03:00.000000Z",
            "to": "2026-03-02T12:05:00.000000Z",
            "cause": "clear",
        }
    ]
