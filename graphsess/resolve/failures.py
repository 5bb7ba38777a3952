"""Failed attempts: each one an access of its own, however many records tell of it.

Events:  Security 4625, 4825, 4768, 4771, 4776; RdpCoreTS 140; OpenSSH 4; SMBServer 551
Key:     the record that stands for the attempt; others are joined to it one to one
Order:   by host order
Limits:  a domain controller sees attempts on other hosts: those are flagged `seen_at_dc_only`
See:     rules R4.4, R4.6, R4.7, R5.6; finding 13
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import assign, open_at, within
from graphsess.resolve.codes import codes
from graphsess.resolve.links import linked
from graphsess.resolve.ssh import ssh_failures

C = pl.col
NOISE = ("0xc0000225",)  # a known Windows fault, no attempt
KERBEROS_NORMAL = ("0x0", "0x7", "0x19", "0x20", "0x25")
DENIED = ("0xc000015b", "0xc0000224", "0xc0000413")  # the credentials were right
RESTRICTED = (
    "0xc000006e", "0xc000006f", "0xc0000070", "0xc0000071", "0xc0000072", "0xc0000193",
)
SAME_ATTEMPT_US = 2_000_000
REJECTED_US = 5_000_000  # a 4625 lies this near to the 140 of its connection
BRIEF_US = 60_000_000  # a longer connection is somebody's work, no attempt
NEAREST_US = 2_000_000  # several candidates: the one with its first contact this near
KIND_BY_TYPE = {
    2: "console", 3: "network", 4: "batch", 5: "service", 7: "console", 8: "cleartext",
    9: "runas", 10: "rdp", 11: "console", 12: "rdp", 13: "console",
}


def failed_accesses(
    events: pl.DataFrame, connections: pl.DataFrame, denied: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All failed attempts as accesses, and their links.

    Args:
        events: One host's events.
        connections: For what lies inside an RDP connection.
        denied: Links of `denials`: the 4825 that belong to an access already.

    Returns:
        Accesses: key, boot, kind, ord, sam, user, sid, address, port, source_name, status,
        connection, reached (failed or denied), flags, source_how, how. Links in their shape.
    """
    timed = events.filter(C("time_us").is_not_null())
    logged = timed.filter(
        (C("kind") == "security_4625") & ~C("status").is_in(NOISE).fill_null(value=False)
    )
    said, ssh_pairs = ssh_failures(events)
    by_ssh = logged.join(ssh_pairs, left_on="ord", right_on="other", how="anti")
    within_rdp = _in_connections(by_ssh, connections)
    rejected = _rejections(timed, within_rdp)
    smb = _smb(timed, by_ssh)
    at_dc, corroborated = _at_controller(timed, by_ssh)
    host_level = by_ssh.join(
        within_rdp.select("ord", "connection", "peer", "peer_how", "peer_port", "how"),
        on="ord", how="left",
    ).with_columns(
        kind_of=pl.when(C("connection").is_not_null())
        .then(pl.lit("rdp"))
        .when(C("process").str.to_lowercase().str.contains(r"sshd(-session|-auth)?\.exe$"))
        .then(pl.lit("ssh"))
        .otherwise(C("logon_type").replace_strict(KIND_BY_TYPE, default="unknown")),
        source_how=pl.when(C("peer").is_not_null())
        .then("peer_how")
        .when(C("address").is_not_null())
        .then(pl.lit("security_4625")),
        address=pl.coalesce("peer", "address"),
        port=pl.coalesce("peer_port", pl.when(C("port") > 0).then("port")),
    )
    lone_140 = rejected.filter(C("other").is_null())
    lone_4825 = timed.filter(C("kind") == "security_4825").join(
        denied.select("ord"), on="ord", how="anti"
    )
    columns = {
        "boot": C("boot"), "ord": C("ord"), "sam": C("sam"), "user": C("target_user"),
        "realm": C("target_domain"), "sid": C("target_sid"), "address": C("address"),
        "port": C("port"), "source_name": C("client_name"), "status": C("status"),
        "logon_type": C("logon_type"), "package": C("package"),
    }
    nothing = pl.lit(None, pl.String)
    parts = [
        host_level.select(
            **columns, kind=C("kind_of"), connection=C("connection"), source_how=C("source_how"),
            how=C("how"), flag=nothing, role=pl.lit("AUTH_FAIL"),
        ),
        lone_140.select(
            **{**columns, "address": pl.coalesce("peer", "address"), "port": C("peer_port"),
               "status": nothing},
            kind=pl.lit("rdp"), connection=C("connection"), source_how=pl.lit("core_140"),
            how=pl.lit("exact"), flag=nothing, role=pl.lit("AUTH_FAIL"),
        ),
        said.join(ssh_pairs, on="ord", how="left")
        .join(logged.select(other="ord", said_status="status", logged_sid="target_sid",
                            other_type="logon_type"), on="other", how="left")
        .select(
            **{**columns, "status": C("said_status"), "logon_type": C("other_type"),
               "source_name": nothing},
            kind=pl.lit("ssh"), connection=nothing, source_how=pl.lit("ssh_4"),
            how=pl.lit("exact"), flag=nothing, role=pl.lit("AUTH_FAIL"),
        ),
        smb.filter(C("other").is_null()).select(
            **columns, kind=pl.lit("network"), connection=nothing,
            source_how=pl.lit("smbserver_551"), how=pl.lit("exact"), flag=nothing,
            role=pl.lit("AUTH_FAIL"),
        ),
        lone_4825.select(
            **columns, kind=pl.lit("rdp"), connection=nothing, source_how=pl.lit("security_4825"),
            how=pl.lit("exact"), flag=nothing, role=pl.lit("AUTH_FAIL"),
        ),
        at_dc.select(
            **{**columns, "port": pl.lit(None, pl.Int64)}, kind=pl.lit("unknown"),
            connection=nothing,
            source_how=C("kind").cast(pl.String), how=pl.lit("exact"),
            flag=pl.lit("seen_at_dc_only"), role=pl.lit("AUTH_FAIL"),
        ),
    ]
    accesses = (
        pl.concat(parts, how="vertical_relaxed")
        .with_columns(
            key=pl.format("f{}", C("ord")),
            reached=pl.when(C("status").is_in(DENIED) | (C("source_how") == "security_4825"))
            .then(pl.lit("denied"))
            .otherwise(pl.lit("failed")),
            flags=codes(
                C("flag"),
                pl.when(C("status").is_in(RESTRICTED)).then(
                    pl.lit("credentials_may_be_right")
                ),
            ),
        )
        .sort("ord")
    )
    links = pl.concat(
        [
            linked(
                accesses.with_columns(access="key"), rule="R5.6", how=C("how").fill_null("exact")
            ),
            linked(
                ssh_pairs.select(
                    access=pl.format("f{}", C("ord")), ord="other", role=pl.lit("AUTH_FAIL")
                ),
                rule="R-SSH", how=pl.lit("window"),
            ),
            linked(
                rejected.filter(C("other").is_not_null()).select(
                    access=pl.format("f{}", C("other")), ord="ord", role=pl.lit("AUTH_FAIL")
                ),
                rule="R4.4", how=pl.lit("exact"),
            ),
            linked(
                smb.filter(C("other").is_not_null()).select(
                    access=pl.format("f{}", C("other")), ord="ord", role=pl.lit("AUTH_FAIL")
                ),
                rule="R5.6", how=pl.lit("window"),
            ),
            linked(
                corroborated.select(
                    access=pl.format("f{}", C("other")), ord="ord",
                    role=pl.lit("DC_CORROBORATION"),
                ),
                rule="R5.6", how=pl.lit("window"),
            ),
        ]
    )
    return accesses, links


