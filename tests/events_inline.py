"""Events built inline for rule tests: a line a record, only what the case is about spelled out.

`event` fills in what Windows itself would have written for its kind; `table` reads the lines as a
reader's batch would be read, so rules N4-N8 apply; `build` resolves and derives one host. Times
are seconds after `T0` on the way in and on the way out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import polars as pl

from graphsess.catalogue import KINDS
from graphsess.derive import derive
from graphsess.events.normalise import normalise
from graphsess.readers.tables import LOGGED, RUNS
from graphsess.resolve.host import resolve_host
from graphsess.settings import Settings

T0 = datetime(2024, 5, 6, 8, 0, tzinfo=UTC)
HOST = "ws1.lab"
FILE = "a" * 64
CONSOLE = "61A55000-55E5-1017-0000-000000000000"
LSM = "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"
RCM = "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational"
CORE = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational"
CHANNELS = {
    "security": "Security", "lsm": LSM, "rcm": RCM, "core": CORE, "system": "System",
    "client": "Microsoft-Windows-TerminalServices-RDPClient/Operational",
    "profile": "Microsoft-Windows-User Profile Service/Operational",
    "sysmon": "Microsoft-Windows-Sysmon/Operational",
    "winrm": "Microsoft-Windows-WinRM/Operational",
    "ssh": "OpenSSH/Operational",
    "smbserver": "Microsoft-Windows-SmbServer/Security",
    "smbclient": "Microsoft-Windows-SmbClient/Connectivity",
    "dhcp": "Microsoft-Windows-Dhcp-Client/Operational",
    "broker": "Microsoft-Windows-TerminalServices-SessionBroker-Client/Operational",
}
LOCAL_DOMAIN = "WS1"
SVCHOST = r"C:\Windows\System32\svchost.exe"
WINLOGON = r"C:\Windows\System32\winlogon.exe"
LSASS = r"C:\Windows\System32\lsass.exe"
SSHD = r"C:\Windows\System32\OpenSSH\sshd.exe"
DESKTOP = {"logon_process": "User32 ", "package": "Negotiate", "port": 0, "client_name": "WS1"}
BY_TYPE: dict[int, dict[str, Any]] = {
    2: {**DESKTOP, "process": WINLOGON, "address": "127.0.0.1"},
    3: {"logon_process": "NtLmSsp ", "package": "NTLM"},
    4: {"logon_process": "Advapi  ", "process": SVCHOST, "package": "Negotiate"},
    5: {"logon_process": "Advapi  ", "process": r"C:\Windows\System32\services.exe"},
    7: {**DESKTOP, "process": SVCHOST, "address": "127.0.0.1"},
    8: {"logon_process": "Advapi  ", "package": "Negotiate"},
    9: {"logon_process": "seclogo", "process": SVCHOST, "address": "::1", "port": 0},
    10: {**DESKTOP, "process": SVCHOST},
    11: {**DESKTOP, "process": WINLOGON, "address": "127.0.0.1"},
    12: {**DESKTOP, "process": SVCHOST},
    13: {**DESKTOP, "process": SVCHOST, "address": "127.0.0.1"},
}
KNOWN_SIDS = {
    "system": "S-1-5-18", "anonymous logon": "S-1-5-7", "network service": "S-1-5-20",
    "local service": "S-1-5-19",
}
SAY_SO = {"security_4625", "security_4648", "security_4776"}  # these log no SID of the account
PARSED = {
    "core_72": ("ts_id",), "core_131": ("port",), "winrm_91": ("target_user", "address"),
}
Event = dict[str, Any]


def event(kind: str, at: float, /, **fields: Any) -> Event:
    """One record of a kind of the catalogue, `at` seconds after T0.

    Besides the columns of the kind: `user` (REALM\\name) and `luid` of the account and logon the
    event is about, `by` the subject's LUID, `activity`, `name` the client's name, `text` sshd's
    words, `channel`, `computer`, `record_id`, `stated` and `before` in seconds.
    """
    entry = KINDS[kind]
    known = {*entry.fields, *PARSED.get(kind, ()), "activity_id", "writer_sid", "writer_pid"}
    row: Event = {"kind": kind, "at": at, "computer": fields.pop("computer", HOST)}
    row["channel"] = fields.pop("channel", None) or _channel(kind)
    row["record_id"] = fields.pop("record_id", None)
    row["carved"] = fields.pop("carved", False)
    user, luid = fields.pop("user", None), fields.pop("luid", None)
    given = {_spelled(name): value for name, value in fields.items()}
    for name in ("stated_us", "before_us"):
        if name in given:
            given[name] = _time(given[name])
    if "text" in given:
        given["detail"] = given.pop("text")
    about = known - {"target_user", "target_sid"} if kind == "security_4688" and not luid else known
    values = {**_defaults(kind, given), **_account(kind, about, user), **given}
    if luid is not None:
        values["target_luid" if "target_luid" in known else "actor_luid"] = luid
    if kind == "eventlog_6008" and "stated" in fields:
        values["stated_us"] = _system_times(fields["stated"])
    if unknown := sorted(set(values) - known):
        raise ValueError(f"{kind} has no {unknown[0]}")
    row["values"] = {name: _text(name, value) for name, value in values.items()}
    return row


def table(events: Iterable[Event], *, as_written: bool = False, file: str = FILE) -> pl.DataFrame:
    """The events as one evidence file, schema READ; in time order unless `as_written`."""
    lines = list(events)
    if not as_written:
        lines.sort(key=lambda line: line["at"])
    ids: Counter[tuple[str, str]] = Counter()
    rows = []
    for line in lines:
        place = (line["computer"], line["channel"])
        ids[place] += 1
        entry = KINDS[line["kind"]]
        rows.append(
            {
                "kind": line["kind"], "time": _time(line["at"]), "computer": line["computer"],
                "channel": line["channel"], "provider": entry.provider,
                "event_id": entry.event_id, "version": 0, "carved": line["carved"],
                "record_id": line["record_id"] or 100 + ids[place], **line["values"],
            }
        )
    return normalise(pl.DataFrame(rows, LOGGED), file)


def runs_for(
    events: pl.DataFrame, *, trusted: bool = True, since: float = -86_400, also: Iterable[str] = ()
) -> pl.DataFrame:
    """Runs that cover the events: each channel whole, from `since` to its last record.

    Args:
        events: Schema READ.
        trusted: False for a filtered or forwarded file, which proves nothing by its silence.
        since: When the logs begin, in seconds after T0.
        also: Channel families that are whole too although they hold nothing of interest.
    """
    begin = _us(since)
    timed = events.filter(pl.col("time_us").is_not_null())
    rows = [
        (file, channel, computer, 1, last_id, min(begin, first), last, last_id, 0, trusted)
        for file, channel, computer, first, last, last_id in timed.group_by(
            "evidence", "channel", "computer"
        )
        .agg(first=pl.col("time_us").min(), last=pl.col("time_us").max(),
             last_id=pl.col("record_id").max())
        .sort("evidence", "channel", "computer")
        .iter_rows()
    ]
    until = timed["time_us"].max() or begin
    rows += [
        (FILE, CHANNELS[family], HOST, 1, 9, begin, until, 9, 0, trusted)
        for family in also
    ]
    return pl.DataFrame(rows, RUNS, orient="row")


def build(
    *events: Event | Iterable[Event],
    as_written: bool = False,
    trusted: bool = True,
    since: float = -86_400,
    also: Iterable[str] = (),
    settings: Settings | None = None,
    host: str = HOST,
) -> dict[str, pl.DataFrame]:
    """All tables of the host, resolved and derived."""
    read = table(_flat(events), as_written=as_written)
    return built(read, runs_for(read, trusted=trusted, since=since, also=also), settings, host)


def built(
    read: pl.DataFrame, runs: pl.DataFrame, settings: Settings | None = None, host: str = HOST
) -> dict[str, pl.DataFrame]:
    """All tables out of events and runs as they are."""
    settings = settings or Settings()
    tables = resolve_host(read, runs, host, settings)
    return {**tables, **derive(tables, settings)}


def told(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Rows as tuples; `start` reads `start_us` in seconds after T0, `luids` reads hexadecimal."""
    found = []
    for row in frame.iter_rows(named=True):
        found.append(tuple(_said(row, name) for name in columns))
    return found


