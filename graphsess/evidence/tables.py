"""The ledger as a table: one row an evidence file, named by its sha256."""

from __future__ import annotations

import polars as pl

EVIDENCE: dict[str, pl.DataType] = {
    "path": pl.String(),
    "also": pl.List(pl.String()),
    "sha256": pl.String(),
    "kind": pl.String(),
    "bytes": pl.Int64(),
    "records_seen": pl.Int64(),
    "records_kept": pl.Int64(),
    "records_not_wanted": pl.Int64(),
    "records_unreadable": pl.Int64(),
    "chunks_bad": pl.Int64(),
    "id_gaps": pl.List(pl.Struct({"after": pl.Int64(), "before": pl.Int64()})),
    "first_us": pl.Int64(),
    "last_us": pl.Int64(),
    "computers": pl.List(pl.String()),
    "channels": pl.List(pl.String()),
    "problem": pl.String(),
}
"""records_seen = kept + not wanted + unreadable, always. `path` is relative to what was given;
where the same bytes came several times the smallest path wins and `also` lists the others. `kind`
is what the content is: evtx, nxlog, nxlog_created, winlogbeat, sentinel, evtx_dump, xml, refused.
`problem` is null or one sentence that names the remedy."""
