"""Who is who on one host: accounts by SID, one spelling for each, and the class of an account.

Names are compared without case and by their account part only, and only where no exact key joins
two events: the same user is `THESHIRE\\ann`, `ann@theshire.local` and `ann` in three channels.
"""

from __future__ import annotations

import polars as pl

C = pl.col
SYSTEM_SIDS = ("S-1-5-18", "S-1-5-19", "S-1-5-20")
ANONYMOUS_SID = "S-1-5-7"
COMPANION_SID = r"^S-1-5-9[06]-(?:0-)?\d+$"  # Window Manager and Font Driver Host
VIRTUAL_SID = r"^S-1-5-(?:80|82|111)-"  # services, application pools, sshd's own
INTERACTIVE_TYPES = (2, 7, 10, 11, 12, 13)


def with_sam(events: pl.DataFrame) -> pl.DataFrame:
    """Events with `sam`, the target account's name for comparing."""
    return events.with_columns(sam=C("target_user").str.to_lowercase())


def names_by_sid(events: pl.DataFrame) -> pl.DataFrame:
    """SID → `name` (REALM\\user) as logged most often, a NetBIOS realm before a DNS one (N7)."""
    target = events.select(
        sid=C("target_sid"), user=C("target_user"), realm=C("target_domain"), at=C("ord")
    )
    actor = events.select(
        sid=C("actor_sid"), user=C("actor_user"), realm=C("actor_domain"), at=C("ord")
    )
    return (
        pl.concat([target, actor])
        .filter(C("sid").is_not_null() & C("user").is_not_null())
        .group_by("sid", "user", "realm")
        .agg(times=pl.len(), at=C("at").max())
        .with_columns(dotted=C("realm").str.contains(".", literal=True).fill_null(value=True))
        .sort(
            "sid", "dotted", "times", "at", "user", descending=[False, False, True, True, False]
        )
        .unique("sid", keep="first", maintain_order=True)
        .select("sid", name=account(C("realm"), C("user")))
    )


def account(realm: pl.Expr, user: pl.Expr) -> pl.Expr:
    """`REALM\\user`, or the bare name where no realm is logged."""
    return pl.when(realm.is_null()).then(user).otherwise(pl.concat_str(realm, pl.lit("\\"), user))


def sam_of(user: pl.Expr) -> pl.Expr:
    r"""`REALM\\name` or `name@realm` → the account's own name in lower case; null for none."""
    plain = pl.when(user.str.contains("\\", literal=True)).then(
        user.str.extract(r"([^\\]*)$", 1)
    ).otherwise(user.str.extract(r"^([^@]*)", 1))
    name = plain.str.to_lowercase().str.strip_chars()
    return pl.when(name != "").then(name)


def sid_by_sam(events: pl.DataFrame) -> pl.DataFrame:
    """Name → the one SID that bears it on the host; names of several accounts are left out."""
    return (
        _named(events)
        .group_by("sam")
        .agg(sid=C("target_sid").unique())
        .filter(C("sid").list.len() == 1)
        .select("sam", known_sid=C("sid").list.first())
        .sort("sam")
    )


def sam_by_sid(events: pl.DataFrame) -> pl.DataFrame:
    """SID → the one name that it bears on the host; those of several names are left out."""
    return (
        _named(events)
        .group_by(sid="target_sid")
        .agg(known_sam=C("sam").unique())
        .filter(C("known_sam").list.len() == 1)
        .select("sid", C("known_sam").list.first())
        .sort("sid")
    )


def _named(events: pl.DataFrame) -> pl.DataFrame:
    """Each SID with each name that it bears, but for companions."""
    return (
        events.select("target_sid", "sam")
        .drop_nulls()
        .unique()
        .filter(~C("target_sid").str.contains(COMPANION_SID))
    )


def own_names(events: pl.DataFrame) -> list[str]:
    """The host's own short names, in lower case."""
    names = events["computer"].drop_nulls().str.to_lowercase().str.split(".").list.first()
    return names.unique().sort().to_list()


def dollar_users(events: pl.DataFrame) -> list[str]:
    """Account names that end in `$` and are no machine: made by a person in these logs (4720)."""
    made = events.filter((C("kind") == "security_4720") & C("sam").str.ends_with("$"))
    return made["sam"].unique().sort().to_list()


def unmasked(frame: pl.DataFrame, own: list[str], made: list[str]) -> pl.DataFrame:
    """Machine accounts that are none: of the host's own SAM, or created in the logs.

    Args:
        frame: With `class`, `user` (REALM\\name) and `sam`.
        own: The host's own short names, in lower case.
        made: From `dollar_users`.
    """
    realm = C("user").str.to_lowercase().str.extract(r"^(.+)\\", 1)
    local = realm.is_in(own) & ~C("sam").is_in([f"{name}$" for name in own])
    return frame.with_columns(
        pl.when(
            (C("class") == "machine")
            & (local.fill_null(value=False) | C("sam").is_in(made).fill_null(value=False))
        )
        .then(pl.lit("user"))
        .otherwise("class")
        .alias("class")
    )


def account_class(sid: pl.Expr, sam: pl.Expr, logon_type: pl.Expr | None = None) -> pl.Expr:
    """user, machine, anonymous, service or system.

    A `$` name that logs on at a desktop is a user in disguise, not a machine.
    """
    desktop = (
        logon_type.is_in(INTERACTIVE_TYPES).fill_null(value=False)
        if logon_type is not None
        else pl.lit(value=False)
    )
    return (
        pl.when(sid.is_in(SYSTEM_SIDS))
        .then(pl.lit("system"))
        .when((sid == ANONYMOUS_SID) | (sam == "anonymous logon"))
        .then(pl.lit("anonymous"))
        .when(sid.str.contains(COMPANION_SID) | sid.str.contains(VIRTUAL_SID))
        .then(pl.lit("service"))
        .when(sam.str.contains(r"^(?:dwm|umfd)-\d+$|^sshd_\d+$"))
        .then(pl.lit("service"))
        .when(sam.str.ends_with("$") & ~desktop)
        .then(pl.lit("machine"))
        .otherwise(pl.lit("user"))
    )
