"""Hosts that are all of one kind: whether any pass grows faster than the events it reads.

    python bench/shapes.py [--events 10000 20000 40000] [--passes N] [SHAPE ...]

Each shape is worked at several sizes, a process each with at most `LIMIT_GB`; one that wants more
dies. Printed are processor seconds and peaks by size, and how much more the last step took than the
events grew: up to 1.0 is linear, 2.0 quadratic where sizes double. `--passes` adds the costliest
functions with their own processor seconds.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import multiprocessing as mp
import os
import pkgutil
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import polars as pl
from fleet_events import (
    DAY,
    DOMAIN,
    FIRST_US,
    TYPED,
    HostLog,
    S,
    Times,
    finished,
    rdp_guids,
    sids,
)

import graphsess.derive
import graphsess.resolve
from graphsess.derive import derive
from graphsess.resolve.host import resolve_host
from graphsess.settings import Settings

LIMIT_GB = 6
SEED = 7
OF_ONE_PASS = ("account", "account_class", "linked", "pair_of", "base_role", "session_id")
"""Functions that only make expressions, or that every pass uses."""
Shape = Callable[[HostLog, int], None]


@dataclass(slots=True)
class Cost:
    """What one host cost: processor seconds, peak and, by function, its own seconds."""

    events: int
    cpu_s: float
    peak_mb: float
    passes: dict[str, float] = field(default_factory=dict)


def flood_with_addresses(log: HostLog, events: int) -> None:
    """RDP guessing at ten a second; 4625 names the address."""
    _guesses(log, events // 5, addressed=True)


def flood_without_addresses(log: HostLog, events: int) -> None:
    """RDP guessing at ten a second; 4625 names no address."""
    _guesses(log, events // 5, addressed=False)


def flood_without_activity_ids(log: HostLog, events: int) -> None:
    """RDP guessing on Windows 7: 261 and 1149 have no ActivityID."""
    at = _every(events // 3, S // 10, log)
    log.add("rcm_261", at)
    log.add("rcm_1149", at + S // 2, target_user=log.pick(TYPED, at.size), address="203.0.113.9")
    _failed(log, at + S // 2 - 5_000, log.pick(TYPED, at.size))


def one_account_at_a_controller(log: HostLog, events: int) -> None:
    """Guessing one account at thirty a second: 4776, 4771 and 4625 of each."""
    at = _every(events // 3, S // 30, log)
    of = {"target_user": "administrator", "target_domain": DOMAIN, "address": "10.0.9.9"}
    log.add("security_4776", at, **of, status="0xc000006a")
    log.add("security_4771", at + 1_000, **of, status="0x18")
    _failed(log, at + 2_000, "administrator", "10.0.9.9")


def one_account_in_whole_seconds(log: HostLog, events: int) -> None:
    """The same from a collector that keeps whole seconds: many equal times."""
    one_account_at_a_controller(log, events)
    log.frames = [
        frame.with_columns(time_us=pl.col("time_us") // S * S) for frame in log.frames
    ]


def guessing_over_smb(log: HostLog, events: int) -> None:
    """SMBServer 551 and 4625 of each attempt, thirty a second."""
    at = _every(events // 2, S // 30, log)
    user = log.pick(TYPED, at.size)
    log.add("smbserver_551", at + 1_000, target_user=user, address="10.0.9.9")
    _failed(log, at, user, "10.0.9.9")


def one_address_fails_and_succeeds(log: HostLog, events: int) -> None:
    """A scanner or proxy: each failure a run of its own, each success a session of its own."""
    at = _every(events // 3, 320 * S, log)
    _failed(log, at, "svc-scan", "10.0.9.9")
    target = _account(log, at + S, "svc-scan")
    log.add("security_4624", at + 130 * S, **target, logon_type=3, address="10.0.9.9",
            port=50_000, package="NTLM", logon_process="NtLmSsp")  # fmt: skip
    log.add("security_4634", at + 131 * S, **target, logon_type=3)


def one_desktop_again_and_again(log: HostLog, events: int) -> None:
    """A client that loses its connection all the time: one desktop, one address, one user."""
    at = _every(events // 10, 60 * S, log)
    who = {"target_user": "user001", "target_domain": DOMAIN}
    first = {**_account(log, at[:1], "user001"), "target_luid": 0x50000}
    log.add("security_4624", at[:1] - 50 * S, **first, logon_type=10, logon_process="User32",
            process=r"C:\Windows\System32\svchost.exe", address="10.0.2.9")  # fmt: skip
    log.add("lsm_21", at[:1] - 49 * S, **who, ts_id=2, address="10.0.2.9",
            activity_id=np.asarray(rdp_guids(log, 1), dtype=object))  # fmt: skip
    station = {**who, "target_sid": sids(np.asarray(["user001"]))[0], "target_luid": 0x50000,
               "session_name": "RDP-Tcp#0", "client_name": "LAPTOP", "address": "10.0.2.9"}
    of = {"activity_id": np.asarray(rdp_guids(log, at.size), dtype=object), "ts_id": 2}
    log.add("lsm_40", at, **of, reason=0)
    log.add("lsm_24", at + 80_000, **of, **who, address="10.0.2.9")
    log.add("security_4779", at + 90_000, **station)
    log.add("security_4778", at + 20 * S, **station)
    log.add("lsm_25", at + 20 * S + 300_000, **of, **who, address="10.0.2.9")
    log.add("security_4801", at + 21 * S, **{**station, "session_name": None}, ts_id=2)
    actor = {"actor_luid": 0x50000, "actor_user": "user001", "actor_domain": DOMAIN,
             "actor_sid": station["target_sid"]}  # fmt: skip
    for nth in range(4):
        log.add("security_4688", at + (30 + nth) * S, **actor, process=r"C:\a.exe", process_id=nth)


def logs_cleared_hourly(log: HostLog, events: int) -> None:
    """1102 every hundred events, among network logons."""
    count = events // 2
    at = _every(count, 400 * S, log)
    target = _account(log, at, log.pick([f"user{n:03}" for n in range(200)], count))
    log.add("security_4624", at, **target, logon_type=3, address="10.0.1.2", port=5_000,
            package="Kerberos", logon_process="Kerberos")  # fmt: skip
    log.add("security_4634", at + 90 * S, **target, logon_type=3)
    log.add("security_1102", at[::50] + 10 * S, object="Security", actor_luid=0x3E7)


def restarts_all_the_time(log: HostLog, events: int) -> None:
    """A boot every twenty events."""
    at = _every(events // 20, 1_000 * S, log)
    log.boots = np.append(at, at[-1] + 1_000 * S)
    log.add("kernel_12", at, stated_us=at, os_build="20348")
    log.add("security_4608", at + 8 * S)
    log.add("eventlog_6005", at + 9 * S)
    log.add("kernel_13", at + 900 * S, stated_us=at + 900 * S)
    for nth in range(8):
        target = _account(log, at + (30 + 60 * nth) * S, "user001")
        log.add("security_4624", at + (30 + 60 * nth) * S, **target, logon_type=3, port=5_000,
                address="10.0.1.2", package="NTLM", logon_process="NtLmSsp")  # fmt: skip
        log.add("security_4634", at + (50 + 60 * nth) * S, **target, logon_type=3)


def a_clock_that_is_turned(log: HostLog, events: int) -> None:
    """A virtual machine whose two time sources disagree: 4616 every thirty events."""
    jumps = events // 30
    true = _every(jumps, 600 * S, log)
    ahead = np.where(np.arange(jumps) % 2 == 0, 60 * S, 0)
    log.add("security_4616", true + 60 * S - ahead, before_us=true + ahead,
            stated_us=true + 60 * S - ahead)  # fmt: skip
    for nth in range(14):
        at = true + 60 * S - ahead + (10 + 30 * nth) * S
        target = _account(log, at, "user001")
        log.add("security_4624", at, **target, logon_type=3, port=5_000, address="10.0.1.2",
                package="NTLM", logon_process="NtLmSsp")  # fmt: skip
        log.add("security_4634", at + 20 * S, **target, logon_type=3)


def luids_given_twice(log: HostLog, events: int) -> None:
    """Logs of clones under one name: every LUID is opened again for another account."""
    at = _every(events, 30 * S, log)
    luid = 0x20000 + np.arange(at.size) // 40
    user = np.asarray([f"user{n % 40:03}" for n in range(at.size)], dtype=object)
    log.add("security_4624", at, target_user=user, target_sid=sids(user), target_luid=luid,
            logon_type=3, address="10.0.1.2", port=5_000, package="NTLM",
            logon_process="NtLmSsp")  # fmt: skip


def unlocks_known_from_security_alone(log: HostLog, events: int) -> None:
    """No Terminal Services log: desktops of type 10, and unlocks that are logged as type 2."""
    at = _every(events // 4, 300 * S, log)
    user = log.pick([f"user{n:03}" for n in range(200)], at.size)
    for shift, kind, life in ((0, 10, 2_000), (100, 2, 2)):
        target = _account(log, at + shift * S, user)
        log.add("security_4624", at + shift * S, **target, logon_type=kind, address="10.0.2.9",
                logon_process="User32", process=r"C:\Windows\System32\winlogon.exe")  # fmt: skip
        log.add("security_4634", at + (shift + life) * S, **target, logon_type=kind)


def programs_of_one_logon(log: HostLog, events: int) -> None:
    """All events are processes under one LUID."""
    at = _every(events, S, log)
    log.add("security_4688", at, actor_luid=0x50000, actor_user="user001", actor_domain=DOMAIN,
            actor_sid="S-1-5-21-1-2-3-1101", process=r"C:\a.exe", process_id=7)  # fmt: skip


def every_record_three_times(log: HostLog, events: int) -> None:
    """Network logons, each record from a log and two of its shadow copies."""
    at = _every(events // 6, 40 * S, log)
    target = _account(log, at, log.pick([f"user{n:03}" for n in range(200)], at.size))
    log.add("security_4624", at, **target, logon_type=3, address="10.0.1.2", port=5_000,
            package="Kerberos", logon_process="Kerberos")  # fmt: skip
    log.add("security_4634", at + 9 * S, **target, logon_type=3)


SHAPES: dict[str, Shape] = {
    shape.__name__: shape
    for shape in (
        flood_with_addresses,
        flood_without_addresses,
        flood_without_activity_ids,
        one_account_at_a_controller,
        one_account_in_whole_seconds,
        guessing_over_smb,
        one_address_fails_and_succeeds,
        one_desktop_again_and_again,
        logs_cleared_hourly,
        restarts_all_the_time,
        a_clock_that_is_turned,
        luids_given_twice,
        unlocks_known_from_security_alone,
        programs_of_one_logon,
        every_record_three_times,
    )
}


def main() -> None:
    """Work every shape at every size and print the table."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("shapes", nargs="*", metavar="SHAPE", help=", ".join(SHAPES))
    asked.add_argument("--events", type=int, nargs="+", default=[10_000, 20_000, 40_000])
    asked.add_argument("--passes", type=int, default=0, metavar="N")
    given = asked.parse_args()
    sizes = "".join(f"{events:>7}" for events in given.events)
    print(f"{'':<34}CPU s{'peak MB':>{7 * len(given.events) + 2}}")
    print(f"{'events':<34}{sizes}{sizes}  growth")
    for name in given.shapes or SHAPES:
        costs = [_measured(name, events, passes=bool(given.passes)) for events in given.events]
        print(_line(name, costs), flush=True)
        for line in _costliest(costs, given.passes):
            print(line, flush=True)


