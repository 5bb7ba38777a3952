"""Every scenario's derived records equal the truth of the world that made its evidence."""

from __future__ import annotations

import json
import zipfile

import pytest

from graphsess.synth.case import write_case
from graphsess.synth.scenarios import SCENARIOS
from graphsess.synth.scoring import score
from graphsess.synth.shipped import NAME, demo_evidence, write_demo

STREAMS = ("sessions", "failures", "locals", "logons")


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_what_is_derived_is_what_happened(name, tmp_path, built, told):
    write_case(SCENARIOS[name].run(seed=1), tmp_path / "evidence")
    truth = json.loads((tmp_path / "evidence" / "truth.json").read_text("utf-8"))
    case = built(tmp_path / "evidence")
    misses = [
        (miss.stream, miss.fields, _brief(miss.truth), _brief(miss.record))
        for stream in STREAMS
        for miss in score(stream, told(case, stream), truth[stream]).misses
    ]
    assert not misses


def test_a_wrong_record_is_one_miss_and_names_its_fields():
    truth = {"host": "a", "user": "ann", "kind": "rdp", "start": "2026-01-01T00:00:00Z"}
    found = score("sessions", [{**truth, "kind": "console"}], [truth])
    assert [(miss.fields, found.right) for miss in found.misses] == [(("kind",), 0)]


def test_a_session_too_many_lowers_precision_and_one_too_few_recall():
    truth = [{"host": "a", "user": name} for name in ("ann", "bob")]
    more = score("sessions", [*truth, {"host": "a", "user": "eve"}], truth)
    less = score("sessions", truth[:1], truth)
    assert (more.precision, more.recall) == (2 / 3, 1.0)
    assert (less.precision, less.recall) == (1.0, 0.5)


def test_the_shipped_demo_is_what_the_code_writes(tmp_path):
    with zipfile.ZipFile(demo_evidence()) as shipped, zipfile.ZipFile(write_demo(tmp_path)) as made:
        assert shipped.namelist() == made.namelist()
        assert all(shipped.read(entry) == made.read(entry) for entry in made.namelist())


def test_the_shipped_demo_gives_the_expected_sessions(built, told):
    expected = demo_evidence().parent / "expected" / "demo.sessions.jsonl"
    truth = [json.loads(line) for line in expected.read_text("utf-8").splitlines()]
    shown = told(built(demo_evidence()), "sessions", every=False)
    assert demo_evidence().name == NAME
    assert not score("sessions", shown, truth).misses


def _brief(row):
    names = ("kind", "outcome", "user", "start", "end", "end_kind", "ts_id", "logon_id", "first")
    return row and {name: row[name] for name in names if row.get(name) is not None}
