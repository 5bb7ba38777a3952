"""Links of a graph as pyvis' edges: told apart where several join the same two things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphsess.graph.drawn import Node
from graphsess.graph.seen import FAILED, IN, UNCLEAR
from graphsess.report.cells import harmless
from graphsess.report.network.cards import Writer, cut

if TYPE_CHECKING:
    import networkx as nx

SAYS = {
    "LOGGED_ON_AS": "logged on as",
    "LOGGED_ON_TO": "logged on to",
    "RESOLVES_TO": "was the address of",
    "OPENED": "opened",
    "CAME_TO": "came to",
    "IN": "on desktop",
    "USES": "under logon session",
    "BELONGS_TO": "belongs to",
    "ON": "on",
    "ON_HOST": "on host",
    "FROM_ADDRESS": "from",
    "OF_USER": "as",
    "CAME_FROM": "from host",
    "NEXT_IN_LOCAL": "next on the same desktop",
    "OPENED_UNDER": "opened under",
    "IN_RUN": "one attempt of",
    "FOLLOWED_BY_SUCCESS": "followed by success",
    "OVER": "over connection",
    "MOVED_TO": "moved to",
    "SOURCE_OF": "says so",
    "OF_LOGON": "is about",
}
"""What a link says, read from its tail to its head."""
_SPOKEN = ("LOGGED_ON_AS", "LOGGED_ON_TO")
"""Links that stand for sessions and attempts; their kind and number are written on them."""
_TOLD = {"NEXT_IN_LOCAL": "same desktop", "OPENED_UNDER": "under"}
_LISTED, _LONGEST = 50, 60


def edges(
    graph: nx.MultiDiGraph[Node],
    at: Mapping[Node, int],
    numbers: Mapping[str, int],
    writer: Writer,
    steps: Sequence[str] = (),
) -> Iterator[dict[str, Any]]:
    """Each link with its ends, words, times, sessions and place among those beside it.

    Args:
        graph: Whose links.
        at: Things to their numbers in the page.
        numbers: Sessions to their numbers in the page.
        writer: Makes texts.
        steps: Ids of the moves in the page.
    """
    places = {move: number for number, move in enumerate(steps)}
    beside: dict[tuple[int, int], list[tuple[Node, Node, str, dict[str, Any]]]] = defaultdict(list)
    for tail, head, key, data in graph.edges(keys=True, data=True):
        one, other = sorted((at[tail], at[head]))
        beside[one, other].append((tail, head, key, data))
    for pair in sorted(beside):
        group = sorted(beside[pair], key=lambda link: (link[3]["quiet"], at[link[0]], link[2]))
        loud = sum(not link[3]["quiet"] for link in group)
        for place, (tail, head, _, data) in enumerate(group):
            yield {
                "tail": at[tail],
                "head": at[head],
                "type": data["type"],
                "says": SAYS.get(data["type"], data["type"]),
                "text": _text(data),
                "kind": data["kind"],
                "got": data["got"],
                "quiet": data["quiet"],
                "count": data["count"],
                "risk": data["risk"] or 0,
                "first": writer.time(data["first_us"]),
                "last": writer.time(data["last_us"]),
                "spans": [[s["start_us"] // 1000, -(-s["end_us"] // 1000)] for s in data["spans"]],
                "paths": data["paths"],
                "sessions": [numbers[s] for s in data["sessions"] if s in numbers][:_LISTED],
                "moves": [places[m] for m in data.get("moves") or () if m in places],
                "place": place - (max(1, loud if not data["quiet"] else len(group)) - 1) / 2,
            }


def _text(data: Mapping[str, Any]) -> str:
    if data["type"] == "FOLLOWED_BY_SUCCESS":
        return "then got in" if data["got"] == IN else "then accepted"
    if data["type"] == "MOVED_TO":
        return _move(data)
    if data["type"] in _TOLD:
        return _TOLD[data["type"]]
    if data["type"] not in _SPOKEN:
        return ""
    number = f" ×{data['count']:,}" if data["count"] > 1 else ""
    came = {FAILED: " failed", UNCLEAR: " unclear"}.get(data["got"], "")
    return f"{data['kind']}{number}{came}"


def _move(data: Mapping[str, Any]) -> str:
    """`3 · rdp svc-backup → adm-ann`: its place in time, how, as whom, how often."""
    users = data["users"]
    whom = users[0] if len(users) == 1 else f"{len(users)} users" if users else "?"
    number = f" ×{data['count']:,}" if data["count"] > 1 else ""
    came = {FAILED: " failed", UNCLEAR: " unclear"}.get(data["got"], "")
    return cut(harmless(f"{data['order']} · {data['kind']} {whom}{number}{came}"), _LONGEST)
