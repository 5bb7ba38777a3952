"""Ids as columns: taken apart at `|`, because their parts stand in other columns too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from graphsess.report.page.planes import Base, Planes, Truth, numbers
from graphsess.report.page.words import Words, coded, texts

_ISO = "%Y-%m-%dT%H:%M:%S%.6fZ"
_ISO_FORM = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
_WHOLE_FORM = r"^(0|[1-9]\d{0,14})$"
_GUID_FORM = r"^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$"
_GUID_BYTES = 16
_PARTS_MAX = 10


def ids(
    values: pl.Series, planes: Planes, *, base: Base | None = None, others: Sequence[Words] = ()
) -> dict[str, Any]:
    """Ids, taken apart at `|`; each part as time, number or text, whatever all of them are.

    Args:
        values: The ids.
        planes: Where the data goes.
        base: A column of times that a part lies near.
        others: Columns of the same table that parts may follow from.
    """
    apart = values.str.split("|")
    most = apart.list.len().max()
    if not isinstance(most, int) or most > _PARTS_MAX:
        return texts(values, planes)
    gone = values.is_null().to_numpy()
    parts = [
        _part(apart.list.get(n, null_on_oob=True), planes, base, others, gone) for n in range(most)
    ]
    there = numbers(values.is_not_null().cast(pl.Int64), planes)
    return {"codec": "id", "there": there, "parts": parts}


def _part(
    values: pl.Series, planes: Planes, base: Base | None, others: Sequence[Words], absent: Truth
) -> dict[str, Any]:
    known = values.drop_nulls()
    if _all_like(known, _ISO_FORM):
        times = values.str.to_datetime(_ISO, time_unit="us", strict=False)
        if times.dt.strftime(_ISO).eq_missing(values).all():
            whole = times.cast(pl.Int64)
            near = base is not None and whole.null_count() == 0
            return numbers(whole, planes, base=base if near else None) | {"form": "iso"}
    if _all_like(known, _WHOLE_FORM):
        return numbers(values.cast(pl.Int64), planes) | {"form": "digits"}
    if _all_like(known, _GUID_FORM):
        return _guids(values, planes)
    words = coded(values)
    return words.along(others, absent) or words.spec(planes)


def _all_like(known: pl.Series, form: str) -> bool:
    """Whether all texts have a form; the first one alone mostly tells that they do not."""
    if known.is_empty():
        return True
    return bool(re.match(form, known[0]) and known.str.contains(form).all())


def _guids(values: pl.Series, planes: Planes) -> dict[str, Any]:
    """GUIDs as 16 bytes each; how often each row's stands there is 0 or 1."""
    digits = values.drop_nulls().str.replace_all("-", "", literal=True)
    octets = np.frombuffer(bytes.fromhex("".join(digits.to_list())), dtype=np.uint8)
    octets = octets.reshape(-1, _GUID_BYTES)
    at = planes.append(np.ascontiguousarray(octets.T).tobytes())
    there = numbers(values.is_not_null().cast(pl.Int64), planes)
    return {"codec": "guid", "at": at, "count": len(digits), "there": there}
