"""Names of things by their ids: hosts as last logged, boots by their ordinal."""

from __future__ import annotations

import polars as pl

from graphsess.records.stream import Tables

C = pl.col


def host_names(tables: Tables) -> dict[str, str]:
    """A host's id to its name as last logged."""
    return dict(tables.table("hosts").select("id", C("name").fill_null(C("id"))).iter_rows())


def with_host(tables: Tables, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `host` as last logged, and `host_id`, what `host` was before."""
    names = host_names(tables)
    named = C("host").replace(list(names), list(names.values())) if names else C("host")
    return rows.with_columns(host_id=C("host"), host=named)


def with_boot(tables: Tables, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the id of the boot instead of its ordinal; `host_id` must be there."""
    boots = tables.table("boots").select(host_id="host", boot="boot", boot_id="id")
    joined = rows.join(boots, on=["host_id", "boot"], how="left", maintain_order="left")
    return joined.with_columns(boot="boot_id").drop("boot_id")
