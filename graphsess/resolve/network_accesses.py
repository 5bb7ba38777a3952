"""Accesses without a desktop: one a logon session over the network or with other credentials.

One, too, for each whose start the log does not hold but whose life it shows.

Events:  Security 4624 types 3, 4, 5, 8, 9 and runas; 4688, 5140, 5145, Sysmon 1 by LUID; WinRM 91
Key:     (host, boot, LUID)
Order:   by start
Limits:  WinRM and SSH logons carry no address; it comes from 91, 5140 or not at all
See:     rules R5.1, R5.7, findings 9, 15
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import within
from graphsess.resolve.links import linked

C = pl.col
KINDS = {
    "network": "network",
    "cleartext": "cleartext",
    "batch": "batch",
    "service": "service",
    "runas": "runas",
    "netonly": "runas",
    "anonymous": "network",
    "unknown": "unknown",
    "ssh": "ssh",
    "s4u": "ssh",
}
USER_SERVICE = r"_[0-9a-f]{4,8}$"  # Windows makes these at a logon, one set a user
EXECUTES = ("security_4697", "security_4698", "security_4702")
SHELL_BESIDE_US = 5_000_000  # WinRM 91 lies this near to the logon that opened the shell


def network_accesses(
    events: pl.DataFrame, logons: pl.DataFrame, accepted: pl.DataFrame
) -> pl.DataFrame:
    """One row an access: key, boot, luid and what is known of it.

    Args:
        events: One host's events in order.
        logons: With `desk`, `byproduct_rule`, `role`, `class`.
        accepted: Logins that sshd itself tells of: boot, luid. sshd's other logons count if they
            had a password (type 8), or if anything ran under them.
    """
    bare = (
        logons.filter(
            C("role").is_in(list(KINDS))
            & ((C("role") != "s4u") | C("last_seen_ord").is_not_null())
            & C("byproduct_rule").is_null()
            & (C("desk").is_null() | C("role").is_in(["runas", "netonly"]))
            & (C("luid") > 0x3E7)
        )
        .filter(
            C("logged_us").is_not_null()
            | (
                (C("last_seen_ord").is_not_null() | C("privileged"))
                & (C("class") == "user")
            )
        )
        .with_columns(kind=C("role").replace_strict(KINDS))
    )
    bare = _one_of_each_pair(
        bare.join(
            accepted.filter(C("luid").is_not_null()), on=["boot", "luid"], how="anti"
        )
    )
    signs = _signs(events)
    return (
        bare.join(signs, on=["boot", "luid"], how="left")
        .join(_shells(events, bare), on=["boot", "luid"], how="left")
        .with_columns(
            key=pl.format("n{}.{}", C("boot"), C("luid")),
            source_how=pl.when(C("source_address").is_not_null())
            .then(pl.lit("security_4624"))
            .when(C("share_from").is_not_null())
            .then(pl.lit("security_5140"))
            .when(C("shell_from").is_not_null())
            .then(pl.lit("winrm_91")),
            source_address=pl.coalesce("source_address", "share_from", "shell_from"),
            source_port=pl.coalesce(
                pl.when(C("source_port") > 0).then("source_port"),
                pl.when(C("source_address").is_null()).then("share_port"),
            ),
            kind=pl.when(
                (C("kind") == "network")
                & (C("remote_shell").fill_null(value=False) | C("shell_ord").is_not_null())
            )
            .then(pl.lit("winrm"))
            .when((C("kind") == "network") & C("by_wmi").fill_null(value=False))
            .then(pl.lit("wmi"))
            .otherwise("kind"),
            protocol=pl.when(C("kind").is_in(["network"]) & C("share_ord").is_not_null())
            .then(pl.lit("smb")),
            opened_by=pl.when(C("logged_us").is_not_null())
            .then(pl.lit("logon"))
            .otherwise(pl.lit("before_coverage")),
        )
        .sort("boot", "start_ord", "luid", nulls_last=True)
    )


def _one_of_each_pair(bare: pl.DataFrame) -> pl.DataFrame:
    """Both halves of a UAC pair are one access; the limited half stands for it (`twin`: other)."""
    present = bare.select(
        "boot", linked_luid="luid", other_elevated="elevated", twin_gone_ord="destroyed_ord"
    )
    both = bare.join(present, on=["boot", "linked_luid"], how="left")
    second = (
        C("other_elevated").is_not_null()
        & (
            (C("elevated") & ~C("other_elevated"))
            | ((C("elevated") == C("other_elevated")) & (C("luid") > C("linked_luid")))
        )
    ).fill_null(value=False)
    return both.filter(~second).with_columns(
        twin=pl.when(C("other_elevated").is_not_null()).then("linked_luid")
    ).drop("other_elevated")


def _signs(events: pl.DataFrame) -> pl.DataFrame:
    """What was done under each LUID that tells how it came: shells, WMI, shares, its address."""
    image = C("process").str.to_lowercase()
    parent = C("parent_process").str.to_lowercase()
    started = events.filter(C("kind").is_in(["security_4688", "sysmon_1"])).select(
        "boot",
        luid=pl.coalesce("target_luid", "actor_luid"),
        remote_shell=image.str.ends_with("wsmprovhost.exe")
        | parent.str.ends_with("wsmprovhost.exe"),
        by_wmi=parent.str.ends_with("wmiprvse.exe"),
    )
    ran = started.filter(C("luid").is_not_null()).group_by("boot", "luid").agg(
        C("remote_shell").any(), C("by_wmi").any()
    )
    share = (
        events.filter(C("kind").is_in(["security_5140", "security_5145"]))
        .filter(C("actor_luid").is_not_null())
        .sort("ord")
        .group_by("boot", luid=C("actor_luid"), maintain_order=True)
        .agg(
            share_from=C("address").drop_nulls().first(),
            share_port=C("port").first(),
            share_ord=C("ord").first(),
            admin_share=C("object").str.to_lowercase().str.contains(r"(admin|[a-z])\$$").any(),
            executes=C("detail").str.to_lowercase().str.contains(
                r"^(svcctl|atsvc|winreg|psexesvc.*|remcom.*|epmapper)$"
            ).any(),
        )
    )
    did = (
        events.filter(C("kind").is_in([*EXECUTES, "security_4648"]) & (C("actor_luid") > 0x3E7))
        .filter(
            (C("kind") != "security_4697")
            | ~C("object").str.contains(USER_SERVICE).fill_null(value=False)
        )
        .group_by("boot", luid=C("actor_luid"))
        .agg(
            made_something=C("kind").is_in(EXECUTES).any(),
            moved_on=(C("kind") == "security_4648").any(),
        )
    )
    return ran.join(share, on=["boot", "luid"], how="full", coalesce=True).join(
        did, on=["boot", "luid"], how="full", coalesce=True
    )


def _shells(events: pl.DataFrame, bare: pl.DataFrame) -> pl.DataFrame:
    """WinRM 91 of the same account beside a type-3 logon without an address."""
    shells = events.filter(C("kind") == "winrm_91").select(
        "boot", shell_ord="ord", shell_us="time_us", shell_from="address",
        sid=C("writer_sid"), shell_sam="sam",
    )
    quiet = bare.filter(
        (C("kind") == "network") & C("source_address").is_null() & C("start_us").is_not_null()
    ).select("boot", "luid", "start_us", "sam", logon_sid="sid")
    near = within(
        quiet, shells, on=["boot"], time=("start_us", "shell_us"),
        before_us=SHELL_BESIDE_US, after_us=SHELL_BESIDE_US,
    ).filter(
        (C("sid") == C("logon_sid")).fill_null(value=False)
        | (C("sam") == C("shell_sam")).fill_null(value=False)
    )
    return (
        near.sort("boot", "luid", "dt", "shell_ord")
        .unique(["boot", "luid"], keep="first", maintain_order=True)
        .select("boot", "luid", "shell_ord", "shell_from")
    )


def network_links(events: pl.DataFrame, accesses: pl.DataFrame) -> pl.DataFrame:
    """Links of 4624, 4672, 4634 by LUID, and of the event that gave the address."""
    roles = {
        "security_4624": "SESSION_CREATE",
        "security_4672": "PRIVILEGE",
        "security_4634": "LOGOFF_DONE",
        "security_4647": "LOGOFF_INIT",
        "security_4964": "PRIVILEGE",
    }
    halves = pl.concat(
        [
            accesses.select("boot", "luid", access="key", gone_ord="destroyed_ord"),
            accesses.filter(C("twin").is_not_null()).select(
                "boot", luid="twin", access="key", gone_ord="twin_gone_ord"
            ),
        ]
    )
    own = (
        events.select("boot", "ord", "kind", luid="target_luid")
        .filter(C("kind").is_in(list(roles)) & C("luid").is_not_null())
        .join(halves, on=["boot", "luid"], how="inner")
        .filter((C("kind") != "security_4634") | (C("ord") == C("gone_ord")))
        .with_columns(role=C("kind").cast(pl.String).replace_strict(roles))
    )
    said = pl.concat(
        [
            accesses.filter(C("share_ord").is_not_null()).select(access="key", ord="share_ord"),
            accesses.filter(C("shell_ord").is_not_null()).select(access="key", ord="shell_ord"),
        ]
    ).with_columns(role=pl.lit("CLIENT_INFO"))
    witness = (
        accesses.filter(C("logged_us").is_null() & C("share_ord").is_null())
        .select(access="key", ord="first_ord")
        .with_columns(role=pl.lit("AUTH_OK"))
    )
    return pl.concat(
        [
            linked(own, rule="R5.7", how=pl.lit("exact")),
            linked(said, rule="R5.1", how=pl.lit("exact")),
            linked(witness, rule="R2.1", how=pl.lit("exact")),
        ]
    )
