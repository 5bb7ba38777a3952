"""Why a group of user and place stands out: one function a reason, each a plain count and an ln.

A reason's points say how surprising a count is: ten times the natural logarithm of how many times
rarer it is than usual. 7 points are twice as rare, 23 ten times, 46 a hundred times. What cannot
be counted (a tunnel, a hijack) has fixed points. A group's score is the sum of its points.

Events:  those of the sessions of the group and, for what is usual, of the whole case
Key:     (group, reason)
Order:   by points, then the order of `REASONS`
Limits:  usual is what the case shows: a case of one day, or of the intrusion only, knows little,
         and says so by few points; two people who share an account are one user
See:     Laplace's rule of succession; median and MAD as in Hampel 1974
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from graphsess.across.uses import HOUR_US, OF, days_on_host

C = pl.col
LEAST = 3
"""Fewer points are no reason: 1.35 times rarer than usual is not worth a word."""
EXTERNAL_LEAST, TUNNELLED_LEAST = 10, 20
"""An external address, or a tunnel, is told even where most are."""
FLAGGED = MappingProxyType({"session_hijack": 20, "log_cleared_during": 10, "dollar_user": 20})
MISTYPED, HOSTS_AT_ONCE, ACCOUNTS_OF_ONE = 3, 2, 3
"""Up to so many failures, hosts within an hour, accounts from one address are usual anywhere."""
KNOWN_HOURS = 20
"""Of a user with fewer hours elsewhere nobody can say which are unusual."""
DORMANT_DAYS, SILENT_DAYS = 14, 7
"""A return after a fortnight is told, measured by a week or the longest silence before."""
LOGGED = (
    "Security",
    "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
)
"""Channels that tell of every logon, so that their silence is one."""
MAD_TO_SIGMA, SIGMAS = 1.4826, 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the reasons of one kind of place are counted from.

    Attributes:
        by: The kind of place.
        uses: As `uses.placed` makes them.
        pairs: As `uses.pairs` makes them.
        runs: Failure runs, with their pattern over all hosts.
        after: failure_run, session: which session followed which run.
        shared: place: the addresses behind which several machines stand.
        coverage: Table `coverage`.
    """

    by: str
    uses: pl.DataFrame
    pairs: pl.DataFrame
    runs: pl.DataFrame
    after: pl.DataFrame
    shared: pl.DataFrame
    coverage: pl.DataFrame


def points(times_rarer: pl.Expr) -> pl.Expr:
    """Ten times the natural logarithm, to the nearest whole; below 0 nothing."""
    return ((times_rarer.log() * 10 + 0.5).floor().cast(pl.Int64)).clip(lower_bound=0)


def usual(counts: pl.Expr, least: int) -> pl.Expr:
    """The largest count that is still usual: median + 3 MAD, at least `least`.

    The lower of two medians, so that counts stay counts; the MAD is scaled to a standard deviation.
    """
    middle = counts.quantile(0.5, "lower")
    spread = (counts - middle).abs().quantile(0.5, "lower")
    limit = (middle + SIGMAS * MAD_TO_SIGMA * spread).floor().cast(pl.Int64)
    return pl.max_horizontal(limit, pl.lit(least, pl.Int64))


def new_for_user(told: Evidence) -> pl.DataFrame:
    """The user came here first on a later day; of: the places he had come to by then."""
    return told.pairs.select(
        *OF, seen="days_before", of="places_before",
        points=points(
            (C("days_before") + 1) / pl.max_horizontal("places_before", pl.lit(1, pl.Int64))
        ),
    ).filter(C("seen") > 0)


def rare_for_user(told: Evidence) -> pl.DataFrame:
    """Hours here, of the user's hours: rarer than if he used all his places alike."""
    return told.pairs.select(
        *OF, seen="h", of="total",
        points=points((C("total") + C("k")) / ((C("h") + 1) * C("k"))),
    )


def few_users(told: Evidence) -> pl.DataFrame:
    """Users of the range (of the host), of all users: fewer than the median group's has."""
    past = told.uses.filter("past").with_columns(
        area="host" if told.by == "host" else "range"
    ).drop_nulls("area")
    areas = past.group_by("area").agg(seen=C("key").n_unique().cast(pl.Int64))
    return (
        past.select(*OF, "area")
        .unique()
        .join(areas, on="area")
        .with_columns(
            of=pl.lit(past["key"].n_unique(), pl.Int64),
            middle=C("seen").quantile(0.5, "lower"),
        )
        .select(*OF, "seen", "of", points=points((C("middle") + 1) / (C("seen") + 1)))
    )


