"""A record as it was logged, out of what a case keeps of it."""

from __future__ import annotations

import polars as pl

from graphsess.readers.evtx.printed import as_json

BINXML = "binxml"


def shown(form: str, body: bytes, template: str | None) -> str:
    """One JSON or XML text, whatever form the record is kept in.

    Args:
        form: json, xml or binxml.
        body: The text in UTF-8; of binxml the record's values.
        template: Of binxml, what the values stand in.
    """
    return as_json(body, template or "") if form == BINXML else body.decode()


def all_shown(records: pl.DataFrame) -> pl.DataFrame:
    """Records of a case's table `raw` with their texts as `body`; `form` is json or xml.

    Each takes some 50 microseconds, so ask for those that are wanted only.
    """
    rows = records.select("form", "body", "template").iter_rows()
    bodies = pl.Series("body", [shown(*row) for row in rows], pl.String())
    return records.with_columns(bodies, pl.col("form").replace(BINXML, "json")).drop("template")
