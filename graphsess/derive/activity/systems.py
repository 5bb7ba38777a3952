"""Whose doing a process is: its own logon's, its desktop's, or who made the system start it.

Events:  as `lineage` and `causes`
Key:     process
Order:   of records
Limits:  a tree is followed for DEPTH generations
See:     rule R7.1(1)-(4)
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity import causes, lineage
from graphsess.derive.activity.clues import by_sysmon, process_id_of
from graphsess.derive.activity.ground import Ground
from graphsess.derive.activity.keys import identified
from graphsess.derive.activity.ladder import settled
from graphsess.derive.activity.shapes import CAUSES, CLUES, KNOWN, empty, shaped

C = pl.col
DEPTH = 8
PARENT = 80
ACTORS = (*causes.INSTALLS, *causes.WRITERS, *causes.DELETED)


def numbered(events: pl.DataFrame, ground: Ground, *, at: str) -> pl.DataFrame:
    """Events with their number `n`, their `place`, and `at`, their moment on the ground's axis."""
    return (
        events.join(ground.places.select("host", "boot", "place"), on=["host", "boot"], how="inner")
        .sort("host", "ord")
        .with_row_index("n")
        .with_columns(
            C("n").cast(pl.Int64), at=C(at),
            luid_known=pl.coalesce("target_luid", "actor_luid").is_not_null(),
        )
    )


def actors(
    events: pl.DataFrame, clues: pl.DataFrame, ground: Ground, skew_us: int
) -> pl.DataFrame:
    """Number of what made the system do something later → session, local, confidence of who did it.

    A 7045 that the Security log tells too is the same act, by the LUID that stands there. Time
    alone makes nobody an actor.
    """
    acts = events.filter(C("kind").is_in(ACTORS))
    asked = clues.join(acts.select("n"), on="n", how="semi")
    identity = identified(asked, ground, empty(KNOWN), empty(CAUSES))
    found, _ = settled(asked, identity, ground, skew_us=skew_us, slack=False)
    return (
        found.filter(C("session").is_not_null() & (C("method") != "time"))
        .select("n", "session", "local", "confidence")
        .join(acts.select("n", "luid_known"), on="n", how="left")
    )


def event_causes(events: pl.DataFrame, actor: pl.DataFrame) -> pl.DataFrame:
    """Schema CAUSES: events whose doer another event names: 7045, 106, 140, 141, 129, 200."""
    told = pl.concat(
        [
            causes.same_service(events, events),
            causes.same_task(events, events),
            causes.task_runs(events.filter(C("kind").is_in(causes.RUNS)), events),
        ]
    )
    return (
        told.join(actor.select(cause="n", c_session="session", c_local="local",
                               sure="confidence"), on="cause", how="inner")
        .select(
            "n", "c_session", "c_local", c_method="method",
            c_confidence=pl.min_horizontal("confidence", "sure"),
        )
        .pipe(shaped, CAUSES)
        .sort("n")
    )


def known_processes(
    events: pl.DataFrame, ground: Ground, actor: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The processes of `lineage`, and schema KNOWN: whose doing each is."""
    made = lineage.processes(events)
    asked = made.select(
        C(name).cast(dtype) if name in made.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in {**CLUES, "n": pl.Int64(), "process": pl.Int64()}.items()
    ).with_columns(n=made["process"], process=pl.lit(None, pl.Int64))
    own = identified(asked, ground, empty(KNOWN), empty(CAUSES)).select(
        process="n", p_local="local", p_direct="direct", p_fixed="fixed", p_logon="logon",
        p_method="method", p_confidence="confidence", p_sid="owner_sid",
        p_user="owner",
    )
    weak = C("p_local").is_null() & C("p_direct").is_null()
    lost = made.join(own.filter(weak).select("process"), on="process", how="semi")
    caused = _caused(lost, events, actor)
    first = (
        own.join(caused, on="process", how="left")
        .with_columns(
            p_fixed=pl.coalesce("p_fixed", "session"),
            p_local=pl.coalesce("p_local", "local"),
            p_method=pl.coalesce("method", "p_method"),
            p_confidence=pl.coalesce("confidence", "p_confidence"),
        )
        .drop("session", "local", "method", "confidence")
        .with_columns(p_strong=~weak | C("p_fixed").is_not_null())
    )
    return made, _inherited(first, made).pipe(shaped, KNOWN).sort("process")


def _caused(lost: pl.DataFrame, events: pl.DataFrame, actor: pl.DataFrame) -> pl.DataFrame:
    """Process → session, local, method, confidence of who made the system start it."""
    installs = (
        events.filter(C("kind").is_in(causes.INSTALLS))
        .join(actor.select("n", known="luid_known"), on="n", how="inner")
        .select("n", "place", "time_us", "known", file=causes.service_file(C("detail")))
    )
    runs = events.filter(C("kind").is_in(causes.RUNS))
    by_task = causes.task_processes(lost, runs, causes.task_runs(runs, events))
    return (
        pl.concat([causes.service_causes(lost, installs), by_task])
        .unique("process", keep="first", maintain_order=True)
        .join(
            actor.select("session", "local", cause="n", sure="confidence"), on="cause",
            how="inner",
        )
        .select(
            "process", "session", "local", "method",
            confidence=pl.min_horizontal("confidence", "sure"),
        )
    )


def _inherited(known: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """What the system runs under a process that somebody started is that one's doing as well."""
    known = known.join(made.select("process", "parent"), on="process", how="left")
    given = ["p_local", "p_direct", "p_fixed", "p_method", "p_confidence", "p_strong"]
    for _ in range(DEPTH):
        above = known.filter("p_strong").select(
            *[C(name).alias(f"above_{name}") for name in given], parent="process"
        )
        step = known.join(above, on="parent", how="left")
        takes = ~C("p_strong") & C("above_p_strong").fill_null(value=False)
        if not step.select(takes.any()).item():
            break
        direct = C("above_p_method").is_in(["luid", "ts_id"])
        step = step.with_columns(
            above_p_method=pl.when(direct).then(pl.lit("parent")).otherwise("above_p_method"),
            above_p_confidence=pl.min_horizontal("above_p_confidence", pl.lit(PARENT)),
        )
        known = step.with_columns(
            pl.when(takes).then(f"above_{name}").otherwise(name).alias(name) for name in given
        ).select(known.columns)
    return known


def processes_of(events: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """Number → the process that did it: by Sysmon's ProcessGuid, else by its number at the time.

    Args:
        events: With n, place, at.
        made: Of `lineage.processes`.
    """
    told = events.select(
        "n", "place", "at", guid=pl.when(by_sysmon()).then("process_guid"),
        pid=process_id_of(),
    )
    return doing(told, made)


def doing(points: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """Number → process, by ProcessGuid, else by the process number at the moment.

    Args:
        points: n, place, at, guid and pid.
        made: Of `lineage.processes`.
    """
    by_guid = points.drop_nulls("guid").join(
        made.drop_nulls("guid").unique(["place", "guid"], keep="first", maintain_order=True)
        .select("place", "guid", "process"),
        on=["place", "guid"], how="inner",
    )
    rest = points.join(by_guid, on="n", how="anti").drop_nulls("pid")
    by_number = lineage.running(rest, made, pid="pid").drop_nulls("process")
    return pl.concat(
        [by_guid.select("n", "process"), by_number.select("n", "process")]
    ).sort("n")
