"""What an event of the logs did, in a few words: what its kind means, and the thing concerned."""

from __future__ import annotations

import polars as pl

from graphsess.catalogue import KINDS

C = pl.col
LONGEST = 300
"""Characters of the thing that are shown; the whole stands in the record's own fields."""

COMMAND = r"Command Name = ([^\r\n=]+?)\s*(?:[\r\n]|Command Type =)"
"""How PowerShell 4103 names its command in ContextInfo."""


def what(kind: pl.Expr) -> pl.Expr:
    """A few words on each event.

    Args:
        kind: The event's kind, a name of the catalogue; its normalised columns stand beside it.
    """
    says = {name: entry.says for name, entry in KINDS.items() if entry.activity}
    act = {name: entry.activity or "" for name, entry in KINDS.items() if entry.activity}
    words = kind.replace_strict(says, default=None, return_dtype=pl.String)
    thing = _thing(kind.replace_strict(act, default=None, return_dtype=pl.String))
    short = pl.when(thing.str.len_chars() > LONGEST).then(
        thing.str.slice(0, LONGEST) + "…"
    ).otherwise(thing)
    return pl.when(thing.is_null()).then(words).otherwise(pl.format("{}: {}", words, short))


def _thing(act: pl.Expr) -> pl.Expr:
    account = pl.when(C("target_domain").is_null()).then("target_user").otherwise(
        pl.concat_str("target_domain", pl.lit("\\"), "target_user")
    )
    peer = pl.concat_str(
        pl.coalesce("server", "other_address"), pl.lit(":"), C("other_port").cast(pl.String)
    )
    things: dict[str, pl.Expr] = {
        "process": pl.coalesce("command_line", "process"),
        "service": _both("object", "detail", " = "),
        "share": _both("object", "detail", "\\"),
        "account_change": pl.when(C("detail").is_null()).then(account).otherwise(
            pl.concat_str(account, pl.lit(", "), "detail")
        ),
        "file": pl.coalesce("object", "process"),
        "network": pl.coalesce(
            pl.concat_str("process", pl.lit(" to "), peer), peer, C("process")
        ),
        "name_lookup": C("server"),
        "powershell": pl.coalesce(
            C("detail").str.extract(COMMAND, 1), "detail", "object"
        ).str.replace_all(r"\s+", " "),
        "wmi": C("detail").str.replace_all(r"\s+", " "),
    }
    chosen = pl.coalesce("object", "process")
    for name, expression in things.items():
        chosen = pl.when(act == name).then(expression).otherwise(chosen)
    return chosen


def _both(one: str, other: str, sign: str) -> pl.Expr:
    return pl.when(C(other).is_null()).then(one).otherwise(
        pl.concat_str(C(one).fill_null("-"), pl.lit(sign), C(other))
    )
