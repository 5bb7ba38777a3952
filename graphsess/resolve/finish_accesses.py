"""Accesses of every kind in one shape: who, from where, under which logons, as far as logs reach.

See: rules R5.1-R5.3, R5.9-R5.12, R4.6
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphsess.resolve import access_bases, access_facts, access_reach, holes
from graphsess.resolve.ids import escaped, instant
from graphsess.resolve.tables import ACCESSES, LINKS

if TYPE_CHECKING:
    from graphsess.resolve.host import Host

C = pl.col


def accesses(
    host: Host, desk_ids: pl.DataFrame, connection_ids: pl.DataFrame, by_ssh: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `accesses` and `links`, with final ids."""
    every = access_bases.every_access(host)
    bounds = access_facts.bounds(host)
    frame = every.join(bounds, on="key", how="inner")
    frame = access_facts.with_users(host, frame)
    frame = access_facts.with_source(host, frame)
    frame = access_facts.with_logons(host, frame)
    frame = access_reach.with_coverage(host, frame)
    frame = access_reach.with_neighbours(host, frame)
    frame = holes.with_holes(host, frame)
    frame = access_reach.with_flags(host, frame)
    frame = (
        frame.join(desk_ids, on="desk", how="left")
        .join(connection_ids, on=["boot", "connection"], how="left")
        .join(by_ssh, on="key", how="left")
        .with_columns(host=pl.lit(host.name), connection=pl.coalesce("connection_id", "ssh"))
        .with_columns(
            stem=pl.concat_str(
                pl.lit("access|"), "kind", pl.lit(f"|{host.name}|"),
                instant(C("first_us")), pl.lit("|"),
                escaped(pl.coalesce("user", "attempted_user").str.to_lowercase()), pl.lit("|"),
                escaped(C("source_address")),
            )
        )
    )
    named = (
        frame.select("stem", "first_ord", "key")
        .with_row_index("row")
        .sort("stem", "first_ord", "key")
        .with_columns(
            id=pl.concat_str(
                "stem", pl.lit("|"), (pl.int_range(pl.len()).over("stem") + 1).cast(pl.String)
            )
        )
        .sort("row")
        .select("key", "id")
    )
    frame = frame.with_columns(named["id"])
    links = (
        host.links.join(named, left_on="access", right_on="key", how="inner")
        .join(host.events.select("ord", "uid"), on="ord", how="left")
        .select("ord", "uid", "role", "rule", "how", access="id")
        .sort("access", "ord")
    )
    return (
        frame.select([C(name).cast(kind) for name, kind in ACCESSES.items()]).sort(
            "first_ord", "id"
        ),
        links.select(list(LINKS)),
    )


