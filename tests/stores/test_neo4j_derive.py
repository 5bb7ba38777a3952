"""Deriving inside Neo4j: the same rows as the offline case, twice, and without a warning."""

from __future__ import annotations

import dataclasses
import re

import pytest
from acts import busy, crowded
from inline_case import case_of
from stories import story

from graphsess.errors import StoreError
from graphsess.queries import load, names
from graphsess.settings import Settings
from graphsess.stores.neo4j.asking import operators
from graphsess.stores.neo4j.derive import ACROSS, OF_HOSTS
from graphsess.synth.evtx import write_evtx
from graphsess.synth.scenarios import SCENARIOS

EVERY = [name.partition("/")[2] for name in names("derive")]
PLAYED = (
    "before_coverage", "clock_jump_back", "failures_seen_at_dc_only", "log_cleared_in_session",
    "netonly", "rdp_gateway", "rdp_hijack", "rdp_hop", "rdp_not_allowed", "rdp_spray",
    "rdp_takes_console", "rdp_tunnel", "shadowed_desktop", "ssh_mistyped_then_accepted", "winrm",
)  # fmt: skip
"""Scenarios that between them have every kind of session, end and flag."""


def moved(record, domain):
    """The record as if its host were of another domain, so that scenarios do not meet."""

    def there(value):
        if isinstance(value, list):
            return [there(item) for item in value]
        return value.replace("corp.example", domain) if isinstance(value, str) else value

    fields = {name: there(value) for name, value in record.fields.items()}
    return dataclasses.replace(record, computer=there(record.computer), fields=fields)


def differences(store, case):
    return [row[:3] for row in store.verify(case, every=True).rows()][:20]


def test_every_kind_of_story_is_the_same_inside(holding, built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("played")
    for number, name in enumerate(PLAYED):
        for path, records in SCENARIOS[name].run(seed=3).files().items():
            file = folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            write_evtx(file, [moved(record, f"s{number}.example") for record in records])
    case = built(folder)
    flags = set(case.table("flags")["flag"])
    assert {"session_hijack", "takeover", "clock_jump", "shadowed", "tunnelled"} <= flags
    assert differences(holding(case), case) == []


def test_what_happens_by_chance_is_the_same_inside(empty, tmp_path):
    case = case_of(tmp_path, {f"ws{seed}.lab": story(seed) for seed in range(16)})
    empty.load(case)
    empty.derive()
    found = case.table("sessions")
    assert found.filter(found["accesses"].list.len() > 1).height > 15
    assert case.table("failure_runs")["pattern"].n_unique() > 2
    assert differences(empty, case) == []


def test_what_is_done_by_chance_is_mapped_the_same_inside(empty, tmp_path):
    hosts = {f"ws{seed}.lab": busy(seed) for seed in range(12)}
    hosts |= {f"nosid{seed}.lab": busy(seed, security=False) for seed in range(4)}
    case = case_of(tmp_path, {**hosts, "ts.lab": crowded()})
    empty.load(case)
    empty.derive()
    found = case.table("activities")
    assert set(found["method"]) == {
        "luid", "process", "ts_id", "service", "task", "parent", "user", "path", "time",
        "no_session",
    }  # fmt: skip
    assert set(found["flags"].explode().drop_nulls()) == {
        "after_end", "beyond_last_evidence", "many_candidates"
    }  # fmt: skip
    assert found["while_disconnected"].any()
    assert case.table("activity_candidates").height > 100
    assert differences(empty, case) == []


def test_the_case_s_own_settings_hold_inside(empty, tmp_path):
    settings = Settings(burst_s=1, network_s=30, failure_s=20, end_s=0.05, network_max_s=60)
    hosts = {f"ws{seed}.lab": story(seed) for seed in range(40, 44)}
    case = case_of(tmp_path, hosts, settings)
    empty.load(case)
    empty.derive()
    assert differences(empty, case) == []


def test_deriving_again_gives_the_same(holding, demo):
    store = holding(demo)
    assert store.derive().changed == 0
    assert store.derive(again=True).changed == 4
    assert differences(store, demo) == []


def test_deriving_needs_a_case(empty):
    with pytest.raises(StoreError, match="holds no case; load it: graphsess load CASE"):
        empty.derive()


def test_a_difference_is_told_with_both_values(holding, demo, neo4j_server):
    store = holding(demo)
    neo4j_server.holds = None
    with neo4j_server.driver() as driver:
        [record] = driver.execute_query(
            "MATCH (s:Session {outcome: 'established'}) WHERE s.end_us IS NOT NULL "
            "WITH s ORDER BY s.id LIMIT 1 SET s.end_us = s.end_us + 1 RETURN s.id AS id"
        ).records
        driver.execute_query("MATCH (f:FailureRun) WITH f ORDER BY f.id LIMIT 1 DETACH DELETE f")
    found = store.verify(demo)
    [wrong] = found.filter(table="sessions").rows()
    assert wrong[:3] == ("sessions", record["id"], "end_us")
    assert int(wrong[4]) == int(wrong[3]) + 1
    lost = found.filter(table="failure_runs").rows()
    assert [(row[2], row[3], row[4]) for row in lost] == [(None, "the row", None)]


def test_every_file_is_run_in_its_turn():
    assert sorted({*OF_HOSTS, *ACROSS}) == EVERY


def scanned(plan):
    """The labels of which a plan looks at every node."""
    own = re.findall(r"\w:(\w+)", plan["args"].get("Details", ""))
    every = plan["operatorType"].startswith(("NodeByLabelScan", "NodeIndexScan"))
    here = set(own) if every else set()
    return here.union(*(scanned(child) for child in plan.get("children", ())))


@pytest.mark.parametrize("name", EVERY)
def test_a_derivation_is_planned_without_a_warning_and_from_its_hosts_on(name, holding, demo):
    store = holding(demo)
    query = load(f"derive/{name}")
    values = {"hosts": ["x"]} if "hosts" in query.params else {}
    with store.driver.session(notifications_min_severity="INFORMATION") as session:
        for statement in query.statements:
            told = session.run(f"EXPLAIN {statement}", query.values(values)).consume()
            warned = [it for it in told.gql_status_objects if it.is_notification]
            assert warned == [], statement
            used = set(operators(told.plan))
            assert not used & {"AllNodesScan", "CartesianProduct"}, statement
            assert name not in OF_HOSTS or not scanned(told.plan) & {"Event", "Access"}, statement
            assert told.query_type in ("rw", "w")
