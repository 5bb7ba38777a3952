"""Which event plays which part in which access: graphsess.resolve.links, desk_accesses (R5.10)."""

from __future__ import annotations

import polars as pl
import pytest
from events_inline import (
    CONSOLE,
    SVCHOST,
    activity,
    build,
    console_off,
    console_on,
    event,
    nla_luid,
    rdp_auth,
    rdp_back,
    rdp_close,
    rdp_knock,
    rdp_off,
    rdp_on,
    roles,
    told,
)

from graphsess.resolve.links import LINK, settled

ANN, BOB = "LAB\\ann", "LAB\\bob"
WS9, WS8 = "10.0.0.9", "10.0.0.8"
ROLES = {
    "CONNECT", "AUTH_OK", "AUTH_FAIL", "NLA_PRECURSOR", "ARBITRATION", "SESSION_CREATE",
    "SHELL_START", "RECONNECT", "PRIVILEGE", "LINKED_TOKEN", "COMPANION", "BYPRODUCT",
    "CLIENT_INFO", "LOCK", "UNLOCK", "SHADOW", "DISPLACED_BY", "DISCONNECT", "LOGOFF_INIT",
    "LOGOFF_DONE", "END_INFERRED", "DC_CORROBORATION", "SOURCE_CORROBORATION", "GATEWAY",
}


def test_every_event_of_a_new_rdp_session_has_its_role():
    """R5.10, section 2.5."""
    act = activity(1)
    made = build(
        event("security_4624", 0.9, user="Window Manager\\DWM-2", luid=0x9FFF0, logon_type=2,
              logon_process="Advapi  "),
        rdp_on(0, ANN, 0xA0010, WS9, 1, linked=0xA0020, elevated=False),
        event("security_4624", 1, user=ANN, luid=0xA0020, linked=0xA0010, elevated=True,
              logon_type=10, address=WS9),
        event("security_4672", 0.99, user=ANN, luid=0xA0020),
        event("security_4648", 0.98, user=ANN, by=0x3E7, server="localhost", process=SVCHOST,
              address=WS9),
        event("core_104", 0.8, detail="[-7]", activity=act),
        event("security_4800", 30, user=ANN, luid=0xA0010, ts_id=2),
        event("security_4801", 60, user=ANN, luid=0xA0010, ts_id=2),
        rdp_off(90, ANN, 0xA0010, WS9, 1),
    )
    assert {role: sorted(set(kinds)) for role, kinds in roles(made).items()} == {
        "CONNECT": ["core_131", "core_65", "core_66", "rcm_261"],
        "NLA_PRECURSOR": ["security_4624"],
        "AUTH_OK": ["rcm_1149", "security_4648"],
        "CLIENT_INFO": ["core_104"],
        "COMPANION": ["security_4624"],
        "SESSION_CREATE": ["lsm_21", "security_4624", "winlogon_7001"],
        "LINKED_TOKEN": ["security_4624"],
        "PRIVILEGE": ["security_4672"],
        "ARBITRATION": ["lsm_41", "lsm_42"],
        "SHELL_START": ["lsm_22"],
        "LOCK": ["security_4800"],
        "UNLOCK": ["security_4801"],
        "LOGOFF_INIT": ["security_4647"],
        "LOGOFF_DONE": ["lsm_23", "winlogon_7002"],
        "DISCONNECT": ["core_102", "core_103", "lsm_24", "lsm_40", "security_4634"],
    }


def everything():
    """Console, takeover, failures, network, two users: one of each."""
    return [
        *console_on(0, ANN, 0xA0010, ts=1),
        *rdp_knock(100, WS9, 1), *rdp_auth(100.1, ANN, WS9, 1),
        event("lsm_40", 101, ts_id=1, reason=5, activity=CONSOLE),
        event("security_4779", 101.1, user=ANN, luid=0xA0010, session_name="Console",
              name="Unknown", address="LOCAL"),
        event("lsm_24", 101.2, user=ANN, ts_id=1, address="LOCAL", activity=CONSOLE),
        event("security_4778", 101.9, user=ANN, luid=0xA0010, session_name="RDP-Tcp#1",
              name="KALI", address=WS9),
        event("lsm_25", 102, user=ANN, ts_id=1, address=WS9, activity=activity(1)),
        *rdp_on(110, BOB, 0xA0110, WS8, 2, ts=3),
        event("security_4625", 120, user=BOB, logon_type=3, address=WS8, port=49_800),
        event("security_4624", 130, user=BOB, luid=0xA0200, logon_type=3, address=WS8,
              port=49_801),
        event("security_4634", 140, user=BOB, luid=0xA0200, logon_type=3),
        *rdp_close(200, BOB, 0xA0110, WS8, 2, ts=3),
        *rdp_back(300, BOB, 0xA0110, WS8, 3, ts=3),
        *rdp_off(400, BOB, 0xA0110, WS8, 3, ts=3),
        *console_off(500, ANN, 0xA0010, ts=1),
    ]


