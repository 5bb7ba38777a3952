"""The life of each desktop and each logon session: attached, disconnected, locked, ended.

Events:  LSM 23-25, 39, 40; System 7002; Security 4634, 4647, 4778, 4779, 4800-4803; boot ends
Key:     desk; (host, boot, LUID)
Order:   by host order
Limits:  without any end the desktop is open at the end of the log, never "until now"
See:     rules R2.7, R3.4, R3.5; findings 6, 12
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import any_within
from graphsess.settings import Settings

C = pl.col
INTERACTIVE = (2, 10, 11, 12)
WINLOGON_LOCKS = {"4": "security_4800", "5": "security_4801"}
LIFE = ("lsm_22", "lsm_24", "lsm_25", "security_4778", "security_4800", "security_4801",
        "security_4802", "security_4803", "sysmon_1", "security_4688")


def cancelled_logoffs(timeline: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The 4647 after which life on the desktop went on: desk, ord (R3.4)."""
    said = timeline.filter(C("kind") == "security_4647").select("desk", "ord", said_us="time_us")
    off = timeline.filter(C("mark") == "close").select("desk", off_us="time_us")
    done = (
        said.join(off, on="desk", how="inner")
        .filter((C("off_us") - C("said_us")).abs() <= settings.us("end"))
        .select("desk", "ord")
    )
    later = timeline.filter(C("kind").is_in(LIFE)).group_by("desk").agg(
        lived_us=C("time_us").max()
    )
    return (
        said.join(done.unique(), on=["desk", "ord"], how="anti")
        .join(later, on="desk", how="inner")
        .filter(C("lived_us") > C("said_us") + settings.us("end"))
        .select("desk", "ord")
        .sort("desk", "ord")
    )


def _fast_startups(events: pl.DataFrame, desks: pl.DataFrame) -> pl.DataFrame:
    """Desk → the first fast startup after it began: it ends every user's desktop (R1.5)."""
    starts = events.filter((C("kind") == "boot_27") & (C("reason") == 1)).select(
        "boot", stop_ord="ord", stop_us="time_us"
    )
    return (
        desks.select("desk", "boot", "first_ord")
        .sort("first_ord")
        .join_asof(
            starts.sort("stop_ord"), left_on="first_ord", right_on="stop_ord", by="boot",
            strategy="forward", check_sortedness=False,
        )
        .select("desk", "stop_ord", "stop_us")
    )


