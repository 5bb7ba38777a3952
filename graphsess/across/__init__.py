"""What only all hosts together can tell: which machine had an address, and when.

It works on small tables and is made anew as a whole each time; host tables are never edited, what
it finds lies beside them as overlays.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphsess.across import addresses
from graphsess.across.tables import TABLES
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
    crowd = addresses.shared(observed)
    made = {
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
