"""The passes that find desktops and what is only a part of them; the first may run twice.

See: rules R2.5, R3.1, R3.3, R5.3
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve import byproducts, coverage, desks, desktops
from graphsess.resolve.binding import bindings, pair_of
from graphsess.settings import Settings

C = pl.col
DESK_COLUMNS = {
    "desk": pl.Int64, "boot": pl.Int64, "ts_id": pl.Int64, "ordinal": pl.Int64, "luid": pl.Int64,
    "sam": pl.String, "sid": pl.String, "user": pl.String, "first_ord": pl.Int64,
    "first_us": pl.Int64, "last_ord": pl.Int64, "last_us": pl.Int64, "logon_us": pl.Int64,
    "logon_ord": pl.Int64, "notice_us": pl.Int64, "notice_ord": pl.Int64, "opening_us": pl.Int64,
    "opening_ord": pl.Int64, "made_us": pl.Int64, "off_us": pl.Int64, "off_ord": pl.Int64,
    "dropped_us": pl.Int64, "destroyed_us": pl.Int64, "established": pl.Boolean,
    "by_lsm": pl.Boolean, "by_system": pl.Boolean, "lives": pl.Boolean, "by_luid": pl.Boolean,
    "confirmed": pl.Boolean,
}


def find_desks(
    events: pl.DataFrame,
    made: pl.DataFrame,
    members: pl.DataFrame,
    stretches: pl.DataFrame,
    until_us: int | None,
    settings: Settings,
    known: pl.DataFrame | None,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Logons with their desk, all desks, what happens on them, and a reconnect's temporaries.

    Args:
        events: One host's events.
        made: Logon skeletons.
        members: Events of connections.
        stretches: Coverage.
        until_us: The host's last event.
        settings: The windows.
        known: Temporaries that were found before; their processes prove no desktop.
    """
    marked = desktops.desktop_events(events, known)
    by_ts = desktops.desktop_skeletons(events, marked)
    noticed = by_ts.select(at_us=pl.coalesce("notice_us", "first_us"))
    unseen = ~coverage.covers(noticed, stretches, "lsm", until_us)
    by_ts = by_ts.with_columns(
        desk=pl.int_range(pl.len(), dtype=pl.Int64),
        established=C("established") | (C("by_system") & unseen),
        by_luid=pl.lit(value=False),
    ).with_columns(lives="established")
    bound = bindings(events, made, by_ts, marked, settings)
    on_ts = desks.bound_logons(made, bound, by_ts)
    alone = desks.luid_desks(events, on_ts, by_ts, settings)
    with_desk, all_desks, timeline = _joined(events, on_ts, marked, by_ts, alone)
    folded = byproducts.temporaries(events, with_desk, all_desks, timeline, members, settings)
    return (*_joined(events, on_ts, marked, by_ts, _without(alone, folded)), folded)


def with_lone_unlocks(made: pl.DataFrame, far: pl.DataFrame) -> pl.DataFrame:
    """Remote unlocks of users without a desktop in the log stand for the desktop themselves."""
    held = made.filter(C("role") == "desktop").select("boot", "sam", held_ord="first_ord")
    lonely = (
        far.join(made.select("boot", "luid", "sam"), on=["boot", "luid"], how="left")
        .join(held, on=["boot", "sam"], how="left")
        .group_by("boot", "luid")
        .agg(alone=~(C("held_ord") < C("at")).any())
        .filter(C("alone"))
    )
    return made.join(lonely, on=["boot", "luid"], how="left").with_columns(
        role=pl.when(C("alone").fill_null(value=False)).then(pl.lit("desktop")).otherwise("role")
    ).drop("alone").sort("boot", "luid")


def prove_nothing(events: pl.DataFrame, folded: pl.DataFrame) -> bool:
    """Whether processes ran under a reconnect's temporary logons on a TS session."""
    ran = events.filter((C("kind") == "sysmon_1") & (C("ts_id") > 0)).select(
        "boot", luid="actor_luid"
    )
    return not ran.join(folded, on=["boot", "luid"], how="semi").is_empty()


def _joined(
    events: pl.DataFrame,
    made: pl.DataFrame,
    marked: pl.DataFrame,
    by_ts: pl.DataFrame,
    alone: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Logons with any kind of desk, all desks in one shape, and what happens on them."""
    pairs = alone.select("boot", "pair", luid_desk="desk")
    with_desk = (
        made.with_columns(pair=pair_of())
        .join(pairs, on=["boot", "pair"], how="left")
        .with_columns(
            desk_by_luid=C("desk").is_null() & C("luid_desk").is_not_null(),
            desk=pl.coalesce("desk", "luid_desk"),
        )
        .drop("luid_desk", "pair")
    )
    shaped = [
        frame.select(
            [
                (C(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
                for name, kind in DESK_COLUMNS.items()
            ]
        )
        for frame in (
            by_ts,
            alone.with_columns(
                lives=pl.lit(value=True), by_luid=pl.lit(value=True),
                established=pl.lit(value=True), by_lsm=pl.lit(value=False),
                confirmed=pl.lit(value=True),
                by_system=pl.lit(value=False),
            ),
        )
    ]
    all_desks = pl.concat(shaped).sort("desk")
    return with_desk, all_desks, desks.timeline(events, with_desk, marked, by_ts)


def _without(alone: pl.DataFrame, folded: pl.DataFrame) -> pl.DataFrame:
    """LUID desktops but those whose pair turned out to be a reconnect's temporary."""
    return alone.join(
        folded.select("boot", pair="luid").unique(), on=["boot", "pair"], how="anti"
    )


def all_byproducts(
    events: pl.DataFrame,
    made: pl.DataFrame,
    all_desks: pl.DataFrame,
    timeline: pl.DataFrame,
    links_of: pl.DataFrame,
    temporaries: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """All folded logons, each with one owner; the surer rule first."""
    by_1149 = byproducts.precursors(made, links_of, settings)
    found = [
        temporaries,
        by_1149,
        byproducts.precursors_of_logons(made, by_1149),
        byproducts.late_precursors(made, timeline, all_desks, settings),
        byproducts.desk_byproducts(events, made, all_desks, timeline),
        byproducts.anonymous_shadows(made),
    ]
    return (
        pl.concat([frame.with_columns(rank=pl.lit(place)) for place, frame in enumerate(found)])
        .sort("boot", "luid", "rank")
        .unique(["boot", "luid"], keep="first", maintain_order=True)
        .drop("rank")
    )
