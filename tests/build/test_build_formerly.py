"""What sessions were called before evidence was added: build.formerly, case.formerly."""

from __future__ import annotations

import json

import pytest

from graphsess.build import build
from graphsess.case import Case
from graphsess.records.ask import Ask
from graphsess.records.registry import STREAMS
from graphsess.records.show import show
from graphsess.records.stream import records


def sessions(case):
    frame = records(STREAMS["sessions"], Case.open(case), Ask(every=True))
    return {row["id"]: row["formerly"] for row in frame.iter_rows(named=True)}


@pytest.fixture(scope="module")
def grown(files, tmp_path_factory):
    """A case that first had no Security logs, and its sessions then."""
    case = tmp_path_factory.mktemp("grown") / "case"
    late = [path for path in files if path.name.startswith("Security")]
    build([path for path in files if path not in late], case)
    before = sessions(case)
    build(late, case, add=True)
    return case, before


def test_a_new_case_knows_no_earlier_ids(whole):
    assert not any(sessions(whole).values())
    assert not (whole / "formerly.json").exists()


def test_a_session_whose_id_changed_lists_the_old(grown):
    case, before = grown
    after = sessions(case)
    listed = {old for olds in after.values() for old in olds}
    gone = set(before) - set(after)
    assert gone
    assert listed
    assert listed <= gone
    assert len(listed) >= len(gone) / 2, "most lost ids are found again"


def test_what_it_was_called_shows_it_still(grown):
    case, _ = grown
    [(now, olds), *_] = [(ident, olds) for ident, olds in sessions(case).items() if olds]
    assert show(Case.open(case), olds[0])["id"] == now


def test_earlier_ids_change_no_byte_of_the_case(grown, whole, digest):
    case, _ = grown
    assert digest(case) == digest(whole)


def test_earlier_ids_outlive_further_evidence(grown, files):
    case, _ = grown
    listed = sessions(case)
    build(files, case, add=True)
    assert sessions(case) == listed


def test_only_what_goes_with_the_manifest_is_read(grown):
    """The manifest is the commit point: names for another one are not this case's."""
    case, _ = grown
    path = case / "formerly.json"
    kept = path.read_bytes()
    try:
        [key] = json.loads(kept)
        path.write_text(json.dumps({"0" * 64: json.loads(kept)[key]}), "ascii")
        assert not any(sessions(case).values())
        path.write_text("no JSON", "ascii")
        assert not any(sessions(case).values())
    finally:
        path.write_bytes(kept)


def test_force_forgets_them(grown, files):
    case, _ = grown
    build(files, case, force=True)
    assert not (case / "formerly.json").exists()
