"""Tests of graphsess/build/ledger.py and survey.py."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from graphsess.build.ledger import file_receipt, is_bad, ledger
from graphsess.build.survey import survey
from graphsess.case import TABLES
from graphsess.case.case import gather
from graphsess.case.manifest import Receipt
from graphsess.case.parts import Part, write_part
from graphsess.evidence.source import REFUSED, Source

EMPTY = pl.DataFrame(schema=TABLES["evidence"].columns)
COUNTS = {"kept": 0, "seen": 0, "not_wanted": 0, "unreadable": 0, "chunks_bad": 0}


def source(path="a.evtx", sha256="5a", **changes):
    values = {"kind": "evtx", "bytes": 10, **changes}
    return Source(given=Path("/evidence") / path, path=path, sha256=sha256, **values)


def refused(path, sha256="", problem="is no log"):
    return source(path, sha256, kind=REFUSED, problem=f"{path} {problem}")


def unit(case, number, *stretches, trusted=True, computers=("ws1",), **counts):
    """A unit with stretches of record ids, `(first, last)` or `(first, last, channel)`."""
    rows = [
        {
            "evidence": "5a",
            "channel": more[0] if more else "Security",
            "computer": computers[0],
            "first_id": first,
            "last_id": last,
            "first_us": first * 10,
            "last_us": last * 10,
            "count": last - first + 1,
            "position": position,
            "trusted": trusted,
        }
        for position, (first, last, *more) in enumerate(stretches)
    ]
    part = write_part(
        case, TABLES["runs"], f"5a|{number}", pl.DataFrame(rows, TABLES["runs"].columns)
    )
    about = {
        **COUNTS,
        "problem": None,
        "first_us": None,
        "last_us": None,
        "computers": list(computers),
        "channels": ["Security"],
        **counts,
    }
    return Receipt(f"unit{number}", about, (part,) if part else ())


def receipt_of(case, *units, failed=()):
    return file_receipt(case, source(), units, failed, raw=True, carve=False)


def runs_of(case, receipt):
    parts = [part for part in receipt.parts if part.table == "runs"]
    return gather(case, parts).collect().sort("position")


def test_a_stretch_that_runs_on_from_unit_to_unit_is_one(tmp_path):
    receipt = receipt_of(tmp_path, unit(tmp_path, 0, (1, 5), (9, 12)), unit(tmp_path, 1, (13, 20)))
    runs = runs_of(tmp_path, receipt).select("first_id", "last_id", "count", "position")
    assert runs.rows() == [(1, 5, 5, 0), (9, 20, 12, 1)]
    assert receipt.about["id_gaps"] == [{"after": 5, "before": 9}]


def test_stretches_of_other_channels_stay_apart(tmp_path):
    receipt = receipt_of(tmp_path, unit(tmp_path, 0, (1, 5)), unit(tmp_path, 1, (6, 9, "System")))
    assert runs_of(tmp_path, receipt)["channel"].to_list() == ["Security", "System"]
    assert receipt.about["id_gaps"] == []


def test_a_file_is_trusted_only_where_all_its_units_are(tmp_path):
    receipt = receipt_of(
        tmp_path, unit(tmp_path, 0, (1, 5)), unit(tmp_path, 1, (9, 12), trusted=False)
    )
    assert runs_of(tmp_path, receipt)["trusted"].to_list() == [False, False]
    assert receipt.about["id_gaps"] == []


def test_rows_of_later_units_follow_those_of_earlier_ones(tmp_path):
    first, second = unit(tmp_path, 0, kept=7), unit(tmp_path, 1, kept=2)
    part = Part("read", "k-1.parquet", 2)
    second = Receipt(second.fingerprint, second.about, (part,))
    receipt = receipt_of(tmp_path, first, second)
    assert [part.first_row for part in receipt.parts if part.table == "read"] == [7]
    assert receipt.about["records_kept"] == 9


def test_a_file_with_a_failed_unit_is_tried_again_when_it_comes_again(tmp_path):
    receipt = receipt_of(tmp_path, unit(tmp_path, 0, (1, 5)), failed=["a.evtx vanished"])
    assert receipt.fingerprint == ""
    assert receipt.about["problem"] == "a.evtx vanished"


def test_the_smallest_path_names_a_file_whoever_came_first(tmp_path):
    receipt = receipt_of(tmp_path)
    for first, then in (("a", "b"), ("b", "a")):
        before = ledger([receipt], [source(first)], EMPTY)
        rows = ledger([receipt], [source(then)], before)
        assert rows.select("path", "also").rows() == [("a", ["b"])]


def test_what_could_not_be_opened_is_forgotten_once_it_can(tmp_path):
    before = ledger([], [refused("a"), refused("b")], EMPTY)
    rows = ledger([receipt_of(tmp_path)], [source("a")], before)
    assert rows.select("path", "sha256").rows() == [("a", "5a"), ("b", "")]


def test_refused_files_stay_in_the_ledger_of_a_case_that_grows(tmp_path):
    before = ledger([], [refused("note.evtx", "77")], EMPTY)
    rows = ledger([receipt_of(tmp_path)], [source("a")], before)
    assert rows["path"].to_list() == ["a", "note.evtx"]
    assert rows["problem"].to_list() == [None, "note.evtx is no log"]


@pytest.mark.parametrize(
    ("row", "bad"),
    [
        ({"problem": None, "records_unreadable": 0, "chunks_bad": 0}, False),
        ({"problem": "x", "records_unreadable": 0, "chunks_bad": 0}, True),
        ({"problem": None, "records_unreadable": 1, "chunks_bad": 0}, True),
        ({"problem": None, "records_unreadable": 0, "chunks_bad": 1}, True),
    ],
)
def test_whatever_could_not_be_read_is_bad(row, bad):
    assert is_bad(row) is bad


def test_a_host_depends_on_the_files_that_tell_of_it_and_on_no_other(tmp_path):
    mine = receipt_of(tmp_path, unit(tmp_path, 0, (1, 5)))
    other = Receipt("other", {**mine.about, "sha256": "6b", "computers": ["WS2"]}, ())
    slices = survey(tmp_path, [mine, other])
    assert [(s.host, s.computers, s.evidence) for s in slices] == [
        ("ws1", ("ws1",), ("5a",)),
        ("ws2", ("ws2",), ("6b",)),
    ]
