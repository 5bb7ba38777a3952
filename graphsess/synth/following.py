"""How well a case tells where people went and what they did: moves, chains, activities, alive.

Records name sessions by id; the truth names them by host and start. `Sessions` turns one into the
other, so that a step counts as right only if both of its ends are the right sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from graphsess.synth.scoring import Miss, Row, Score, score

NEAR_S = 1.0
_MOMENTS = 200
Place = tuple[str, datetime]


class Sessions:
    """Where and when each session began, by its id.

    Args:
        records: Of the stream `sessions`, hidden ones too.
    """

    def __init__(self, records: Iterable[Row]) -> None:
        self._of = {str(row["id"]): row for row in records}

    def start(self, session: object) -> object:
        """When it began, as text; None for no session."""
        return self._of[str(session)]["start"] if session in self._of else None

    def place(self, session: object) -> Place | None:
        """Its host's short name and its start; None where it is not known."""
        found = self._of.get(str(session))
        return _place(found["host"], found["start"]) if found else None


def score_moves(records: Iterable[Row], sessions: Sessions, truth: Iterable[Row]) -> Score:
    """Steps from host to host, as far as they are shown: neither failed nor infrastructure."""
    told = [
        {
            **row,
            "from_session_start": sessions.start(row.get("from_session")),
            "to_session_start": sessions.start(row.get("to_session")),
        }
        for row in records
    ]
    return score("moves", told, [row for row in truth if not row.get("hidden")])


def score_activities(records: Iterable[Row], truth: Iterable[Row]) -> Score:
    """What was done, and in which session; only what the world tells of is compared."""
    known = list(truth)
    named = {_named(row) for row in known}
    return score("activities", [row for row in records if _named(row) in named], known)


def score_chains(records: Iterable[Row], sessions: Sessions, truth: Iterable[Row]) -> Score:
    """Intrusions found from their way in to their ends.

    A path counts as found if one chain holds all its hops in their order. A chain without any
    session of an intrusion counts as told too much.
    """
    shown = [
        [place for hop in _hops(row) if (place := sessions.place(hop.get("session")))]
        for row in records
    ]
    paths = [(row, [_place(hop["host"], hop["session_start"]) for hop in _hops(row)])
             for row in truth]  # fmt: skip
    missed = [
        Miss("chains", row, None, ("hops",))
        for row, path in paths
        if not any(_runs_through(chain, path) for chain in shown)
    ]
    guilty = [place for _, path in paths for place in path if place]
    false = sum(not any(_same(a, b) for a in chain for b in guilty) for chain in shown)
    found = len(paths) - len(missed)
    return Score("chains", found, found + false, len(paths), tuple(missed))


def score_alive(ask: Callable[[str], Iterable[Row]], truth: Sequence[Row], seed: int = 1) -> Score:
    """Logon sessions alive at random moments.

    Args:
        ask: Gives the records of `alive` at a moment.
        truth: Rows `alive` of the truth.
        seed: Of the moments.
    """
    times = sorted(str(row["since"]) for row in truth)
    first, last = datetime.fromisoformat(times[0]), datetime.fromisoformat(times[-1])
    random = Random(seed)
    right = told = true = 0
    misses: list[Miss] = []
    for _ in range(_MOMENTS):
        at = first + timedelta(seconds=round(random.random() * (last - first).total_seconds(), 3))
        text = f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"
        there = {_logon(row) for row in ask(text)}
        known = {_logon(row) for row in truth if _lives(row, text)}
        right, told, true = right + len(there & known), told + len(there), true + len(known)
        misses += [
            Miss("alive", {"at": text, "host": host, "logon_id": luid}, None)
            for host, luid in sorted(known - there)
        ]
        misses += [
            Miss("alive", None, {"at": text, "host": host, "logon_id": luid})
            for host, luid in sorted(there - known)
        ]
    return Score("alive", right, told, true, tuple(misses))


def _lives(row: Row, at: str) -> bool:
    return str(row["since"]) <= at and (row["until"] is None or str(row["until"]) > at)


def _logon(row: Row) -> tuple[str, str]:
    return str(row["host"]).split(".")[0].casefold(), str(row["logon_id"])


def _named(row: Row) -> tuple[str, str, str]:
    host = str(row.get("host")).split(".")[0].casefold()
    return host, str(row.get("channel")).casefold(), str(row.get("record_id"))


def _hops(row: Row) -> list[Mapping[str, object]]:
    hops = row.get("hops")
    return [hop for hop in hops if isinstance(hop, dict)] if isinstance(hops, list) else []


def _place(host: object, start: object) -> Place | None:
    if start is None:
        return None
    return str(host).split(".")[0].casefold(), datetime.fromisoformat(str(start))


def _same(one: Place, other: Place) -> bool:
    return one[0] == other[0] and abs((one[1] - other[1]).total_seconds()) <= NEAR_S


def _runs_through(chain: list[Place], path: list[Place | None]) -> bool:
    """Whether the chain holds all places of the path in their order."""
    rest = iter(chain)
    return all(place and any(_same(place, other) for other in rest) for place in path)
