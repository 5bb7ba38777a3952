"""How long it takes to map activities to sessions: those of the logs, and those of other tools.

    python bench/activity.py [--activities 1000000] [--sessions 100000] [--hosts 50] [--seed 1]

Draws boots, logons, desktops with reconnects, network logons and events straight into tables, then
maps them as a build does (`graphsess.derive.activity`, a host at a time) and as `graphsess activity
CASE FILE` does (`…activity.foreign`, all hosts at once, by the clock). Drawing is not measured. The
share with the right session is told too: speed without it is worth nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import time

import numpy as np
import polars as pl

import graphsess
from graphsess.artefacts.read import TOLD
from graphsess.case.schema import TABLES
from graphsess.derive.activity import activity, scene
from graphsess.derive.activity.foreign import mapped
from graphsess.events.table import EVENTS
from graphsess.settings import Settings

C = pl.col
GOAL_S, GOAL_ACTIVITIES, GOAL_SESSIONS = 10, 1_000_000, 100_000
START_US, SPAN_US = 1_700_000_000_000_000, 7 * 86_400_000_000
SHARES = {"luid": 0.6, "process": 0.15, "user": 0.1, "time": 0.05, "system": 0.1}
RECONNECTS = 3  # sessions of each desktop
MB = 1 << 20


def drawn(host: str, sessions: int, acts: int, seed: int) -> dict[str, pl.DataFrame]:
    """The tables of one host, each event with the session that it belongs to in `truth`."""
    random = np.random.default_rng(seed)
    desks = max(sessions // 2 // RECONNECTS, 1)
    network = sessions - desks * RECONNECTS
    step = SPAN_US // desks
    begin = START_US + np.arange(desks) * step
    length = (step * random.uniform(0.5, 0.95, desks)).astype(np.int64)
    users = random.integers(0, 40, desks)
    locals_ = pl.DataFrame(
        {
            "id": [f"local|{host}|{n}" for n in range(desks)], "host": host, "boot": 0,
            "ts_id": np.arange(desks) % 5 + 1, "user": [f"LAB\\u{u}" for u in users],
            "sid": [f"S-1-5-21-1-2-3-{1000 + u}" for u in users], "start_us": begin,
            "end_us": begin + length, "established": True,
        }
    )
    part = length // RECONNECTS
    desk_of = np.repeat(np.arange(desks), RECONNECTS)
    nth = np.tile(np.arange(RECONNECTS), desks)
    starts = begin[desk_of] + nth * part[desk_of]
    ends = starts + (part[desk_of] * np.where(nth == RECONNECTS - 1, 1.0, 0.8)).astype(np.int64)
    desk_sessions = pl.DataFrame(
        {
            "id": [f"session|{host}|d{n}" for n in range(desks * RECONNECTS)], "kind": "rdp",
            "local": locals_["id"].gather(desk_of), "user": locals_["user"].gather(desk_of),
            "sid": locals_["sid"].gather(desk_of), "start_us": starts, "session_us": starts,
            "end_us": ends, "luids": [[int(0x100000 + d)] for d in desk_of],
            "end_kind": np.where(nth == RECONNECTS - 1, "logoff", "disconnect"),
        }
    )
    at = np.sort(START_US + random.integers(0, SPAN_US, network))
    people = random.integers(40, 80, network)
    net_sessions = pl.DataFrame(
        {
            "id": [f"session|{host}|n{n}" for n in range(network)], "kind": "network",
            "user": [f"LAB\\u{u}" for u in people],
            "sid": [f"S-1-5-21-1-2-3-{1000 + u}" for u in people], "start_us": at,
            "end_us": at + 5_000_000, "luids": [[0x900000 + n] for n in range(network)],
            "end_kind": "closed",
        }
    )
    both = pl.concat([desk_sessions, net_sessions], how="diagonal").with_columns(
        host=pl.lit(host), boot=pl.lit(0), outcome=pl.lit("established"), first_ord=pl.lit(0),
        **{"class": pl.lit("user")},
    )
    logons = both.unique("luids", keep="first", maintain_order=True).select(
        "host", "boot", "user", "sid", "class", "local", "start_us", luid=C("luids").list.first(),
        id=pl.format("logon|{}", "id"), role=pl.lit("network"),
    )
    events = _events(host, both, desks, acts, random)
    tables = {
        "hosts": pl.DataFrame({"id": [host], "name": [host], "first_us": [START_US],
                               "last_us": [START_US + SPAN_US]}),
        "boots": pl.DataFrame({"id": [f"boot|{host}"], "host": [host], "boot": [0],
                               "start_us": [START_US]}),
        "logons": logons, "locals": locals_, "sessions": both, "sources": pl.DataFrame(),
    }
    made = {name: _shaped(frame, TABLES[name].columns) for name, frame in tables.items()}
    order = events.select("ord", "time_us")
    made["locals"] = _in_order(made["locals"], order, "start_us", "start_ord")
    made["locals"] = _in_order(made["locals"], order, "end_us", "end_ord")
    made["sessions"] = _in_order(made["sessions"], order, "start_us", "first_ord")
    truth = events.select("uid", "truth")
    return {**made, "events": _shaped(events, EVENTS), "truth": truth}


def _events(
    host: str, sessions: pl.DataFrame, desks: int, acts: int, random: np.random.Generator
) -> pl.DataFrame:
    """Activities of every sort, each in a session; and the processes that some of them name."""
    whose = random.integers(0, sessions.height, acts)
    chosen = sessions[whose]
    start, end = chosen["start_us"].to_numpy(), chosen["end_us"].to_numpy()
    at = start + (random.random(acts) * (end - start)).astype(np.int64)
    sort = random.choice(list(SHARES), acts, p=list(SHARES.values()))
    told = chosen.select(
        "user", "sid", truth="id", luid=C("luids").list.first(),
    ).with_columns(
        pl.Series("sort", sort), pl.Series("time_us", at),
        pl.Series("n", np.arange(acts)),
    )
    is_ = {name: C("sort") == name for name in SHARES}
    events = told.select(
        "truth", "sort", "n", "luid", "time_us",
        kind=pl.when(is_["process"]).then(pl.lit("sysmon_11"))
        .when(is_["user"]).then(pl.lit("powershell_4104"))
        .when(is_["time"]).then(pl.lit("powershell_400"))
        .otherwise(pl.lit("security_4688")),
        actor_luid=pl.when(is_["luid"]).then("luid").when(is_["system"]).then(0x3E7),
        writer_sid=pl.when(is_["user"]).then("sid"),
        process_guid=pl.when(is_["process"]).then(pl.format("{}|{}", "luid", C("n") % 20)),
        process=pl.lit(r"C:\Windows\System32\cmd.exe"),
        process_id=pl.when(is_["luid"] | is_["system"]).then(C("n") % 60_000),
    )
    begun = (
        events.filter(C("kind") == "sysmon_11")
        .sort("time_us", "process_guid")
        .group_by("process_guid", maintain_order=True)
        .agg(C("time_us").first() - 1, C("truth").first(), C("luid").first())
        .select(
            "process_guid", "time_us", "truth", kind=pl.lit("sysmon_1"), actor_luid="luid",
            process=pl.lit(r"C:\Windows\System32\cmd.exe"), process_id=pl.lit(77),
            sort=pl.lit("begin"),
        )
    )
    return (
        pl.concat([events.drop("luid", "n"), begun], how="diagonal_relaxed")
        .sort("time_us", "kind", "truth", "process_guid")
        .with_row_index("ord")
        .with_columns(
            C("ord").cast(pl.Int64), host=pl.lit(host), boot=pl.lit(0),
            uid=pl.format("{}|{}", pl.lit(host), "ord"),
        )
    )


def _in_order(rows: pl.DataFrame, order: pl.DataFrame, time: str, name: str) -> pl.DataFrame:
    placed = rows.with_row_index("was").sort(time).join_asof(
        order.select(at="time_us", found="ord").sort("at"), left_on=time, right_on="at",
        strategy="forward", check_sortedness=False,
    )
    return placed.sort("was").with_columns(C("found").fill_null(2**40).alias(name)).select(
        rows.columns
    )


def _shaped(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return frame.select(
        (C(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    )


def main() -> None:
    """Draw, map both ways, and print what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--activities", type=int, default=GOAL_ACTIVITIES)
    parser.add_argument("--sessions", type=int, default=GOAL_SESSIONS)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    hosts = [
        drawn(f"h{n}.lab", asked.sessions // asked.hosts, asked.activities // asked.hosts,
              asked.seed * 1000 + n)
        for n in range(asked.hosts)
    ]
    print(f"graphsess {graphsess.__version__}, polars {pl.__version__}, {platform.machine()}, "
          f"{os.cpu_count()} cores; goal {GOAL_S} s for {GOAL_ACTIVITIES:,} activities in "
          f"{GOAL_SESSIONS:,} sessions")
    _of_logs(hosts)
    _of_tools(hosts)


