"""The text parsers that the catalogue names: what some events say only in a text or a blob.

Each takes a row's texts and gives back those that it learnt, still as text; normalising then
reads them like any other column's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

import polars as pl

from graphsess.catalogue import KINDS
from graphsess.events.addresses import from_little_endian, from_socket
from graphsess.events.messages import lsm_message, rcm_message
from graphsess.events.ssh import ssh_text
from graphsess.readers.pieces import column_of

Texts = Mapping[str, str | None]
Parser = Callable[[Texts], dict[str, str | None]]

_CALL = re.compile(r"(\w+)\((?:SessionId=)?(0x[0-9a-fA-F]+|\d+)\)")
_CLIENT = re.compile(r"\s*\((?P<user>[^()]*?)\s*clientIP:\s*(?P<address>[^\s()]+)\s*\)\s*$")
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e]")
_ZONE = re.compile(r"\s*(?P<behind>-?\d{1,4})\s+(?P<name>\S.*?)\s*$")
_NUMBERS = re.compile(r"\d+")


def clock_change(row: Texts) -> dict[str, str | None]:
    """4616: version 1 says both times as ISO; version 0 splits each into a local date and time.

    Of those only the difference is used, so neither the zone nor the order of day and month
    matters as long as the day does not change: the clock before is the event's own time less that.
    """
    new_date, before_date = row.get("verb"), row.get("detail")
    learnt: dict[str, str | None] = {"verb": None, "detail": None}
    if not (new_date and before_date):
        return learnt
    new, before = _local(new_date, row.get("stated_us")), _local(before_date, row.get("before_us"))
    learnt |= {"stated_us": row.get("time"), "before_us": None}
    at = _iso(row.get("time"))
    if new and before and at:
        try:
            learnt["before_us"] = (at - (new - before)).isoformat()
        except OverflowError:
            learnt["before_us"] = None
    return learnt


def last_alive(row: Texts) -> dict[str, str | None]:
    """EventLog 6008: Binary begins with two SYSTEMTIMEs, local and UTC; the second is taken."""
    try:
        content = bytes.fromhex(row.get("stated_us") or "")[16:32]
        year, month, _, day, hour, minute, second, ms = (
            int.from_bytes(content[at : at + 2], "little") for at in range(0, 16, 2)
        )
        at = datetime(year, month, day, hour, minute, second, ms * 1000)  # noqa: DTZ001 - UTC
    except ValueError:
        return {"stated_us": None}
    return {"stated_us": at.isoformat(timespec="microseconds")}


def system_report(row: Texts) -> dict[str, str | None]:
    """EventLog 6013: `480 Pacific Standard Time`; Binary holds texts, the third is the product.

    The minutes are what UTC is ahead of local time without summer time: 480 is `UTC-08:00`.
    """
    zone = _ZONE.match(row.get("object") or "")
    try:
        texts = bytes.fromhex(row.get("detail") or "").decode("utf-16-le").split("\0")
    except ValueError:
        texts = []
    product = texts[2].strip() if len(texts) > 2 else ""
    return {"object": _zone_told(zone) if zone else None, "detail": product or None}


def _zone_told(zone: re.Match[str]) -> str:
    behind = int(zone["behind"])
    hours, minutes = divmod(abs(behind), 60)
    return f"UTC{'-' if behind > 0 else '+'}{hours:02}:{minutes:02} {zone['name']}"


def interface_method(row: Texts) -> dict[str, str | None]:
    """RdpCoreTS 72: `ConnectNotify(SessionId=2)`, `PreDisconnect(0)`, `SetErrorInfo(0x1)`."""
    call = _CALL.fullmatch((row.get("verb") or "").strip())
    if not call:
        return {}
    column = "ts_id" if "SessionId" in call[0] else "reason"
    return {"verb": call[1], column: call[2]}


def wsman_shell(row: Texts) -> dict[str, str | None]:
    """WinRM 91 on newer builds: the resource's URI and ` (DOMAIN\\user clientIP: a.b.c.d)`."""
    detail = row.get("detail") or ""
    found = _CLIENT.search(detail)
    if not found:
        return {}
    return {
        "detail": detail[: found.start()],
        "target_user": found["user"],
        "address": found["address"],
    }


def socket_address(row: Texts) -> dict[str, str | None]:
    """SMB: the peer as a SOCKADDR blob in hexadecimal."""
    found = from_socket((row.get("address") or "").strip())
    if found.address is None:
        return {}
    return {"address": found.address, "port": str(found.port)}


def little_endian_address(row: Texts) -> dict[str, str | None]:
    """DHCP client: an IPv4 address as a number."""
    return {"other_address": from_little_endian((row.get("other_address") or "").strip())}


PARSERS: dict[str, Parser] = {
    "clock_change": clock_change,
    "last_alive": last_alive,
    "system_report": system_report,
    "interface_method": interface_method,
    "wsman_shell": wsman_shell,
    "socket_address": socket_address,
    "little_endian_address": little_endian_address,
    "lsm_message": lsm_message,
    "rcm_message": rcm_message,
    "ssh_text": ssh_text,
}
"""All text parsers by the name that the catalogue uses."""

_PARSED: dict[str, Parser] = {
    kind.name: PARSERS[kind.parse] for kind in KINDS.values() if kind.parse is not None
}


def parsed(events: pl.DataFrame) -> pl.DataFrame:
    """The events with what their text parsers learnt; all columns still text."""
    rows = events["kind"].is_in(list(_PARSED)).arg_true()
    learnt: dict[str, tuple[list[int], list[str | None]]] = {}
    for place, row in zip(rows.to_list(), events[rows].iter_rows(named=True), strict=True):
        for column, value in _PARSED[row["kind"]](row).items():
            places, values = learnt.setdefault(column, ([], []))
            places.append(place)
            values.append(value)
    return events.with_columns(
        column_of(events, column, pl.String()).scatter(places, values)
        for column, (places, values) in learnt.items()
    )


def _local(date: str, time: str | None) -> datetime | None:
    """A date and a time in some locale's order, as far as differences need it."""
    day = [int(part) for part in _NUMBERS.findall(_MARKS.sub("", date))]
    clock = [int(part) for part in _NUMBERS.findall(_MARKS.sub("", time or ""))]
    if len(day) != 3 or len(clock) < 2:
        return None
    if day[0] > 31:
        year, month, date_of = day
    else:
        month, date_of, year = day
        if month > 12:
            month, date_of = date_of, month
    hour = clock[0] % 12 + 12 if "pm" in (time or "").lower() else clock[0]
    if "am" in (time or "").lower():
        hour %= 12
    second = clock[2] if len(clock) > 2 else 0
    try:
        return datetime(year, month, date_of, hour, clock[1], second)  # noqa: DTZ001 - a difference
    except ValueError:
        return None


def _iso(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text[:26].rstrip("Z")) if text else None
    except ValueError:
        return None
