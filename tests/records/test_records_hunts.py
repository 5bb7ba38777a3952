"""Hunts as records: times as text, filters by column, parameters as people type them."""

from __future__ import annotations

import datetime as dt

import pytest

from graphsess.errors import UsageError
from graphsess.queries import load, names
from graphsess.records.ask import Ask, network_of
from graphsess.records.formats import jsonl
from graphsess.records.hunts import HUNTS, hunt, hunting, listed, values_of
from graphsess.records.stream import records

NAMES = [name.partition("/")[2] for name in names("hunt")]


@pytest.fixture
def case(tables, session, at):
    """Two sessions of ann from outside, one of them a machine's and hidden."""
    return tables(
        sessions=[
            session("s1"),
            session("s2", user="CORP\\bob", source_address="198.51.100.9", start_us=at(5)),
            session("s3", hidden="machine", start_us=at(6)),
        ],
        addresses=[{"address": "203.0.113.7", "class": "external"}],
    )


def found(case, name, *params, **asked):
    query = hunt(name)
    return records(hunting(query, values_of(query, params)), case, Ask(**asked))


def test_a_column_of_microseconds_is_a_time_of_the_record(case):
    rows = found(case, "outside_desktop", fields=("session", "start"), limit=1)
    assert b"".join(jsonl(rows)) == b'{"session":"s1","start":"2026-03-02T12:00:00.000000Z"}\n'


@pytest.mark.parametrize(
    ("asked", "sessions"),
    [
        pytest.param({}, ["s1", "s2"], id="everything that is shown"),
        pytest.param({"every": True}, ["s1", "s2", "s3"], id="hidden ones too"),
        pytest.param({"users": ("bob",)}, ["s2"], id="by user"),
        pytest.param({"hosts": ("ws1",)}, ["s1", "s2"], id="by host"),
        pytest.param({"hosts": ("ws2",)}, [], id="by another host"),
        pytest.param({"networks": (network_of("203.0.113.0/24"),)}, ["s1"], id="by network"),
        pytest.param({"kinds": ("ssh",)}, [], id="by kind"),
        pytest.param({"sort": ("-start",)}, ["s2", "s1"], id="sorted"),
    ],
)  # fmt: skip
def test_the_filters_of_all_streams_apply(case, asked, sessions):
    assert found(case, "outside_desktop", **asked)["session"].to_list() == sessions


def test_a_filter_that_means_nothing_to_a_hunt_is_told(case):
    with pytest.raises(UsageError, match="address_of_many cannot be filtered by --user"):
        found(case, "address_of_many", users=("ann",))


@pytest.mark.parametrize(
    ("given", "values"),
    [
        pytest.param(["min_hosts=5"], {"min_hosts": 5}, id="a whole number"),
        pytest.param(["hours=0.5"], {"hours": 0.5}, id="a number"),
        pytest.param(["hidden=true"], {"hidden": True}, id="yes or no"),
        pytest.param([" min_hosts = 7 "], {"min_hosts": 7}, id="blanks"),
        pytest.param([], {}, id="the defaults"),
    ],
)  # fmt: skip
def test_parameters_are_read_by_their_type(given, values):
    defaults = {"min_hosts": 3, "hours": 1.0, "hidden": False}
    assert values_of(hunt("fan_out"), given) == {**defaults, **values}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(["hosts=5"], "has no parameter 'hosts'; it has min_hosts", id="unknown"),
        pytest.param(["min_hosts=many"], "takes a number, not 'many'", id="no number"),
        pytest.param(["hidden=maybe"], "takes true or false", id="neither yes nor no"),
        pytest.param(["min_hosts"], "takes NAME=VALUE, not 'min_hosts'", id="no value"),
        pytest.param(["hours=1", "hours=2"], "hours is given twice", id="twice"),
    ],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_told(given, told):
    with pytest.raises(UsageError, match=told):
        values_of(hunt("fan_out"), given)


def test_a_time_is_read_in_the_zone_of_the_user():
    at = values_of(hunt("alive_at"), ["at=2026-03-02T13:00"], dt.timezone(dt.timedelta(hours=1)))
    assert at == {"at": 1_772_452_800_000_000}  # 12:00 UTC
    with pytest.raises(UsageError, match="'noon' is no time"):
        values_of(hunt("alive_at"), ["at=noon"])


def test_a_window_must_have_a_length(case):
    with pytest.raises(UsageError, match="hours must be more than 0"):
        found(case, "fan_out", "hours=0")


def test_a_hunt_that_is_not_there_names_those_that_are_near():
    with pytest.raises(UsageError, match="there is no hunt 'fan'; did you mean fan_in or fan_out"):
        hunt("fan")
    with pytest.raises(UsageError, match="`graphsess hunts` lists them all"):
        hunt("xyzzy")
    with pytest.raises(UsageError, match=r"there is no hunt '\.\./derive/x'"):
        hunt("../derive/x")


def test_the_list_tells_every_hunt_with_its_parameters():
    rows = listed()
    assert rows["name"].to_list() == NAMES
    assert set(HUNTS.fields) <= set(rows.columns)
    [row] = rows.filter(rows["name"] == "fan_out").to_dicts()
    assert row["parameters"] == ["min_hosts=3", "hours=1.0"]
    assert row["params"][0] == {
        "name": "min_hosts", "type": "int", "default": "3", "means": "hosts"
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_hunt_answers_a_case_without_rows(tables, name):
    query = load(f"hunt/{name}")
    stream = hunting(query, query.values({}))
    rows = records(stream, tables(hosts=[], boots=[]), Ask())
    assert tuple(rows.columns) == stream.fields
    assert rows.is_empty()
    assert set(stream.shown) == set(stream.fields)
