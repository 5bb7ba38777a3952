"""What only all hosts together can tell: which machine had an address, and when.

It works on small tables and is made anew as a whole each time; host tables are never edited, what
it finds lies beside them as overlays.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphsess.across import addresses
from graphsess.across.corroboration import AT_CONTROLLER, corroboration
from graphsess.across.failure_patterns import failure_patterns, with_patterns
from graphsess.across.groups import groups
from graphsess.across.tables import TABLES
from graphsess.derive.failure_runs import failure_runs
from graphsess.settings import Settings

C = pl.col
GROUPED = ("hosts", "coverage", "sessions", "followed_by_success")
"""Tables of all hosts that groups are made of."""


def across(tables: Mapping[str, pl.DataFrame], settings: Settings) -> dict[str, pl.DataFrame]:
    """The tables over all hosts.

    Args:
        tables: `hosts`, `observations`, `sessions`, `connections`, `coverage`,
            `failure_runs` and `followed_by_success` of all hosts together.
        settings: For the organisation's own ranges.
    """
    observed = tables["observations"]
    bound = addresses.bindings(observed, tables["hosts"])
    crowd = addresses.shared(observed, settings)
    found = corroboration(tables["sessions"])
    lonely = (
        tables["sessions"]
        .filter(C("flags").list.contains(AT_CONTROLLER))
        .join(found, left_on="id", right_on="dc_session", how="anti")
    )
    runs, run_of, _ = failure_runs(lonely, settings)
    every_run = pl.concat([tables["failure_runs"], in_schema("runs_at_controllers", runs)])
    patterns = failure_patterns(
        tables["sessions"],
        every_run,
        pl.concat(
            [tables["sessions"].select(session="id", failure_run="failure_run"), run_of],
        ).drop_nulls(),
        settings,
    )
    known = addresses.addresses(
        tables["sessions"], tables["connections"], bound, crowd, settings
    )
    judged = groups(
        {
            **{name: tables[name] for name in GROUPED},
            "addresses": known,
            "corroboration": found,
            "failure_runs": with_patterns(every_run, patterns),
        }
    )
    made = {
        "corroboration": found,
        "runs_at_controllers": runs,
        "run_of": run_of,
        "bindings": bound,
        "origins": addresses.origins(tables["sessions"], bound, crowd),
        "addresses": known,
        "failure_patterns": patterns,
        "groups": judged,
    }
    return {name: in_schema(name, frame) for name, frame in made.items()}


def in_schema(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of a table of this stage, each of its type."""
    return frame.select([C(column).cast(kind) for column, kind in TABLES[name].items()])


__all__ = ["across"]
