"""This file holds the BinXML value types: how each one is stored, and how it reads as text.

The type numbers are those of libevtx's description of the format:
https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

STRING, UINT32, GUID, FILETIME, SID, HEX64 = 0x01, 0x08, 0x0F, 0x11, 0x13, 0x15
BINARY, STRINGS, BINXML = 0x0E, 0x81, 0x21
UINT8, UINT16, UINT64 = 0x04, 0x06, 0x0A

VALUE_LIMIT = 0xFFFF  # bytes: a value's size is 16 bits wide
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_SID_PARTS = 15  # Windows' SID_MAX_SUB_AUTHORITIES


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of a field.

    Attributes:
        declared: Type in the template's substitution.
        stored: Type beside the value; differs for pointers, which are stored as HexInt64.
        pack: The value's bytes. Raises ValueError, TypeError or struct.error on a bad value.
        text: The value as Windows renders it.
    """

    declared: int
    stored: int
    pack: Callable[[object], bytes]
    text: Callable[[object], str]


def utf16(text: str) -> bytes:
    """UTF-16LE; a lone surrogate is kept, as Windows keeps it."""
    return text.encode("utf-16-le", "surrogatepass")


@lru_cache(maxsize=8192)
def guid_bytes(text: str) -> bytes:
    """The 16 bytes of a GUID; braces and case do not matter."""
    return uuid.UUID(text).bytes_le


@lru_cache(maxsize=8192)
def sid_bytes(text: str) -> bytes:
    """The bytes of a SID such as "S-1-5-21-1-2-3-500".

    Raises:
        ValueError: `text` is no SID.
    """
    mark, *numbers = text.split("-")
    problem = f"not a SID: {text!r}"
    if mark not in ("S", "s") or not 2 <= len(numbers) <= _SID_PARTS + 2:
        raise ValueError(problem)
    try:
        revision, authority, *parts = map(_whole, numbers)
        head = bytes((revision, len(parts))) + authority.to_bytes(6, "big")
        return head + struct.pack(f"<{len(parts)}I", *parts)
    except (ValueError, OverflowError, struct.error) as error:
        raise ValueError(problem) from error


def time_text(filetime: int) -> str:
    """FILETIME as a rendered record shows it: nine digits, of which Windows knows seven."""
    seconds, ticks = divmod(filetime, 10_000_000)
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{ticks:07d}00Z"


def guid_text(text: object) -> str:
    """GUID in braces and upper case, as a rendered record shows it."""
    return f"{{{str(uuid.UUID(str(text))).upper()}}}"


def texts(value: object) -> list[str]:
    """The strings of an array; none for None.

    Raises:
        ValueError: `value` is no list of str, or a string holds a NUL, which ends one.
    """
    items = [] if value is None else value
    if not isinstance(items, list | tuple):
        raise ValueError(f"not a list: {value!r}")  # noqa: TRY004 - one error for a bad value
    if not all(isinstance(item, str) and "\0" not in item for item in items):
        raise ValueError(f"not strings without NUL: {value!r}")
    return list(items)


def _string(value: object) -> bytes:
    text = value if type(value) is str else _string_text(value)
    return text.encode("utf-16-le", "surrogatepass")


def terminated_string(value: object) -> bytes:
    """A string with the NUL that many providers log along with it; readers drop it."""
    return _string(value) + b"\0\0"


def _string_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"neither text nor a number: {value!r}")


def _any_text(value: object) -> str:
    if isinstance(value, bool):
        return _flag_text(value)
    return _binary(value).hex().upper() if isinstance(value, bytes) else _string_text(value)


def _ansi(value: object) -> bytes:
    return _string_text(value).encode("cp1252")


def _whole(text: str) -> int:
    return int(text, 16 if text[:2] in ("0x", "0X") else 10)


def _integer(value: object) -> int:
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"not an integer: {value!r}")


def _binary(value: object) -> bytes:
    if not isinstance(value, bytes | bytearray):
        raise ValueError(f"not bytes: {value!r}")  # noqa: TRY004 - one error for a bad value
    return bytes(value)


def _flag(value: object) -> bytes:
    return struct.pack("<I", int(value) if isinstance(value, bool) else _integer(value))


def _flag_text(value: object) -> str:
    return "true" if value else "false"


def _number(code: int, form: str, hexadecimal: bool = False, declared: int | None = None) -> Kind:
    packer = struct.Struct(form).pack

    def pack(value: object) -> bytes:
        return packer(value if type(value) is int else _integer(value))

    def text(value: object) -> str:
        return f"{_integer(value):#x}" if hexadecimal else str(_integer(value))

    return Kind(code if declared is None else declared, code, pack, text)


KINDS = {
    "str": Kind(0x01, 0x01, _string, _string_text),
    "any": Kind(0x01, 0x01, lambda value: _string(_any_text(value)), _any_text),
    "ansi": Kind(0x02, 0x02, _ansi, _string_text),
    "u8": _number(0x04, "<B"),
    "u16": _number(0x06, "<H"),
    "i32": _number(0x07, "<i"),
    "u32": _number(0x08, "<I"),
    "i64": _number(0x09, "<q"),
    "u64": _number(0x0A, "<Q"),
    "bool": Kind(0x0D, 0x0D, _flag, _flag_text),
    "binary": Kind(0x0E, 0x0E, _binary, lambda value: _binary(value).hex().upper()),
    "guid": Kind(0x0F, 0x0F, lambda value: guid_bytes(str(value)), guid_text),
    "pointer": _number(0x15, "<Q", hexadecimal=True, declared=0x10),
    "time": Kind(0x11, 0x11, _number(0x11, "<Q").pack, lambda value: time_text(_integer(value))),
    "sid": Kind(0x13, 0x13, lambda value: sid_bytes(str(value)), str),
    "hex32": _number(0x14, "<I", hexadecimal=True),
    "hex64": _number(0x15, "<Q", hexadecimal=True),
}
