"""From what a reader hands over to the event table: types, names, addresses, times, and a uid."""

from __future__ import annotations

import polars as pl

from graphsess.catalogue import COLUMNS, Form
from graphsess.events import forms
from graphsess.events.accounts import apart
from graphsess.events.parse import parsed
from graphsess.events.stamps import boot_stamp, sysmon_start
from graphsess.events.table import READ
from graphsess.events.uid import uids

LOCAL = "LOCAL"
"""Windows' word for "at this machine", kept in `verb` where null would say less."""

_TELLS_LOCAL = (
    "lsm_21",
    "lsm_22",
    "lsm_24",
    "lsm_25",
    "lsm_61",
    "security_4778",
    "security_4779",
)
_DOMAIN_OF = {
    "actor_user": "actor_domain",
    "target_user": "target_domain",
    "outbound_user": "outbound_domain",
}
_PORT_OF = {"address": "port", "other_address": "other_port"}


def normalise(events: pl.DataFrame, evidence: str, first_row: int = 0) -> pl.DataFrame:
    """Schema `READ`, in the order given.

    Args:
        events: A reader's batch, schema `LOGGED`.
        evidence: sha256 of its file.
        first_row: Kept records of the file that came in earlier batches.
    """
    if events.is_empty():
        return pl.DataFrame(schema=READ)
    table = parsed(events).with_columns(_local_word(), forms.time("time").alias("time_us"))
    table = _with_addresses(table)
    table = table.with_columns(
        forms.EXPRESSIONS[column.form](name)
        for name, column in COLUMNS.items()
        if column.form in forms.EXPRESSIONS and name not in _PORT_OF.values()
    )
    table = table.with_columns(
        forms.code(table[name]) for name, column in COLUMNS.items() if column.form is Form.CODE
    )
    table = _with_accounts(table)
    table = table.with_columns(
        forms.text("computer"),
        forms.text("channel"),
        forms.text("provider"),
        boot_stamp(),
        sysmon_start(),
        evidence=pl.lit(evidence),
        row=pl.int_range(first_row, first_row + pl.len(), dtype=pl.Int64),
    )
    return table.with_columns(uids(table)).select(
        pl.col(name).cast(dtype) for name, dtype in READ.items()
    )


def _local_word() -> pl.Expr:
    local = (
        pl.col("kind").is_in(_TELLS_LOCAL)
        & (pl.col("address").str.strip_chars().str.to_uppercase() == LOCAL)
    ).fill_null(False)
    return pl.when(local).then(pl.lit(LOCAL)).otherwise("verb").alias("verb")


def _with_addresses(table: pl.DataFrame) -> pl.DataFrame:
    """Addresses made canonical; a port written with one goes to its column unless that is set."""
    columns = []
    for name, port in _PORT_OF.items():
        beside = forms.port(table[name])
        own = table.select(forms.number(port)).to_series()
        columns += [forms.address(table[name]), own.fill_null(beside)]
    return table.with_columns(columns)


def _with_accounts(table: pl.DataFrame) -> pl.DataFrame:
    """Names taken apart, each distinct pair of name and domain once."""
    columns = []
    for name, domain in _DOMAIN_OF.items():
        compound = table[name].str.contains(r"[\\@]").fill_null(False)
        if not compound.any():
            continue
        places = compound.arg_true()
        pairs = table[places].select(name, domain).iter_rows()
        found = [apart(*pair) for pair in pairs]
        columns += [
            table[name].scatter(places, [account.name for account in found]),
            table[domain].scatter(places, [account.domain for account in found]),
        ]
    return table.with_columns(columns)
