"""GraphML: hostile texts, lists, and nulls come through as XML can hold them."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import networkx as nx
import pytest
from town import Town

from graphsess.errors import UsageError
from graphsess.stores import graphml as module

HOSTILE = [
    "</data><script>alert(1)</script>", "\u202eevil", "a\0b\x1b[31m", "quote\"'&<>", "=cmd|' /C",
    "x" * 65_536, "line\nbreak\ttab", "\ufffe", "𝕏",
]  # fmt: skip


@pytest.fixture(scope="module")
def read():
    """A graph whose user names are hostile, written and read back."""
    made = Town()
    for n, name in enumerate(HOSTILE):
        made.session(f"session|{n}", name, "10.0.0.1", made.ords.__next__() * 1_000_000,
                     flags=["takeover", name])  # fmt: skip
    page = b"".join(module.graphml(made.tables()))
    return page, nx.read_graphml(io.BytesIO(page), force_multigraph=True)


@pytest.mark.parametrize("n", range(len(HOSTILE)))
def test_a_hostile_name_is_only_text(read, n):
    page, graph = read
    user = graph.nodes[f"Session:session|{n}"]["user"]
    gone = str.maketrans({"\0": "\ufffd", "\x1b": "\ufffd", "\ufffe": "\ufffd"})
    assert user == HOSTILE[n].translate(gone)
    assert b"<script>" not in page
    assert ET.fromstring(page).tag.endswith("graphml")  # noqa: S314 - our own document


def test_lists_are_json_and_null_is_absent(read):
    node = read[1].nodes["Session:session|1"]
    assert node["flags"] == '["takeover","\u202eevil"]'
    assert "protocol" not in node
    assert (node["start_us"], node["kind"]) == (node["start_us"], "rdp")


def test_the_same_case_gives_the_same_bytes():
    def page():
        made = Town()
        made.session("session|1", "CORP\\ann", "10.0.0.1", 1_000_000)
        return b"".join(module.graphml(made.tables()))

    assert page() == page()


def test_a_case_too_big_is_refused(monkeypatch):
    made = Town()
    made.session("session|1", "CORP\\ann", "10.0.0.1", 1_000_000)
    monkeypatch.setattr(module, "MOST_SESSIONS", 0)
    with pytest.raises(UsageError, match="takes 0"):
        list(module.graphml(made.tables()))
