"""Tests of graphsess/report/page/columns.py in a browser: what goes in comes out."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphsess.report.page import bundle
from graphsess.report.page.block import Block
from graphsess.report.page.columns import column, luids, rows_of
from graphsess.report.page.ids import ids
from graphsess.report.page.planes import Base

WHOLE = st.one_of(st.none(), st.integers(-(2**53), 2**53), st.integers(0, 300))
"""Beyond 2^52 they travel as text, which a browser still reads exactly up to 2^53."""
TEXT = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))


@pytest.fixture(scope="module")
def unpacked(browser):
    """Columns as the page's own scripts read them: by the name of their table's column."""
    context = browser.new_context()
    page = context.new_page()
    reader = bundle._closed("unpack")
    page.set_content("<script type='application/octet-stream' id='block-x'></script>")
    page.add_script_tag(content=f"{reader}; window.opened = block;")

    def read(columns, rows):
        block = Block()
        specs = {name: make(block.planes) for name, make in columns.items()}
        block.add("t", rows, specs)
        return page.evaluate(
            """async (text) => {
                const place = document.getElementById("block-x");
                const name = `x${Math.random()}`;
                place.id = `block-${name}`;
                place.textContent = text;
                const { t } = await opened(name);
                place.id = "block-x";
                return Object.fromEntries(Object.keys(t.specs).map((one) =>
                    [one, Array.from({ length: t.rows }, (_, row) => t.get(one, row))]));
            }""",
            block.packed(),
        )

    yield read
    context.close()


CALM = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@CALM
@given(st.lists(st.tuples(WHOLE, WHOLE, TEXT, st.lists(st.text("ab|", max_size=3), max_size=3)),
                max_size=20))  # fmt: skip
def test_numbers_texts_lists_and_ids_come_back(unpacked, rows):
    one, other, text, several = (
        ([row[n] for row in rows]) if rows else [] for n in range(4)
    )
    numbers, near = pl.Series(one, dtype=pl.Int64), pl.Series(other, dtype=pl.Int64)
    texts, lists = pl.Series(text, dtype=pl.String), pl.Series(several, dtype=pl.List(pl.String))
    small = pl.Series([None if n is None else n % 1000 for n in one], dtype=pl.Int64)
    base = Base("small", small)
    back = unpacked(
        {
            "number": lambda planes: column(numbers, planes),
            "small": lambda planes: column(small, planes, delta=True),
            "near": lambda planes: column(near.clip(-(2**40), 2**40), planes, base=base),
            "text": lambda planes: column(texts, planes),
            "list": lambda planes: column(lists, planes),
            "id": lambda planes: ids(texts, planes),
        },
        len(rows),
    )
    assert back["number"] == one
    assert back["small"] == small.to_list()
    assert back["near"] == near.clip(-(2**40), 2**40).to_list()
    assert back["text"] == text
    assert back["list"] == several
    assert back["id"] == text


@pytest.mark.parametrize(
    "values",
    [
        ["0x3e7", None, "0xffffffffffff"],
        ["0xffffffffffffffff", "0x1"],
        ["0xABC", "none"],
        [None, None],
        [],
    ],
)
def test_luids_come_back_as_they_are_written(unpacked, values):
    series = pl.Series(values, dtype=pl.String)
    assert unpacked({"c": lambda planes: luids(series, planes)}, len(values))["c"] == values


@pytest.mark.parametrize(
    "values",
    [
        ["rdp|2026-03-02T11:36:58.000001Z|a|1", "rdp|2026-03-02T11:36:58.000000Z|-|12"],
        ["a|007|b", "a|7|b"],
        ["a", "a|b", None, "a|b|c"],
        ["2026-02-30T00:00:00.000000Z"],
        ["|".join("abcdefghijklm")],
    ],
)  # fmt: skip
def test_ids_come_back_whatever_their_parts_look_like(unpacked, values):
    series = pl.Series(values, dtype=pl.String)
    assert unpacked({"c": lambda planes: ids(series, planes)}, len(values))["c"] == values


def test_references_come_back_as_rows_and_strangers_are_kept(unpacked):
    known = pl.Series(["a", "b", "c"])
    asked = pl.Series(["c", None, "a", "elsewhere"])
    spec = {}

    def make(planes):
        spec.update(rows_of(asked, known, "other", planes, near=True))
        return spec

    assert unpacked({"c": make}, 4)["c"] == [2, None, 0, None]
    assert spec["lost"] == {"3": "elsewhere"}


def test_a_time_beyond_a_browser_s_numbers_spoils_no_other(unpacked):
    times = pl.Series([5, 253_402_300_799_999_999, None, 7], dtype=pl.Int64)
    back = unpacked({"c": lambda planes: column(times, planes, delta=True)}, 4)["c"]
    assert back == [5, pytest.approx(253_402_300_799_999_999), None, 7]
