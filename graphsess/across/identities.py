"""Who is the same person: by SID, by account name where a SID is missing, by the given aliases.

Rule R8.7. Names differ in realm and case; only the bare name counts.
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.identities import sam_of
from graphsess.settings import Settings

C = pl.col


def first_of_aliases(settings: Settings) -> dict[str, str]:
    """Every name that stands among the aliases → the first of its group, in lower case."""
    return {
        other.lower(): group[0].lower() for group in settings.aliases if group for other in group
    }


def aliased(name: pl.Expr, settings: Settings) -> pl.Expr:
    """The bare account name, or the first of the group of aliases that it belongs to."""
    first = first_of_aliases(settings)
    bare = sam_of(name)
    return bare.replace(list(first), list(first.values())) if first else bare


def same_person(
    left: tuple[str, str], right: tuple[str, str], settings: Settings
) -> pl.Expr:
    """Whether two accounts are one person's; null where one of them is not known.

    Args:
        left: Columns of the SID and the user name.
        right: The same of the other account.
        settings: For the aliases.
    """
    sids = C(left[0]) == C(right[0])
    names = aliased(C(left[1]), settings) == aliased(C(right[1]), settings)
    grouped = {name.lower() for group in settings.aliases for name in group}
    listed = sam_of(C(left[1])).is_in(sorted(grouped))
    return pl.when(names & listed).then(pl.lit(value=True)).otherwise(pl.coalesce(sids, names))
