"""How a column of records becomes bytes that a browser unpacks into typed arrays.

A column is a *spec* (what stands in the block's header) and data (`planes`). Texts are codes into
a dictionary (`words`), ids are taken apart (`ids`), and what another column or table says already
is referred to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from graphsess.records.columns import written
from graphsess.report.page.planes import Base, Planes, numbers
from graphsess.report.page.words import texts

C = pl.col
_HEX_FORM = r"^0x(0|[1-9a-f][0-9a-f]{0,12})$"

Items = Callable[[pl.Series, Planes], dict[str, Any]]
ROW = "#"
"""Name of the base that is the row's own position."""


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
    found = positions(values, known)
    own = Base(ROW, pl.int_range(len(values), dtype=pl.Int64(), eager=True)) if near else None
    odd = pl.DataFrame({"value": values, "row": found}).with_row_index("at")
    lost = odd.filter(C("value").is_not_null(), C("row").is_null())
    spec = {"codec": "row", "table": table, "rows": numbers(found, planes, base=own)}
    if lost.height:
        spec["lost"] = dict(zip(map(str, lost["at"]), lost["value"], strict=True))
    return spec


def positions(values: pl.Series, known: pl.Series) -> pl.Series:
    """The row of each id in a column of distinct ids, or null; of each in each list alike."""
    nested = isinstance(values.dtype, pl.List)
    kind = pl.List(pl.Int64()) if nested else pl.Int64()
    asked = (values.explode(empty_as_null=False) if nested else values).drop_nulls().unique()
    here = known.to_frame("id").with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64()))
    if len(asked) < len(known):
        here = here.filter(C("id").is_in(asked.implode()))
    if here.is_empty():
        return pl.repeat([] if nested else None, len(values), dtype=kind, eager=True)
    one, frame = pl.element() if nested else C("ids"), values.to_frame("ids")
    row = one.replace_strict(here["id"], here["row"], default=None, return_dtype=pl.Int64())
    return frame.select(C("ids").list.eval(row.drop_nulls()) if nested else row).to_series()


def _is_whole(kind: object) -> bool:
    return isinstance(kind, pl.DataType) and kind.is_integer()
