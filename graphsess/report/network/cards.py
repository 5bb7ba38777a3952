"""What stands on each thing of a graph, and what is told of it: text, never markup."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphsess.graph.folding import FOLDED
from graphsess.report.cells import event_name, harmless, lasting

TITLE, FACT = 120, 2000
"""Characters of a title and of a fact; more of a name is cut, and said to be."""
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
PLURALS = {
    "Address": "addresses",
    "User": "users",
    "Host": "hosts",
    "Outside": "machines outside the case",
    "Session": "sessions",
    "Sessions": "bundles of sessions",
    "FailureRun": "failure runs",
    "LocalSession": "desktops",
    "LogonSession": "logon sessions",
    "Connection": "connections",
    "Event": "events",
}
ONE = {
    "Address": "address",
    "User": "user",
    "Host": "host",
    "Outside": "machine outside the case",
    "Session": "session",
    "Sessions": "sessions alike",
    "FailureRun": "failure run",
    "LocalSession": "desktop (local session)",
    "LogonSession": "logon session",
    "Connection": "connection",
    "Event": "event",
    FOLDED: "more",
}
WHY = {
    "from_outside": "got in from outside",
    "after_failures": "got in after failed attempts",
    "tried_from_outside": "tried from outside",
    "session_hijack": "went on with another user's desktop",
    "shadowed": "somebody watched or controlled it",
    "log_cleared_during": "a log was cleared meanwhile",
    "tunnelled": "through a tunnel: the true source is hidden",
    "reached_from_outside": "reached in a chain of moves from outside",
    "takeover": "took a desktop over from another connection",
    "clock_jump": "the clock was changed meanwhile",
}
"""Why a thing deserves a look, in words."""
_SHOWN = {"authenticated_no_shell": "no desktop", "open_at_end_of_log": "open at end of log"}
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """A thing as it is drawn, and what is told of it.

    Attributes:
        title: Its first line.
        sub: Its second line, may be empty.
        facts: Names and values.
    """

    title: str
    sub: str
    facts: tuple[Fact, ...]


class Writer:
    """Makes cards in one time zone.

    Args:
        zone: Of all times.
        hosts: Host ids to names as last logged.
    """

    def __init__(self, zone: dt.tzinfo, hosts: Mapping[str, str]) -> None:
        self._zone = zone
        short = {ident: name.partition(".")[0] for ident, name in hosts.items()}
        clear = len({name.lower() for name in short.values()}) == len(short)
        self._hosts = short if clear else dict(hosts)
        self._full = hosts

    def card(self, label: str, key: str, facts: Mapping[str, Any]) -> Card:
        """The card of a thing."""
        title, sub = getattr(self, f"_{label.lower()}", self._plain)(key, facts)
        told = [("what", ONE.get(label, label)), *self._facts(label, key, facts)]
        return Card(
            cut(harmless(title), TITLE),
            cut(harmless(sub), TITLE),
            tuple((name, cut(harmless(value), FACT)) for name, value in told if value),
        )

    def host(self, ident: str | None) -> str:
        """A host's name, short where no two of them become the same."""
        return self._hosts.get(ident or "", ident or "-")

    def time(self, us: int | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
        """A moment in the zone; empty where it is not known."""
        if us is None:
            return ""
        moment = _EPOCH + dt.timedelta(microseconds=us)
        try:
            return moment.astimezone(self._zone).strftime(form)
        except OverflowError:
            return moment.strftime(form)

    def short(self, us: int | None) -> str:
        """A moment as short as a card wants it: `03-02 11:36:58`."""
        return self.time(us, "%m-%d %H:%M:%S")

    def _user(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        realm, _, name = str(facts.get("name") or key).rpartition("\\")
        known = realm if facts.get("known", True) else "name tried"
        return name, " · ".join(part for part in (known, _attempts(facts)) if part)

    def _address(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        held = ", ".join(name.partition(".")[0] for name in facts.get("held_by") or ())
        what = f"= {held}" if held else facts.get("class") or "unknown"
        return key, f"{what} · {_attempts(facts)}" if facts.get("attempts") else what

    def _host(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        what = "DC · " if facts.get("is_dc") else ""
        if "reached_us" in facts:
            reached = self.short(facts["reached_us"])
            return self.host(key), what + (f"reached {reached}" if reached else "not moved to")
        return self.host(key), what + _attempts(facts)

    def _outside(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        return key, "not in the case"

    def _session(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        outcome = str(facts.get("outcome") or "")
        start, end = facts.get("start_us"), facts.get("end_us")
        lasted = f" · {lasting(end - start)}" if start is not None and end is not None else ""
        begun = self.short(start) or "began before the log"
        return f"{facts.get('kind')} · {_SHOWN.get(outcome, outcome)}", begun + lasted

    def _sessions(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        number = facts.get("number") or 0
        words = {"in": "sessions", "failed": "failed attempts"}
        came = words.get(str(facts.get("got")), "attempts")
        return f"{number:,} {facts.get('kind')} {came}", self._stretch(facts)

    def _failurerun(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        pattern = facts.get("pattern")
        kind = f" · {pattern}" if pattern and pattern != "other" else ""
        return f"{facts.get('count') or 0:,} failed {facts.get('kind')}{kind}", self._stretch(facts)

    def _localsession(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        user = str(facts.get("user") or "").rpartition("\\")[2]
        parts = [user, str(facts.get("state") or "").lower()]
        return f"Desktop {facts.get('ts_id')}", " · ".join(part for part in parts if part)

    def _logonsession(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        parts = [
            f"type {facts['logon_type']}" if facts.get("logon_type") is not None else "",
            str(facts.get("role") or "").replace("_", " "),
            "elevated" if facts.get("elevated") else "",
        ]
        return f"Logon {luid(facts.get('luid'))}", " · ".join(part for part in parts if part)

    def _connection(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        port = f"port {facts['port']}" if facts.get("port") else ""
        parts = [facts.get("client_name") or "", port]
        return f"{facts.get('kind')} connection", " · ".join(part for part in parts if part)

    def _event(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        at = self.time(facts.get("time_us"), "%H:%M:%S.%f")[:-3]
        return f"{at}  {event_name(facts)}", str(facts.get("role") or "")

    def _folded(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        number, of = facts.get("number") or 0, str(facts.get("of"))
        if of == "Event":
            return f"{number:,} × {event_name(facts)}", str(facts.get("role") or "")
        return f"+ {number:,} more {PLURALS.get(of, of)}", "did not fit"

    def _plain(self, key: str, facts: Mapping[str, Any]) -> tuple[str, str]:
        return key, ""

    def _stretch(self, facts: Mapping[str, Any]) -> str:
        start, end = facts.get("start_us"), facts.get("end_us")
        last = self.time(end, "%H:%M:%S" if _same_day(start, end) else "%m-%d %H:%M:%S")
        return f"{self.short(start)} – {last}" if last else self.short(start)

    def _facts(self, label: str, key: str, facts: Mapping[str, Any]) -> list[Fact]:
        """What is known of a thing, in the order of the table; ids last."""
        told: list[Fact] = []
        for name, value in facts.items():
            if name in _UNTOLD or value in (None, "", [], False):
                continue
            if name == "time_us":
                told.append(("time", self.time(value, "%Y-%m-%d %H:%M:%S.%f")))
            elif name.endswith("_us"):
                told.append((name[:-3].replace("_", " "), self.time(value)))
            elif name == "why":
                told.append(("worth a look", "; ".join(WHY.get(code, code) for code in value)))
            elif name == "luid":
                told.append(("logon id", luid(value)))
            elif name in ("host", "source_host"):
                told.append((name.replace("_", " "), self._full.get(value, value)))
            elif isinstance(value, list):
                told.append((name.replace("_", " "), ", ".join(str(item) for item in value)))
            else:
                told.append((name.replace("_", " "), _said(name, value)))
        if label not in (FOLDED, "Sessions"):
            told.append(("id", key))
        return told


_UNTOLD = (
    "label", "key", "boot", "first_ord", "hidden", "luids", "after_failures", "got", "risk", "of",
    "who", "who_name", "previous", "next", "parent", "known", "number",
)  # fmt: skip
"""Facts that the picture itself tells, or that mean nothing to a person."""


_AMOUNTS = ("sessions", "failed", "attempts", "count")


def cut(text: str, most: int) -> str:
    """The text, cut where it is longer, with how long it was."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def luid(number: int | None) -> str:
    """A LUID as Windows writes it."""
    return "-" if number is None else f"{number & 0xFFFF_FFFF_FFFF_FFFF:#x}"


def _attempts(facts: Mapping[str, Any]) -> str:
    got_in, failed = facts.get("sessions") or 0, facts.get("failed") or 0
    other = (facts.get("attempts") or 0) - got_in - failed
    numbers = ((got_in, "in"), (failed, "failed"), (other, "unclear"))
    return ", ".join(f"{number:,} {word}" for number, word in numbers if number) or "no session"


def _same_day(one: int | None, other: int | None) -> bool:
    day = 86_400_000_000
    return one is not None and other is not None and one // day == other // day


def _said(name: str, value: object) -> str:
    if value is True:
        return "yes"
    return f"{value:,}" if name in _AMOUNTS and isinstance(value, int) else str(value)
