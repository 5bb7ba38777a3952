"""Which host had which address when, and what kind of address it is.

Events:  the observations of all hosts
Key:     (address, host or name) over time
Order:   by address, then time
Limits:  between observations an address is believed to stay where it was, for at most a day
See:     rules R9.2-R9.5, N8
"""

from __future__ import annotations

import polars as pl

from graphsess.across.ranges import ranges_of
from graphsess.resolve.sources import address_classes
from graphsess.settings import Settings

C = pl.col
STRONG = 7
REACH_US = 86_400_000_000
CROWD = 3
HOUR_US = 3_600_000_000
CONFLICT_US = 600_000_000


def bindings(observed: pl.DataFrame, hosts: pl.DataFrame) -> pl.DataFrame:
    """Lease intervals: consecutive observations of one machine on one address (R9.2).

    A word for another machine breaks a lease only if it weighs as much: a client's own name, which
    anybody can choose, makes an interval of its own beside what better evidence shows.

    Args:
        observed: Table `observations` of all hosts.
        hosts: Table `hosts`; names are looked up in it by short and full name.
    """
    known = known_names(hosts)
    named = _machines(observed, known)
    return (
        _leases(named)
        .sort("address", "who", "lease", "time_us", "uid")
        .group_by("address", "who", "lease", maintain_order=True)
        .agg(
            host=C("machine").first(),
            name=C("label").first(),
            valid_from_us=C("time_us").min(),
            valid_to_us=C("time_us").max(),
            weight=C("weight").max(),
            observations=pl.len().cast(pl.Int64),
            uids=C("uid").first().implode(),
        )
        .with_columns(rule=pl.lit("R9.2"))
        .drop("lease", "who")
        .sort("address", "valid_from_us", "host", "name")
    )


