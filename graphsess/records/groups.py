"""`groups`: each user with each address, range or host, the most outstanding first."""

from __future__ import annotations

import polars as pl

from graphsess.across.uses import BY, dated, group_id, placed
from graphsess.case import overlays
from graphsess.records.ask import Ask
from graphsess.records.columns import moment
from graphsess.records.names import host_names, with_host
from graphsess.records.reasons import reasons_in_words
from graphsess.records.stream import Stream, Tables

C = pl.col
TEXT_LIST = pl.List(pl.String())
BY_DEFAULT = "address"


def rows(tables: Tables, ask: Ask) -> pl.DataFrame:
    """Groups by falling score; of one kind of place, or of every kind where an id may be any."""
    groups = tables.table("groups")
    if ask.by is not None or not ask.every:
        groups = groups.filter(C("by") == (ask.by or BY_DEFAULT))
    if not ask.every:
        groups = groups.filter(C("hidden").is_null())
    names = host_names(tables)
    named = with_host(tables, groups)
    listed = C("hosts")
    if names:
        listed = listed.list.eval(pl.element().replace(list(names), list(names.values())))
    return (
        named.join(_owners(tables), on="source_address", how="left", maintain_order="left")
        .with_columns(
            place=pl.coalesce("host", "source_address", "source_range", "source_class"),
            reason_codes=C("reasons"),
            reasons=_worded(groups),
            reason_points=C("points"),
            hosts=listed,
            first=moment("first_us"),
            last=moment("last_us"),
        )
        .sort("outlier_score", "id", descending=[True, False])
    )


def finish(tables: Tables, wanted: pl.DataFrame) -> pl.DataFrame:
    """The records with the ids of their sessions, in time order."""
    sessions = overlays.sessions(tables)
    known = dated(sessions, tables.table("addresses"))
    used = pl.concat(
        [
            placed(known, by).select("session", "at_us", "shown", id=group_id(by))
            for by in BY
        ]
    )
    mine = used.join(wanted.select("id", mine="hidden"), on="id", how="inner").filter(
        C("shown") | C("mine").is_not_null()
    )
    listed = (
        mine.sort("id", "at_us", "session")
        .group_by("id", maintain_order=True)
        .agg(C("session").alias("session_ids"))
    )
    return wanted.join(listed, on="id", how="left", maintain_order="left").with_columns(
        C("session_ids").fill_null(pl.lit([], dtype=TEXT_LIST))
    )


def _worded(groups: pl.DataFrame) -> pl.Series:
    """Each group's reasons as sentences."""
    asked = groups.select("by", "source_range", "reasons", "points", "seen", "of")
    told = [reasons_in_words(group) for group in asked.iter_rows(named=True)]
    sentences = pl.Series([one for each in told for one in each], dtype=pl.String())
    ends = pl.DataFrame({"n": [len(each) for each in told]}, {"n": pl.Int64()}).select(
        "n", end=C("n").cum_sum()
    )
    return ends.select(
        pl.int_ranges(C("end") - C("n"), C("end")).list.eval(pl.lit(sentences).gather(pl.element()))
    ).to_series()


def _owners(tables: Tables) -> pl.DataFrame:
    """The host that most sessions from an address found to be its owner."""
    names = host_names(tables)
    owners = (
        tables.table("origins")
        .join(
            tables.table("sessions").select("source_address", session="id"), on="session",
        )
        .group_by("source_address", "source_host")
        .agg(pl.len())
        .sort("source_address", "len", "source_host", descending=[False, True, False])
        .unique("source_address", keep="first", maintain_order=True)
    )
    host = C("source_host")
    if names:
        host = host.replace(list(names), list(names.values()))
    return owners.select("source_address", host)


GROUPS = Stream(
    name="groups",
    says="each user with each address, range or host, and why that stands out",
    rows=rows,
    finish=finish,
    fields=(
        "id",
        "by",
        "user",
        "sid",
        "place",
        "source_address",
        "source_range",
        "source_host",
        "host",
        "host_id",
        "source_class",
        "sessions",
        "failures",
        "addresses",
        "hosts",
        "kinds",
        "first",
        "last",
        "new_for_user",
        "outlier_score",
        "reasons",
        "reason_codes",
        "reason_points",
        "rule",
        "hidden",
        "session_ids",
    ),
    shown=(
        "outlier_score",
        "user",
        "place",
        "reasons",
        "sessions",
        "failures",
        "source_class",
        "first",
        "last",
        "hosts",
        "kinds",
        "source_host",
        "sid",
        "id",
    ),
    hosts=("hosts", "host_id", "source_host"),
    users=("user", "sid"),
    addresses=("addresses",),
    kind="kinds",
    span=("first", "last"),
)
