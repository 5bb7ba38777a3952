"""How a column of records becomes bytes that a browser unpacks into typed arrays.

A column is a *spec* (what stands in the block's header) and data (planes of bytes). Numbers are
shifted so that the least is 1 and null is 0, then written plane by plane, lowest byte first: upper
planes are runs of zeros that compression removes. Texts are codes into a dictionary; ids are
taken apart at `|`, because their parts stand in other columns too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from graphsess.records.columns import written

C = pl.col
EXACT = (1 << 52) - 2
"""The largest whole number that is written as one: the span of two still is exact in a browser."""
_ISO = "%Y-%m-%dT%H:%M:%S%.6fZ"
_ISO_FORM = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
_WHOLE_FORM = r"^(0|[1-9]\d{0,14})$"
_GUID_FORM = r"^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$"
_GUID_BYTES = 16
_HEX_FORM = r"^0x(0|[1-9a-f][0-9a-f]{0,12})$"
_PARTS_MAX = 10


Items = Callable[[pl.Series, "Planes"], dict[str, Any]]
ROW = "#"
"""Name of the base that is the row's own position."""


@dataclass(frozen=True, slots=True)
class Base:
    """A column of whole numbers that others lie near; a null counts as the value before it.

    Attributes:
        name: Its name in the same table; `session.start` is the start of the session that the
            row's column `session` refers to.
        values: The column.
    """

    name: str
    values: pl.Series

    def carried(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Its values, those that are missing or too large filled with the one before."""
        known = self.values.set(self.values.abs() > EXACT, None)
        return known.forward_fill().fill_null(0).to_numpy()


@dataclass(slots=True)
class Planes:
    """The data of all columns of a block, one after the other.

    Attributes:
        chunks: What was added so far.
        size: Their length in bytes.
    """

    chunks: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, codes: np.ndarray[Any, np.dtype[np.uint64]]) -> dict[str, int]:
        """Add whole numbers; where they begin and how many bytes each needs."""
        top = int(codes.max()) if len(codes) else 0
        width = (top.bit_length() + 7) // 8
        octets = codes.astype("<u8").view(np.uint8).reshape(len(codes), 8)
        at = self.append(np.ascontiguousarray(octets[:, :width].T).tobytes())
        return {"at": at, "width": width}

    def append(self, data: bytes) -> int:
        """Add bytes; where they begin."""
        at = self.size
        self.chunks.append(data)
        self.size += len(data)
        return at


def column(
    values: pl.Series, planes: Planes, *, base: Base | None = None, delta: bool = False
) -> dict[str, Any]:
    """The spec of a column of any type, its data added to `planes`.

    Args:
        values: The column.
        planes: Where the data goes.
        base: A column that this one lies near; only the difference is written.
        delta: Write the difference to the row before.
    """
    kind = values.dtype
    if isinstance(kind, pl.Datetime):
        return numbers(values.cast(pl.Int64), planes, base=base, delta=delta) | {"form": "time"}
    if isinstance(kind, pl.Boolean):
        return numbers(values.cast(pl.Int64), planes) | {"form": "truth"}
    if kind.is_integer():
        return numbers(values.cast(pl.Int64), planes, base=base, delta=delta)
    if isinstance(kind, pl.String):
        return texts(values, planes)
    if isinstance(kind, pl.List) and (kind.inner == pl.String() or _is_whole(kind.inner)):
        return lists(values, planes)
    return {"codec": "plain", "values": written(values.to_frame()).to_series().to_list()}


def numbers(
    values: pl.Series, planes: Planes, *, base: Base | None = None, delta: bool = False
) -> dict[str, Any]:
    """Whole numbers. One that a browser cannot hold exactly stands as text in the spec."""
    odd = _beyond(values)
    values = values.set(values.abs() > EXACT, None) if odd else values
    missing = values.is_null().to_numpy()
    whole = values.fill_null(0).to_numpy().astype(np.int64)
    if base is not None:
        whole = whole - base.carried()
    if delta:
        carried = values.forward_fill().fill_null(0).to_numpy()
        whole = np.diff(carried, prepend=np.int64(0))
    known = whole if delta else whole[~missing]
    shift = int(known.min()) if len(known) else 0
    codes = (whole - shift + 1).astype(np.uint64)
    codes[missing] = 0
    spec: dict[str, Any] = {"codec": "number", "shift": shift, **planes.add(codes)}
    if base is not None:
        spec["base"] = base.name
    if odd:
        spec["odd"] = odd
    return spec | ({"delta": True} if delta else {})


def texts(values: pl.Series, planes: Planes) -> dict[str, Any]:
    """Texts as codes into a dictionary, the most frequent first."""
    words = _dictionary(values)
    if not words:
        codes = np.zeros(len(values), dtype=np.uint64)
    else:
        order = pl.Series(range(1, len(words) + 1), dtype=pl.UInt32())
        found = values.replace_strict(words, order, default=0, return_dtype=pl.UInt32())
        codes = found.fill_null(0).to_numpy().astype(np.uint64)
    return {"codec": "text", "words": words, **planes.add(codes)}


def luids(values: pl.Series, planes: Planes, host: pl.Series | None = None) -> dict[str, Any]:
    """LUIDs as records write them, or lists of them, as numbers.

    A host counts them upwards from its boot on, so that each lies near the one before it.

    Args:
        values: The LUIDs.
        planes: Where the data goes.
        host: The host of each row, a text column of the same table.
    """
    if isinstance(values.dtype, pl.List):
        each = None
        if host is not None:
            apart = pl.DataFrame({"luid": values, "host": host})
            each = apart.explode("luid", empty_as_null=False, keep_nulls=False)["host"]
        return lists(values, planes, items=lambda apart, planes: luids(apart, planes, each))
    known = values.drop_nulls()
    if not known.str.contains(_HEX_FORM).all():
        return texts(values, planes)
    whole = values.str.strip_prefix("0x").str.to_integer(base=16)
    if host is None:
        return numbers(whole, planes) | {"form": "hex"}
    frame = pl.DataFrame({"luid": whole, "host": host})
    before = C("luid").forward_fill().shift(1).over("host").fill_null(0)
    since = frame.select(C("luid") - before).to_series()
    return numbers(since, planes) | {"form": "hex", "after": host.name or "host"}


def listed(
    values: pl.Series, row: pl.Series, lists_of: pl.Series, planes: Planes, *, by: str
) -> dict[str, Any]:
    """LUIDs that as a rule stand in a list of the row of another table that this one refers to.

    Args:
        values: The LUIDs.
        row: Which row each refers to, or null.
        lists_of: The other table's column of lists.
        planes: Where the data goes.
        by: The name of the column that refers.
    """
    frame = pl.DataFrame({"luid": values, "list": lists_of.gather(row)}).with_row_index("at")
    met = (
        frame.with_columns(nth=pl.int_ranges(1, C("list").list.len() + 1))
        .filter(C("list").list.len() > 0)
        .explode("list", "nth")
        .filter(C("luid") == C("list"))
        .unique("at", keep="first", maintain_order=True)
        .select("at", "nth")
    )
    nth = frame.join(met, on="at", how="left", maintain_order="left")["nth"].cast(pl.Int64)
    return {
        "codec": "listed",
        "by": by,
        "of": lists_of.name,
        "nth": numbers(nth, planes),
        "rest": luids(values.set(nth.is_not_null(), None), planes),
    }


def lists(values: pl.Series, planes: Planes, *, items: Items | None = None) -> dict[str, Any]:
    """Lists of texts or whole numbers: how long each is, then all their items in a row."""
    lengths = values.list.len().cast(pl.Int64())
    apart = values.explode(empty_as_null=False, keep_nulls=False)
    return {
        "codec": "list",
        "lengths": numbers(lengths, planes),
        "count": len(apart),
        "items": (items or column)(apart, planes),
    }


def along(values: pl.Series, others: Iterable[pl.Series]) -> dict[str, Any] | None:
    """The column as a function of another text column, where it is one: a word for each of its.

    Args:
        values: Texts.
        others: Columns of texts that stand in the same table.
    """
    return _along(values, others, pl.repeat(False, len(values), dtype=pl.Boolean(), eager=True))


def _along(
    values: pl.Series, others: Iterable[pl.Series], absent: pl.Series
) -> dict[str, Any] | None:
    """The same, where it matters only in the rows that are not `absent`."""
    for other in others:
        pairs = pl.DataFrame({"of": other, "text": values}).filter(~absent).unique()
        if pairs.height == pairs["of"].n_unique():
            told = dict(pairs.iter_rows())
            words = [told.get(word) for word in (None, *_dictionary(other))]
            return {"codec": "along", "of": other.name, "words": words}
    return None


def ids(
    values: pl.Series,
    planes: Planes,
    *,
    base: Base | None = None,
    others: Sequence[pl.Series] = (),
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
    gone = values.is_null()
    parts = [
        _part(apart.list.get(n, null_on_oob=True), planes, base, others, gone) for n in range(most)
    ]
    there = numbers(values.is_not_null().cast(pl.Int64), planes)
    return {"codec": "id", "there": there, "parts": parts}


def through(
    values: pl.Series, row: pl.Series, other: pl.Series, planes: Planes, *, by: str
) -> dict[str, Any]:
    """Texts that as a rule are those of the row of another table that this one refers to.

    Args:
        values: Texts.
        row: Which row each refers to, or null.
        other: The other table's column.
        planes: Where the data goes.
        by: The name of the column that refers.
    """
    theirs = other.gather(row)
    same = (values == theirs).fill_null(value=False)
    if (values.is_null() & theirs.is_not_null()).any():
        return texts(values, planes)
    rest = texts(values.set(same, None), planes)
    return {"codec": "through", "by": by, "of": other.name, "rest": rest}


def rows_of(
    values: pl.Series, known: pl.Series, table: str, planes: Planes, *, near: bool = False
) -> dict[str, Any]:
    """References to rows of another table, by position; what is not there stays a text.

    Args:
        values: The ids.
        known: The ids of the other table, in its order.
        table: Its name, for the reader.
        planes: Where the data goes.
        near: The rows lie near the referring row itself.
    """
    order = pl.Series(range(len(known)), dtype=pl.Int64())
    found = (
        values.replace_strict(known, order, default=None, return_dtype=pl.Int64())
        if len(known)
        else pl.Series([None] * len(values), dtype=pl.Int64())
    )
    own = Base(ROW, pl.Series(range(len(values)), dtype=pl.Int64())) if near else None
    odd = pl.DataFrame({"value": values, "row": found}).with_row_index("at")
    lost = odd.filter(C("value").is_not_null(), C("row").is_null())
    spec = {"codec": "row", "table": table, "rows": numbers(found, planes, base=own)}
    if lost.height:
        spec["lost"] = dict(zip(map(str, lost["at"]), lost["value"], strict=True))
    return spec


def _part(
    values: pl.Series,
    planes: Planes,
    base: Base | None,
    others: Sequence[pl.Series],
    absent: pl.Series,
) -> dict[str, Any]:
    known = values.drop_nulls()
    if known.str.contains(_ISO_FORM).all():
        times = values.str.to_datetime(_ISO, time_unit="us", strict=False)
        if times.dt.strftime(_ISO).eq_missing(values).all():
            whole = times.cast(pl.Int64)
            near = base is not None and whole.null_count() == 0
            return numbers(whole, planes, base=base if near else None) | {"form": "iso"}
    if known.str.contains(_WHOLE_FORM).all():
        return numbers(values.cast(pl.Int64), planes) | {"form": "digits"}
    if known.str.contains(_GUID_FORM).all():
        return _guids(values, planes)
    return _along(values, others, absent) or texts(values, planes)


def _guids(values: pl.Series, planes: Planes) -> dict[str, Any]:
    """GUIDs as 16 bytes each; how often each row's stands there is 0 or 1."""
    digits = values.drop_nulls().str.replace_all("-", "").str.decode("hex")
    data = b"".join(digits.to_list())
    octets = np.frombuffer(data, dtype=np.uint8).reshape(-1, _GUID_BYTES)
    at = planes.append(np.ascontiguousarray(octets.T).tobytes())
    there = numbers(values.is_not_null().cast(pl.Int64), planes)
    return {"codec": "guid", "at": at, "count": len(digits), "there": there}


def _dictionary(values: pl.Series) -> list[str]:
    counted = values.drop_nulls().value_counts(name="n")
    name = counted.columns[0]
    return counted.sort(C("n"), C(name), descending=[True, False])[name].to_list()


def _is_whole(kind: object) -> bool:
    return isinstance(kind, pl.DataType) and kind.is_integer()


def _beyond(values: pl.Series) -> dict[str, str]:
    """The numbers that a browser cannot hold, as text by their row."""
    found = values.to_frame("v").with_row_index("at").filter(C("v").abs() > EXACT)
    return {str(at): str(value) for at, value in found.iter_rows()}
