"""Host tables as all hosts together see them: what `across` found, joined on reading.

An attempt that a controller and the asked host both logged is one session: the host's own, with
the controller's record among its sources. A source that a host of the case had is not external.
"""

from __future__ import annotations

import polars as pl

from graphsess.across.failure_patterns import with_patterns
from graphsess.across.uses import known_class
from graphsess.case.tables import Tables

C = pl.col


def sessions(tables: Tables) -> pl.DataFrame:
    """All sessions, each attempt once, with the failure run it belongs to."""
    run_of = tables.table("run_of").select(
        C("session").alias("id"), C("failure_run").alias("at_dc")
    )
    classes = tables.table("addresses").select(source_address="address", known="class")
    held = tables.table("sessions")
    known = held.select("source_address").join(  # beside the many columns, not through them
        classes, on="source_address", how="left", maintain_order="left"
    )
    return (
        held.with_columns(known["known"])
        .with_columns(source_class=known_class())
        .join(
            tables.table("corroboration").select(C("dc_session").alias("id")), on="id", how="anti",
            maintain_order="left",
        )
        .join(run_of, on="id", how="left", maintain_order="left")
        .with_columns(failure_run=pl.coalesce("failure_run", "at_dc"))
        .drop("at_dc", "known")
    )


def failure_runs(tables: Tables) -> pl.DataFrame:
    """Runs on the hosts, and those of which only a controller knows.

    Their pattern is the one that a day over all hosts shows, where it shows one.
    """
    runs = pl.concat([tables.table("failure_runs"), tables.table("runs_at_controllers")])
    return with_patterns(runs, tables.table("failure_patterns"))


def sources(tables: Tables) -> pl.LazyFrame:
    """session, uid, role, rule: every session's events, a controller's word on it among them."""
    told = tables.scan("sources").select("session", "uid", "role", "rule")
    told_twice = tables.scan("corroboration").select(
        C("dc_session").alias("dc"), "session", C("rule").alias("by")
    )
    from_controller = told.rename({"session": "dc"}).join(told_twice, on="dc").select(
        "session", "uid", pl.lit("DC_CORROBORATION").alias("role"), C("by").alias("rule")
    )
    return pl.concat([told, from_controller])
