"""Where a database's rows differ from the case's: table by table, row by row, every column."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from graphsess.case.schema import TABLES
from graphsess.case.tables import Tables
from graphsess.graph.schema import LABELS
from graphsess.stores.neo4j.tables import HELD

C = pl.col
SCHEMA: dict[str, pl.DataType] = dict.fromkeys(
    ("table", "id", "column", "case", "store"), pl.String()
)
"""One difference. `column` is null where a whole row is on one side only; values are JSON."""
LOADED = {str(label.table) for label in LABELS.values() if not label.derived} | {
    "links", "bindings", "formerly"
}  # fmt: skip
"""Tables that are loaded and not derived in the database."""
DERIVED = tuple(sorted(HELD - LOADED))
_HERE = "the row"


def differences(case: Tables, store: Tables, *, every: bool = False) -> pl.DataFrame:
    """All differences, schema `SCHEMA`, in the order of tables and ids; empty where all agree.

    Args:
        case: The case.
        store: What is compared with it.
        every: Also what is only loaded, events too.
    """
    tables = sorted(HELD) if every else DERIVED
    found = [_of_table(name, case.table(name), store.table(name)) for name in tables]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *found])


def _of_table(name: str, wanted: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    key = list(TABLES[name].order)
    columns = [column for column in wanted.columns if column in found.columns]
    left = _numbered(wanted.select(columns), key)
    right = _numbered(found.select(columns), key)
    on = [*key, "copy"]
    rows = [
        *(_row(name, ident, None, _HERE, None) for ident in _ids(left, right, on, key)),
        *(_row(name, ident, None, None, _HERE) for ident in _ids(right, left, on, key)),
    ]
    both = left.join(right, on=on, how="inner", nulls_equal=True, suffix=" there").sort(
        on, nulls_last=True
    )
    for column in columns:
        if column in key:
            continue
        differ = both.filter(C(column).ne_missing(C(f"{column} there")))
        for row in differ.iter_rows(named=True):
            ident = _ident([row[part] for part in key])
            rows.append(
                _row(name, ident, column, _json(row[column]), _json(row[f"{column} there"]))
            )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("id", "column", nulls_last=False)


def _numbered(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Rows with the same key are told apart by their place, so that none is lost by the join."""
    return rows.sort(key, nulls_last=True, maintain_order=True).with_columns(
        copy=pl.int_range(pl.len()).over(key)
    )


def _ids(left: pl.DataFrame, right: pl.DataFrame, on: list[str], key: list[str]) -> list[str]:
    alone = left.join(right, on=on, how="anti", nulls_equal=True).sort(on, nulls_last=True)
    return [_ident(row) for row in alone.select(key).iter_rows()]


def _ident(parts: Any) -> str:  # noqa: ANN401 - values of any column
    told = list(parts)
    return str(told[0]) if len(told) == 1 else _json(told)


def _row(
    table: str, ident: str, column: str | None, case: str | None, store: str | None
) -> dict[str, str | None]:
    return {"table": table, "id": ident, "column": column, "case": case, "store": store}


def _json(value: Any) -> str:  # noqa: ANN401 - values of any column
    if isinstance(value, pl.Series):
        value = value.to_list()
    return json.dumps(value, ensure_ascii=False)
