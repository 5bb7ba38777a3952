"""Tests of graphsess/case/journal.py."""

from __future__ import annotations

import polars as pl

from graphsess.case import TABLES
from graphsess.case.journal import FOLDER, Journal, fingerprint
from graphsess.case.manifest import Receipt
from graphsess.case.parts import write_part

FLAGS = TABLES["flags"]


def receipt(case, name="one"):
    rows = pl.DataFrame([{"session": "s", "flag": "f", "rule": "R", "uids": []}], FLAGS.columns)
    return Receipt(name, {"kept": 1}, (write_part(case, FLAGS, name, rows),))


def test_what_one_build_noted_the_next_one_finds(tmp_path):
    noted = receipt(tmp_path)
    Journal(tmp_path, {}).note(noted)
    assert Journal(tmp_path, {}).find("one") == noted


def test_a_receipt_whose_part_is_gone_is_none(tmp_path):
    noted = receipt(tmp_path)
    journal = Journal(tmp_path, {noted.fingerprint: noted})
    (tmp_path / noted.parts[0].file).unlink()
    assert journal.find("one") is None


def test_a_receipt_cut_short_is_none(tmp_path):
    Journal(tmp_path, {}).note(receipt(tmp_path))
    path = tmp_path / FOLDER / "one.json"
    path.write_bytes(path.read_bytes()[:20])
    assert Journal(tmp_path, {}).find("one") is None


def test_nothing_is_left_after_the_commit(tmp_path):
    journal = Journal(tmp_path, {})
    journal.note(receipt(tmp_path))
    journal.close()
    assert not (tmp_path / FOLDER).exists()


def test_a_fingerprint_changes_with_what_it_depends_on_and_with_nothing_else():
    assert fingerprint("read", a=1, b=2) == fingerprint("read", b=2, a=1)
    assert fingerprint("read", a=1) != fingerprint("read", a=2)
    assert fingerprint("read", a=1) != fingerprint("host", a=1)
