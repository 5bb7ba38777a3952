"""Signs on a host that somebody reached out to another one, each placed in the session it left.

Events:  Sysmon 3 and Security 5156 (outbound); RDPClient 1024, 1102, 1027; Security 4648; NTLM 8001
         and SMBClient 31001; Security 4688 and Sysmon 1 with a command line that names a target;
         WinRM 6; a controller's 4769; a gateway's 302
Key:     (event, session); the session by LUID or process, else by account (`how`)
Order:   by the host's order of events
Limits:  a sign proves an attempt, not its success; several sessions of one account share a sign
         that names no logon
See:     rules R8.2, R8.2a, section 1.1.1, R4.5
"""

from __future__ import annotations

import polars as pl

from graphsess.derive.placement import bare_name, of_account, under_logon
from graphsess.derive.tables import DEPARTURES
from graphsess.derive.tools import target_of
from graphsess.resolve.identities import account

C = pl.col
OUTBOUND = "%%14593"
CONSTANT_LUIDS = (0x3E3, 0x3E4, 0x3E5, 0x3E6, 0x3E7)
OF_WINDOWS = ("winlogon.exe", "wininit.exe", "lsass.exe", "consent.exe", "services.exe")
HERE = ("localhost", "127.0.0.1", "::1")
SERVICE_TICKET, GATEWAY = "E5", "R4.5"
_PEER = account(C("target_domain"), C("target_user"))
_ACTOR = account(C("actor_domain"), C("actor_user"))
_UNSAID = {"by_pid": pl.lit(value=False)}
_COLUMNS = (
    "ord", "boot", "uid", "time_us", "kind", "rule", "name", "address", "port", "own_address",
    "own_port", "service", "peer_user", "guid", "ts_id", "origin_address", "luid", "by_pid", "sid",
    "user",
)


def departures(
    hosts: pl.DataFrame, sessions: pl.DataFrame, events: pl.DataFrame
) -> pl.DataFrame:
    """Table `departures` of one host.

    Args:
        hosts: Table `hosts`: the host's own row.
        sessions: The host's finished sessions.
        events: The host's events.
    """
    kind = C("kind").cast(pl.String)
    timed = events.filter(C("time_us").is_not_null()).with_columns(kind=kind)
    started = _processes(timed)
    own = _own_names(hosts)
    signs = pl.concat(
        [
            _connections(timed, started), _clients(timed), _credentials(timed), _ntlm(timed),
            _tools(timed, started), _shells(timed), _tickets(timed), _through(timed),
        ]
    )
    away = signs.filter(
        ~(C("name").is_in([*own, *HERE]) & C("name").is_not_null()) | (C("rule") == SERVICE_TICKET)
    ).sort("ord").with_row_index("key")
    placed = _placed(away, sessions)
    named = hosts["id"][0] if hosts.height else None
    return (
        away.join(placed, on="key", how="left")
        .with_columns(
            host=pl.lit(named, pl.String), after=C("after").fill_null(value=False)
        )
        .select([C(name).cast(kind) for name, kind in DEPARTURES.items()])
        .sort("ord", "rule", "session", nulls_last=False)
    )


