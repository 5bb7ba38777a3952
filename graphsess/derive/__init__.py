"""What each access means: sessions, failure runs, order on the desktop, flags, confidence.

Each module is the twin of the Cypher file of the same name; `derive` runs them for one host.
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity import activity, scene
from graphsess.derive.arrivals import arrivals
from graphsess.derive.confidence import confidence
from graphsess.derive.departures import departures
from graphsess.derive.failure_runs import failure_runs
from graphsess.derive.flags import flags
from graphsess.derive.next_in_local import next_in_local
from graphsess.derive.sessions import session_id, sessions
from graphsess.derive.tables import TABLES
from graphsess.settings import Settings

C = pl.col
OF_EVENT = ("time_us", "kind", "channel", "reason", "era", "carved", "address", "sam")


def derive(tables: dict[str, pl.DataFrame], settings: Settings) -> dict[str, pl.DataFrame]:
    """The derived tables of one host, out of its resolved ones.

    Args:
        tables: The resolved ones, and `events`.
        settings: The windows of the rules.
    """
    events = tables["events"].with_columns(sam=C("target_user").str.to_lowercase())
    links = tables["links"].join(events.select("ord", *OF_EVENT), on="ord", how="left")
    found, sources = sessions(tables["accesses"], links, settings)
    on_host = found.filter(~C("access_flags").list.contains("seen_at_dc_only"))
    runs, of_run, after = failure_runs(on_host, settings)
    order = next_in_local(found)
    flagged = flags(found, sources, events)
    group = (
        found.select("accesses", session="id")
        .explode("accesses")
        .select("session", access="accesses")
    )
    sure = confidence(found, links, group, flagged)
    by_session = (
        flagged.sort("session", "flag").group_by("session", maintain_order=True).agg("flag")
    )
    parents = _parents(found)
    complete = (
        found.join(of_run, left_on="id", right_on="session", how="left")
        .join(order.select("next", id="session"), on="id", how="left")
        .join(order.select(id="next", previous="session"), on="id", how="left")
        .join(by_session.select(id="session", flags="flag"), on="id", how="left")
        .join(sure, on="id", how="left")
        .join(parents, on="id", how="left")
        .with_columns(C("flags").fill_null(pl.lit([], dtype=pl.List(pl.String))))
    )
    complete = complete.sort("first_ord", "id")
    host = scene({**tables, "sessions": complete, "sources": sources}, settings)
    done, beside = activity(host)
    made = {
        "sessions": complete,
        "sources": sources,
        "failure_runs": runs,
        "followed_by_success": after,
        "next_in_local": order,
        "flags": flagged,
        "activities": done,
        "activity_candidates": beside,
        "arrivals": arrivals(complete, sources, tables["events"]),
        "departures": departures(tables["hosts"], complete, tables["events"], host),
    }
    return {
        name: frame.select([C(column).cast(kind) for column, kind in TABLES[name].items()])
        for name, frame in made.items()
    }


def _parents(found: pl.DataFrame) -> pl.DataFrame:
    """Runas and netonly sessions → the session under whose LUID they were opened (R5.7)."""
    owners = (
        found.select("host", "boot", "luids", "first_ord", parent="id")
        .explode("luids")
        .rename({"luids": "parent_luid"})
        .filter(C("parent_luid").is_not_null())
    )
    return (
        found.filter(C("parent_luid").is_not_null())
        .select("id", "host", "boot", "parent_luid", at="first_ord")
        .join(owners, on=["host", "boot", "parent_luid"], how="inner")
        .filter((C("first_ord") <= C("at")) & (C("parent") != C("id")))
        .sort("id", "first_ord", "parent", descending=[False, True, False])
        .unique("id", keep="first", maintain_order=True)
        .select("id", "parent")
    )


__all__ = ["derive", "session_id"]
