"""Chains inside Neo4j: the rows of the offline twin, whatever moves there are by chance.

Sessions and moves are put in as deriving leaves them, without events; among them moves that stand
for many, sessions that came from each other, clocks that differ, and steps out of the case.
"""

from __future__ import annotations

import random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from graphsess.across.chains import LONGEST, chains
from graphsess.across.clocks import corrected, moves_as_logged, paths_as_logged
from graphsess.case import TABLES
from graphsess.graph.nodes import nodes
from graphsess.queries import load
from graphsess.resolve.identities import sam_of
from graphsess.settings import Settings
from graphsess.stores.neo4j.derive import run
from graphsess.stores.neo4j.tables import StoreTables
from graphsess.stores.neo4j.writing import Writer

C = pl.col
SECOND = 1_000_000
FILES = ("paths", "chains")
HOSTS = ("dc1", "fs1", "ws1", "ws2", "ws3", "ws4")
OUT = ("vault", "203.0.113.9", "fs1")
"""Ends of steps that no arrival shows; one is a host of the case."""
SID = "S-1-5-21-1-1-1-100"
USERS = (
    ("CORP\\ann", f"{SID}1"), ("corp\\ANN", None), ("CORP\\adm-ann", None), (None, None),
    ("CORP\\bob", f"{SID}2"), (None, f"{SID}9"), ("CORP\\a|b%c", None), ("x" * 1_600, None),
)  # fmt: skip
SETTINGS = Settings(aliases=(("ann", "adm-ann"),))
LINKS = {
    "ON_HOST": "MATCH (s:Session) MATCH (o:Host {full: s.host})",
    "OPENED_UNDER": "MATCH (s:Session) MATCH (o:Session {full: s.parent})",
    "FROM_SESSION": "MATCH (s:Move) MATCH (o:Session {full: s.from_session})",
    "TO_SESSION": "MATCH (s:Move) MATCH (o:Session {full: s.to_session})",
    "FROM_HOST": "MATCH (s:Move) MATCH (o:Host {full: s.from_host})",
    "TO_HOST": "MATCH (s:Move) MATCH (o:Host {full: s.to_host})",
    "STEP_OF": "UNWIND $steps AS r MATCH (s:Session {full: r[0]}) MATCH (o:Move {full: r[1]})",
    "FOLLOWED_BY_SUCCESS":
        "UNWIND $after AS r MATCH (s:FailureRun {full: r[0]}) MATCH (o:Session {full: r[1]})",
    "DURING": "UNWIND $acts AS r MATCH (s:Activity {full: r[0]}) MATCH (o:Session {full: r[1]})",
}  # fmt: skip


