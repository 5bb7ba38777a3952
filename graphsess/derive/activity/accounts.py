"""Accounts as artefacts name them, for comparing: by SID, by name, by the folder of a profile."""

from __future__ import annotations

import polars as pl

from graphsess.resolve.identities import sam_of

C = pl.col
SERVICE_SID = r"^S-1-5-(?:18|19|20|6|80-.*|82-.*|90-.*|96-.*|111-.*)$"
SERVICE_NAMES = (
    "system", "local service", "network service", "localservice", "networkservice",
    "systemprofile",
)
SERVICE_NAME = r"^(?:dwm|umfd)-\d+$|\$$"
NOBODY = ("public", "default", "default user", "all users", "default.migrated", "desktop.ini")
"""Folders beside the profiles that are nobody's."""
PROFILE = (
    r"(?i)(?:^|[\\/])(?:Users|Documents and Settings)[\\/]+([^\\/:*?\"<>|]+)(?:[\\/]|$)"
)
SYSTEM_PROFILE = (
    r"(?i)[\\/](?:config[\\/]+(systemprofile)|ServiceProfiles[\\/]+(LocalService|NetworkService))"
)
SID_IN_PATH = r"(?i)(?:^|[\\/])(S-1-5-21(?:-\d+){4})(?:_Classes)?(?:[\\/]|$)"


def realm_of(user: pl.Expr) -> pl.Expr:
    """The first label of the realm in lower case: `LAB`, `lab` and `lab.example` are one (N7)."""
    return label(
        pl.coalesce(user.str.extract(r"^([^\\]+)\\", 1), user.str.extract(r"@([^@\\]+)$", 1))
    )


def label(realm: pl.Expr) -> pl.Expr:
    """The first label of a realm in lower case; a workgroup is none."""
    first = realm.str.to_lowercase().str.strip_chars().str.extract(r"^([^.]+)", 1)
    return pl.when(~first.is_in(["workgroup", "mshome"])).then(first)


def is_service(sid: pl.Expr, sam: pl.Expr) -> pl.Expr:
    """True for SYSTEM, services and machine accounts: what they do may be anybody's doing."""
    by_name = sam.is_in(SERVICE_NAMES) | sam.str.contains(SERVICE_NAME)
    return pl.when(sid.is_not_null()).then(
        sid.str.contains(SERVICE_SID) | sam.str.ends_with("$").fill_null(value=False)
    ).otherwise(by_name).fill_null(value=False)


def profile_in(path: pl.Expr) -> pl.Expr:
    """The account whose profile a path lies in, by the folder's name; null for nobody's."""
    folder = pl.coalesce(
        path.str.extract(PROFILE, 1),
        path.str.extract(SYSTEM_PROFILE, 1),
        path.str.extract(SYSTEM_PROFILE, 2),
    ).str.to_lowercase()
    return pl.when(~folder.is_in(NOBODY)).then(folder)


def sid_in(path: pl.Expr) -> pl.Expr:
    """The SID that a path names: a recycle bin, a hive under HKEY_USERS."""
    return path.str.extract(SID_IN_PATH, 1).str.to_uppercase()


def without_suffix(folder: pl.Expr) -> pl.Expr:
    """`bob.LAB` and `bob.LAB.000` are profile folders of `bob` where that name is taken."""
    return folder.str.replace(r"\.[^.]+(?:\.\d{3})?$", "")


__all__ = [
    "is_service", "label", "profile_in", "realm_of", "sam_of", "sid_in", "without_suffix",
]
