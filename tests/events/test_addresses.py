"""Tests of graphsess.events.addresses."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsess.events.addresses import canonical, from_little_endian, from_socket


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("10.0.0.5", "10.0.0.5", None),
        (" 10.0.0.5 ", "10.0.0.5", None),
        ("::ffff:10.0.0.5", "10.0.0.5", None),
        ("::FFFF:10.0.0.5", "10.0.0.5", None),
        ("10.0.0.5:50123", "10.0.0.5", 50123),
        ("[10.0.0.5]:50123", "10.0.0.5", 50123),
        ("[fe80::1%10]:3389", "fe80::1", 3389),
        ("[2001:DB8::1]", "2001:db8::1", None),
        ("fe80::80ac:4126:fa58:1b81%10", "fe80::80ac:4126:fa58:1b81", None),
        ("fe80:0:0:0:0:0:0:1", "fe80::1", None),
        ("\\\\192.0.2.1", "192.0.2.1", None),
        ("::1", "::1", None),
        ("127.0.0.1", "127.0.0.1", None),
        ("02000D3DC0A80105", "192.168.1.5", 3389),
        ("02000D3DC0A801050000000000000000", "192.168.1.5", 3389),
        ("-", None, None),
        ("", None, None),
        ("LOCAL", None, None),
        ("Unknown", None, None),
        ("0.0.0.0", None, None),  # noqa: S104 - a word for none
        ("::", None, None),
        ("[::]:22", None, 22),
        ("FS01", None, None),
        ("10.0.0.256", None, None),
        ("10.0.0.5:99999", "10.0.0.5", None),
        ("<script>", None, None),
    ],
)
def test_how_windows_spells_addresses(text, address, port):
    assert canonical(text) == (address, port)


@pytest.mark.parametrize(
    ("blob", "address", "port"),
    [
        ("0200C35AC0A80105", "192.168.1.5", 50010),
        ("1700C35A00000000FE8000000000000000000000000000010A000000", "fe80::1", 50010),
        ("1700C35A0000000000000000000000000000FFFFC0A8010500000000", "192.168.1.5", 50010),
        ("0200", None, None),
        ("rubbish", None, None),
        ("FFFF00000000000000000000", None, None),
    ],
)
def test_socket_addresses(blob, address, port):
    found = from_socket(blob)
    assert (found.address, found.port if address else None) == (address, port)


@pytest.mark.parametrize(
    ("text", "address"),
    [("83994816", "192.168.1.5"), ("0x0501A8C0", "192.168.1.5"), ("192.168.1.5", "192.168.1.5"),
     ("0", None), ("-1", None), ("99999999999", None), ("x", None)],
)  # fmt: skip
def test_lease_addresses_are_numbers_in_network_order(text, address):
    assert from_little_endian(text) == address


ADDRESSES = st.ip_addresses().filter(lambda ip: not ip.is_unspecified)


@given(ADDRESSES, st.integers(0, 65_535))
def test_every_spelling_of_an_address_is_one_address(ip, port):
    plain = canonical(str(ip)).address
    assert canonical(f"[{ip}]:{port}") == (plain, port)
    if ip.version == 4:
        assert plain == str(ip)
        assert canonical(f"{ip}:{port}") == (plain, port)
        assert canonical(f"::ffff:{ip}").address == plain
        assert from_little_endian(str(int.from_bytes(ip.packed, "little"))) == plain
    else:
        assert canonical(ip.exploded).address == plain
        assert canonical(f"{ip}%7").address == plain


@given(st.text())
def test_any_text_gives_an_address_or_none(text):
    address = canonical(text).address
    assert address is None or str(ipaddress.ip_address(address)) == address
    assert canonical(address or "").address == address
