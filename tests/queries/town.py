"""A small town in tables: for every hunt something that it must find, and something next to it.

Each story has people, addresses and hosts of its own, so that none adds to another by accident.
`EXPECTED` says what is asked, and which values of one column must and must not come out.
"""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

import polars as pl

from graphsess.case import TABLES

MONDAY = int(dt.datetime(2026, 3, 2, tzinfo=dt.UTC).timestamp() * 1_000_000)
MINUTE = 60_000_000
HOUR, DAY = 60 * MINUTE, 1440 * MINUTE
Row = dict[str, Any]


def at(day: float, hour: float = 9.0, minute: float = 0.0) -> int:
    """Microseconds of a time of day, so many days after the Monday."""
    return MONDAY + int(day * DAY + hour * HOUR + minute * MINUTE)


class Town:
    """Rows of tables, added story by story; what is not named is null."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.ords = count(1)
        self.hosts: set[str] = set()
        self.seen: dict[str, str] = {}

    def add(self, table: str, **row: Any) -> Row:
        self.rows[table].append(row)
        return row

    def host(self, name: str, **more: Any) -> str:
        if name not in self.hosts:
            self.hosts.add(name)
            self.add("hosts", **{"id": name, "name": name, "is_dc": False, "first_us": at(0, 0),
                                 "last_us": at(60), **more})  # fmt: skip
            self.add("boots", id=f"boot|{name}|0", host=name, boot=0, start_us=at(0, 0))
        return name

    def session(self, ident: str, user: str | None, address: str | None, start: int | None,
                host: str = "ws1.corp.example", **more: Any) -> str:  # fmt: skip
        self.host(host)
        more.setdefault("source_class", "internal" if address else "local")
        if address:
            self.seen.setdefault(address, more["source_class"])
        end = None if start is None else start + 30 * MINUTE
        self.add(
            "sessions",
            **{"id": ident, "host": host, "boot": 0, "kind": "rdp", "class": "user",
               "outcome": "established", "user": user, "source_address": address,
               "start_us": start, "end_us": end, "end_kind": "logoff", "opened_by": "logon",
               "luids": [], "flags": [], "accesses": [], "first_ord": next(self.ords),
               "rule": "R5.1", **more},
        )  # fmt: skip
        self.add("accesses", id=ident.replace("session", "access"), host=host, boot=0, user=user,
                 attempted_user=more.get("attempted_user"), source_address=address)  # fmt: skip
        return ident

    def failure(self, ident: str, name: str, address: str | None, start: int, **more: Any) -> str:
        return self.session(ident, None, address, start,
                            **{"outcome": "failed", "attempted_user": name, **more})  # fmt: skip

    def event(self, uid: str, kind: str, time: int, host: str = "ws1.corp.example",
              channel: str = "Security", **more: Any) -> str:  # fmt: skip
        self.host(host)
        self.add("events", uid=uid, kind=kind, time_us=time, host=host, boot=0, channel=channel,
                 ord=next(self.ords), event_id=int(kind.rpartition("_")[2]), **more)  # fmt: skip
        return uid

    def logon(self, host: str, luid: int, user: str, **more: Any) -> str:
        self.host(host)
        ident = f"logon|{host}|2026-03-02T00:00:00|{luid:#x}"
        self.add("logons", **{"id": ident, "host": host, "boot": 0, "luid": luid, "user": user,
                              "class": "user", "start_us": at(1), **more})  # fmt: skip
        return ident

    def act(self, uid: str, kind: str, session: str, time: int, host: str, **more: Any) -> None:
        placed = {name: more.pop(name, None) for name in ("while_disconnected",)}
        self.event(uid, kind, time, host, **more)
        self.add("activities", id=uid, host=host, time_us=time, kind="process", session=session,
                 method="luid", confidence=100, flags=[], rule="R7.1", **placed)  # fmt: skip

    def tables(self) -> Tables:
        for address, found in self.seen.items():
            known = "internal" if address.startswith("198.18.") else found
            parts = address.split(".")
            self.add("addresses", **{"address": address, "class": known, "shared": False,
                                     "range": ".".join(parts[:3]) + ".0/24"})  # fmt: skip
        return Tables(
            {
                name: pl.DataFrame(self.rows[name], table.columns).sort(table.order)
                for name, table in TABLES.items()
            }
        )


class Tables:
    """What twins and records are asked of."""

    def __init__(self, frames: dict[str, pl.DataFrame]) -> None:
        self.frames = frames

    def table(self, name: str) -> pl.DataFrame:
        return self.frames[name]

    def scan(self, name: str) -> pl.LazyFrame:
        return self.frames[name].lazy()


def town() -> Tables:
    """The town with all its stories."""
    made = Town()
    for story in (addresses, guesses, hosts, habits, desktops, credentials, moments, acts, moves):
        story(made)
    return made.tables()


def addresses(t: Town) -> None:
    for n in range(9):
        t.session(f"session|ann{n}", "CORP\\ann", "10.1.0.1", at(1, 8, n))
    t.session("session|ann-own", "CORP\\ann", "10.1.0.9", at(1, 9))
    t.session("session|ann-shared", "CORP\\ann", "10.1.0.8", at(1, 9, 30))
    t.session("session|bob-shared", "CORP\\bob", "10.1.0.8", at(1, 9, 40))

    t.session("session|cat1", "CORP\\cat", "10.2.0.1", at(1, 8))
    t.session("session|cat2", "CORP\\cat", "10.2.0.2", at(3, 8))
    t.session("session|dan1", "CORP\\dan", "10.2.1.1", at(1, 8))
    t.session("session|dan2", "CORP\\dan", "10.2.1.2", at(1, 12))

    for n in range(12):
        t.session(f"session|eve{n}", "CORP\\eve", "10.3.0.1", at(1, 8, n))
    t.session("session|eve-rare", "CORP\\eve", "172.16.5.1", at(1, 9))
    for n in range(5):
        t.session(f"session|fay{n}", "CORP\\fay", "10.3.1.1", at(1, 8, n))
    t.session("session|fay-few", "CORP\\fay", "172.16.6.1", at(1, 9))

    outside = {"source_class": "external"}
    for who, inside in (("gus", 2), ("hal", 1), ("joe", 2)):
        for n in range(inside):
            t.session(f"session|{who}{n}", f"CORP\\{who}", f"10.4.{n}.1", at(1, 8, n))
    t.session("session|gus-out", "CORP\\gus", "203.0.113.10", at(1, 12), **outside,
              privileged=True, source_name="KALI")  # fmt: skip
    t.session("session|hal-out", "CORP\\hal", "203.0.113.11", at(1, 12), **outside,
              source_name="LAPTOP")  # fmt: skip
    t.session("session|joe-out", "CORP\\joe", "198.18.0.1", at(1, 12), **outside)
    t.session("session|ivy-net", "CORP\\ivy", "203.0.113.12", at(1, 12), **outside,
              kind="network", source_name="kali")  # fmt: skip

    for who in ("kim", "lee", "moe"):
        t.session(f"session|{who}-a", f"CORP\\{who}", "10.5.0.1", at(1, 8))
    for who in ("kim", "lee"):
        t.session(f"session|{who}-b", f"CORP\\{who}", "10.5.0.2", at(1, 9))
    t.add("failure_runs", id="failures|at-5", host="ws1.corp.example", kind="rdp",
          source_address="10.5.0.1", count=2, first_us=at(1, 7), last_us=at(1, 7, 1),
          pattern="other", rule="R5.6", users=[], statuses=[])  # fmt: skip

    for n in range(3):
        t.session(f"session|ned{n}", "CORP\\ned", f"10.6.0.{n + 1}", at(1, 8 + n))
        t.session(f"session|oli{n}", "CORP\\oli", f"10.6.1.{n + 1}", at(1 + 2 * n))

    t.session("session|pam1", "CORP\\pam", "10.7.0.1", at(1, 9), end_us=at(1, 11))
    t.session("session|pam2", "CORP\\pam", "203.0.113.20", at(1, 10), **outside)
    t.session("session|qin1", "CORP\\qin", "10.7.1.1", at(1, 9), end_us=at(1, 11))
    t.session("session|qin2", "CORP\\qin", "10.7.1.2", at(1, 10))
    t.session("session|ray1", "CORP\\ray", "10.7.2.1", at(1, 9))
    t.session("session|ray2", "CORP\\ray", "10.7.3.1", at(1, 10))

    for address, owners in (("10.8.0.1", ("ws1", "ws2")), ("10.8.0.2", ("ws1", "ws1"))):
        for day, owner in enumerate(owners):
            t.add("bindings", address=address, host=t.host(f"{owner}.corp.example"), name=owner,
                  valid_from_us=at(day), valid_to_us=at(day, 12), weight=9, observations=2,
                  rule="R9.2", uids=[])  # fmt: skip
        t.seen.setdefault(address, "internal")
    for name, score in (("high", 40), ("low", 20)):
        t.add("groups", id=f"group|{name}", by="address", user=f"CORP\\{name}",
              source_address="10.9.9.9", outlier_score=score, reasons=["new_for_user"], sessions=1,
              failures=0, hosts=["ws1.corp.example"], rule="R9", points=[score])  # fmt: skip


def guesses(t: Town) -> None:
    def run(ident: str, pattern: str, tries: int, success: str | None,
            wider: str | None = None) -> None:  # fmt: skip
        t.add("failure_runs", id=ident, host="ws1.corp.example", kind="rdp",
              source_address="10.20.0.1", source_class="internal", count=tries, first_us=at(2, 8),
              last_us=at(2, 8, 5), pattern=pattern, rule="R5.6", users=[], statuses=[])  # fmt: skip
        if wider:
            t.add("failure_patterns", failure_run=ident, pattern=wider, rule="R5.6")
        if success:
            t.session(success, "CORP\\victim", "10.20.0.1", at(2, 8, 6))
            t.add("followed_by_success", failure_run=ident, session=success, gap_us=MINUTE,
                  rule="R5.6")  # fmt: skip

    t.seen.setdefault("10.20.0.1", "internal")
    run("failures|brute", "bruteforce", 40, "session|guessed")
    run("failures|brute-vain", "bruteforce", 40, None)
    run("failures|spray", "spray", 8, "session|sprayed")
    run("failures|few", "spray", 4, "session|few")
    run("failures|slow", "other", 1, "session|slow", "slow_spray")
    run("failures|many", "other", 2, "session|many", "distributed")
    run("failures|stale", "other", 9, "session|stale", "stale_credential")

    nobody = {"failure_status": "0xc0000064"}
    for n, name in enumerate(("adam", "root", "test")):
        t.failure(f"session|enum{n}", f"CORP\\{name}", "10.21.0.1", at(2, 9, n), **nobody)
        t.failure(f"session|wrong{n}", f"CORP\\real{n}", "10.21.0.2", at(2, 9, n),
                  failure_status="0xc000006a")  # fmt: skip
    t.failure("session|denied", "CORP\\denied", "10.21.1.1", at(2, 9), outcome="denied")
    t.failure("session|maybe", "CORP\\maybe", "10.21.1.2", at(2, 9),
              flags=["credentials_may_be_right"])  # fmt: skip
    for n in range(5):
        t.failure(f"session|sam{n}", "CORP\\sam", f"10.22.0.{n + 1}", at(2, 9, n))
    for n in range(4):
        t.failure(f"session|tom{n}", "CORP\\tom", f"10.22.1.{n + 1}", at(2, 9, n))
    for n in range(3):
        t.failure(f"session|knock{n}", "CORP\\any", "10.23.0.1", at(2, 9, n),
                  host=f"knock{n}.corp.example")  # fmt: skip
        if n < 2:
            t.failure(f"session|tap{n}", "CORP\\any", "10.23.0.2", at(2, 9, n),
                      host=f"knock{n}.corp.example")  # fmt: skip
    # an attempt that a controller saw, too: one attempt, and the controller no host of its own
    t.failure("session|tap-dc", "CORP\\any", "10.23.0.2", at(2, 9), host="dc1.corp.example",
              hidden="seen_at_dc_only")  # fmt: skip
    t.add("corroboration", dc_session="session|tap-dc", session="session|tap0", rule="R5.6")


def hosts(t: Town) -> None:
    for n in range(3):
        host = f"fan{n}.corp.example"
        t.session(f"session|una{n}", "CORP\\una", "10.30.0.1", at(3, 8, 10 * n), host)
        t.session(f"session|vic{n}", "CORP\\vic", "10.30.0.2", at(3, 8 + 2 * n), host)
    for n in range(5):
        t.session(f"session|in{n}", f"CORP\\in{n}", f"10.31.0.{n + 1}", at(3, 8, 5 * n),
                  "crowd.corp.example")  # fmt: skip
    for n in range(4):
        t.session(f"session|few{n}", f"CORP\\in{n}", f"10.31.0.{n + 1}", at(3, 12, 5 * n),
                  "quiet.corp.example")  # fmt: skip
    t.session("session|wes1", "CORP\\wes", "10.32.0.1", at(3), "old.corp.example")
    t.session("session|wes2", "CORP\\wes", "10.32.0.1", at(5), "new.corp.example")
    t.session("session|xia1", "CORP\\xia", "10.32.0.2", at(3, 8), "old.corp.example")
    t.session("session|xia2", "CORP\\xia", "10.32.0.2", at(3, 9), "new.corp.example")
    t.hosts.discard("dc1.corp.example")
    t.rows["hosts"] = [row for row in t.rows["hosts"] if row["id"] != "dc1.corp.example"]
    t.rows["boots"] = [row for row in t.rows["boots"] if row["host"] != "dc1.corp.example"]
    t.host("dc1.corp.example", is_dc=True)
    t.session("session|dc-desk", "CORP\\adm", "10.33.0.1", at(3), "dc1.corp.example")
    t.session("session|dc-share", "CORP\\adm", "10.33.0.1", at(3), "dc1.corp.example",
              kind="network")  # fmt: skip
    for n in (1, 2):
        host = f"local{n}.corp.example"
        t.session(f"session|local{n}", f"LOCAL{n}\\Admin", "10.34.0.1", at(3), host)
        t.session(f"session|domain{n}", "CORP\\Yan", "10.34.0.2", at(3), host)


def habits(t: Town) -> None:
    for day in range(6):
        t.session(f"session|zoe{day}", "CORP\\zoe", "10.40.0.1", at(4 + day, 9))
    t.session("session|zoe-night", "CORP\\zoe", "10.40.0.1", at(10, 3))
    for who, day in (("abe", 40), ("abi", 20)):
        t.session(f"session|{who}1", f"CORP\\{who}", "10.40.0.2", at(4))
        t.session(f"session|{who}2", f"CORP\\{who}", "10.40.0.2", at(4 + day))
    t.session("session|ws9-desk", "CORP\\WS9$", "10.41.0.1", at(4))
    t.session("session|ws9-net", "CORP\\WS9$", "10.41.0.1", at(4), kind="network",
              hidden="machine", **{"class": "machine"})  # fmt: skip
    for who in ("svc1", "svc2"):
        t.session(f"session|{who}", f"CORP\\{who}", None, at(4), kind="service", hidden="service")
    t.session("session|svc1-desk", "CORP\\svc1", "10.41.0.2", at(4, 10))
    t.session("session|long", "CORP\\longer", "10.42.0.1", at(4), end_us=at(5, 5))
    t.session("session|short", "CORP\\longer", "10.42.0.1", at(6), end_us=at(6, 19))
    t.session("session|open", "CORP\\open", "10.42.0.2", at(4), end_us=None,
              end_kind="open_at_end_of_log", end_earliest_us=at(4, 10))  # fmt: skip


def desktops(t: Town) -> None:
    lsm = "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"
    for ident, kind, channel in (("mute", "lsm_21", lsm), ("told", "security_4624", "Security")):
        t.session(f"session|{ident}", f"CORP\\{ident}", "10.50.0.1", at(5))
        t.event(f"uid-{ident}", kind, at(5), channel=channel)
        t.add("sources", session=f"session|{ident}", ord=1, uid=f"uid-{ident}", role="AUTH_OK",
              rule="R5.10")  # fmt: skip
    t.session("session|no-shell", "CORP\\noshell", "10.50.0.2", at(5),
              outcome="authenticated_no_shell")  # fmt: skip
    t.session("session|thief", "CORP\\thief", "10.50.1.1", at(5, 8), end_us=at(5, 9),
              end_reason="hijacked")  # fmt: skip
    t.session("session|later-end", "CORP\\other", "10.50.1.1", at(5, 8), end_us=at(5, 10),
              end_reason="hijacked")  # fmt: skip
    t.session("session|stolen", "CORP\\owner", "10.50.1.1", at(5, 9), flags=["session_hijack"])
    t.session("session|watched", "CORP\\watched", "10.50.2.1", at(5), flags=["shadowed"])
    t.event("uid-shadow", "rcm_20506", at(5, 9, 5), channel="rcm")
    t.add("flags", session="session|watched", flag="shadowed", rule="R5.10", uids=["uid-shadow"])
    t.session("session|tunnel", "CORP\\tunnel", "127.0.0.1", at(5), source_class="tunnelled")
    t.session("session|desk", "CORP\\owner2", None, at(5, 8), kind="console")
    t.session("session|taker", "CORP\\owner2", "10.50.3.1", at(5, 9), flags=["takeover"])
    t.session("session|again", "CORP\\owner2", "10.50.3.1", at(5, 10))
    for before, after in (("desk", "taker"), ("taker", "again")):
        t.add("next_in_local", session=f"session|{before}", next=f"session|{after}",
              local="local|x", gap_us=-1_500_000, rule="R5.8")  # fmt: skip
    t.session("session|hash", "CORP\\hash", "10.50.4.1", at(5), restricted_admin=True)


def credentials(t: Town) -> None:
    here = "typed.corp.example"
    t.session("session|typist", "CORP\\typist", "10.60.0.1", at(6), here, luids=[0x100])
    t.logon(here, 0x100, "CORP\\typist")
    said = {"actor_user": "typist", "actor_domain": "CORP", "actor_luid": 0x100,
            "target_domain": "CORP"}  # fmt: skip
    for uid, server in (("uid-far", "srv9.corp.example"), ("uid-self", "TYPED"),
                        ("uid-local", "localhost")):  # fmt: skip
        t.event(uid, "security_4648", at(6, 9, 5), here, **said, target_user="adm", server=server)
    t.session("session|borrower", "CORP\\borrower", "10.60.3.1", at(6), here, luids=[0x1000])
    t.logon(here, 0x1000, "CORP\\borrower")
    t.logon(here, 0x1200, "CORP\\lender", role="network")
    t.logon(here, 0x1201, "CORP\\asked", role="runas", actor_luid=0x1000)
    t.logon(here, 0x1202, "CORP\\prompted", role="elevation", actor_luid=0x3E7)
    made = {**said, "actor_user": "borrower", "actor_luid": 0x1000}
    for owner, luid in (("lender", 0x1200), ("asked", 0x1201), ("prompted", 0x1202),
                        ("borrower", 0x1203), ("typed$", 0x1204), ("system", 0x3E7)):  # fmt: skip
        t.event(f"uid-as-{owner}", "security_4688", at(6, 9, 6), here, **made, target_user=owner,
                target_luid=luid, process="C:\\cmd.exe")  # fmt: skip
    t.event("uid-by-system", "security_4688", at(6, 9, 6), here, actor_user="typed$",
            actor_luid=0x3E7, target_user="borrower", target_luid=0x1000)  # fmt: skip
    desk = f"local|{here}|0|2"
    t.add("locals", id=desk, host=here, boot=0, ts_id=2, user="CORP\\clerk", start_us=at(6, 8))
    for n, begun in enumerate((8, 10)):
        t.session(f"session|clerk{n}", "CORP\\clerk", None, at(6, begun), here, kind="console",
                  local=desk)  # fmt: skip
    for name, luid, full in (("clerk", 0x1301, True), ("helper", 0x1302, True),
                             ("helper", 0x1303, False)):  # fmt: skip
        t.logon(here, luid, f"CORP\\{name}", role="elevation", byproduct_of=desk, elevated=full,
                start_us=at(6, 9))  # fmt: skip
    for who, tries in (("sprayer", 5), ("tester", 4)):
        for n in range(tries):
            t.event(f"uid-{who}{n}", "security_4648", at(6, 9, n), here, actor_user=who,
                    actor_domain="CORP", target_user=f"name{n}", target_domain="CORP",
                    server="localhost", process="C:\\spray.exe")  # fmt: skip
    t.session("session|parent", "CORP\\parent", "10.60.0.2", at(6), here)
    t.session("session|runas", "CORP\\parent", None, at(6, 9, 5), here, kind="runas",
              outbound_user="CORP\\borrowed", parent="session|parent")  # fmt: skip
    for ident, day in (("went", 6), ("went-late", 9)):
        t.session(f"session|{ident}", "CORP\\borrowed", "10.60.0.9", at(day, 9, 10),
                  "target.corp.example", kind="network")  # fmt: skip
        t.add("origins", session=f"session|{ident}", source_host=here, weight=9, rule="R9.2")


def moments(t: Town) -> None:
    here = "alive.corp.example"
    t.logon(here, 0x200, "CORP\\alive", start_us=at(7, 8), access_end_us=at(7, 12))
    t.logon(here, 0x201, "CORP\\gone", start_us=at(7, 8), access_end_us=at(7, 9),
            destroyed_us=at(7, 9))  # fmt: skip
    here = "hole.corp.example"
    t.session("session|in-hole", "CORP\\hole", "10.70.0.1", at(7, 9), here, end_us=at(7, 11))
    t.session("session|no-hole", "CORP\\hole", "10.70.0.1", at(8, 9), here)
    for first, last, cause in ((at(0), at(7, 10), "gap"), (at(7, 10, 30), at(30), "end_of_file")):
        t.add("coverage", host=here, channel="Security", first_us=first, last_us=last,
              broken_by=cause)  # fmt: skip
    t.session("session|wiper", "CORP\\wiper", "10.70.0.2", at(7), here, luids=[0x300],
              flags=["log_cleared_during"])  # fmt: skip
    t.logon(here, 0x300, "CORP\\wiper")
    t.event("uid-clear", "security_1102", at(7, 9, 5), here, actor_user="wiper", actor_luid=0x300)
    t.event("uid-other", "security_4624", at(7, 9, 5), here)
    t.add("flags", session="session|wiper", flag="log_cleared_during", rule="R6.1",
          uids=["uid-clear"])  # fmt: skip


def acts(t: Town) -> None:
    here = "acts.corp.example"
    t.session("session|remote", "CORP\\remote", "10.80.0.1", at(8), here, kind="network")
    t.session("session|near", "CORP\\near", None, at(8), here, kind="console")
    for who in ("remote", "near"):
        ident, time = f"session|{who}", at(8, 9, 5)
        t.act(f"uid-service-{who}", "security_4697", ident, time, here, object="svc",
              detail="C:\\svc.exe")  # fmt: skip
        t.act(f"uid-task-{who}", "security_4698", ident, time, here, object="\\task")
        t.act(f"uid-process-{who}", "security_4688", ident, time, here, process="C:\\cmd.exe",
              command_line="cmd /c whoami")  # fmt: skip
    t.act("uid-admin", "security_5145", "session|remote", at(8, 9, 6), here,
          object="\\\\*\\ADMIN$", detail="a.exe")  # fmt: skip
    t.act("uid-public", "security_5145", "session|near", at(8, 9, 6), here,
          object="\\\\*\\PUBLIC$", detail="a.doc")  # fmt: skip
    t.act("uid-new", "security_4720", "session|near", at(8, 9, 7), here, target_user="backdoor")
    t.act("uid-left", "sysmon_1", "session|near", at(8, 12), here, process="C:\\left.exe",
          while_disconnected=True)  # fmt: skip


def moves(t: Town) -> None:
    for n, who in enumerate(("entry", "hop", "goal")):
        t.session(f"session|{who}", f"CORP\\{who}", f"10.90.0.{n + 1}", at(9, 9 + n),
                  f"{who}.corp.example")  # fmt: skip
    t.session("session|lone", "CORP\\lone", "10.90.1.1", at(9), "lone.corp.example")
    t.session("session|open-way", "CORP\\wanderer", "10.90.0.9", at(9, 12), "hop.corp.example")

    def move(ident: str, start: str | None, end: str | None, **more: Any) -> None:
        ends = {"from_session": f"session|{start}" if start else None,
                "to_session": f"session|{end}" if end else None,
                "from_host": f"{start}.corp.example" if start else None,
                "to_host": f"{end}.corp.example" if end else "10.99.0.1"}  # fmt: skip
        t.add("moves", **{"id": ident, **ends, "from_user": f"CORP\\{start}",
                          "to_user": f"CORP\\{end}", "kind": "rdp", "start_us": at(9, 10),
                          "outcome": "established", "score": 75, "band": "high", "exact": True,
                          "credential_switch": False, "background": False, "count": 1,
                          "rule": "R8.3", **more})  # fmt: skip

    move("move|1", "entry", "hop", credential_switch=True)
    move("move|2", "hop", "goal", score=50)
    move("move|weak", "goal", "lone", credential_switch=True, score=35, hidden="infrastructure")
    move("move|away", "goal", None, background=True)
    t.add("move_alternatives", move="move|2", from_session="session|lone", score=40)
    t.add("origins", session="session|hop", source_host="entry.corp.example", weight=9, rule="R9.2")
    t.add("origins", session="session|goal", source_host="hop.corp.example", weight=9, rule="R9.2")
    for ident, entry in (("out", "external"), ("in", "internal")):
        t.add("chains", id=f"chain|{ident}", rank=1, score=50, total=125, entry_class=entry,
              entry_address="10.90.0.1", start_us=at(9), end_us=at(9, 12), credential_switches=1,
              causal_user="CORP\\entry", new_host=True, rule="R8.6",
              hops=[{"move": "move|1", "session": "session|hop", "host": "hop.corp.example",
                     "user": "CORP\\hop"}])  # fmt: skip


EXPECTED: dict[str, tuple[Row, str, set[Any], set[Any]]] = {
    "about_address": ({"address": "10.5.0.1"}, "id", {"session|kim-a", "failures|at-5"},
                      {"session|kim-b"}),
    "account_change": ({}, "event", {"uid-new"}, {"uid-process-near"}),
    "address_of_many": ({}, "address", {"10.8.0.1"}, {"10.8.0.2"}),
    "admin_share": ({}, "session", {"session|remote"}, {"session|near"}),
    "alive_at": ({"at": at(7, 10)}, "user", {"CORP\\alive"}, {"CORP\\gone"}),
    "background_move": ({}, "move", {"move|away"}, {"move|1"}),
    "brute_force": ({}, "run", {"failures|brute", "failures|many"},
                    {"failures|brute-vain", "failures|spray", "failures|slow", "failures|stale"}),
    "client_name": ({}, "client", {"kali"}, {"laptop"}),
    "controller_desktop": ({}, "session", {"session|dc-desk"}, {"session|dc-share"}),
    "coverage_hole": ({}, "session", {"session|in-hole"}, {"session|no-hole"}),
    "credential_spray": ({}, "user", {"CORP\\sprayer"}, {"CORP\\tester", "CORP\\typist"}),
    "credential_switch": ({}, "move", {"move|1"}, {"move|2", "move|weak"}),
    "dormant_account": ({}, "session", {"session|abe2"}, {"session|abi2"}),
    "entry_chain": ({}, "chain", {"chain|out"}, {"chain|in"}),
    "explicit_credentials": ({}, "event", {"uid-far"}, {"uid-self", "uid-local"}),
    "external_after_internal": ({}, "user", {"CORP\\gus"}, {"CORP\\hal", "CORP\\joe", "CORP\\ivy"}),
    "fan_in": ({}, "host", {"crowd.corp.example"}, {"quiet.corp.example"}),
    "fan_out": ({}, "user", {"CORP\\una"}, {"CORP\\vic"}),
    "first_host": ({}, "session", {"session|wes2"}, {"session|xia2", "session|wes1"}),
    "hidden_password": ({}, "session", {"session|hash"}, {"session|told"}),
    "hijack": ({}, "by_session", {"session|thief"}, {"session|later-end"}),
    "log_clear": ({}, "event", {"uid-clear"}, {"uid-other"}),
    "long_session": ({}, "session", {"session|long"}, {"session|short"}),
    "machine_account": ({}, "session", {"session|ws9-desk"}, {"session|ws9-net"}),
    "many_hosts_guess": ({}, "address", {"10.23.0.1"}, {"10.23.0.2"}),
    "many_sources": ({}, "user", {"CORP\\ned"}, {"CORP\\oli"}),
    "many_sources_guess": ({}, "user", {"CORP\\sam"}, {"CORP\\tom"}),
    "movement_path": ({"start": "entry", "end": "goal.corp.example"}, "steps", {2}, {1}),
    "netonly_then_remote": ({}, "to_session", {"session|went"}, {"session|went-late"}),
    "new_address": ({}, "session", {"session|cat2"}, {"session|cat1", "session|dan2"}),
    "no_shell": ({}, "session", {"session|no-shell"}, {"session|told"}),
    "only_through": ({}, "host", {"goal.corp.example"}, {"hop.corp.example", "ws1.corp.example"}),
    "open_session": ({}, "session", {"session|open"}, {"session|long"}),
    "other_source": ({}, "session", {"session|taker"}, {"session|again"}),
    "other_user": ({}, "parent", {"session|parent"}, set()),
    "outlier_group": ({}, "user", {"CORP\\high"}, {"CORP\\low"}),
    "outside_desktop": ({}, "session", {"session|gus-out"}, {"session|ivy-net", "session|joe-out"}),
    "consent_as_other": ({}, "logon", {"logon|typed.corp.example|2026-03-02T00:00:00|0x1302"},
                         {"logon|typed.corp.example|2026-03-02T00:00:00|0x1301",
                          "logon|typed.corp.example|2026-03-02T00:00:00|0x1303"}),
    "owner_change": ({}, "event", {"uid-as-lender"},
                     {"uid-as-asked", "uid-as-prompted", "uid-as-borrower", "uid-as-typed$",
                      "uid-as-system", "uid-by-system"}),
    "own_address": ({}, "address", {"10.1.0.9"}, {"10.1.0.8", "10.1.0.1"}),
    "privileged_outside": ({}, "session", {"session|gus-out"}, {"session|hal-out"}),
    "rare_range": ({}, "range", {"172.16.5.0/24"}, {"172.16.6.0/24", "10.3.0.0/24"}),
    "rdp_without_security": ({}, "session", {"session|mute"}, {"session|told", "session|ivy-net"}),
    "remote_execution": ({}, "session", {"session|remote"}, {"session|near"}),
    "remote_service": ({}, "event", {"uid-service-remote"}, {"uid-service-near"}),
    "remote_task": ({}, "event", {"uid-task-remote"}, {"uid-task-near", "uid-service-remote"}),
    "right_password": ({}, "session", {"session|denied", "session|maybe"}, {"session|wrong0"}),
    "same_local_account": ({}, "account", {"admin"}, {"yan"}),
    "service_account": ({}, "session", {"session|svc1-desk"}, {"session|svc2"}),
    "shadowed": ({}, "event", {"uid-shadow"}, {"uid-told"}),
    "shared_source": ({}, "address", {"10.5.0.1"}, {"10.5.0.2"}),
    "source_fan_out": ({}, "address", {"10.30.0.1"}, {"10.30.0.2"}),
    "spray": ({}, "run", {"failures|spray", "failures|slow"},
              {"failures|few", "failures|brute", "failures|many", "failures|stale"}),
    "takeover": ({}, "before_session", {"session|desk"}, {"session|taker"}),
    "tunnelled": ({}, "session", {"session|tunnel"}, {"session|told"}),
    "two_places": ({}, "second_session", {"session|pam2"}, {"session|qin2", "session|ray2"}),
    "uncertain_move": ({}, "move", {"move|2"}, {"move|1"}),
    "unseen_target": ({}, "move", {"move|away"}, {"move|1"}),
    "unusual_hours": ({}, "session", {"session|zoe-night"}, {"session|zoe1"}),
    "user_enumeration": ({}, "source", {"10.21.0.1"}, {"10.21.0.2"}),
    "while_disconnected": ({}, "event_kind", {"sysmon_1"}, {"security_4688"}),
}  # fmt: skip
"""Hunt → parameters, the column looked at, what must stand there, and what must not."""