def shown(made: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The sessions that are not hidden."""
    return made["sessions"].filter(pl.col("hidden").is_null())


def roles(made: dict[str, pl.DataFrame], session: int = 0) -> dict[str, list[str]]:
    """Role → kinds of the events that play it, of the session with this place in the table."""
    chosen = made["sessions"]["id"][session]
    rows = (
        made["sources"].filter(pl.col("session") == chosen)
        .join(made["events"].select("ord", "kind"), on="ord", how="left")
        .sort("ord")
    )
    found: dict[str, list[str]] = {}
    for role, kind in rows.select("role", "kind").iter_rows():
        found.setdefault(role, []).append(str(kind))
    return found


def logon(made: dict[str, pl.DataFrame], luid: int) -> dict[str, Any]:
    """The one logon session with this LUID."""
    [row] = made["logons"].filter(pl.col("luid") == luid).to_dicts()
    return row


def sid_of(name: str) -> str:
    """The SID that the builder gives to an account of this name, whatever its realm."""
    sam = name.rpartition("\\")[2].lower()
    if sam in KNOWN_SIDS:
        return KNOWN_SIDS[sam]
    for prefix, authority in (("dwm-", "90"), ("umfd-", "96")):
        if sam.startswith(prefix):
            return f"S-1-5-{authority}-0-{sam.removeprefix(prefix)}"
    if sam.startswith("sshd_"):
        return f"S-1-5-111-3847866527-469524349-687026318-516638107-{sam.removeprefix('sshd_')}"
    return f"S-1-5-21-11-22-33-{1000 + crc32(sam.encode()) % 9000}"


def activity(number: int) -> str:
    """The ActivityID of an RDP connection."""
    return f"F420{number:04X}-AAAA-BBBB-CCCC-{number:012X}"


def boot_activity(at: float, counter: int = 0) -> str:
    """A Security ActivityID of the boot that began at `at`: its last 8 bytes are a FILETIME."""
    filetime = (_us(at) + 11_644_473_600_000_000) * 10 + counter
    digits = filetime.to_bytes(8, "little").hex().upper()
    return f"{crc32(digits.encode()):08X}-0001-0001-{digits[:4]}-{digits[4:]}"


def sysmon_guid(luid: int, at: float) -> str:
    """Sysmon's LogonGuid of a logon that began at `at` (finding 10)."""
    seconds = int(T0.timestamp() + at)
    digits = luid.to_bytes(8, "little").hex().upper()
    low, high = seconds & 0xFFFF, seconds >> 16
    return f"A0B1C2D3-{low:04X}-{high:04X}-{digits[:4]}-{digits[4:]}"


# What a person does, as the records that Windows writes of it. Gaps as in section 2 of the rules.


def console_on(at: float, user: str, luid: int, ts: int = 1, **logon: Any) -> list[Event]:
    """A logon at the console of a standard user."""
    return [
        event("security_4624", at, user=user, luid=luid, logon_type=2, **logon),
        event("lsm_41", at + 0.1, user=user, ts_id=ts, activity=CONSOLE),
        event("lsm_42", at + 0.12, user=user, ts_id=ts, activity=CONSOLE),
        event("winlogon_7001", at + 0.11, user=user, ts_id=ts),
        event("lsm_21", at + 0.5, user=user, ts_id=ts, address="LOCAL", activity=CONSOLE),
        event("lsm_22", at + 0.6, user=user, ts_id=ts, address="LOCAL", activity=CONSOLE),
    ]


def console_off(at: float, user: str, luid: int, ts: int = 1) -> list[Event]:
    """A logoff at the console: its tail looks like a disconnect."""
    return [
        event("security_4647", at, user=user, luid=luid),
        event("lsm_23", at + 0.1, user=user, ts_id=ts, activity=CONSOLE),
        event("winlogon_7002", at + 0.2, user=user, ts_id=ts),
        event("lsm_39", at + 0.3, ts_id=ts, other_ts_id=ts),
        event("lsm_40", at + 0.3, ts_id=ts, reason=11),
        event("lsm_24", at + 0.4, user=user, ts_id=ts, address="LOCAL"),
    ]


def rdp_knock(at: float, ip: str, number: int, port: int = 50_000) -> list[Event]:
    """A client's first contact."""
    act = activity(number)
    return [
        event("rcm_261", at, activity=act, session_name="RDP-Tcp"),
        event("core_131", at, verb="TCP", address=f"{ip}:{port + number}", activity=act),
        event("core_65", at + 0.01, session_name=f"RDP-Tcp#{number}", activity=act),
    ]


def nla_luid(number: int) -> int:
    """The LUID of the network logon that prepares a connection.

    Cases without a boot event give their LUIDs between this and twice this: a fall of the counter
    below half would be another boot (R1.4).
    """
    return 0x90000 + number * 0x100


def rdp_auth(at: float, user: str, ip: str, number: int) -> list[Event]:
    """The network-level authentication that precedes every desktop."""
    nla = nla_luid(number)
    return [
        event("security_4624", at, user=user, luid=nla, logon_type=3, address=ip, port=0),
        event("rcm_1149", at + 0.5, user=user, address=ip, activity=activity(number)),
    ]


def rdp_on(
    at: float, user: str, luid: int, ip: str, number: int, ts: int = 2, **logon: Any
) -> list[Event]:
    """A new RDP session: contact at 0, 4624 type 3 at 0.1, 1149 at 0.6, type 10 at 1, 21 at 1.5."""
    act = activity(number)
    return [
        *rdp_knock(at, ip, number),
        *rdp_auth(at + 0.1, user, ip, number),
        event("core_66", at + 0.7, session_name=f"RDP-Tcp#{number}", ts_id=ts, activity=act),
        event("security_4624", at + 1, user=user, luid=luid, logon_type=10, address=ip, **logon),
        event("lsm_41", at + 1.02, user=user, ts_id=ts, activity=act),
        event("lsm_42", at + 1.03, user=user, ts_id=ts, activity=act),
        event("winlogon_7001", at + 1.03, user=user, ts_id=ts),
        event("lsm_21", at + 1.5, user=user, ts_id=ts, address=ip, activity=act),
        event("lsm_22", at + 1.6, user=user, ts_id=ts, address=ip, activity=act),
    ]


def rdp_close(
    at: float, user: str, luid: int, ip: str, number: int, ts: int = 2,
    name: str = "KALI",
) -> list[Event]:
    """The client's window is closed: 40 at 0, 24 at 0.1; the session goes on without anyone."""
    act = activity(number)
    return [
        event("lsm_40", at, ts_id=ts, reason=0, activity=act),
        event("security_4779", at + 0.05, user=user, luid=luid, address=ip, name=name,
              session_name=f"RDP-Tcp#{number}"),
        event("lsm_24", at + 0.1, user=user, ts_id=ts, address=ip, activity=act),
        event("security_4634", at + 0.11, user=user, luid=nla_luid(number), logon_type=3),
        event("core_103", at + 0.2, reason=0, activity=act),
        event("core_102", at + 0.2, activity=act),
    ]


def rdp_back(
    at: float, user: str, luid: int, ip: str, number: int, ts: int = 2,
    name: str = "KALI",
) -> list[Event]:
    """A reconnect on a build that writes type 7: 40 {5} at 1, 4778 at 1.05, 25 at 1.5."""
    act = activity(number)
    small = nla_luid(number) + 0x10
    return [
        *rdp_knock(at, ip, number),
        *rdp_auth(at + 0.1, user, ip, number),
        event("lsm_40", at + 1, ts_id=ts, reason=5, activity=act),
        event("security_4778", at + 1.05, user=user, luid=luid, address=ip, name=name,
              session_name=f"RDP-Tcp#{number}"),
        event("lsm_25", at + 1.5, user=user, ts_id=ts, address=ip, activity=act),
        event("security_4624", at + 2, user=user, luid=small, logon_type=7, address=ip),
        event("security_4801", at + 2.1, user=user, luid=luid, ts_id=ts),
        event("security_4634", at + 2.2, user=user, luid=small, logon_type=7),
    ]


def rdp_off(
    at: float, user: str, luid: int, ip: str, number: int, ts: int = 2
) -> list[Event]:
    """A logoff by the user: 4647 at 0, 23 at 0.02, 40 {12} at 0.3, 24 at 0.4."""
    act = activity(number)
    return [
        event("security_4647", at, user=user, luid=luid),
        event("lsm_23", at + 0.02, user=user, ts_id=ts, activity=act),
        event("winlogon_7002", at + 0.1, user=user, ts_id=ts),
        event("lsm_40", at + 0.3, ts_id=ts, reason=12, activity=act),
        event("lsm_24", at + 0.4, user=user, ts_id=ts, address=ip, activity=act),
        event("core_103", at + 0.4, reason=12, activity=act),
        event("core_102", at + 0.4, activity=act),
        event("security_4634", at + 0.4, user=user, luid=nla_luid(number), logon_type=3),
    ]


def _flat(events: Iterable[Event | Iterable[Event]]) -> Iterator[Event]:
    for item in events:
        if isinstance(item, dict):
            yield item
        else:
            yield from _flat(item)


def _channel(kind: str) -> str:
    if kind == "winlogon_811":
        return "Microsoft-Windows-Winlogon/Operational"
    return CHANNELS.get(kind.partition("_")[0], "System")


def _spelled(name: str) -> str:
    return {
        "activity": "activity_id", "by": "actor_luid", "linked": "linked_luid",
        "name": "client_name", "stated": "stated_us", "before": "before_us", "pid": "process_id",
        "sid": "target_sid",
    }.get(name, name)


def _defaults(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """What Windows writes of itself for this kind."""
    if kind in ("security_4624", "security_4625"):
        found = dict(BY_TYPE.get(given.get("logon_type", 3), {}))
        if kind == "security_4625":
            found |= {"status": "0xC000006A"}
        return found
    return {}


def _account(kind: str, known: set[str], user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    sid = sid_of(user)
    if kind.startswith("profile_"):
        return {"writer_sid": sid}
    if "target_user" in known or "target_sid" in known:
        found: dict[str, Any] = {"target_user": user} if "target_user" in known else {}
        if "target_sid" in known and kind not in SAY_SO:
            found["target_sid"] = sid
        return found
    return {"actor_user": user} | ({"actor_sid": sid} if "actor_sid" in known else {})


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "%%1842" if value else "%%1843"
    if name.endswith("_luid"):
        return hex(value)
    return str(value)


def _said(row: dict[str, Any], name: str) -> Any:
    if name in row:
        value = row[name]
        return [hex(item) for item in value] if name.endswith("luids") else value
    value = row[f"{name}_us"]
    return None if value is None else round(value / 1e6 - T0.timestamp(), 3)


def _time(at: float) -> str:
    return (T0 + timedelta(seconds=at)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _us(at: float) -> int:
    return (T0 + timedelta(seconds=at) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


def _system_times(at: float) -> str:
    """EventLog 6008's Binary: a local time an hour off, then the same in UTC."""
    moment = T0 + timedelta(seconds=at)
    parts = b""
    for when in (moment + timedelta(hours=1), moment):
        for number in (when.year, when.month, when.isoweekday() % 7, when.day, when.hour,
                       when.minute, when.second, when.microsecond // 1000):
            parts += number.to_bytes(2, "little")
    return parts.hex()
