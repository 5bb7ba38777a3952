"""Groups: each user with each address, range or host, how much that stands out, and why.

Events:  those of the sessions of the group
Key:     (by, account, place); place is a source address, its range, or the host that was reached
Order:   by id
Limits:  see `reasons`; a group that never got in has no rarity, its failures speak for it
See:     `reasons` for every reason and its points
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphsess.across.reasons import LEAST, REASONS, Evidence
from graphsess.across.uses import BY, OF, dated, group_id, pairs, placed

C = pl.col
CLASSES = ("tunnelled", "external", "internal", "local", "unknown")
"""A group whose sessions have several classes bears the first of these."""


def groups(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """All groups, hidden ones too; those have no reasons.

    Args:
        tables: `hosts`, `coverage`, `sessions`, `followed_by_success` of all hosts; `addresses`,
            `corroboration`; `failure_runs` of hosts and controllers, their patterns over all hosts.
    """
    sessions = _counted_once(tables)
    return pl.concat([_of_kind(by, sessions, tables) for by in BY]).sort("id")


def members(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """session, group: the three groups of each dated session of an account, by both.

    Args:
        tables: `sessions`, `addresses`, `corroboration`.
    """
    sessions = _counted_once(tables)
    return pl.concat(
        [placed(sessions, by).select("session", group=group_id(by)) for by in BY]
    ).sort("session", "group")


def _counted_once(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Sessions as `uses.dated` makes them, without what only a controller repeats."""
    once = tables["sessions"].join(
        tables["corroboration"].select(id="dc_session"), on="id", how="anti"
    )
    return dated(once, tables["addresses"])


def _of_kind(by: str, sessions: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The groups of one kind of place."""
    used = _compact(placed(sessions, by))
    host, place = used.schema["host"], used.schema["place"]
    known = tables["hosts"].select("first_us", host=C("id").cast(host, strict=False))
    judged = pairs(used, known)
    shared = tables["addresses"].filter("shared")
    told = _told(
        Evidence(
            by, used, judged,
            runs=tables["failure_runs"],
            after=tables["followed_by_success"],
            shared=shared.select(place=C("address").cast(place, strict=False)),
            coverage=tables["coverage"].with_columns(C("host").cast(host, strict=False)),
        )
    )
    counted = pl.concat(
        [_counted(used.filter("shown")), _counted(used.join(judged, on=OF, how="anti"))]
    )
    empty = {"reasons": pl.String, "points": pl.Int64, "seen": pl.Int64, "of": pl.Int64}
    text, texts = pl.String(), pl.List(pl.String())
    return (
        counted.join(told.join(judged.select(OF), on=OF, how="semi"), on=OF, how="left")
        .join(judged.select(*OF, "days_before"), on=OF, how="left")
        .with_columns(
            *(C(name).cast(text) for name in ("key", "place", "user", "sid", "address", "range")),
            *(C(name).cast(texts) for name in ("addresses", "hosts")),
        )
        .select(
            *(C(name).fill_null(pl.lit([], dtype=pl.List(kind))) for name, kind in empty.items()),
            "user", "sid", "source_class", "sessions", "failures", "addresses", "hosts", "kinds",
            "first_us", "last_us", "hidden",
            id=group_id(by),
            by=pl.lit(by),
            source_address="address" if by == "address" else pl.lit(None, text),
            source_range="range" if by != "host" else pl.lit(None, text),
            host="place" if by == "host" else pl.lit(None, text),
            new_for_user=(C("days_before") > 0).fill_null(value=False),
            outlier_score=C("points").list.sum().fill_null(0).cast(pl.Int64),
            rule=pl.lit("groups"),
        )
    )


def _compact(used: pl.DataFrame) -> pl.DataFrame:
    """The same with its long texts as numbers of a sorted list: less memory, the same order."""
    return used.with_columns(
        used[name].cast(pl.Enum(used[name].unique().drop_nulls().sort()))
        for name in ("key", "place", "user", "sid", "address", "range", "host")
    )


def _told(told: Evidence) -> pl.DataFrame:
    """Group → its reasons with points and counts, the weightiest first."""
    each = [
        reason(told).select(
            *OF, "points", "seen", "of", reason=pl.lit(code), rank=pl.lit(rank, pl.Int64)
        )
        for rank, (code, reason) in enumerate(REASONS.items())
    ]
    return (
        pl.concat(each)
        .filter(C("points") >= LEAST)
        .sort(*OF, "points", "rank", descending=[False, False, True, False])
        .group_by(OF, maintain_order=True)
        .agg(C("reason").alias("reasons"), "points", "seen", "of")
    )


def _counted(used: pl.DataFrame) -> pl.DataFrame:
    """One row a group: its sessions counted; the user as spelled most often."""
    order = {name: place for place, name in enumerate(CLASSES)}
    rank = C("source_class").replace_strict(order, default=len(CLASSES) - 1, return_dtype=pl.Int64)
    spelled = (
        used.filter(C("user").is_not_null())
        .group_by(*OF, "user")
        .agg(n=pl.len())
        .sort(*OF, "n", "user", descending=[False, False, True, False])
        .unique(OF, keep="first", maintain_order=True)
        .select(*OF, "user")
    )
    return (
        used.group_by(OF)
        .agg(
            C("sid").drop_nulls().sort().first(),
            C("address").drop_nulls().min(),
            C("range").drop_nulls().min(),
            sessions=(~C("failed")).sum().cast(pl.Int64),
            failures=C("failed").sum().cast(pl.Int64),
            addresses=C("address").drop_nulls().unique().sort(),
            hosts=C("host").drop_nulls().unique().sort(),
            kinds=C("kind").drop_nulls().unique().sort(),
            source_class=rank.min().replace_strict(
                dict(enumerate(CLASSES)), return_dtype=pl.String
            ),
            first_us=C("at_us").min(),
            last_us=C("at_us").max(),
            hidden=C("hidden").drop_nulls().min(),
        )
        .join(spelled, on=OF, how="left")
    )
