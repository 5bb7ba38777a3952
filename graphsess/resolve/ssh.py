"""SSH: what sshd says in words, joined to the logons it makes.

Events:  OpenSSH 4; Security 4624 types 3 (S4U) and 8, 4625 type 8, of an sshd process
Key:     (host, sshd process id, peer address, peer port)
Order:   by host order
Limits:  the S4U type 3 is written for users who then fail: only "Accepted" proves a login
See:     R-SSH, finding 15
"""

from __future__ import annotations

import polars as pl

from graphsess.resolve.assign import assign, within
from graphsess.resolve.links import linked

C = pl.col
NEAR_US = 5_000_000  # the logon lies this near to what sshd says of it
TRIED_US = 2_000_000  # a 4625 lies this near to its "Failed password"
ENDS = ("disconnected", "closed", "received_disconnect")
METHODS_PROBED = ("none",)


def ssh_accesses(events: pl.DataFrame, logons: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Accepted logins: accesses (key, boot, luid …) and their links."""
    said = events.filter((C("kind") == "ssh_4") & C("time_us").is_not_null())
    accepted = said.filter(C("verb") == "accepted").select(
        "boot", "ord", "time_us", "sam", "address", "port", "package", pid="writer_pid",
        user="target_user", realm="target_domain",
    )
    made = logons.filter(
        C("role").is_in(["ssh", "s4u"]) & C("logged_us").is_not_null()
    ).select(
        "boot", "luid", "role", "start_us", made_sam="sam", made_pid="process_id",
        made_name="user", sid="sid", made_class="class",
    )
    near = within(
        accepted, made, on=["boot"], time=("time_us", "start_us"), before_us=NEAR_US,
        after_us=NEAR_US,
    ).filter((C("pid") == C("made_pid")) | (C("sam") == C("made_sam")))
    preferred = near.with_columns(
        dt=C("dt") + pl.when(C("role") == "ssh").then(0).otherwise(2 * NEAR_US)
    )
    pairs = assign(preferred, "ord", "luid").select(
        "ord", "luid", "made_name", "sid", "made_class"
    )
    ends = said.filter(C("verb").is_in(ENDS)).select(
        "boot", "address", "port", end_ord="ord"
    ).sort("end_ord")
    accesses = (
        accepted.join(pairs, on="ord", how="left")
        .sort("ord")
        .join_asof(
            ends, left_on="ord", right_on="end_ord", by=["boot", "address", "port"],
            strategy="forward", check_sortedness=False,
        )
        .with_columns(key=pl.format("s{}", C("ord")))
    )
    contact = said.filter(C("verb").is_in(["connection"])).select(
        "boot", "address", "port", contact_ord="ord"
    ).join(
        accesses.select("boot", "address", "port", "ord", "key"),
        on=["boot", "address", "port"], how="inner",
    ).filter(C("contact_ord") < C("ord"))
    own = (
        events.select("boot", "ord", "kind", luid="target_luid")
        .filter(C("kind").is_in(["security_4624", "security_4634", "security_4672"]))
        .join(accesses.select("boot", "luid", "key"), on=["boot", "luid"], how="inner")
        .with_columns(
            role=C("kind").cast(pl.String).replace_strict(
                {
                    "security_4624": "SESSION_CREATE",
                    "security_4634": "LOGOFF_DONE",
                    "security_4672": "PRIVILEGE",
                }
            )
        )
    )
    links = pl.concat(
        [
            linked(
                accesses.select("ord", access="key", role=pl.lit("AUTH_OK")),
                rule="R-SSH", how=pl.lit("exact"),
            ),
            linked(
                accesses.filter(C("end_ord").is_not_null()).select(
                    access="key", ord="end_ord", role=pl.lit("DISCONNECT")
                ),
                rule="R-SSH", how=pl.lit("exact"),
            ),
            linked(
                contact.select(access="key", ord="contact_ord", role=pl.lit("CONNECT")),
                rule="R-SSH", how=pl.lit("exact"),
            ),
            linked(own.rename({"key": "access"}), rule="R2.5h", how=pl.lit("window")),
        ]
    )
    return accesses, links


def s4u_links(
    events: pl.DataFrame, logons: pl.DataFrame, accesses: pl.DataFrame, failed: pl.DataFrame
) -> pl.DataFrame:
    """Sshd's look-ups of an account, folded into the attempt of its process that they precede.

    Args:
        events: One host's events.
        logons: For those of role `s4u`.
        accesses: Of `ssh_accesses`; a look-up that became the login is no byproduct.
        failed: Failed accesses with `key`, `ord` and `kind`.
    """
    pids = events.select("ord", "boot", pid=pl.when(C("kind") == "ssh_4").then("writer_pid")
                         .otherwise("process_id"))
    tries = failed.filter(C("kind") == "ssh").select("key", "ord").join(pids, on="ord", how="inner")
    logins = accesses.select("key", "ord").join(pids, on="ord", how="inner")
    holders = (
        pl.concat([logins, tries])
        .filter(C("pid").is_not_null())
        .select("boot", "key", process_id="pid", said="ord")
        .sort("said")
    )
    lookups = (
        logons.filter((C("role") == "s4u") & C("start_ord").is_not_null())
        .join(accesses.select("boot", "luid"), on=["boot", "luid"], how="anti")
        .select("boot", "luid", "process_id", "start_ord")
        .sort("start_ord")
    )
    looked_up = lookups.join_asof(
        holders, left_on="start_ord", right_on="said", by=["boot", "process_id"],
        strategy="forward", check_sortedness=False,
    ).filter(C("key").is_not_null()).select("boot", "luid", "key")
    if looked_up.is_empty():
        return linked(looked_up, rule="R2.5h", how=pl.lit("exact"))
    rows = (
        events.select("boot", "ord", "kind", luid="target_luid")
        .filter(C("kind").is_in(["security_4624", "security_4634", "security_4672"]))
        .join(looked_up, on=["boot", "luid"], how="inner")
        .select("ord", access="key", role=pl.lit("BYPRODUCT"))
    )
    return linked(rows, rule="R2.5h", how=pl.lit("exact"))


def ssh_failures(events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Failed attempts: sshd's words and the 4625 they stand beside, one to one.

    Returns:
        Attempts (ord of the text or, where only that is left, of the 4625; told) and the pairs
        (ord, other) of those that both tell of.
    """
    timed = events.filter(
        C("kind").is_in(["ssh_4", "security_4625"]) & C("time_us").is_not_null()
    )
    text = timed.filter(
        (C("kind") == "ssh_4")
        & (C("verb") == "failed")
        & ~C("package").is_in(METHODS_PROBED).fill_null(value=False)
        & (C("package") != "publickey").fill_null(value=True)
    )
    logged = timed.filter(
        (C("kind") == "security_4625")
        & C("process").str.to_lowercase().str.contains(r"sshd(-session|-auth)?\.exe$")
    )
    near = within(
        text.select("boot", "ord", "time_us", pid="writer_pid"),
        logged.select("boot", other="ord", logged_us="time_us", logged_pid="process_id"),
        on=["boot"], time=("time_us", "logged_us"), before_us=TRIED_US, after_us=TRIED_US,
    ).with_columns(
        dt=C("dt") + pl.when(C("pid") == C("logged_pid")).then(0).otherwise(TRIED_US)
    )
    pairs = assign(near, "ord", "other").select("ord", "other")
    return text, pairs
