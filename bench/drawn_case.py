"""The tables of a large case, drawn a column at a time: seeded, quick, without any evidence.

What matters for the report is drawn as real cases have it: ids made of their parts, GUIDs in the
ids of connections, record ids that rise with time in each file, microseconds everywhere, users who
come from their own machine, a few hosts that everybody uses, some guessing from outside.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl

from graphsess.case.schema import TABLES

S = 1_000_000
FIRST_US = 1_772_409_600 * S  # 2026-03-02
DAYS = 30
USERS, ADDRESSES, HOSTS = 2_000, 3_000, 300
SECURITY, LSM = "Security", "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"
CORE = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational"
KINDS = ["network", "rdp", "console", "ssh", "winrm"]
SHARES = [0.64, 0.2, 0.1, 0.02, 0.04]
C = pl.col


class DrawnCase:
    """A case in Parquet files, read as `Case` reads one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, pl.DataFrame] = {}
        self.manifest = SimpleNamespace(
            tool="bench", rules=1, schema=1, settings={}, options={"raw": True}, problems=()
        )

    def scan(self, name: str) -> pl.LazyFrame:
        """A table, not read yet."""
        path = self._folder / f"{name}.parquet"
        return pl.scan_parquet(path) if path.exists() else pl.LazyFrame(schema=TABLES[name].columns)

    def table(self, name: str) -> pl.DataFrame:
        """A whole table, read once."""
        if name not in self._read:
            self._read[name] = self.scan(name).collect()
        return self._read[name]


