"""Command lines that reach for another computer: which tool, and where it names the target.

Rule R8.2 E6. Patterns are for a linear-time engine; each captures a host name or an address.
"""

from __future__ import annotations

import polars as pl

C = pl.col
_HOST = r"[\"']?([A-Za-z0-9_][A-Za-z0-9_.\-]*)"
_UNC = r"\\\\" + _HOST

TOOLS: tuple[tuple[str, str], ...] = (
    (r"mstsc", r"(?i)/v:\s*" + _HOST),
    (r"(?:ps|pa)exec(?:64|svc)?|remcom|csexec|winexe", _UNC),
    (r"wmic", r"(?i)/node:\s*" + _HOST),
    (r"winrs", r"(?i)[-/]r(?:emote)?:\s*(?:https?://)?" + _HOST),
    (r"ssh|plink", r"(?i)(?:\s|@)(?:-l\s+\S+\s+)?(?:[^\s@\-]\S*@)" + _HOST),
    (r"ssh|plink",
     r"(?i)(?:ssh|plink)(?:\.exe)?[\"']?\s+(?:-[a-z]\s+\d+\s+)*" + _HOST + r"(?:\s|$)"),
    (r"scp|sftp|pscp|psftp", r"(?i)(?:\s|@)([A-Za-z0-9_][A-Za-z0-9_.\-]+):"),  # no drive letter
    (r"schtasks|tasklist|taskkill|systeminfo|driverquery|qprocess|query|quser|qwinsta",
     r"(?i)\s/s(?:erver)?[:\s]\s*" + _HOST),
    (r"at|sc|reg|shutdown|net1?|xcopy|robocopy|wevtutil|psservice|pslist|psloggedon", _UNC),
    (r"wevtutil", r"(?i)/r(?:emote)?:\s*" + _HOST),
    (r"shutdown", r"(?i)/m\s+\\\\" + _HOST),
    (r"powershell|pwsh", r"(?i)-(?:computername|cn|hostname)[:\s]\s*" + _HOST),
)
"""Program (a pattern for its whole name without `.exe`) and the pattern of its target."""


_ANY = rf"^(?:{'|'.join(sorted({name for name, _ in TOOLS}))})$"


def is_tool(process: pl.Expr) -> pl.Expr:
    """True for the programs that `target_of` knows."""
    return _program(process).str.contains(_ANY).fill_null(value=False)


def target_of(process: pl.Expr, command_line: pl.Expr) -> pl.Expr:
    """The host that a process was told to reach, as typed; null where it names none."""
    program = _program(process)
    return pl.coalesce(
        pl.when(program.str.contains(rf"^(?:{name})$")).then(command_line.str.extract(found, 1))
        for name, found in TOOLS
    )


def _program(process: pl.Expr) -> pl.Expr:
    return process.str.to_lowercase().str.extract(r"([^\\/]+?)(?:\.exe)?$", 1)
