"""Scenarios built into cases, and their records as a pipe gets them."""

from __future__ import annotations

import json

import pytest

from graphsess.build import build
from graphsess.build import plan as build_plan
from graphsess.case import Case
from graphsess.records.ask import Ask
from graphsess.records.formats import jsonl
from graphsess.records.registry import STREAMS
from graphsess.records.stream import records
from graphsess.workers import inline


@pytest.fixture
def in_process(monkeypatch):
    """Work without worker processes: the evidence is our own, and they take longer than it."""
    monkeypatch.setattr(build_plan, "local", lambda width: inline())


@pytest.fixture
def built(tmp_path, in_process):
    """Build a folder of evidence and return its case."""

    def make(folder):
        build([folder], tmp_path / "case", jobs=1)
        return Case.open(tmp_path / "case")

    return make


@pytest.fixture
def told():
    """All records of a stream; hidden ones too unless told otherwise."""

    def ask(case, stream, *, every=True):
        text = b"".join(jsonl(records(STREAMS[stream], case, Ask(every=every))))
        return [json.loads(line) for line in text.splitlines() if line.strip()]

    return ask
