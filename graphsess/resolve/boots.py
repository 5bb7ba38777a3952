"""Boots: one run of one host's kernel, outside of which no LUID or TS session id means anything.

Events:  Kernel-General 12, 13; Security 4608 and the boot time inside Security ActivityIDs;
         EventLog 6005, 6006, 6008; Sysmon LogonGuid of 0x3e7 and Sysmon 4; LSM 32, 54; RCM 258;
         User32 1074; Security 1100; Kernel-Power 41; Kernel-Boot 27
Key:     (host, start); a boot is known in the tables by its ordinal, from 0
Order:   by era, then start
Limits:  without any evidence of a start the whole log is one boot, split only where LUIDs clash
See:     rules R1.1-R1.5, finding 2
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from graphsess.settings import Settings

C = pl.col
ATTACH_US = 180_000_000  # a weak sign belongs to a strong start at most this long before it
ATTACH_JUMP_US = 600_000_000  # … on a host whose clock was turned
WEAK = ("security_4608", "eventlog_6005", "lsm_32", "rcm_258", "sysmon_4")
SYSTEM_SIGNS = ("eventlog_6005",)
ASKED_TO_STOP = ("user32_1074", "lsm_54", "eventlog_6006", "security_1100")
SYSTEM_LUID = 0x3E7
PLACES = 1 << 40  # more than a host has events
FALL = 0.5  # LUIDs only grow within a boot: a fall below this part of the highest is another one


@dataclass(slots=True)
class Boot:
    """One boot while it is being worked out; places are (era, time) in the host's order."""

    era: int
    start_us: int | None
    how: str
    event: str | None
    stamp_us: int | None = None


