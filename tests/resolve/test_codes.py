"""Tests of graphsess.resolve.codes."""

import polars as pl

from graphsess.resolve.codes import codes

C = pl.col


def test_words_that_hold_stand_in_the_order_given_and_none_is_an_empty_list():
    rows = pl.DataFrame({"a": [True, False, None], "b": [True, True, False]})
    found = rows.select(
        said=codes(
            pl.when("b").then(pl.lit("second_word")), pl.when("a").then(pl.lit("first_word"))
        )
    )["said"]
    assert found.to_list() == [["second_word", "first_word"], ["second_word"], []]
    assert found.dtype == pl.List(pl.String)
