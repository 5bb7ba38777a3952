"""A column of texts as codes into a dictionary, and as what follows from another such column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from graphsess.report.page.planes import Planes, Truth, Whole

C = pl.col


@dataclass(frozen=True, slots=True)
class Words:
    """A column of texts.

    Attributes:
        name: The column's.
        words: Its distinct texts, the most frequent first.
        codes: The position of each row's among them, from 1; 0 is null.
    """

    name: str
    words: list[str]
    codes: Whole

    def along(self, others: Iterable[Words], absent: Truth | None = None) -> dict[str, Any] | None:
        """The column as a function of another one, where it is one: a word for each of its.

        Args:
            others: Columns of the same table.
            absent: Rows that do not matter.
        """
        mine = self.codes if absent is None else self.codes[~absent]
        for other in others:
            theirs = other.codes if absent is None else other.codes[~absent]
            told = np.zeros(len(other.words) + 1, dtype=np.int64)
            told[theirs] = mine
            if (told[theirs] == mine).all():
                by_code = (None, *self.words)
                words = [by_code[code] for code in told.tolist()]
                return {"codec": "along", "of": other.name, "words": words}
        return None

    def spec(self, planes: Planes) -> dict[str, Any]:
        """The column itself."""
        return {"codec": "text", "words": self.words, **planes.add(self.codes.astype(np.uint64))}


def coded(values: pl.Series) -> Words:
    """A column of texts in codes; those of equal frequency in the order of their text."""
    counted = values.drop_nulls().value_counts(name="n")
    name = counted.columns[0]
    words = counted.sort(C("n"), C(name), descending=[True, False])[name]
    if words.is_empty():
        return Words(values.name, [], np.zeros(len(values), dtype=np.int64))
    codes = values.cast(pl.Enum(words)).to_physical().cast(pl.Int64) + 1
    return Words(values.name, words.to_list(), codes.fill_null(0).to_numpy())


def texts(values: pl.Series, planes: Planes) -> dict[str, Any]:
    """The spec of a column of texts, its codes added to `planes`."""
    return coded(values).spec(planes)