def with_boots(
    events: pl.DataFrame, host: str, settings: Settings, *, turned: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The events with their boot's ordinal, and the table of boots.

    Args:
        events: One host's events in order (`ord`, `era`).
        host: The host's id.
        settings: For the tolerance of decoded boot times.
        turned: True if the host's clock jumped anywhere.
    """
    boots = _strong_starts(events, settings)
    boots += _weak_starts(events, boots, turned=turned)
    boots.sort(key=lambda boot: (boot.era, boot.start_us or 0))
    labelled = _label(events, boots, settings)
    if not boots:
        labelled = _split_by_luid(labelled)
    else:
        labelled, boots = _split_by_conflict(labelled, boots)
    return labelled, _table(labelled, boots, host)


def _strong_starts(events: pl.DataFrame, settings: Settings) -> list[Boot]:
    """Starts from Kernel-General 12 and from the boot time inside Security ActivityIDs."""
    near = settings.us("boot")
    starts = (
        events.filter((C("kind") == "kernel_12") & C("stated_us").is_not_null())
        .unique("stated_us", keep="first", maintain_order=True)
        .select("era", "stated_us", "uid")
        .rows()
    )
    boots = [Boot(era, at, "kernel_12", uid) for era, at, uid in starts]
    stamps = (
        events.select("ord", "era", "time_us", "uid", "boot_stamp_us")
        .filter(C("boot_stamp_us").is_not_null() & C("time_us").is_not_null())
        .group_by("boot_stamp_us")
        .agg(C("era", "time_us", "uid").sort_by("ord").first(), times=pl.len())
        .sort("boot_stamp_us")
        .rows()
    )
    sysmon = (
        events.select("ord", "era", "time_us", "uid", "actor_luid", "sysmon_start_us")
        .filter((C("actor_luid") == SYSTEM_LUID) & C("sysmon_start_us").is_not_null())
        .group_by("sysmon_start_us")
        .agg(C("era", "time_us", "uid").sort_by("ord").first(), times=pl.len())
        .sort("sysmon_start_us")
        .rows()
    )
    for how, near_us, found in (
        ("activity_id", near, stamps),
        ("sysmon_logon_guid", ATTACH_US, sysmon),
    ):
        for stamp, era, first_us, uid, _ in found:
            known = [
                boot
                for boot in boots
                if abs((boot.stamp_us or boot.start_us or 0) - stamp) <= near_us
                or abs((boot.start_us or 0) - stamp) <= near_us
            ]
            if not known:
                start = stamp if stamp <= first_us or how == "activity_id" else first_us
                boots.append(Boot(era, start, how, uid, stamp_us=stamp))
            elif how == "activity_id" and known[0].stamp_us is None:
                known[0].stamp_us = stamp
    return boots


def _weak_starts(events: pl.DataFrame, strong: list[Boot], *, turned: bool) -> list[Boot]:
    """Starts by signs that no strong start explains.

    A start takes one 4608, every further one is a boot of its own; the System log's other signs
    count only where the host has no Kernel-General 12 at all, the other channels' only before the
    first strong start.
    """
    reach = ATTACH_JUMP_US if turned else ATTACH_US
    kernel = any(boot.how == "kernel_12" for boot in strong)
    signs = (
        events.filter(C("kind").is_in(WEAK) & C("time_us").is_not_null())
        .select("kind", "era", "time_us", "uid", "ord")
        .rows()
    )
    first_strong = min((boot.start_us or 0 for boot in strong), default=None)
    boots: list[Boot] = []
    taken: set[int] = set()
    for kind, era, at, uid, _ in sorted(signs, key=lambda sign: (sign[0] != WEAK[0], sign[4])):
        near = [
            place
            for place, boot in enumerate(strong)
            if boot.start_us is not None and 0 <= at - boot.start_us <= reach
        ]
        if kind == WEAK[0]:
            free = [place for place in near if place not in taken]
            if free:
                taken.add(free[-1])
            else:
                boots.append(Boot(era, at, kind, uid))
            continue
        if near:
            continue
        if kernel and kind in SYSTEM_SIGNS:
            continue
        if first_strong is not None and at >= first_strong - reach:
            continue
        if not any(abs(at - (boot.start_us or 0)) <= reach for boot in boots):
            boots.append(Boot(era, at, kind, uid))
    return boots


def _label(events: pl.DataFrame, boots: list[Boot], settings: Settings) -> pl.DataFrame:
    """Each event's boot: by its decoded ActivityID, else by its place in the order.

    Ordinal 0 is the time before the first known start if any event lies there.
    """
    if not boots:
        return events.with_columns(boot=pl.lit(0, pl.Int64))
    starts = pl.DataFrame(
        {
            "era": [boot.era for boot in boots],
            "time_us": [boot.start_us for boot in boots],
            "number": list(range(1, len(boots) + 1)),
        },
        schema={"era": pl.Int64, "time_us": pl.Int64, "number": pl.Int64},
    )
    place = (
        events.select("ord", "era", "time_us")
        .with_columns(time_us=C("time_us").fill_null(strategy="forward"))
        .with_columns(number=pl.lit(None, pl.Int64), is_start=pl.lit(1, pl.Int8))
    )
    begun = starts.with_columns(
        ord=pl.lit(None, pl.Int64), is_start=pl.lit(0, pl.Int8)
    ).select(place.columns)
    by_place = (
        pl.concat([place, begun])
        .sort("era", "time_us", "is_start", "ord")
        .with_columns(C("number").fill_null(strategy="forward").fill_null(0))
        .filter(C("is_start") == 1)
        .select("ord", boot="number")
    )
    stamped = _by_stamp(events, boots, settings)
    number = (
        events.select("ord", "time_us", "boot_stamp_us")
        .join(by_place, on="ord", how="left", maintain_order="left")
        .join(stamped, on="boot_stamp_us", how="left", maintain_order="left")
        .select("time_us", boot=pl.coalesce("stamped", "boot"))
    )
    if number.filter((C("boot") == 0) & C("time_us").is_not_null()).is_empty():
        number = number.with_columns(boot=pl.max_horizontal(C("boot") - 1, 0))
    return events.with_columns(number["boot"])


def _by_stamp(events: pl.DataFrame, boots: list[Boot], settings: Settings) -> pl.DataFrame:
    """Decoded boot time → ordinal of the boot that it names."""
    near = settings.us("boot")
    stamps = events["boot_stamp_us"].drop_nulls().unique().sort().to_list()
    pairs = []
    for stamp in stamps:
        distance, number = min(
            (
                min(abs((boot.stamp_us or 0) - stamp), abs((boot.start_us or 0) - stamp)),
                number,
            )
            for number, boot in enumerate(boots, start=1)
        )
        if distance <= near:
            pairs.append((stamp, number))
    return pl.DataFrame(
        pairs, schema={"boot_stamp_us": pl.Int64, "stamped": pl.Int64}, orient="row"
    )


def _split_by_conflict(
    events: pl.DataFrame, boots: list[Boot]
) -> tuple[pl.DataFrame, list[Boot]]:
    """Another boot, whose start no log shows, where a LUID is opened again for another account."""
    opens = (
        events.select("boot", "ord", "era", "kind", "target_luid", "target_sid", "uid")
        .filter((C("kind") == "security_4624") & (C("target_luid") > 0x3E7))
        .sort("boot", "ord")
    )
    doubtful = opens.filter(C("target_sid").is_not_null()).filter(
        C("target_sid").n_unique().over("boot", "target_luid") > 1
    )
    if doubtful.is_empty():
        return events, boots
    cuts: list[tuple[int, int, int, str]] = []
    for boot in doubtful["boot"].unique().sort().to_list():
        part = doubtful.filter(C("boot") == boot)
        at = _cuts(part.select("ord", "target_luid", "target_sid"), falls=False)
        cuts += part.filter(C("ord").is_in(at)).select("boot", "ord", "era", "uid").rows()
    placed = pl.Series(sorted(boot * PLACES + cut for boot, cut, *_ in cuts), dtype=pl.Int64)
    passed = placed.search_sorted(events["boot"] * PLACES + events["ord"], side="right")
    offset = 0 if _before_first(events, boots) else 1
    for boot, _, era, uid in sorted(cuts, reverse=True):
        place = boot + offset
        boots.insert(place, Boot(era, None, "luid_conflict", uid))
    return events.with_columns(boot=C("boot") + passed.cast(pl.Int64)), boots


def _before_first(events: pl.DataFrame, boots: list[Boot]) -> bool:
    """Whether ordinal 0 is the time before the first known start."""
    highest = events["boot"].max()
    return isinstance(highest, int) and highest >= len(boots)


def _split_by_luid(events: pl.DataFrame) -> pl.DataFrame:
    """Without any start: another boot where a LUID is given twice or the counter falls (R1.4)."""
    opens = (
        events.filter((C("kind") == "security_4624") & (C("target_luid") > 0x3E7))
        .select("ord", "target_luid", "target_sid")
        .sort("ord")
        .with_columns(
            fell=C("target_luid") < C("target_luid").cum_max().shift(1) * FALL,
            again=C("target_luid").is_duplicated()
            & ~C("target_luid").is_first_distinct()
            & (C("target_sid") != C("target_sid").shift(1).over("target_luid")),
        )
    )
    if opens.filter(C("fell") | C("again")).is_empty():
        return events
    at = _cuts(opens)
    passed = pl.Series(at, dtype=pl.Int64).search_sorted(events["ord"], side="right")
    return events.with_columns(boot=passed.cast(pl.Int64))


def _cuts(opens: pl.DataFrame, *, falls: bool = True) -> list[int]:
    """Where the counter began anew: each fall measured from the last cut on."""
    cuts: list[int] = []
    high = 0
    seen: dict[int, str] = {}
    for at, luid, sid in opens.select("ord", "target_luid", "target_sid").iter_rows():
        if (falls and luid < high * FALL) or seen.get(luid, sid) != sid:
            cuts.append(at)
            high, seen = 0, {}
        high = max(high, luid)
        seen[luid] = sid
    return cuts


def _table(events: pl.DataFrame, boots: list[Boot], host: str) -> pl.DataFrame:
    """The table of boots with their ends (R1.3)."""
    spans = (
        events.select("boot", "ord", "era", "kind", "time_us", "reason", "uid")
        .filter(C("time_us").is_not_null())
        .group_by("boot")
        .agg(
            first_ord=C("ord").min(),
            last_ord=C("ord").max(),
            last_us=C("time_us").sort_by("ord").last(),
            last_uid=C("uid").sort_by("ord").last(),
            last_era=C("era").sort_by("ord").last(),
            fast_startup=((C("kind") == "boot_27") & (C("reason") == 1)).any(),
        )
        .sort("boot")
    )
    before_first = bool(boots) and _before_first(events, boots)
    known: list[Boot | None] = [None, *boots] if before_first or not boots else list(boots)
    if not boots:
        known = [None] * spans.height
    start_of = pl.DataFrame(
        [
            (number, boot and boot.start_us, boot.how if boot else None, boot and boot.event)
            for number, boot in enumerate(known)
        ],
        schema={
            "boot": pl.Int64,
            "start_us": pl.Int64,
            "start_how": pl.String,
            "start_event": pl.String,
        },
        orient="row",
    )
    table = start_of.join(spans, on="boot", how="left").sort("boot")
    ends = _ends(events, last=len(known) - 1)
    return (
        table.join(ends, on="boot", how="left")
        .with_columns(
            host=pl.lit(host),
            id=pl.concat_str(
                pl.lit(f"boot|{host}|"),
                pl.from_epoch("start_us", time_unit="us")
                .dt.to_string("%Y-%m-%dT%H:%M:%S%.3fZ")
                .fill_null("-"),
                pl.when(C("start_us").is_null())
                .then(pl.format("|{}", C("boot")))
                .otherwise(pl.lit("")),
            ),
            fast_startup=C("fast_startup").fill_null(value=False),
        )
        .with_columns(_crash_end("end_us", "last_us"))
        .sort("boot")
    )


def _crash_end(end: str, last: str) -> pl.Expr:
    """No boot ends before its own last event: last-alive is written at intervals, a stop early."""
    later = C("end_kind").is_not_null() & (C("end_era") == C("last_era")) & (C(last) > C(end))
    return pl.when(later).then(C(last)).otherwise(C(end)).alias(end)


def _ends(events: pl.DataFrame, last: int) -> pl.DataFrame:
    """How each boot ended: stop time, a request to stop, last alive, or its last event."""
    timed = events.select("boot", "ord", "era", "kind", "time_us", "stated_us", "uid").filter(
        C("time_us").is_not_null()
    )
    stops = timed.filter((C("kind") == "kernel_13") & C("stated_us").is_not_null())
    clean = stops.group_by("boot").agg(
        end_us=C("stated_us").sort_by("ord").last(), end_event=C("uid").sort_by("ord").last(),
        end_era=C("era").sort_by("ord").last(),
    ).with_columns(end_kind=pl.lit("clean"), rank=pl.lit(0))
    asked = (
        timed.filter(C("kind").is_in(ASKED_TO_STOP))
        .group_by("boot")
        .agg(
            end_us=C("time_us").sort_by("ord").last(), end_event=C("uid").sort_by("ord").last(),
            end_era=C("era").sort_by("ord").last(),
        )
        .with_columns(end_kind=pl.lit("restart_requested"), rank=pl.lit(1))
    )
    final = timed.group_by("boot").agg(
        end_us=C("time_us").sort_by("ord").last(), end_event=C("uid").sort_by("ord").last(),
        end_era=C("era").sort_by("ord").last(),
    ).with_columns(end_kind=pl.lit("unknown"), rank=pl.lit(3)).filter(C("boot") < last)
    alive = (
        timed.filter((C("kind") == "eventlog_6008") & C("stated_us").is_not_null())
        .group_by(boot=C("boot") - 1)
        .agg(
            end_us=C("stated_us").sort_by("ord").first(),
            end_event=C("uid").sort_by("ord").first(),
            end_era=C("era").sort_by("ord").first(),
        )
        .with_columns(end_kind=pl.lit("crash"), rank=pl.lit(2))
    )
    crashed = (
        timed.filter(C("kind") == "power_41").select(boot=C("boot") - 1).unique()["boot"].to_list()
    )
    columns = ["boot", "end_us", "end_kind", "end_event", "end_era", "rank"]
    every = pl.concat([frame.select(columns) for frame in (clean, asked, alive, final)])
    until = timed.group_by("boot").agg(until=C("time_us").sort_by("ord").last())
    return (
        every.join(until, on="boot", how="left")
        .filter((C("rank") > 1) | _near_the_end())
        .sort("boot", "rank")
        .unique("boot", keep="first", maintain_order=True)
        .with_columns(
            end_kind=pl.when((C("end_kind") == "unknown") & C("boot").is_in(crashed))
            .then(pl.lit("crash"))
            .otherwise("end_kind")
        )
        .drop("rank", "until")
    )


def _near_the_end() -> pl.Expr:
    """A stop ends the boot only if little was written after it: fast startup goes on (R1.5)."""
    return C("until").is_null() | (C("until") - C("end_us") <= ATTACH_US)
