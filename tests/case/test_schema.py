"""Tests of graphsess/case/schema.py."""

from __future__ import annotations

import pytest

from graphsess.case.schema import TABLES, Stage, Table


def test_every_table_says_how_its_rows_are_sorted():
    assert all(table.order for table in TABLES.values())


def test_every_name_is_its_tables_own():
    assert [name for name, table in TABLES.items() if table.name != name] == []


def test_a_table_cannot_be_sorted_by_what_it_does_not_have():
    with pytest.raises(ValueError, match="table odd has no column id to be sorted by"):
        Table("odd", Stage.HOSTS, {}, ("id",))
