"""The small world: graphsess.synth.world."""

from __future__ import annotations

import pytest

from graphsess.synth.case import Case
from graphsess.synth.world import console, leave, power, rdp, rdp_failed, reconnect, security
from graphsess.synth.world.clock import SECOND, iso, moment, ticks
from graphsess.synth.world.world import World, behind

AUDIT = {"other_logon", "process"}


@pytest.fixture
def world():
    return World(seed=7)


def running(world, name="ws1", build="win10", address="10.0.0.21", **more):
    host = world.host(f"{name}.corp.example", build=build, addresses=[address], audit=AUDIT, **more)
    power.boot(host, world.at("07:00"))
    return host


def ids(case, channel):
    """Event ids of a channel, in the order of the file."""
    return [
        record.event_id
        for path, records in case.files().items()
        if path.endswith(f"{channel}.evtx")
        for record in records
    ]


def test_a_time_survives_the_way_to_windows_and_back():
    at = moment(130_000_000_000_000_010)
    assert ticks(at) == 130_000_000_000_000_010


def test_the_last_digit_of_a_time_is_dropped_as_readers_drop_it():
    assert iso(World(1).at("09:12:04") + 19).endswith("T09:12:04.000001Z")


def test_a_security_activity_id_tells_the_boot_within_two_seconds(world):
    host = running(world)
    for _ in range(20):
        last = host.stamp().split("-", 3)[3].replace("-", "")
        told = int.from_bytes(bytes.fromhex(last), "little")
        assert 0 <= told - host.boot.start_time < 2 * SECOND


def test_2012_r2_has_no_boot_in_its_activity_ids(world):
    assert running(world, build="2012r2").stamp() is None


@pytest.mark.parametrize(
    ("build", "version", "fields"),
    [("win7", 0, 20), ("2012r2", 1, 21), ("2016", 2, 27), ("win10", 2, 27), ("win11", 3, 28)],
)
def test_each_build_has_its_own_4624(world, build, version, fields):
    host = running(world, build=build)
    console.logon(host, world.user("ann"), world.at("08:00"))
    made = [draft for draft in host.drafts if draft.event_id == 4624]
    assert {draft.version for draft in made} == {version}
    assert {len(draft.fields) for draft in made} == {fields}


def test_remote_credential_guard_stands_after_restricted_admin_mode(world):
    host = running(world, build="win11")
    console.logon(host, world.user("ann"), world.at("08:00"))
    names = list(next(d for d in host.drafts if d.event_id == 4624).fields)
    assert names.index("RemoteCredentialGuard") == names.index("RestrictedAdminMode") + 1


def test_an_administrator_at_a_desktop_has_two_linked_tokens(world):
    desk = console.logon(running(world), world.user("ann", admin=True), world.at("08:00"))
    limited, full = desk.logons
    assert (limited.linked, full.linked) == (full, limited)
    assert (limited.elevated, full.elevated) == (False, True)


def test_4778_needs_its_audit_policy(world):
    desks = []
    for name, audit in (("a", set()), ("b", {"other_logon"})):
        host = world.host(f"{name}.corp.example", build="2016", addresses=["10.0.0.9"], audit=audit)
        power.boot(host, world.at("07:00"))
        peer = world.outside("203.0.113.4", "PC")
        desk = rdp.logon(host, world.user("ann"), world.at("08:00"), peer)
        leave.disconnect(desk, world.at("09:00"))
        desks.append(desk)
    written = [sum(d.event_id == 4779 and d.written for d in desk.host.drafts) for desk in desks]
    assert written == [0, 1]


def test_events_that_are_never_written_leave_no_hole_in_the_record_ids(world):
    host = world.host("a.corp.example", build="2016", addresses=["10.0.0.9"])
    power.boot(host, world.at("07:00"))
    peer = world.outside("203.0.113.4", "PC")
    desk = rdp.logon(host, world.user("ann"), world.at("08:00"), peer)
    leave.disconnect(desk, world.at("09:00"))
    reconnect.over_rdp(desk, world.at("10:00"), peer)
    leave.logoff(desk, world.at("11:00"))
    for records in Case(world).files().values():
        numbers = [record.record_id for record in records]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_system_evtx_begins_a_boot_with_6009_and_6005_and_earlier_times_after(world):
    running(world)
    case = Case(world)
    assert ids(case, "System")[:3] == [6009, 6005, 12]
    times = [record.time for record in case.files()["WS1/System.evtx"][:3]]
    assert times[2] < times[1]


def test_the_end_of_a_boot_is_written_when_the_next_one_starts(world):
    host = running(world)
    power.shutdown(host, world.at("12:00"))
    assert 13 not in [draft.event_id for draft in host.drafts]
    power.boot(host, world.at("13:00"))
    assert ids(Case(world), "System").count(13) == 1


def test_a_dead_host_cannot_be_used(world):
    host = running(world)
    power.crash(host, world.at("12:00"))
    with pytest.raises(ValueError, match="is not running"):
        console.logon(host, world.user("ann"), world.at("12:01"))


