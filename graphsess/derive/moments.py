"""When each access began, was authenticated, came to its desktop, and ended.

Events:  all that are linked to the access, by role and kind
Key:     access
Order:   the ladders of rules R5.3 and R5.4: the first that exists
Limits:  an end that no event tells is inferred with its bounds, or stays open
See:     rules R5.3-R5.5, R4.6
"""

from __future__ import annotations

import polars as pl

from graphsess.settings import Settings

C = pl.col
CONTACT = ("core_131", "rcm_261", "ssh_4")
BEGINS = ("AUTH_OK", "AUTH_FAIL", "NLA_PRECURSOR", "SESSION_CREATE", "LINKED_TOKEN", "RECONNECT",
          "ARBITRATION", "SHELL_START")
ENDS = (
    ("lsm_23",), ("lsm_24",), ("lsm_40",), ("security_4779",), ("winlogon_7002",),
    ("security_4647",), ("core_103", "core_102"), ("ssh_4",),
)
OFF_REASONS = (12, 2)
TAKEN_OVER = 5


def moments(links: pl.DataFrame) -> pl.DataFrame:
    """Access → the times that its linked events give, one row each.

    Args:
        links: With `time_us`, `kind`, `reason`, `era` of each event, sorted by (access, ord).
    """
    kind, role, at = C("kind"), C("role"), C("time_us")
    timed = at.is_not_null()  # a record without a time tells of none

    def first(condition: pl.Expr) -> pl.Expr:
        return at.filter(condition & timed).first()

    session = first(
        kind.is_in(["lsm_21", "lsm_25"]) & role.is_in(["SESSION_CREATE", "RECONNECT"])
    )
    stands = (C("how") != "cancelled").fill_null(value=True)
    off = (
        kind.is_in(["lsm_23", "winlogon_7002", "security_4647"])
        | ((kind == "lsm_40") & C("reason").is_in(OFF_REASONS))
    ) & role.is_in(["LOGOFF_DONE", "LOGOFF_INIT", "DISCONNECT"]) & stands
    ending = role.is_in(["DISCONNECT", "LOGOFF_DONE", "LOGOFF_INIT"]) & stands
    return links.group_by("access", maintain_order=True).agg(
        first_us=first(timed),
        contact_us=at.filter(kind.is_in(CONTACT) & (role == "CONNECT")).min(),
        begin_us=at.filter(role.is_in(BEGINS)).min(),
        auth_us=pl.coalesce(
            first(kind.is_in(["rcm_1149", "ssh_4"]) & (role == "AUTH_OK")),
            first((kind == "security_4624") & role.is_in(["NLA_PRECURSOR", "SESSION_CREATE"])),
        ),
        session_us=session,
        failed_us=first(role == "AUTH_FAIL"),
        failed_last_us=at.filter((role == "AUTH_FAIL") & timed).last(),
        off_us=at.filter(off & timed),
        taken_over=(
            (kind == "lsm_40") & (role == "DISCONNECT") & (C("reason") == TAKEN_OVER)
        ).any(),
        takes_over=(role == "DISPLACED_BY").any(),
        reasons=C("reason").filter((kind == "lsm_40") & (role == "DISCONNECT")),
        reason_us=at.filter((kind == "lsm_40") & (role == "DISCONNECT")),
        by_session=((kind == "lsm_39") & (role == "DISCONNECT")).any(),
        precursor_gone_us=at.filter(
            (kind == "security_4634") & (role == "DISCONNECT") & timed
        ).last(),
        destroyed_us=at.filter((kind == "security_4634") & (role == "LOGOFF_DONE")).max(),
        destroyed=((kind == "security_4634") & (role == "LOGOFF_DONE")).sum(),
        opened=((kind == "security_4624") & (role == "SESSION_CREATE")).sum(),
        first_era=C("era").filter(role.is_in([*BEGINS, "CONNECT"])).first(),
        **{
            f"end_{place}": first(kind.is_in(list(kinds)) & ending)
            for place, kinds in enumerate(ENDS)
        },
        **{
            f"end_{place}_era": C("era").filter(kind.is_in(list(kinds)) & ending & timed).first()
            for place, kinds in enumerate(ENDS)
        },
    )


