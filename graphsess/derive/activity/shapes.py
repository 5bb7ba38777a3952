"""The shapes that pass through the ladder: what is told of an artefact, and what is found."""

from __future__ import annotations

import polars as pl

C = pl.col
CLUES: dict[str, pl.DataType] = {
    "n": pl.Int64(),
    "place": pl.Int64(),
    "at": pl.Int64(),
    "time_us": pl.Int64(),
    "width_us": pl.Int64(),
    "luid": pl.Int64(),
    "ts_id": pl.Int64(),
    "sid": pl.String(),
    "sam": pl.String(),
    "realm": pl.String(),
    "by_path": pl.Boolean(),
    "machine": pl.Boolean(),
    "logon_guid": pl.Boolean(),
    "process": pl.Int64(),
}
"""What the ladder is told of each artefact. `width_us` is how coarse its time is; `by_path` says
that the account is known by a profile folder only, `machine` that the system itself did it,
`logon_guid` that the LUID comes from Sysmon's LogonGuid."""
KNOWN: dict[str, pl.DataType] = {
    "process": pl.Int64(),
    "p_local": pl.Int64(),
    "p_direct": pl.Int64(),
    "p_fixed": pl.Int64(),
    "p_logon": pl.Int64(),
    "p_method": pl.String(),
    "p_confidence": pl.Int64(),
    "p_sid": pl.String(),
    "p_user": pl.String(),
    "p_strong": pl.Boolean(),
}
"""Whose doing a process is; `p_strong` where a session is known."""
CAUSES: dict[str, pl.DataType] = {
    "n": pl.Int64(),
    "c_session": pl.Int64(),
    "c_local": pl.Int64(),
    "c_method": pl.String(),
    "c_confidence": pl.Int64(),
}
"""Artefacts whose doer another record names."""
IDENTIFIED: dict[str, pl.DataType] = {
    **CLUES,
    "local": pl.Int64(),
    "direct": pl.Int64(),
    "fixed": pl.Int64(),
    "logon": pl.Int64(),
    "method": pl.String(),
    "confidence": pl.Int64(),
    "owner_sid": pl.String(),
    "owner": pl.String(),
}
"""Clues with what the exact rungs give; `direct` is the session where no desktop is known, `fixed`
the one that another record names."""
PLACED: dict[str, pl.DataType] = {
    "n": pl.Int64(),
    "session": pl.Int64(),
    "while_disconnected": pl.Boolean(),
    "after_end": pl.Boolean(),
    "beyond": pl.Boolean(),
    "before": pl.Int64(),
    "after": pl.Int64(),
}
"""The session that held a desktop at a moment, and its neighbours."""
GUESSED: dict[str, pl.DataType] = {
    "n": pl.Int64(),
    "session": pl.Int64(),
    "local": pl.Int64(),
    "method": pl.String(),
    "confidence": pl.Int64(),
    **{name: kind for name, kind in PLACED.items() if name not in ("n", "session")},
    "crowd": pl.Boolean(),
}
"""What account and time give; `crowd` where too many were there."""
CANDIDATES: dict[str, pl.DataType] = {
    "n": pl.Int64(),
    "session": pl.Int64(),
    "confidence": pl.Int64(),
}
"""Sessions that come into question beside the chosen one."""
FOUND: dict[str, pl.DataType] = {
    "n": pl.Int64(),
    "session": pl.Int64(),
    "local": pl.Int64(),
    "logon": pl.Int64(),
    "method": pl.String(),
    "confidence": pl.Int64(),
    "while_disconnected": pl.Boolean(),
    "flags": pl.List(pl.String()),
    "owner_sid": pl.String(),
    "owner": pl.String(),
}


def empty(schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """No rows of a shape."""
    return pl.DataFrame(schema=schema)


def shaped(rows: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The rows in a shape."""
    return rows.select([C(name).cast(kind) for name, kind in schema.items()])