class World:
    """Sessions of some hosts, and moves between them; `full` names a node by its uncut id."""

    def __init__(self, seed):
        self.dice = dice = random.Random(seed)
        self.clocks = [
            {"host": host, "offset_us": dice.choice((-40, 90)) * SECOND}
            for host in dice.sample(HOSTS, dice.choice((0, 2)))
        ]
        self.sessions, self.moves, self.steps = [], [], []
        for number in range(dice.choice((12, 40, 120))):
            self.opened(number)
        ids = [row["id"] for row in self.sessions]
        self.runs = [
            {"id": f"run{n}", "pattern": dice.choice(("other", "bruteforce", "mistype"))}
            for n in range(4)
        ]
        self.after = [[row["id"], dice.choice(ids)] for row in self.runs]
        self.acts = [[f"act{n}", dice.choice(ids)] for n in range(len(ids) // 6)]

    def opened(self, number):
        """One session, and how it was come by."""
        dice = self.dice
        user, sid = dice.choice(USERS)
        at = dice.choice((None, *[number * 10 * SECOND] * 9))
        one = {
            "id": f"session|{number}" + "y" * dice.choice((0, 0, 0, 1_600)),
            "user": user, "sid": sid,
            "host": dice.choice(HOSTS), "kind": dice.choice(("rdp", "console", "wmi", "network")),
            "start_us": at, "start_latest_us": dice.choice((None, number * 10 * SECOND)),
            "end_us": dice.choice((None, (number + dice.randint(0, 50)) * 10 * SECOND)),
            "source_address": dice.choice((None, "203.0.113.7", "10.0.0.9")), "parent": None,
            "source_class": dice.choice(("external", "internal", "tunnelled", "local")),
        }  # fmt: skip
        before = self.sessions[-dice.choice((1, 2, 9)):]
        self.sessions.append(one)
        origin = dice.choice([*before, None, one]) if number else None
        alike = [it for it in self.moves if it["to_session"] and it["to_host"] == one["host"]]
        how = dice.random()
        if how < 0.2 and alike:
            self.steps.append([one["id"], dice.choice(alike)["id"]])
        elif how < 0.8:
            self.moved(f"move|{one['id'][8:]}", origin, one)
            self.steps.append([one["id"], self.moves[-1]["id"]])
        elif how < 0.9 and origin and origin is not one:
            one["parent"] = origin["id"]
        if dice.random() < 0.15:
            self.moved(f"move|out|{number}", one, None)

    def moved(self, name, origin, one):
        """One move; without a session there it leads out of the case."""
        dice = self.dice
        start = self.dice.randint(0, 100) * 10 * SECOND
        self.moves.append({
            "id": name, "from_session": origin and origin["id"], "to_session": one and one["id"],
            "from_host": origin and dice.choice((origin["host"], origin["host"], None)),
            "to_host": one["host"] if one else dice.choice(OUT),
            "to_user": dice.choice((None, "x")),
            "hidden": dice.choice((None, None, None, "weak")), "score": dice.choice((None, 30, 70)),
            "credential_switch": dice.choice((None, False, True)),
            "start_us": start, "last_us": start + dice.randint(0, 9) * SECOND,
        })  # fmt: skip

    def tied(self):
        """Some first arrivals came from each other, as clocks let it seem."""
        inner = [row for row in self.moves if row["to_session"] and row["from_session"]]
        for one, other in zip(inner[::5], inner[3::5], strict=False):
            one["from_session"], other["from_session"] = other["to_session"], one["to_session"]
        return self

    def frame(self, name, rows):
        return pl.DataFrame(rows, TABLES[name].columns)

    def wanted(self):
        """The chains of the offline twin."""
        clocks = pl.DataFrame(self.clocks, {"host": pl.String, "offset_us": pl.Int64})
        during = dict(self.acts)
        tables = {
            "sessions": self.frame("sessions", self.sessions),
            "arrivals": self.frame("arrivals", []), "departures": self.frame("departures", []),
            "boots": self.frame("boots", []),
            "origins": self.frame("origins", []),
            "followed_by_success": self.frame("followed_by_success", [
                {"failure_run": run, "session": session} for run, session in self.after
            ]),
            "failure_runs": self.frame("failure_runs", self.runs),
        }  # fmt: skip
        kind = {row["id"]: row["kind"] for row in self.sessions}
        ran = set(during.values()) | {it for it in kind if kind[it] == "wmi"}
        executed = [it for it in sorted(ran) if kind[it] not in ("console", "runas")]
        tables["executed"] = pl.DataFrame({"session": executed}, {"session": pl.String})
        moves = self.frame("moves", self.moves).with_row_index("number")
        number = dict(moves.select("id", "number").rows())
        steps = [(session, number[move]) for session, move in self.steps]
        columns = {"to_session": pl.String, "move": pl.UInt32}
        made = {"moves": moves, "steps": pl.DataFrame(steps, columns, orient="row")}
        found = paths_as_logged(chains(corrected(tables, clocks), made, SETTINGS), clocks)
        return found.sort("id").select(list(TABLES["chains"].columns))

    def put(self, driver):
        """Into the database, as deriving leaves it before it comes to chains."""
        clocks = pl.DataFrame(self.clocks, {"host": pl.String, "offset_us": pl.Int64})
        sessions = self.frame("sessions", self.sessions)
        moves = moves_as_logged(self.frame("moves", self.moves), clocks)
        ahead = {row["host"]: row["offset_us"] for row in self.clocks}
        for label, rows in (
            ("Session", nodes("Session", sessions).with_columns(account=sam_of(C("user")))),
            ("Move", nodes("Move", moves)),
            ("Host", pl.DataFrame([{"id": host, "ahead_us": ahead.get(host)} for host in HOSTS])),
            ("FailureRun", nodes("FailureRun", self.frame("failure_runs", self.runs))),
            ("Activity", pl.DataFrame({"id": [act for act, _ in self.acts]}).with_columns(
                activity=pl.lit("service"))),
        ):  # fmt: skip
            text = f"UNWIND $rows AS r CREATE (n:{label}) SET n = r"
            driver.execute_query(text, rows=rows.to_dicts())
        driver.execute_query("MATCH (n) SET n.full = coalesce(n.whole_id, n.id)")
        for kind, ends in LINKS.items():
            driver.execute_query(f"{ends} MERGE (s)-[:{kind}]->(o)", steps=self.steps,
                                 after=self.after, acts=self.acts)  # fmt: skip


def derived(store):
    writer = Writer(store.driver, store.where)
    for name in FILES:
        run(writer, load(f"derive/{name}"), SETTINGS, None)
    return StoreTables(store.driver, store.where).table("chains").sort("id")


@pytest.mark.parametrize("seed", [6, 7, 12])
def test_moves_by_chance_give_the_chains_of_the_offline_twin(seed, ready):
    world = World(seed) if seed % 2 else World(seed).tied()
    world.put(ready.driver)
    wanted = world.wanted()
    assert_frame_equal(derived(ready), wanted)
    assert_frame_equal(derived(ready), wanted)


def test_a_path_is_cut_where_the_twin_cuts_it():
    assert f"[:CAME_AFTER*0..{LONGEST - 1}]" in load("derive/chains").text
    assert f"range(0, {LONGEST - 1})" in load("derive/chains").text
