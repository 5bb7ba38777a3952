"""Which machine had an address, and when: resolve.observations, across.addresses (R9)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import T0, activity, build, event, table, told
from several_hosts import complete

from graphsess.across import across
from graphsess.derive.tables import SESSIONS
from graphsess.resolve.observations import observations
from graphsess.resolve.tables import HOSTS, OBSERVATIONS
from graphsess.settings import Settings

ANN = "LAB\\ann"
WS9, WS8 = "10.0.0.9", "10.0.0.8"
HOUR = 3_600
KNOWN = [{"id": "ws9.lab", "name": "ws9.lab", "names": ["ws9.lab"]},
         {"id": "ws8.lab", "name": "ws8.lab", "names": ["OLD8", "ws8.lab"]}]


def us(at):
    return int((T0.timestamp() + at) * 1_000_000)


def seen(at, name, weight, *, ip=WS9, host="dc1.lab"):
    """One record's word: the machine `name` had the address (None: the host itself)."""
    return {"host": host, "address": ip, "name": name, "time_us": us(at), "weight": weight,
            "rule": "R9.1", "uid": f"{at}-{name}"}


def case(*rows, at=0.0, ip=WS9):
    """The stage's tables, of these observations and one session from the address."""
    session = {"id": "s", "source_address": ip, "source_class": "internal", "host": "srv.lab",
               "start_us": us(at), "start_latest_us": us(at), "outcome": "established"}
    return across(
        complete(
            observations=pl.DataFrame(list(rows), OBSERVATIONS),
            hosts=pl.DataFrame(KNOWN, HOSTS),
            sessions=pl.DataFrame([session], SESSIONS),
        ),
        Settings(),
    )


def leases(*rows):
    return case(*rows)["bindings"]


def owner(at, *rows, ip=WS9):
    """(host, weight) of the machine that had the address then, or None."""
    found = case(*rows, at=at, ip=ip)["origins"]
    return told(found, "source_host", "weight")[0] if found.height else None


def crowd(*rows):
    """The addresses that are shared."""
    found = case(*rows)["addresses"]
    return found.filter("shared")["address"].to_list()


# R9.1: what a record is worth


WEIGHTS = [
    pytest.param(event("sysmon_3", 0, process="x", verb="true", address=WS9, port=1,
                       other_address="10.0.0.1", other_port=445), (None, WS9, 10),
                 id="10: own connection, Sysmon 3"),
    pytest.param(event("security_5156", 0, process="x", verb="%%14593", address=WS9, port=1,
                       other_address="10.0.0.1", other_port=445), (None, WS9, 10),
                 id="10: own connection, 5156 outbound"),
    pytest.param(event("dhcp_50028", 0, other_address="83994816"), (None, "192.168.1.5", 9),
                 id="9: a DHCP lease"),
    pytest.param(event("security_4769", 0, user="WS9$@LAB.EXAMPLE", address=WS9, status="0x0",
                       server="krbtgt"), ("ws9", WS9, 9), id="9: machine account, 4769"),
    pytest.param(event("security_4768", 0, user="LAB\\WS9$", address=WS9, status="0x0"),
                 ("ws9", WS9, 9), id="9: machine account, 4768"),
    pytest.param(event("security_4624", 0, user="LAB\\WS9$", luid=0xA0010, logon_type=3,
                       address=WS9, port=5), ("ws9", WS9, 9), id="9: machine account, type 3"),
    pytest.param(event("smbclient_30804", 0, server="\\\\WS9", address=WS9), ("ws9", WS9, 8),
                 id="8: SMB client"),
    pytest.param(event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=3, address=WS9,
                       port=5, name="WS9", package="NTLM"), ("ws9", WS9, 5),
                 id="5: WorkstationName of NTLM, set by the client"),
    pytest.param(event("security_4778", 0, user=ANN, luid=0xA0010, session_name="RDP-Tcp#1",
                       name="WS9", address=WS9), ("ws9", WS9, 5), id="5: ClientName of 4778"),
]


@pytest.mark.parametrize(("record", "word"), WEIGHTS)
def test_a_record_says_which_machine_had_an_address(record, word):
    """R9.1."""
    read = table([record]).with_columns(boot=pl.lit(0, pl.Int64))
    assert word in told(observations(read, "ws1.lab"), "name", "address", "weight")


def test_the_desktop_client_names_a_server_and_its_address():
    """R9.1: 1024 and 1102 of one ActivityID, weight 8."""
    act = activity(1)
    read = table([
        event("client_1024", 0, server="WS9:3390", activity=act),
        event("client_1102", 1, address=WS9, activity=act),
        event("client_1102", 2, address=WS8, activity=activity(2)),
    ]).with_columns(boot=pl.lit(0, pl.Int64))
    assert told(observations(read, "ws1.lab"), "name", "address", "weight") == [("ws9", WS9, 8)]


