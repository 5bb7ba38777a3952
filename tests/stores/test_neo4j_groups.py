"""Groups inside Neo4j: the rows of the offline twin, whatever happens over months by chance.

Sessions are put in as deriving leaves them, without events; how those become sessions is proven in
`test_neo4j_derive`.
"""

from __future__ import annotations

import random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from graphsess.across.failure_patterns import with_patterns
from graphsess.across.groups import groups
from graphsess.across.reasons import REASONS
from graphsess.case import TABLES
from graphsess.graph.comparing import of_accesses
from graphsess.graph.nodes import nodes
from graphsess.queries import load
from graphsess.settings import Settings
from graphsess.stores.neo4j.derive import run
from graphsess.stores.neo4j.tables import StoreTables
from graphsess.stores.neo4j.writing import Writer

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
FILES = ("accounts", "groups", "uses", "reasons")
HOSTS = ("dc1", "fs1", "ws1", "ws2", "ws3", "Ｗ4")
PLACES = {
    None: (None, None), "no address": (None, None),
    "10.0.0.9": ("internal", "10.0.0.0/24"), "10.0.0.10": ("internal", "10.0.0.0/24"),
    "10.8.0.1": ("internal", "10.8.0.0/16"), "192.0.2.1": ("internal", "192.0.2.0/24"),
    "203.0.113.7": ("external", "203.0.113.0/24"), "2001:db8::1": ("external", "2001:db8::/64"),
    "127.0.0.1": ("tunnelled", "127.0.0.0/24"),
}  # fmt: skip
SID = "S-1-5-21-1-1-1-100"
USERS = (
    ("CORP\\ann", f"{SID}1"), ("corp\\ANN", None), ("CORP\\bob", f"{SID}2"), (None, f"{SID}9"),
    ("CORP\\twin", f"{SID}3"), ("CORP\\twin", f"{SID}4"), ("corp\\Twin", None), (None, None),
    ("CORP\\İ|ΑΣ%", None), ("CORP\\Ａ", None), ("CORP\\😀", None), ("x" * 2_000, None),
)  # fmt: skip
OUTCOMES = ("established", "established", "established", "authenticated", "failed", "denied")
HIDDEN = (None, None, None, None, None, "dc_background", "redirected", "machine")
FLAGS = ("takeover", "session_hijack", "log_cleared_during", "dollar_user")
PATTERNS = ("other", "bruteforce", "spray", "mistype")
LINKS = {
    "ON_HOST": "MATCH (s:Session) MATCH (o:Host {id: s.host})",
    "FROM_ADDRESS": "MATCH (s:Session) MATCH (o:Address {id: s.source_address})",
    "OF {position: 0}": "MATCH (s:Session) MATCH (o:Access {id: 'access|' + s.id})",
    "ON": "MATCH (s:Coverage) MATCH (o:Host {id: s.host})",
    "IN_RUN": "UNWIND $runs AS r MATCH (s:Session {id: r[0]}) MATCH (o:FailureRun {id: r[1]})",
    "FOLLOWED_BY_SUCCESS":
        "UNWIND $after AS r MATCH (s:FailureRun {id: r[0]}) MATCH (o:Session {id: r[1]})",
    "SAME_ATTEMPT": "UNWIND $same AS r MATCH (s:Session {id: r[0]}) MATCH (o:Session {id: r[1]})",
}  # fmt: skip


