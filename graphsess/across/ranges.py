"""The range around an address: what people mean by "from that network"."""

from __future__ import annotations

import ipaddress

import polars as pl

from graphsess.settings import Settings

_V4_RANGE, _V6_RANGE = 24, 64
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def ranges_of(addresses: pl.Series, settings: Settings) -> pl.DataFrame:
    """Address → range, for the distinct addresses given, sorted.

    The range is the narrowest of the configured `ranges` that holds the address, else its /24, or
    /64 of IPv6; null where the text is no address.

    Args:
        addresses: Canonical texts; nulls are left out.
        settings: For `ranges`.
    """
    own = sorted(
        (ipaddress.ip_network(text) for text in settings.ranges),
        key=lambda network: (-network.prefixlen, str(network)),
    )
    texts = addresses.drop_nulls().unique().sort().to_list()
    return pl.DataFrame(
        [(text, _range(text, own)) for text in texts],
        schema={"address": pl.String, "range": pl.String},
        orient="row",
    )


def _range(text: str, own: list[Network]) -> str | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    for network in own:
        if address in network:
            return str(network)
    width = _V4_RANGE if address.version == 4 else _V6_RANGE
    return str(ipaddress.ip_network((address, width), strict=False))