def external(told: Evidence) -> pl.DataFrame:
    """From an external address; how often that is, among all hours with a known source."""
    return _of_class(told, "external", EXTERNAL_LEAST)


def tunnelled(told: Evidence) -> pl.DataFrame:
    """Through a tunnel; how often that is, among all hours with a known source."""
    return _of_class(told, "tunnelled", TUNNELLED_LEAST)


def failures_then_success(told: Evidence) -> pl.DataFrame:
    """Failed attempts of runs that one of the group's sessions followed, a mistype left out."""
    run = told.runs.filter(~C("pattern").is_in(["mistype", "stale_credential"])).select(
        "count", failure_run="id", guessing=C("pattern") != "other",
        tried=C("users").list.eval(pl.element().struct.field("user").str.to_lowercase()),
    )
    return (
        told.after
        .select("failure_run", "session")
        .join(run, on="failure_run")
        .join(told.uses.filter("shown"), on="session")
        .with_columns(name=C("user").cast(pl.String).str.to_lowercase())
        .filter(C("guessing") | C("tried").list.contains(C("name")))
        .select(*OF, "failure_run", "count")
        .unique()
        .group_by(OF)
        .agg(seen=C("count").sum())
        .select(*OF, "seen", of=pl.lit(0, pl.Int64), points=points(C("seen") + 1))
    )


def many_failures(told: Evidence) -> pl.DataFrame:
    """Failed attempts, more than usual; where a success followed them, that says it."""
    return (
        told.uses.filter("shown")
        .group_by(OF)
        .agg(seen=C("failed").sum().cast(pl.Int64))
        .with_columns(of=usual(C("seen"), MISTYPED))
        .join(failures_then_success(told), on=OF, how="anti")
        .select(*OF, "seen", "of", points=points((C("seen") + 1) / (C("of") + 1)))
    )


