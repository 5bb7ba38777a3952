"""What a host's log says about which machine had which address, and how much that weighs (R9.1).

Events:  Security 4624 type 3, 4768, 4769 of machine accounts, 4778, 4779; Sysmon 3 of the host
         itself; SMBClient 30803-30808; SMBServer 551, 1009; RDPClient 1024 with 1102; Sysmon 22;
         Dhcp-Client
Key:     (address, machine name, event)
Order:   by time
Limits:  names that a client tells of itself are weak: anyone can choose them
See:     rule R9.1
"""

from __future__ import annotations

import polars as pl

C = pl.col
OWN, MACHINE_ACCOUNT, LEASE, SHARE, DESKTOP_CLIENT, ANSWER, CLAIMED = 10, 9, 9, 8, 8, 7, 5
OUTBOUND = "%%14593"  # Security 5156: the host itself opened the connection
NO_NAME = ("unknown", "local", "localhost", "-")
SAID = (
    "boot", "time_us", "uid", "kind", "address", "other_address", "verb", "target_user",
    "logon_type", "server", "client_name", "package", "detail", "activity_id",
)


def observations(events: pl.DataFrame, host: str) -> pl.DataFrame:
    """host, address, name (lower case; null = the host itself), time_us, weight, rule, uid."""
    kind = C("kind")
    told = C("address").is_not_null() | C("other_address").is_not_null()
    timed = events.select(SAID).filter(
        C("time_us").is_not_null() & (told | kind.is_in(["client_1024", "sysmon_22"]))
    )
    spoke = timed.filter(
        ((kind == "sysmon_3") & (C("verb").str.to_lowercase() == "true"))
        | ((kind == "security_5156") & (C("verb") == OUTBOUND))
    ).select("time_us", "uid", "address", name=pl.lit(None, pl.String), weight=pl.lit(OWN))
    leased = timed.filter(kind.cast(pl.String).str.starts_with("dhcp_")).select(
        "time_us", "uid", address="other_address", name=pl.lit(None, pl.String),
        weight=pl.lit(LEASE),
    )
    machine = (
        timed.filter(
            kind.is_in(["security_4624", "security_4768", "security_4769"])
            & C("target_user").str.ends_with("$")
            & (C("logon_type").is_null() | (C("logon_type") == 3))
        )
        .select(
            "time_us", "uid", "address", name=C("target_user").str.strip_suffix("$"),
            weight=pl.lit(MACHINE_ACCOUNT),
        )
    )
    share = timed.filter(kind.cast(pl.String).str.starts_with("smbclient_308")).select(
        "time_us", "uid", "address", name=C("server").str.strip_chars_start("\\"),
        weight=pl.lit(SHARE),
    )
    claimed = timed.filter(
        kind.is_in(["security_4778", "security_4779"])
        | ((kind == "security_4624") & (C("logon_type") == 3) & (C("package") == "NTLM"))
    ).select("time_us", "uid", "address", name="client_name", weight=pl.lit(CLAIMED))
    refused = timed.filter(kind.is_in(["smbserver_551", "smbserver_1009"])).select(
        "time_us", "uid", "address", name=C("client_name").str.strip_chars_start("\\"),
        weight=pl.lit(CLAIMED),
    )
    every = pl.concat(
        [spoke, leased, machine, share, _clients(timed), _looked_up(timed), claimed, refused]
    )
    return (
        every.filter(C("address").is_not_null())
        .filter(~C("address").is_in(["127.0.0.1", "::1"]))
        .with_columns(name=C("name").str.to_lowercase())
        .filter(
            C("name").is_null()
            | ~(C("name").is_in(NO_NAME) | C("name").str.contains(r"^[\d.:]+$"))
        )
        .filter(C("name").is_not_null() | (C("weight") >= LEASE))
        .with_columns(host=pl.lit(host), rule=pl.lit("R9.1"), weight=C("weight").cast(pl.Int64))
        .select("host", "address", "name", "time_us", "weight", "rule", "uid")
        .sort("address", "time_us", "name", "weight", "uid")
    )


def _looked_up(timed: pl.DataFrame) -> pl.DataFrame:
    """Sysmon 22: the addresses that a name server answered with, `::ffff:10.0.0.5;` each."""
    return (
        timed.filter((C("kind") == "sysmon_22") & C("detail").is_not_null())
        .select(
            "time_us", "uid", name="server", weight=pl.lit(ANSWER),
            address=C("detail").str.split(";"),
        )
        .explode("address")
        .with_columns(
            address=C("address").str.strip_chars().str.to_lowercase().str.replace(r"^::ffff:", "")
        )
        .filter(C("address").str.contains(r"^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:]+)$"))
        .select("time_us", "uid", "address", "name", "weight")
    )


def _clients(timed: pl.DataFrame) -> pl.DataFrame:
    """RDPClient 1024 names a server, 1102 of the same connection gives its address."""
    asked = timed.filter(C("kind") == "client_1024").select(
        "boot", "activity_id", name=C("server").str.split(":").list.first()
    )
    return (
        timed.filter((C("kind") == "client_1102") & C("activity_id").is_not_null())
        .select("boot", "activity_id", "time_us", "uid", "address")
        .join(asked, on=["boot", "activity_id"], how="inner")
        .select("time_us", "uid", "address", "name", weight=pl.lit(DESKTOP_CLIENT))
    )
