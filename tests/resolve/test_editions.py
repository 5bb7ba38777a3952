"""What a system says of itself, who may sit at it at once: graphsess.resolve.editions (R5.5)."""

from __future__ import annotations

import pytest
from events_inline import build, console_off, console_on, event, rdp_on, shown, told

ANN, BOB = "LAB\\ann", "LAB\\bob"
PRO, SERVER = "Windows 10 Pro", "Windows Server 2022 Standard"
MULTI = "Windows 10 Enterprise multi-session"
IP = "10.0.0.9"


def report(at, product, zone="480 Pacific Standard Time"):
    """EventLog 6013 as Windows writes it."""
    texts = "\0".join(["1.1", "0", product, "10.0.19043 Build 19043", "", ""])
    return event("eventlog_6013", at, reason=11, object=zone,
                 detail=texts.encode("utf-16-le").hex().upper())


def two_desktops(*first, then=ANN, ip=IP):
    """Ann comes by RDP and nothing tells of her end; an hour later a new desktop begins."""
    return [
        *first,
        *rdp_on(10, ANN, 0xA0010, ip, 1, ts=2),
        event("security_4688", 600, luid=0xA0010, by=0x3E7, user=ANN),
        *rdp_on(3600, then, 0xA0030, ip, 2, ts=3),
    ]


def ends(made):
    return told(shown(made), "end", "end_kind", "end_reason")


def test_on_a_client_the_same_users_next_desktop_ends_the_one_before():
    made = build(two_desktops(report(0, PRO)))
    assert ends(made)[0] == (3601.5, "inferred", "next_session")
    [first, _] = told(shown(made), "end_earliest", "end_latest")
    assert first == (600, 3601.5)
    local = made["locals"].filter(made["locals"]["established"])
    assert told(local, "end", "end_kind", "state")[0] == (3601.5, "inferred", "Closed")


def test_the_event_that_bounds_it_is_named():
    made = build(two_desktops(report(0, PRO)))
    first = shown(made)["id"][0]
    bound = made["sources"].filter(
        (made["sources"]["session"] == first) & (made["sources"]["role"] == "END_INFERRED")
    ).join(made["events"].select("ord", "kind"), on="ord")
    assert told(bound, "kind", "rule") == [("lsm_21", "R5.5")]


STAYS_OPEN = [
    pytest.param(two_desktops(report(0, SERVER)), id="a server lets a user have several"),
    pytest.param(two_desktops(report(0, MULTI)), id="so does a multi-session edition"),
    pytest.param(two_desktops(), id="an unknown edition proves nothing"),
    pytest.param(two_desktops(report(0, PRO), then=BOB),
                 id="another user's leaves it there, disconnected or not"),
    pytest.param(two_desktops(event("kernel_12", -60, stated=-60, os_build="17763")),
                 id="a build that servers have too"),
]


@pytest.mark.parametrize("events", STAYS_OPEN)
def test_where_two_desktops_may_stand_side_by_side_the_first_stays_open(events):
    assert ends(build(events))[0] == (None, "open_at_end_of_log", None)


def test_a_build_of_clients_alone_tells_a_client():
    made = build(two_desktops(event("kernel_12", -60, stated=-60, os_build="22631")))
    assert ends(made)[0] == (3601.5, "inferred", "next_session")


def test_what_the_log_tells_of_the_end_comes_first():
    made = build(report(0, PRO), console_on(10, ANN, 0xA0010), console_off(100, ANN, 0xA0010),
                 console_on(200, ANN, 0xA0030, ts=2))
    assert ends(made)[0] == (100.1, "logoff", "logoff")


def test_another_boot_is_another_matter():
    """LUIDs and desktops end with their boot; that is told as such."""
    made = build(
        event("kernel_12", -60, stated=-60, os_build="19043"),
        console_on(10, ANN, 0xA0010),
        event("kernel_13", 500, stated=500),
        event("kernel_12", 600, stated=600, os_build="19043"),
        console_on(700, ANN, 0xA0010),
    )
    assert ends(made)[0][1:] == ("inferred", "shutdown")


@pytest.mark.parametrize(
    ("zone", "told_zone"),
    [("480 Pacific Standard Time", "UTC-08:00 Pacific Standard Time"),
     ("-60 Mitteleuropäische Zeit", "UTC+01:00 Mitteleuropäische Zeit"), ("", None), ("-", None)],
)
def test_a_host_tells_its_product_and_time_zone(zone, told_zone):
    made = build(report(0, PRO, zone))
    assert told(made["hosts"], "product", "time_zone") == [(PRO, told_zone)]


@pytest.mark.parametrize("blob", ["", "zz", "31", "3100000031"])
def test_a_report_without_its_texts_names_no_product(blob):
    made = build(event("eventlog_6013", 0, reason=11, object="0 UTC", detail=blob))
    assert told(made["hosts"], "product", "time_zone") == [(None, "UTC+00:00 UTC")]
