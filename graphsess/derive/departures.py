"""Signs on a host that somebody reached out to another one, each placed in the session it left.

Events:  Sysmon 3 and Security 5156 (outbound); RDPClient 1024, 1102, 1027; Security 4648; NTLM 8001
         and SMBClient 31001; Security 4688 and Sysmon 1 with a command line that names a target;
         WinRM 6; a controller's 4769; a gateway's 302
Key:     (event, session); the session as R7.1 maps an act: by logon or process, else by account
         (`how`), never by the time alone
Order:   by the host's order of events
Limits:  a sign proves an attempt, not its success; several sessions of one account share a sign
         that names no logon
See:     rules R8.2, R8.2a, section 1.1.1, R4.5; `activity.ladder`
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.activity.accounts import realm_of
from graphsess.derive.activity.keys import identified
from graphsess.derive.activity.ladder import settled
from graphsess.derive.activity.scene import Scene
from graphsess.derive.activity.shapes import CAUSES, CLUES, empty
from graphsess.derive.activity.systems import doing
from graphsess.derive.tables import DEPARTURES
from graphsess.derive.tools import is_tool, target_of
from graphsess.resolve.identities import account, sam_of
from graphsess.resolve.logons import HIGHEST_CONSTANT

C = pl.col
OUTBOUND = "%%14593"
EXACT = ("luid", "logon_guid", "process")
"""Rungs of the ladder that name a logon."""
NO_NEIGHBOUR_US = -1
OF_WINDOWS = ("winlogon.exe", "wininit.exe", "lsass.exe", "consent.exe", "services.exe")
HERE = ("localhost", "127.0.0.1", "::1")
SERVICE_TICKET, GATEWAY = "E5", "R4.5"
_PEER = account(C("target_domain"), C("target_user"))
_ACTOR = account(C("actor_domain"), C("actor_user"))
_TELLING = (
    "sysmon_3", "security_5156", "client_1024", "client_1102", "client_1027", "security_4648",
    "ntlm_8001", "smbclient_31001", "winrm_6", "security_4769", "gateway_302",
)
_READ = (
    "ord", "boot", "uid", "time_us", "kind", "verb", "address", "port", "other_address",
    "other_port", "actor_domain", "actor_user", "actor_sid", "actor_luid", "target_domain",
    "target_user", "target_luid", "process", "process_id", "process_guid", "activity_id",
    "server", "spn", "writer_sid", "ts_id", "logon_guid", "command_line",
)
_COLUMNS = (
    "ord", "boot", "uid", "time_us", "kind", "rule", "name", "address", "port", "own_address",
    "own_port", "service", "peer_user", "guid", "ts_id", "origin_address", "luid", "pid",
    "process_guid", "sid", "user",
)
PLACED: dict[str, pl.DataType] = {
    "n": pl.Int64(), "session": pl.String(), "after": pl.Boolean(), "how": pl.String(),
}
SETTLED: dict[str, pl.DataType] = {
    "n": pl.Int64(), "method": pl.String(), "after": pl.Boolean(), "session": pl.String(),
}
_NUMBERS = ("port", "own_port", "ts_id", "luid", "pid")


def departures(
    hosts: pl.DataFrame, sessions: pl.DataFrame, events: pl.DataFrame, host: Scene
) -> pl.DataFrame:
    """Table `departures` of one host.

    Args:
        hosts: Table `hosts`: the host's own row.
        sessions: The host's finished sessions.
        events: The host's events.
        host: What signs are mapped to.
    """
    timed = events.select(_READ).filter(
        (C("kind").is_in(_TELLING) | C("command_line").is_not_null()) & C("time_us").is_not_null()
    )
    own = _own_names(hosts)
    signs = pl.concat(
        [
            _connections(timed), _clients(timed), _credentials(timed), _ntlm(timed),
            _tools(timed), _shells(timed), _tickets(timed), _through(timed),
        ]
    )
    away = signs.filter(
        ~(C("name").is_in([*own, *HERE]) & C("name").is_not_null()) | (C("rule") == SERVICE_TICKET)
    ).sort("ord").with_row_index("n").with_columns(C("n").cast(pl.Int64))
    placed = _placed(away, sessions, host)
    named = hosts["id"][0] if hosts.height else None
    return (
        away.join(placed, on="n", how="left")
        .with_columns(
            host=pl.lit(named, pl.String), after=C("after").fill_null(value=False)
        )
        .select([C(name).cast(kind) for name, kind in DEPARTURES.items()])
        .sort("ord", "rule", "session", nulls_last=False)
    )


def _placed(signs: pl.DataFrame, sessions: pl.DataFrame, host: Scene) -> pl.DataFrame:
    """n, session, after, how."""
    if signs.is_empty():
        return empty(PLACED)
    asked = _clues(signs.filter(~C("rule").is_in([SERVICE_TICKET, GATEWAY])), host)
    first = _settled(asked, host)
    left = sessions.filter((C("end_kind") == "logoff") & C("local").is_not_null())["id"]
    stale = first.filter(  # a process ends with its desktop: the number is another one's by then
        (C("method") == "process") & C("after") & C("session").is_in(left.implode())
    )
    again = asked.join(stale, on="n", how="semi").with_columns(process=pl.lit(None, pl.Int64))
    kept = first.join(stale, on="n", how="anti")
    return pl.concat([kept, _settled(again, host)]).select(
        "n", "session", "after",
        how=pl.when(C("method").is_in(EXACT)).then(pl.lit("logon")).otherwise(pl.lit("account")),
    )


def _clues(signs: pl.DataFrame, host: Scene) -> pl.DataFrame:
    """Schema CLUES of the signs; `machine`, so that nobody is named by the time alone."""
    placed = signs.join(host.ground.places.select("boot", "place"), on="boot", how="inner")
    points = placed.select("n", "place", "pid", at="ord", guid="process_guid")
    said = {
        "at": C("ord"), "luid": pl.when(C("luid") > HIGHEST_CONSTANT).then("luid"),
        "sam": sam_of(C("user")), "realm": realm_of(C("user")), "machine": pl.lit(value=True),
        "width_us": pl.lit(0), "ts_id": pl.lit(None),  # the desktop there is not one here
        "by_path": pl.lit(value=False), "logon_guid": pl.lit(value=False),
    }
    return placed.join(doing(points, host.made), on="n", how="left").select(
        said.get(name, C(name)).cast(kind).alias(name) for name, kind in CLUES.items()
    )


def _settled(asked: pl.DataFrame, host: Scene) -> pl.DataFrame:
    """n, session, method, after: the one session, or all of the account's that were open."""
    if asked.is_empty():
        return empty(SETTLED)
    identity = identified(asked, host.ground, host.known, empty(CAUSES))
    found, several = settled(
        asked, identity, host.ground, skew_us=NO_NEIGHBOUR_US, slack=False
    )
    one = found.filter(C("session").is_not_null()).select(
        "n", "session", "method",
        after=C("while_disconnected") | C("flags").list.contains("after_end"),
    )
    open_ = several.select(
        "n", "session", method=pl.lit("user"), after=pl.lit(value=False)
    )
    ids = host.ground.ids["session"].rename({"number": "session"})
    return (
        pl.concat([one, open_])
        .join(ids, on="session", how="inner")
        .select("n", "method", "after", session="id")
    )


