"""Who was on the host of departure when somebody arrived from it (E9), and whether it was on.

Events:  those of the sessions there
Key:     (arriving session, session on the host it came from)
Order:   by arriving session, then the session there
Limits:  sessions whose start no log tells cannot be placed; a session of another account is a
         candidate only where few were on
See:     rules R8.2 (E9 and the contradiction), R8.5, R8.7, R8.9
"""

from __future__ import annotations

import polars as pl

from graphsess.across.identities import aliased
from graphsess.across.move_evidence import shaped
from graphsess.across.numbering import nothing, text
from graphsess.derive.tables import INTERACTIVE
from graphsess.resolve.assign import inside
from graphsess.resolve.identities import sam_of
from graphsess.settings import Settings

C = pl.col
EVER_US = 2**62
FEW = 3
"""With more people on than this, nothing singles out one of another account."""
ON = ["from_host", "account"]


def sessions_there(sessions: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Sessions that something can have come from, with the span in which it can (R8.5)."""
    skew, hop, most = settings.us("skew"), settings.us("hop"), settings.us("hop_max")
    return sessions.filter(
        C("class").is_in(["user", "service"])
        & C("outcome").is_in(["established", "authenticated"])
    ).select(
        "kind", "sid", "user", "outbound_user", "restricted_admin", "local",
        sam=sam_of(C("user")), named=aliased(C("user"), settings),
        from_session="id", from_host="host",
        begun_us=pl.coalesce("start_us", "start_latest_us", "session_us") - skew,
        over_us=C("end_us").fill_null(EVER_US) + skew,
        last_us=C("end_us").fill_null(EVER_US - hop) + hop,
        reach_us=C("end_us").fill_null(EVER_US - most) + most,
        real_start_us=pl.coalesce("session_us", "start_us", "start_latest_us"),
    ).filter(C("begun_us").is_not_null())


def active(came: pl.DataFrame, there: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """E9: sessions of the same account on the host of departure at that time.

    Args:
        came: to_session, to_host, from_host, start_us, sid, user; several hosts are possible.
        there: As `sessions_there` makes them.
        settings: For aliases.
    """
    spans = _as_accounts(there, settings)
    asked = pl.concat(
        [
            came.with_columns(account=C("sid")),
            came.with_columns(account=aliased(C("user"), settings)),
        ]
    ).filter(C("account").is_not_null()).select(
        "to_session", "to_host", "from_host", "account", "start_us", own_sid="sid"
    )
    if spans.is_empty() or asked.is_empty():
        return _none(came)
    held = inside(
        spans.select(*ON, "from_session", "begun_us", "last_us", "over_us", "sid", "by_name"),
        asked, on=ON, span=("begun_us", "last_us"), time="start_us",
    ).filter(
        # one name in two domains is two people: SIDs that differ outweigh equal names
        ~C("by_name") | C("sid").is_null() | C("own_sid").is_null() | (C("sid") == C("own_sid"))
    ).with_columns(after=C("start_us") > C("over_us"))
    found = held.group_by("to_session", "to_host", "from_host", "from_session").agg(
        after=C("after").all()
    )
    open_ = (~C("after")).any().over("to_session", "from_host")
    nearest = found.filter(~C("after") | ~open_).with_columns(uids=pl.lit([], pl.List(pl.String)))
    alone = nearest.filter(pl.len().over("to_session", "from_host") == 1)
    return pl.concat(
        [
            shaped(nearest, "E9", "E9", from_session=C("from_session"), after=C("after")),
            shaped(alone, "E9", "E9 only", from_session=C("from_session"), after=C("after")),
        ]
    )


def _as_accounts(there: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Each session under every account that can act from it.

    Its own, its network identity's, and the machine's where restricted admin mode makes the next
    step the machine's.
    """
    named = C("restricted_admin").fill_null(value=False)
    machine = pl.concat_str(text("from_host").str.split(".").list.first(), pl.lit("$"))
    network = there.filter(C("outbound_user").is_not_null())
    itself = there.filter(C("outbound_user").is_null())  # type 9 never is its own user out there
    return pl.concat(
        [
            itself.with_columns(account=C("sid"), by_name=pl.lit(value=False)),
            itself.with_columns(account="named", by_name=pl.lit(value=True)),
            network.with_columns(
                account=aliased(C("outbound_user"), settings), by_name=pl.lit(value=False)
            ),
            there.filter(named).with_columns(account=machine, by_name=pl.lit(value=False)),
        ]
    ).filter(C("account").is_not_null())


def _none(came: pl.DataFrame) -> pl.DataFrame:
    return shaped(
        came.clear().with_columns(uids=pl.lit([], pl.List(pl.String))), "E9", "E9"
    )


def others(asked: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """to_session, to_host, from_host, from_session of other accounts' desktops, if they are few.

    Args:
        asked: to_session, to_host, from_host, start_us: arrivals that no session there is known of.
        there: As `sessions_there` makes them.
    """
    shape = ["to_session", "to_host", "from_host", "from_session"]
    desktops = there.filter(C("kind").is_in(INTERACTIVE)).select(
        "from_host", "from_session", "begun_us", "over_us"
    )
    if desktops.is_empty() or asked.is_empty():
        return asked.select(
            "to_session", "to_host", "from_host", from_session=nothing("to_session")
        ).clear()
    held = inside(
        desktops, asked.select("to_session", "to_host", "from_host", "start_us"),
        on=["from_host"], span=("begun_us", "over_us"), time="start_us",
    )
    return held.filter(pl.len().over("to_session", "from_host") <= FEW).select(shape)


def in_reach(pieces: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """Evidence but that whose session there began later, or was over too long (R8.5).

    Args:
        pieces: With `from_session` and `start_us`, the arrival.
        there: As `sessions_there` makes them; a session that is not among them has no bounds.
    """
    spans = there.select("from_session", "begun_us", "reach_us")
    bounds = pieces.join(spans, on="from_session", how="left", maintain_order="left")
    return bounds.filter(
        (C("start_us") >= C("begun_us")).fill_null(value=True)
        & (C("start_us") <= C("reach_us")).fill_null(value=True)
    ).drop("begun_us", "reach_us")


def proven_off(pairs: pl.DataFrame, boots: pl.DataFrame) -> pl.DataFrame:
    """Pairs whose host of departure was down: between a boot's end and the next one's start.

    Args:
        pairs: to_session, to_host, from_host, start_us.
        boots: Table `boots`.
    """
    downs = (
        boots.sort("host", "boot")
        .select(
            from_host="host", down_us="end_us", end_kind="end_kind", end_event="end_event",
            up_us=C("start_us").shift(-1).over("host"),
        )
        .filter((C("end_kind") == "clean") & C("up_us").is_not_null() & (C("down_us") < C("up_us")))
    )
    if downs.is_empty() or pairs.is_empty():
        return shaped(
            pairs.clear().with_columns(uids=pl.lit([], pl.List(pl.String))), "off", "off"
        )
    held = inside(
        downs, pairs.select("to_session", "to_host", "from_host", "start_us").unique(),
        on=["from_host"], span=("down_us", "up_us"), time="start_us",
    ).with_columns(uids=pl.concat_list("end_event").list.drop_nulls())
    return shaped(held.unique(["to_session", "from_host"]), "off", "off")