def test_a_reconnect_keeps_the_first_logon(world):
    host = running(world)
    peer = world.outside("203.0.113.4", "PC")
    desk = rdp.logon(host, world.user("ann", admin=True), world.at("08:00"), peer)
    before = list(desk.logons)
    leave.disconnect(desk, world.at("09:00"))
    reconnect.over_rdp(desk, world.at("10:00"), peer)
    assert desk.logons == before
    named = [d.fields["LogonID"] for d in host.drafts if d.event_id in (4778, 4779)]
    assert named == [before[0], before[0]]


def test_the_first_logon_outlives_the_connection_that_made_it(world):
    host = running(world)
    peer = world.outside("203.0.113.4", "PC")
    desk = rdp.logon(host, world.user("ann"), world.at("08:00"), peer)
    nla = desk.connection.nla
    leave.disconnect(desk, world.at("09:00"))
    assert nla.ends.keys() == {"4634"}
    assert not desk.limited.ends


def test_both_ends_of_a_hop_write(world):
    ws1 = running(world)
    srv1 = running(world, "srv1", "2016", "10.0.0.11")
    desk = console.logon(ws1, world.user("ann"), world.at("08:00"))
    rdp.logon(srv1, world.user("adm-ann", admin=True), world.at("09:00"), behind(desk))
    client = [d.event_id for d in ws1.drafts if "RDPClient" in d.log.channel]
    assert client == [1024, 1028, 1029, 1102, 1103, 1025, 1027]
    [used] = {d.fields["SubjectLogonId"] for d in ws1.drafts if "TERMSRV" in str(d.fields)}
    assert used is desk.limited
    [reached] = [session for session in world.sessions if session.origin]
    assert (reached.origin, reached.host) == (desk.session, srv1)


def test_a_host_ahead_of_time_says_so_in_its_own_events_only(world):
    slow, fast = running(world), running(world, "ws2", address="10.0.0.22", offset=90)
    at = world.at("08:00")
    first, second = (
        security.user_logoff(host, at, console.logon(host, world.user("ann"), at).limited)
        for host in (slow, fast)
    )
    assert second.time - first.time == 90 * SECOND


@pytest.mark.parametrize(
    ("build", "address", "port"), [("2012r2", "-", "-"), ("win10", "203.0.113.4", "0")]
)
def test_only_newer_builds_name_the_client_in_network_level_authentication(
    world, build, address, port
):
    host = running(world, build=build)
    peer = world.outside("203.0.113.4", "PC")
    rdp.logon(host, world.user("ann"), world.at("08:00"), peer)
    rdp_failed.attempt(host, "bob", world.at("09:00"), peer)
    nla = [d for d in host.drafts if d.fields.get("LogonType") == 3 and d.event_id != 4634]
    assert [d.event_id for d in nla] == [4624, 4625]
    assert {(d.fields["IpAddress"], d.fields["IpPort"]) for d in nla} == {(address, port)}
    assert {d.fields["WorkstationName"] for d in nla} == {"PC"}


@pytest.mark.parametrize(("build", "types"), [("win10", {7}), ("2016", {10})])
def test_what_a_reconnect_leaves_behind_depends_on_the_build(world, build, types):
    host = running(world, build=build)
    peer = world.outside("203.0.113.4", "PC")
    desk = rdp.logon(host, world.user("ann"), world.at("08:00"), peer)
    leave.disconnect(desk, world.at("09:00"))
    reconnect.over_rdp(desk, world.at("10:00"), peer)
    thrown = [logon for logon in host.running.logons if logon.role == "reconnect"]
    assert {logon.logon_type for logon in thrown} == types
    assert all("4634" in logon.ends and logon.owner is desk.limited for logon in thrown)
    assert desk.session.previous.end_kind == "disconnect"


def test_a_kerberos_ticket_shares_its_guid_with_desktops_and_4648_but_no_network_logon(world):
    dc1 = running(world, "dc1", "2016", "10.0.0.10", dc=True)
    ws1, srv1 = running(world), running(world, "srv1", "2022", "10.0.0.11")
    desk = console.logon(ws1, world.user("ann"), world.at("08:00"))
    rdp.logon(srv1, world.user("adm-ann"), world.at("09:00"), behind(desk))
    tickets = {d.fields["LogonGuid"] for d in dc1.drafts if d.event_id == 4769}
    people = [d.fields for d in srv1.drafts + ws1.drafts if d.event_id == 4624]
    given = {
        fields["LogonType"]: fields["LogonGuid"]
        for fields in people
        if fields["TargetUserSid"].startswith("S-1-5-21-")
    }
    assert {kind for kind, guid in given.items() if guid in tickets} == {2, 10}
    assert given.keys() == {2, 3, 10}
    used = [d.fields for d in ws1.drafts if d.event_id == 4648 and "TERMSRV" in str(d.fields)]
    assert {fields["TargetLogonGuid"] for fields in used} <= tickets