def _in_connections(logged: pl.DataFrame, connections: pl.DataFrame) -> pl.DataFrame:
    """4625s that lie inside an RDP connection (R4.7): ord, connection, peer, peer_port, how."""
    asked = logged.filter(C("logon_type").is_in([3, 10, 12])).select(
        "boot", "ord", "time_us", "address", "logon_process", "logon_type", own_port="port"
    ).filter(
        (C("logon_process").str.to_lowercase() != "advapi").fill_null(value=True)
    )
    spans = connections.with_columns(
        peer=pl.coalesce("peer", "failed_from"),
        peer_how=pl.when(C("peer").is_not_null())
        .then(pl.lit("core_131")).otherwise(pl.lit("core_140")),
    ).filter(C("peer").is_not_null()).select(
        "boot", "connection", "peer", "peer_how", "rejected_us",
        peer_port="port", contact_us="start_us",
        over_us=pl.coalesce("closed_us", "last_us"),
        let_in_us=pl.min_horizontal("auth_us", "desk_us"),
    )
    still_outside = (
        (C("logon_type") != 3) | C("let_in_us").is_null() | (C("let_in_us") > C("time_us"))
    )
    anonymous = (
        asked.filter(C("address").is_null())
        .sort("time_us")
        .join_asof(
            spans.sort("contact_us"), left_on="time_us", right_on="contact_us", by="boot",
            strategy="backward", check_sortedness=False,
        )
        .filter(
            C("connection").is_not_null() & (C("over_us") >= C("time_us")) & still_outside
        )
    )
    brief = C("over_us") - C("contact_us") < BRIEF_US
    at_once = open_at(
        anonymous, spans.filter(brief), on=["boot"], at="time_us", span=("contact_us", "over_us")
    )
    crowd = anonymous.filter(at_once > pl.when(brief).then(1).otherwise(0)).select("ord")
    sure = anonymous.join(crowd, on="ord", how="anti").with_columns(how=pl.lit("contained"))
    doubtful = anonymous.join(crowd, on="ord", how="semi").filter(
        C("time_us") - C("contact_us") <= NEAREST_US
    ).with_columns(how=pl.lit("window"))
    known = (
        asked.filter(C("address").is_not_null())
        .sort("time_us")
        .join_asof(
            spans.sort("contact_us").with_columns(address="peer"), left_on="time_us",
            right_on="contact_us", by=["boot", "address"], strategy="backward",
            check_sortedness=False,
        )
        .filter(
            C("connection").is_not_null()
            & (C("over_us") + REJECTED_US >= C("time_us"))
            & (
                (C("logon_type") != 3)
                | ((C("own_port").fill_null(0) == 0) & still_outside)
                | ((C("rejected_us") - C("time_us")).abs() <= REJECTED_US).fill_null(value=False)
            )
        )
        .with_columns(how=pl.lit("contained"))
    )
    columns = ["boot", "ord", "time_us", "connection", "peer", "peer_how", "peer_port",
               "rejected_us", "how"]  # fmt: skip
    return pl.concat(
        [frame.select(columns) for frame in (sure, doubtful, known)]
    ).unique("ord", keep="first", maintain_order=True).sort("ord")