NOTHING = [
    pytest.param(event("sysmon_3", 0, process="x", verb="false", address=WS9, port=1,
                       other_address="10.0.0.1", other_port=445), id="Sysmon 3, inbound"),
    pytest.param(event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=10, address=WS9,
                       name="WS1"), id="WorkstationName of type 10 is the target itself"),
    pytest.param(event("security_4624", 0, user=ANN, luid=0xA0010, logon_type=2, name="WS1"),
                 id="WorkstationName of type 2"),
    pytest.param(event("security_4778", 0, user=ANN, luid=0xA0010, session_name="Console",
                       name="Unknown", address="LOCAL"), id="console"),
    pytest.param(event("security_4624", 0, user="LAB\\WS9$", luid=0xA0010, logon_type=3,
                       address="127.0.0.1", port=5), id="loopback"),
]


@pytest.mark.parametrize("record", NOTHING)
def test_what_tells_nothing_of_an_address_is_left_out(record):
    """R9.1, R8.4."""
    read = table([record]).with_columns(boot=pl.lit(0, pl.Int64))
    assert observations(read, "ws1.lab").is_empty()


# R9.2: over time


def test_consecutive_observations_of_one_machine_are_one_lease():
    found = leases(seen(0, "ws9", 9), seen(100, "ws9", 8), seen(200, "ws9", 9))
    assert told(found, "host", "valid_from", "valid_to", "weight", "observations") == [
        ("ws9.lab", 0, 200, 9, 3)
    ]


def test_short_full_and_former_names_are_one_machine():
    """R9.2, N10."""
    found = leases(*(seen(at, name, 9, ip=WS8)
                     for at, name in ((0, "old8"), (9, "ws8.lab"), (20, "ws8"))))
    assert told(found, "host") == [("ws8.lab",)]


def test_a_machine_outside_the_case_keeps_its_name():
    """R9.6: host is null, name is what it was called."""
    found = leases(seen(0, "kali", 5))
    assert told(found, "host", "name") == [(None, "kali")]


QUERIES = [
    pytest.param(50, "ws9.lab", id="inside the first lease"),
    pytest.param(149, "ws9.lab", id="nearer to the first"),
    pytest.param(160, "ws8.lab", id="nearer to the second: it closes the first at the midpoint"),
    pytest.param(250, "ws8.lab", id="inside the second"),
]


@pytest.mark.parametrize(("at", "host"), QUERIES)
def test_an_address_that_changes_hands_belongs_to_the_nearest(at, host):
    """R9.2."""
    rows = [seen(0, "ws9", 9), seen(100, "ws9", 9), seen(200, "ws8", 9), seen(300, "ws8", 9)]
    assert owner(at, *rows)[0] == host


def test_belief_decays_over_a_day():
    """R9.2: linearly; unknown after 24 h."""
    assert owner(0, seen(0, "ws9", 8)) == ("ws9.lab", 8)
    assert owner(12 * HOUR, seen(0, "ws9", 8)) == ("ws9.lab", 4)
    assert owner(24 * HOUR + 1, seen(0, "ws9", 8)) is None


@pytest.mark.parametrize("weight", [2, 5, 7, 8])
def test_a_weaker_word_for_another_machine_does_not_end_a_lease(weight):
    """R9.2: only a *higher-weight* different host closes it; WorkstationName is attacker-set."""
    rows = [seen(0, "ws9", 9), seen(1_000, "ws8", weight), seen(2_000, "ws9", 9)]
    assert owner(1_000, *rows)[0] == "ws9.lab"
    lease = leases(*rows).filter(pl.col("host") == "ws9.lab")
    assert told(lease, "valid_from", "valid_to") == [(0, 2_000)]


def test_a_stronger_word_for_another_machine_ends_a_lease():
    """R9.2."""
    rows = [seen(0, "ws8", 5), seen(100, "ws9", 9), seen(200, "ws8", 5)]
    assert owner(100, *rows)[0] == "ws9.lab"


def test_the_answer_does_not_depend_on_the_order_of_the_observations():
    """Promise 2."""
    rows = [seen(0, "ws9", 9), seen(100, "ws8", 9), seen(200, "ws9", 9)]
    assert leases(*rows).equals(leases(*reversed(rows)))


# R9.5: shared addresses


def test_three_machines_within_an_hour_share_an_address():
    """R9.5: NAT, VPN, gateway."""
    rows = [seen(0, "a", 9), seen(60, "b", 9), seen(120, "c", 9)]
    assert crowd(*rows) == [WS9]
    assert crowd(*rows[:2]) == []
    assert crowd(seen(0, "a", 9), seen(60, "a.lab", 9), seen(120, "a", 9)) == []


