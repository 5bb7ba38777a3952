"""Closing the account: from what the world remembers to the rows of `truth.json`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from graphsess.synth.runs import failure_runs
from graphsess.synth.steps import moves
from graphsess.synth.truth import Row, SessionTruth, luids, stamp
from graphsess.synth.world.clock import iso
from graphsess.synth.world.logon import CONSTANTS, FIRST_LUID

if TYPE_CHECKING:
    from graphsess.synth.world.host import Host
    from graphsess.synth.world.logon import Logon
    from graphsess.synth.world.world import World


def account(world: World) -> dict[str, list[Row]]:
    """Rows by stream, each in a total order. Only what the evidence can still say is told."""
    sessions = [session for session in world.sessions if session.witnessed]
    written = {host: _security(host) for host in world.hosts}
    for session in sessions:
        if session.kind in ("rdp", "console") and session.outcome == "established":
            _mark_security(session, *written[session.host])
    return {
        "activities": _sorted([item.row() for item in world.activities if item.event.kept]),
        "alive": _sorted([row for host in world.hosts for row in _alive(host)]),
        "chains": _sorted([row for chain in world.chains for row in chain.rows()]),
        "failures": _sorted(failure_runs(sessions)),
        "hosts": [_host(host) for host in world.hosts if any(d.kept for d in host.drafts)],
        "locals": _sorted([local.row() for local in world.locals]),
        "logons": _sorted([row for host in world.hosts for row in _logons(host, sessions)]),
        "moves": _sorted(moves(world.sessions)),
        "sessions": _sorted([session.row() for session in sessions]),
    }


def _security(host: Host) -> tuple[list[int], list[bool]]:
    """Times of the host's Security records in their order, and whether each is left."""
    written = [d for d in host.drafts if d.written and d.log.channel == "Security"]
    written.sort(key=lambda draft: (draft.at, draft.turn))
    return [draft.at for draft in written], [draft.kept for draft in written]


def _mark_security(session: SessionTruth, times: list[int], left: list[bool]) -> None:
    """R5.12: say so where the Security log does not cover the start."""
    start = session.start
    if start is None:
        return
    before, after = bisect_right(times, start.at) - 1, bisect_left(times, start.at)
    if before < 0 or after >= len(times) or not (left[before] and left[after]):
        session.flags.add("security_not_covering")


def _logons(host: Host, sessions: list[SessionTruth]) -> list[Row]:
    owners = {
        id(logon): session
        for session in reversed(sessions)
        for logon in (*session.logons, *session.byproducts)
    }
    rows: list[Row] = []
    for boot in host.boots:
        for logon in boot.logons:
            if logon.role == "system" or not logon.seen:
                continue
            start = logon.start if logon.start and logon.start.kept else None
            destroyed = logon.ends.get("4634")
            owner = owners.get(id(logon))
            rows.append(
                {
                    "host": host.name,
                    "boot_start": iso(boot.start_time),
                    "logon_id": f"{logon.luid:#x}",
                    "user": logon.user.label,
                    "sid": logon.user.sid,
                    "logon_type": logon.logon_type if start else None,
                    "start": stamp(start),
                    "access_end": stamp(logon.access_end),
                    "destroyed": stamp(destroyed) if destroyed and destroyed.kept else None,
                    "elevated": logon.elevated,
                    "linked_logon_id": _one(logon.linked),
                    "role": logon.role,
                    "byproduct_of": _one(logon.owner),
                    "session_start": stamp(owner.start) if owner else None,
                }
            )
    return rows


def _alive(host: Host) -> list[Row]:
    """Each logon session of each boot from its birth to its end, for any moment between.

    The constants are as old as the boot. One without a 4634 is gone when its access ends, and in
    any case with the boot.
    """
    rows: list[Row] = []
    for boot in host.boots:
        over = iso(boot.end_time) if boot.end_time is not None else None
        for logon in boot.logons:
            if logon.luid < FIRST_LUID or not logon.seen:
                continue
            destroyed = logon.ends.get("4634")
            gone = destroyed if destroyed and destroyed.kept else logon.access_end
            rows.append(
                {
                    "host": host.name,
                    "logon_id": f"{logon.luid:#x}",
                    "user": logon.user.label,
                    "since": iso(host.now(logon.at)),
                    "access_end": stamp(logon.access_end) or over,
                    "until": stamp(gone) or over,
                }
            )
        rows += [
            {"host": host.name, "logon_id": f"{luid:#x}", "user": None,
             "since": iso(boot.start_time), "access_end": over, "until": over}
            for luid in CONSTANTS
        ]  # fmt: skip
    return rows


def _one(logon: Logon | None) -> str | None:
    return next(iter(luids([logon] if logon else [])), None)


def _host(host: Host) -> Row:
    return {
        "host": host.name,
        "names": host.names,
        "addresses": host.addresses,
        "is_dc": host.is_dc,
        "boots": [
            {
                "start": iso(boot.start_time),
                "end": iso(boot.end_time) if boot.end_time is not None else None,
                "end_kind": boot.end_kind,
            }
            for boot in host.boots
        ],
    }


def _sorted(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=_key)


def _key(row: Row) -> tuple[str, ...]:
    first = ("host", "to_host", "start", "first", "time", "end", "logon_id")
    rest = sorted(row.keys() - set(first))
    return tuple(str(row.get(name)) for name in (*first, *rest))