def _own_names(hosts: pl.DataFrame) -> list[str]:
    names = pl.concat([hosts["names"].explode(), hosts["id"]]).drop_nulls().str.to_lowercase()
    return sorted({*names, *names.str.split(".").list.first()})


def _shaped(rows: pl.DataFrame, rule: str, **said: pl.Expr) -> pl.DataFrame:
    """Rows with all columns of a sign; what is not said is null."""
    told = {
        "ord": C("ord"), "boot": C("boot"), "uid": C("uid"), "time_us": C("time_us"),
        "kind": C("kind"), "rule": pl.lit(rule), **said,
    }
    return rows.select(
        told[name]
        if name in ("ord", "boot", "time_us")
        else told.get(name, pl.lit(None))
        .cast(pl.Int64 if name in _NUMBERS else pl.String)
        .alias(name)
        for name in _COLUMNS
    ).with_columns(name=_host_name(C("name")))


def _host_name(name: pl.Expr) -> pl.Expr:
    r"""`\\HOST`, `HOST:port`, `HOST/path`, `svc/HOST`… → `host`; an account's `$` is cut."""
    return (
        name.str.to_lowercase()
        .str.strip_chars_start("\\")
        .str.replace(r"[:/\\].*$", "")
        .str.strip_chars_end("$.")
        .replace("", None)
    )


def _connections(timed: pl.DataFrame) -> pl.DataFrame:
    """E1: connections that the host itself opened, with the process that did."""
    out = timed.filter(
        ((C("kind") == "sysmon_3") & (C("verb").str.to_lowercase() == "true"))
        | ((C("kind") == "security_5156") & (C("verb") == OUTBOUND))
    ).filter(C("port").is_not_null() & ~C("address").is_in(HERE) & C("address").is_not_null())
    return _shaped(
        out, "E1", address=C("other_address"), port=C("other_port"), own_address=C("address"),
        own_port=C("port"), user=_ACTOR, pid=C("process_id"), process_guid=C("process_guid"),
    )