def _machines(observed: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Observations with the `machine` of the case that they speak of, `label`, and `who`."""
    return (
        observed.with_columns(said=C("name"), short=C("name").str.split(".").list.first())
        .join(known.rename({"name": "short", "id": "by_short"}), on="short", how="left")
        .with_columns(
            machine=pl.when(C("said").is_null()).then("host").otherwise("by_short"),
            label=pl.coalesce("said", "host"),
        )
        .with_columns(who=pl.coalesce("machine", "short"))
    )


def _leases(named: pl.DataFrame) -> pl.DataFrame:
    """Observations with the number of their machine's lease on the address.

    The words of each weight are read among those that weigh at least as much: that gives stretches
    that no weaker word breaks. Stretches of one machine that touch are one lease.
    """
    weights = named["weight"].unique().sort().to_list()
    read = pl.concat(
        [_stretches(named.filter(C("weight") >= weight), weight) for weight in weights]
        or [_stretches(named, 0)]
    )
    key = ("address", "who")
    leases = (
        read.group_by(*key, "level", "stretch")
        .agg(from_us=C("time_us").min(), to_us=C("time_us").max())
        .sort(*key, "from_us", "to_us", "level", "stretch")
        .with_columns(reached=C("to_us").cum_max().shift(1).over(key))
        .with_columns(
            lease=(C("from_us") > C("reached")).fill_null(value=True).cast(pl.Int64)
            .cum_sum().over(key)
        )
        .select(*key, "level", "stretch", "lease")
    )
    return read.filter(C("weight") == C("level")).join(
        leases, on=[*key, "level", "stretch"], how="left", nulls_equal=True
    )


def _stretches(heard: pl.DataFrame, level: int) -> pl.DataFrame:
    """Consecutive observations of one machine on one address, numbered."""
    return (
        heard.sort(
            "address", "time_us", "weight", "who", "uid",
            descending=[False, False, True, False, False],
        )
        .with_columns(
            changed=(C("who") != C("who").shift(1).over("address")).fill_null(value=True)
        )
        .with_columns(
            stretch=C("changed").cast(pl.Int64).cum_sum().over("address"),
            level=pl.lit(level).cast(heard.schema["weight"]),
        )
    )


def shared(observed: pl.DataFrame, hosts: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Addresses behind which several machines stand: NAT, VPN, gateways (R9.4, R9.5).

    Three names within an hour, two client names ever on a public address, or strong words for one
    machine, another, and the first again, each within ten minutes: no lease goes there and back.
    """
    who, at = C("who"), C("time_us")
    strong = (
        _machines(observed, known_names(hosts))
        .filter(C("weight") >= STRONG)
        .sort("address", "time_us", "who", "uid")
        .filter(who.ne_missing(who.shift(1).over("address")))
        .filter(
            (who == who.shift(2).over("address"))
            & (at - at.shift(1).over("address") <= CONFLICT_US)
            & (at.shift(1).over("address") - at.shift(2).over("address") <= CONFLICT_US)
        )
        .select("address")
    )
    named = (
        observed.filter(C("name").is_not_null())
        .with_columns(short=C("name").str.split(".").list.first())
        .sort("address", "time_us", "uid")
    )
    hourly = (
        named.rolling("time_us", period=f"{HOUR_US}i", group_by="address", closed="both")
        .agg(names=C("short").n_unique())
        .filter(C("names") >= CROWD)
        .select("address")
    )
    classes = address_classes(named["address"], [], settings)
    public = (
        named.filter(C("weight") < STRONG)
        .group_by("address")
        .agg(names=C("short").n_unique())
        .filter(C("names") > 1)
        .join(classes.filter(C("address_class") == "external"), on="address", how="semi")
        .select("address")
    )
    return (
        pl.concat([hourly, public, strong])
        .unique()
        .sort("address")
        .with_columns(shared=pl.lit(value=True))
    )


def origins(sessions: pl.DataFrame, bound: pl.DataFrame, crowd: pl.DataFrame) -> pl.DataFrame:
    """The host that owned a session's source address then: session, source_host, weight, uids."""
    asked = sessions.select(
        key="id", address="source_address", at_us=pl.coalesce("start_us", "start_latest_us")
    ).join(crowd.select("address"), on="address", how="anti")
    return owners(asked, bound).select(
        "weight", "uids", session="key", source_host="host", rule=pl.lit("R9.2")
    ).sort("session")


def owners(asked: pl.DataFrame, bound: pl.DataFrame) -> pl.DataFrame:
    """The host of the case that had an address at a moment: key, host, weight, uids.

    The interval that holds the moment, else the nearest within a day, believed the less the
    farther it is; of several the heaviest.

    Args:
        asked: key, address, at_us.
        bound: As `bindings` makes them.
    """
    believed = bound.filter(C("host").is_not_null()).with_row_index("lease")
    known = believed.select("lease", "address", "host", "weight", "valid_from_us", "valid_to_us")
    moments = asked.drop_nulls(["address", "at_us"])
    near = (
        moments.select("address", "at_us").unique().join(known, on="address", how="inner")
        .with_columns(
            away=pl.max_horizontal(
                C("valid_from_us") - C("at_us"), C("at_us") - C("valid_to_us"), pl.lit(0)
            )
        )
        .filter(C("away") <= REACH_US)
        .with_columns(weight=C("weight") * (REACH_US - C("away")) // REACH_US)
        .sort(
            "address", "at_us", "away", "weight", "host",
            descending=[False, False, False, True, False],
        )
        .unique(["address", "at_us"], keep="first", maintain_order=True)
    )
    found = moments.join(
        near.select("address", "at_us", "lease", "weight"), on=["address", "at_us"], how="inner"
    ).select("key", "weight", "lease")
    lease = believed[found["lease"]].select("host", "uids")
    return pl.concat([found.select("key", "weight"), lease], how="horizontal").select(
        "key", "host", "weight", "uids"
    )


def addresses(
    sessions: pl.DataFrame,
    connections: pl.DataFrame,
    bound: pl.DataFrame,
    crowd: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """Every address that was seen as a source or bound to a machine."""
    came = sessions.filter(C("source_address").is_not_null()).select(
        address="source_address", class_="source_class",
        first_us=pl.coalesce("start_us", "start_latest_us"),
        last_us=pl.coalesce("end_us", "start_us", "start_latest_us"), probe=pl.lit(0),
    )
    probed = connections.filter((C("stage") == "probe") & C("address").is_not_null()).select(
        "address", class_=pl.lit(None, pl.String), first_us="start_us", last_us="start_us",
        probe=pl.lit(1),
    )
    leased = bound.select(
        "address", class_=pl.lit(None, pl.String), first_us="valid_from_us",
        last_us="valid_to_us", probe=pl.lit(0),
    )
    every = pl.concat([came, probed, leased])
    tied = frozenset(
        bound.filter(C("host").is_not_null() & (C("weight") >= STRONG))["address"].to_list()
    )
    classes = address_classes(every["address"], [], settings, tied)
    return (
        every.group_by("address")
        .agg(
            seen=C("class_").drop_nulls().sort().first(),
            tunnelled=(C("class_") == "tunnelled").any(),
            probes=C("probe").sum().cast(pl.Int64),
            first_us=C("first_us").min(),
            last_us=C("last_us").max(),
        )
        .join(classes, on="address", how="left")
        .join(ranges_of(every["address"], settings), on="address", how="left")
        .join(crowd, on="address", how="left")
        .with_columns(
            **{
                "class": pl.when(C("tunnelled"))
                .then(pl.lit("tunnelled"))
                .otherwise(pl.coalesce("address_class", "seen"))
            },
            shared=C("shared").fill_null(value=False),
        )
        .sort("address")
    )


def known_names(hosts: pl.DataFrame) -> pl.DataFrame:
    """Short name → host id, for names that only one host of the case bears."""
    return (
        hosts.select("id", name=C("names").list.concat(pl.concat_list(C("id").cast(pl.String))))
        .explode("name")
        .with_columns(name=C("name").str.to_lowercase().str.split(".").list.first())
        .unique()
        .filter(C("id").n_unique().over("name") == 1)
        .select("name", "id")
        .sort("name")
    )