def _rejections(timed: pl.DataFrame, within_rdp: pl.DataFrame) -> pl.DataFrame:
    """Every RdpCoreTS 140 with the 4625 (`other`) that tells of the same attempt, if any."""
    rejected = timed.filter(C("kind") == "core_140").with_columns(
        connection=C("activity_id"), rejected_at="time_us"
    )
    near = rejected.select("ord", "boot", "connection", "rejected_at").join(
        within_rdp.select("boot", "connection", other="ord", logged_us="time_us"),
        on=["boot", "connection"], how="inner",
    ).with_columns(dt=(C("rejected_at") - C("logged_us")).abs()).filter(C("dt") <= REJECTED_US)
    pairs = assign(near, "ord", "other").select("ord", "other")
    contacts = timed.filter(C("kind") == "core_131").sort("ord").unique(
        ["boot", "activity_id"], keep="first", maintain_order=True
    ).select("boot", "activity_id", peer="address", peer_port="port")
    return rejected.join(pairs, on="ord", how="left").join(
        contacts, on=["boot", "activity_id"], how="left"
    ).sort("ord")


def _smb(timed: pl.DataFrame, logged: pl.DataFrame) -> pl.DataFrame:
    """SMBServer 551 with the type-3 4625 of the same attempt, if any."""
    refused = timed.filter(C("kind") == "smbserver_551")
    near = within(
        refused.select("boot", "ord", "time_us", "sam", "address"),
        logged.filter(C("logon_type") == 3).select(
            "boot", other="ord", logged_us="time_us", logged_sam="sam", logged_from="address"
        ),
        on=["boot"], time=("time_us", "logged_us"),
        before_us=SAME_ATTEMPT_US, after_us=SAME_ATTEMPT_US,
    ).filter(
        (C("sam") == C("logged_sam")).fill_null(value=False)
        | (C("address") == C("logged_from")).fill_null(value=False)
    )
    return refused.join(
        assign(near, "ord", "other").select("ord", "other"), on="ord", how="left"
    ).sort("ord")


def _at_controller(
    timed: pl.DataFrame, logged: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A domain controller's own records of failures: those that stand alone, and the pairs."""
    asked = timed.filter(
        (C("kind").is_in(["security_4768", "security_4769", "security_4771"])
         & ~C("status").is_in(KERBEROS_NORMAL).fill_null(value=True))
        | ((C("kind") == "security_4776") & (C("status") != "0x0").fill_null(value=False))
    ).with_columns(family=C("kind").cast(pl.String))
    near = within(
        asked.select("boot", "ord", "time_us", "sam", "family"),
        logged.select("boot", "sam", other="ord", logged_us="time_us"),
        on=["boot", "sam"], time=("time_us", "logged_us"),
        before_us=SAME_ATTEMPT_US, after_us=SAME_ATTEMPT_US,
    )
    pairs = [
        assign(part, "ord", "other").select("ord", "other")
        for _, part in sorted(near.group_by("family"), key=lambda item: str(item[0]))
    ]
    joined = pl.concat(pairs) if pairs else near.select("ord", "other")
    alone = asked.join(joined, on="ord", how="anti").filter(C("kind") != "security_4769")
    return alone.sort("ord"), joined.sort("ord")


def denials(events: pl.DataFrame, byproducts: pl.DataFrame, holders: pl.DataFrame) -> pl.DataFrame:
    """4825: the credentials were right and the desktop was refused; by LUID of the precursor.

    Returns:
        Links (AUTH_FAIL) to the connection's access.
    """
    refused = events.filter((C("kind") == "security_4825") & C("target_luid").is_not_null())
    rows = (
        refused.select("boot", "ord", luid="target_luid")
        .join(byproducts.filter(C("connection").is_not_null()), on=["boot", "luid"], how="inner")
        .join(holders, on=["boot", "connection"], how="inner")
        .select("ord", access="first", role=pl.lit("AUTH_FAIL"))
    )
    return linked(rows, rule="R4.4", how=pl.lit("exact"))
