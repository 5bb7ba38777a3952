"""Processes: which record tells of the same one, how long it lived, and who started it.

Events:  Security 4688, Sysmon 1 begin one; Security 4689, Sysmon 5 end it
Key:     (boot, process id, start); Sysmon's ProcessGuid
Order:   of records
Limits:  without 4689 a process lives until the next one of its number; a parent whose logged
         image differs from the found one is none
See:     rule R7.1(2)
"""

from __future__ import annotations

import polars as pl

C = pl.col
SAME_US = 2_000_000  # 4688 and Sysmon 1 of one process lie this near
BEGIN = ("security_4688", "sysmon_1")
END = ("security_4689", "sysmon_5")


def image(path: pl.Expr) -> pl.Expr:
    """The file's name of a path, in lower case."""
    return path.str.to_lowercase().str.extract(r"([^\\/\"]+?)\"?\s*$", 1)


def processes(events: pl.DataFrame) -> pl.DataFrame:
    """One row a process: place, pid, guid, at, time_us, end_at, image, luid, ts_id, parent.

    Args:
        events: Of the kinds in BEGIN and END, with `place` and `at`.
    """
    told = (
        events.filter(C("kind").is_in(BEGIN) & C("process_id").is_not_null())
        .select(
            "place", "at", "time_us", "ts_id", "parent_id",
            pid="process_id",
            guid="process_guid",
            by_sysmon=C("kind") == "sysmon_1",
            image=image(C("process")),
            parent_image=image(C("parent_process")),
            own=pl.when(C("kind") == "sysmon_1").then("actor_luid").otherwise("target_luid"),
            maker=pl.when(C("kind") != "sysmon_1").then("actor_luid"),
        )
        .sort("place", "pid", "at")
    )
    same = _beside(1) & (
        (C("by_sysmon") != C("by_sysmon").shift(1))
        & (C("image") == C("image").shift(1))
        & ((C("time_us") - C("time_us").shift(1)).abs() <= SAME_US)
    ).fill_null(value=False)
    # a third record of the same process, a copy in another form, begins a new row: no harm
    second = told.with_columns(same=same).with_columns(
        second=C("same") & ~C("same").shift(1).fill_null(value=False)
    )
    both = second.with_columns(
        doubled=C("second").shift(-1).fill_null(value=False),
        **{
            f"next_{name}": C(name).shift(-1)
            for name in (
                "guid", "own", "maker", "ts_id", "parent_id", "parent_image", "by_sysmon"
            )
        },
    ).filter(~C("second"))

    def either(name: str) -> pl.Expr:
        return pl.coalesce(C(name), pl.when("doubled").then(f"next_{name}"))

    by_next = C("doubled") & C("next_by_sysmon") & C("next_own").is_not_null()
    rows = both.select(
        "place", "pid", "at", "time_us", "image",
        guid=either("guid"),
        luid=pl.coalesce(pl.when(by_next).then("next_own"), either("own"), either("maker")),
        ts_id=either("ts_id"),
        parent_id=either("parent_id"),
        parent_image=either("parent_image"),
    ).with_row_index("process").with_columns(C("process").cast(pl.Int64))
    return _with_parents(_with_ends(rows, events))


def _beside(step: int) -> pl.Expr:
    """True where the row `step` above (below where negative) is of the same place and number."""
    return (
        (C("place") == C("place").shift(step)) & (C("pid") == C("pid").shift(step))
    ).fill_null(value=False)


def _with_ends(rows: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    ends = (
        events.filter(C("kind").is_in(END) & C("process_id").is_not_null())
        .select("place", pid="process_id", end_at="at")
        .sort("end_at")
    )
    return (
        rows.with_columns(following=pl.when(_beside(-1)).then(C("at").shift(-1)))
        .sort("at")
        .join_asof(
            ends, left_on="at", right_on="end_at", by=["place", "pid"], strategy="forward",
            check_sortedness=False,
        )
        .with_columns(
            end_at=pl.when((C("end_at") < C("following")).fill_null(value=True)).then("end_at")
        )
        .drop("following")
        .sort("process")
    )


def running(
    points: pl.DataFrame, made: pl.DataFrame, *, pid: str, name: str = "process"
) -> pl.DataFrame:
    """The points with the process that bore the number `pid` at their moment, or null.

    Args:
        points: place, at and the number's column.
        made: Of `processes`.
        pid: Name of the number's column.
        name: Name of the new column.
    """
    begun = made.select("place", "end_at", begin="at", bore="pid", found="process").sort("begin")
    return (
        points.sort("at")
        .join_asof(
            begun, left_on="at", right_on="begin", by_left=["place", pid],
            by_right=["place", "bore"], strategy="backward", check_sortedness=False,
        )
        .with_columns(
            pl.when((C("at") <= C("end_at")).fill_null(value=True)).then("found").alias(name)
        )
        .drop("begin", "end_at", "found")
    )


def _with_parents(rows: pl.DataFrame) -> pl.DataFrame:
    children = rows.select("process", "place", "parent_id", "parent_image", at=C("at") - 1)
    parents = running(
        children.filter(C("parent_id").is_not_null()), rows, pid="parent_id", name="parent"
    )
    return rows.join(
        parents.join(rows.select(parent="process", is_image="image"), on="parent", how="inner")
        .filter((C("is_image") == C("parent_image")).fill_null(value=True))
        .select("process", "parent"),
        on="process", how="left",
    ).sort("process")
