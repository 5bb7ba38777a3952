"""Tests of graphsess/records/stream.py and ask.py: filters, order, fields."""

from __future__ import annotations

import datetime as dt

import pytest

from graphsess.errors import UsageError
from graphsess.records.ask import EVERYTHING, Ask, moment_of, network_of, zone_of
from graphsess.records.registry import STREAMS
from graphsess.records.stream import records

SESSIONS = STREAMS["sessions"]


def ids(tables, **ask):
    return records(SESSIONS, tables, Ask(**ask))["id"].to_list()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ann", ["plain", "upn", "no realm"]),
        ("ANN", ["plain", "upn", "no realm"]),
        ("corp\\ann", ["plain"]),
        ("CORP\\*", ["plain", "other"]),
        ("an", []),
        ("a.n", []),
        ("s-1-5-21-1-2-3-1001", ["plain"]),
        ("adm*", ["tried"]),
        ("d'or (x)|.*", ["odd"]),
    ],
)
def test_a_user_is_found_by_name_realm_or_sid_without_case(tables, session, name, found):
    none = {"user": None, "sid": None}
    rows = [
        session("plain"),
        session("other", user="CORP\\bob", sid="S-2"),
        session("upn", user="ann@corp.example", sid="S-3"),
        session("no realm", user="ann", sid="S-4"),
        session("tried", **none, attempted_user="admin"),
        session("odd", user="d'or (x)|.*", sid="S-5"),
        session("nobody", **none),
    ]
    assert sorted(ids(tables(sessions=rows), users=(name,))) == sorted(found)


@pytest.mark.parametrize(
    ("name", "found"),
    [("ws1", 1), ("WS1.CORP.example", 1), ("ws1.corp", 0), ("ws*", 1), ("s1", 0)],
)
def test_a_host_is_found_by_its_short_or_full_name(tables, session, name, found):
    assert len(ids(tables(sessions=[session()]), hosts=(name,))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("203.0.113.7", ["v4"]),
        ("203.0.113.0/24", ["v4"]),
        ("10.0.0.0/8", []),
        ("2001:db8::/32", ["v6"]),
    ],
)
def test_an_address_is_found_alone_or_in_its_network(tables, session, text, found):
    rows = [
        session("v4"),
        session("v6", source_address="2001:db8::7"),
        session("none", source_address=None),
    ]
    assert ids(tables(sessions=rows), networks=(network_of(text),)) == found


def test_several_of_one_filter_are_or_and_several_filters_are_and(tables, session):
    rows = [session("a"), session("b", kind="ssh"), session("c", kind="network")]
    made = tables(sessions=rows)
    assert ids(made, kinds=("rdp", "SSH")) == ["a", "b"]
    assert ids(made, kinds=("rdp", "ssh"), users=("bob",)) == []


def test_a_span_of_time_keeps_what_overlaps_it(tables, session, at):
    rows = [
        session("before", start_us=at(-9), end_us=at(-1)),
        session("into", start_us=at(-9), end_us=at(1)),
        session("open", start_us=at(-9), end_us=None, end_kind="open_at_end_of_log"),
        session("unseen end", start_us=at(-9), end_us=None, end_kind="unobserved"),
        session("inside", start_us=at(1), end_us=at(2)),
        session("no start", start_us=None, end_us=at(3)),
        session("after", start_us=at(5), end_us=at(6)),
    ]
    noon = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    found = ids(tables(sessions=rows), since=noon, until=noon + dt.timedelta(minutes=5))
    assert sorted(found) == ["inside", "into", "no start", "open"]


def test_hidden_sessions_come_only_with_all(tables, session):
    made = tables(sessions=[session("a"), session("b", hidden="machine")])
    assert ids(made) == ["a"]
    assert records(SESSIONS, made, EVERYTHING)["hidden"].to_list() == [None, "machine"]


def test_records_are_sorted_cut_and_narrowed_in_that_order(tables, session, at):
    rows = [session(name, start_us=at(n)) for n, name in enumerate("abc")]
    frame = records(
        SESSIONS, tables(sessions=rows), Ask(sort=("-start",), limit=2, fields=("start", "id"))
    )
    assert frame.columns == ["start", "id"]
    assert frame["id"].to_list() == ["c", "b"]


def test_unknown_fields_and_filters_without_meaning_are_usage_errors(tables):
    with pytest.raises(UsageError, match="sessions has no field 'odd'; it has id, "):
        records(SESSIONS, tables(), Ask(fields=("odd",)))
    with pytest.raises(UsageError, match="evidence cannot be filtered by --ip"):
        records(STREAMS["evidence"], tables(), Ask(networks=(network_of("10.0.0.1"),)))


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_every_stream_of_an_empty_case_is_empty_with_all_its_fields(tables, name):
    stream = STREAMS[name]
    made = tables(hosts=[], boots=[])
    frame = records(stream, made, Ask(at=moment_of("2026-03-02"), about="ann", every=True))
    assert frame.columns == list(stream.fields)
    assert frame.is_empty()


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_every_stream_shows_and_filters_by_fields_that_it_has(tables, name):
    stream = STREAMS[name]
    assert set(stream.shown) <= set(stream.fields)
    rows = stream.rows(tables(), Ask(at=moment_of("2026-03-02"), about="ann"))
    span = stream.span or ()
    used = {*stream.hosts, *stream.users, *stream.addresses, *span, *filter(None, [stream.kind])}
    assert used <= set(rows.columns)


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2020-09-19", "UTC", "2020-09-19T00:00:00+00:00"),
        ("2020-09-19 05:30", "+02:00", "2020-09-19T03:30:00+00:00"),
        ("2020-07-01T12:00", "Europe/Berlin", "2020-07-01T10:00:00+00:00"),
        ("2020-09-19T03:30:00Z", "Europe/Berlin", "2020-09-19T03:30:00+00:00"),
        ("2020-09-19T03:30:00.123456-04:00", "UTC", "2020-09-19T07:30:00.123456+00:00"),
    ],
)
def test_a_time_without_a_zone_is_in_the_zone_asked_for(text, zone, utc):
    assert moment_of(text, zone_of(zone)).isoformat() == utc


@pytest.mark.parametrize("text", ["", "yesterday", "2020-13-01", "12", "2020-09-19T03:30:00+99:00"])
def test_what_is_no_time_is_one_sentence(text):
    with pytest.raises(UsageError, match="is no time; write it like 2020-09-19"):
        moment_of(text)


@pytest.mark.parametrize("text", ["Nowhere/City", "", "../../etc/passwd", "+99", "-"])
def test_what_is_no_zone_is_one_sentence(text):
    with pytest.raises(UsageError, match="is no time zone"):
        zone_of(text)


@pytest.mark.parametrize("text", ["", "ws1", "10.0.0.0/99", "10.0.0"])
def test_what_is_no_address_is_one_sentence(text):
    with pytest.raises(UsageError, match="is no address or network"):
        network_of(text)
