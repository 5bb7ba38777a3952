"""Why a result is empty: the question, or the logs."""

from __future__ import annotations

import dataclasses

import polars as pl

from graphsess.records.ask import Ask
from graphsess.records.stream import Stream, Tables, filtered

SECURITY = "Security"
_LSM = "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"
_RCM = "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational"
_CORE = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational"
_SSH = "OpenSSH/Operational"
_NEEDS: dict[str, tuple[str, ...]] = {
    "sessions": (SECURITY, _LSM, _RCM, _CORE, _SSH),
    "logons": (SECURITY,),
    "alive": (SECURITY,),
    "locals": (_LSM, SECURITY),
    "connections": (_CORE, _RCM, _LSM, _SSH),
    "failures": (SECURITY, _CORE, _SSH),
    "groups": (SECURITY, _LSM, _RCM),
    "users": (SECURITY, _LSM, _RCM),
    "addresses": (SECURITY, _LSM, _RCM, _CORE),
}
"""The channels that a stream is made of."""


def why_empty(stream: Stream, tables: Tables, ask: Ask) -> str:
    """One or two sentences that say why nothing came out."""
    bare = Ask(at=ask.at, by=ask.by, about=ask.about, every=ask.every)
    shown = stream.rows(tables, bare).height
    if shown:
        return f"No {stream.name} match; without the filters there are {shown:,}."
    every = dataclasses.replace(ask, every=True)
    hidden = filtered(stream, stream.rows(tables, every), every).height
    if hidden and not ask.every:
        return f"No {stream.name} but {hidden:,} hidden ones; show them with --all."
    if ask.at is not None:
        return _not_reached(tables)
    seen = tables.table("coverage")["channel"].drop_nulls().unique().sort().to_list()
    needs = _NEEDS.get(stream.name, ())
    lower = {channel.lower() for channel in seen}
    missing = [channel for channel in needs if channel.lower() not in lower]
    told = f"No {stream.name}. The case covers {', '.join(seen) or 'no channel'}"
    return f"{told}; it has no {' and no '.join(missing)}." if missing else f"{told}."


def _not_reached(tables: Tables) -> str:
    span = tables.table("hosts").select(
        first=pl.col("first_us").min().cast(pl.Datetime("us", "UTC")),
        last=pl.col("last_us").max().cast(pl.Datetime("us", "UTC")),
    )
    first, last = span.row(0)
    if first is None:
        return "No host has a dated event."
    return (
        "Nothing is known to be alive then: the logs reach from "
        f"{first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S} UTC."
    )
