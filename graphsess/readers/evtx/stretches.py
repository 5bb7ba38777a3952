"""Unbroken stretches, told of all records of a unit at once; see `graphsess.readers.runs`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import polars as pl

from graphsess.readers.evtx.block import Places
from graphsess.readers.evtx.names import Names
from graphsess.readers.evtx.strings import Codes
from graphsess.readers.runs import Seen, time_us
from graphsess.readers.tables import RUNS

NONE = -1
"""Stands for a record id that is not given."""
_ID_MAX = (1 << 63) - 1
"""A larger one is rubbish, and nothing can follow it."""
_NO_TIME = np.iinfo(np.int64).min


class Told(NamedTuple):
    """Records as far as stretches need them: an entry a record, names by number."""

    position: Places
    computer: Codes
    channel: Codes
    record_id: Places
    time_us: Places


def told(records: Iterable[Seen], names: Names) -> Told:
    """Records that were read one by one."""
    rows = []
    for seen in records:
        us = time_us(seen.time)
        rows.append(
            (
                seen.position,
                names.number(seen.computer),
                names.number(seen.channel),
                NONE if seen.record_id is None or seen.record_id > _ID_MAX else seen.record_id,
                _NO_TIME if us is None else us,
            )
        )
    return Told(*np.array(rows, np.int64).reshape(-1, len(Told._fields)).T)


def stretches(parts: list[Told], names: Names, evidence: str, *, trusted: bool) -> pl.DataFrame:
    """The stretches, schema `RUNS`, in file order."""
    whole = Told(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    if not whole.position.size:
        return pl.DataFrame(schema=RUNS)
    if (np.diff(whole.position) < 0).any():
        order = np.argsort(whole.position, kind="stable")
        whole = Told(*(column[order] for column in whole))
    before, after = whole.record_id[:-1], whole.record_id[1:]
    follows = (before != NONE) & (after == before + 1) | (before == NONE) & (after == NONE)
    follows &= whole.channel[:-1] == whole.channel[1:]
    follows &= whole.computer[:-1] == whole.computer[1:]
    first = np.concatenate([[0], np.flatnonzero(~follows) + 1])
    last = np.concatenate([first[1:], [whole.position.size]]) - 1
    texts = pl.Series(names.texts, dtype=pl.String())
    frame = pl.DataFrame(
        {
            "channel": texts.gather(pl.Series(whole.channel[first])),
            "computer": texts.gather(pl.Series(whole.computer[first])),
            "first_id": whole.record_id[first],
            "last_id": whole.record_id[last],
            "first_us": whole.time_us[first],
            "last_us": whole.time_us[last],
            "count": last - first + 1,
            "position": whole.position[first],
        }
    )
    none = {"first_id": NONE, "last_id": NONE, "first_us": _NO_TIME, "last_us": _NO_TIME}
    return frame.with_columns(
        pl.when(pl.col(name) != value).then(pl.col(name)) for name, value in none.items()
    ).select(
        pl.lit(evidence).alias("evidence"),
        *(pl.col(name) for name in RUNS if name in frame.columns),
        pl.lit(trusted).alias("trusted"),
    )
