"""Tests of graphsess.readers.runs and rows."""

import pytest

from graphsess.catalogue import KINDS
from graphsess.readers.pieces import as_logged, as_text
from graphsess.readers.record import Identity, whole
from graphsess.readers.rows import Rows
from graphsess.readers.runs import Runs, Seen, collected, time_us
from graphsess.readers.tables import LOGGED, RUNS


def seen(record_id, position=0, channel="Security", computer="ws1"):
    return Seen(position, computer, channel, record_id, "2020-09-13T12:26:41.5Z")


def stretches(frame):
    return frame.select("channel", "computer", "first_id", "last_id", "count").rows()


def test_a_stretch_ends_where_an_id_a_channel_or_a_computer_does():
    runs = Runs("e" * 64)
    for item in (
        seen(1), seen(2), seen(4), seen(5, channel="System"), seen(6, computer="ws2"), seen(6),
        seen(None), seen(None), seen(7),
    ):  # fmt: skip
        runs.add(item)
    frame = runs.frame()
    assert dict(frame.schema) == RUNS
    assert stretches(frame) == [
        ("Security", "ws1", 1, 2, 2),
        ("Security", "ws1", 4, 4, 1),
        ("System", "ws1", 5, 5, 1),
        ("Security", "ws2", 6, 6, 1),
        ("Security", "ws1", 6, 6, 1),
        ("Security", "ws1", None, None, 2),
        ("Security", "ws1", 7, 7, 1),
    ]
    assert frame["first_us"].to_list() == [1_600_000_001_500_000] * 7


def test_collected_records_are_told_by_channel_and_in_order_of_their_ids():
    frame = collected(
        "e" * 64, [seen(3, 1), seen(1, 2, "System"), seen(2, 3), seen(None, 4, "App")]
    )
    assert stretches(frame) == [
        ("System", "ws1", 1, 1, 1),
        ("Security", "ws1", 2, 3, 2),
        ("App", "ws1", None, None, 1),
    ]
    assert not frame["trusted"].any()


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("2020-09-13T12:26:41.123456Z", 1_600_000_001_123_456),
        ("2020-09-13T12:26:41.1234567Z", 1_600_000_001_123_456),
        ("2020-09-13T12:26:41.5", 1_600_000_001_500_000),
        ("2020-09-13T12:26:41Z", 1_600_000_001_000_000),
        ("2020-09-13T14:26:41+02:00", 1_600_000_001_000_000),
        ("1601-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("soon", None),
        (None, None),
    ],
)
def test_times(text, us):
    assert time_us(text) == us


@pytest.mark.parametrize(
    ("text", "most", "number"),
    [("7", 9, 7), ("10", 9, None), ("-1", 9, None), ("x", 9, None), (None, 9, None), ("٧", 9, None),
     ("9" * 30, 1 << 63, None)],
)  # fmt: skip
def test_numbers_of_an_identity_are_plain_or_nothing(text, most, number):
    assert whole(text, most) == number


WHO = Identity(None, "ws1", "Security", "P", 4625, 0, 1, None, None, None)


def kept(fields, kind="security_4625"):
    rows = Rows()
    rows.add(1, KINDS[kind], WHO, fields, "{}")
    return as_text(rows.pieces()).to_dicts()[0]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"Status": "0xc000006d", "SubStatus": "0xc000006a"}, "0xc000006a"),
        ({"Status": "0xc000006d", "SubStatus": "0x0"}, "0xc000006d"),
        ({"Status": "0xc000006d"}, "0xc000006d"),
        ({"Status": "0x0", "SubStatus": "0x0"}, "0x0"),
        ({}, None),
    ],
)
def test_the_sub_status_counts_unless_it_is_zero(fields, status):
    assert kept(fields)["status"] == status


def test_the_first_field_that_says_something_is_taken():
    assert kept({"TargetUserSid": "-", "TargetSid": "S-1-5-7"})["target_sid"] == "S-1-5-7"
    assert kept({"TargetUserSid": "S-1-1-0", "TargetSid": "S-1-5-7"})["target_sid"] == "S-1-1-0"


def test_rows_come_out_by_position_whatever_their_kind():
    rows = Rows()
    for position, kind in ((30, "lsm_21"), (10, "security_4624"), (20, "lsm_21")):
        rows.add(position, KINDS[kind], WHO, {}, str(position))
    frame = as_text(rows.pieces())
    assert dict(frame.schema) == LOGGED
    assert frame["kind"].to_list() == ["security_4624", "lsm_21", "lsm_21"]
    assert as_logged(rows.pieces())["body"].to_list() == [b"10", b"20", b"30"]
    assert not rows.pieces(raw=False)[0].bodies.height
    assert dict(as_text(Rows().pieces()).schema) == LOGGED
