"""Failure runs of the truth: consecutive failed attempts of one source, by the words of R5.6."""

from __future__ import annotations

from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

from graphsess.synth.truth import Row, SessionTruth, stamp
from graphsess.synth.world.clock import seconds
from graphsess.synth.world.draft import kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsess.synth.world.host import Host

GAP, SOON, MISTYPED = seconds(60), seconds(900), seconds(120)
_FEW, _MANY, _USERS = 3, 10, 5


def failure_runs(sessions: list[SessionTruth]) -> list[Row]:
    """One row for each run: at most 60 s between two attempts of (host, source, kind)."""
    failed = sorted((s for s in sessions if s.outcome in ("failed", "denied")), key=_key)
    runs = [run for _, group in groupby(failed, key=_source) for run in _split(list(group))]
    let_in: dict[Host, list[SessionTruth]] = {}
    for session in sessions:
        if session.outcome not in ("failed", "denied"):
            let_in.setdefault(session.host, []).append(session)
    return [_row(run, let_in.get(run[0].host, [])) for run in runs]


def _split(attempts: list[SessionTruth]) -> Iterator[list[SessionTruth]]:
    run: list[SessionTruth] = []
    for attempt in attempts:
        if run and _at(attempt) - _at(run[-1]) > GAP:
            yield run
            run = []
        run.append(attempt)
    yield run


def _row(run: list[SessionTruth], let_in: list[SessionTruth]) -> Row:
    known = [attempt for attempt in run if attempt.told_by_best]
    users = _counted([str(attempt.attempted_user) for attempt in known])
    codes = _counted([str(attempt.facts.get("failure_status")) for attempt in known])
    last = _at(run[-1])
    elsewhere = "seen_at_dc_only" in run[0].flags  # the controller was not what they tried
    after = [
        session
        for session in let_in
        if not elsewhere
        and session.source_address == run[0].source_address
        and (session.source_address or session.kind == run[0].kind)
        and 0 <= _success(session) - last <= SOON
    ]
    return {
        "host": run[0].host.name,
        "kind": run[0].kind,
        "source_address": run[0].source_address,
        "count": len(run),
        "users": [{"user": name, "count": count} for name, count in users],
        "statuses": [{"code": name, "count": count} for name, count in codes],
        "first": stamp(run[0].start),
        "last": stamp(run[-1].start),
        "pattern": _pattern(run, users, after),
        "sessions_after_starts": sorted(str(stamp(session.start)) for session in after),
    }


def _pattern(
    run: list[SessionTruth], users: list[tuple[str, int]], after: list[SessionTruth]
) -> str:
    if len(users) >= _USERS and median([count for _, count in users] or [0]) <= _FEW:
        return "spray"
    if len(run) >= _MANY:
        return "bruteforce"
    names = {name.lower() for name, _ in users}
    soon = (
        session.user.name.lower() in names and _success(session) - _at(run[-1]) <= MISTYPED
        for session in after
        if session.user
    )
    return "mistype" if len(run) <= _FEW and any(soon) else "other"


def _counted(names: list[str]) -> list[tuple[str, int]]:
    return sorted((name, names.count(name)) for name in set(names))


def _at(session: SessionTruth) -> int:
    return session.start.time if session.start else 0


def _success(session: SessionTruth) -> int:
    """When the credentials proved right; a success may share its connection with failures."""
    return min((draft.time for draft in kept(session.auths)), default=_at(session))


def _source(session: SessionTruth) -> tuple[str, str, str]:
    return (session.host.name, str(session.source_address), session.kind)


def _key(session: SessionTruth) -> tuple[str, str, str, int]:
    return (*_source(session), _at(session))
