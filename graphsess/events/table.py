"""The event table: one row a kept record, in columns.

Two stages share it. A reader's batch (`LOGGED`, in `graphsess.readers.tables`) holds every
catalogue column as text; `graphsess.events.normalise` turns it into `READ`; resolving a host adds
the host's own order, boot and name (`EVENTS`).
"""

from __future__ import annotations

import polars as pl

from graphsess.catalogue import COLUMNS, KINDS, Form
from graphsess.readers.pieces import BODIES
from graphsess.readers.tables import IDENTITY, LOGGED, RUNS

TYPES: dict[Form, pl.DataType] = {
    Form.TEXT: pl.String(),
    Form.ACCOUNT: pl.String(),
    Form.SID: pl.String(),
    Form.GUID: pl.String(),
    Form.LUID: pl.Int64(),
    Form.NUMBER: pl.Int64(),
    Form.ADDRESS: pl.String(),
    Form.TIME: pl.Int64(),
    Form.YES_NO: pl.Boolean(),
    Form.CODE: pl.String(),
}
"""The type of a normalised column, by how its text is read."""

KIND = pl.Enum(sorted(KINDS))
"""In-memory type of `kind`; on disk it is text, because two versions' enums do not mix."""

READ: dict[str, pl.DataType] = {
    "uid": pl.String(),
    "time_us": pl.Int64(),
    "kind": pl.String(),
    "computer": pl.String(),
    "channel": pl.String(),
    "provider": pl.String(),
    "event_id": pl.Int32(),
    "version": pl.Int32(),
    "record_id": pl.Int64(),
    "evidence": pl.String(),
    "row": pl.Int64(),
    "carved": pl.Boolean(),
    "boot_stamp_us": pl.Int64(),
    "sysmon_start_us": pl.Int64(),
    **{name: TYPES[column.form] for name, column in COLUMNS.items()},
}
"""One kept record, normalised, of one evidence file.

`uid` names the record by content (32 hexadecimal digits), `evidence` is the file's sha256, `row`
its position among the file's kept records, `boot_stamp_us` the boot time inside a Security
ActivityID, `sysmon_start_us` the logon's start inside Sysmon's LogonGuid.
"""

EVENTS: dict[str, pl.DataType] = {
    "ord": pl.Int64(),
    "host": pl.String(),
    "boot": pl.Int64(),
    "era": pl.Int64(),
    "copies": pl.List(pl.String()),
    **READ,
}
"""One event of one host, each once. `ord` is the host's total order, dense from 0; `boot` the
ordinal of the host's boot from 0; `era` counts clock jumps; `copies` the sha256 of other files
that hold the same record."""

RAW: dict[str, pl.DataType] = {"uid": pl.String(), **BODIES}
"""The record as logged, losslessly, see `graphsess.readers.pieces`."""

__all__ = ["EVENTS", "IDENTITY", "KIND", "LOGGED", "RAW", "READ", "RUNS", "TYPES"]
