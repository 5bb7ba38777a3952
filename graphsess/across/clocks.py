"""By how much the clocks of hosts differ, from connections that both ends logged.

Events:  those of E1: the target's port and the source's own connection
Key:     pairs of hosts; from pair to pair, the best-proven first
Order:   by host
Limits:  hosts that no such connection ties to another keep their clocks; a difference that changed
         while the logs ran is told as its middle
See:     window W_skew, rule R8.2
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import within
from graphsess.settings import Settings

C = pl.col
WINDOW_US = 120_000_000
ENOUGH = 2
SESSION_TIMES = (
    "start_us", "auth_us", "session_us", "end_us", "start_earliest_us", "start_latest_us",
)
Tables = dict[str, pl.DataFrame]


def offsets(tables: Tables, settings: Settings) -> pl.DataFrame:
    """host, offset_us: how far its clock is ahead of the best-connected host's.

    Args:
        tables: `sessions`, `arrivals`, `departures`.
        settings: For `skew_s`, below which nothing is corrected, and `skew_max_s`.
    """
    pairs = _pairs(tables)
    off = pairs.filter(C("ahead_us").abs() > settings.us("skew"))
    if off.is_empty():
        return pl.DataFrame(schema={"host": pl.String, "offset_us": pl.Int64})
    found = _walked(pairs)
    return found.filter(
        (C("offset_us") != 0) & (C("offset_us").abs() <= settings.us("skew_max"))
    ).sort("host")


def _pairs(tables: Tables) -> pl.DataFrame:
    """host, other, ahead_us, seen: the first one's clock against the second one's."""
    at = tables["sessions"].select("host", session="id")
    marks = (
        tables["arrivals"]
        .filter(C("port").is_not_null() & C("address").is_not_null())
        .join(at, on="session", how="inner")
        .select("address", "port", "time_us", other="host")
    )
    out = tables["departures"].filter(C("rule") == "E1").select(
        "host", "uid", address="own_address", port="own_port", at_us="time_us", aim="to_host"
    ).unique("uid", maintain_order=True)
    near = within(
        marks, out, on=["address", "port"], time=("time_us", "at_us"),
        before_us=WINDOW_US, after_us=WINDOW_US,
    ).filter((C("host") != C("other")) & (C("aim").is_null() | (C("aim") == C("other"))))
    return (
        near.group_by("host", "other")
        .agg(ahead_us=(C("at_us") - C("time_us")).median().cast(pl.Int64), seen=pl.len())
        .filter(C("seen") >= ENOUGH)
        .sort("host", "other")
    )


def _walked(pairs: pl.DataFrame) -> pl.DataFrame:
    """Each host's clock against the best-connected one of those it is tied to."""
    import networkx as nx

    ties = nx.Graph()
    for host, other, ahead_us, seen in pairs.iter_rows():
        if not ties.has_edge(host, other) or ties[host][other]["seen"] < seen:
            ties.add_edge(host, other, ahead={host: ahead_us, other: -ahead_us}, seen=seen)
    ranked = sorted(ties.edges, key=lambda tie: (-ties.edges[tie]["seen"], *sorted(tie)))
    nx.set_edge_attributes(ties, {tie: -place for place, tie in enumerate(ranked)}, "rank")
    best = nx.maximum_spanning_tree(ties, weight="rank")
    told: dict[str, int] = {}
    for part in sorted(nx.connected_components(best), key=min):
        root = max(sorted(part), key=lambda host: ties.degree(host, weight="seen"))
        told[root] = 0
        for nearer, farther in nx.bfs_edges(best, root, sort_neighbors=sorted):
            told[farther] = told[nearer] + best[nearer][farther]["ahead"][farther]
    return pl.DataFrame(
        sorted(told.items()), {"host": pl.String, "offset_us": pl.Int64}, orient="row"
    )


def corrected(tables: Tables, clocks: pl.DataFrame) -> Tables:
    """The tables with every time as the best-connected host's clock would have it."""
    if clocks.is_empty():
        return tables
    at = tables["sessions"].select("host", session="id")
    clocks = clocks.with_columns(C("host").cast(at.schema["host"]))
    arrivals = tables["arrivals"].join(at, on="session", how="left")
    return {
        **tables,
        "sessions": _shifted(tables["sessions"], clocks, SESSION_TIMES),
        "arrivals": _shifted(arrivals, clocks, ("time_us",)).drop("host"),
        "departures": _shifted(tables["departures"], clocks, ("time_us",)),
        "boots": _shifted(tables["boots"], clocks, ("start_us", "end_us")),
    }


def moves_as_logged(moves: pl.DataFrame, clocks: pl.DataFrame) -> pl.DataFrame:
    """The moves with their times as the logs have them: the target's, or the source's alone."""
    if clocks.is_empty():
        return moves
    told = moves.with_columns(
        host=pl.when(C("to_session").is_null()).then("from_host").otherwise("to_host")
    ).join(clocks, on="host", how="left")
    late = C("offset_us").fill_null(0)
    return told.with_columns(C(name) + late for name in ("start_us", "last_us")).drop(
        "host", "offset_us"
    )


def paths_as_logged(chains: pl.DataFrame, clocks: pl.DataFrame) -> pl.DataFrame:
    """The chains with their begin as their first host has it, their end as their last."""
    if clocks.is_empty():
        return chains
    told = chains
    for name, hop in (("start_us", C("hops").list.first()), ("end_us", C("hops").list.last())):
        told = (
            told.with_columns(host=hop.struct.field("host"))
            .join(clocks, on="host", how="left", maintain_order="left")
            .with_columns(C(name) + C("offset_us").fill_null(0))
            .drop("host", "offset_us")
        )
    return told


def _shifted(rows: pl.DataFrame, clocks: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    late = C("offset_us").fill_null(0)
    return (
        rows.join(clocks, on="host", how="left", maintain_order="left")
        .with_columns(C(name) - late for name in columns)
        .drop("offset_us")
    )
