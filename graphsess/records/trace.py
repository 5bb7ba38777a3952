"""`trace`: everything about one user, address or host, in time order: the hunters' page."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence

import polars as pl

from graphsess.errors import UsageError
from graphsess.records.ask import Ask, network_of
from graphsess.records.chains import CHAINS
from graphsess.records.failures import FAILURES
from graphsess.records.moves import MOVES
from graphsess.records.sessions import SESSIONS
from graphsess.records.stream import Stream, Tables, filtered

C = pl.col
_TEXT, _TEXTS = pl.String(), pl.List(pl.String())
_SHAPE: dict[str, pl.DataType] = {
    "what": _TEXT, "id": _TEXT, "start": pl.Datetime("us", "UTC"), "end": pl.Datetime("us", "UTC"),
    "host": _TEXT, "user": _TEXT, "kind": _TEXT, "outcome": _TEXT, "source_address": _TEXT,
    "source_name": _TEXT, "source_host": _TEXT, "from_host": _TEXT, "from_user": _TEXT,
    "from_session": _TEXT, "to_session": _TEXT, "end_kind": _TEXT, "count": pl.Int64(),
    "score": pl.Int64(), "band": _TEXT, "hosts": _TEXTS, "flags": _TEXTS,
}
_ORDER = {"failure run": 0, "session": 1, "move": 2, "chain": 3}


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Sessions, moves, failure runs and chains of the thing asked for; failed attempts as runs.

    Raises:
        UsageError: nothing is asked for.
    """
    if not ask.about:
        raise UsageError("name a user, an address or a host: graphsess trace CASE NAME")
    far = dataclasses.replace(SESSIONS, hosts=("host", "host_id", "source_host"))
    sessions = _about(far, tables, ask)
    if not ask.every:
        sessions = sessions.filter(C("failure_run").is_null())
    runs = _about(FAILURES, tables, ask)
    moves = _about(MOVES, tables, ask)
    chains = _about(CHAINS, tables, ask)
    made = [
        _as(sessions, "session"),
        _as(
            runs.with_columns(
                start=C("first"), end=C("last"), outcome=pl.lit("failed"),
                user=C("user").list.join(", "), flags=pl.concat_list("pattern"),
            ),
            "failure run",
        ),
        _as(moves.with_columns(end=C("last"), host=C("to_host"), user=C("to_user")), "move"),
        _as(
            chains.with_columns(
                source_address=C("entry_address"), user=C("causal_user"),
                host=C("hosts").list.last(), count=C("hosts").list.len().cast(pl.Int64),
            ),
            "chain",
        ),
    ]
    order = C("what").replace_strict(_ORDER, return_dtype=pl.Int64)
    return pl.concat(made).sort(
        pl.coalesce("start", "end"), order, "id", nulls_last=True
    )


def _about(stream: Stream, tables: Tables, ask: Ask) -> pl.DataFrame:
    """The rows of a stream that have to do with the name: as host, as user or as address."""
    found = stream.rows(tables, ask)
    name = ask.about or ""
    asks: Sequence[Ask] = [Ask(hosts=(name,)), Ask(users=(name,))]
    with contextlib.suppress(UsageError):
        asks = [Ask(networks=(network_of(name),))]
    told = pl.concat([filtered(stream, found, one).select("id") for one in asks]).unique()
    return found.join(told, on="id", how="semi", maintain_order="left")


def _as(frame: pl.DataFrame, what: str) -> pl.DataFrame:
    here = frame.with_columns(what=pl.lit(what))
    return here.select(
        (C(name) if name in here.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in _SHAPE.items()
    )


TRACE = Stream(
    name="trace",
    says="one user, address or host across everything, in time order",
    rows=rows,
    fields=tuple(_SHAPE),
    shown=(
        "start", "what", "user", "source_address", "from_host", "host", "kind", "outcome", "end",
        "count", "band", "flags", "end_kind", "source_name", "id",
    ),
    hosts=("host", "from_host", "source_host"),
    users=("user", "from_user"),
)
