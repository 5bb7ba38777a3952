"""In which session something was done, by the logon it ran under or by the account alone.

Events:  any event with a logon ID, a SID or an account name
Key:     (boot, LUID), or (boot, account) over time
Order:   by the host's order of events
Limits:  after a session's end its desktop may still work: what runs then is the last session's,
         marked `after`, never the next one's
See:     rules R7.1 (1), R7.2, R7.5
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import inside

C = pl.col
EVER_US = 2**62
INTERACTIVE = ("console", "rdp", "runas", "ssh", "winrm")
SPANS = ("start_us", "end_us")


def under_logon(marks: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Marks that ran under a session's logon: key, session, after.

    A desktop's logon outlives a disconnect, so several sessions share one LUID: the last that had
    begun by then, else the first.

    Args:
        marks: key, boot, luid, ord, time_us.
        sessions: Table `sessions` of one host.
    """
    lists = ("luids", "byproduct_luids", "companion_luids")
    owned = pl.concat(
        [
            sessions.select(
                "boot", "first_ord", "end_us", luid=name, session="id", rank=pl.lit(rank)
            ).explode("luid")
            for rank, name in enumerate(lists)
        ]
    ).filter(C("luid").is_not_null())
    nearest = owned.filter(C("rank") == C("rank").min().over("boot", "luid"))
    asked = marks.filter(C("luid").is_not_null()).select("key", "boot", "luid", "ord", "time_us")
    begun = _neighbour(asked, nearest, "backward")
    early = _neighbour(asked.join(begun, on="key", how="anti"), nearest, "forward")
    return pl.concat([begun, early]).sort("key")


def _neighbour(asked: pl.DataFrame, owned: pl.DataFrame, strategy: str) -> pl.DataFrame:
    found = asked.sort("ord", "key").join_asof(
        owned.sort("first_ord", "session"), left_on="ord", right_on="first_ord",
        by=["boot", "luid"], strategy=strategy,  # type: ignore[arg-type]
        check_sortedness=False,
    )
    return found.filter(C("session").is_not_null()).select(
        "key", "session",
        after=(C("time_us") > C("end_us")).fill_null(value=False),
    )


def of_account(marks: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Marks with every interactive session of their account that was open: key, session, after.

    Where none was open, the one that ended last before: its desktop may still work.

    Args:
        marks: key, boot, account, time_us; `account` as `account_keys` makes it.
        sessions: Table `sessions` of one host.
    """
    spans = account_keys(
        sessions.filter(
            C("kind").is_in(INTERACTIVE) & (C("outcome") == "established")
        ).select(
            "boot", "sid", "user", session="id",
            start_us=pl.coalesce("session_us", "start_us", "start_latest_us"),
            end_us=C("end_us").fill_null(EVER_US), over_us="end_us",
        )
    ).filter(C("start_us").is_not_null())
    asked = marks.filter(C("account").is_not_null()).select("key", "boot", "account", "time_us")
    if spans.is_empty() or asked.is_empty():
        return asked.select(
            "key", session=pl.lit(None, pl.String), after=pl.lit(value=False)
        ).clear()
    on = ["boot", "account"]
    held = inside(spans, asked, on=on, span=SPANS, time="time_us").select(
        "key", "session", after=pl.lit(value=False)
    )
    last = (
        asked.join(held, on="key", how="anti")
        .sort("time_us", "key")
        .join_asof(
            spans.filter(C("over_us").is_not_null()).sort("over_us", "session"),
            left_on="time_us", right_on="over_us", by=on, strategy="backward",
            check_sortedness=False,
        )
        .filter(C("session").is_not_null())
        .select("key", "session", after=pl.lit(value=True))
    )
    return pl.concat([held, last]).unique().sort("key", "session")


def account_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows once for their SID and once for their bare account name, as `account`."""
    by_sid = rows.with_columns(account=C("sid"))
    by_name = rows.with_columns(account=bare_name(C("user")))
    return pl.concat([by_sid, by_name]).filter(C("account").is_not_null())


def bare_name(user: pl.Expr) -> pl.Expr:
    r"""`REALM\\name` or `name@realm` → the account's name alone, in lower case."""
    return user.str.to_lowercase().str.extract(r"([^\\]+)$", 1).str.split("@").list.first()