def many_hosts(told: Evidence) -> pl.DataFrame:
    """Hosts reached from here within one hour (or the half of two), more than usual."""
    half = HOUR_US // 2
    came = (
        told.uses.filter(C("shown") & pl.lit(told.by != "host"))
        .select(*OF, "host", part=C("at_us") // half)
        .unique()
    )
    spans = pl.concat(
        [
            came.select(*OF, "host", half=pl.lit(shift), span=(C("part") + shift) // 2).unique()
            for shift in (0, 1)
        ]
    )
    return (
        spans.group_by(*OF, "half", "span")
        .agg(hosts=pl.len().cast(pl.Int64))
        .group_by(OF)
        .agg(seen=C("hosts").max())
        .with_columns(of=usual(C("seen"), HOSTS_AT_ONCE))
        .select(*OF, "seen", "of", points=points(C("seen") / C("of")))
    )


def many_users(told: Evidence) -> pl.DataFrame:
    """Accounts tried or used from the address, more than usual; not where it is shared."""
    came = told.uses.filter(
        C("shown") & C("address").is_not_null() & pl.lit(told.by == "address")
    )
    return (
        came.group_by("place")
        .agg(seen=C("key").n_unique().cast(pl.Int64))
        .with_columns(of=usual(C("seen"), ACCOUNTS_OF_ONE))
        .join(told.shared, on="place", how="anti")
        .join(came.select(OF).unique(), on="place")
        .select(*OF, "seen", "of", points=points(C("seen") / C("of")))
    )


def unusual_hours(told: Evidence) -> pl.DataFrame:
    """Hours of the day at which the user is elsewhere seldom; seen: hours near these, of all.

    An hour of the day counts with its neighbours: three of 24 are an eighth of a day.
    """
    of_day = C("hour") % 24
    past = told.uses.filter("past").select(*OF, "hour").unique()
    counted = past.group_by(*OF, of_day=of_day).agg(n=pl.len().cast(pl.Int64))
    near = pl.concat(
        [counted.with_columns(of_day=(C("of_day") + shift) % 24) for shift in (23, 0, 1)]
    )
    own = near.group_by(*OF, "of_day").agg(own=C("n").sum())
    every = near.group_by("key", "of_day").agg(every=C("n").sum())
    totals = told.pairs.select(*OF, elsewhere=C("total") - C("h"))
    return (
        past.with_columns(of_day=of_day)
        .join(every, on=["key", "of_day"])
        .join(own, on=[*OF, "of_day"])
        .group_by(OF)
        .agg(near=(C("every") - C("own")).sum(), n=pl.len().cast(pl.Int64))
        .join(totals, on=OF)
        .filter(C("elsewhere") >= KNOWN_HOURS)
        .select(
            *OF, seen=C("near") // C("n"), of="elsewhere",
            points=points(
                (C("elsewhere") + 8) * C("n") / (8 * (C("near") + C("n")))
            ),
        )
    )


def nobody_before(told: Evidence) -> pl.DataFrame:
    """Nobody at all came from here to that host before; seen: days it was used; of: from where."""
    known = days_on_host(told.uses).filter(pl.lit(told.by != "host"))
    return (
        told.pairs.select(*OF, "first_us", host="first_host")
        .join(known, on=["place", "host", "first_us"])
        .filter(C("days") > 0)
        .select(
            *OF, seen="days", of="places",
            points=points((C("days") + 1) / pl.max_horizontal("places", pl.lit(1, pl.Int64))),
        )
    )


def dormant(told: Evidence) -> pl.DataFrame:
    """Days of silence of the account before it came back here; of: its longest silence before.

    Only where one log of the host that it came back to covers the whole silence.
    """
    past = told.uses.filter("past").sort("key", "at_us", "session", "place")
    whose = "key"
    silent = past.with_columns(
        since_us=C("at_us").shift(1).over(whose),
        seen=(C("day") - C("day").shift(1).over(whose)).cast(pl.Int64),
    ).with_columns(
        of=pl.max_horizontal(
            C("seen").cum_max().shift(1).over(whose).fill_null(0),
            pl.lit(SILENT_DAYS, pl.Int64),
        )
    )
    logged = told.coverage.filter(C("channel").is_in(LOGGED)).select(
        "host", "first_us", "last_us"
    )
    return (
        silent.filter(C("seen") >= DORMANT_DAYS)
        .join(logged, on="host")
        .filter((C("first_us") <= C("since_us")) & (C("last_us") >= C("at_us")))
        .select(*OF, "seen", "of", points=points(C("seen") / C("of")))
        .sort(*OF, "points", "seen", "of", descending=[False] * 2 + [True, True, False])
        .unique(OF, keep="first", maintain_order=True)
    )


def flagged(flag: str) -> Callable[[Evidence], pl.DataFrame]:
    """Sessions of the group that bear a flag, with fixed points."""

    def reason(told: Evidence) -> pl.DataFrame:
        return (
            told.uses.filter(C("shown") & C("flags").list.contains(flag))
            .group_by(OF)
            .agg(seen=pl.len().cast(pl.Int64))
            .select(
                *OF, "seen", of=pl.lit(0, pl.Int64), points=pl.lit(FLAGGED[flag], pl.Int64)
            )
        )

    return reason


def _of_class(told: Evidence, which: str, least: int) -> pl.DataFrame:
    known = told.uses.filter(
        C("past") & C("source_class").is_in(["internal", "external", "tunnelled"])
    )
    hours = known.group_by(*OF, "source_class").agg(n=C("hour").n_unique().cast(pl.Int64))
    counts = hours.select(
        seen=C("n").filter(C("source_class") == which).sum(), of=C("n").sum()
    )
    return (
        told.uses.filter(C("shown") & (C("source_class") == which))
        .select(OF)
        .unique()
        .join(counts, how="cross")
        .select(
            *OF, "seen", "of",
            points=pl.max_horizontal(
                points((C("of") + 2) / (C("seen") + 1)), pl.lit(least, pl.Int64)
            ),
        )
    )


REASONS: Mapping[str, Callable[[Evidence], pl.DataFrame]] = MappingProxyType(
    {
        "new_for_user": new_for_user,
        "rare_for_user": rare_for_user,
        "few_users": few_users,
        "nobody_before": nobody_before,
        "external": external,
        "tunnelled": tunnelled,
        "failures_then_success": failures_then_success,
        "many_failures": many_failures,
        "many_users": many_users,
        "many_hosts": many_hosts,
        "unusual_hours": unusual_hours,
        "dormant": dormant,
        **{flag: flagged(flag) for flag in FLAGGED},
    }
)
"""Every reason by its code, in the order in which equal points are told.

Each gives key, place, points, and two counts that its words name: seen, of.
"""
