"""Steps to a target whose arrival no log of the case shows: the source side alone tells of them.

Events:  departures that no arrival was found for
Key:     (host, session there, target, account used at the target) and gaps of at most five minutes
Order:   by start, then id
Limits:  a sign tells of an attempt; whether it was let in only the target's own log would say
See:     rules R8.2a, R8.3
"""

from __future__ import annotations

import polars as pl

from graphsess.across.identities import aliased
from graphsess.across.move_evidence import person
from graphsess.across.numbering import nothing, text
from graphsess.across.points import EDGE, MOST, SCORES, band
from graphsess.derive.departures import GATEWAY
from graphsess.resolve.identities import sam_of
from graphsess.resolve.ids import escaped, instant
from graphsess.settings import Settings

C = pl.col
GAP_US = 300_000_000
LEAVING = ("E2", "E3", "E4", "E6", "E7", GATEWAY)
KINDS = {"E2": "rdp", "E7": "winrm", "E4": "network", GATEWAY: "rdp"}
REFUSED = "smbclient_31001"
LOGGED_ON = "client_1027"
KEY = ["host", "session", "target", "peer", "island"]


def steps_outside(
    aimed: pl.DataFrame, used: pl.DataFrame, sessions: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The moves, and their evidence (move, rule, score, uids).

    Args:
        aimed: Table `departures` with `to_host`.
        used: uid of the signs that arrivals already use; they are not told again.
        sessions: Table `sessions`.
        settings: For the aliases.
    """
    left = (
        aimed.filter(C("rule").is_in(LEAVING))
        .join(used, on="uid", how="anti")
        .with_columns(
            target=pl.coalesce(text("to_host"), C("name").str.split(".").list.first(), "address"),
            peer=sam_of(C("peer_user")),
        )
        .filter(C("target").is_not_null() & (C("target") != text("host")))
    )
    one = _one_session(left, sessions)
    return _grouped(_islands(one), settings)


def _one_session(left: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """A sign in several sessions of one account belongs to the one that began last."""
    begun = sessions.select(
        session="id", begun_us=pl.coalesce("session_us", "start_us", "start_latest_us"),
        from_user="user",
    )
    return (
        left.join(begun, on="session", how="left")
        .sort("uid", "rule", "after", "begun_us", "session",
              descending=[False, False, False, True, False], nulls_last=True)
        .unique(["uid", "rule"], keep="first", maintain_order=True)
    )


def _islands(signs: pl.DataFrame) -> pl.DataFrame:
    """Signs of one step: RDP's client names no account, so it joins whatever is near."""
    named = ["host", "session", "target"]
    return (
        signs.sort(*named, "time_us", "uid", "rule", nulls_last=True)
        .with_columns(
            peer=pl.coalesce(
                "peer",
                C("peer").backward_fill().over(named),
                C("peer").forward_fill().over(named),
            )
        )
        .sort(*named, "peer", "time_us", "uid", "rule", nulls_last=True)
        .with_columns(
            island=(
                (C("time_us") - C("time_us").shift(1).over(*named, "peer")) > GAP_US
            ).fill_null(value=True).cum_sum().over(*named, "peer")
        )
    )


def _grouped(
    signs: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    pieces = signs.group_by(*KEY, "rule").agg(
        uids=C("uid").unique().sort(),
        score=C("rule").first().replace_strict(SCORES, return_dtype=pl.Int64)
        + pl.when((C("kind") == LOGGED_ON).any()).then(SCORES["E2 desktop"]).otherwise(0),
    )
    scores = pieces.group_by(KEY).agg(score=C("score").sum().clip(0, MOST))
    by_service = C("service").replace_strict(
        {"termsrv": "rdp", "http": "winrm", "wsman": "winrm", "cifs": "network", "host": "network",
         "rpcss": "network"},
        default=None, return_dtype=pl.String,
    )
    steps = (
        signs.with_columns(
            way=pl.coalesce(
                C("rule").replace_strict(KINDS, default=None, return_dtype=pl.String), by_service
            )
        )
        .group_by(KEY)
        .agg(
            to_host=pl.coalesce(text("to_host"), "name", "address")
            .sort_by("time_us", "uid").first(),
            kind=C("way").sort_by(C("rule") != "E2", "time_us", "uid").drop_nulls().first(),
            start_us=C("time_us").min(),
            last_us=C("time_us").max(),
            to_user=C("peer_user").sort_by("time_us", "uid").drop_nulls().first(),
            said_user=C("user").sort_by("time_us", "uid").drop_nulls().first(),
            from_user=C("from_user").first(),
            source_address=C("origin_address").drop_nulls().sort().first(),
            exact=(C("how") == "logon").any(),
            background=C("after").all(),
            refused=(C("kind") == REFUSED).all(),
            entered=(C("kind") == LOGGED_ON).any(),
            passed=(C("rule") == GATEWAY).any(),
            count=C("uid").filter(C("rule") == C("rule").min()).n_unique().cast(pl.Int64),
        )
        .join(scores, on=KEY, how="inner", nulls_equal=True)
        .filter(C("score") >= EDGE)
    )
    people = C("session").is_not_null() | C("passed") | person(
        pl.coalesce("from_user", "said_user")
    ).fill_null(value=False)
    made = steps.with_columns(
        id=pl.concat_str(
            pl.lit("move|out|"), escaped(C("host")), pl.lit("|"), instant(C("start_us")),
            pl.lit("|"), escaped(C("target")), pl.lit("|"), escaped(C("peer")), pl.lit("|"),
            escaped(text("session").str.replace("session|", "", literal=True)),
        ),
        from_session="session", from_user=pl.coalesce("from_user", "said_user"),
        from_host=pl.when(~C("passed")).then(text("host")),
        to_session=nothing("session"),
        kind=C("kind").fill_null("unknown"),
        outcome=pl.when("refused").then(pl.lit("failed")).when("entered").then(
            pl.lit("established")),
        band=band(C("score")),
        rule=pl.lit("R8.2a"),
        hidden=pl.when("refused").then(pl.lit("failed")).when(~people).then(
            pl.lit("infrastructure")),
    ).with_columns(
        exact=C("exact").fill_null(value=False),
        credential_switch=aliased(C("from_user"), settings) != aliased(C("peer"), settings),
    )
    proof = pieces.join(made.select(*KEY, move="id"), on=KEY, how="inner", nulls_equal=True)
    return (
        made.drop("session", "target", "peer", "island", "host", "said_user", "refused",
                  "entered", "passed"),
        proof.select("move", "rule", "score", "uids").sort("move", "rule"),
    )
