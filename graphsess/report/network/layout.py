"""Where each thing stands: in columns from where somebody came to what they reached.

Positions are made here and not in the browser: the same graph is the same picture, drawn at once,
and a person reads it from left to right. No forces, no chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from graphsess.graph.drawn import Node
from graphsess.graph.folding import FOLDED
from graphsess.graph.scopes import About

if TYPE_CHECKING:
    import networkx as nx

HEIGHT, PITCH = 42, 54
"""Of a thing, and from one to the next in its column."""
EVENT_HEIGHT, EVENT_PITCH = 24, 29
_BETWEEN = 86
"""From one column to the next; the three of a whole case have more room."""
_SWEEPS = 4
_ROOMY = 1.7
"""How much more room a movement has between its things."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a picture.

    Attributes:
        title: What stands above it.
        labels: Labels of the things in it, those further up first.
        width: Of its things.
        after: Room to the next column.
        sorted: By label, not by what its things are linked to.
    """

    title: str
    labels: tuple[str, ...]
    width: int = 186
    after: int = _BETWEEN
    sorted: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands: its middle, and how big it is."""

    x: int
    y: int
    width: int
    height: int
    column: int


_THINGS = (
    Column("From where", ("Address",), 228, 118),
    Column("As whom", ("User",), 190, 96),
    Column("Session", ("Session", "FailureRun", "Sessions"), 226),
    Column("Ran on", ("LocalSession", "LogonSession"), 200),
    Column("Host", ("Host",), 180),
)
COLUMNS: Mapping[About, tuple[Column, ...]] = {
    About.CASE: (
        Column("From where", ("Address",), 216, 150),
        Column("As whom", ("User",), 216, 150),
        Column("To which host", ("Host",), 216),
    ),
    About.USER: _THINGS,
    About.ADDRESS: _THINGS,
    About.HOST: _THINGS,
    About.SESSION: (
        Column("Says so", ("Event",), 350, 120),
        Column("Session", ("Session", "FailureRun"), 236, 120),
        Column("From where, as whom, on what",
               ("Address", "User", "Connection", "LocalSession", "LogonSession"), 226, sorted=True),
        Column("Host", ("Host",)),
    ),
}  # fmt: skip
_ANCHOR: Mapping[About, int] = {
    About.CASE: 1,
    About.USER: 2,
    About.ADDRESS: 2,
    About.HOST: 2,
    About.SESSION: 0,
}
"""The column whose order is given; the others follow it."""


def places(graph: nx.MultiDiGraph[Node], about: About) -> dict[Node, Place]:
    """The place of every thing of a graph."""
    if about is About.MOVEMENT:
        return _steps(graph)
    columns = COLUMNS[about]
    members: list[list[Node]] = [[] for _ in columns]
    at = {node: _column(graph, node, columns) for node in graph}
    for node in sorted(graph, key=_order(graph)):
        members[at[node]].append(node)
    near = _neighbours(graph)
    homes = {
        tail: head for tail, head, data in graph.edges(data=True) if data["type"] == "BELONGS_TO"
    }
    anchor = _ANCHOR[about]
    risks = {node: graph.nodes[node].get("risk") or 0 for node in graph}
    heights: dict[Node, float] = dict(_stacked(members[anchor]))
    for sweep in range(_SWEEPS):
        for column in [i for i in range(len(columns)) if i != anchor]:
            labels = columns[column].labels if columns[column].sorted else ()
            _follow(members[column], near, heights, homes, labels=labels)
        if about is About.CASE and sweep < _SWEEPS - 1:
            _follow(members[anchor], near, heights, homes, risks)
    middles = _middles(columns)
    return {
        node: Place(
            middles[column], round(heights[node]), columns[column].width, _height(node), column
        )
        for node, column in sorted(at.items())
    }


def steps(graph: nx.MultiDiGraph[Node]) -> dict[Node, int]:
    """How many moves lead to each thing: along the grave ones first, each in its time."""
    found: dict[Node, int] = {}
    moves = sorted(
        (-(data["risk"] or 0), data["order"], tail, head)
        for tail, head, data in graph.edges(data=True)
    )
    for _, _, tail, head in moves:
        found.setdefault(tail, 0)
        found.setdefault(head, found[tail] + 1)
    return found | {node: 0 for node in graph if node not in found}