def with_times(accesses: pl.DataFrame, told: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Accesses with outcome, start, auth, session, end, and how the end is known."""
    joined = accesses.join(told, left_on="id", right_on="access", how="left")
    desk = (
        C("local").is_not_null()
        | (C("connection").is_not_null() & (C("kind") != "ssh"))
        | C("kind").is_in(["console", "rdp"])
    )
    outcome = C("reached").replace_strict(
        {
            "failed": "failed",
            "denied": "denied",
            "authenticated": "authenticated_no_shell",
            "authenticated_unseen": "authenticated",
            "established": "established",
        }
    )
    known = C("opened_by") != "before_coverage"
    failed = C("reached") == "failed"
    timed = joined.with_columns(
        outcome=outcome,
        desk=desk,
        start_us=pl.when(failed)
        .then(pl.coalesce("failed_us", "first_us"))
        .when(known)
        .then(pl.coalesce("contact_us", "begin_us", "first_us")),
    ).with_columns(
        start_latest_us=pl.coalesce("start_us", "contact_us", "begin_us", "first_us"),
    )
    return _ended(timed, settings)


def _ended(timed: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The end ladder (R5.4), then what can be inferred (R5.5), else open."""
    failed = C("outcome").is_in(["failed", "denied"])
    brief = C("outcome") == "authenticated_no_shell"
    told = pl.coalesce(*[f"end_{place}" for place in range(len(ENDS))])
    era = pl.coalesce(*[f"end_{place}_era" for place in range(len(ENDS))])
    first_cut = pl.coalesce("end_2", "end_1", "end_6", "precursor_gone_us")
    network = ~C("desk") & ~failed
    last = pl.max_horizontal("destroyed_us", "last_seen_us")
    by_precursor = (
        C("precursor_gone_us").is_not_null()
        & ~C("lsm_covers")
        & ~C("core_covers")
        & ~(C("last_seen_us") > C("precursor_gone_us")).fill_null(value=False)
    )
    bound = pl.min_horizontal("next_on_local_us", "boot_end_us", "successor_us")
    gone = C("desk") & ~failed & ~brief
    return (
        timed.with_columns(
            told_us=pl.when(failed)
            .then(
                pl.when(C("outcome") == "failed").then("start_us").otherwise(
                    pl.coalesce("end_2", "end_6", "failed_last_us", "start_us")
                )
            )
            .when(brief)
            .then(first_cut)
            .when(gone)
            .then(told)
            .when(C("kind") == "ssh")
            .then(pl.coalesce("end_7", "destroyed_us")),
            end_era=pl.when(gone).then(era),
            bound_us=bound,
        )
        .with_columns(
            end_us=pl.when(failed | brief)
            .then("told_us")
            .when(gone)
            .then(
                pl.coalesce(
                    "told_us",
                    pl.when(by_precursor).then("precursor_gone_us"),
                    pl.when(C("destroyed_us").is_not_null() & C("local").is_not_null()
                            & ~C("lsm_covers")).then("destroyed_us"),
                    "bound_us",
                )
            )
            .otherwise(
                pl.when(C("kind") == "ssh")
                .then(pl.coalesce("told_us", last))
                .otherwise(last)
            ),
            end_kind=pl.when(failed | (brief & C("told_us").is_not_null()))
            .then(pl.lit("attempt_over"))
            .when(gone & C("told_us").is_not_null())
            .then(pl.lit("told"))
            .when(gone & (by_precursor | C("bound_us").is_not_null() | (
                C("destroyed_us").is_not_null() & C("local").is_not_null() & ~C("lsm_covers")
            )))
            .then(pl.lit("inferred"))
            .when((gone | brief) & C("lost_from_us").is_not_null())
            .then(pl.lit("unobserved"))
            .when(gone | brief)
            .then(pl.lit("open_at_end_of_log"))
            .when(C("destroyed_us").is_not_null() | (
                (C("kind") == "ssh") & C("told_us").is_not_null()
            ))
            .then(pl.lit("closed"))
            .when(C("last_seen_us").is_not_null() & (C("kind") != "service"))
            .then(pl.lit("inferred"))
            .when(C("kind").is_in(["service", "batch", "runas"]))
            .then(
                pl.when(C("boot_end_us").is_not_null())
                .then(pl.lit("inferred"))
                .otherwise(pl.lit("open_at_end_of_log"))
            )
            .otherwise(pl.lit("unobserved")),
            network=network,
        )
        .with_columns(
            end_us=pl.when(C("end_us").is_null() & (C("end_kind") == "inferred"))
            .then("boot_end_us")
            .when(C("end_kind") != "open_at_end_of_log")
            .then("end_us")
        )
        .with_columns(_kind_of_end(settings), _reason(settings))
        .with_columns(
            end_earliest_us=pl.when(C("end_kind") == "inferred")
            .then(
                pl.when(C("last_seen_us") <= C("end_us"))
                .then("last_seen_us")
                .when(C("last_seen_us") > C("end_us"))
                .then("end_us")
                .otherwise(pl.coalesce("session_us", "auth_us", "start_us", "start_latest_us"))
            )
            .when(C("end_us").is_null())
            .then(
                pl.coalesce("last_seen_us", "session_us", "auth_us", "start_us", "start_latest_us")
            )
            .otherwise("end_us"),
            end_latest_us=pl.when(C("end_kind") == "inferred")
            .then(pl.coalesce("bound_us", pl.when("desk").then("end_us")))
            .when(C("end_us").is_null())
            .then("bound_us")
            .otherwise("end_us"),
            start_earliest_us=pl.coalesce("start_us", "begun_after_us"),
        )
    )


def _kind_of_end(settings: Settings) -> pl.Expr:
    """A told end is a logoff if a sign of logoff lies beside it, else a disconnect."""
    return (
        pl.when(C("end_kind") == "told")
        .then(pl.when(_logged_off(settings)).then(pl.lit("logoff")).otherwise(
            pl.lit("disconnect")
        ))
        .otherwise("end_kind")
        .alias("end_kind")
    )


def _logged_off(settings: Settings) -> pl.Expr:
    """A sign of logoff lies beside the end."""
    near = settings.us("end")
    first = (C("off_us").list.min() - C("end_us")).abs()
    last = (C("off_us").list.max() - C("end_us")).abs()
    return (pl.min_horizontal(first, last) <= near).fill_null(value=False)


def _reason(settings: Settings) -> pl.Expr:
    """Why it ended, as a code: what LSM 40 says of the own desktop, or what was inferred."""
    words = {
        0: "client_closed_or_network", 1: "api_disconnect", 2: "api_logoff", 3: "idle_limit",
        4: "time_limit", 5: "displaced", 6: "out_of_memory", 7: "denied", 9:
        "insufficient_privileges", 10: "fresh_credentials", 11: "user_disconnect", 12: "logoff",
    }
    code = C("reasons").list.first()
    spoken = code.replace_strict(words, default=None, return_dtype=pl.String)
    return (
        pl.when(C("end_kind") == "open_at_end_of_log")
        .then(None)
        .when(C("taken_over") & (C("end_kind") == "told"))
        .then(pl.lit("displaced"))
        .when(C("outcome").is_in(["failed", "denied"]))
        .then(pl.lit("attempt_over"))
        .when(C("flags").list.contains("redirected_by_broker"))
        .then(pl.lit("redirected_by_broker"))
        .when((C("end_kind") == "told") & _logged_off(settings))
        .then(
            pl.when(C("reasons").list.contains(2)).then(pl.lit("api_logoff")).otherwise(
                pl.lit("logoff")
            )
        )
        .when((C("end_kind") == "told") | (C("end_kind") == "attempt_over"))
        .then(
            pl.coalesce(
                spoken,
                pl.when(code.is_not_null()).then(pl.format("reason:{}", code)),
                pl.when(C("off_us").list.len() > 0).then(pl.lit("logoff")),
                pl.when(C("outcome") == "authenticated_no_shell").then(pl.lit("no_desktop")),
            )
        )
        .when(C("end_kind") == "closed")
        .then(pl.lit("closed"))
        .when(C("end_kind") == "unobserved")
        .then(pl.when("desk").then(pl.lit("lost_in_hole")))
        .when((C("end_kind") == "inferred") & ~C("desk"))
        .then(
            pl.when(C("last_seen_us").is_not_null())
            .then(pl.lit("last_activity"))
            .otherwise(_boot_word())
        )
        .when((C("end_kind") == "inferred") & (C("end_us") == C("precursor_gone_us")))
        .then(pl.lit("nla_end"))
        .when(
            (C("end_kind") == "inferred")
            & (C("end_us") == C("next_on_local_us")).fill_null(value=False)
        )
        .then(pl.lit("next_on_session"))
        .when(
            (C("end_kind") == "inferred")
            & (C("end_us") == C("successor_us")).fill_null(value=False)
        )
        .then(pl.lit("next_session"))
        .when((C("end_kind") == "inferred") & (C("end_us") == C("boot_end_us")))
        .then(_boot_word())
        .alias("end_reason")
    )


def _boot_word() -> pl.Expr:
    return C("boot_end_kind").replace_strict(
        {"clean": "shutdown", "restart_requested": "restart", "crash": "crash"},
        default="started_again",
        return_dtype=pl.String,
    )
