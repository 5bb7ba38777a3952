"""From what a reader hands over to the event table: types, names, addresses, times, and a uid."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphsess.catalogue import COLUMNS, Form
from graphsess.events import forms
from graphsess.events.accounts import apart
from graphsess.events.coded import Coded
from graphsess.events.parse import parsed
from graphsess.events.stamps import boot_stamp, sysmon_start
from graphsess.events.table import READ, TYPES
from graphsess.events.uid import uids
from graphsess.readers.pieces import Piece, column_of, in_order

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
_TYPED = {
    "position": pl.Int64(),
    "time_us": pl.Int64(),
    **{name: READ[name] for name in ("kind", "computer", "channel", "provider", "event_id")},
    **{name: READ[name] for name in ("version", "record_id", "carved")},
    **{name: TYPES[column.form] for name, column in COLUMNS.items()},
}
"""A piece whose columns are read, but for what is made of several of them."""


def normalise(
    events: pl.DataFrame | Sequence[Piece], evidence: str, first_row: int = 0
) -> pl.DataFrame:
    """Schema `READ`, in file order.

    Args:
        events: A reader's pieces; or records as text, schema `LOGGED`, in the order of the file.
        evidence: sha256 of its file.
        first_row: Kept records of the file that came in earlier batches.
    """
    if isinstance(events, pl.DataFrame):
        place = pl.int_range(events.height, dtype=pl.Int64, eager=True)
        events = [Piece(events.with_columns(place.alias("position")))]
    pieces = [piece for piece in events if piece.logged.height]
    if not pieces:
        return pl.DataFrame(schema=READ)
    table = pl.concat([_typed(piece) for piece in pieces])
    if not table["position"].is_sorted():
        table = table[in_order(pieces)]
    table = _with_accounts(table)
    table = table.with_columns(
        boot_stamp(),
        sysmon_start(),
        evidence=pl.lit(evidence),
        row=pl.int_range(first_row, first_row + pl.len(), dtype=pl.Int64),
    )
    return table.with_columns(uids(table)).select(list(READ))


def _typed(piece: Piece) -> pl.DataFrame:
    """A piece's columns, each read by its form, schema `_TYPED`."""
    table = _from_codes(piece) if piece.coded.width else _from_text(piece.logged)
    return table.select(
        (pl.col(name) if name in table.columns else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in _TYPED.items()
    )


def _from_text(logged: pl.DataFrame) -> pl.DataFrame:
    table = parsed(logged).with_columns(forms.time("time").alias("time_us"))
    there = [name for name in COLUMNS if name in table.columns]
    if "address" in there:
        table = table.with_columns(_local_word(table))
        there = [name for name in COLUMNS if name in table.columns]
    table = table.with_columns(
        forms.EXPRESSIONS[COLUMNS[name].form](name)
        for name in there
        if COLUMNS[name].form in forms.EXPRESSIONS
    )
    table = table.with_columns(
        forms.code(table[name]) for name in there if COLUMNS[name].form is Form.CODE
    )
    for name, port in _PORT_OF.items():
        if name in there:
            own = column_of(table, port, pl.Int64())
            beside = forms.port(table[name])
            table = table.with_columns(
                forms.address(table[name]), own.fill_null(beside).alias(port)
            )
    return table.with_columns(map(forms.text, ("computer", "channel", "provider")))


def _local_word(table: pl.DataFrame) -> pl.Expr:
    verb = pl.col("verb") if "verb" in table.columns else pl.lit(None, pl.String())
    local = (
        pl.col("kind").is_in(_TELLS_LOCAL)
        & (pl.col("address").str.strip_chars().str.to_uppercase() == LOCAL)
    ).fill_null(False)
    return pl.when(local).then(pl.lit(LOCAL)).otherwise(verb).alias("verb")


def _from_codes(piece: Piece) -> pl.DataFrame:
    numbers, coded = piece.logged, Coded(piece)
    columns = dict(coded.columns)
    for name, column in COLUMNS.items():
        if name in numbers.columns:
            known = forms.known(numbers[name], column.form)
            columns[name] = known.fill_null(columns[name]) if name in columns else known
    for name, port in _PORT_OF.items():
        if name in coded.columns:
            [beside] = coded.read([name], forms.port).values()
            columns[port] = columns[port].fill_null(beside) if port in columns else beside
    table = numbers.select("position", "kind", "event_id", "version", "record_id", "carved")
    table = table.with_columns(
        forms.known(numbers["time"], Form.TIME).alias("time_us"),
        *(column.alias(name) for name, column in columns.items()),
    )
    if "address" in coded.columns and table["kind"].is_in(_TELLS_LOCAL).any():
        words = table.select("kind", column_of(table, "verb", pl.String())).with_columns(
            *coded.read(["address"], lambda texts: texts).values()
        )
        table = table.with_columns(words.select(_local_word(words)).to_series())
    return table


def _with_accounts(table: pl.DataFrame) -> pl.DataFrame:
    """Names taken apart, each distinct pair of name and domain once."""
    columns = []
    for name, domain in _DOMAIN_OF.items():
        logged = table[name].str
        compound = logged.contains("\\", literal=True) | logged.contains("@", literal=True)
        places = compound.fill_null(False).arg_true()
        if places.is_empty():
            continue
        pairs = table[places].select(name, domain).iter_rows()
        found = [apart(*pair) for pair in pairs]
        columns += [
            table[name].scatter(places, [account.name for account in found]),
            table[domain].scatter(places, [account.domain for account in found]),
        ]
    return table.with_columns(columns)
