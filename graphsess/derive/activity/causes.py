"""Who is behind what the system runs: the service or task that was made before, and by whom.

Events:  Security 4697, System 7045 install a service; Security 4698, 4702 write a task,
         TaskScheduler 129, 200 run it
Key:     (host, file name of the service) within 30 s; (host, name of the task), its last writer
Order:   of records; nearest first
Limits:  a service that is started later by hand has no known cause
See:     rule R7.1(4)
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity.lineage import image
from graphsess.resolve.assign import within

C = pl.col
INSTALLS = ("security_4697", "services_7045")
WRITERS = ("security_4698", "security_4702")
REGISTERED = ("tasks_106", "tasks_140", "tasks_141")
DELETED = ("security_4699",)
RUNS = ("tasks_129", "tasks_200", "tasks_100")
START_US, EARLY_US = 30_000_000, 2_000_000
"""A service's process begins this soon after its installation; channels may differ by EARLY_US."""
TWICE_US = 5_000_000
"""The same act in two channels is written within this."""
DAY_US = 86_400_000_000
SERVICE, TASK_FRESH, TASK_OLD, SAME_ACT = 80, 60, 40, 80
SERVICES = "services.exe"
TASK_HOSTS = ("svchost.exe", "taskeng.exe", "taskhostw.exe", "taskhost.exe")


def service_file(command: pl.Expr) -> pl.Expr:
    """The name of the file that a service's ImagePath starts, in lower case.

    `%COMSPEC% /c …` is cmd.exe, `\\\\127.0.0.1\\ADMIN$\\x.exe` and `"C:\\a b\\x.exe" -k` are x.exe.
    """
    text = command.str.to_lowercase().str.replace_all("%comspec%", "cmd.exe", literal=True)
    named = text.str.extract(r"([^\\/\"\s]+\.exe)", 1)
    first = text.str.strip_chars().str.extract(r"^\"?([^\"\s]+)", 1).str.extract(r"([^\\/]+)$", 1)
    return pl.coalesce(named, first + ".exe")


def service_causes(made: pl.DataFrame, installs: pl.DataFrame) -> pl.DataFrame:
    """Process → the installation that made services.exe start it: cause, confidence.

    Args:
        made: Processes that run as the system, of `lineage.processes`.
        installs: n, place, time_us, file and `known`: whether its LUID is known.
    """
    started = made.filter((C("parent_image") == SERVICES).fill_null(value=True)).select(
        "process", "place", "time_us", file="image"
    )
    asked = installs.select("place", "file", "known", cause="n", installed_us="time_us")
    near = within(
        started.drop_nulls("file"), asked.drop_nulls("file"), on=["place", "file"],
        time=("time_us", "installed_us"), before_us=START_US, after_us=EARLY_US,
    )
    return (
        near.sort("process", C("known"), "dt", "cause", descending=[False, True, False, False])
        .unique("process", keep="first", maintain_order=True)
        .select("process", "cause", confidence=pl.lit(SERVICE, pl.Int64), method=pl.lit("service"))
    )


def same_service(seen: pl.DataFrame, installs: pl.DataFrame) -> pl.DataFrame:
    """Number of a 7045 → the 4697 that tells of the same installation, and by whose LUID."""
    return _same_act(
        seen.filter(C("kind") == "services_7045"),
        installs.filter(C("kind") == "security_4697"),
        "service",
    )


def same_task(seen: pl.DataFrame, writers: pl.DataFrame) -> pl.DataFrame:
    """Number of a TaskScheduler 106, 140, 141 → the Security event of the same act."""
    return _same_act(
        seen.filter(C("kind").is_in(REGISTERED)),
        writers.filter(C("kind").is_in((*WRITERS, *DELETED))),
        "task",
    )


def _same_act(seen: pl.DataFrame, told: pl.DataFrame, method: str) -> pl.DataFrame:
    near = within(
        seen.select("n", "place", "time_us", name=named()).drop_nulls("name"),
        told.select("place", name=named(), cause="n", told_us="time_us").drop_nulls("name"),
        on=["place", "name"], time=("time_us", "told_us"), before_us=TWICE_US, after_us=TWICE_US,
    )
    return (
        near.sort("n", "dt", "cause")
        .unique("n", keep="first", maintain_order=True)
        .select("n", "cause", confidence=pl.lit(SAME_ACT, pl.Int64), method=pl.lit(method))
    )


def task_runs(runs: pl.DataFrame, writers: pl.DataFrame) -> pl.DataFrame:
    """Number of a task's run → the last one who wrote the task before it ran."""
    wrote = (
        writers.filter(C("kind").is_in(WRITERS))
        .select("host", name=named(), cause="n", wrote="at", wrote_us="time_us")
        .drop_nulls("name")
        .sort("wrote")
    )
    return (
        runs.select("n", "host", "at", "time_us", name=named())
        .drop_nulls("name")
        .sort("at")
        .join_asof(
            wrote, left_on="at", right_on="wrote", by=["host", "name"], strategy="backward",
            check_sortedness=False,
        )
        .drop_nulls("cause")
        .select(
            "n", "cause",
            confidence=pl.when(C("time_us") - C("wrote_us") > DAY_US)
            .then(TASK_OLD)
            .otherwise(TASK_FRESH)
            .cast(pl.Int64),
            method=pl.lit("task"),
        )
        .sort("n")
    )


def task_processes(
    made: pl.DataFrame, runs: pl.DataFrame, caused: pl.DataFrame
) -> pl.DataFrame:
    """Process → the writer of the task that started it, by 129's process id, else 200's action.

    Args:
        made: Processes that run as the system.
        runs: Events of RUNS with n, place, time_us, process, process_id.
        caused: Of `task_runs`.
    """
    told = runs.join(caused, on="n", how="inner")
    by_id = within(
        made.select("process", "place", "pid", "time_us"),
        told.filter(C("process_id").is_not_null()).select(
            "place", "cause", "confidence", pid="process_id", ran_us="time_us"
        ),
        on=["place", "pid"], time=("time_us", "ran_us"), before_us=EARLY_US, after_us=EARLY_US,
    ).with_columns(rank=pl.lit(0))
    by_file = within(
        made.filter(C("parent_image").is_in(TASK_HOSTS)).select(
            "process", "place", "time_us", file="image"
        ).drop_nulls("file"),
        told.select(
            "place", "cause", "confidence", file=image(C("process")), ran_us="time_us"
        ).drop_nulls("file"),
        on=["place", "file"], time=("time_us", "ran_us"), before_us=EARLY_US, after_us=EARLY_US,
    ).with_columns(rank=pl.lit(1))
    wanted = ["process", "cause", "confidence", "rank", "dt"]
    return (
        pl.concat([by_id.select(wanted), by_file.select(wanted)])
        .sort("process", "rank", "dt", "cause")
        .unique("process", keep="first", maintain_order=True)
        .select("process", "cause", "confidence", method=pl.lit("task"))
    )


def named() -> pl.Expr:
    """The service or task that an event is about, as two are compared."""
    return C("object").str.to_lowercase()
