"""Polars expressions that read a column's text by its `Form` (rules N4 to N8).

What needs Python is asked once for each distinct text.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from graphsess.catalogue import Form
from graphsess.events.addresses import PLAIN_V4, canonical

_BLANKS = " \t\r\n\0"
_GUID = r"^\{?([0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})\}?$"
_PLAIN_GUID = r"^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{11}[1-9A-F]$"
"""Surely not all zeros; those are asked one by one."""
_NO_GUID = "00000000-0000-0000-0000-000000000000"
_SID = r"^(?:%\{)?(S-1-[0-9A-Fx-]+)\}?$"
_NO_SID = "S-1-0-0"
_YES = ("%%1842", "yes", "true", "1")
_NO = ("%%1843", "no", "false", "0")
_FIRST_US = -11_612_937_600_000_000
"""1602: what is earlier is Windows' zero, or rubbish."""


def text(name: str) -> pl.Expr:
    """Trimmed text; "" and "-" are null."""
    trimmed = pl.col(name).str.strip_chars(_BLANKS)
    return pl.when(~trimmed.is_in(["", "-"])).then(trimmed).alias(name)


def number(name: str) -> pl.Expr:
    """Hexadecimal or decimal text as int64; null where it is neither or too large."""
    lower = pl.col(name).str.strip_chars(_BLANKS).str.to_lowercase()
    hexadecimal = lower.str.strip_prefix("0x").str.to_integer(base=16, strict=False)
    decimal = lower.str.to_integer(strict=False)
    return pl.when(lower.str.starts_with("0x")).then(hexadecimal).otherwise(decimal).alias(name)


def luid(name: str) -> pl.Expr:
    """A logon id; zero is none."""
    value = number(name)
    return pl.when(value != 0).then(value).alias(name)


def guid(name: str) -> pl.Expr:
    """Upper case without braces; all zeros and what is no GUID are null."""
    inner = pl.col(name).str.strip_chars(_BLANKS).str.extract(_GUID).str.to_uppercase()
    return pl.when(inner != _NO_GUID).then(inner).alias(name)


def sid(name: str) -> pl.Expr:
    """Upper case; the null SID and what is no SID are null."""
    upper = pl.col(name).str.strip_chars(_BLANKS).str.to_uppercase().str.extract(_SID)
    return pl.when(upper != _NO_SID).then(upper).alias(name)


def yes_no(name: str) -> pl.Expr:
    """Windows' message codes and words for yes and no."""
    lower = pl.col(name).str.strip_chars(_BLANKS).str.to_lowercase()
    return pl.when(lower.is_in(_YES)).then(True).when(lower.is_in(_NO)).then(False).alias(name)


def time(name: str) -> pl.Expr:
    """ISO text in UTC or with an offset as microseconds since 1970; 1601 and earlier are null."""
    stamp = pl.col(name).str.strip_chars(_BLANKS + "\u200e\u200f")
    seconds = (
        stamp.str.slice(0, 19)
        .str.replace(" ", "T", literal=True)
        .str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
        .cast(pl.Int64)
    )
    fraction = (
        stamp.str.extract(r"^.{19}\.(\d{1,6})").str.pad_end(6, "0").str.to_integer(strict=False)
    )
    offset = stamp.str.extract_groups(r"([+-])(\d\d):?(\d\d)$")
    minutes = offset.struct.field("2").str.to_integer(strict=False) * 60 + offset.struct.field(
        "3"
    ).str.to_integer(strict=False)
    ahead = pl.when(offset.struct.field("1") == "-").then(-minutes).otherwise(minutes)
    has_zone = stamp.str.len_chars() > 19
    value = (
        seconds + fraction.fill_null(0) - pl.when(has_zone).then(ahead).fill_null(0) * 60_000_000
    )
    return pl.when(value >= _FIRST_US).then(value).alias(name)


def known(numbers: pl.Series, form: Form) -> pl.Series:
    """Whole numbers that a reader took as numbers, by the same rules as their texts."""
    if form is Form.LUID:
        return numbers.set(numbers == 0, None)
    if form is Form.TIME:
        return numbers.set(numbers < _FIRST_US, None)
    if form is Form.CODE:
        distinct = numbers.drop_nulls().unique()
        texts = pl.Series([f"{number:#x}" for number in distinct], dtype=pl.String())
        return numbers.replace_strict(distinct, texts, default=None, return_dtype=pl.String())
    return numbers


def code(values: pl.Series) -> pl.Series:
    """Status codes, hexadecimal or decimal (negative too), as `0x` and lower-case digits."""
    return by_distinct(values, _code, pl.String())


def address(values: pl.Series) -> pl.Series:
    """Canonical addresses."""
    return _but_plain(
        values,
        PLAIN_V4,
        lambda odd: by_distinct(odd, lambda value: canonical(value).address, pl.String()),
    )


def port(values: pl.Series) -> pl.Series:
    """Ports that were written as part of an address."""
    found = pl.Series(values.name, [None], pl.Int64()).new_from_index(0, values.len())
    odd = (~values.str.contains(PLAIN_V4)).arg_true()
    if odd.is_empty():
        return found
    ports = by_distinct(values.gather(odd), lambda value: canonical(value).port, pl.Int64())
    return found.scatter(odd, ports)


def numbers(texts: pl.Series) -> pl.Series:
    """As `number`; plain decimals at once."""
    found = texts.str.to_integer(strict=False)
    odd = (found.is_null() & texts.is_not_null()).arg_true()
    return found if odd.is_empty() else found.scatter(odd, _by(number, texts.gather(odd)))


def guids(texts: pl.Series) -> pl.Series:
    """As `guid`; those that are spelled so already at once."""
    return _but_plain(texts, _PLAIN_GUID, lambda odd: _by(guid, odd))


def _but_plain(
    texts: pl.Series, plain: str, function: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """A function of texts that leaves alone what fits a pattern, as nearly all does."""
    odd = (~texts.str.contains(plain)).arg_true()
    return texts if odd.is_empty() else texts.clone().scatter(odd, function(texts.gather(odd)))


def _by(expression: Callable[[str], pl.Expr], texts: pl.Series) -> pl.Series:
    return texts.to_frame("text").select(expression("text")).to_series()


def by_distinct(
    values: pl.Series, function: Callable[[str], str | int | None], dtype: pl.DataType
) -> pl.Series:
    """A function of text applied to a series, each distinct text once."""
    distinct = values.drop_nulls().unique().to_list()
    if not distinct:
        return pl.Series(values.name, [None] * len(values), dtype)
    made = [function(item) for item in distinct]
    return values.replace_strict(
        pl.Series(distinct, dtype=pl.String()),
        pl.Series(made, dtype=dtype),
        default=None,
        return_dtype=dtype,
    )


EXPRESSIONS: dict[Form, Callable[[str], pl.Expr]] = {
    Form.TEXT: text,
    Form.ACCOUNT: text,
    Form.SID: sid,
    Form.GUID: guid,
    Form.LUID: luid,
    Form.NUMBER: number,
    Form.TIME: time,
    Form.YES_NO: yes_no,
}
"""Forms that are one expression; CODE and ADDRESS go through distinct texts."""


def _code(value: str) -> str | None:
    try:
        found = int(value.strip(), 0)
    except ValueError:
        return None
    return f"{found & 0xFFFF_FFFF if found < 0 else found:#x}"