def test_three_machines_within_an_hour_share_an_address_over_the_turn_of_the_hour():
    """R9.5: an hour, not a clock hour."""
    assert crowd(seen(3_000, "a", 9), seen(3_900, "b", 9), seen(4_800, "c", 9)) == [WS9]


def test_three_machines_in_three_hours_do_not():
    assert crowd(seen(0, "a", 9), seen(4_000, "b", 9), seen(8_000, "c", 9)) == []


def test_a_public_address_with_several_client_names_is_shared():
    """R9.5: several people behind one provider's address."""
    rows = [seen(0, "laptop1", 5, ip="203.0.113.7"), seen(90_000, "laptop2", 5, ip="203.0.113.7")]
    assert crowd(*rows) == ["203.0.113.7"]


def test_a_shared_address_is_never_one_host():
    """R9.5: the session's source host stays unknown."""
    rows = [seen(0, "ws9", 9), seen(60, "ws8", 9), seen(120, "kali", 9)]
    assert owner(60, *rows) is None


# The whole stage


def test_a_session_learns_the_host_of_its_source():
    """R9.2: overlay on sessions, from the machine account's own logon."""
    made = build(
        event("security_4624", 0, user="LAB\\WS9$", luid=0xA0010, logon_type=3, address=WS9,
              port=5),
        event("security_4624", 60, user=ANN, luid=0xA0020, logon_type=3, address=WS9, port=6),
    )
    hosts = pl.concat([made["hosts"], made["hosts"].with_columns(
        id=pl.lit("ws9.lab"), name=pl.lit("WS9.lab"), names=pl.lit(["WS9.lab"]))])
    found = across({**made, "hosts": hosts}, Settings())
    mine = made["sessions"].filter(pl.col("user") == ANN)["id"][0]
    assert told(found["origins"].filter(pl.col("session") == mine), "source_host") == [
        ("ws9.lab",)
    ]


def test_an_external_address_of_a_host_of_the_case_is_internal():
    """N8, R9: universities, IPv6."""
    made = build(
        event("security_4624", 0, user="LAB\\WS9$", luid=0xA0010, logon_type=3,
              address="141.30.0.5", port=5),
        event("security_4624", 60, user=ANN, luid=0xA0020, logon_type=3, address="141.31.0.5",
              port=6),
    )
    hosts = pl.concat([made["hosts"], made["hosts"].with_columns(
        id=pl.lit("ws9.lab"), name=pl.lit("WS9.lab"), names=pl.lit(["WS9.lab"]))])
    found = across({**made, "hosts": hosts}, Settings())
    assert told(found["addresses"], "address", "class") == [
        ("141.30.0.5", "internal"), ("141.31.0.5", "external"),
    ]


def test_probes_are_counted_by_address():
    """R4.6, R5.3: contacts that came to nothing."""
    lines = []
    for number in (1, 2, 3):
        act = activity(number)
        lines += [event("core_131", number, verb="TCP", address=f"{WS9}:{50_000 + number}",
                        activity=act),
                  event("core_103", number + 0.2, reason=0, activity=act)]
    made = build(lines)
    found = across(made, Settings())
    assert told(found["addresses"], "address", "probes", "first", "last") == [(WS9, 3, 1, 3)]


def test_strong_words_for_two_machines_in_turn_are_a_conflict():
    """R9.4: each lab's virtual machine has the same address behind its own NAT."""
    assert crowd(seen(0, "ws9", 10), seen(590, "ws8", 9), seen(900, "ws9", 10)) == [WS9]
    assert crowd(seen(0, "ws9", 10), seen(610, "ws8", 9), seen(900, "ws9", 10)) == []
    assert crowd(seen(0, "ws9", 10), seen(60, "ws8", 5), seen(90, "ws9", 10)) == []
    assert crowd(seen(0, "ws9", 10), seen(60, "ws8", 9)) == []


def test_two_names_of_one_machine_are_no_conflict():
    """R9.4, N10."""
    assert crowd(seen(0, "old8", 9), seen(60, "ws8", 9), seen(90, "old8", 9)) == []


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (event("sysmon_22", 0, server="srv.lab", detail="::ffff:10.0.0.21;::1;type: 5 x;"),
         [("10.0.0.21", "srv.lab", 7)]),
        (event("sysmon_22", 0, server="srv.lab", detail="fd00::21;"), [("fd00::21", "srv.lab", 7)]),
        (event("sysmon_22", 0, server="srv.lab", detail="-"), []),
        (event("smbserver_1009", 0, name="\\\\KALI", address="10.0.0.66"),
         [("10.0.0.66", "kali", 5)]),
    ],
    ids=["an answer", "an answer of IPv6", "no answer", "a refused client"],
)
def test_answers_and_refused_clients_are_words_on_addresses_too(line, word):
    """R9.1."""
    told_by = build(line)["observations"]
    assert told_by.select("address", "name", "weight").rows() == word
