"""The total order of a host's events, and the clock jumps that divide it into eras (rule R0.4).

Record ids give the order inside a channel; time gives it across channels, but only as long as
nobody turns the clock. A jump is what 4616 or Kernel-General 1 tells, or a fall of more than five
seconds along a channel. The System log is no witness of its own for falls: at every boot it writes
6005 first and then the records buffered before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from graphsess.events.table import READ

C = pl.col
JUMP_US = 5_000_000  # smaller corrections happen all the time
SAME_JUMP_US = 1_000_000  # 4616 and Kernel-General 1 tell of one change within this
SLACK_US = 1_000_000  # a channel's records near a jump may be this far on the other side
SLEPT = 2  # Kernel-General 1 Reason: the clock caught up after sleep
TIE_ORDER = ("rdpcorets", "remoteconnectionmanager", "security", "localsessionmanager")
ORDERS = ["uid", "channel", "record_id", "time_us", "kind", "before_us", "stated_us", "reason"]
_FAR = 1 << 62
Times = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Jump:
    """The clock was turned: it showed `before_us`, then `after_us`."""

    before_us: int
    after_us: int

    @property
    def back(self) -> bool:
        """True if the clock was turned back."""
        return self.after_us < self.before_us


def in_order(events: pl.DataFrame) -> tuple[pl.DataFrame, list[Jump]]:
    """One host's events, each once, with `ord`, `era` and `copies`; and the clock jumps.

    Args:
        events: Schema `READ`, in any order, the same record perhaps from several files.
    """
    kept = _kept(events)
    # the few columns that give the order are sorted; all others are moved once, at the end
    keys = events[ORDERS][kept["place"]].with_columns(kept)
    parts = [
        part.sort("record_id", "time_us", "uid", nulls_last=True)
        for _, part in sorted(keys.group_by("channel"), key=lambda item: str(item[0][0]))
    ]
    jumps = _jumps(parts)
    floors = _floors(parts, jumps)
    eras = [_with_era(part, jumps, floors).with_columns(tie=_tie(part)) for part in parts]
    if not eras:
        none = pl.lit(None, pl.List(pl.String))
        nought = pl.lit(0, pl.Int64)
        return events.clear().with_columns(ord=nought, copies=none, era=nought), []
    order = pl.concat(eras).sort(
        "era", "order_us", "tie", "channel", "record_id", "uid", nulls_last=True
    )
    ordered = (
        events[order["place"]]
        .with_columns(order.select("copies", "era"))
        .with_row_index("ord")
        .with_columns(C("ord").cast(pl.Int64))
    )
    return ordered, jumps


def _tie(part: pl.DataFrame) -> pl.Expr:
    """Which of the channels comes first where the time is the same."""
    name = str(part["channel"][0]).lower()
    ranks = [rank for rank, word in enumerate(TIE_ORDER) if word in name]
    return pl.lit(min(ranks, default=len(TIE_ORDER)), pl.Int64)


def without_copies(events: pl.DataFrame) -> pl.DataFrame:
    """Each record once (rule N9): the copy of the smallest (carved, evidence, row) stays.

    `copies` lists the other files that hold it.
    """
    kept = _kept(events)
    return events[kept["place"]].with_columns(kept["copies"])


def _kept(events: pl.DataFrame) -> pl.DataFrame:
    """The rows of `without_copies`: `place` among the events, and `copies`."""
    placed = events.select("uid", "carved", "evidence", "row").with_row_index("place")
    if not events["uid"].is_duplicated().any():
        return placed.select("place", copies=pl.lit(None, pl.List(pl.String)))
    by_place = placed.sort("uid", "carved", "evidence", "row")
    several = (
        by_place.filter(C("uid").is_duplicated())
        .group_by("uid", maintain_order=True)
        .agg(kept=C("evidence").first(), copies=C("evidence").unique().sort())
        .with_columns(copies=C("copies").list.set_difference(C("kept").implode().over("uid")))
        .select("uid", copies=C("copies").list.sort())
    )
    return (
        by_place.unique("uid", keep="first", maintain_order=True)
        .join(several, on="uid", how="left", maintain_order="left")
        .select("place", "copies")
    )


def _jumps(parts: list[pl.DataFrame]) -> list[Jump]:
    """All jumps of the host in the order in which they happened."""
    told = [_told(part) for part in parts]
    jumps: list[Jump] = []
    for found in sorted(told, key=len, reverse=True):
        jumps = _merged(jumps, found)
    for part, found in zip(parts, told, strict=True):
        if part.height and not _is_system(part):
            jumps = _merged(jumps, _falls(part, found))
    return jumps


def _told(part: pl.DataFrame) -> list[Jump]:
    """Jumps that the channel's own records tell of, in record order."""
    telling = part.filter(C("kind").is_in(["security_4616", "kernel_1", "power_107"]))
    if telling.is_empty():
        return []
    asleep = telling.filter(C("kind") == "power_107")["time_us"].drop_nulls().to_list()
    rows = telling.filter(
        C("kind").is_in(["security_4616", "kernel_1"])
        & ((C("stated_us") - C("before_us")).abs() > JUMP_US)
        & ~((C("kind") == "kernel_1") & (C("reason") == SLEPT)).fill_null(value=False)
    )
    return [
        Jump(row["before_us"], row["stated_us"])
        for row in rows.select("kind", "reason", "before_us", "stated_us").iter_rows(named=True)
        if not (
            row["kind"] == "kernel_1"
            and row["reason"] is None
            and any(abs(slept - row["before_us"]) < JUMP_US for slept in asleep)
        )
    ]


