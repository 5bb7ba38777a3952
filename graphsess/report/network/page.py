"""A graph as one HTML file: pyvis' network in a page of our own, which fetches nothing.

pyvis' own template links a CDN in every mode and lets names become markup. So its network is only
asked for nodes and edges; the page is made here, autoescaped, with the package's own vis-network
inlined and a Content-Security-Policy that lets nothing else run. Text is drawn or set as text.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from importlib.resources import files
from typing import Any

import polars as pl

from graphsess import __version__
from graphsess.case.tables import Source
from graphsess.graph.drawn import Node, View
from graphsess.graph.folding import FOLDED
from graphsess.graph.scopes import About
from graphsess.graph.seen import FAILED, IN, UNCLEAR
from graphsess.records.names import host_names
from graphsess.report.cells import counted, harmless
from graphsess.report.network.cards import ONE, PLURALS, Writer, cut
from graphsess.report.network.details import details, wanted
from graphsess.report.network.edges import edges
from graphsess.report.network.layout import COLUMNS, Place, places
from graphsess.report.network.moves import moved, proofs

C = pl.col
SCRIPTS = ("data", "theme", "cards", "links", "picture", "panel", "table", "time", "main")
"""The page's own scripts, each after those that it needs."""
_VIS = "templates/lib/vis-9.1.2/vis-network.min.js"
_BINS = 240


def page(
    case: Source, view: View, *, zone: dt.tzinfo, zone_name: str, title: str | None = None
) -> str:
    """The whole file; the same view gives the same text.

    Args:
        case: Where the view is of.
        view: What to show.
        zone: Of all times.
        zone_name: What it is called.
        title: Heading, any text; None for the case and the scope.
    """
    from jinja2 import Environment

    writer = Writer(zone, host_names(case))
    network = _network(case, view, zone, writer)
    heading = harmless(title or f"{case.name} · {_scope(view, writer)}")
    scripts = "\n".join(_asset(f"{name}.js") for name in SCRIPTS)
    app = f"(() => {{\n'use strict';\n{scripts}\n}})();"
    vis, css = vis_network(), _asset("network.css")
    policy = (
        f"default-src 'none'; script-src {_hash(vis)} {_hash(app)}; style-src {_hash(css)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    about = {
        "title": heading,
        "scope": harmless(str(view.scope)),
        "about": str(view.scope.about),
        "showing": _showing(view),
        "zone": zone_name,
        "tool": f"graphsess {__version__}",
        "rules": case.provenance.rules,
        "words": {label: [ONE[label], PLURALS.get(label, label)] for label in ONE},
        "columns": _columns(view, network["nodes"]),
        "counts": {name: _counts(view, name) for name in ("got", "kind")},
        "histogram": _histogram(view),
    }
    template = Environment(autoescape=True, keep_trailing_newline=True).from_string(
        _asset("network.html")
    )
    return template.render(
        title=heading, policy=policy, css=css, vis=vis, app=app, about=about, **network
    )


def _network(case: Source, view: View, zone: dt.tzinfo, writer: Writer) -> dict[str, Any]:
    """Nodes and edges as pyvis has them, and the sessions that they speak of."""
    from pyvis.network import Network

    where = places(view.graph, view.scope.about)
    ids = wanted(view.sessions)
    numbers = {ident: number for number, ident in enumerate(ids)}
    network = Network(directed=True)
    order = sorted(view.graph, key=lambda node: (where[node].column, where[node].y, node))
    at = {node: number for number, node in enumerate(order)}
    for node in order:
        network.add_node(at[node], **_node(node, view, where[node], writer, numbers))
    steps = moved(view.graph)
    for edge in edges(view.graph, at, numbers, writer, steps):
        network.add_edge(edge.pop("tail"), edge.pop("head"), **edge)
    nodes, links, *_ = network.get_network_data()
    return {
        "nodes": nodes,
        "edges": links,
        "sessions": details(case, ids, zone),
        "moves": proofs(case, steps, zone),
    }


def _node(
    node: Node, view: View, place: Place, writer: Writer, numbers: dict[str, int]
) -> dict[str, Any]:
    facts = view.graph.nodes[node]
    card = writer.card(node[0], node[1], {k: v for k, v in facts.items() if k != "label"})
    own = numbers.get(node[1]) if node[0] == "Session" else None
    of = str(facts.get("of")) if node[0] == FOLDED else node[0]
    return {
        "label": card.title,
        "sub": card.sub,
        "facts": card.facts,
        "key": harmless(cut(node[1], 300)),
        "kind": of,
        "folded": node[0] == FOLDED,
        "risk": facts.get("risk") or 0,
        "session": own,
        "x": place.x,
        "y": place.y,
        "wide": place.width,
        "high": place.height,
        "column": place.column,
        "shape": "custom",
    }


def _scope(view: View, writer: Writer) -> str:
    """The scope in words: a session by what it was, not by its id."""
    if view.scope.about is About.CASE:
        return "who came from where"
    if view.scope.about is About.MOVEMENT:
        return "movement from host to host"
    if view.scope.about is not About.SESSION:
        return f"{view.scope.about} {view.scope.name}"
    row = view.sessions.row(0, named=True)
    who = row["who_name"] or "an unknown account"
    return f"{row['kind']} session of {who} on {writer.host(row['host'])}, " + (
        writer.time(row["start_us"]) or "begun before the log"
    )


def _showing(view: View) -> str:
    parts = []
    for label, total in view.total.items():
        shown = view.shown.get(label, 0)
        name = PLURALS.get(label, label) if total != 1 else ONE[label].partition(" (")[0]
        parts.append(f"{total:,} {name}" if shown == total else f"{shown:,} of {total:,} {name}")
    return "showing " + ", ".join(parts)


def _columns(view: View, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    used = sorted({node["column"]: node["x"] for node in nodes}.items())
    if view.scope.about is About.MOVEMENT:
        return [
            {"title": f"after {counted(n, 'move')}" if n else "where it began", "x": x}
            for n, x in used
        ]
    titles = COLUMNS[view.scope.about]
    return [{"title": titles[column].title, "x": x} for column, x in used]


def _counts(view: View, column: str) -> dict[str, int]:
    """How many sessions and attempts there are of each."""
    counts = view.sessions[column].drop_nulls().value_counts()
    return dict(sorted(counts.iter_rows()))


def _histogram(view: View) -> dict[str, Any] | None:
    """When sessions began, in equal parts of the whole time: got in, unclear, failed."""
    begun = view.sessions["start_us"].fill_null(view.sessions["end_us"])
    last = view.sessions["end_us"].fill_null(begun).max()
    first = begun.min()
    if not isinstance(first, int) or not isinstance(last, int):
        return None
    last = max(last, first + 1_000_000)
    at = ((begun - first) * _BINS // (last - first)).clip(0, _BINS - 1)
    counts = (
        view.sessions.select("got", at=at)
        .filter(C("at").is_not_null())
        .group_by("at", "got")
        .len()
    )
    bins = [[0, 0, 0] for _ in range(_BINS)]
    for place, got, number in counts.select("at", "got", "len").iter_rows():
        bins[place][(IN, UNCLEAR, FAILED).index(got)] = number
    return {"from": first // 1000, "to": -(-last // 1000), "bins": bins}


def _asset(name: str) -> str:
    return (files("graphsess.report.network") / "assets" / name).read_text("utf-8")


def vis_network() -> str:
    """vis-network as pyvis ships it.

    Raises:
        ValueError: it holds what would end the element it stands in.
    """
    text = (files("pyvis") / _VIS).read_text("utf-8")
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError("pyvis' vis-network cannot stand inside a page")
    return text


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