def work(name: str, events: int, passes: bool, answer: Any) -> None:  # noqa: ANN401
    """Draw and work one host in a process of its own; what it dies of is not printed."""
    host, read, runs = drawn(name, events)
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_GB << 30, LIMIT_GB << 30))
    spent = _wrapped() if passes else {}
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # Rust tells where it ran out of memory
    before = time.process_time()
    tables = resolve_host(read, runs, host, Settings())
    derive(tables, Settings())
    answer.send(Cost(read.height, time.process_time() - before, _peak_mb(), spent))


def drawn(name: str, events: int) -> tuple[str, pl.DataFrame, pl.DataFrame]:
    """A host of one shape: its name, events (schema `READ`) and `RUNS`."""
    log = HostLog(20, events, np.random.default_rng(SEED), np.asarray([FIRST_US, FIRST_US + DAY]))
    SHAPES[name](log, events)
    read, runs = finished(log)
    if name == "every_record_three_times":
        copies = [read.with_columns(evidence=pl.lit(letter * 64)) for letter in "abc"]
        read = pl.concat(copies)
    return log.name, read, runs


def _measured(name: str, events: int, *, passes: bool) -> Cost | None:
    """What the shape costs; None where it died, as it does at `LIMIT_GB`."""
    ours, theirs = mp.get_context("spawn").Pipe(duplex=False)
    os.environ["POLARS_MAX_THREADS"] = "1"
    worker = mp.get_context("spawn").Process(target=work, args=(name, events, passes, theirs))
    worker.start()
    theirs.close()
    try:
        found = ours.recv()
    except EOFError:
        found = None
    worker.join()
    return found


