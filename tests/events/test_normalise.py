"""Tests of graphsess.events.normalise, uid, stamps and raw: rows of text in, rows of facts out."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphsess.catalogue import COLUMNS, KINDS
from graphsess.events.normalise import normalise
from graphsess.events.raw import raw
from graphsess.events.table import RAW, READ
from graphsess.readers.record import Identity
from graphsess.readers.rows import Rows
from graphsess.readers.tables import LOGGED

SHA = "e" * 64
WHO = Identity(None, "ws1", "Security", "P", 4634, 0, 1, None, None, None)


def logged(*rows):
    """A reader's batch; only what a case is about is spelled out."""
    base = {
        "kind": "security_4624",
        "time": "2020-09-13T12:26:41.123456Z",
        "computer": "WS1.corp.example",
        "channel": "Security",
        "provider": "Microsoft-Windows-Security-Auditing",
        "event_id": 4624,
        "version": 2,
        "record_id": 7,
        "carved": False,
    }
    return pl.DataFrame([dict.fromkeys(LOGGED) | base | row for row in rows], LOGGED)


def one(**row):
    """The normalised form of one row."""
    return normalise(logged(row), SHA).to_dicts()[0]


def test_the_result_has_the_schema_and_the_order_of_the_input():
    table = normalise(logged(*({"record_id": n} for n in (3, 1, 2))), SHA, 10)
    assert dict(table.schema) == READ
    assert table["record_id"].to_list() == [3, 1, 2]
    assert table["row"].to_list() == [10, 11, 12]
    assert set(table["evidence"]) == {SHA}
    assert dict(normalise(logged(), SHA).schema) == READ


def test_columns_are_read_by_their_form():
    row = one(
        target_user="CORP\\ann",
        target_luid="0x1a2b",
        target_sid="S-1-0-0",
        logon_process="User32 ",
        logon_guid="{00000000-0000-0000-0000-000000000000}",
        logon_type="10",
        elevated="%%1843",
        address="::ffff:192.0.2.7",
        port="0",
        process_id="0x4c",
    )
    expected = {
        "time_us": 1_600_000_001_123_456,
        "target_user": "ann",
        "target_domain": "CORP",
        "target_luid": 0x1A2B,
        "target_sid": None,
        "logon_process": "User32",
        "logon_guid": None,
        "logon_type": 10,
        "elevated": False,
        "address": "192.0.2.7",
        "port": 0,
        "process_id": 76,
    }
    assert {name: row[name] for name in expected} == expected


def test_a_time_of_1601_is_unknown():
    assert one(time="1601-01-01T00:00:00.000000Z")["time_us"] is None
    assert one(time=None)["time_us"] is None


def test_a_port_written_with_the_address_fills_the_ports_column_unless_it_is_set():
    assert one(address="192.0.2.7:50123")["port"] == 50123
    assert one(address="[192.0.2.7]:50123", port="445")["port"] == 445


@pytest.mark.parametrize(
    ("kind", "address", "verb"),
    [
        ("lsm_21", "LOCAL", "LOCAL"),
        ("lsm_25", "local", "LOCAL"),
        ("security_4779", "LOCAL", "LOCAL"),
        ("lsm_21", None, None),
        ("lsm_21", "192.0.2.7", None),
        ("core_131", "LOCAL", None),
        ("security_4624", "LOCAL", None),
    ],
)
def test_the_word_local_is_told_from_nothing(kind, address, verb):
    row = one(kind=kind, event_id=KINDS[kind].event_id, address=address)
    assert (row["address"] if verb or not address else None, row["verb"]) == (None, verb)


def test_a_message_becomes_columns_and_is_not_kept_among_them():
    row = one(
        kind="lsm_25",
        event_id=25,
        detail="Title:\n\nUser: CORP\\ann\nSession ID: 2\nSource Network Address: LOCAL",
    )
    assert (row["target_user"], row["target_domain"], row["ts_id"]) == ("ann", "CORP", 2)
    assert (row["address"], row["verb"], row["detail"]) == (None, "LOCAL", None)