def with_ends(
    desks: pl.DataFrame,
    timeline: pl.DataFrame,
    events: pl.DataFrame,
    boots: pl.DataFrame,
    succeeded: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """Desks with their end: logged off, else what cannot have come before it, else open.

    That is the next use of its TS session id (`next_us`), a fast startup (`stop_us`), the same
    account's next desktop on a client edition (`succ_us`, see `editions`), or the boot's end.

    A 4647 ends a desktop too, unless later life on it shows that the logoff was cancelled.
    """
    cancelled = cancelled_logoffs(timeline, settings)
    said = timeline.filter(C("kind") == "security_4647").join(
        cancelled, on=["desk", "ord"], how="anti"
    ).group_by("desk").agg(
        said_us=C("time_us").sort_by("ord").last(), said_ord=C("ord").max()
    )
    final = boots.select("boot", boot_end_us="end_us", boot_end_kind="end_kind",
                         boot_last_ord="last_ord")
    joined = (
        desks.join(said, on="desk", how="left")
        .join(final, on="boot", how="left")
        .with_columns(
            off_us=pl.when(C("by_luid")).then("said_us").otherwise(
                pl.coalesce("off_us", "said_us")
            ),
            off_ord=pl.when(C("by_luid")).then("said_ord").otherwise(
                pl.coalesce("off_ord", "said_ord")
            ),
        )
    )
    joined = joined.join(_fast_startups(events, desks), on="desk", how="left")
    gone = C("by_luid") & C("off_us").is_null() & C("destroyed_us").is_not_null()
    joined = joined.sort("boot", "ts_id", "first_ord").with_columns(
        next_us=pl.when(C("ts_id").is_not_null()).then(
            C("first_us").shift(-1).over("boot", "ts_id")
        ),
        next_ord=pl.when(C("ts_id").is_not_null()).then(
            C("first_ord").shift(-1).over("boot", "ts_id")
        ),
    ).join(succeeded, on="desk", how="left").with_columns(
        after_us=pl.min_horizontal("next_us", "stop_us", "succ_us"),
        after_ord=pl.min_horizontal("next_ord", "stop_ord", "succ_ord"),
    )
    return joined.with_columns(
        end_kind=pl.when(~C("lives"))
        .then(pl.lit("never_established"))
        .when(C("off_us").is_not_null())
        .then(pl.lit("logoff"))
        .when(gone | C("after_us").is_not_null() | C("boot_end_us").is_not_null())
        .then(pl.lit("inferred"))
        .otherwise(pl.lit("open_at_end_of_log")),
        end_us=pl.when(~C("lives"))
        .then(pl.coalesce("off_us", "dropped_us", "boot_end_us"))
        .otherwise(
            pl.coalesce(
                "off_us", pl.when(gone).then(C("destroyed_us")), "after_us", "boot_end_us"
            )
        ),
    ).sort("desk")


def attachment_ends(
    links: pl.DataFrame, events: pl.DataFrame, attached: pl.DataFrame
) -> pl.DataFrame:
    """Attachment → when it was first disconnected or logged off: ended_us, ended_ord, off."""
    ends = (
        links.filter(
            C("role").is_in(["DISCONNECT", "LOGOFF_DONE"]) & C("access").str.starts_with("a")
        )
        .join(events.select("ord", "kind", "time_us"), on="ord", how="left")
        .filter(
            C("kind").is_in(
                ["lsm_23", "lsm_24", "lsm_39", "lsm_40", "security_4779", "winlogon_7002"]
            )
        )
        .sort("access", "ord")
        .group_by("access", maintain_order=True)
        .agg(
            ended_us=C("time_us").first(),
            ended_ord=C("ord").first(),
            off=(C("role") == "LOGOFF_DONE").any(),
        )
    )
    return attached.select(
        "attachment", "desk", "nth", "at", "at_us", access=pl.format("a{}", C("attachment"))
    ).join(ends, on="access", how="left").sort("desk", "nth")


def winlogon_locks(
    events: pl.DataFrame, timeline: pl.DataFrame, desks: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """Locks that Winlogon told its subscriber Sens, where Security did not log them too (R3.5).

    811 names a SID and no TS session: it is the latest desktop of that account then open.
    """
    said = events.filter(
        (C("kind") == "winlogon_811")
        & (C("detail").str.to_lowercase() == "sens")
        & C("verb").is_in(list(WINLOGON_LOCKS))
    ).select(
        "boot", "ord", "time_us", sid="writer_sid", kind=C("verb").replace_strict(WINLOGON_LOCKS)
    )
    open_desks = desks.filter(C("lives") & C("sid").is_not_null()).select(
        "desk", "boot", "sid", "off_ord", begun="first_ord"
    )
    placed = said.sort("ord").join_asof(
        open_desks.sort("begun"), left_on="ord", right_on="begun", by=["boot", "sid"],
        strategy="backward", check_sortedness=False,
    ).filter(C("desk").is_not_null() & (C("off_ord").is_null() | (C("off_ord") > C("ord"))))
    logged = timeline.select("desk", C("kind").cast(pl.String), logged_us="time_us")
    near = settings.us("end")
    twice = any_within(
        placed, logged, on=["desk", "kind"], time=("time_us", "logged_us"), before_us=near,
        after_us=near,
    )
    return placed.join(twice, on=["desk", "ord"], how="anti").select(
        "desk", "ord", "time_us", "kind"
    )


def intervals(
    ended: pl.DataFrame,
    timeline: pl.DataFrame,
    told: pl.DataFrame,
    desks: pl.DataFrame,
    settings: Settings,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Per desk: the disconnected intervals (until the next attachment), the locked ones.

    Locks beside a disconnect or a reconnect are Windows' doing, not the user's.
    """
    apart = (
        ended.with_columns(back_us=C("at_us").shift(-1).over("desk"))
        .join(desks.select("desk", closed_us="end_us"), on="desk", how="left")
        .with_columns(back_us=pl.coalesce("back_us", "closed_us"))
        .filter(C("ended_us").is_not_null() & ~C("off").fill_null(value=False))
        .filter(C("back_us").is_null() | (C("back_us") >= C("ended_us")))
        .group_by("desk", maintain_order=True)
        .agg(disconnected=pl.struct(start_us=C("ended_us"), end_us=C("back_us")))
    )
    near = settings.us("lock")
    turns = timeline.filter(
        C("kind").is_in(["lsm_24", "lsm_25", "security_4778", "security_4779"])
    )
    marks = timeline.filter(
        C("kind").is_in(["security_4800", "security_4801", "security_4802", "security_4803"])
    ).select("desk", "ord", "time_us", C("kind").cast(pl.String))
    marks = pl.concat([marks, told])
    caused = any_within(
        marks, turns, on=["desk"], time=("time_us", "time_us"), before_us=near, after_us=0
    )
    own = (
        marks.join(caused, on=["desk", "ord"], how="anti")
        .sort("desk", "ord")
        .with_columns(
            by_user=_state("security_4800", "security_4801"),
            by_saver=_state("security_4802", "security_4803", "security_4801"),
        )
        .with_columns(locks=C("by_user") | C("by_saver"))
        .with_columns(was=C("locks").shift(1).over("desk").fill_null(value=False))
    )
    begins = own.filter(C("locks") & ~C("was"))
    unlocked = own.filter(~C("locks")).select("desk", "ord", until_us="time_us").sort("ord")
    locked = (
        begins.sort("ord")
        .join_asof(unlocked, on="ord", by="desk", strategy="forward", check_sortedness=False)
        .sort("desk", "ord")
        .group_by("desk", maintain_order=True)
        .agg(locked=pl.struct(start_us=C("time_us"), end_us=C("until_us")))
    )
    return apart, locked


def _state(on: str, *off: str) -> pl.Expr:
    """Whether the latest of these kinds on the desk was the one that locks."""
    return (
        pl.when(C("kind").is_in([on, *off]))
        .then(C("kind") == on)
        .forward_fill()
        .over("desk")
        .fill_null(value=False)
    )


def with_logon_ends(
    logons: pl.DataFrame,
    desks: pl.DataFrame,
    boots: pl.DataFrame,
    cancelled: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame:
    """Logons with the end of their access; both halves of a pair end together (R2.7)."""
    void = C("logoff_ord").is_in(cancelled["ord"].implode()).fill_null(value=False)
    logons = logons.with_columns(
        logoff_us=pl.when(~void).then("logoff_us"), logoff_ord=pl.when(~void).then("logoff_ord")
    )
    twin = logons.filter(C("linked_luid").is_not_null()).select(
        "boot", luid="linked_luid", twin_off_us="logoff_us", twin_off_ord="logoff_ord",
        twin_gone_us="destroyed_us", twin_gone_ord="destroyed_ord",
    ).unique(["boot", "luid"], keep="first", maintain_order=True)
    final = boots.select(
        "boot", boot_end_us="end_us", boot_end_kind="end_kind", boot_last_ord="last_ord"
    )
    desk_off = desks.select(
        "desk", desk_off_us=pl.when(C("lives")).then("off_us"),
        desk_off_ord=pl.when(C("lives")).then("off_ord"),
    )
    joined = (
        logons.join(twin, on=["boot", "luid"], how="left")
        .join(final, on="boot", how="left")
        .join(desk_off, on="desk", how="left")
    )
    interactive = C("logon_type").is_in(INTERACTIVE) | (
        C("logon_type").is_null() & C("desk").is_not_null()
    )
    off = pl.when(interactive).then(pl.coalesce("logoff_us", "twin_off_us", "desk_off_us"))
    gone = pl.coalesce("destroyed_us", pl.when(interactive).then("twin_gone_us"))
    brief = C("logon_type").is_in([3, 8]) & C("destroyed_us").is_null()
    dropped = pl.when((C("role") == "unlock") & C("destroyed_us").is_null()).then(
        C("start_us") + settings.us("temporary")
    )
    return (
        joined.with_columns(off_us=off, gone_us=gone, dropped_us=dropped)
        .with_columns(
            access_end_us=pl.when(brief.fill_null(value=False))
            .then(pl.coalesce("off_us", "last_seen_us", "start_us"))
            .otherwise(pl.coalesce("dropped_us", "off_us", "gone_us", "boot_end_us")),
            access_end_ord=pl.coalesce(
                pl.when(interactive).then(
                    pl.coalesce("logoff_ord", "twin_off_ord", "desk_off_ord")
                ),
                "destroyed_ord",
                pl.when(brief.fill_null(value=False)).then(
                    pl.coalesce("last_seen_ord", "start_ord")
                ),
                pl.when(C("boot_end_us").is_not_null()).then("boot_last_ord"),
            ),
            end_kind=pl.when(C("dropped_us").is_not_null())
            .then(pl.lit("inferred"))
            .when(C("off_us").is_not_null())
            .then(pl.lit("logoff"))
            .when(C("gone_us").is_not_null())
            .then(pl.lit("destroyed"))
            .when(brief.fill_null(value=False))
            .then(pl.lit("unobserved"))
            .when(C("boot_end_us").is_not_null())
            .then(pl.lit("inferred"))
            .otherwise(pl.lit("open_at_end_of_log")),
        )
        .drop(
            "off_us", "gone_us", "dropped_us", "boot_end_us", "boot_end_kind", "boot_last_ord",
            "desk_off_us",
            "desk_off_ord", "twin_off_us", "twin_off_ord", "twin_gone_us", "twin_gone_ord",
        )
        .sort("boot", "luid")
    )
