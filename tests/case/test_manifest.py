"""Tests of graphsess/case/manifest.py and graphsess/case/case.py."""

from __future__ import annotations

import dataclasses
import json

import polars as pl
import pytest

from graphsess.case import SCHEMA, TABLES, Case
from graphsess.case.manifest import Manifest, Receipt, read_manifest, write_manifest
from graphsess.case.parts import write_part
from graphsess.errors import CaseError
from graphsess.settings import Settings

FLAGS = TABLES["flags"]


def flags(session):
    return pl.DataFrame([{"session": session, "flag": "f", "rule": "R", "uids": []}], FLAGS.columns)


def manifest(*hosts, **changes):
    values = {
        "settings": Settings().as_dict(),
        "options": {"raw": True, "carve": False},
        "files": (),
        "hosts": hosts,
        "across": Receipt("across", {}, ()),
        "evidence": (),
        **changes,
    }
    return Manifest(**values)


def case_with(tmp_path, *sessions):
    receipts = [
        Receipt(name, {"host": name}, (write_part(tmp_path, FLAGS, name, flags(name)),))
        for name in sessions
    ]
    write_manifest(tmp_path, manifest(*receipts))
    return tmp_path


def test_a_case_gives_the_rows_of_all_hosts_in_total_order(tmp_path):
    case = Case.open(case_with(tmp_path, "s2", "s3", "s1"))
    assert case.table("flags")["session"].to_list() == ["s1", "s2", "s3"]
    assert sorted(case.scan("flags").collect()["session"]) == ["s1", "s2", "s3"]


def test_a_table_without_parts_is_empty_with_its_columns(tmp_path):
    case = Case.open(case_with(tmp_path))
    assert case.table("sessions").schema == TABLES["sessions"].columns
    assert case.table("sessions").is_empty()


def test_settings_come_back_as_they_were(tmp_path):
    settings = Settings(nla_s=7, internal_ranges=("192.0.2.0/24",), aliases=(("ann", "adm-ann"),))
    write_manifest(tmp_path, manifest(settings=settings.as_dict()))
    assert Case.open(tmp_path).settings == settings


def test_what_is_written_is_read_back_and_the_same_bytes_again(tmp_path):
    case_with(tmp_path, "b", "a")
    first = (tmp_path / "manifest.json").read_bytes()
    write_manifest(tmp_path, read_manifest(tmp_path))
    assert (tmp_path / "manifest.json").read_bytes() == first


def test_a_manifest_has_sorted_keys_and_neither_times_nor_absolute_paths(tmp_path):
    case_with(tmp_path, "a")
    text = (tmp_path / "manifest.json").read_text()
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"
    assert str(tmp_path) not in text


def test_nothing_but_the_manifest_makes_a_case(tmp_path):
    write_part(tmp_path, FLAGS, "host", flags("s"))
    with pytest.raises(CaseError, match=r"is not a case: it has no manifest\.json"):
        Case.open(tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, r"there is no case at .*; build one: graphsess build EVIDENCE -o"),
        (b"{", "is damaged .*; build the case again"),
        (b"\xff\xfe", "is damaged .*; build the case again"),
        (b"[]", r"is not a case: its manifest\.json was not written by graphsess"),
        (b'{"format": "something"}', "was not written by graphsess"),
        (b'{"format": "graphsess case", "schema": 0, "tool": "0.0.1"}', "build it again: .*force"),
        (b'{"format": "graphsess case", "schema": 99, "tool": "9.9"}', "9.9 .*use that version"),
        (b'{"format": "graphsess case", "schema": %d}' % SCHEMA, "is damaged .*KeyError"),
    ],
    ids=["none", "cut", "not text", "list", "foreign", "older", "newer", "keys missing"],
)
def test_what_is_no_case_of_ours_is_one_sentence(tmp_path, content, says):
    case = tmp_path / "case"
    if content is not None:
        case.mkdir()
        (case / "manifest.json").write_bytes(content)
    with pytest.raises(CaseError, match=says) as raised:
        Case.open(case)
    assert "\n" not in str(raised.value)


def test_a_manifest_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    case_with(tmp_path, "a")
    before = (tmp_path / "manifest.json").read_bytes()

    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("graphsess.case.manifest._force", full)
    changed = dataclasses.replace(read_manifest(tmp_path), problems=("new",))
    with pytest.raises(CaseError, match="No space left on device"):
        write_manifest(tmp_path, changed)
    assert (tmp_path / "manifest.json").read_bytes() == before
    assert not list(tmp_path.glob("*.tmp"))