def _clients(timed: pl.DataFrame) -> pl.DataFrame:
    """E2: the remote desktop client; 1102 and 1027 take the name that 1024 gave."""
    kinds = ("client_1024", "client_1102", "client_1027")
    told = timed.filter(C("kind").is_in(kinds))
    named = (
        told.filter((C("kind") == "client_1024") & C("activity_id").is_not_null())
        .sort("ord")
        .select("boot", "activity_id", "ord", asked="server")
    )
    joined = told.sort("ord").join_asof(
        named, on="ord", by=["boot", "activity_id"], strategy="backward", check_sortedness=False
    )
    asked = pl.when(C("kind") == "client_1024").then("server").otherwise("asked")
    return _shaped(
        joined, "E2", name=asked, address=C("address"), sid=C("writer_sid"), ts_id=C("ts_id")
    )


def _credentials(timed: pl.DataFrame) -> pl.DataFrame:
    """E3: 4648 towards another host (section 1.1.1)."""
    program = C("process").fill_null("").str.to_lowercase().str.extract(r"([^\\]*)$", 1)
    by_kernel = C("process").is_null() & C("address").is_not_null()
    used = timed.filter(
        (C("kind") == "security_4648")
        & ((C("actor_luid") > HIGHEST_CONSTANT) | ~program.is_in(OF_WINDOWS))
        & ~C("target_user").str.ends_with("$").fill_null(value=False)
    ).with_columns(
        host=pl.coalesce(
            C("server"), C("spn").str.extract(r"^[^/]+/([^/:@]+)", 1)
        )
    )
    return _shaped(
        used, "E3", name=pl.when(~by_kernel).then("host"),
        address=pl.when(by_kernel).then("address"), peer_user=_PEER,
        guid=C("logon_guid"), luid=C("actor_luid"), sid=C("actor_sid"), user=_ACTOR,
        service=C("spn").str.extract(r"^([^/]+)/", 1).str.to_lowercase(),
    )


def _ntlm(timed: pl.DataFrame) -> pl.DataFrame:
    """E4: outbound NTLM and refused SMB authentication, both with the client's logon."""
    used = timed.filter(C("kind").is_in(["ntlm_8001", "smbclient_31001"]))
    return _shaped(
        used, "E4", name=pl.coalesce("server", C("spn").str.extract(r"^[^/]+/([^/:@]+)", 1)),
        peer_user=_PEER, luid=C("actor_luid"), user=_ACTOR,
        service=C("spn").str.extract(r"^([^/]+)/", 1).str.to_lowercase(),
    )


def _tools(timed: pl.DataFrame) -> pl.DataFrame:
    """E6: programs that were told to reach for a host."""
    ran = (
        timed.filter(C("command_line").is_not_null() & is_tool(C("process")))
        .with_columns(host=target_of(C("process"), C("command_line")))
        .filter(C("host").is_not_null())
    )
    address = C("host").str.contains(r"^\d{1,3}(\.\d{1,3}){3}$")
    return _shaped(
        ran, "E6", name=pl.when(~address).then("host"), address=pl.when(address).then("host"),
        luid=pl.coalesce("target_luid", "actor_luid"), user=_ACTOR,
    )


def _shells(timed: pl.DataFrame) -> pl.DataFrame:
    """E7: a WSMan session to another host."""
    opened = timed.filter(C("kind") == "winrm_6")
    return _shaped(opened, "E7", name=C("server"), sid=C("writer_sid"))


def _tickets(timed: pl.DataFrame) -> pl.DataFrame:
    """E5: service tickets for computers, as a controller gave them to people."""
    given = timed.filter(
        (C("kind") == "security_4769")
        & C("server").str.ends_with("$")
        & ~C("target_user").str.contains(r"\$(@|$)")
    )
    return _shaped(
        given, SERVICE_TICKET, name=C("server"), own_address=C("address"),
        peer_user=_PEER, guid=C("logon_guid"),
    )


def _through(timed: pl.DataFrame) -> pl.DataFrame:
    """R4.5: connections that this host, a gateway, made for somebody."""
    passed = timed.filter(C("kind") == "gateway_302")
    return _shaped(
        passed, GATEWAY, name=C("server"), peer_user=_PEER, origin_address=C("address")
    )
