"""What an event of the logs tells of who did it: LUID, desktop, account, process, path.

The LUID is the target's before the subject's: WMI and WinRM start processes in the name of a
service and hand them the caller's token.
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity import accounts
from graphsess.derive.activity.shapes import CLUES

C = pl.col
OF_WRITER = ("powershell_4103", "powershell_4104", "powershell_400", "services_7045",
             "eventlog_104", "wmi_5860", "wmi_5861")
"""Kinds that are written in the name of who did it: System/Security/@UserID."""
OF_TARGET = ("wmi_5860", "wmi_5861", "tasks_106", "tasks_140", "tasks_141")
"""Kinds whose account is the one that did it, though they name it as the target."""
OF_WRITING_PROCESS = ("powershell_4103", "powershell_4104", "powershell_400")
OF_NAMED_PROCESS = (
    "security_4688", "eventlog_104", "security_4697", "security_4698", "security_4699",
    "security_4702", "security_4657", "security_4660", "security_4663", "security_4673",
    "security_4674", "security_4798", "security_4799", "security_5379",
)
CONTEXT_USER = r"\bUser = ([^\r\n=]+?)\s*(?:[\r\n]|Connected User =|$)"
"""How PowerShell 4103 names its user in ContextInfo."""
SYSTEMS_OWN = ("tasks_129", "tasks_200")
"""Kinds that the system itself writes, whoever is behind them."""


def by_sysmon() -> pl.Expr:
    """True for Sysmon's events, which name a process by a ProcessGuid of its own."""
    return C("kind").cast(pl.String).str.starts_with("sysmon_")


def process_id_of() -> pl.Expr:
    """The number of the process that did it, by what the event is: named in it, or its writer."""
    return (
        pl.when(by_sysmon() | C("kind").is_in(OF_NAMED_PROCESS))
        .then("process_id")
        .when(C("kind").is_in(OF_WRITING_PROCESS) & (C("writer_pid") > 0))
        .then("writer_pid")
    )


def clues_of(events: pl.DataFrame) -> pl.DataFrame:
    """Schema CLUES, one row an event.

    Args:
        events: With `n`, `place` and `at`.
    """
    kind = C("kind")
    by_target = kind.is_in(OF_TARGET)
    sid = pl.coalesce(
        "actor_sid",
        pl.when(by_target).then("target_sid"),
        pl.when(kind.is_in(OF_WRITER)).then("writer_sid"),
    )
    spoken = pl.when(kind == "powershell_4103").then(C("detail").str.extract(CONTEXT_USER, 1))
    known = C("actor_user").is_not_null()
    name = pl.when(known).then("actor_user").when(by_target).then("target_user").otherwise(spoken)
    realm = (
        pl.when(known)
        .then(accounts.label(C("actor_domain")))
        .when(by_target)
        .then(accounts.label(C("target_domain")))
        .otherwise(accounts.realm_of(spoken))
    )
    spelled = name.str.to_uppercase().str.extract(r"^(S-1-[\d-]+)$", 1)
    found = events.with_columns(
        sid=pl.coalesce(sid, spelled),
        sam=pl.when(spelled.is_null()).then(accounts.sam_of(name)),
        realm=realm,
        luid=pl.coalesce("target_luid", "actor_luid"),
    )
    nobody = C("sid").is_null() & C("sam").is_null() & C("luid").is_null()
    by_path = nobody & accounts.profile_in(C("object")).is_not_null()
    return found.with_columns(
        sam=pl.when(by_path).then(accounts.profile_in(C("object"))).otherwise("sam"),
        by_path=by_path,
        width_us=pl.lit(0, pl.Int64),
        machine=kind.is_in(SYSTEMS_OWN),
        logon_guid=pl.lit(value=False),
        process=pl.lit(None, pl.Int64),
        ts_id=pl.when(C("ts_id") > 0).then("ts_id"),
    ).select([C(column).cast(dtype) for column, dtype in CLUES.items()])