def _falls(part: pl.DataFrame, told: list[Jump]) -> list[Jump]:
    """Falls along the channel that no told jump explains; lone stragglers are no fall."""
    times = part["time_us"].drop_nulls().to_numpy()
    where = np.flatnonzero(times[1:] < times[:-1] - JUMP_US) + 1
    if where.size > max(20, times.size // 50):  # ids began anew: two logs, not one turned clock
        return []
    falls = []
    for at in where.tolist():
        before, after = int(times[at - 1]), int(times[at])
        lone = at + 1 < times.size and int(times[at + 1]) > before
        if not lone and not any(_explains(jump, before, after) for jump in told):
            falls.append(Jump(before, after))
    return falls


def _explains(jump: Jump, before: int, after: int) -> bool:
    return (
        jump.back and before <= jump.before_us + SLACK_US and after >= jump.after_us - SLACK_US
    )


def _merged(known: list[Jump], found: list[Jump]) -> list[Jump]:
    """Two sequences of jumps as one; what both tell of stands once and holds them together."""
    merged: list[Jump] = []
    rest = list(known)
    for jump in found:
        same = next(
            (
                place
                for place, other in enumerate(rest)
                if (
                    abs(other.before_us - jump.before_us) < SAME_JUMP_US
                    and abs(other.after_us - jump.after_us) < SAME_JUMP_US
                )
                or _explains(other, jump.before_us, jump.after_us)
            ),
            None,
        )
        if same is None:
            ahead = 0
            while ahead < len(rest) and rest[ahead].after_us <= jump.before_us:
                ahead += 1
            merged += [*rest[:ahead], jump]
            rest = rest[ahead:]
        else:
            merged += rest[: same + 1]
            rest = rest[same + 1 :]
    return merged + rest


def _floors(parts: list[pl.DataFrame], jumps: list[Jump]) -> list[int]:
    """The earliest time that a channel which tells of a jump shows before it, jump by jump."""
    floors = [-_FAR] * len(jumps)
    for part in parts:
        if not part.height or _is_system(part) or not _told(part):
            continue
        clock = part["time_us"].fill_null(strategy="forward").fill_null(_FAR).to_numpy()
        since = 0
        for place, bound in enumerate(_bounds(part, clock, jumps, floors)):
            if bound > since:
                floors[place] = max(floors[place], int(clock[since:bound].min()))
            since = bound
    return floors


def _with_era(part: pl.DataFrame, jumps: list[Jump], floors: list[int]) -> pl.DataFrame:
    """The channel's events with `era`, and the time by which they are put in order."""
    times = part["time_us"].fill_null(strategy="forward").fill_null(strategy="backward")
    clock = times.fill_null(_FAR).to_numpy()
    bounds = _bounds(part, clock, jumps, floors)
    eras = np.searchsorted(np.asarray(bounds, dtype=np.int64), np.arange(clock.size), side="right")
    placed = part.with_columns(
        era=pl.Series(eras, dtype=pl.Int64), order_us=pl.Series(clock, dtype=pl.Int64)
    )
    if part.height and _is_system(part):
        return placed  # its record order says little across a boot, its times do
    return placed.with_columns(order_us=C("order_us").cum_max().over("era"))


def _bounds(
    part: pl.DataFrame, clock: Times, jumps: list[Jump], floors: list[int]
) -> list[int]:
    """The position in the channel of the first record after each jump."""
    tells = part.with_row_index("at").filter(C("kind").is_in(["security_4616", "kernel_1"]))
    told = tells.select("at", "before_us", "stated_us").rows()
    bounds: list[int] = []
    since = 0
    for jump, floor in zip(jumps, floors, strict=True):
        own = next(
            (
                at
                for at, before, after in told
                if at >= since
                and abs((before or 0) - jump.before_us) < SAME_JUMP_US
                and abs((after or 0) - jump.after_us) < SAME_JUMP_US
            ),
            None,
        )
        since = own if own is not None else since + _passed(clock[since:], jump, floor)
        bounds.append(since)
    return bounds


def _passed(clock: Times, jump: Jump, floor: int) -> int:
    """How many of the records lie before the jump, by their times alone.

    A record that is earlier than anything known from before the jump lies after it.
    """
    if jump.back:
        falls = np.flatnonzero(
            (clock[1:] < clock[:-1])
            & (clock[:-1] <= jump.before_us + SLACK_US)
            & (clock[1:] >= jump.after_us - SLACK_US)
            & (clock[:-1] - clock[1:] > JUMP_US)
        )
        if falls.size:
            return int(falls[0]) + 1
        beyond = np.flatnonzero((clock > jump.before_us + SLACK_US) | (clock < floor - SLACK_US))
    else:
        beyond = np.flatnonzero(clock >= jump.after_us - SLACK_US)
    return int(beyond[0]) if beyond.size else int(clock.size)


def _is_system(part: pl.DataFrame) -> bool:
    return str(part["channel"][0]).lower() == "system"


def empty() -> pl.DataFrame:
    """No events, in the shape of a read table."""
    return pl.DataFrame(schema=READ)
