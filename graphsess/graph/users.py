"""Which account is which node: the same key for every label, and for the offline answers.

An account is its SID where that is its own (`S-1-5-21-…`, `S-1-12-1-…`); a name without a SID is
the one account of the case that bears it; anything else is its name in lower case. SYSTEM and its
like have one SID on every machine, so they are told apart by name, which is the machine's.
"""

from __future__ import annotations

import polars as pl

from graphsess.case.tables import Tables
from graphsess.graph.ids import short
from graphsess.resolve.identities import account

C = pl.col
OWN_SID = r"^S-1-(?:5-21|12-1)-"
DNS_REALM = r"^[^\\]*\.[^\\]*\\"
BEARERS = {"accesses": ("user", "sid"), "logons": ("user", "sid"), "locals": ("user", "sid")}
"""Tables that tell which name has which SID."""


def own_sids(tables: Tables) -> pl.DataFrame:
    """`name` in lower case → `sid`, for the names that only one account of the case bears."""
    borne = pl.concat(
        [
            tables.scan(table).select(name=C(user).str.to_lowercase(), sid=C(sid))
            for table, (user, sid) in BEARERS.items()
        ]
    )
    return (
        borne.filter(C("name").is_not_null() & C("sid").str.contains(OWN_SID))
        .group_by("name")
        .agg(C("sid").unique())
        .filter(C("sid").list.len() == 1)
        .select("name", C("sid").list.first())
        .sort("name")
        .collect()
    )


def logged(who: str) -> pl.Expr:
    """`REALM\\name` of an event's actor or target, as logged."""
    return account(C(f"{who}_domain"), C(f"{who}_user"))


def user_rows(tables: Tables, known: pl.DataFrame) -> pl.DataFrame:
    """Every account of the case: `id` of its node, and one `name`, `sid` and `class` of it.

    The name is as resolving settled it, else as logged; of several a NetBIOS realm
    goes before a DNS one, then the first of the alphabet.

    Args:
        tables: The case.
        known: Of `own_sids`.
    """
    events = tables.scan("events")
    nothing = pl.lit(None, pl.String)
    told = [
        events.select(settled=pl.lit(1), sid=f"{who}_sid", name=logged(who), **{"class": nothing})
        for who in ("actor", "target")
    ]
    told += [
        tables.scan(table).select(settled=pl.lit(0), sid="sid", name=name, **{"class": kind})
        for table, name, kind in (
            ("accesses", pl.coalesce("user", "attempted_user"), C("class")),
            ("logons", C("user"), C("class")),
            ("locals", C("user"), nothing),
        )
    ]
    rows = pl.concat(part.unique() for part in told).unique().collect()
    return (
        rows.with_columns(user_ids(rows["sid"], rows["name"], known).alias("id"))
        .filter(C("id").is_not_null())
        .with_columns(dotted=C("name").str.contains(DNS_REALM))
        .sort("id", "settled", "dotted", "name", "sid", "class", nulls_last=True)
        .group_by("id", maintain_order=True)
        .agg(C(name).drop_nulls().first() for name in ("name", "sid", "class"))
    )


def user_ids(sids: pl.Series, names: pl.Series, known: pl.DataFrame) -> pl.Series:
    """The id of the User node of each row; null where neither SID nor name is logged.

    Args:
        sids: SIDs as logged.
        names: `REALM\\name` as logged.
        known: Of `own_sids`.
    """
    lower = C("name").str.to_lowercase()
    found = pl.DataFrame({"sid": sids, "name": names}).select(
        id=pl.coalesce(
            pl.when(C("sid").str.contains(OWN_SID)).then("sid"),
            lower.replace_strict(known["name"], known["sid"], default=None,
                                 return_dtype=pl.String),
            lower,
            "sid",
        )
    )  # fmt: skip
    return short(found["id"])
