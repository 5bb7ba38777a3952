"""Who is who and where from: resolve.identities, sources, over normalised columns (N7, N8)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import activity, build, console_on, event, rdp_on, sid_of, table, told

from graphsess.resolve.sources import address_classes
from graphsess.settings import Settings

ANN = "LAB\\ann"
WS9 = "10.0.0.9"

# N7


NAMES = [
    pytest.param("security_4624", {"target_user": "LAB\\ann"}, ("ann", "LAB"), id="DOMAIN\\user"),
    pytest.param("security_4624", {"target_user": "ann@lab.example"}, ("ann", "lab.example"),
                 id="user@realm"),
    pytest.param("security_4769", {"target_user": "ann@LAB.EXAMPLE",
                                   "target_domain": "LAB.EXAMPLE"}, ("ann", "LAB.EXAMPLE"),
                 id="4769 user@REALM"),
    pytest.param("security_4769", {"target_user": "WS1$@LAB.EXAMPLE",
                                   "target_domain": "LAB.EXAMPLE"}, ("WS1$", "LAB.EXAMPLE"),
                 id="4769 HOST$@REALM"),
    pytest.param("rcm_1149", {"target_user": "ann", "target_domain": "LAB"}, ("ann", "LAB"),
                 id="1149 Param1, Param2"),
    pytest.param("rcm_1149", {"target_user": "ann", "target_domain": ""}, ("ann", None),
                 id="1149 without a domain"),
    pytest.param("ssh_4", {"text": "sshd: Failed password for LAB\\\\ann from 10.0.0.9 port 5"},
                 ("ann", "LAB"), id="OpenSSH domain\\\\user"),
    pytest.param("security_4624", {"target_user": "-", "target_domain": "-"}, (None, None),
                 id="a dash is nobody"),
]


@pytest.mark.parametrize(("kind", "given", "name"), NAMES)
def test_a_name_is_taken_apart_into_account_and_realm(kind, given, name):
    """N7."""
    [row] = table([event(kind, 0, **given)]).select("target_user", "target_domain").rows()
    assert row == name


def test_one_sid_is_one_user_however_it_is_spelled():
    """N7: NetBIOS in 4634, FQDN in the 4624 of the same LUID."""
    sid = sid_of("ann")
    made = build(
        event("security_4624", 0, target_user="ann", target_domain="THESHIRE.LOCAL", sid=sid,
              luid=0xA0010, logon_type=3, address=WS9, port=49_800),
        event("security_4634", 5, target_user="ann", target_domain="THESHIRE", sid=sid,
              luid=0xA0010, logon_type=3),
        event("security_4624", 9, target_user="ANN", target_domain="THESHIRE", sid=sid,
              luid=0xA0020, logon_type=3, address=WS9, port=49_801),
    )
    assert told(made["sessions"], "user", "luids") == [
        ("THESHIRE\\ann", ["0xa0010", "0xa0020"])
    ] or told(made["sessions"], "user", "luids") == [("THESHIRE\\ANN", ["0xa0010", "0xa0020"])]
    assert made["logons"]["user"].n_unique() == 1


def test_an_exact_key_joins_whatever_the_names_say():
    """N7: Entra: 1149 has a UPN, LSM AzureAD\\DisplayName; one ActivityID."""
    act = activity(1)
    made = build(
        event("rcm_1149", 0, user="ann@corp.example", address=WS9, activity=act),
        event("lsm_41", 0.9, user="AzureAD\\AnnMiller", ts_id=2, activity=act),
        event("lsm_21", 1, user="AzureAD\\AnnMiller", ts_id=2, address=WS9, activity=act),
        event("lsm_24", 60, user="AzureAD\\AnnMiller", ts_id=2, address=WS9, activity=act),
    )
    assert told(made["sessions"], "kind", "auth", "session", "end") == [("rdp", 0, 1, 60)]


def test_the_same_name_in_two_realms_is_two_users():
    """N7: LAB\\adm and the local WS1\\adm have different SIDs."""
    made = build(
        event("security_4624", 0, user="LAB\\adm", sid="S-1-5-21-1-2-3-500", luid=0xA0010,
              logon_type=3, address=WS9, port=49_800),
        event("security_4624", 5, user="WS1\\adm", sid="S-1-5-21-9-9-9-500", luid=0xA0020,
              logon_type=3, address=WS9, port=49_801),
    )
    assert told(made["sessions"], "user") == [("LAB\\adm",), ("WS1\\adm",)]


CLASSES = [
    pytest.param("LAB\\WS9$", {"logon_type": 3}, "machine", [], id="a machine, type 3"),
    pytest.param("LAB\\support$", {"logon_type": 10}, "user", ["dollar_user"],
                 id="support$ at a desktop"),
    pytest.param("WS1\\support$", {"logon_type": 3, "port": 49_800}, "user", ["dollar_user"],
                 id="support$ of the local SAM, over the network"),
    pytest.param("NT AUTHORITY\\ANONYMOUS LOGON", {"logon_type": 3}, "anonymous", [],
                 id="anonymous"),
    pytest.param(ANN, {"logon_type": 3}, "user", [], id="a person"),
]


@pytest.mark.parametrize(("user", "how", "group", "flags"), CLASSES)
def test_a_dollar_at_the_end_does_not_make_a_machine(user, how, group, flags):
    """Section 0.4: attackers create `support$`."""
    made = build(event("security_4624", 0, user=user, luid=0xA0010, **{"address": WS9} | how),
                 also=["lsm"])
    assert told(made["sessions"], "class") == [(group,)]
    assert [flag for flag in made["sessions"]["flags"][0] if flag == "dollar_user"] == flags


def test_an_account_that_was_created_with_a_dollar_is_a_user():
    """Section 0.4: or one with a 4720."""
    made = build(
        event("security_4720", -60, target_user="helpdesk$", target_domain="LAB",
              sid=sid_of("helpdesk$"), actor_user=ANN, by=0xA0001),
        event("security_4624", 0, user="LAB\\helpdesk$", luid=0xA0010, logon_type=3, address=WS9,
              port=49_800),
    )
    mine = made["sessions"].filter(pl.col("user") == "LAB\\helpdesk$")
    assert told(mine, "class", "flags") == [("user", ["dollar_user"])]


# N8


ADDRESSES = [
    ("::ffff:10.0.0.9", WS9), ("10.0.0.9:50001", WS9), ("[10.0.0.9]:50001", WS9),
    ("fe80::1%10", "fe80::1"), ("fe80:0:0:0:0:0:0:1", "fe80::1"), (" 10.0.0.9 ", WS9),
    ("-", None), ("", None), ("LOCAL", None), ("Unknown", None), ("0.0.0.0", None),  # noqa: S104
]


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_an_address_is_made_canonical(text, address):
    """N8."""
    read = table([event("rcm_1149", 0, user=ANN, address=text)])
    assert read["address"].to_list() == [address]


SOURCES = [
    ("10.1.2.3", "internal"), ("192.168.1.1", "internal"), ("172.31.0.1", "internal"),
    ("172.32.0.1", "external"), ("100.64.1.1", "internal"), ("100.128.0.1", "external"),
    ("8.8.8.8", "external"), ("169.254.1.1", "internal"), ("fe80::1", "internal"),
    ("fd00::1", "internal"), ("2001:4860::8", "external"), ("127.0.0.1", "local"),
    ("127.8.8.8", "local"), ("::1", "local"), ("10.9.9.9", "local"), ("141.30.0.5", "internal"),
    ("141.31.0.5", "internal"),
]


@pytest.mark.parametrize(("address", "group"), SOURCES)
def test_the_class_of_an_address(address, group):
    """N8: own addresses are local; configured ranges and addresses of the case are internal."""
    found = address_classes(
        pl.Series([address]), ["10.9.9.9"], Settings(internal_ranges=("141.30.0.0/16",)),
        frozenset({"141.31.0.5"}),
    )
    assert found["address_class"].to_list() == [group]


OWN = [
    event("sysmon_3", -100, process="x", verb="true", address="10.0.0.1", port=1,
          other_address="10.0.0.2", other_port=443),
]
TUNNELS = [
    pytest.param(rdp_on(0, ANN, 0xA0010, "127.0.0.1", 1), id="127.0.0.1 in 131, 1149, 4624"),
    pytest.param(rdp_on(0, ANN, 0xA0010, "::1", 1), id="::1"),
    pytest.param([*OWN, *rdp_on(0, ANN, 0xA0010, "10.0.0.1", 1)], id="the host's own address"),
    pytest.param([event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=10,
                        address="127.0.0.1")], id="type 10 alone"),
    pytest.param([event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=12,
                        address="127.0.0.1")], id="type 12 alone"),
    pytest.param([event("rcm_1149", 0, user=ANN, address="127.0.0.1", activity=activity(1))],
                 id="1149 alone"),
]


@pytest.mark.parametrize("lines", TUNNELS)
def test_a_desktop_reached_over_an_own_address_is_tunnelled(lines):
    """N8 (T11): never silently a console; the source's facet is 6 at most."""
    made = build(lines)
    assert told(made["sessions"], "kind", "source_class") == [("rdp", "tunnelled")]
    assert "tunnelled" in made["sessions"]["flags"][0]
    assert made["sessions"]["confidence_source"][0] <= 6


def test_a_console_logon_that_logs_the_loopback_address_is_no_tunnel():
    """Section 0.5: the console's own 4624 says 127.0.0.1."""
    made = build(console_on(0, ANN, 0xA0010))
    assert told(made["sessions"], "kind", "source_class", "flags") == [("console", "local", [])]


def test_a_network_logon_of_the_host_to_itself_is_local():
    """N8."""
    made = build(event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address="::1",
                       port=49_800))
    assert told(made["sessions"], "kind", "source_class") == [("network", "local")]
