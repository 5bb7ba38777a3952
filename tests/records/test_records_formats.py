"""Tests of graphsess/records/formats.py."""

from __future__ import annotations

import csv
import io
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsess.records.columns import MOMENT, written
from graphsess.records.formats import FORMATS, cell, line

NASTY = st.text(st.sampled_from("=+-@\t\r\n\",;'ab\u202e\u0085\x00"), max_size=6)
FRAME = pl.DataFrame(
    {
        "id": ["a|b", None, '=cmd|" /C calc"!A1'],
        "time": [1_600_485_706_674_810, None, 0],
        "n": [1, None, -5],
        "yes": [True, False, None],
        "list": [["x", "y,\n"], [], None],
        "deep": [{"a": 1}, {"a": None}, None],
    },
    {
        "id": pl.String,
        "time": pl.Int64,
        "n": pl.Int64,
        "yes": pl.Boolean,
        "list": pl.List(pl.String),
        "deep": pl.Struct({"a": pl.Int64}),
    },
).with_columns(pl.col("time").cast(MOMENT))


def text(name, frame=FRAME):
    return b"".join(FORMATS[name](frame)).decode()


def test_json_lines_and_json_say_the_same():
    lines = [json.loads(line) for line in text("jsonl").splitlines()]
    assert lines == json.loads(text("json"))
    assert lines[0] == {
        "id": "a|b",
        "time": "2020-09-19T03:21:46.674810Z",
        "n": 1,
        "yes": True,
        "list": ["x", "y,\n"],
        "deep": {"a": 1},
    }
    assert lines[2]["time"] == "1970-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_has_a_header_and_the_same_values_as_text(name, delimiter):
    rows = list(csv.DictReader(io.StringIO(text(name)), delimiter=delimiter))
    assert rows[0] == {
        "id": "a|b",
        "time": "2020-09-19T03:21:46.674810Z",
        "n": "1",
        "yes": "true",
        "list": '["x","y,\\n"]',
        "deep": '{"a":1}',
    }
    assert rows[1] == {
        "id": "",
        "time": "",
        "n": "",
        "yes": "false",
        "list": "[]",
        "deep": '{"a":null}',
    }
    assert rows[2]["n"] == "-5"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_becomes_a_formula(start):
    assert cell(f"{start}cmd|'/C calc'!A1").startswith("'")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_a_spreadsheet_and_begins_no_formula(value):
    frame = pl.DataFrame({"name": [value], "n": [1]})
    _, (read, _) = csv.reader(io.StringIO(text("csv", frame), newline=""))
    assert read.removeprefix("'") == value.removeprefix("'")
    assert not read.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
@given(
    rows=st.lists(
        st.tuples(
            st.none() | NASTY,
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.booleans(),
            st.none() | st.floats(),
            st.none() | st.lists(st.none() | NASTY, max_size=2),
            st.none() | st.fixed_dictionaries({"text": st.none() | NASTY}),
            st.integers(0, 2**52),
        ),
        max_size=5,
    )
)
def test_whole_columns_are_written_as_their_single_cells_are(name, delimiter, rows):
    kinds = [pl.String, pl.Int64, pl.Boolean, pl.Float64, pl.List(pl.String),
             pl.Struct({"text": pl.String}), MOMENT]  # fmt: skip
    schema = {f"{kind}": kind for kind in kinds}
    frame = pl.DataFrame(rows, schema, orient="row")
    cells = [map(cell, row) for row in written(frame).iter_rows()]
    assert text(name, frame).encode() == b"".join(
        line(one, delimiter) for one in [frame.columns, *cells]
    )


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_nothing_is_still_well_formed(name):
    empty = text(name, FRAME.clear())
    assert empty == {"jsonl": "", "json": "[]\n"}.get(name, empty)
    if name in ("csv", "tsv"):
        assert empty.split() == text(name).splitlines()[0].split()
