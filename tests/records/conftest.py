"""Rows of tables, spelled out in the test: what is not named is null or empty."""

from __future__ import annotations

import datetime as dt

import pytest
from tables_inline import Frames

NOON = int(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC).timestamp() * 1_000_000)
MINUTE = 60_000_000


@pytest.fixture
def tables():
    """Makes tables of one host, ws1.corp.example, seen from 11:00 to 13:00."""

    def make(**rows):
        host = {
            "id": "ws1.corp.example",
            "name": "WS1.corp.example",
            "first_us": NOON - 60 * MINUTE,
            "last_us": NOON + 60 * MINUTE,
        }
        boot = {
            "id": "boot|ws1|0",
            "host": "ws1.corp.example",
            "boot": 0,
            "start_us": NOON - 60 * MINUTE,
        }
        return Frames(**{"hosts": [host], "boots": [boot], **rows})

    return make


@pytest.fixture
def at():
    """Microseconds of a minute after noon."""
    return lambda minutes: NOON + int(minutes * MINUTE)


@pytest.fixture
def session(at):
    """A session row: an RDP session of ann, noon to ten past."""

    def make(ident="s1", **changes):
        return {
            "id": ident,
            "host": "ws1.corp.example",
            "boot": 0,
            "kind": "rdp",
            "class": "user",
            "outcome": "established",
            "user": "CORP\\ann",
            "sid": "S-1-5-21-1-2-3-1001",
            "source_address": "203.0.113.7",
            "source_class": "external",
            "start_us": at(0),
            "end_us": at(10),
            "end_kind": "logoff",
            "luids": [0x51C10F],
            "first_ord": 0,
            **changes,
        }

    return make


@pytest.fixture
def logon(at):
    """A logon row: a desktop of ann, noon to ten past."""

    def make(luid=0x51C10F, **changes):
        return {
            "id": f"logon|{luid:#x}",
            "host": "ws1.corp.example",
            "boot": 0,
            "luid": luid,
            "user": "CORP\\ann",
            "class": "user",
            "logon_type": 10,
            "start_us": at(0),
            "access_end_us": at(10),
            **changes,
        }

    return make
