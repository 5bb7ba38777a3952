"""SSH connections: every word that sshd says of one peer address and port, up to its end.

Events:  OpenSSH 4
Key:     (host, boot, peer address, peer port, nth use of that port)
Order:   by host order
Limits:  a port that is used anew without any word of the last end or of a new beginning counts on
         as the same connection
See:     R-SSH
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphsess.resolve.identities import account
from graphsess.resolve.ids import boot_label, escaped, instant
from graphsess.resolve.ssh import ENDS

if TYPE_CHECKING:
    from graphsess.resolve.host import Host

C = pl.col
PEER = ["boot", "address", "port"]
BEGINS = "connection"


def ssh_connections(host: Host) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of `connections` of kind ssh, and which access (`key`) went over which (`ssh`)."""
    said = _numbered(host)
    tries = host.failed.filter(C("kind") == "ssh").select("key", "ord", login=pl.lit(value=False))
    logins = host.shells.select("key", "ord", login=pl.lit(value=True))
    held = (
        pl.concat([logins, tries])
        .join(said.select("ord", "ssh"), on="ord", how="inner")
        .sort("ord", "key")
    )
    came = held.group_by("ssh").agg(established=C("login").any())
    rows = (
        said.group_by("ssh", maintain_order=True)
        .agg(
            C("boot").first(), C("address").first(), C("port").first(),
            user=C("account").drop_nulls().first(),
            start_us=C("time_us").first(), start_ord=C("ord").first(),
            end_us=C("time_us").last(), end_ord=C("ord").last(),
        )
        .join(came, on="ssh", how="left")
        .with_columns(
            id="ssh",
            host=pl.lit(host.name),
            kind=pl.lit("ssh"),
            stage=pl.when(C("established"))
            .then(pl.lit("established"))
            .when(C("established").is_not_null())
            .then(pl.lit("failed"))
            .otherwise(pl.lit("probe")),
            ambiguous=pl.lit(value=False),
        )
    )
    return rows, held.select("key", "ssh")


def _numbered(host: Host) -> pl.DataFrame:
    """What sshd says of its peers, each word with the id of its connection (`ssh`)."""
    said = (
        host.events.filter(
            (C("kind") == "ssh_4")
            & C("time_us").is_not_null()
            & C("address").is_not_null()
            & C("port").is_not_null()
        )
        .select("ord", "boot", "time_us", "verb", "address", "port", user="target_user",
                realm="target_domain", uid="uid")
        .sort("ord")
    )
    ended = C("verb").is_in(ENDS)
    since = ended.shift(1).fill_null(value=False).over(PEER) & ~ended
    begins = (C("verb") == BEGINS).fill_null(value=False) | since
    return (
        said.with_columns(use=begins.cast(pl.Int64).cum_sum().over(PEER))
        .with_columns(first_us=C("time_us").first().over([*PEER, "use"]))
        .with_columns(nth=C("use").rank("dense").over([*PEER, "first_us"]))
        .join(boot_label(host.boots), on="boot", how="left")
        .with_columns(
            account=account(C("realm"), C("user")),
            ssh=pl.concat_str(
                pl.lit(f"ssh|{host.name}|"), "label", pl.lit("|"), escaped(C("address")),
                pl.lit("|"), C("port").cast(pl.String), pl.lit("|"), instant(C("first_us")),
                pl.lit("|"), C("nth").cast(pl.String),
            ),
        )
    )
