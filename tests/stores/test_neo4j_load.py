"""Loading a case into Neo4j: what is there afterwards, twice, after trouble, and beside others."""

from __future__ import annotations

import zipfile

import pytest
from events_inline import event
from inline_case import DEMO, case_of

from graphsess.errors import StoreError
from graphsess.graph.schema import LABELS, RELATIONSHIPS

ANN = "LAB\\ann"
HOSTILE = [
    "x'}) DETACH DELETE n //", 'a"b`c', "{id: $rows}", "\u202eevil\u202c", "nul\x00in", "a|b%c",
    "${jndi:ldap://x}", "\\u0027", "\U0001f4a3" * 100, "n" * 65_536, "'; CALL db.clear() //",
]  # fmt: skip


def counts(server):
    """How many nodes of each label and relationships of each type there are."""
    with server.driver() as driver:
        nodes = driver.execute_query("MATCH (n) UNWIND labels(n) AS l RETURN l, count(*) AS c")
        edges = driver.execute_query("MATCH ()-[r]->() RETURN type(r) AS l, count(*) AS c")
    return {record["l"]: record["c"] for found in (nodes, edges) for record in found.records}


def logons(*users, at=0.0, **more):
    return [
        event("security_4624", at + place, user=user, luid=0xA0000 + place, logon_type=3,
              address="10.0.0.9", port=50_000, **more)
        for place, user in enumerate(users)
    ]  # fmt: skip


def test_a_case_goes_in_whole_and_comes_back_the_same(empty, demo):
    done = empty.load(demo)
    found = empty.tables
    assert (done.hosts, done.changed, done.lost) == (4, 4, 0)
    assert done.created == done.sent
    for name in ("hosts", "logons", "accesses", "links", "events", "coverage", "evidence"):
        rows = found.table(name)
        assert rows.equals(demo.table(name).select(rows.columns)), name


def test_no_session_is_loaded(empty, demo, neo4j_server):
    empty.load(demo)
    derived = {name for name, label in LABELS.items() if label.derived}
    derived |= {found.type for found in RELATIONSHIPS if found.derived and found.start in derived}
    kept = {found.type for found in RELATIONSHIPS if not found.derived}
    assert not (derived - kept) & set(counts(neo4j_server))


def test_loading_twice_changes_nothing(holding, demo, neo4j_server):
    store = holding(demo)
    before = counts(neo4j_server)
    again = store.load(demo)
    assert (again.changed, again.created, again.sent) == (0, 0, 0)
    assert counts(neo4j_server) == before


def test_a_load_that_was_stopped_goes_on_where_it_was(empty, demo, neo4j_server):
    class Stopped(Exception):
        pass

    def stop(_, events, __):
        if events:
            raise Stopped

    with pytest.raises(Stopped):
        empty.load(demo, report=stop)
    with pytest.raises(StoreError, match="was not loaded to its end; load it"):
        empty.derive()
    part = counts(neo4j_server)["Event"]
    done = empty.load(demo)
    whole = counts(neo4j_server)
    assert 0 < part <= whole["Event"] == demo.table("events").height
    assert done.created < done.sent
    empty.derive()
    assert empty.verify(demo, every=True).rows() == []


def test_a_host_that_lacks_something_is_loaded_anew(empty, demo, neo4j_server):
    empty.load(demo)
    before = counts(neo4j_server)
    with neo4j_server.driver() as driver:
        driver.execute_query("MATCH (e:Event)-[:ON]->(h) WITH e LIMIT 3 DETACH DELETE e")
    done = empty.load(demo)
    assert 0 < done.changed < 4
    assert counts(neo4j_server) == before


def test_of_a_grown_case_only_what_changed_is_loaded(empty, built, tmp_path):
    with zipfile.ZipFile(DEMO) as archive:
        archive.extractall(tmp_path / "demo")
    first = built(tmp_path / "demo" / "DC1", tmp_path / "demo" / "WS1", folder=tmp_path / "case")
    empty.load(first)
    empty.derive()
    built(tmp_path / "demo" / "WS2", tmp_path / "demo" / "RDS1", folder=tmp_path / "case",
          add=True)  # fmt: skip
    whole = type(first).open(tmp_path / "case")
    done = empty.load(whole)
    assert (done.hosts, done.removed) == (4, 0)
    assert 2 <= done.changed <= 4
    with pytest.raises(StoreError, match="is loaded but not derived"):
        empty.derived()
    empty.derive()
    assert empty.verify(whole, every=True).rows() == []


def test_another_case_is_refused_and_replace_empties_the_database(empty, demo, tmp_path):
    other = case_of(tmp_path, {"ws1.lab": logons(ANN)}, evidence=("b" * 64,))
    empty.load(demo)
    with pytest.raises(StoreError, match="holds another case; load into another one, or empty"):
        empty.load(other)
    empty.load(other, replace=True)
    assert empty.tables.table("hosts")["id"].to_list() == ["ws1.lab"]


def test_a_database_of_somebody_else_is_refused(empty, demo, neo4j_server):
    with neo4j_server.driver() as driver:
        driver.execute_query("CREATE (:Customer {id: 'kept'})")
    with pytest.raises(StoreError, match="holds something that is no case of graphsess"):
        empty.load(demo)
    assert counts(neo4j_server) == {"Customer": 1}


def test_hostile_names_come_back_unchanged_and_are_never_run(empty, tmp_path, neo4j_server):
    names = [name.replace("\\", "/") for name in HOSTILE]
    failed = [
        event("security_4625", 100 + place, user=None, address=None, client_name=name,
              logon_type=3, target_user=name)
        for place, name in enumerate(names)
    ]  # fmt: skip
    long_host = "h" * 9_000
    case = case_of(
        tmp_path,
        {
            "ws1.lab": [*logons(*(f"LAB\\{name}" for name in names)), *failed],
            long_host: logons(ANN, at=5),
        },
    )
    done = empty.load(case)
    empty.derive()
    assert done.created == done.sent
    assert empty.verify(case, every=True).rows() == []
    held = set(case.table("events")["target_user"].drop_nulls())
    assert {name.strip() for name in names if "\x00" not in name} <= held
    assert long_host in empty.tables.table("hosts")["id"].to_list()
    assert set(counts(neo4j_server)) <= set(LABELS) | {found.type for found in RELATIONSHIPS}
