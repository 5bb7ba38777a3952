"""How long movement takes over many sessions: `python bench/movement.py [SESSIONS …]`.

Made-up tables of a fleet: people at their desks, each going to servers all day, a part of the steps
seen at both ends. Times are of the stage over all hosts alone; CPU seconds stand beside wall
seconds, because a busy machine stretches only the latter.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import polars as pl

from graphsess.across import across
from graphsess.case.schema import Stage, tables_of
from graphsess.settings import Settings

DAY_US = 86_400_000_000
PEOPLE, SERVERS, DAYS = 2_000, 40, 30
BOTH_ENDS = 0.3
C = pl.col


def fleet(count: int) -> dict[str, pl.DataFrame]:
    """Tables of `count` network sessions and the desktops they came from."""
    rng = np.random.default_rng(7)
    desks = pl.DataFrame(
        {"person": np.repeat(np.arange(PEOPLE), DAYS), "day": np.tile(np.arange(DAYS), PEOPLE)}
    ).with_columns(
        start_us=C("day") * DAY_US + 8 * 3_600_000_000,
        end_us=C("day") * DAY_US + 18 * 3_600_000_000,
    )
    went = pl.DataFrame(
        {
            "person": rng.integers(0, PEOPLE, count), "day": rng.integers(0, DAYS, count),
            "server": rng.integers(0, SERVERS, count), "port": rng.integers(49_152, 65_535, count),
            "start_us": rng.integers(9 * 3_600, 17 * 3_600, count) * 1_000_000,
        }
    ).with_columns(start_us=C("start_us") + C("day") * DAY_US)
    user = pl.format("CORP\\u{}", "person")
    host, own = pl.format("ws{}.corp", "person"), _address(C("person"), 1)
    desktops = desks.with_row_index("n").select(
        id=pl.format("session|console|{}", "n"), host=host, user=user, kind=pl.lit("console"),
        start_us="start_us", end_us="end_us", source_class=pl.lit("local"),
        outcome=pl.lit("established"),
    )
    visits = went.with_row_index("n").with_columns(id=pl.format("session|network|{}", "n"))
    arrived = visits.select(
        "id", "start_us", host=pl.format("srv{}.corp", "server"), user=user,
        kind=pl.lit("network"), end_us=C("start_us") + 1_000_000, source_address=own,
        source_port="port", source_class=pl.lit("internal"), outcome=pl.lit("established"),
    )
    told = visits.select(
        time_us="start_us", session="id", ord="n",
        uid=pl.format("a{}", "n"), kind=pl.lit("security_4624"), address=own, port="port",
    )
    left = visits.filter(rng.random(count) < BOTH_ENDS).select(
        host=host, ord="n", uid=pl.format("d{}", "n"), time_us=C("start_us") - 20_000,
        kind=pl.lit("sysmon_3"), rule=pl.lit("E1"), own_address=own, own_port="port",
        address=_address(C("server"), 2), user=user,
    )
    hosts = pl.concat([arrived.select("host"), desktops.select("host")]).unique().sort("host")
    made = {
        "sessions": pl.concat([desktops, arrived], how="diagonal").with_columns(
            **{"class": pl.lit("user")}, flags=pl.lit([], pl.List(pl.String)),
            accesses=pl.concat_list("id"),
        ),
        "arrivals": told, "departures": left,
        "hosts": hosts.select(id="host", name="host", names=pl.concat_list("host")),
        "observations": desks.filter(C("day").is_in([0, DAYS - 1])).select(
            host=host, address=own, time_us="start_us", weight=pl.lit(10), rule=pl.lit("R9.1"),
            uid=pl.format("o{}-{}", "person", "day"),
        ),
    }
    return {
        table.name: _whole(made.get(table.name, pl.DataFrame()), table.columns)
        for table in tables_of(Stage.HOSTS)
    }


def _address(number: pl.Expr, net: int) -> pl.Expr:
    return pl.format("10.{}.{}.{}", pl.lit(net), number // 250, number % 250 + 1)


def _whole(frame: pl.DataFrame, columns: dict[str, pl.DataType]) -> pl.DataFrame:
    if frame.is_empty():
        return pl.DataFrame(schema=columns)
    return frame.select(
        (C(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in columns.items()
    )


def main(counts: list[int]) -> None:
    """Print a line a size."""
    for count in counts:
        tables = fleet(count)
        wall, cpu = time.perf_counter(), time.process_time()
        made = across(tables, Settings())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        named = made["moves"].filter(C("from_session").is_not_null()).height
        print(
            f"{count:>9,} sessions: {wall:6.1f} s, {cpu:6.1f} s of CPU, peak {peak:,.0f} MB, "
            f"{made['moves'].height:,} moves ({named:,} with an origin), "
            f"{made['chains'].height:,} chains"
        )


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [100_000, 1_000_000])
