"""What a session's own records say of where it came from, for joining with the other side.

Events:  the session's sources that name an address, a port or a client
Key:     (session, event)
Order:   by session, then the host's order
Limits:  WorkstationName of interactive logons is the host itself and is left out (R8.4)
See:     rules R8.1, R8.2 (E1, E7, E8)
"""

from __future__ import annotations

import polars as pl

C = pl.col
TOLD = (
    "security_4624", "security_4625", "security_4778", "security_4779", "security_5140",
    "security_5145", "core_131", "rcm_1149", "winrm_91", "ssh_4",
)
NAMED = ("security_4624", "security_4625", "security_4778", "security_4779")
NETWORK = 3


def client_name(kind: pl.Expr) -> pl.Expr:
    """The client's own name, in lower case, of an event that tells it; `kind` as text."""
    return pl.when(
        kind.is_in(["security_4778", "security_4779"])
        | (kind.is_in(NAMED) & (C("logon_type") == NETWORK))
    ).then(C("client_name").str.to_lowercase())


def arrivals(
    sessions: pl.DataFrame, sources: pl.DataFrame, events: pl.DataFrame
) -> pl.DataFrame:
    """Table `arrivals`: session, ord, uid, time_us, kind, address, port, client_name.

    Args:
        sessions: Sessions of the host with `source_address` and `id`.
        sources: Their sources.
        events: The host's events.
    """
    kind = C("kind")
    said = events.select(
        "ord", "time_us", "kind", "address", "port", "client_name", "logon_type"
    ).filter(kind.is_in(TOLD)).select(
        "ord", "time_us", "address", "kind",
        port=pl.when(C("port") > 0).then("port"),
        client_name=client_name(kind),
    )
    away = sessions.filter(C("source_class") != "local").select(session="id")
    return (
        sources.join(away, on="session", how="semi")
        .join(said, on="ord", how="inner")
        .filter(C("time_us").is_not_null())
        .filter(
            C("port").is_not_null() | C("client_name").is_not_null() | (C("kind") == "winrm_91")
        )
        .sort("session", "ord")
        .select("session", "ord", "uid", "time_us", "kind", "address", "port", "client_name")
    )
