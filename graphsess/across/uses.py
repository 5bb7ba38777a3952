"""Who used which place when: the counts that groups of user and place are judged by.

A place is an address, a range or a host; what is counted are *hours in which something began*, not
sessions, so that a burst of a thousand logons weighs no more than one.
"""

from __future__ import annotations

import polars as pl

from graphsess.across.accounts import account_key

C = pl.col
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
FAILED = ("failed", "denied")
BACKGROUND = ("dc_background", "redirected")
"""Hidden sessions that still tell where a user usually is."""
BY = ("address", "range", "host")
OF = ["key", "place"]
"""The key of a group among those of one kind of place."""


def dated(sessions: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """One row for each dated session of an account that is known by name or SID.

    Args:
        sessions: Of all hosts, each attempt once.
        addresses: Table `addresses`, for range and class.

    Returns:
        session, key (the account's), user, sid, address, range, host, kind, failed, flags, hidden,
        shown (not hidden), past (tells where the user usually is), at_us, hour, day, source_class.
    """
    named = sessions.select(
        "sid", "host", "kind", "hidden", "flags", "outcome", "source_class",
        session="id",
        user=C("user").fill_null(C("attempted_user")),
        at_us=pl.coalesce("start_us", "start_latest_us"),
        address="source_address",
    )
    return (
        named.with_columns(key=account_key(named))
        .filter(C("key").is_not_null() & C("at_us").is_not_null())
        .join(addresses.select("address", "range", known="class"), on="address", how="left")
        .with_columns(
            failed=C("outcome").is_in(FAILED),
            shown=C("hidden").is_null(),
            past=(C("hidden").is_null() | C("hidden").is_in(BACKGROUND))
            & ~C("outcome").is_in(FAILED),
            hour=C("at_us") // HOUR_US,
            day=C("at_us") // DAY_US,
            source_class=known_class(),
        )
        .drop("outcome", "known")
        .sort("at_us", "session")
    )


def placed(sessions: pl.DataFrame, by: str) -> pl.DataFrame:
    """Dated sessions with `place`.

    Args:
        sessions: As `dated` makes them.
        by: One of `BY`.
    """
    nowhere = pl.when(C("source_class") == "local").then(pl.lit("local")).otherwise(pl.lit("-"))
    place = {
        "address": pl.coalesce("address", nowhere),
        "range": pl.coalesce("range", "address", nowhere),
        "host": C("host"),
    }[by]
    return sessions.with_columns(place=place)


def group_id(by: str) -> pl.Expr:
    """The id of a group out of its `key` and `place`."""
    return pl.concat_str(
        pl.lit("group"), pl.lit(by), _escaped("key"), _escaped("place"), separator="|"
    )


def _escaped(part: str) -> pl.Expr:
    return (
        C(part).str.replace_all("%", "%25", literal=True).str.replace_all("|", "%7C", literal=True)
    )


def known_class() -> pl.Expr:
    """The class of a source: an address that a host of the case had is not external (N8).

    Reads `source_class` as the host itself saw it, and `known`, what all hosts together say.
    """
    return (
        pl.when((C("source_class") == "external") & (C("known") == "internal"))
        .then(pl.lit("internal"))
        .otherwise("source_class")
    )


def pairs(used: pl.DataFrame, hosts: pl.DataFrame) -> pl.DataFrame:
    """key, place of every group with a session that is shown, with the counts of its past.

    Args:
        used: As `placed` makes it: in order of time.
        hosts: `host` and `first_us`, when its logs begin: what was before, nobody knows.

    Returns:
        Besides: h (hours that the user got in here), total (such hours over all his places), k
        (his places), first_us and first_day (when he got in here first), first_host (where),
        days_before (days on which he got in anywhere before that day, since the logs of that host
        begin), places_before (places he had come to by then).
    """
    past = used.filter("past")
    here = (
        past.group_by(OF)
        .agg(
            h=C("hour").n_unique().cast(pl.Int64),
            first_us=C("at_us").min(),
            first_day=C("day").min(),
            first_host=C("host").first(),
        )
        .with_columns(
            places_before=C("first_us").rank("min").over("key").cast(pl.Int64) - 1
        )
        .join(_begin(hosts), left_on="first_host", right_on="host", how="left")
    )
    everywhere = here.group_by("key").agg(total=C("h").sum(), k=pl.len().cast(pl.Int64))
    return (
        used.filter("shown")
        .select(OF)
        .unique()
        .join(here, on=OF, how="left")
        .join(everywhere, on="key", how="left")
        .pipe(_with_days_before, past, ["key"], "days_before")
        .sort(OF)
    )


def days_on_host(used: pl.DataFrame) -> pl.DataFrame:
    """host, place → how the first came there: first_us, days and places on that host before."""
    past = used.filter("past")
    first = past.group_by("host", "place").agg(
        first_us=C("at_us").min(), first_day=C("day").min()
    ).with_columns(
        begin_day=pl.lit(None, pl.Int64),
        places=C("first_us").rank("min").over("host").cast(pl.Int64) - 1,
    )
    return _with_days_before(first, past, ["host"], "days")


def _with_days_before(
    found: pl.DataFrame, past: pl.DataFrame, of: list[str], name: str
) -> pl.DataFrame:
    """`found` with the number of days of `of` in [begin_day, first_day)."""
    days = (
        past.select(*of, "day")
        .unique()
        .with_columns(rank=C("day").rank("dense").over(of).cast(pl.Int64))
        .sort("day")
    )
    since = (
        found.with_columns(begin_day=C("begin_day").fill_null(0))
        .sort("begin_day")
        .join_asof(
            days.rename({"rank": "since"}), left_on="begin_day", right_on="day", by=of,
            strategy="forward", check_sortedness=False,
        )
        .drop("day", strict=False)
    )
    return since.join(
        days.rename({"day": "first_day"}), on=[*of, "first_day"], how="left"
    ).with_columns(
        (C("rank") - C("since")).clip(lower_bound=0).alias(name)
    ).drop("rank", "since", "begin_day")


def _begin(hosts: pl.DataFrame) -> pl.DataFrame:
    return hosts.select("host", begin_day=C("first_us") // DAY_US)