def test_the_uid_is_the_documented_digest():
    from hashlib import sha256

    key = "ws1.corp.example|security|7|4624|1600000001123456"
    assert one()["uid"] == sha256(key.encode()).hexdigest()[:32]


def test_copies_of_a_record_have_one_uid_and_any_difference_of_identity_another():
    same = one(computer="ws1.CORP.example", channel="security", target_user="x")["uid"]
    assert same == one()["uid"]
    others = [
        {"computer": "ws2"},
        {"channel": "System"},
        {"record_id": 8},
        {"event_id": 4625},
        {"time": "2020-09-13T12:26:41.123457Z"},
    ]
    assert len({one(**other)["uid"] for other in others} | {same}) == 6


def test_events_without_record_ids_stay_apart_and_files_given_twice_do_not():
    rows = [{"record_id": None}, {"record_id": None}, {"record_id": None, "target_user": "b"}]
    uids = normalise(logged(*rows), SHA)["uid"].to_list()
    assert len(set(uids)) == 3
    assert normalise(logged(*rows), "f" * 64)["uid"].to_list() == uids


def test_the_boot_inside_a_security_activity_id():
    boot = one(activity_id="{1CB713B3-AB00-0000-3914-B71C00ABD501}")["boot_stamp_us"]
    assert boot == 0x01D5AB001CB71439 // 10 - 11_644_473_600_000_000
    guid = "{1CB713B3-AB00-0000-3914-B71C00ABD501}"
    assert one(activity_id=guid, channel="System")["boot_stamp_us"] is None
    assert one(activity_id="4F6B1D2E-8A3C-4F6D-9B1E-2C3D4E5F6071")["boot_stamp_us"] is None
    assert one(activity_id=None)["boot_stamp_us"] is None


@pytest.mark.parametrize(
    ("guid", "luid", "expected"),
    [
        ("{b34bc01c-22a8-5f69-67ac-100000000000}", "0x10ac67", 0x5F6922A8),
        ("{a158f72c-4a87-5de8-0000-0020e4030000}", "0x3e4", 0x5DE84A87),
        ("{b34bc01c-22a8-5f69-67ac-100000000000}", "0x3e7", None),
        ("{b34bc01c-0000-0000-e703-000000000000}", "0x3e7", None),
        ("{b34bc01c-22a8-5f69-67ac-100000000000}", None, None),
    ],
)
def test_the_logon_inside_a_sysmon_guid(guid, luid, expected):
    row = one(kind="sysmon_1", event_id=1, sysmon_logon=guid, actor_luid=luid)
    assert row["sysmon_start_us"] == (expected and expected * 1_000_000)


def test_raw_keeps_the_text_and_tells_its_form():
    rows = Rows()
    for position, body in enumerate(['{"Event": 1}', "<Event/>"]):
        rows.add(position, KINDS["security_4634"], WHO, {}, body)
    table = raw(pl.Series(["a", "b"]), rows.pieces())
    assert dict(table.schema) == RAW
    assert table.rows() == [
        ("a", "json", b'{"Event": 1}', None),
        ("b", "xml", b"<Event/>", None),
    ]


TEXTS = st.none() | st.sampled_from(
    ["", "-", "0x0", "0x3e7", "LOCAL", "A\\b", "a@b", "%%1842", "S-1-5-18", "10.0.0.1:1", "\0",
     "2020-09-13T12:26:41.1Z", "{00000000-0000-0000-0000-000000000000}", "9" * 30, "\u202e"]
) | st.text(max_size=12)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.dictionaries(st.sampled_from([*COLUMNS, "time"]), TEXTS))
def test_no_text_in_any_column_of_any_kind_makes_it_fail(kind, row):
    table = normalise(logged({"kind": kind, "event_id": KINDS[kind].event_id, **row}), SHA)
    assert dict(table.schema) == READ
    assert table.height == 1
