"""Synthetic events of a fleet in schema `READ`, drawn a column at a time: fast, seeded, no world.

What a host logs depends on what it is: two domain controllers, two servers whose RDP port is open
to everybody (one names no address in its 4625, as Server 2012 R2 does), an old one that logs no
ActivityID, a few terminal servers, and the rest. Events come in days: more of them is a longer
log, not a busier one. Run by itself it prints the mix.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
import polars as pl

from graphsess.catalogue import KINDS
from graphsess.events.table import READ, RUNS
from graphsess.events.uid import uids

Times = np.ndarray[Any, np.dtype[np.int64]]
Whole = Times
S = 1_000_000
DAY = 86_400 * S
FIRST_US = 1_767_225_600 * S  # 2026-01-01
EVENTS_A_DAY = 3_300  # 100,000 events are a month
BOOT_DAYS = 4
DOMAIN, REALM_SID = "CORP", "S-1-5-21-1004336348-1177238915-682003330"
USERS = [f"user{number:03}" for number in range(240)]
ADMINS = USERS[:20]
TYPED = [f"guess{number:03}" for number in range(400)] + ["administrator", "admin", "test"]
CHANNELS = {
    "lsm": "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    "rcm": "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    "core": "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
    "security": "Security",
}
IMAGES = [
    rf"C:\Windows\System32\{name}.exe"
    for name in ("svchost", "conhost", "cmd", "taskhostw", "backgroundTaskHost", "SearchHost",
                 "rundll32", "wsmprovhost", "powershell", "net", "whoami", "mmc", "notepad")
]  # fmt: skip
SYSTEM = {"sid": "S-1-5-18", "user": "SYSTEM", "domain": "NT AUTHORITY", "luid": 0x3E7}


@dataclass(slots=True)
class HostLog:
    """One host's log while it is drawn.

    Attributes:
        number: Which host; what it is depends on it.
        events: How many it logs, about.
        rng: Its own generator.
        boots: When it started, in microseconds, ascending; a last one marks the end of the log.
        frames: What was drawn.
    """

    number: int
    events: int
    rng: np.random.Generator
    boots: Times
    frames: list[pl.DataFrame] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its full name."""
        word = {0: "dc", 1: "dc", 2: "open", 3: "open", 4: "old"}.get(self.number, "srv")
        return f"{word}{self.number:02}.corp.example"

    def add(self, kind: str, time_us: Times, **columns: object) -> None:
        """Events of one kind; a column is one value for all or an array with one for each."""
        known = KINDS[kind]
        arrays = {k: _series(v) for k, v in columns.items() if isinstance(v, np.ndarray)}
        frame = pl.DataFrame({"time_us": time_us.astype(np.int64), **arrays})
        self.frames.append(
            frame.with_columns(
                kind=pl.lit(kind),
                channel=pl.lit(CHANNELS.get(kind.split("_")[0], "System")),
                provider=pl.lit(known.provider),
                event_id=pl.lit(known.event_id, pl.Int32),
                **{k: pl.lit(v) for k, v in columns.items() if k not in arrays and v is not None},
            )
        )

    def times(self, count: int) -> Times:
        """Moments in working hours for the greater part, never within minutes of a boot; sorted."""
        begin, end = int(self.boots[0]), int(self.boots[-1])
        at = self.rng.integers(begin, end, count)
        busy = self.rng.random(count) < 0.7
        hour = (8 + 10 * self.rng.random(count)) * 3600 * S
        at = np.where(busy, at // DAY * DAY + hour.astype(np.int64), at)
        place = np.clip(np.searchsorted(self.boots, at, side="right") - 1, 0, self.boots.size - 2)
        low, high = self.boots[place] + 300 * S, self.boots[place + 1] - 900 * S
        return np.sort(np.clip(at, low, np.maximum(high, low)) + self.rng.integers(0, S, count))

    def boot_of(self, at: Times) -> Times:
        """The start of the boot in which each moment lies."""
        return self.boots[np.clip(np.searchsorted(self.boots, at, side="right") - 1, 0, None)]

    def luids(self, at: Times) -> Whole:
        """Logon ids: they grow all through a boot and begin anew at the next."""
        return 0x20000 + (at - self.boot_of(at)) // 10

    def until(self, at: Times) -> Times:
        """The last moment of the boot in which each moment lies."""
        place = np.searchsorted(self.boots, at, side="right")
        return self.boots[np.minimum(place, self.boots.size - 1)] - 60 * S

    def pick(self, values: list[str], count: int, *, skewed: bool = True) -> np.ndarray[Any, Any]:
        """Values at random, the first ones more often."""
        drawn = self.rng.random(count) ** (3 if skewed else 1)
        return np.asarray(values, dtype=object)[(drawn * len(values)).astype(int)]


def host_events(seed: int, number: int, events: int) -> tuple[str, pl.DataFrame, pl.DataFrame]:
    """A host's name, about `events` events (schema `READ`), and their `RUNS`."""
    days = max(events / EVENTS_A_DAY, 0.2)
    boots = FIRST_US + np.arange(0, max(days, BOOT_DAYS / 2), BOOT_DAYS) * DAY
    ends = np.append(boots, FIRST_US + int(days * DAY) + 1800 * S).astype(np.int64)
    log = HostLog(number, events, np.random.default_rng([seed, number]), ends)
    _boots(log)
    flood = 0.35 if number in (2, 3) else 0.0
    rest = events * (1 - flood)
    is_dc, many_desks = number in (0, 1), number in (5, 6, 7)
    network_logons(log, int(rest * (0.42 if is_dc else 0.57 if many_desks else 0.67)))
    processes(log, int(rest * (0.06 if is_dc else 0.15)))
    service_logons(log, int(rest * 0.05))
    failures(log, int(rest * 0.03))
    if is_dc:
        tickets(log, int(rest * 0.41))
    desktops(log, int(rest * (0.01 if is_dc else 0.18 if many_desks else 0.08)))
    if flood:
        rdp_flood(log, int(events * flood), addressed=number == 2)
    return log.name, *finished(log)


def finished(log: HostLog) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Schemas `READ` and `RUNS`: record ids by channel, names, evidence, boot stamps, uids."""
    of = "channel"
    table = pl.concat(log.frames, how="diagonal_relaxed").sort(of, "time_us", maintain_order=True)
    stamped = (pl.col(of) == "Security") & pl.col("time_us").is_not_null()
    table = table.with_columns(
        computer=pl.lit(log.name),
        version=pl.lit(2, pl.Int32),
        carved=pl.lit(value=False),
        row=pl.int_range(pl.len(), dtype=pl.Int64).over(of),
        evidence=pl.col(of).replace_strict(
            {name: sha256(f"{log.name}{name}".encode()).hexdigest()
             for name in table[of].unique().to_list()}
        ),
        boot_stamp_us=pl.when(stamped).then(
            pl.Series(log.boot_of(table["time_us"].to_numpy()))
            + 1_200_000
            + log.rng.integers(0, 25, table.height)  # a small counter is in it
        ),
    ).with_columns(record_id=pl.col("row") + 1)
    missing = [pl.lit(None, kind).alias(name) for name, kind in READ.items()
               if name not in table.columns]  # fmt: skip
    table = table.with_columns(missing)
    table = table.with_columns(uids(table)).select(pl.col(n).cast(t) for n, t in READ.items())
    runs = table.group_by("evidence", "channel", "computer", maintain_order=True).agg(
        first_id=pl.col("record_id").min(),
        last_id=pl.col("record_id").max(),
        first_us=pl.col("time_us").min(),
        last_us=pl.col("time_us").max(),
        count=pl.len(),
        position=pl.lit(0),
        trusted=pl.lit(value=True),
    )
    return table, runs.select(pl.col(n).cast(t) for n, t in RUNS.items())


def network_logons(log: HostLog, events: int) -> None:
    """4624 type 3 of users and machines in bursts of one to four, 4634, 4672, now and then 5140."""
    bursts = int(events / (2.3 * 2.5))
    size = log.rng.integers(1, 5, bursts)
    began = np.repeat(log.times(bursts), size)
    count = began.size
    at = np.sort(began + log.rng.integers(0, 2 * S, count))
    which = np.repeat(np.arange(bursts), size)
    people = log.rng.random(bursts) < 0.55
    machines = [f"WS{number:03}$" for number in range(120)]
    user = np.where(people, log.pick(USERS, bursts), log.pick(machines, bursts))[which]
    address = log.pick([f"10.0.{n // 50}.{20 + n % 50}" for n in range(180)], bursts)[which]
    kerberos = (log.rng.random(bursts) < 0.75)[which]
    guid = np.asarray(guids(log.rng, bursts), dtype=object)[which]
    client = log.pick([f"WS{number:03}" for number in range(120)], bursts)[which]
    target = {
        "target_user": user, "target_domain": DOMAIN, "target_sid": sids(user),
        "target_luid": log.luids(at),
    }  # fmt: skip
    log.add(
        "security_4624", at, **target, logon_type=3, address=address,
        port=log.rng.integers(49_152, 65_535, count),
        package=np.where(kerberos, "Kerberos", "NTLM").astype(object),
        logon_process=np.where(kerberos, "Kerberos", "NtLmSsp").astype(object),
        logon_guid=np.where(kerberos, guid, None), client_name=np.where(kerberos, None, client),
        elevated=True, process_id=0,
    )  # fmt: skip
    admin = np.isin(user, ADMINS) | (log.rng.random(count) < 0.2)
    log.add("security_4672", at[admin], **_where(target, admin))
    life = (log.rng.exponential(60, count) * S).astype(np.int64) + S // 10
    over = np.minimum(at + life, log.until(at))
    gone = log.rng.random(count) < 0.95
    log.add("security_4634", over[gone], **_where(target, gone), logon_type=3)
    shared = log.rng.random(count) < 0.06
    log.add(
        "security_5140", at[shared] + 40_000, **_actor(_where(target, shared)),
        address=address[shared], port=log.rng.integers(49_152, 65_535, int(shared.sum())),
        object=log.pick([r"\\*\IPC$", r"\\*\SYSVOL", r"\\*\data", r"\\*\ADMIN$"],
                        int(shared.sum())),
    )  # fmt: skip


def processes(log: HostLog, events: int) -> None:
    """4688 and 4689, most of them by SYSTEM."""
    count = int(events / 1.8)
    at = log.times(count)
    image = log.pick(IMAGES, count)
    pid = log.rng.integers(1000, 60_000, count)
    system = {f"actor_{key}": value for key, value in SYSTEM.items()}
    arguments = log.rng.integers(0, 1 << 40, count).astype(str)
    lines = image + np.asarray([" -p -k netsvcs -s Schedule "], dtype=object) + arguments
    log.add(
        "security_4688", at, **system, process=image, process_id=pid, command_line=lines,
        parent_process=log.pick(IMAGES, count), parent_id=log.rng.integers(400, 9_000, count),
    )  # fmt: skip
    kept = log.rng.random(count) < 0.8
    log.add(
        "security_4689", (at + 4 * S)[kept], **system, process=image[kept], process_id=pid[kept]
    )


def service_logons(log: HostLog, events: int) -> None:
    """4624 type 5 of SYSTEM, always LUID 0x3e7, and its 4672."""
    at = log.times(events // 2)
    system = {f"target_{key}": value for key, value in SYSTEM.items()}
    log.add(
        "security_4624", at, **system, logon_type=5, logon_process="Advapi", package="Negotiate",
        process=r"C:\Windows\System32\services.exe", process_id=712, elevated=True,
    )  # fmt: skip
    log.add("security_4672", at + 100, **system)


def failures(log: HostLog, events: int) -> None:
    """4625 type 3 of people who mistype, and of a forgotten service."""
    at = log.times(events)
    user = np.where(log.rng.random(events) < 0.4, "svc-backup", log.pick(USERS, events))
    log.add(
        "security_4625", at, target_user=user, target_domain=DOMAIN, logon_type=3,
        status="0xc000006a", package="NTLM", logon_process="NtLmSsp",
        address=np.where(user == "svc-backup", "10.0.3.77",
                         log.pick([f"10.0.1.{n}" for n in range(20, 200)], events)),
        port=log.rng.integers(49_152, 65_535, events), client_name="WS001",
    )  # fmt: skip


def tickets(log: HostLog, events: int) -> None:
    """4768, 4769, 4776 of a domain controller, a few of them failures; 4771."""
    parts = {"security_4769": 0.66, "security_4768": 0.2, "security_4776": 0.1,
             "security_4771": 0.04}  # fmt: skip
    people = [*USERS, *(f"WS{number:03}$" for number in range(120))]
    for kind, share in parts.items():
        count = int(events * share)
        bad = log.rng.random(count) < 0.04
        never = kind == "security_4771"
        wrong = "0xc000006a" if kind == "security_4776" else "0x18"
        log.add(
            kind, log.times(count), target_user=log.pick(people, count), target_domain=DOMAIN,
            status=np.where(bad | never, wrong, "0x0").astype(object),
            address=log.pick([f"10.0.{n // 50}.{20 + n % 50}" for n in range(180)], count),
            port=log.rng.integers(49_152, 65_535, count), server="krbtgt",
        )  # fmt: skip


def desktops(log: HostLog, events: int) -> None:
    """RDP sessions in all three channels: opened, some left and come back to, most logged off."""
    count = max(int(events / 43), 1)
    at = log.times(count)
    at = np.minimum(at, log.until(at) - 600 * S)
    room = log.until(at) - at - 120 * S
    life = np.minimum((log.rng.exponential(2 * 3600, count) * S).astype(np.int64) + 60 * S, room)
    user = log.pick(USERS[:60], count)
    per_boot = np.arange(count) - np.searchsorted(log.boot_of(at), log.boot_of(at))
    desk = {
        "ts_id": per_boot + 2, "user": user, "limited": log.luids(at) + 40_000,
        "full": log.luids(at) + 39_000, "port": log.rng.integers(49_152, 65_535, count),
        "address": log.pick([f"10.0.2.{n}" for n in range(20, 90)], count),
        "name": np.asarray([f"RDP-Tcp#{n % 400}" for n in range(count)], dtype=object),
    }  # fmt: skip
    _connects(log, at, desk)
    _opens(log, at + S, desk)
    back = (log.rng.random(count) < 0.35) & (life > 600 * S)
    off = (log.rng.random(count) < 0.8) | back
    again = _where(desk, back)
    left, came = at[back] + life[back] // 3, at[back] + life[back] // 2
    _leaves(log, left, again, code=11)
    again["name"] = np.asarray([f"RDP-Tcp#{400 + n % 400}" for n in range(left.size)], dtype=object)
    again["activity"] = np.asarray(rdp_guids(log, left.size), dtype=object)
    again["nla"] = log.luids(came)
    _connects(log, came, again)
    _returns(log, came + S, again)
    for key in ("name", "activity", "nla"):
        desk[key] = desk[key].copy()
        desk[key][back] = again[key]
    end = at + life
    _logs_off(log, end[off], _where(desk, off))
    _leaves(log, end[~off], _where(desk, ~off), code=0)


def rdp_flood(log: HostLog, events: int, *, addressed: bool) -> None:
    """Attempts from a few addresses, some at once: 131, 65, 261, 140, 4625, 103, 102 of each."""
    count = events // 7
    waves = max(count // 1_500, 1)
    began = np.repeat(log.times(waves), -(-count // waves))[:count]
    at = np.sort(began + (log.rng.random(count) * 1_500 * 0.7 * S).astype(np.int64))
    at = np.minimum(at, log.until(at))
    _flood(log, at, addressed=addressed)


def _flood(log: HostLog, at: Times, *, addressed: bool) -> None:
    count = at.size
    sources = [f"203.0.113.{number}" for number in range(1, 25)]
    activity = np.asarray(rdp_guids(log, count), dtype=object)
    address = log.pick(sources, count)
    port = log.rng.integers(1024, 65_535, count)
    life = log.rng.integers(S, 3 * S, count)
    of = {} if activity[0] is None else {"activity_id": activity}
    log.add("rcm_261", at, **of, session_name="RDP-Tcp")
    if of:
        log.add("core_131", at + 3_000, **of, verb="TCP", address=address, port=port)
        log.add("core_65", at + 4_000, **of, session_name="RDP-Tcp#0")
        log.add("core_140", at + life - 40_000, **of, address=address)
        log.add("core_103", at + life, **of, reason=14)
        log.add("core_102", at + life + 10_000, **of)
    else:  # before Windows 8, 1149 follows wrong passwords too
        log.add(
            "rcm_1149", at + life // 2, target_user=log.pick(TYPED, count), address=address
        )
    log.add(
        "security_4625", at + life - 30_000, target_user=log.pick(TYPED, count), logon_type=3,
        status="0xc0000064", package="NTLM", logon_process="NtLmSsp", client_name="kali", port=0,
        **({"address": address} if addressed else {}),
    )  # fmt: skip


def rdp_guids(log: HostLog, count: int) -> list[str | None]:
    """ActivityIDs of RDP connections; none on the old host."""
    if log.number == 4:
        return [None] * count
    return ["F420" + text[4:] for text in guids(log.rng, count)]


def guids(rng: np.random.Generator, count: int) -> list[str]:
    """Random GUIDs in upper case."""
    digits = rng.bytes(16 * count).hex().upper()
    return [
        f"{d[:8]}-{d[8:12]}-{d[12:16]}-{d[16:20]}-{d[20:]}"
        for d in (digits[at : at + 32] for at in range(0, 32 * count, 32))
    ]


def sids(users: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """One SID for each name."""
    made = {name: f"{REALM_SID}-{1100 + hash_of(name)}" for name in set(users.tolist())}
    return np.asarray([made[name] for name in users], dtype=object)


def hash_of(name: str) -> int:
    """A number for a name, the same in every run."""
    return int.from_bytes(sha256(name.encode()).digest()[:4], "big") % 1_000_000


def _boots(log: HostLog) -> None:
    starts, ends = log.boots[:-1], log.boots[1:]
    log.add("kernel_12", starts, stated_us=starts, os_build="20348")
    log.add("eventlog_6009", starts + 9 * S, os_build="10.00.")
    log.add("eventlog_6005", starts + 9 * S)
    log.add("security_4608", starts + 8 * S)
    log.add("lsm_32", starts + 12 * S)
    log.add("rcm_258", starts + 14 * S, session_name="RDP-Tcp")
    stops = ends[:-1] - 30 * S
    log.add("user32_1074", stops, verb="restart", process=r"C:\Windows\System32\svchost.exe")
    log.add("eventlog_6006", stops + 5 * S)
    log.add("kernel_13", stops + 10 * S, stated_us=stops + 10 * S)


def _connects(log: HostLog, at: Times, desk: dict[str, Any]) -> None:
    """Transport and network level authentication; sets `activity` and `nla`."""
    desk.setdefault("activity", np.asarray(rdp_guids(log, at.size), dtype=object))
    desk.setdefault("nla", log.luids(at))
    of = {"activity_id": desk["activity"]}
    log.add("rcm_261", at, **of, session_name="RDP-Tcp")
    if log.number != 4:
        log.add(
            "core_131", at + 3_000, **of, verb="TCP", address=desk["address"], port=desk["port"]
        )
        log.add("core_65", at + 4_000, **of, session_name=desk["name"])
        log.add("core_66", at + 950_000, **of, session_name=desk["name"], ts_id=desk["ts_id"])
        log.add("core_104", at + 960_000, **of, detail="[-1]")
        log.add("core_169", at + 970_000, **of, detail="1", verb="3")
    log.add(
        "security_4624", at + 100_000, **_account(desk, "nla"), logon_type=3, package="NTLM",
        logon_process="NtLmSsp", address=desk["address"], port=0, client_name="LAPTOP",
    )  # fmt: skip
    log.add("rcm_1149", at + 900_000, **of, target_user=desk["user"], target_domain=DOMAIN,
            address=desk["address"])  # fmt: skip


def _opens(log: HostLog, at: Times, desk: dict[str, Any]) -> None:
    """4648, both halves of the logon, LSM 41, 42, 21, 22, Winlogon 7001; then some programs."""
    how = {
        "logon_type": 10, "logon_process": "User32", "package": "Negotiate", "process_id": 956,
        "process": r"C:\Windows\System32\svchost.exe", "address": desk["address"], "port": 0,
    }  # fmt: skip
    system = {f"actor_{key}": value for key, value in SYSTEM.items()}
    who = {"target_user": desk["user"], "target_domain": DOMAIN}
    log.add("security_4648", at, **system, **who, address=desk["address"], server="localhost",
            process=how["process"], process_id=956)  # fmt: skip
    log.add("security_4672", at + 150, **_account(desk, "full"))
    log.add("security_4624", at + 200, **_account(desk, "full"), **how, elevated=True,
            linked_luid=desk["limited"])  # fmt: skip
    log.add("security_4624", at + 300, **_account(desk, "limited"), **how, elevated=False,
            linked_luid=desk["full"])  # fmt: skip
    of = {"activity_id": desk["activity"], "ts_id": desk["ts_id"], "target_user": desk["user"],
          "target_domain": DOMAIN}  # fmt: skip
    log.add("lsm_41", at + 20_000, **of)
    log.add("lsm_42", at + 40_000, **of)
    log.add("winlogon_7001", at + 45_000, ts_id=desk["ts_id"], target_sid=sids(desk["user"]))
    log.add("lsm_21", at + 300_000, **of, address=desk["address"])
    log.add("lsm_22", at + 900_000, **of, address=desk["address"])
    mine = _actor(_account(desk, "limited"))
    for nth in range(8):
        log.add(
            "security_4688", at + (nth + 2) * S, **mine, process=log.pick(IMAGES, at.size),
            process_id=log.rng.integers(1000, 60_000, at.size), parent_id=4_000,
            parent_process=r"C:\Windows\explorer.exe",
        )  # fmt: skip


def _leaves(log: HostLog, at: Times, desk: dict[str, Any], *, code: int) -> None:
    """LSM 40, 24; 4779, 4800; the transport ends, and with it the network logon."""
    of = {"activity_id": desk["activity"], "ts_id": desk["ts_id"]}
    log.add("lsm_40", at, **of, reason=code)
    log.add("lsm_24", at + 80_000, **of, target_user=desk["user"], target_domain=DOMAIN,
            address=desk["address"])  # fmt: skip
    log.add("security_4779", at + 90_000, **_account(desk, "limited"), address=desk["address"],
            session_name=desk["name"], client_name="LAPTOP")  # fmt: skip
    log.add("security_4800", at + 1_000_000, **_account(desk, "limited"), ts_id=desk["ts_id"])
    _transport_over(log, at + 100_000, desk, code=code)


def _returns(log: HostLog, at: Times, desk: dict[str, Any]) -> None:
    """4778, LSM 25, and the unlock: a pair of type 7 that dies at once, 4801."""
    log.add("security_4778", at, **_account(desk, "limited"), address=desk["address"],
            session_name=desk["name"], client_name="LAPTOP")  # fmt: skip
    log.add("lsm_25", at + 300_000, activity_id=desk["activity"], ts_id=desk["ts_id"],
            target_user=desk["user"], target_domain=DOMAIN, address=desk["address"])  # fmt: skip
    unlock = {**desk, "luid": log.luids(at + S)}
    log.add("security_4624", at + S, **_account(unlock, "luid"), logon_type=7,
            logon_process="User32", package="Negotiate", address=desk["address"], port=0,
            process=r"C:\Windows\System32\svchost.exe", process_id=956, elevated=False)  # fmt: skip
    log.add("security_4801", at + S + 90_000, **_account(desk, "limited"), ts_id=desk["ts_id"])
    log.add("security_4634", at + S + 200_000, **_account(unlock, "luid"), logon_type=7)


def _logs_off(log: HostLog, at: Times, desk: dict[str, Any]) -> None:
    """4647, LSM 23, 7002, 40, 24; both halves are destroyed."""
    of = {"activity_id": desk["activity"], "ts_id": desk["ts_id"]}
    who = {"target_user": desk["user"], "target_domain": DOMAIN}
    log.add("security_4647", at, **_account(desk, "limited"))
    log.add("lsm_23", at + 10_000, **of, **who)
    log.add("winlogon_7002", at + 60_000, ts_id=desk["ts_id"], target_sid=sids(desk["user"]))
    log.add("lsm_40", at + 300_000, **of, reason=12)
    log.add("lsm_24", at + 400_000, **of, **who, address=desk["address"])
    _transport_over(log, at + 410_000, desk, code=12)
    log.add("security_4634", at + 5 * S, **_account(desk, "limited"), logon_type=10)
    log.add("security_4634", at + 6 * S, **_account(desk, "full"), logon_type=10)


def _transport_over(log: HostLog, at: Times, desk: dict[str, Any], *, code: int) -> None:
    of = {"activity_id": desk["activity"]}
    if log.number != 4:
        log.add("core_103", at, **of, reason=code)
        log.add("core_102", at + 10_000, **of)
    log.add("security_4634", at + 20_000, **_account(desk, "nla"), logon_type=3)


def _series(values: np.ndarray[Any, Any]) -> pl.Series:
    if values.dtype.kind in "OU":
        return pl.Series(values.tolist(), dtype=pl.String())
    return pl.Series(values)


def _account(desk: dict[str, Any], luid: str) -> dict[str, Any]:
    return {"target_user": desk["user"], "target_domain": DOMAIN, "target_sid": sids(desk["user"]),
            "target_luid": desk[luid]}  # fmt: skip


def _actor(target: dict[str, Any]) -> dict[str, Any]:
    return {key.replace("target_", "actor_"): value for key, value in target.items()}


def _where(columns: dict[str, Any], kept: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {k: v[kept] if isinstance(v, np.ndarray) else v for k, v in columns.items()}


def main() -> None:
    """Print how many events of each kind a few hosts have."""
    for number in (0, 2, 4, 5, 20):
        name, events, _ = host_events(1, number, 20_000)
        counts = events["kind"].value_counts(sort=True)
        told = ", ".join(f"{kind} {count}" for kind, count in counts.iter_rows())
        print(f"{name}: {events.height} events over {events['boot_stamp_us'].n_unique() - 1} "
              f"boots\n  {told}")  # fmt: skip


if __name__ == "__main__":
    main()
