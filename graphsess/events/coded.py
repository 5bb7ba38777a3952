"""Columns of which a reader hands over each distinct text once: each is read once, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

from graphsess.catalogue import COLUMNS, Form
from graphsess.events import forms
from graphsess.readers.pieces import Piece


class Coded:
    """The coded columns of a piece, read by their forms."""

    def __init__(self, piece: Piece) -> None:
        self._texts = piece.texts
        self._codes = {name: piece.coded[name].to_numpy() for name in piece.coded.columns}
        columns: dict[Form, list[str]] = defaultdict(list)
        for name in self._codes:
            columns[COLUMNS[name].form if name in COLUMNS else Form.TEXT].append(name)
        self.columns = {
            name: read
            for form, names in columns.items()
            for name, read in self.read(names, _READ[form]).items()
        }

    def read(
        self, names: list[str], function: Callable[[pl.Series], pl.Series]
    ) -> dict[str, pl.Series]:
        """Some columns, read by a function of texts."""
        used = np.zeros(len(self._texts), bool)
        for name in names:
            used[self._codes[name]] = True
        places = np.flatnonzero(used)
        read = function(self._texts.gather(places))
        numbers = np.zeros(len(used), np.uint32)
        numbers[places] = np.arange(places.size, dtype=np.uint32)
        return {name: _spread(read, numbers[self._codes[name]]).alias(name) for name in names}


def _spread(read: pl.Series, numbers: npt.NDArray[np.uint32]) -> pl.Series:
    """What each row reads; many columns say one thing everywhere."""
    if numbers.size and (numbers == numbers[0]).all():
        return read.new_from_index(int(numbers[0]), numbers.size)
    return read.gather(numbers)


def _by(expression: Callable[[str], pl.Expr]) -> Callable[[pl.Series], pl.Series]:
    return lambda texts: texts.to_frame("text").select(expression("text")).to_series()


_READ: dict[Form, Callable[[pl.Series], pl.Series]] = {
    **{form: _by(expression) for form, expression in forms.EXPRESSIONS.items()},
    Form.NUMBER: forms.numbers,
    Form.GUID: forms.guids,
    Form.CODE: forms.code,
    Form.ADDRESS: forms.address,
}
