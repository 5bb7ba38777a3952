"""`users`: the accounts that got in or tried to, one record each, counted over their sessions."""

from __future__ import annotations

import polars as pl

from graphsess.across.accounts import account_key
from graphsess.case import overlays
from graphsess.records.ask import Ask
from graphsess.records.columns import moment
from graphsess.records.names import with_host
from graphsess.records.stream import Stream, Tables

C = pl.col
FAILED = ("failed", "denied")


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Accounts by name; an account is its SID, else its name without case.

    Names that were tried and that no account bears are users without sessions.
    """
    sessions = overlays.sessions(tables)
    if not ask.every:
        sessions = sessions.filter(C("hidden").is_null())
    ranges = tables.table("addresses").select("range", source_address="address")
    named = (
        with_host(tables, sessions)
        .join(ranges, on="source_address", how="left", maintain_order="left")
        .with_columns(user=C("user").fill_null(C("attempted_user")))
    )
    known = named.filter(C("user").is_not_null() | C("sid").is_not_null())
    keyed = known.with_columns(key=account_key(known)).sort(
        "start_us", nulls_last=True, maintain_order=True  # the table goes by id
    )
    failed = C("outcome").is_in(FAILED)
    got_in = keyed.group_by("key", maintain_order=True).agg(
        C("user").drop_nulls().mode().sort().first().alias("user"),
        C("sid").drop_nulls().first(),
        C("user").drop_nulls().unique().sort().alias("aliases"),
        C("class").drop_nulls().mode().sort().first(),
        (~failed).sum().cast(pl.Int64).alias("sessions"),
        failed.sum().cast(pl.Int64).alias("failures"),
        C("host").drop_nulls().unique().sort().alias("hosts"),
        C("source_address").drop_nulls().unique().sort().alias("addresses"),
        C("range").drop_nulls().unique().sort().alias("ranges"),
        *(
            (C("source_class") == name).sum().cast(pl.Int64).alias(name)
            for name in ("internal", "external", "tunnelled")
        ),
        C("kind").drop_nulls().unique().sort().alias("kinds"),
        C("privileged").fill_null(False).any(),
        moment("start_us").min().alias("first"),
        pl.max_horizontal(moment("start_us"), moment("end_us")).max().alias("last"),
        C("flags").explode(empty_as_null=False).drop_nulls().unique().sort().alias("flags"),
    )
    return got_in.with_columns(
        id=pl.format("user|{}", "key"),
        aliases=C("aliases").list.set_difference(pl.concat_list("user")).list.sort(),
    ).sort(C("user").str.to_lowercase(), "id", nulls_last=True)


USERS = Stream(
    name="users",
    says="accounts: who got in or tried to, where to and where from",
    rows=rows,
    fields=(
        "id",
        "user",
        "sid",
        "aliases",
        "class",
        "sessions",
        "failures",
        "hosts",
        "addresses",
        "ranges",
        "internal",
        "external",
        "tunnelled",
        "kinds",
        "privileged",
        "first",
        "last",
        "flags",
    ),
    shown=(
        "user",
        "sessions",
        "failures",
        "hosts",
        "addresses",
        "external",
        "kinds",
        "privileged",
        "first",
        "last",
        "flags",
        "tunnelled",
        "sid",
    ),
    hosts=("hosts",),
    users=("user", "sid", "aliases"),
    addresses=("addresses",),
    kind="kinds",
    span=("first", "last"),
)