def _steps(graph: nx.MultiDiGraph[Node]) -> dict[Node, Place]:
    """Places of a movement: a column a step, and more room between, where the moves are told."""
    at = steps(graph)
    columns = [Column("", (), 216, 240) for _ in range(max(at.values(), default=0) + 1)]
    members: list[list[Node]] = [[] for _ in columns]
    reached = {
        node: min(
            (data["order"] for *_, data in graph.in_edges(node, data=True)),
            default=min((data["order"] for *_, data in graph.edges(node, data=True)), default=0),
        )
        for node in graph
    }
    for node in sorted(graph, key=lambda node: (node[0] == FOLDED, reached[node], node)):
        members[at[node]].append(node)
    near = _neighbours(graph)
    anchor = max(range(len(columns)), key=lambda column: (len(members[column]), -column))
    heights: dict[Node, float] = dict(_stacked(members[anchor]))
    for _ in range(_SWEEPS):
        for column in [i for i in range(len(columns)) if i != anchor]:
            _follow(members[column], near, heights, {})
    middles = _middles(columns)
    return {
        node: Place(middles[column], round(heights[node] * _ROOMY), 216, HEIGHT, column)
        for node, column in sorted(at.items())
    }


def spread(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """Positions as near to the wanted ones as their order and the gaps between them allow.

    Least squares under the order, by pooling neighbours that are in each other's way.

    Args:
        wanted: Where each would like to be.
        gaps: How far each must at least be from the one before; the first is not looked at.
    """
    offsets, total = [], 0.0
    for number, gap in enumerate(gaps):
        total += gap if number else 0.0
        offsets.append(total)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, size = want - offset, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    means = [mean for mean, size in pools for _ in range(size)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _column(graph: nx.MultiDiGraph[Node], node: Node, columns: Sequence[Column]) -> int:
    label = graph.nodes[node].get("of") if node[0] == FOLDED else node[0]
    return next((i for i, column in enumerate(columns) if label in column.labels), len(columns) - 1)


def _order(graph: nx.MultiDiGraph[Node]) -> Callable[[Node], tuple[Any, ...]]:
    """Entities that deserve a look first, things with a time in their order, folded ones last."""

    def key(node: Node) -> tuple[Any, ...]:
        facts = graph.nodes[node]
        time = facts.get("time_us") or facts.get("start_us") or facts.get("first_us") or 0
        timed = node[0] in ("Session", "FailureRun", "Sessions", "Event", "LocalSession")
        folded = node[0] == FOLDED and "time_us" not in facts
        return (folded, 0 if timed else -(facts.get("risk") or 0), time, node)

    return key


def _neighbours(graph: nx.MultiDiGraph[Node]) -> dict[Node, list[tuple[Node, float]]]:
    """The things at the other ends of a thing's links; quiet links count for little."""
    near: dict[Node, list[tuple[Node, float]]] = {node: [] for node in graph}
    for tail, head, data in graph.edges(data=True):
        weight = 0.01 if data.get("quiet") else 1.0
        near[tail].append((head, weight))
        near[head].append((tail, weight))
    return near


def _follow(
    column: list[Node],
    near: Mapping[Node, list[tuple[Node, float]]],
    heights: dict[Node, float],
    homes: Mapping[Node, Node],
    risks: Mapping[Node, int] | None = None,
    labels: Sequence[str] = (),
) -> None:
    """Put a column beside what it is linked to, in the order of where that stands.

    What has a home in the same column stands below it. With risks, those that deserve a look come
    first whatever they are linked to; with labels, their order comes first.
    """
    before = {node: number for number, node in enumerate(column)}
    wanted = {}
    for node in column:
        others = [(heights[n], weight) for n, weight in near[node] if n in heights and n != node]
        weights = sum(weight for _, weight in others)
        wanted[node] = (
            sum(height * weight for height, weight in others) / weights
            if weights
            else heights.get(node, before[node] * PITCH)
        )

    def key(node: Node) -> tuple[Any, ...]:
        home = homes.get(node, node)
        home = home if home in wanted else node
        risk = -risks[node] if risks else 0
        label = labels.index(node[0]) if node[0] in labels else 0
        return (
            node[0] == FOLDED, risk, label, round(wanted[home], 6), home, node != home, before[node]
        )  # fmt: skip

    column.sort(key=key)
    if labels and column:
        middle = sum(wanted.values()) / len(wanted)
        wanted = dict.fromkeys(column, middle)
    gaps = [(_pitch(node) + _pitch(last)) / 2 for last, node in pairwise(column)]
    placed = spread([wanted[node] for node in column], [0.0, *gaps])
    heights.update(zip(column, placed, strict=True))


def _stacked(column: Iterable[Node]) -> Iterable[tuple[Node, float]]:
    """One below the other, from nought."""
    height = 0.0
    for node in column:
        height += _pitch(node) / 2
        yield node, height
        height += _pitch(node) / 2


def _middles(columns: Sequence[Column]) -> list[int]:
    middles, left = [], 0
    for column in columns:
        middles.append(left + column.width // 2)
        left += column.width + column.after
    return middles


def _height(node: Node) -> int:
    return EVENT_HEIGHT if node[0] == "Event" else HEIGHT


def _pitch(node: Node) -> int:
    return EVENT_PITCH if node[0] == "Event" else PITCH
