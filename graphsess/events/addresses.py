"""Network addresses as Windows logs them, made canonical (rule N8)."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

_NONE = frozenset({"", "-", "local", "unknown", "0.0.0.0", "::"})  # noqa: S104 - words for none
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_V4 = re.compile(rf"(?!0\.0\.0\.0$){_OCTET}(?:\.{_OCTET}){{3}}", re.ASCII)
"""An IPv4 address in its one spelling."""
PLAIN_V4 = (
    r"^(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]?)"
    r"(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}$"
)
"""Nearly all of these, in a pattern for polars."""
_V4_PORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})")
_BRACKETED = re.compile(r"\[([^\[\]]+)\](?::(\d{1,5}))?")
_SOCKADDR = re.compile(
    r"(?:0x)?(0200[0-9a-f]{12}(?:[0-9a-f]{16})?|1700[0-9a-f]{44,52})", re.IGNORECASE
)


class Address(NamedTuple):
    """A canonical address, and the port where it was written with one."""

    address: str | None
    port: int | None = None


@lru_cache(1 << 16)
def canonical(text: str) -> Address:
    """The address in a text; null for Windows' words for none and for what is no address.

    Takes `10.0.0.5`, `::ffff:10.0.0.5`, `fe80::1%10`, `10.0.0.5:50123`, `[10.0.0.5]:50123`,
    `[fe80::1]:50123`, `\\\\10.0.0.5`, uncompressed IPv6, and SOCKADDR blobs in hexadecimal.
    """
    text = text.strip().lstrip("\\")
    if text.lower() in _NONE:
        return Address(None)
    if blob := _SOCKADDR.fullmatch(text):
        return from_socket(blob[1])
    port = None
    if found := _BRACKETED.fullmatch(text) or _V4_PORT.fullmatch(text):
        text = found[1]
        port = int(found[2]) if found[2] else None
    return Address(_one(text), port if port is not None and port <= 0xFFFF else None)


def from_socket(blob: str) -> Address:
    """The address in a SOCKADDR, given as hexadecimal text.

    Two bytes family (2 or 23, little-endian), two bytes port (big-endian), then IPv4 at once or
    IPv6 after four bytes of flow information.
    """
    try:
        content = bytes.fromhex(blob.removeprefix("0x"))
    except ValueError:
        return Address(None)
    family, port = int.from_bytes(content[:2], "little"), int.from_bytes(content[2:4], "big")
    if family == 2 and len(content) >= 8:
        return Address(_one(str(ipaddress.IPv4Address(content[4:8]))), port)
    if family == 23 and len(content) >= 24:
        return Address(_one(str(ipaddress.IPv6Address(content[8:24]))), port)
    return Address(None)


def from_little_endian(text: str) -> str | None:
    """The IPv4 address in a DWORD whose bytes stand in network order: `83994816` is 192.168.1.5."""
    try:
        number = int(text, 0)
    except ValueError:
        return canonical(text).address
    if not 0 <= number <= 0xFFFF_FFFF:
        return None
    return _one(str(ipaddress.IPv4Address(number.to_bytes(4, "little"))))


def _one(text: str) -> str | None:
    if _V4.fullmatch(text):  # nearly all are; the library takes ten times as long
        return text
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return None if address.is_unspecified else str(address)
