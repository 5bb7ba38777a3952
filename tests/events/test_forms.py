"""Tests of graphsess.events.forms: one column of text in, one typed column out."""

import uuid
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphsess.events import forms


def read(expression, *texts):
    return (
        pl.DataFrame({"x": pl.Series(texts, dtype=pl.String)})
        .select(expression("x"))["x"]
        .to_list()
    )


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        (forms.text, {"User32 ": "User32", "": None, "-": None, " - ": None, "a\0": "a"}),
        (
            forms.number,
            {"10": 10, "0x1A": 26, "": None, "-": None, "x": None, "4294967295": 4294967295,
             "0xffffffffffffffff": None, "18446744073709551615": None, "0x": None},
        ),
        (forms.luid, {"0x3e7": 999, "999": 999, "0x0": None, "0": None, "-": None}),
        (
            forms.guid,
            {"{f4205bac-1b01-40fc-aeef-3c971c730000}": "F4205BAC-1B01-40FC-AEEF-3C971C730000",
             "00000000-0000-0000-0000-000000000000": None, "F4205BAC": None},
        ),
        (
            forms.sid,
            {"S-1-5-18": "S-1-5-18", "s-1-5-18": "S-1-5-18", "S-1-0-0": None, "-": None,
             "%{S-1-5-32-544}": "S-1-5-32-544", "NT AUTHORITY": None},
        ),
        (
            forms.yes_no,
            {"%%1842": True, "%%1843": False, "Yes": True, "no": False, "true": True, "-": None},
        ),
        (
            forms.time,
            {"2020-09-13T12:26:41.123456Z": 1_600_000_001_123_456,
             "2020-09-13T12:26:41.1234567Z": 1_600_000_001_123_456,
             "2020-09-13T12:26:41.123456789Z": 1_600_000_001_123_456,
             "2020-09-13T12:26:41Z": 1_600_000_001_000_000,
             "2020-09-13 12:26:41": 1_600_000_001_000_000,
             "2020-09-13T14:26:41.5+02:00": 1_600_000_001_500_000,
             "2020-09-13T07:56:41-0430": 1_600_000_001_000_000,
             "1601-01-01T00:00:00.000000Z": None, "0001-01-01 00:00:00": None,
             "2020-02-30T00:00:00Z": None, "yesterday": None, "": None},
        ),
    ],
)  # fmt: skip
def test_how_texts_are_read(expression, texts):
    assert dict(zip(texts, read(expression, *texts), strict=True)) == texts
    assert read(expression, None) == [None]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0xC000006A", "0xc000006a"),
        ("3221225578", "0xc000006a"),
        ("-1073741718", "0xc000006a"),
        ("0x0", "0x0"),
        ("0x18", "0x18"),
        ("%%2313", None),
    ],
)
def test_codes_are_hexadecimal_however_they_were_logged(text, code):
    assert forms.code(pl.Series([text, None])).to_list() == [code, None]


@given(st.integers(1, (1 << 63) - 1))
def test_a_luid_is_one_number_in_any_spelling(number):
    spelled = (hex(number), f"0x{number:016X}", str(number), f" {number:#x} ")
    assert read(forms.luid, *spelled) == [number] * 4


@given(st.uuids().filter(lambda value: value.int))
def test_a_guid_is_one_text_in_any_spelling(value: uuid.UUID):
    spelled = (str(value), f"{{{value}}}", str(value).upper())
    assert read(forms.guid, *spelled) == [str(value).upper()] * 3


FIRST, LAST = datetime(1602, 1, 1), datetime(9998, 1, 1)  # noqa: DTZ001 - zones come later


@given(st.datetimes(FIRST, LAST), st.integers(-840, 840))
def test_a_time_is_one_number_in_any_zone(at, ahead):
    at = at.replace(tzinfo=UTC)
    zone = f"{'-' if ahead < 0 else '+'}{abs(ahead) // 60:02}:{abs(ahead) % 60:02}"
    local = (at + timedelta(minutes=ahead)).replace(tzinfo=None).isoformat(timespec="microseconds")
    us = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert read(forms.time, local + zone, at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)) == [
        us,
        us,
    ]


@settings(max_examples=50)
@given(st.lists(st.text(max_size=40)))
def test_no_text_makes_a_form_fail(texts):
    frame = pl.DataFrame({"x": pl.Series(texts, dtype=pl.String)})
    for expression in forms.EXPRESSIONS.values():
        assert frame.select(expression("x")).height == len(texts)
    for function in (forms.code, forms.address, forms.port):
        assert len(function(frame["x"])) == len(texts)
