"""What only all hosts together can tell: which machine had an address, and when.

It works on small tables and is made anew as a whole each time; host tables are never edited, what
it finds lies beside them as overlays.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphsess.across import addresses
from graphsess.across.corroboration import AT_CONTROLLER, corroboration
from graphsess.across.tables import TABLES
from graphsess.derive.failure_runs import failure_runs
from graphsess.settings import Settings

C = pl.col


def across(tables: Mapping[str, pl.DataFrame], settings: Settings) -> dict[str, pl.DataFrame]:
    """The tables over all hosts.

    Args:
        tables: `hosts`, `observations`, `sessions` and `connections` of all hosts together.
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
    made = {
        "corroboration": found,
        "runs_at_controllers": runs,
        "run_of": run_of,
        "bindings": bound,
        "origins": addresses.origins(tables["sessions"], bound, crowd),
        "addresses": addresses.addresses(
            tables["sessions"], tables["connections"], bound, crowd, settings
        ),
    }
    return {
        name: frame.select([C(column).cast(kind) for column, kind in TABLES[name].items()])
        for name, frame in made.items()
    }


__all__ = ["across"]
