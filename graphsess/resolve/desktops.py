"""Local (TS) sessions, first pass: the instances of each TS session id.

Events:  LSM 21-25, 39-42; System 7001, 7002; User Profile 1-4; RdpCoreTS 66, 72; Security 4624 of
         DWM-n and UMFD-n, 4800-4803; Sysmon 1
Key:     (host, boot, TS session id, ordinal)
Order:   by host order
Limits:  an id that is used anew without any sign of its last end counts on as the same instance
See:     rules R3.0-R3.2, R3.6; findings 5, 13, 14
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.identities import COMPANION_SID, account, sam_by_sid

C = pl.col
ONE_LOGON_US = 10_000_000  # 41 and 21 of one logon lie nearer
NO_SESSION = 65_536  # RDP listener; 4294967295 is no session at all
LOGGED_OFF = (12, 2)  # LSM 40: logoff by the user, by an administrator
OPENS = ("core_66", "core_72", "lsm_41", "winlogon_7001", "profile_1")
CONFIRMS = (
    "lsm_21", "lsm_22", "lsm_25", "security_4800", "security_4801", "security_4802",
    "security_4803",
)
CLOSES = ("lsm_23", "winlogon_7002", "profile_4")
OTHERS = ("lsm_24", "lsm_36", "lsm_39", "lsm_40", "lsm_42", "profile_2", "profile_3")
ENDED_LIFE = ("lsm_23", "lsm_24", "winlogon_7002")  # without any beginning: open before the log
KEY = ["boot", "ts_id", "ordinal"]


def desktop_events(events: pl.DataFrame, folded: pl.DataFrame | None = None) -> pl.DataFrame:
    """Every event that names a TS session, with the instance (`ordinal`, from 1) it concerns.

    Args:
        events: One host's events in order.
        folded: boot and luid of logons whose processes prove no desktop, once they are known.

    Returns:
        boot, ts_id, ordinal, ord, time_us, kind, mark; mark is open, confirm, close, drop (closes
        what was never confirmed), process or null.
    """
    timed = events.filter(C("time_us").is_not_null())
    transport = C("kind").cast(pl.String).str.contains(r"^(lsm|core)_")
    named = timed.filter(C("kind").is_in([*OPENS, *CONFIRMS, *CLOSES, *OTHERS])).select(
        "boot", "ts_id", "ord", "time_us", "kind",
        activity_id=pl.when(transport).then("activity_id"),  # Security's names a boot instead
        reason="reason",
        sam=pl.when(C("kind").cast(pl.String).str.starts_with("lsm_")).then("sam"),
    )
    started = timed.filter(
        (C("kind") == "sysmon_1")
        & (C("ts_id") > 0)
        & (C("actor_luid") > 0x3E7)
        & ~C("actor_user").str.to_lowercase().str.contains(r"^(?:dwm|umfd)-\d+$")
    ).select(
        "boot", "ts_id", "ord", "time_us", "kind",
        activity_id=pl.lit(None, pl.String), reason=pl.lit(None, pl.Int64),
        sam=pl.lit(None, pl.String),
    )
    if folded is not None:
        own = timed.select("ord", luid="actor_luid")
        started = started.join(own, on="ord", how="left").join(
            folded.select("boot", "luid"), on=["boot", "luid"], how="anti"
        ).drop("luid")
    every = (
        pl.concat([named, started, _companions(timed)])
        .filter((C("ts_id") > 0) & (C("ts_id") < NO_SESSION))
        .sort("boot", "ts_id", "ord")
    )
    return _numbered(every.with_columns(mark=_mark()))


def _companions(timed: pl.DataFrame) -> pl.DataFrame:
    """DWM-n and UMFD-n come and go with TS session n."""
    number = pl.coalesce(
        C("target_sid").str.extract(r"^S-1-5-9[06]-(?:0-)?(\d+)$", 1),
        C("target_user").str.to_lowercase().str.extract(r"^(?:dwm|umfd)-(\d+)$", 1),
    )
    return (
        timed.filter(
            C("kind").is_in(["security_4624", "security_4634"])
            & (
                C("target_sid").str.contains(COMPANION_SID)
                | C("target_user").str.to_lowercase().str.contains(r"^(?:dwm|umfd)-\d+$")
            )
        )
        .with_columns(ts_id=number.cast(pl.Int64, strict=False))
        .select(
            "boot", "ts_id", "ord", "time_us", "kind",
            activity_id=pl.lit(None, pl.String), reason=pl.lit(None, pl.Int64),
            sam=pl.lit(None, pl.String),
        )
    )


def _mark() -> pl.Expr:
    kind = C("kind")
    return (
        pl.when(kind.is_in(CONFIRMS))
        .then(pl.lit("confirm"))
        .when(kind.is_in(CLOSES) | ((kind == "lsm_40") & C("reason").is_in(LOGGED_OFF)))
        .then(pl.lit("close"))
        .when(kind.is_in([*OPENS, "security_4624"]))
        .then(pl.lit("open"))
        .when(kind.is_in(["lsm_40", "security_4634"]))
        .then(pl.lit("drop"))
        .when(kind == "sysmon_1")
        .then(pl.lit("process"))
    )


def _numbered(every: pl.DataFrame) -> pl.DataFrame:
    """Each event's instance: one begins at an opening event after the last one was closed.

    A `drop` closes only what nothing has confirmed. After it the same instance goes on if the same
    connection speaks (a client that left before its desktop was made), another begins with
    another connection's ActivityID or with a second DWM-n. LSM logs 41 and 21 once in the life of
    a local session, so a second one begins another whose predecessor's end was lost.
    """
    of = ["boot", "ts_id"]
    mark = C("mark")

    def latest(value: pl.Expr) -> pl.Expr:
        return value.forward_fill().over(of).shift(1).over(of)

    state = every.with_columns(
        settled=latest(
            pl.when(mark.is_in(["confirm", "process"]))
            .then(pl.lit("confirm"))
            .when(mark == "close")
            .then(mark)
        ),
        alive=latest(
            pl.when(mark.is_in(["open", "confirm", "process"]))
            .then(pl.lit("open"))
            .when(mark == "close")
            .then(mark)
        ),
        spoke=latest(C("activity_id")),
        companion_at=latest(pl.when(C("kind") == "security_4624").then(C("ord"))),
        closed_at=latest(pl.when(mark == "close").then(C("ord"))),
        confirmed_us=latest(pl.when(mark.is_in(["confirm", "process"])).then(C("time_us"))),
        confirmed_at=latest(pl.when(mark.is_in(["confirm", "process"])).then(C("ord"))),
        asked_at=latest(pl.when(C("kind") == "lsm_41").then(C("ord"))),
        named=latest(C("sam")),
    ).with_columns(
        step=pl.when(mark.is_in(["open", "confirm"]))
        .then(pl.lit("open"))
        .when(mark == "close")
        .then(pl.lit("close"))
        .when(
            (mark == "drop")
            & (C("settled") != "confirm").fill_null(value=True)
            & (C("alive") != "close").fill_null(value=True)  # the tail of a logoff (R3.4)
        )
        .then(pl.lit("drop"))
    )
    before = latest(C("step"))
    another = (C("activity_id") != C("spoke")) | (
        (C("kind") == "security_4624")
        & (C("companion_at") > C("closed_at").fill_null(-1)).fill_null(value=False)
    )
    anew = (
        C("kind").is_in(["lsm_41", "lsm_21"])
        & (C("settled") == "confirm")
        & (
            (C("time_us") - C("confirmed_us") > ONE_LOGON_US)
            | (C("sam") != C("named")).fill_null(value=False)
        )
        & (
            (C("kind") == "lsm_41")
            | (C("asked_at") < C("confirmed_at")).fill_null(value=True)
        )
    ).fill_null(value=False)
    begins = (C("step") == "open") & (
        (before == "close") | ((before == "drop") & another.fill_null(value=False)) | anew
    )
    return (
        state.with_columns(begins=begins.fill_null(value=False))
        .with_columns(ordinal=C("begins").cast(pl.Int64).cum_sum().over(of) + 1)
        .select("boot", "ts_id", "ordinal", "ord", "time_us", "kind", "mark")
    )


def desktop_skeletons(events: pl.DataFrame, marked: pl.DataFrame) -> pl.DataFrame:
    """One row an instance of a TS session id, from its own events alone.

    Where LSM names no user, the name is that which the SID of its other events bears.
    """
    own = marked.join(
        events.select("ord", "target_user", "target_domain", "target_sid", "writer_sid", "sam"),
        on="ord",
        how="left",
    ).sort(*KEY, "ord")
    kind, mark = C("kind"), C("mark")
    lsm = kind.is_in(["lsm_21", "lsm_22", "lsm_23", "lsm_24", "lsm_25", "lsm_41", "lsm_42"])

    def at(column: str, condition: pl.Expr) -> pl.Expr:
        return C(column).filter(condition).first()

    opening = kind.is_in([*OPENS, "lsm_21"]) & (kind != "core_66") & (kind != "core_72")
    return own.group_by(KEY, maintain_order=True).agg(
        first_ord=C("ord").first(),
        first_us=C("time_us").first(),
        last_ord=C("ord").last(),
        last_us=C("time_us").last(),
        established=(mark.is_in(["confirm", "process"])).any()
        | (~(mark == "open").any() & kind.is_in(ENDED_LIFE).any()),
        confirmed=(mark == "confirm").any()
        | (~(mark == "open").any() & kind.is_in(ENDED_LIFE).any()),
        by_system=kind.is_in(["winlogon_7001", "winlogon_7002", "profile_1", "profile_4"]).any(),
        by_lsm=lsm.any(),
        logon_us=at("time_us", kind == "lsm_21"),
        logon_ord=at("ord", kind == "lsm_21"),
        notice_us=pl.coalesce(
            at("time_us", kind == "winlogon_7001"), at("time_us", kind == "profile_1")
        ),
        notice_ord=pl.coalesce(at("ord", kind == "winlogon_7001"), at("ord", kind == "profile_1")),
        opening_us=at("time_us", opening),
        opening_ord=at("ord", opening),
        made_us=at("time_us", mark == "open"),
        off_us=pl.coalesce(
            at("time_us", kind == "lsm_23"),
            at("time_us", kind == "winlogon_7002"),
            at("time_us", mark == "close"),
        ),
        off_ord=pl.coalesce(
            at("ord", kind == "lsm_23"),
            at("ord", kind == "winlogon_7002"),
            at("ord", mark == "close"),
        ),
        dropped_us=C("time_us").filter(mark == "drop").last(),
        dropped_ord=C("ord").filter(mark == "drop").last(),
        sid=pl.coalesce(
            at("target_sid", kind.is_in(["winlogon_7001", "winlogon_7002"])),
            at("target_sid", mark == "confirm"),
            C("writer_sid")
            .filter(kind.is_in(["profile_1", "profile_2", "profile_3", "profile_4"]))
            .filter(~C("writer_sid").filter(
                kind.is_in(["profile_1", "profile_2", "profile_3", "profile_4"])
            ).str.contains(r"^S-1-5-(18|19|20)$"))
            .first(),
        ),
        sam=C("sam").filter(lsm).drop_nulls().first(),
        user=account(C("target_domain"), C("target_user")).filter(lsm).drop_nulls().first(),
    ).join(sam_by_sid(events), on="sid", how="left", maintain_order="left").with_columns(
        sam=pl.coalesce("sam", "known_sam")
    ).drop("known_sam")
