"""Which accesses are one session: network logons of one user and source within minutes.

Events:  Security 4624 types 3, 8 through their accesses
Key:     (host, boot, user, source, kind)
Order:   by start
Limits:  two people who share an account and an address are one session here
See:     rule R5.7
"""

from __future__ import annotations

import polars as pl

from graphsess.settings import Settings

C = pl.col
COALESCED = ("network", "winrm", "wmi", "ssh", "cleartext")
SPECIFIC = ("winrm", "wmi", "ssh", "cleartext", "network")
"""A burst is of the most specific kind that any member shows. One that shows nothing but a logon
takes the kind of its neighbours within `network_s`, if a type 3 can turn out to be of it; kinds
that show themselves never merge."""
TOLD = (
    "id", "kind", "protocol", "host", "boot", "sid", "user", "source_address", "logon_guid",
    "start_us", "last_us", "reached", "opened_by", "local",
)
LENDS = 2  # winrm and wmi are type-3 logons too


def groups(accesses: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Access id → `first`, the access that names its session, and the session's kind.

    Args:
        accesses: With `start_us` and `last_us` (end or last sign of life) of each.
        settings: For `burst_s`, `network_s` and `network_max_s`.
    """
    told = accesses.select(TOLD)
    alone = told.filter(~_joins()).select("id", first="id", kind="kind")
    members = _with_owner(told.filter(_joins()), settings)
    if members.is_empty():
        return alone.sort("id")
    owner = ["host", "boot", "who", "source"]
    of = ["owner"]  # its number: windows over one number cost a quarter of those over four texts
    bursts = (
        members.sort(*owner, "start_us", "id")
        .with_columns(owner=pl.struct(owner).rle_id())
        .with_columns(
            fresh=(
                (C("start_us") - C("start_us").shift(1).over(of) > settings.us("burst"))
                & (C("logon_guid") != C("logon_guid").shift(1).over(of)).fill_null(value=True)
            ).fill_null(value=True)
        )
        .with_columns(burst=C("fresh").cum_sum().over(of))
        .with_columns(
            shared=pl.when(C("logon_guid").is_not_null())
            .then(C("burst").min().over(*of, "logon_guid"))
            .otherwise("burst")
        )
        .with_columns(burst=C("shared").min().over(*of, "burst"))
        .with_columns(
            kind=pl.when((C("kind") != "network") | C("protocol").is_not_null())
            .then(C("kind").replace_strict({kind: place for place, kind in enumerate(SPECIFIC)}))
            .min()
            .over(*of, "burst")
        )
    )
    bursts = bursts.drop("kind").join(_kinds(bursts, of, settings), on=[*of, "burst"], how="left")
    key = [*of, "kind"]
    spans = (
        bursts.group_by(*key, "burst")
        .agg(start_us=C("start_us").min(), last_us=C("last_us").max(), id=C("id").first())
        .sort(*key, "start_us", "id")
        .with_columns(
            gap=C("start_us") - C("last_us").cum_max().shift(1).over(key),
        )
        .with_columns(island=(C("gap") > settings.us("network")).fill_null(value=True))
        .with_columns(island=C("island").cum_sum().over(key))
        .with_columns(begun=C("start_us").min().over(*key, "island"))
        .with_columns(day=(C("start_us") - C("begun")) // max(settings.us("network_max"), 1))
        .select(*key, "burst", "island", "day")
    )
    joined = bursts.join(spans, on=[*key, "burst"], how="left").sort("start_us", "id")
    return pl.concat(
        [
            alone,
            joined.select(
                "id",
                first=C("id").first().over(*key, "island", "day"),
                kind=C("kind").replace_strict(dict(enumerate(SPECIFIC)), return_dtype=pl.String),
            ),
        ]
    ).sort("id")


def _kinds(bursts: pl.DataFrame, of: list[str], settings: Settings) -> pl.DataFrame:
    """The kind of each burst; one that shows none takes it from the burst before it, or after."""
    spans = (
        bursts.group_by(*of, "burst")
        .agg(start_us=C("start_us").min(), last_us=C("last_us").max(), kind=C("kind").first())
        .sort(*of, "start_us", "burst")
        .with_columns(gap=C("start_us") - C("last_us").cum_max().shift(1).over(of))
        .with_columns(near=(C("gap") > settings.us("network")).fill_null(value=True).cum_sum())
    )
    beside = [*of, "near"]
    lent = pl.when(C("kind") < LENDS).then("kind")
    return spans.with_columns(
        kind=pl.coalesce(
            "kind",
            lent.forward_fill().over(beside),
            lent.backward_fill().over(beside),
            pl.lit(len(SPECIFIC) - 1),
        )
    ).select(*of, "burst", "kind")


def _joins() -> pl.Expr:
    return (
        C("kind").is_in(COALESCED)
        & C("reached").is_in(["established"])
        & (C("opened_by") == "logon")
        & C("local").is_null()
    )


def _with_owner(members: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Members with `who` and `source`; one without an address takes that of its own burst.

    It joins an addressed logon of the same user only by an equal LogonGuid or within the burst.
    """
    named = members.with_columns(
        who=pl.coalesce("sid", C("user").str.to_lowercase(), pl.lit("-"))
    )
    known = named.filter(C("source_address").is_not_null())
    lost = named.filter(C("source_address").is_null())
    of = ["host", "boot", "who"]
    by_guid = (
        lost.filter(C("logon_guid").is_not_null())
        .select("id", *of, "logon_guid")
        .join(
            known.sort("start_us", "id").select(*of, "logon_guid", found="source_address"),
            on=[*of, "logon_guid"], how="inner",
        )
        .unique("id", keep="first", maintain_order=True)
        .select("id", by_guid="found")
    )
    near = _nearest(lost, known, of, settings.us("burst"))
    return (
        named.join(by_guid, on="id", how="left")
        .join(near, on="id", how="left")
        .with_columns(
            source=pl.coalesce("source_address", "by_guid", "near", pl.lit("-")),
        )
        .drop("by_guid", "near")
    )


def _nearest(
    lost: pl.DataFrame, known: pl.DataFrame, of: list[str], within_us: int
) -> pl.DataFrame:
    """Lost id → the address that is nearest in time: of two as near the earlier, then by text."""
    marks = (
        known.group_by(*of, "start_us").agg(address=C("source_address").min()).sort("start_us")
    )
    found = lost.select("id", *of, "start_us").sort("start_us", "id")
    for side in ("backward", "forward"):
        ahead = marks.select(*of, at="start_us", **{side: "address"})
        found = found.join_asof(
            ahead, left_on="start_us", right_on="at", by=of, strategy=side, tolerance=within_us,
            check_sortedness=False,
        ).with_columns((C("at") - C("start_us")).abs().alias(f"{side}_us")).drop("at")
    earlier = C("backward_us") <= C("forward_us").fill_null(C("backward_us"))
    return found.select(
        "id", near=pl.when(earlier).then("backward").otherwise("forward")
    ).sort("id")
