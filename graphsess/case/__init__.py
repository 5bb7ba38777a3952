"""Cases on disk: the schema of every table, Parquet parts, and the manifest that commits them."""

from __future__ import annotations

from graphsess.case.case import Case
from graphsess.case.schema import RULES, SCHEMA, TABLES, Stage, Table

__all__ = ["RULES", "SCHEMA", "TABLES", "Case", "Stage", "Table"]
