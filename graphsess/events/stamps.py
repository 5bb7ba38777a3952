"""Times that Windows and Sysmon hide in GUIDs: the boot's, and a logon's."""

from __future__ import annotations

import polars as pl

_EPOCH_1601_US = 11_644_473_600_000_000
_FIRST_US = 1_104_537_600_000_000
_LAST_US = 4_102_444_800_000_000
"""2005 to 2100: what is a plausible boot; a random GUID hardly ever is one."""


def boot_stamp() -> pl.Expr:
    """The boot's time inside the ActivityID of Security records, in microseconds; else null.

    On Windows 10, Server 2016 and later the last eight bytes are a FILETIME, little-endian: the
    kernel's boot time plus up to 2 s and a small counter. Random GUIDs of older builds give no
    plausible time and so null. Expects `activity_id` and `channel` normalised.
    """
    stamp = _little_endian(pl.col("activity_id").str.replace_all("-", ""), 16, 8) // 10
    stamp -= _EPOCH_1601_US
    plausible = (pl.col("channel").str.to_lowercase() == "security") & stamp.is_between(
        _FIRST_US, _LAST_US
    )
    return pl.when(plausible).then(stamp).alias("boot_stamp_us")


def sysmon_start() -> pl.Expr:
    """The start of a logon session inside Sysmon's LogonGuid, in microseconds; else null.

    Data2 and Data3 are the low and high half of a Unix time; Data4 is the LUID as eight bytes
    little-endian, or `00 00 00 20` and four bytes. The LUID must be `actor_luid`.
    """
    digits = pl.col("sysmon_logon").str.replace_all("-", "")
    seconds = (digits.str.slice(12, 4) + digits.str.slice(8, 4)).str.to_integer(
        base=16, strict=False
    )
    older = digits.str.slice(16, 8) == "00000020"
    luid = (
        pl.when(older).then(_little_endian(digits, 24, 4)).otherwise(_little_endian(digits, 16, 8))
    )
    holds = (seconds > 0) & (luid == pl.col("actor_luid"))
    return pl.when(holds).then(seconds * 1_000_000).alias("sysmon_start_us")


def _little_endian(digits: pl.Expr, start: int, size: int) -> pl.Expr:
    """Bytes of a hexadecimal text, least first, as int64; null where they do not fit."""
    turned = pl.concat_str([digits.str.slice(start + 2 * i, 2) for i in reversed(range(size))])
    return turned.str.to_integer(base=16, strict=False)
