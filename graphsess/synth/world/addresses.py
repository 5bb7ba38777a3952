"""Addresses that move: a host gets another lease."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from graphsess.synth.world import logs

if TYPE_CHECKING:
    from graphsess.synth.world.host import Host


def lease(host: Host, at: int, address: str) -> None:
    """From `at` on the host has `address`; its DHCP client says so (50028)."""
    if address in host.addresses:
        host.addresses.remove(address)
    host.addresses.insert(0, address)
    number = int.from_bytes(IPv4Address(address).packed, "little")
    host.emit(logs.DHCP, 50028, at, {"Address": number, "InterfaceId": 12})
