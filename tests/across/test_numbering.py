"""Ids as items of one list: the same order, the same joins, and the ids come back."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graphsess.across.numbering import in_one_list, nothing, text

TEXTS = st.lists(st.none() | st.text(max_size=4), max_size=12)


@given(TEXTS, TEXTS)
def test_items_come_back_and_keep_the_order_of_their_texts(left, right):
    columns = [pl.Series("left", left, pl.String), pl.Series("right", right, pl.String)]
    items = in_one_list(columns)
    for column, item in zip(columns, items, strict=True):
        assert item.name == column.name
        assert item.cast(pl.String).to_list() == column.to_list()
        assert item.sort().cast(pl.String).to_list() == column.sort().to_list()


@given(TEXTS, TEXTS)
def test_items_of_two_columns_join_as_their_texts_do(left, right):
    columns = [pl.Series("id", left, pl.String), pl.Series("id", right, pl.String)]
    as_texts = pl.DataFrame([columns[0]]).join(pl.DataFrame([columns[1]]), on="id", how="inner")
    one, other = in_one_list(columns)
    as_items = pl.DataFrame([one]).join(pl.DataFrame([other]), on="id", how="inner")
    assert sorted(as_items.select(text("id"))["id"]) == sorted(as_texts["id"])


def test_nothing_is_null_of_the_type_of_its_column():
    [items] = in_one_list([pl.Series("id", ["b", "a"])])
    found = pl.DataFrame([items]).select("id", none=nothing("id"))
    assert found["none"].to_list() == [None, None]
    assert found["none"].dtype == found["id"].dtype