def draw(folder: Path, sessions: int, seed: int = 1) -> DrawnCase:
    """Draw a case with so many sessions, and four events for each, into a folder."""
    rng = np.random.default_rng(seed)
    drawn = _sessions(rng, sessions)
    links = _links(rng, drawn)
    tables = {"sessions": drawn.drop("events"), **links, **_beside(rng, drawn)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        schema = TABLES[name].columns
        missing = [pl.lit(None, kind).alias(key) for key, kind in schema.items()
                   if key not in frame.columns]  # fmt: skip
        whole = frame.with_columns(missing).select(
            C(key).cast(kind) for key, kind in schema.items()
        )
        whole.write_parquet(folder / f"{name}.parquet", compression="zstd")
    return DrawnCase(folder)


def _sessions(rng: np.random.Generator, count: int) -> pl.DataFrame:
    user = np.minimum((rng.pareto(0.9, count) * USERS / 25).astype(int), USERS - 1)
    own = rng.integers(20, ADDRESSES, USERS)
    address = np.where(rng.random(count) < 0.9, own[user], rng.integers(20, ADDRESSES, count))
    host = (user * 7 + np.minimum((rng.pareto(1.4, count) * 12).astype(int), HOSTS - 1)) % HOSTS
    start = np.sort(rng.integers(0, DAYS * 86_400 * S, count)) + FIRST_US
    length = (rng.lognormal(6, 2.2, count).clip(0.001, 3e6) * S).astype(np.int64)
    kind = rng.choice(len(KINDS), count, p=SHARES)
    failed = rng.random(count) < 0.05
    guesses = rng.choice(count, count // 50, replace=False)
    address[guesses], failed[guesses], kind[guesses] = rng.integers(0, 20, len(guesses)), True, 1
    desk = np.isin(kind, (1, 2)) & ~failed
    open_end = rng.random(count) < 0.04
    end = np.where(failed, start, start + length)
    guid = rng.integers(0, 2**63, (2, count))
    rows = pl.DataFrame({"n": np.arange(count), "u": user, "a": address, "h": host, "k": kind,
                         "start_us": start, "end_us": end, "failed": failed, "desk": desk,
                         "open": open_end & ~failed, "g1": guid[0], "g2": guid[1],
                         "luid": rng.integers(0x10000, 2**31, count), "luid2": rng.integers(
                             0x10000, 2**31, count)})  # fmt: skip
    gap = pl.Series("gap", rng.integers(200, 30_000, count))
    luid = rows.with_columns(gap).select(C("gap").cum_sum().over("h") + 0x20000).to_series()
    rows = rows.with_columns(luid=luid, luid2=luid + C("luid2") % 150)  # a host counts upwards
    names = pl.Series(KINDS)
    rows = rows.with_columns(
        host=pl.format("srv{}.corp.example", C("h").cast(pl.String).str.zfill(3)),
        user=pl.format("CORP\\user{}", C("u").cast(pl.String).str.zfill(4)),
        kind=pl.Series(names.gather(rows["k"])),
        source_address=pl.when(C("k") == 2).then(None).when(C("a") < 20).then(
            pl.format("203.0.113.{}", "a")
        ).otherwise(pl.format("10.{}.{}.7", C("a") // 250, C("a") % 250)),
    )
    outside = (C("a") < 20) & (C("k") != 2)
    iso = pl.from_epoch("start_us", time_unit="us").dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ")
    hexadecimal = [f"{one:016X}{other:016X}" for one, other in zip(guid[0], guid[1], strict=True)]
    activity = [f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}" for t in hexadecimal]
    rows = rows.with_columns(
        id=pl.format("session|{}|{}|{}|{}|{}|1", "kind", "host", iso, C("user").str.to_lowercase(),
                     C("source_address").fill_null("-")),
        local=pl.when("desk").then(pl.format("local|{}|2026-03-01T04:00:00|{}|1", "host", "n")),
        connection=pl.when(C("k") == 1).then(
            pl.format("rdp|{}|2026-03-01T04:00:00|{}", "host", pl.Series(activity))
        ),
        failure_run=pl.when("failed").then(
            pl.format("failures|{}|{}|{}", "host", "a", (C("start_us") - FIRST_US) // (3600 * S))
        ),
    )
    known = ~C("open")
    return rows.select(
        "id", "host", "kind", "user", "source_address", "local", "connection", "failure_run",
        boot=pl.lit(0), logon_types=pl.concat_list(C("k").replace_strict(
            {0: 3, 1: 10, 2: 2, 3: 8, 4: 3}, return_dtype=pl.Int64)),
        package=pl.lit("NTLM"), outcome=pl.when("failed").then(pl.lit("failed")).otherwise(
            pl.lit("established")),
        failure_status=pl.when("failed").then(pl.lit("0xc000006a")),
        sid=pl.format("S-1-5-21-1004336348-1177238915-682003330-{}", C("u") + 1100),
        attempted_user=pl.when("failed").then("user"),
        source_port=pl.when(C("k") != 2).then(C("luid") % 16_384 + 49_152),
        source_name=pl.when(C("k") == 1).then(pl.format("PC{}", "a")),
        source_class=pl.when(C("k") == 2).then(pl.lit("local")).when(outside).then(
            pl.lit("external")).otherwise(pl.lit("internal")),
        start_us="start_us", auth_us=C("start_us") + C("luid") % 900_000,
        session_us=pl.when("desk").then(C("start_us") + C("luid2") % 3_000_000),
        end_us=pl.when(known).then("end_us"), start_earliest_us="start_us",
        start_latest_us="start_us", end_earliest_us=pl.when(known).then("end_us"),
        end_latest_us=pl.when(known).then("end_us"),
        end_kind=pl.when("failed").then(pl.lit("attempt_over")).when("open").then(
            pl.lit("unobserved")).when(C("k") == 1).then(pl.lit("disconnect")).otherwise(
            pl.lit("logoff")),
        end_reason=pl.when(known).then(pl.lit("logoff")), opened_by=pl.lit("logon"),
        luids=pl.when("failed").then(pl.lit([], pl.List(pl.Int64))).when("desk").then(
            pl.concat_list("luid", "luid2")).otherwise(pl.concat_list("luid")),
        byproduct_luids=pl.lit([], pl.List(pl.Int64)),
        companion_luids=pl.lit([], pl.List(pl.Int64)),
        privileged=C("luid") % 9 == 0, ts_id=pl.when("desk").then(C("luid") % 9 + 2),
        confidence=pl.lit(86), confidence_start=pl.lit(25), confidence_user=pl.lit(18),
        confidence_source=pl.lit(25), confidence_end=pl.lit(18),
        confidence_band=pl.lit("high"), end_band=pl.lit("high"),
        confidence_reasons=pl.lit(["start_channels_agree"], pl.List(pl.String)),
        flags=pl.when(C("luid") % 211 == 0).then(pl.lit(["takeover"], pl.List(pl.String))).when(
            C("luid") % 997 == 0).then(pl.lit(["log_cleared_during"], pl.List(pl.String))
        ).otherwise(pl.lit([], pl.List(pl.String))),
        rule=pl.lit("R5.3"), first_ord=C("n") * 4, events=pl.lit(4),
        **{"class": pl.lit("user")},
    )  # fmt: skip


def _links(rng: np.random.Generator, sessions: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Four events a session, each with its record as logged."""
    count = sessions.height
    step = pl.Series("step", np.tile(np.arange(4), count))
    each = sessions.select("id", "host", "kind", "start_us", "auth_us", "end_us", "user",
                           "source_address")  # fmt: skip
    each = each.select(C(name).repeat_by(4).explode() for name in each.columns).with_columns(
        step, jitter=pl.Series(rng.integers(0, 2 * S, count * 4))
    )
    last = C("end_us").fill_null(C("start_us") + 5 * S)
    failed = (C("end_us") == C("start_us")).fill_null(value=False)
    timed = each.with_columns(
        time_us=pl.when((C("step") == 3) & ~failed).then(last).when(C("step") == 1).then(
            "auth_us").otherwise(C("start_us") + C("jitter") * C("step") // 2),
        event_id=pl.when(failed).then(C("step").replace_strict(
            {0: 131, 1: 140, 2: 4776, 3: 4625}, return_dtype=pl.Int32)).otherwise(
            C("step").replace_strict({0: 131, 1: 4624, 2: 4672, 3: 4634}, return_dtype=pl.Int32)),
        role=C("step").replace_strict({0: "CONNECT", 1: "AUTH_OK", 2: "PRIVILEGE",
                                       3: "LOGOFF_DONE"}, return_dtype=pl.String),
    ).with_columns(
        channel=pl.when(C("event_id") < 200).then(pl.lit(CORE)).otherwise(pl.lit(SECURITY)),
        provider=pl.when(C("event_id") < 200).then(pl.lit(CORE.removesuffix("/Operational")))
        .otherwise(pl.lit("Microsoft-Windows-Security-Auditing")),
        uid=pl.Series([f"{number:032x}" for number in range(count * 4)]),
    )  # fmt: skip
    place = ["host", "channel"]
    gaps = pl.Series("gap", rng.integers(1, 40, count * 4))
    events = (
        timed.with_columns(gaps).sort("host", "channel", "time_us", "uid")
        .with_columns(record_id=C("gap").cum_sum().over(place) + 10_000)
        .sort("host", "time_us", "uid")
        .with_columns(ord=pl.int_range(pl.len()).over("host"),
                      evidence=pl.format("{}|{}", *place).hash(1).cast(pl.String).repeat_by(3)
                      .list.join("").str.pad_end(64, "0").str.slice(0, 64),
                      carved=pl.lit(value=False), copies=pl.lit([], pl.List(pl.String)))
    )  # fmt: skip
    body = pl.concat_str(
        "provider", "event_id", "record_id", "channel", "host", C("user").str.slice(5),
        C("source_address").fill_null("-"), "uid", separator=" ",
    )  # fmt: skip
    ledger = events.group_by("evidence", "host", "channel").agg(
        pl.len().alias("records_seen"), C("time_us").min().alias("first_us"),
        C("time_us").max().alias("last_us"),
    ).sort("host", "channel")
    return {
        "events": events.with_columns(computer=C("host"), boot=pl.lit(0)).select(
            name for name in (*events.columns, "computer", "boot")
            if name in TABLES["events"].columns
        ),
        "raw": events.select("uid", form=pl.lit("json"), body=_json(body)),
        "sources": events.select("ord", "uid", "role", session="id", rule=pl.lit("R4.1")),
        "evidence": ledger.select(
            "records_seen", "first_us", "last_us", sha256="evidence", records_kept="records_seen",
            path=pl.format("{}/{}.evtx", "host", C("channel").str.replace_all("/", "%4")),
            also=pl.lit([], pl.List(pl.String)), kind=pl.lit("evtx"),
            bytes=C("records_seen") * 1_000, records_not_wanted=pl.lit(0),
            records_unreadable=pl.lit(0), chunks_bad=pl.lit(0),
            computers=pl.concat_list("host"), channels=pl.concat_list("channel"),
        ),
        "coverage": ledger.select("host", "channel", "first_us", "last_us",
                                  broken_by=pl.lit("end_of_file")),
    }  # fmt: skip


def _json(body: pl.Expr) -> pl.Expr:
    """Some 700 bytes a record, as Windows logs them."""
    filler = '"LogonProcessName":"User32","AuthenticationPackageName":"Negotiate",' * 7
    return pl.concat_str(
        pl.lit('{"Event":{"System":{"Text":"'), body,
        pl.lit('"},"EventData":{' + filler + '"SubjectUserSid":"S-1-5-18"}}}'),
    )  # fmt: skip


def _beside(rng: np.random.Generator, sessions: pl.DataFrame) -> dict[str, pl.DataFrame]:
    hosts = pl.DataFrame({"id": [f"srv{n:03}.corp.example" for n in range(HOSTS)]})
    whole = {"first_us": pl.lit(FIRST_US), "last_us": pl.lit(FIRST_US + DAYS * 86_400 * S)}
    empty = pl.lit([], pl.List(pl.String))
    desks = sessions.filter(C("local").is_not_null())
    inside = sessions.filter(C("source_address").str.starts_with("10."),
                             C("outcome") == "established").sample(2_000, seed=3)  # fmt: skip
    moves = inside.sort("start_us", "id").with_columns(
        move=pl.format("move|{}", "id"),
        origin=pl.Series(desks["id"].gather(rng.integers(0, desks.height, 2_000))),
    )
    runs = sessions.filter(C("failure_run").is_not_null()).group_by(
        C("failure_run").alias("id"), maintain_order=True
    ).agg(
        C("host", "kind", "source_address", "source_class").first(),
        pl.len().alias("count"), C("start_us").min().alias("first_us"),
        C("start_us").max().alias("last_us"),
        pl.struct(C("user").first(), pl.len().cast(pl.Int64).alias("count")).alias("u"),
    )
    known = sessions.group_by("user", "source_address", "source_class").agg(
        pl.len().alias("sessions"), C("host").unique().sort().head(5).alias("hosts"),
        C("kind").unique().sort().alias("kinds"), C("start_us").min().alias("first_us"),
        C("start_us").max().alias("last_us"), C("sid").first(),
    ).sort("user", "source_address", nulls_last=True)
    flags = sessions.select("id", "flags").explode("flags").drop_nulls()
    act: dict[str, Any] = {"method": pl.lit("luid"), "confidence": pl.lit(100),
                           "while_disconnected": pl.lit(value=False), "flags": empty,
                           "rule": pl.lit("R7.1")}  # fmt: skip
    return {
        "hosts": hosts.with_columns(name="id", names=pl.concat_list("id"), addresses=empty,
                                    is_dc=pl.lit(value=False), **whole),
        "boots": hosts.select(pl.format("boot|{}|0", "id").alias("id"), host="id", boot=pl.lit(0),
                              start_us=pl.lit(FIRST_US - 86_400 * S)),
        "locals": desks.select(
            "host", "user", "sid", "ts_id", "start_us", "end_us", id="local", boot=pl.lit(0),
            ordinal=pl.lit(1), start_kind=pl.lit("logged"), end_kind="end_kind",
            state=pl.lit("Closed"), established=pl.lit(value=True),
            disconnected=pl.lit([], TABLES["locals"].columns["disconnected"]),
            locked=pl.lit([], TABLES["locals"].columns["locked"]),
        ),
        "logons": desks.explode("luids").select(
            "host", "user", "sid", "start_us", "local", luid="luids", boot=pl.lit(0),
            id=pl.format("logon|{}|{}", "id", "luids"), logon_type=pl.lit(10),
            access_end_us="end_us", role=pl.lit("desktop"), **{"class": pl.lit("user")},
        ),
        "failure_runs": runs.drop("u").with_columns(
            users=pl.concat_list(runs["u"]), pattern=pl.lit("bruteforce"), rule=pl.lit("R5.6"),
            statuses=pl.lit([], TABLES["failure_runs"].columns["statuses"]),
        ),
        "groups": known.with_columns(
            id=pl.format("group|{}|{}", "user", C("source_address").fill_null("-")),
            by=pl.lit("address"), failures=pl.lit(0), outlier_score=C("sessions").rank() % 60,
            reasons=empty, points=pl.lit([], pl.List(pl.Int64)), rule=pl.lit("R9.6"),
            seen=pl.lit([], pl.List(pl.Int64)), of=pl.lit([], pl.List(pl.Int64)), addresses=empty,
        ),
        "moves": moves.select(
            id="move", from_session="origin", to_session="id", from_host=pl.lit(hosts["id"][1]),
            to_host="host", from_user="user", to_user="user", source_address="source_address",
            kind="kind", start_us="start_us", last_us="start_us", outcome="outcome",
            score=pl.lit(75), band=pl.lit("high"), exact=pl.lit(value=True),
            credential_switch=C("privileged"), background=pl.lit(value=False), count=pl.lit(1),
            rule=pl.lit("R8.2"),
        ),
        "move_evidence": moves.select(
            "move", rule=pl.lit("E3"), score=pl.lit(45),
            uids=pl.concat_list(pl.Series([f"{n:032x}" for n in range(0, 8_000, 4)])),
        ),
        "activities": sessions.sample(15_000, seed=5).sort("start_us", "id").select(
            "host", "user", "sid", id=pl.Series([f"{n:032x}" for n in range(0, 60_000, 4)]),
            time_us="start_us", session="id", kind=pl.lit("process"), local="local", **act,
        ),
        "flags": flags.select(session="id", flag="flags", rule=pl.lit("R4.2"), uids=empty),
    }  # fmt: skip
