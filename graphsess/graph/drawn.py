"""A networkx graph out of links and facts, in an order that depends on nothing but them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphsess.errors import UsageError
from graphsess.graph.scopes import Scope

if TYPE_CHECKING:
    import networkx as nx

Node = tuple[str, str]
"""A thing in a graph: its label and its key."""


@dataclass(frozen=True, slots=True)
class View:
    """One graph of a part of a case.

    Attributes:
        scope: Which part.
        graph: Things by (label, key), links by their type, kind and what came of them.
        shown: How many things of each label the graph holds, each on its own.
        total: How many there are.
        sessions: Rows of the sessions that it is made of, see `graphsess.graph.seen`.
    """

    scope: Scope
    graph: nx.MultiDiGraph[Node]
    shown: Mapping[str, int]
    total: Mapping[str, int]
    sessions: pl.DataFrame

    def __str__(self) -> str:
        """`showing 300 of 5,214 things`."""
        shown, total = sum(self.shown.values()), sum(self.total.values())
        return f"showing {shown:,} of {total:,} things"


def drawn(
    links: pl.DataFrame, facts: Mapping[str, pl.DataFrame], alone: Iterable[Node] = ()
) -> nx.MultiDiGraph[Node]:
    """The graph of some links: their ends with `label`, `key` and facts, and the links.

    Args:
        links: As `graphsess.graph.links.links` gives them.
        facts: For each label a frame with `key`; a thing without a row has no facts.
        alone: Things that are there even without a link.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[Node] = nx.MultiDiGraph()
    extend(graph, links, facts, alone)
    return graph


def extend(
    graph: nx.MultiDiGraph[Node],
    links: pl.DataFrame,
    facts: Mapping[str, pl.DataFrame],
    alone: Iterable[Node] = (),
) -> None:
    """Links, their ends and facts into a graph that is there; see `drawn`."""
    ends = [links.select(label=f"{end}_label", key=end) for end in ("tail", "head")]
    nodes = {*pl.concat(ends).unique().iter_rows(), *alone} - {*graph}
    for label in sorted({label for label, _ in nodes}):
        keys = {key for at, key in nodes if at == label}
        rows = facts.get(label)
        known = {row.pop("key"): row for row in rows.to_dicts()} if rows is not None else {}
        for key in sorted(keys):
            graph.add_node((label, key), label=label, key=key, **known.get(key, {}))
    for row in links.iter_rows(named=True):
        tail = (row.pop("tail_label"), row.pop("tail"))
        head = (row.pop("head_label"), row.pop("head"))
        graph.add_edge(tail, head, key=f"{row['type']}|{row['kind']}|{row['got']}", **row)


def counted(graph: nx.MultiDiGraph[Node]) -> dict[str, int]:
    """How many things of each label a graph holds."""
    counts: dict[str, int] = {}
    for label, _ in graph:
        counts[label] = counts.get(label, 0) + 1
    return dict(sorted(counts.items()))


def nothing(scope: Scope, remedy: str) -> UsageError:
    """The error for a scope that the case knows nothing of."""
    return UsageError(f"the case has nothing of {scope}; {remedy}")