def _line(name: str, costs: list[Cost | None]) -> str:
    times = [f"{cost.cpu_s:.1f}" if cost else "died" for cost in costs]
    peaks = [f"{cost.peak_mb:,.0f}" if cost else "died" for cost in costs]
    one, two = costs[-2:] if len(costs) > 1 else (None, None)
    growth = f"{two.cpu_s / one.cpu_s * one.events / two.events:.1f}" if one and two else "-"
    cells = "".join(f"{cell:>7}" for cell in (*times, *peaks))
    return f"{name:<34}{cells}  {growth}"


def _costliest(costs: list[Cost | None], count: int) -> list[str]:
    kept = [cost for cost in costs if cost]
    if not kept or not count:
        return []
    names = sorted(kept[-1].passes, key=lambda name: -kept[-1].passes[name])[:count]
    return [
        f"    {name:<42} " + " ".join(f"{cost.passes.get(name, 0):8.3f}" for cost in kept)
        for name in names
    ]


def _wrapped() -> dict[str, float]:
    """Make every function of resolve and derive count its own processor seconds, by name."""
    spent: dict[str, float] = {}
    inner: list[float] = []

    def counted(function: FunctionType, name: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            inner.append(0.0)
            begun = time.process_time()
            try:
                return function(*given, **named)
            finally:
                took = time.process_time() - begun
                spent[name] = spent.get(name, 0.0) + took - inner.pop()
                if inner:
                    inner[-1] += took

        return call

    packages: tuple[ModuleType, ...] = (graphsess.resolve, graphsess.derive)
    modules = [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for package in packages
        for found in pkgutil.iter_modules(package.__path__)
    ]
    made: dict[object, Callable[..., Any]] = {}
    for module in [*modules, *packages]:
        for name, function in list(vars(module).items()):
            home = str(getattr(function, "__module__", "")).removeprefix("graphsess.")
            ours = home.startswith(("resolve", "derive")) and name not in OF_ONE_PASS
            if inspect.isfunction(function) and ours and name != "call":
                if function not in made:
                    made[function] = counted(function, f"{home}.{function.__name__}")
                setattr(module, name, made[function])
    return spent


def _every(count: int, step_us: int, log: HostLog) -> Times:
    """Moments a step apart, give or take a tenth of it; the log's boot covers them all."""
    at = FIRST_US + 600 * S + np.arange(count, dtype=np.int64) * step_us
    log.boots = np.asarray([FIRST_US, at[-1] + DAY])
    return at + log.rng.integers(0, max(step_us // 10, 1), count)


def _guesses(log: HostLog, count: int, *, addressed: bool) -> None:
    at = _every(count, S // 10, log)
    of = {"activity_id": np.asarray(rdp_guids(log, count), dtype=object)}
    address = log.pick([f"203.0.113.{n}" for n in range(1, 25)], count)
    life = log.rng.integers(S, 3 * S, count)
    log.add("core_131", at, **of, verb="TCP", address=address, port=5_000)
    log.add("core_140", at + life - 40_000, **of, address=address)
    log.add("core_103", at + life, **of, reason=14)
    log.add("core_102", at + life + 10_000, **of)
    _failed(log, at + life - 30_000, log.pick(TYPED, count), address if addressed else None)


def _failed(log: HostLog, at: Times, user: Any, address: Any = None) -> None:  # noqa: ANN401
    log.add("security_4625", at, target_user=user, logon_type=3, status="0xc000006a", port=0,
            package="NTLM", logon_process="NtLmSsp", client_name="kali", address=address)


def _account(log: HostLog, at: Times, user: Any) -> dict[str, Any]:  # noqa: ANN401
    users = np.asarray([user] * at.size if isinstance(user, str) else user, dtype=object)
    return {"target_user": users, "target_domain": DOMAIN, "target_sid": sids(users),
            "target_luid": log.luids(at)}  # fmt: skip


def _peak_mb() -> float:
    """Own peak; `ru_maxrss` would count the parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / (1 << 20)


if __name__ == "__main__":
    main()