def test_only_known_roles_are_given():
    """R5.10."""
    assert set(build(everything())["links"]["role"]) <= ROLES


def test_an_event_has_one_role_in_an_access():
    """R5.10."""
    links = build(everything())["links"]
    assert not links.select("access", "uid").is_duplicated().any()


def test_an_event_serves_two_accesses_only_as_the_end_of_one_that_displaced_it():
    """R5.10: DISCONNECT in the old, DISPLACED_BY in the new."""
    shared = build(everything())["links"].filter(pl.col("uid").is_duplicated())
    parts = shared.group_by("uid").agg(pl.col("role").sort())["role"].to_list()
    assert parts
    assert {tuple(pair) for pair in parts} == {("DISCONNECT", "DISPLACED_BY")}


def test_every_link_names_its_rule_and_how_it_was_joined():
    """Promise 3."""
    links = build(everything())["links"]
    assert links.select("rule", "how", "uid").null_count().row(0) == (0, 0, 0)
    assert set(links["how"]) <= {"exact", "window", "contained", "inferred"}
    assert all(rule.startswith("R") for rule in links["rule"])


def test_every_access_has_a_source():
    """DESIGN 6: a row that cannot answer "which record says so?" is a bug."""
    made = build(everything())
    assert set(made["accesses"]["id"]) == set(made["links"]["access"])


EXPLICIT = [
    pytest.param({"by": 0x3E7, "process": SVCHOST, "server": "localhost", "address": WS9}, True,
                 id="LSA's own, of an inbound logon"),
    pytest.param({"by": 0xA0001, "process": r"C:\Windows\System32\mstsc.exe",
                  "server": "srv2.lab"}, False, id="a user's, towards another host"),
]


@pytest.mark.parametrize(("said", "part"), EXPLICIT)
def test_a_4648_is_read_by_who_wrote_it(said, part):
    """Section 1.1.1: outbound credentials are no part of the inbound session."""
    made = build(event("security_4648", 0.9, user=ANN, **said), rdp_on(0, ANN, 0xA0010, WS9, 1))
    place = made["sessions"]["kind"].to_list().index("rdp")
    assert ("security_4648" in roles(made, place)["AUTH_OK"]) is part


def test_a_4634_of_the_precursor_is_a_disconnect_and_not_a_logoff():
    """Finding 4, R5.10."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1), rdp_close(90, ANN, 0xA0010, WS9, 1))
    assert "security_4634" in roles(made)["DISCONNECT"]
    assert "LOGOFF_DONE" not in roles(made)


def test_a_watcher_is_in_the_watched_session_as_a_shadow():
    """Section 1.5, R5.10: RCM 20506, a second party in one session."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1),
                 event("rcm_20506", 60, user="LAB\\adm", name="WS7", ts_id=2))
    assert roles(made)["SHADOW"] == ["rcm_20506"]
    assert told(made["sessions"], "flags") == [(["shadowed"],)]


def test_an_event_that_two_rules_claim_goes_to_the_stronger_one():
    """`settled`: the table that is named first keeps it; shared roles stay."""
    schema = {**LINK}
    strong = pl.DataFrame([("a1", 5, "DISCONNECT", "R4.2", "exact")], schema, orient="row")
    weak = pl.DataFrame(
        [("a2", 5, "DISCONNECT", "R4.1", "exact"), ("a2", 5, "DISPLACED_BY", "R4.2", "exact"),
         ("a1", 5, "DISPLACED_BY", "R4.2", "exact")], schema, orient="row",
    )
    assert settled([strong, weak]).select("access", "role").rows() == [
        ("a1", "DISCONNECT"), ("a2", "DISPLACED_BY"),
    ]


def test_the_precursors_events_are_not_the_network_logons():
    """R5.10: one event, one access."""
    made = build(rdp_on(0, ANN, 0xA0010, WS9, 1))
    nla = made["events"].filter(pl.col("target_luid") == nla_luid(1))["uid"]
    assert made["links"].filter(pl.col("uid").is_in(nla.to_list()))["role"].to_list() == [
        "NLA_PRECURSOR"
    ]