def _of_logs(hosts: list[dict[str, pl.DataFrame]]) -> None:
    clock, cpu = time.perf_counter(), time.process_time()
    made = [activity(scene(tables, Settings()))[0] for tables in hosts]
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    found = pl.concat(made).join(
        pl.concat([tables["truth"] for tables in hosts]), left_on="id", right_on="uid"
    )
    sure = found.filter(C("method").is_in(["luid", "process"]) & C("session").is_not_null())
    right = sure.filter(C("session") == C("truth")).height / max(sure.height, 1)
    print(f"logs:  {found.height:,} activities, {clock:.1f} s wall, {cpu:.1f} s processor, "
          f"{right:.4%} of {sure.height:,} with a key right, {_memory()} MB")


def _of_tools(hosts: list[dict[str, pl.DataFrame]]) -> None:
    every = {
        name: pl.concat([tables[name] for tables in hosts])
        for name in ("hosts", "boots", "logons", "locals", "sessions", "events", "truth")
    }
    told = every["events"].drop("row").join(every["truth"], on="uid").with_row_index("row").select(
        C("row").cast(pl.Int64), "host", "time_us", "truth", width_us=pl.lit(0),
        ambiguous=pl.lit(value=False), luid="actor_luid", sid="writer_sid",
        process_guid=pl.when(C("kind") == "sysmon_11").then("process_guid"),
    )
    artefacts = _shaped(told, TOLD)
    clock, cpu = time.perf_counter(), time.process_time()
    found, _ = mapped(every, artefacts, Settings())
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    named = found.join(told.select("row", "truth"), on="row")
    sure = named.filter(C("method").is_in(["luid", "process"]) & C("session").is_not_null())
    right = sure.filter(C("session") == C("truth")).height / max(sure.height, 1)
    print(f"tools: {found.height:,} artefacts, {clock:.1f} s wall, {cpu:.1f} s processor, "
          f"{right:.4%} of {sure.height:,} with a key right, {_memory()} MB")


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // MB


if __name__ == "__main__":
    main()
