"""Single values as text, spelled as the `evtx` package spells them.

Whatever it would print in a way that is not known here is left to it: its text is None. So are
times beyond the year 9999, at which it gives up the whole record.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from graphsess.readers.evtx.format import Type

WHOLE = frozenset(
    {Type.INT8, Type.UINT8, Type.INT16, Type.UINT16, Type.INT32, Type.UINT32, Type.INT64}
    | {Type.UINT64}
)
"""Types that are numbers in JSON, too."""

_APART = "\uffff"
"""No character: stands between texts that are decoded together."""
_GUID = struct.Struct("<IHH8s")
_FIRST = datetime(1601, 1, 1)  # noqa: DTZ001 - all is UTC, and says so


def texts(kind: int, values: list[bytes]) -> list[str | None]:
    """Values of one type as text."""
    if not values:
        return []
    if kind == Type.STRING:
        return _strings(values)
    if kind == Type.GUID and all(len(value) == _GUID.size for value in values):
        return _guids(values)
    function = _PRINTED.get(kind)
    return [None] * len(values) if function is None else [function(value) for value in values]


def printable(kind: int) -> bool:
    """True if values of this type are printed here."""
    return kind == Type.STRING or kind in _PRINTED


def string(value: bytes) -> str:
    """A text up to its first zero; halves of characters are left out."""
    return value.decode("utf-16-le", "ignore").partition("\0")[0]


def _strings(values: list[bytes]) -> list[str | None]:
    try:
        together = _APART.encode("utf-16-le").join(values).decode("utf-16-le")
    except UnicodeDecodeError:
        return [string(value) for value in values]
    apart: list[str | None] = list(together.split(_APART))
    if len(apart) != len(values):
        return [string(value) for value in values]
    if "\0" in together:
        return [text.partition("\0")[0] for text in together.split(_APART)]
    return apart


def _sid(value: bytes) -> str | None:
    if len(value) < 8 or value[0] != 1 or len(value) != 8 + 4 * value[1] or any(value[2:4]):
        return None
    parts = struct.unpack_from(f"<{value[1]}I", value, 8)
    return "-".join(map(str, ("S-1", int.from_bytes(value[4:8], "big"), *parts)))


def _guid(value: bytes) -> str | None:
    if len(value) != _GUID.size:
        return None
    first, second, third, rest = _GUID.unpack(value)
    return f"{first:08X}-{second:04X}-{third:04X}-{rest[:2].hex().upper()}-{rest[2:].hex().upper()}"


def _guids(values: list[bytes]) -> list[str | None]:
    """Many at once: the first three parts are numbers, so their bytes are turned."""
    turned = bytearray(b"".join(values))
    straight = bytes(turned)
    for place, before in enumerate((3, 2, 1, 0, 5, 4, 7, 6)):
        turned[place :: _GUID.size] = straight[before :: _GUID.size]
    digits = turned.hex("-", -2).upper().split("-")
    return [
        f"{digits[at]}{digits[at + 1]}-{digits[at + 2]}-{digits[at + 3]}-{digits[at + 4]}-"
        f"{digits[at + 5]}{digits[at + 6]}{digits[at + 7]}"
        for at in range(0, len(digits), _GUID.size // 2)
    ]


def _filetime(value: bytes) -> str | None:
    if len(value) != 8:
        return None
    try:
        at = _FIRST + timedelta(microseconds=int.from_bytes(value, "little") // 10)
    except OverflowError:
        return None
    return at.isoformat(timespec="microseconds") + "Z"


def _number(
    sizes: Iterable[int], form: str, *, signed: bool = False
) -> Callable[[bytes], str | None]:
    def text(value: bytes) -> str | None:
        if len(value) not in sizes:
            return None
        return format(int.from_bytes(value, "little", signed=signed), form)

    return text


def _bool(value: bytes) -> str | None:
    return {b"\0\0\0\0": "false", b"\1\0\0\0": "true"}.get(value)


_PRINTED: dict[int, Callable[[bytes], str | None]] = {
    Type.SID: _sid,
    Type.GUID: _guid,
    Type.FILETIME: _filetime,
    Type.BOOL: _bool,
    Type.INT8: _number((1,), "d", signed=True),
    Type.INT16: _number((2,), "d", signed=True),
    Type.INT32: _number((4,), "d", signed=True),
    Type.INT64: _number((8,), "d", signed=True),
    Type.UINT8: _number((1,), "d"),
    Type.UINT16: _number((2,), "d"),
    Type.UINT32: _number((4,), "d"),
    Type.UINT64: _number((8,), "d"),
    Type.HEX32: _number((4,), "#x"),
    Type.HEX64: _number((8,), "#x"),
    Type.SIZE: _number((4, 8), "#x"),
    Type.BINARY: lambda value: value.hex().upper(),
}
