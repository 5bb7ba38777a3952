"""Tests of graphsess/case/parts.py."""

from __future__ import annotations

import polars as pl
import pytest

from graphsess.case.parts import Part, read_part, sweep, write_part
from graphsess.case.schema import TABLES
from graphsess.errors import CaseError

FLAGS = TABLES["flags"]


def flags(*rows):
    return pl.DataFrame(
        [{"session": s, "flag": f, "rule": "R", "uids": []} for s, f in rows], FLAGS.columns
    )


def test_the_same_rows_in_any_order_give_the_same_file(tmp_path):
    rows = [(f"s{n % 97}", f"f{n}") for n in range(200_000)]
    one = write_part(tmp_path / "a", FLAGS, "host", flags(*rows))
    other = write_part(tmp_path / "b", FLAGS, "host", flags(*reversed(rows)))
    assert one == other
    assert (tmp_path / "a" / one.file).read_bytes() == (tmp_path / "b" / other.file).read_bytes()


def test_other_rows_give_another_name_and_the_old_file_stays(tmp_path):
    one = write_part(tmp_path, FLAGS, "host", flags(("s", "a")))
    other = write_part(tmp_path, FLAGS, "host", flags(("s", "b")))
    assert one.key == other.key
    assert one.name != other.name
    assert (tmp_path / one.file).exists()


def test_rows_come_back_in_the_tables_total_order(tmp_path):
    part = write_part(tmp_path, FLAGS, "host", flags(("s2", "a"), ("s1", "b"), ("s1", "a")))
    rows = read_part(tmp_path, part).collect()
    assert rows.select("session", "flag").rows() == [("s1", "a"), ("s1", "b"), ("s2", "a")]
    assert rows.schema == FLAGS.columns


def test_no_rows_are_no_file(tmp_path):
    assert write_part(tmp_path, FLAGS, "host", flags()) is None
    assert not list(tmp_path.rglob("*.parquet"))


def test_columns_that_the_schema_does_not_know_are_a_bug(tmp_path):
    with pytest.raises(ValueError, match="columns differ from the schema: odd"):
        write_part(tmp_path, FLAGS, "host", flags(("s", "a")).with_columns(odd=1))


def test_a_part_of_read_counts_its_rows_from_where_its_file_stands(tmp_path):
    read = TABLES["read"]
    rows = pl.DataFrame([{"uid": "u", "evidence": "e", "row": 0}], read.columns)
    part = write_part(tmp_path, read, "host", rows)
    shifted = Part(part.table, part.name, part.rows, first_row=40)
    assert read_part(tmp_path, shifted).collect()["row"].to_list() == [40]


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "ÄÖ\u202e", "a" * 5000, "\ud800"])
def test_no_key_becomes_a_path(tmp_path, key):
    part = write_part(tmp_path, FLAGS, key, flags(("s", "a")))
    assert (tmp_path / "tables" / "flags" / part.name).is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]


def test_a_missing_part_is_one_sentence(tmp_path):
    part = write_part(tmp_path, FLAGS, "host", flags(("s", "a")))
    (tmp_path / part.file).unlink()
    with pytest.raises(CaseError, match=r"lacks tables/flags/.*ask again, then rebuild"):
        read_part(tmp_path, part)


def test_a_sweep_leaves_what_is_named_and_takes_the_rest(tmp_path):
    kept = write_part(tmp_path, FLAGS, "host", flags(("s", "a")))
    gone = write_part(tmp_path, FLAGS, "host", flags(("s", "b")))
    (tmp_path / "tables" / "flags" / "left.123.tmp").write_bytes(b"half")
    sweep(tmp_path, {kept.file})
    assert (tmp_path / kept.file).exists()
    assert not (tmp_path / gone.file).exists()
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_folder_that_takes_nothing_is_one_sentence(tmp_path):
    (tmp_path / "tables").write_bytes(b"a file where the folder should be")
    with pytest.raises(CaseError, match=r"cannot write to .*: .*; free some space or choose"):
        write_part(tmp_path, FLAGS, "host", flags(("s", "a")))