def _placed(signs: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """key, session, after, how."""
    under = under_logon(signs.filter(~C("luid").is_in(CONSTANT_LUIDS)), sessions)
    left = sessions.filter((C("end_kind") == "logoff") & C("local").is_not_null())
    stale = (  # a process ends with its desktop: the id is another process's by then
        under.filter("after")
        .join(left.select(session="id"), on="session", how="semi")
        .join(signs.filter(C("by_pid")).select("key"), on="key", how="semi")
    )
    by_logon = under.join(stale, on="key", how="anti").with_columns(how=pl.lit("logon"))
    loose = signs.filter(~C("rule").is_in([SERVICE_TICKET, GATEWAY])).join(
        by_logon, on="key", how="anti"
    )
    account = pl.when(C("sid").is_not_null()).then("sid").otherwise(bare_name(C("user")))
    by_account = of_account(loose.with_columns(account=account), sessions).with_columns(
        how=pl.lit("account")
    )
    return pl.concat([by_logon, by_account])


def _own_names(hosts: pl.DataFrame) -> list[str]:
    names = pl.concat([hosts["names"].explode(), hosts["id"]]).drop_nulls().str.to_lowercase()
    return sorted({*names, *names.str.split(".").list.first()})


def _shaped(rows: pl.DataFrame, rule: str, **said: pl.Expr) -> pl.DataFrame:
    """Rows with all columns of a sign; what is not said is null."""
    kinds = {
        "port": pl.Int64, "own_port": pl.Int64, "ts_id": pl.Int64, "luid": pl.Int64,
        "by_pid": pl.Boolean,
    }
    told = {
        "ord": C("ord"), "boot": C("boot"), "uid": C("uid"), "time_us": C("time_us"),
        "kind": C("kind"), "rule": pl.lit(rule), **said,
    }
    return rows.select(
        told.get(name, _UNSAID.get(name, pl.lit(None)))
        .cast(kinds.get(name, pl.String)).alias(name)
        if name not in ("ord", "boot", "time_us")
        else told[name]
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


def _processes(timed: pl.DataFrame) -> pl.DataFrame:
    """Every started process: boot, process_id, process_guid, begun (ord), ran_as (LUID)."""
    return timed.filter(C("kind").is_in(["sysmon_1", "security_4688"])).select(
        "boot", "process_id", "process_guid", begun="ord",
        ran_as=pl.coalesce(
            pl.when(C("kind") == "security_4688").then("target_luid"), "actor_luid"
        ),
    )


def _connections(timed: pl.DataFrame, started: pl.DataFrame) -> pl.DataFrame:
    """E1: connections that the host itself opened, with the logon of the process."""
    out = timed.filter(
        ((C("kind") == "sysmon_3") & (C("verb").str.to_lowercase() == "true"))
        | ((C("kind") == "security_5156") & (C("verb") == OUTBOUND))
    ).filter(C("port").is_not_null() & ~C("address").is_in(HERE) & C("address").is_not_null())
    by_guid = started.filter(C("process_guid").is_not_null()).unique(
        "process_guid", keep="first", maintain_order=True
    )
    known = out.join(by_guid.select("process_guid", of_guid="ran_as"), on="process_guid",
                     how="left")
    by_pid = known.sort("ord").join_asof(
        started.filter(C("process_id").is_not_null())
        .select("boot", "process_id", "begun", of_pid="ran_as").sort("begun"),
        left_on="ord", right_on="begun", by=["boot", "process_id"], strategy="backward",
        check_sortedness=False,
    )
    return _shaped(
        by_pid, "E1", address=C("other_address"), port=C("other_port"), own_address=C("address"),
        own_port=C("port"), user=_ACTOR, luid=pl.coalesce("of_guid", "of_pid"),
        by_pid=C("of_guid").is_null() & C("of_pid").is_not_null(),
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
        & (~C("actor_luid").is_in(CONSTANT_LUIDS) | ~program.is_in(OF_WINDOWS))
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


def _tools(timed: pl.DataFrame, started: pl.DataFrame) -> pl.DataFrame:
    """E6: programs that were told to reach for a host."""
    ran = (
        timed.filter(C("command_line").is_not_null() & C("process").is_not_null())
        .with_columns(host=target_of(C("process"), C("command_line")))
        .filter(C("host").is_not_null())
        .join(started.select("begun", "ran_as").unique("begun"), left_on="ord", right_on="begun",
              how="left")
    )
    address = C("host").str.contains(r"^\d{1,3}(\.\d{1,3}){3}$")
    return _shaped(
        ran, "E6", name=pl.when(~address).then("host"), address=pl.when(address).then("host"),
        luid=C("ran_as"), user=_ACTOR,
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
