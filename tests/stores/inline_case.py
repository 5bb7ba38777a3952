"""A case on disk out of events written inline: what a build would have written of them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from events_inline import build

from graphsess.across import across
from graphsess.case import TABLES, Case
from graphsess.case.manifest import Manifest, Receipt, write_manifest
from graphsess.case.parts import write_part
from graphsess.case.schema import Stage, tables_of
from graphsess.settings import Settings

DEMO = Path(__file__).parents[2] / "fixtures" / "demo.zip"


def case_of(folder, hosts, settings=None, evidence=("a" * 64,)):
    """Build the events of each host into a case.

    Args:
        folder: Where.
        hosts: Host's name → its events.
        settings: The windows.
        evidence: sha256 of the files that the case says it was built of.
    """
    settings = settings or Settings()
    made = {
        name: build(*[{**line, "computer": name} for line in lines], host=name, settings=settings)
        for name, lines in hosts.items()
    }
    every = {
        table.name: pl.concat([tables[table.name] for tables in made.values()])
        for table in tables_of(Stage.HOSTS)
    }
    receipts = []
    for name, tables in sorted(made.items()):
        parts = [
            part for table in tables_of(Stage.HOSTS)
            if (part := write_part(folder, table, name, tables[table.name]))
        ]  # fmt: skip
        receipts.append(Receipt(parts[0].name, {"host": name}, tuple(parts)))
    found = {"evidence": pl.DataFrame(schema=TABLES["evidence"].columns),
             **across(every, settings)}  # fmt: skip
    parts = [
        part for table in tables_of(Stage.ACROSS)
        if (part := write_part(folder, table, "case", found[table.name]))
    ]  # fmt: skip
    write_manifest(
        folder,
        Manifest(
            settings=settings.as_dict(), options={"raw": False, "carve": False}, files=(),
            hosts=tuple(receipts), across=Receipt("across", {}, tuple(parts)),
            evidence=tuple(evidence),
        ),
    )  # fmt: skip
    return Case.open(folder)
