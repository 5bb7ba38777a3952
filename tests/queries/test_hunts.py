"""Every hunt: its file, what it finds and what it does not, and that its twin says the same."""

from __future__ import annotations

import re
from functools import cache

import polars as pl
import pytest
from graph_of_tables import write
from neo4j.exceptions import ClientError
from town import EXPECTED

from graphsess.graph.schema import LABELS, PROPERTIES, TYPES
from graphsess.queries import load, names
from graphsess.queries.twins import NO_ROWS, TWINS

HUNTS = [name.partition("/")[2] for name in names("hunt")]
VARIABLE_WORDS = {"on", "off", "end", "order", "match", "where", "in", "case"}
NOT_PORTABLE = {
    "block comment": r"/\*", "CYPHER prefix": r"(?i)^\s*cypher\s", "datetime": r"(?i)datetime\(",
    "duration": r"(?i)duration", "apoc or gds": r"(?i)\b(apoc|gds)\.",
    "COLLECT {}": r"COLLECT\s*\{",
    "SHORTEST": r"(?i)\bshortest", "quantified path": r"\)(\{\d|\+|\*)",
    "unbounded path": r"\*\s*(\]|\.\.\s*\])", "chained comparison": r"[\w.]+ <=? [\w.$]+ <=? ",
    "inline WHERE": r"\(\w*:?\w* WHERE", "!=": r"!=", "LOAD CSV": r"(?i)load\s+csv",
}  # fmt: skip
WRITES = r"(?i)\b(create|merge|set|delete|detach|remove|foreach|drop)\b"
FULL_SCANS = ("AllNodesScan", "CartesianProduct")
MANY = ("Event", "ON", "SOURCE_OF", "PART_OF", "OF_LOGON", "UNDER_LOGON", "BY", "FOR", "FROM")
"""Labels and types of which there are as many as there are events."""


@pytest.fixture(scope="module")
def graph(neo4j_server, tables):
    """The town in Neo4j, and a way to ask it that lets nothing be written."""
    neo4j_server.wipe()
    with neo4j_server.driver() as driver:
        write(driver, tables)
        with driver.session() as session:  # plans are made from counts: let them be those of now
            session.run("CALL db.prepareForReplanning()").consume()

        def ask(text, values):
            with driver.session(default_access_mode="READ") as session:
                result = session.run(text, values)
                return [dict(record) for record in result], result.consume()

        yield ask
    neo4j_server.wipe()


@pytest.fixture(scope="module")
def profiled(graph):
    """A hunt's rows and summary with the plan that gave them, each hunt planned once."""

    @cache
    def ask(name):
        query = load(f"hunt/{name}")
        return graph(f"PROFILE {query.text}", query.values(EXPECTED[name][0]))

    return ask


def body(name):
    """The Cypher without comments and texts."""
    text = re.sub(r"//[^\n]*", "", load(f"hunt/{name}").text)
    return re.sub(r"'(?:\\.|[^'])*'", "''", text)


def test_there_are_more_than_thirty_and_each_is_expected_to_find_something():
    assert len(HUNTS) >= 30
    assert set(HUNTS) == set(TWINS) == set(EXPECTED)


@pytest.mark.parametrize("name", HUNTS)
def test_a_hunt_declares_the_parameters_that_it_uses(name):
    assert set(re.findall(r"\$(\w+)", body(name))) == set(load(f"hunt/{name}").params)


@pytest.mark.parametrize("name", HUNTS)
def test_a_hunt_speaks_the_words_of_the_schema(name):
    text = body(name)
    labels = {word for found in re.findall(r"\(\w*((?::\w+)+)", text) for word in found.split(":")}
    types = {word for found in re.findall(r"\[\w*:([\w|]+)", text) for word in found.split("|")}
    props = set(re.findall(r"\b[a-z]\.(\w+)", text)) | set(re.findall(r"\b(?:before)\.(\w+)", text))
    assert labels - {""} <= set(LABELS)
    assert types <= TYPES
    assert props <= PROPERTIES


@pytest.mark.parametrize("name", HUNTS)
def test_a_hunt_reads_and_stays_within_the_portable_subset(name):
    query, text = load(f"hunt/{name}"), body(name)
    assert len(query.statements) == 1
    assert query.writes == ""
    assert not re.search(WRITES, text)
    assert [why for why, pattern in NOT_PORTABLE.items() if re.search(pattern, text)] == []
    assert "RETURN *" not in text
    assert text.rstrip().rpartition("\n")[2].startswith("ORDER BY")
    variables = set(re.findall(r"[\(\[](\w+)[:\)]", text)) | set(re.findall(r"AS (\w+)", text))
    assert {word.lower() for word in variables} & VARIABLE_WORDS == set()


@pytest.mark.parametrize("name", HUNTS)
def test_a_twin_returns_the_columns_of_its_hunt(name):
    query = load(f"hunt/{name}")
    found = TWINS[name](NO_ROWS, query.values({}))
    assert tuple(found.columns) == query.returns
    assert found.height == 0
    assert pl.Null not in set(found.dtypes)


@pytest.mark.parametrize("name", HUNTS)
def test_a_hunt_finds_what_it_asks_for_and_not_what_stands_beside(name, tables):
    given, column, hits, misses = EXPECTED[name]
    found = TWINS[name](tables, load(f"hunt/{name}").values(given))
    told = set(found[column])
    assert hits <= told
    assert misses & told == set()


@pytest.mark.parametrize("name", HUNTS)
def test_neo4j_gives_the_rows_of_the_twin_and_no_warning(name, tables, profiled):
    query = load(f"hunt/{name}")
    rows, summary = profiled(name)
    assert rows == TWINS[name](tables, query.values(EXPECTED[name][0])).to_dicts()
    assert all(tuple(row) == query.returns for row in rows)
    assert [it.gql_status for it in summary.gql_status_objects if it.is_notification] == []


@pytest.mark.parametrize("name", HUNTS)
def test_a_hunt_is_planned_as_reading_without_scans_of_all_events(name, profiled):
    _, summary = profiled(name)
    assert summary.query_type == "r"
    assert [step for step in steps(summary.profile) if is_full_scan(*step)] == []


def test_hidden_sessions_are_the_same_in_both(tables, graph):
    for name in (name for name in HUNTS if "hidden" in load(f"hunt/{name}").params):
        query = load(f"hunt/{name}")
        values = query.values({**EXPECTED[name][0], "hidden": True})
        rows, _ = graph(f"PROFILE {query.text}", values)
        assert (name, rows) == (name, TWINS[name](tables, values).to_dicts())


@pytest.mark.parametrize(
    "written", ["CREATE (:Session {id: 'x'})", "SET s.user = 'x'", "DETACH DELETE s",
                "MERGE (:User {id: 'x'})", "REMOVE s.user"]
)  # fmt: skip
def test_a_hunt_cannot_write(written, graph):
    head = "MATCH (s:Session) WITH s LIMIT 1 "
    with pytest.raises(ClientError) as refused:
        graph(f"{head}{written} RETURN 1 AS done", {})
    assert refused.value.code == "Neo.ClientError.Statement.AccessMode"


def steps(plan):
    """Operator and details of every step of a plan."""
    yield plan["operatorType"].partition("@")[0], plan.get("args", {}).get("Details", "")
    for child in plan.get("children", ()):
        yield from steps(child)


def is_full_scan(operator, details):
    words = set(re.findall(r":(\w+)", details))
    by_index = operator.startswith("NodeIndex") and operator != "NodeIndexScan"
    return operator in FULL_SCANS or ("Scan" in operator and not by_index and words & set(MANY))
