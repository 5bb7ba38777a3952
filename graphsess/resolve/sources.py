"""What a source address is: local, internal, external or tunnelled (rule N8)."""

from __future__ import annotations

import ipaddress

import polars as pl

from graphsess.settings import Settings

C = pl.col
SHARED_SPACE = ipaddress.ip_network("100.64.0.0/10")  # carrier-grade NAT
BY_DESKTOP = ("rdp",)


def own_addresses(events: pl.DataFrame) -> list[str]:
    """The host's own addresses: from what it connects out of, and from its own leases."""
    spoke = events.filter(
        (C("kind") == "sysmon_3") & (C("verb").str.to_lowercase() == "true")
    )["address"]
    leased = events.filter(C("kind").cast(pl.String).str.starts_with("dhcp_"))["other_address"]
    found = pl.concat([spoke, leased]).drop_nulls().unique().sort().to_list()
    return [text for text in found if not _loopback_or_nothing(text)]


def address_classes(
    addresses: pl.Series, own: list[str], settings: Settings, known: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """Address → address_class, for the distinct addresses given.

    Args:
        addresses: Canonical texts.
        own: The host's own addresses; they are `local`.
        settings: For the organisation's own ranges.
        known: Addresses that belong to hosts of the case; they are `internal`.
    """
    ranges = [ipaddress.ip_network(text) for text in settings.internal_ranges]
    mine = set(own)
    texts = addresses.drop_nulls().unique().sort().to_list()
    return pl.DataFrame(
        [(text, _class(text, mine, ranges, known)) for text in texts],
        schema={"address": pl.String, "address_class": pl.String},
        orient="row",
    )


def _class(
    text: str,
    own: set[str],
    ranges: list[ipaddress.IPv4Network | ipaddress.IPv6Network],
    known: frozenset[str],
) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if address.is_loopback or text in own:
        return "local"
    if text in known or any(address in network for network in ranges):
        return "internal"
    if address.is_link_local or (address.version == 4 and address in SHARED_SPACE):
        return "internal"
    return "internal" if _private(address) else "external"


def _private(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """RFC 1918 and RFC 4193; documentation ranges stand for the Internet, so they are external."""
    networks = (
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16") if address.version == 4 else ("fc00::/7",)
    )
    return any(address in ipaddress.ip_network(network) for network in networks)


def _loopback_or_nothing(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return True
    return address.is_loopback or address.is_multicast or address.is_unspecified
