"""Hosts on which much happens by chance: every kind of access, with times close to the windows."""

from __future__ import annotations

import random

from events_inline import (
    console_off,
    console_on,
    event,
    rdp_auth,
    rdp_back,
    rdp_close,
    rdp_knock,
    rdp_off,
    rdp_on,
)  # fmt: skip

USERS = ("LAB\\ann", "LAB\\bob", "LAB\\adm", "LAB\\ws9$")
CLIENTS = ("10.0.0.9", "10.0.0.12", "203.0.113.7", None)
GUIDS = (None, None, "11111111-0000-0000-0000-000000000001", "11111111-0000-0000-0000-000000000002")
GAPS = (0.0, 0.4, 4.9, 5.0, 5.1, 59, 60, 61, 120, 121, 299, 300, 301, 900, 4_000)
"""Seconds between one thing and the next; the windows of the rules lie among them."""


def story(seed):
    """The events of one host."""
    dice = random.Random(seed)
    lines, at, luid, number = [], 100.0, 0xA0000, 1
    for _ in range(dice.randint(6, 14)):
        at += dice.choice(GAPS)
        luid += 0x100
        number += 1
        user, ip = dice.choice(USERS[:3]), dice.choice(CLIENTS[:3])
        act = dice.choice(ACTS)
        made, took = act(dice, at, user, luid, ip, number)
        lines += made
        at += took * dice.choice((0.2, 1, 1))
    return lines


def network(dice, at, user, luid, ip, number):
    """Network logons of one burst and after it, some without an address, some ended."""
    del ip, number
    lines, who, took = [], dice.choice((user, user, USERS[3])), 0.0
    for place in range(dice.randint(1, 6)):
        mine = luid + place
        lines.append(
            event("security_4624", at + took, user=who, luid=mine, logon_type=3, port=50_000,
                  address=dice.choice(CLIENTS), logon_guid=dice.choice(GUIDS))
        )  # fmt: skip
        if dice.random() < 0.3:
            lines.append(event("security_5140", at + took + 0.2, user=who, by=mine,
                               address="10.0.0.9", port=50_000, object="\\\\*\\C$"))  # fmt: skip
        if dice.random() < 0.6:
            lines.append(event("security_4634", at + took + dice.choice((0.1, 30, 400)),
                               user=who, luid=mine, logon_type=3))  # fmt: skip
        took += dice.choice(GAPS)
    return lines, took


def failures(dice, at, user, luid, ip, number):
    """Wrong passwords, of one account or several, then perhaps the right one."""
    lines, took = [], 0.0
    names = dice.choice(((user, user, "LAB\\x", "LAB\\Y"), [f"LAB\\n{n}" for n in range(9)]))
    for _ in range(dice.choice((1, 2, 3, 5, 12, 20))):
        lines.append(
            event("security_4625", at + took, user=dice.choice(names),
                  logon_type=3, address=ip, client_name=dice.choice((None, "KALI")),
                  status=dice.choice(("0xC000006A", "0xC0000064")))
        )  # fmt: skip
        took += dice.choice((0.5, 10, 59, 59, 61))
    if dice.random() < 0.6:
        lines.append(event("security_4624", at + took, user=user, luid=luid, logon_type=3,
                           address=ip, port=50_000))  # fmt: skip
    return lines, took


def desktop(dice, at, user, luid, ip, number):
    """An RDP session that is left, taken up again, logged off, or goes on."""
    ts = 2 + number
    lines = rdp_on(at, user, luid, ip, number, ts)
    how = dice.random()
    if how < 0.3:
        lines += rdp_off(at + 60, user, luid, ip, number, ts)
    elif how < 0.8:
        lines += rdp_close(at + 60, user, luid, ip, number, ts)
        if dice.random() < 0.6:
            other = dice.choice(("10.0.0.12", ip))
            lines += rdp_back(at + 100, user, luid, other, number + 100, ts)
    return lines, 160.0


def no_desktop(dice, at, user, luid, ip, number):
    """A connection that came no further than authentication, or not even there."""
    lines = rdp_knock(at, ip, number)
    if dice.random() < 0.5:
        lines += rdp_auth(at + 0.1, user, ip, number)
    return lines, 5.0


def console(dice, at, user, luid, ip, number):
    """Somebody at the machine itself; a log may be cleared meanwhile."""
    del ip
    ts = 200 + number
    lines = console_on(at, user, luid, ts)
    if dice.random() < 0.3:
        lines.append(event("security_1102", at + 10, user=user, by=luid))
    if dice.random() < 0.7:
        lines += console_off(at + 30, user, luid, ts)
    return lines, 40.0


ACTS = (network, network, network, failures, desktop, no_desktop, console)