class World:
    """A case in which some accounts keep office hours and some do not, for weeks."""

    def __init__(self, seed):
        self.dice = dice = random.Random(seed)
        self.first = dice.choice((19_000, 19_000, -40)) * DAY
        self.sessions = []
        for user in dice.sample(USERS, dice.randint(3, len(USERS))):
            self.live(*user)
        ids = [row["id"] for row in self.sessions]
        failed = [row for row in self.sessions if row["outcome"] == "failed"]
        tried = dice.sample(failed, min(12, len(failed)))
        self.run_of = [[row["id"], f"run{n}"] for n, row in enumerate(tried)]
        self.runs = [self.run(f"run{n}", row) for n, row in enumerate(tried)]
        self.wider = [
            {"failure_run": row["id"], "pattern": "stale_credential", "rule": "R5.6"}
            for row in self.runs if dice.random() < 0.2
        ]
        self.after = [[row["id"], dice.choice(ids)] for row in self.runs for _ in range(2)]
        self.same = [[one, ids[0]] for one in dice.sample(ids[1:], 2)]

    def live(self, user, sid):
        """The sessions of one account."""
        dice = self.dice
        homes = dice.sample(sorted(PLACES, key=str), dice.choice((1, 1, 2, 6)))
        hosts = dice.sample(HOSTS, dice.choice((1, 2, 5)))
        hours = dice.choice(((9, 10, 14), (9, 10, 11, 23), range(24)))
        day = dice.randint(0, 9)
        for _ in range(dice.choice((2, 8, 25))):
            day += dice.choice((0, 1, 1, 1, 2, 15, 30))
            for _ in range(dice.choice((1, 2, 12))):
                at = self.first + day * DAY + dice.choice(hours) * HOUR
                at += dice.randrange(0, HOUR, MINUTE)
                self.came(at, user, sid, dice.choice(homes), dice.choice(hosts))

    def came(self, at, user, sid, address, host):
        """One session."""
        dice = self.dice
        named = dice.random() < 0.9
        kind = PLACES[address][0] or dice.choice(("local", "unknown"))
        self.sessions.append({
            "id": f"session|{len(self.sessions)}", "host": host, "class": "user", "sid": sid,
            "kind": dice.choice(("rdp", "network")), "outcome": dice.choice(OUTCOMES),
            "user": user if named else None, "attempted_user": None if named else user,
            "source_address": address, "source_class": dice.choice((kind, kind, "external")),
            "start_us": dice.choice((at, at, at, None)), "start_latest_us": dice.choice((at, None)),
            "flags": dice.choice(([], [], [dice.choice(FLAGS)])), "hidden": dice.choice(HIDDEN),
        })  # fmt: skip

    def run(self, name, tried):
        """The failure run of an attempt."""
        user = tried["user"] or tried["attempted_user"]
        return {
            "id": name, "host": tried["host"], "pattern": self.dice.choice(PATTERNS),
            "count": self.dice.choice((1, 4, 70)),
            "users": [{"user": user, "count": 1}] if user else [],
        }  # fmt: skip

    def tables(self):
        """What the offline twin is given."""
        dice, first = random.Random(1), self.first
        told = {
            "sessions": self.sessions, "failure_runs": self.runs, "failure_patterns": self.wider,
            "followed_by_success": [
                {"failure_run": run, "session": session} for run, session in self.after
            ],
            "corroboration": [{"dc_session": one, "session": other} for one, other in self.same],
            "hosts": [
                {"id": host, "first_us": dice.choice((None, first + dice.randint(-5, 30) * DAY))}
                for host in HOSTS
            ],
            "coverage": [
                {"host": host, "channel": dice.choice(("Security", "System")),
                 "first_us": first - 99 * DAY, "last_us": first + dice.choice((30, 999)) * DAY}
                for host in HOSTS
            ],
            "addresses": [
                {"address": text, "class": kind, "range": area, "shared": dice.random() < 0.2}
                for text, (kind, area) in PLACES.items() if text
            ],
        }  # fmt: skip
        made = {name: pl.DataFrame(rows, TABLES[name].columns) for name, rows in told.items()}
        runs = with_patterns(made["failure_runs"], made.pop("failure_patterns"))
        return {**made, "failure_runs": runs}

    def put(self, driver):
        """Into the database, as deriving leaves it before it comes to groups."""
        tables = self.tables()
        names = ("user", "attempted_user", "sid", "source_address")
        told = tables["sessions"].select("id", *names).with_columns(id="access|" + pl.col("id"))
        accesses = pl.DataFrame(told.to_dicts(), TABLES["accesses"].columns)
        wider = {row["failure_run"]: row["pattern"] for row in self.wider}
        runs = pl.DataFrame(self.runs, TABLES["failure_runs"].columns)
        for label, rows in (
            ("Session", nodes("Session", tables["sessions"])),
            ("Host", nodes("Host", tables["hosts"])),
            ("Access", nodes("Access", of_accesses(accesses))),
            ("Address", nodes("Address", tables["addresses"])),
            ("Coverage", nodes("Coverage", tables["coverage"])),
            ("FailureRun", nodes("FailureRun", runs).with_columns(
                wider=pl.col("id").replace_strict(wider, default=None, return_dtype=pl.String))),
        ):  # fmt: skip
            text = f"UNWIND $rows AS r CREATE (n:{label}) SET n = r"
            driver.execute_query(text, rows=rows.to_dicts())
        for kind, ends in LINKS.items():
            driver.execute_query(f"{ends} MERGE (s)-[:{kind}]->(o)", runs=self.run_of,
                                 after=self.after, same=self.same)  # fmt: skip


def derived(store):
    writer = Writer(store.driver, store.where)
    for name in FILES:
        run(writer, load(f"derive/{name}"), Settings(), None)
    return StoreTables(store.driver, store.where).table("groups")


@pytest.mark.parametrize("seed", range(4))
def test_months_of_chance_give_the_groups_of_the_offline_twin(seed, ready):
    world = World(seed)
    world.put(ready.driver)
    wanted = groups(world.tables()).select(list(TABLES["groups"].columns))
    assert_frame_equal(derived(ready), wanted)
    assert_frame_equal(derived(ready), wanted)


def test_chance_knows_every_reason():
    told = pl.concat([groups(World(seed).tables())["reasons"].explode() for seed in range(6)])
    assert set(told.drop_nulls()) == set(REASONS)
