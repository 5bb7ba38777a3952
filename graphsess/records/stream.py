"""What a stream of records is, and how one is read: filtered, sorted, cut, completed."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import reduce

import polars as pl

from graphsess.case.tables import Tables as Tables
from graphsess.errors import UsageError
from graphsess.records.ask import Ask, Network
from graphsess.records.columns import MOMENT

C = pl.col
Rows = Callable[[Tables, Ask], pl.DataFrame]
Finish = Callable[[Tables, pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of records, as a command of the same name prints it.

    Attributes:
        name: The command.
        says: What one record is.
        rows: The records without their costly fields, in the stream's own order.
        finish: Adds the costly fields, to those records only that are wanted.
        fields: All fields, in the order they are written.
        shown: Fields of the terminal's table, the most needed first.
        hosts: Fields that `--host` looks at.
        users: Fields that `--user` looks at.
        addresses: Fields that `--ip` looks at.
        kind: Field that `--kind` looks at, or None where records have no kind.
        span: Fields with begin and end of a record, for `--since` and `--until`.
    """

    name: str
    says: str
    rows: Rows
    fields: tuple[str, ...]
    shown: tuple[str, ...]
    finish: Finish | None = None
    hosts: tuple[str, ...] = ("host", "host_id")
    users: tuple[str, ...] = ("user", "sid")
    addresses: tuple[str, ...] = ("source_address",)
    kind: str | None = "kind"
    span: tuple[str, str] | None = field(default=("start", "end"))


def records(stream: Stream, tables: Tables, ask: Ask) -> pl.DataFrame:
    """The records that were asked for, as columns; times are moments, not yet text.

    Raises:
        UsageError: a field is unknown, or a filter means nothing to this stream.
        CaseError: the case cannot be read.
    """
    _known(stream, ask)
    rows = filtered(stream, stream.rows(tables, ask), ask)
    if ask.sort:
        rows = _finished(stream, tables, rows, {name.lstrip("-") for name in ask.sort})
        rows = rows.sort(
            [name.lstrip("-") for name in ask.sort],
            descending=[name.startswith("-") for name in ask.sort],
            nulls_last=True,
            maintain_order=True,
        )
    if ask.limit is not None:
        rows = rows.head(ask.limit)
    wanted = ask.fields or stream.fields
    return _finished(stream, tables, rows, set(wanted)).select(wanted)


def filtered(stream: Stream, rows: pl.DataFrame, ask: Ask) -> pl.DataFrame:
    """The rows that the filters let through."""
    tests: list[pl.Expr] = []
    if ask.hosts:
        tests.append(_any(_named(rows, stream.hosts, name, host_pattern) for name in ask.hosts))
    if ask.users:
        tests.append(_any(_named(rows, stream.users, name, _user_pattern) for name in ask.users))
    if ask.networks:
        tests.append(_any(_within(rows, name, ask.networks) for name in stream.addresses))
    if ask.kinds and stream.kind:
        kinds = [kind.lower() for kind in ask.kinds]
        if isinstance(rows.schema[stream.kind], pl.List):
            tests.append(C(stream.kind).list.eval(pl.element().is_in(kinds)).list.any())
        else:
            tests.append(C(stream.kind).is_in(kinds))
    if stream.span and (ask.since or ask.until):
        begin, end = (C(name) for name in stream.span)
        begin = pl.coalesce(begin, end)
        if ask.until:
            tests.append(begin < pl.lit(ask.until).cast(MOMENT))
        if ask.since:
            last = pl.coalesce(end, *_open_ended(rows), begin)
            tests.append(last >= pl.lit(ask.since).cast(MOMENT))
    return rows.filter(*tests) if tests else rows


def _open_ended(rows: pl.DataFrame) -> list[pl.Expr]:
    """How far a record without an end reaches: without limit while it may be open still."""
    if "end_kind" not in rows.columns:
        return []
    far = pl.lit(253_402_300_799_999_999).cast(MOMENT)
    bound = [C("end_latest")] if "end_latest" in rows.columns else []
    still = C("end_kind").is_in(["open_at_end_of_log"])
    if "end_reason" in rows.columns:  # lost in a hole: it may have ended there or be open still
        still |= (C("end_kind") == "unobserved") & C("end_reason").is_not_null()
    return [*bound, pl.when(still).then(far)]


def _known(stream: Stream, ask: Ask) -> None:
    for name in (*ask.fields, *(name.lstrip("-") for name in ask.sort)):
        if name not in stream.fields:
            raise UsageError(
                f"{stream.name} has no field {name!r}; it has {', '.join(stream.fields)}"
            )
    for given, has, option in (
        (ask.hosts, stream.hosts, "--host"),
        (ask.users, stream.users, "--user"),
        (ask.networks, stream.addresses, "--ip"),
        (ask.kinds, stream.kind, "--kind"),
        (ask.since or ask.until, stream.span, "--since/--until"),
    ):
        if given and not has:
            raise UsageError(f"{stream.name} cannot be filtered by {option}")


def _finished(stream: Stream, tables: Tables, rows: pl.DataFrame, wanted: set[str]) -> pl.DataFrame:
    if stream.finish is None or wanted <= set(rows.columns):
        return rows
    return stream.finish(tables, rows)


def _any(tests: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(lambda one, other: one | other, tests, pl.lit(False))


def _named(
    rows: pl.DataFrame, columns: Iterable[str], name: str, pattern: Callable[[str], str]
) -> pl.Expr:
    """True where one of the columns, texts or lists of texts, bears the name."""
    found = pattern(name)
    return _any(_matches(rows, column, found) for column in columns)


def _matches(rows: pl.DataFrame, column: str, pattern: str) -> pl.Expr:
    if isinstance(rows.schema[column], pl.List):
        return C(column).list.eval(pl.element().str.contains(pattern)).list.any().fill_null(False)
    return C(column).str.contains(pattern).fill_null(False)


def host_pattern(name: str) -> str:
    """A host as people type it, short or full, `*` as wildcard, as a regular expression."""
    return rf"(?is)^{_wild(name)}(\..*)?$" if "." not in name else rf"(?is)^{_wild(name)}$"


def _user_pattern(name: str) -> str:
    if "\\" in name or name.upper().startswith("S-1-"):
        return rf"(?is)^{_wild(name)}$"
    return rf"(?is)^(.*\\)?{_wild(name)}(@.*)?$"


def _wild(name: str) -> str:
    """A name with `*` and `?` as a regular expression of polars' engine, all else literal."""
    return "".join(
        {"*": ".*", "?": "."}.get(char, char if char.isalnum() else f"\\x{{{ord(char):x}}}")
        for char in name
    )


def _within(rows: pl.DataFrame, column: str, networks: tuple[Network, ...]) -> pl.Expr:
    """True where the column's address lies in one of the networks."""
    values = rows[column]
    if isinstance(values.dtype, pl.List):
        inside = _inside(values.explode(), networks)
        return C(column).list.eval(pl.element().is_in(inside)).list.any().fill_null(False)
    return C(column).is_in(_inside(values, networks)).fill_null(False)


def _inside(values: pl.Series, networks: tuple[Network, ...]) -> list[str]:
    return [text for text in values.unique().drop_nulls().to_list() if _is_inside(text, networks)]


def _is_inside(text: str, networks: tuple[Network, ...]) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in networks)
