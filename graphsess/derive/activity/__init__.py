"""What was done, and in which session: the activities of a host's own logs, mapped by rule R7.

`ladder` is the rule; artefacts of other tools are mapped by it too.

Events:  every kind of the catalogue that has an `activity`
Key:     event
Order:   of records
Limits:  see `ladder`, `lineage` and `causes`
See:     rules R7.1-R7.5
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity.ground import Ground
from graphsess.derive.activity.keys import identified
from graphsess.derive.activity.ladder import settled
from graphsess.derive.activity.scene import ACTS, Scene, scene
from graphsess.derive.activity.systems import event_causes, processes_of

C = pl.col


def activity(host: Scene) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Activities of one host, and the sessions that come into question beside the chosen one."""
    on, events, asked = host.ground, host.events, host.asked
    doing = processes_of(events, host.made)
    acts = (
        asked.drop("process")
        .join(events.filter(C("kind").is_in(list(ACTS))).select("n"), on="n", how="semi")
        .join(doing, on="n", how="left")
        .select(asked.columns)
    )
    identity = identified(acts, on, host.known, event_causes(events, host.actor))
    found, beside = settled(acts, identity, on, skew_us=host.skew_us, slack=False)
    return _shaped(found, events, on), _listed(beside, events, on)


def _shaped(found: pl.DataFrame, events: pl.DataFrame, on: Ground) -> pl.DataFrame:
    named = found.join(
        events.select(
            "n", "uid", "host", "time_us", act="kind", said_sid="actor_sid",
            said=pl.when(C("actor_domain").is_not_null())
            .then(pl.concat_str("actor_domain", pl.lit("\\"), "actor_user"))
            .otherwise("actor_user"),
        ),
        on="n", how="left",
    )
    return _with_ids(named, on, ("session", "local", "logon")).with_columns(
        id="uid",
        kind=C("act").replace_strict(ACTS, return_dtype=pl.String),
        user=pl.coalesce("owner", "said"),
        sid=pl.coalesce("owner_sid", "said_sid"),
        rule=pl.lit("R7.1"),
    ).sort("id")


def _listed(beside: pl.DataFrame, events: pl.DataFrame, on: Ground) -> pl.DataFrame:
    return (
        _with_ids(
            beside.join(events.select("n", activity="uid"), on="n", how="left"), on, ("session",)
        )
        .select("activity", "session", "confidence")
        .sort("activity", "confidence", "session", descending=[False, True, False])
    )


def _with_ids(rows: pl.DataFrame, on: Ground, names: tuple[str, ...]) -> pl.DataFrame:
    """The rows with ids instead of numbers."""
    for name in names:
        ids = on.ids[name].rename({"number": name, "id": f"{name}_id"})
        rows = rows.join(ids, on=name, how="left").drop(name).rename({f"{name}_id": name})
    return rows


__all__ = ["activity", "scene"]
