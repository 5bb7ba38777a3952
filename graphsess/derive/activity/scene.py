"""What a host's own logs tell of who did what: the ground, the acts, and whose each process was.

Made once a host: `activity` maps the acts with it, `departures` the signs of leaving.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graphsess.catalogue import KINDS
from graphsess.derive.activity import causes, clues, lineage
from graphsess.derive.activity.ground import Ground, by_order, ground
from graphsess.derive.activity.systems import actors, known_processes, numbered
from graphsess.settings import Settings

C = pl.col
ACTS = {name: kind.activity for name, kind in KINDS.items() if kind.activity}
READ = sorted({*ACTS, *lineage.BEGIN, *lineage.END, *causes.RUNS, *causes.DELETED})
COLUMNS = (
    "ord", "uid", "host", "boot", "kind", "time_us", "actor_sid", "actor_user", "actor_domain",
    "actor_luid", "target_sid", "target_user", "target_domain", "target_luid", "writer_sid",
    "writer_pid", "ts_id", "process", "process_id", "process_guid", "parent_process", "parent_id",
    "object", "detail",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One host, ready for the ladder.

    Attributes:
        ground: What artefacts are mapped to.
        events: Acts, and the beginnings and ends of processes, numbered.
        asked: Schema CLUES: what each of them tells.
        actor: Who made the system do something later, by number.
        made: The processes, of `lineage`.
        known: Schema KNOWN: whose doing each process is.
        skew_us: How near to a boundary the neighbour is named too.
    """

    ground: Ground
    events: pl.DataFrame
    asked: pl.DataFrame
    actor: pl.DataFrame
    made: pl.DataFrame
    known: pl.DataFrame
    skew_us: int


def scene(tables: Mapping[str, pl.DataFrame], settings: Settings) -> Scene:
    """The scene of one host.

    Args:
        tables: `hosts`, `boots`, `logons`, `locals`, `events`, `sessions` and `sources`.
        settings: For `skew_s`.
    """
    on = ground(tables, by_order(tables))
    skew_us = settings.us("skew")
    events = numbered(
        tables["events"].select(COLUMNS).filter(
            C("kind").is_in(READ) & C("time_us").is_not_null()
        ),
        on, at="ord",
    )
    asked = clues.clues_of(events)
    actor = actors(events, asked, on, skew_us)
    made, known = known_processes(events, on, actor)
    return Scene(on, events, asked, actor, made, known, skew_us)
