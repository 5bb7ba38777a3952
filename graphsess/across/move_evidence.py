"""What speaks for a session's having come from a host, and there from a session: E0 to E8, E10.

Events:  tables `arrivals` and `departures` of all hosts
Key:     (arriving session, host of departure, session there or none)
Order:   by arriving session, host, session, evidence
Limits:  evidence without a session there speaks for the host alone, and so for each of its sessions
See:     rule R8.2
"""

from __future__ import annotations

import polars as pl

from graphsess.across.addresses import known_names
from graphsess.across.numbering import nothing
from graphsess.across.points import POINTS, SCORES, WINDOWS
from graphsess.derive.activity.accounts import is_service
from graphsess.derive.departures import SERVICE_TICKET
from graphsess.resolve.assign import within
from graphsess.resolve.identities import sam_of

C = pl.col
SECOND_US = 1_000_000
STRONG, FAIR = 8, 5

SUMMER = 1
SHELL_PORTS = (5985, 5986)
TICKET_US, PROMPT_US, LATE_US = 36_000 * SECOND_US, 60 * SECOND_US, 5 * SECOND_US
SHAPE = ("to_session", "from_host", "from_session", "from_user", "rule", "points", "score", "uids",
         "exact", "after")


def evidence(
    came: pl.DataFrame, arrivals: pl.DataFrame, aimed: pl.DataFrame, hosts: pl.DataFrame
) -> pl.DataFrame:
    """All evidence, one row a piece: see the module's shape.

    Args:
        came: As `reaching.arriving` makes them.
        arrivals: Table `arrivals`.
        aimed: As `reaching.aimed` makes them.
        hosts: Table `hosts`.
    """
    marks = arrivals.join(
        came.select(
            "to_session", "to_host", "came_from", "from_address", session="to_session"
        ),
        on="session", how="inner",
    )
    found = [
        _owned(came), _connected(marks, aimed), _by_sign(came, aimed, "E3"),
        _by_sign(came, aimed, "E4"), _by_sign(came, aimed, "E6"), _by_sign(came, aimed, "E7"),
        _shell_connections(came, aimed), _desktop_client(came, aimed), _tickets(came, aimed),
        _shells(marks),
        _names(marks, hosts), _zones(came, hosts),
    ]
    return pl.concat(found).filter(C("from_host") != C("to_host")).select(SHAPE)


def shaped(rows: pl.DataFrame, rule: str, points: str, **said: pl.Expr) -> pl.DataFrame:
    """One row a piece of evidence; what is not said is null."""
    empty = {
        "from_session": nothing("to_session"), "from_user": pl.lit(None, pl.String),
        "exact": pl.lit(value=False), "after": pl.lit(value=False),
    }
    return rows.select(
        "to_session", "to_host",
        rule=pl.lit(rule, POINTS), points=pl.lit(points, POINTS),
        score=pl.lit(SCORES[points], pl.Int64),
        **{name: said.get(name, empty.get(name, C(name))) for name in (
            "from_host", "from_session", "from_user", "uids", "exact", "after")},
    )


def _owned(came: pl.DataFrame) -> pl.DataFrame:
    known = came.filter(C("came_from").is_not_null() & (C("weight") >= FAIR))
    said = {"from_host": C("came_from"), "uids": C("owner_uids")}
    return pl.concat(
        [
            shaped(known.filter(C("weight") >= STRONG), "E0", "E0", **said),
            shaped(known.filter(C("weight") < STRONG), "E0", "E0 weak", **said),
        ]
    )


def _connected(marks: pl.DataFrame, aimed: pl.DataFrame) -> pl.DataFrame:
    """E1: the port that the target saw is one that a process there had opened."""
    before, after = (part * SECOND_US for part in WINDOWS["E1"])
    out = aimed.filter(C("rule") == "E1").select(
        "host", "session", "how", "after", "user", sign="uid", at_us="time_us",
        from_address="own_address", port="own_port", aim="to_host",
    )
    near = within(
        marks.filter(C("port").is_not_null()).drop("session", "address").with_columns(
            from_address=C("from_address")
        ),
        out, on=["from_address", "port"], time=("time_us", "at_us"),
        before_us=before, after_us=after,
    ).filter((C("host") != C("to_host")) & (C("aim").is_null() | (C("aim") == C("to_host"))))
    user = pl.when(C("session").is_null() & person(C("user"))).then("user")
    return shaped(
        near.with_columns(user=user).group_by(
            "to_session", "to_host", "host", "session", "user", maintain_order=False
        ).agg(
            uids=pl.concat([C("sign"), C("uid")]).unique().sort(),
            after=C("after").all(), exact=(C("how") == "logon").any(),
        ),
        "E1", "E1", from_host=C("host"), from_session=C("session"), from_user=C("user"),
        exact=C("exact").fill_null(value=False), after=C("after"),
    )


def person(user: pl.Expr) -> pl.Expr:
    """An account of a person, not one of Windows' own or a machine's; null where none is named."""
    return pl.when(user.is_not_null()).then(~is_service(pl.lit(None, pl.String), sam_of(user)))


def _by_sign(came: pl.DataFrame, aimed: pl.DataFrame, rule: str) -> pl.DataFrame:
    """E3, E4, E6, E7: a sign that names this host, near in time; the account must not differ."""
    before, after = (part * SECOND_US for part in WINDOWS[rule])
    signs = aimed.filter((C("rule") == rule) & C("to_host").is_not_null()).select(
        "to_host", "host", "session", "how", "after", sign="uid", at_us="time_us",
        peer=sam_of(C("peer_user")),
    )
    fits = C("peer").is_null() | (C("peer") == C("account"))
    if rule == "E3":
        fits = C("peer") == C("account")
    if rule == "E7":
        fits = fits & C("kind").is_in(["winrm", "network"])
    near = within(
        came.select("to_session", "to_host", "account", "kind", "came_from", "weight", "start_us"),
        signs, on=["to_host"], time=("start_us", "at_us"), before_us=before, after_us=after,
    ).filter(fits & _same_way())
    return _signed(near, rule, rule)


def _same_way() -> pl.Expr:
    """A source address that is surely another host's speaks against this one."""
    return C("came_from").is_null() | (C("came_from") == C("host")) | (C("weight") < STRONG)


def _signed(near: pl.DataFrame, rule: str, points: str) -> pl.DataFrame:
    """Signs with their arrivals; one whose address agrees takes a sign from those without."""
    agrees = (C("came_from") == C("host")).fill_null(value=False)
    return shaped(
        near.filter(agrees | ~agrees.any().over("sign", "host"))
        .group_by("to_session", "to_host", "host", "session")
        .agg(
            uids=C("sign").unique().sort(), after=C("after").all(),
            exact=(C("how") == "logon").any(),
        ),
        rule, points, from_host=C("host"), from_session=C("session"),
        exact=C("exact").fill_null(value=False), after=C("after"),
    )


def _desktop_client(came: pl.DataFrame, aimed: pl.DataFrame) -> pl.DataFrame:
    before, after = (part * SECOND_US for part in WINDOWS["E2"])
    signs = aimed.filter((C("rule") == "E2") & C("to_host").is_not_null()).select(
        "to_host", "host", "session", "how", "after", "ts_id", sign="uid", at_us="time_us",
        said="kind",
    )
    desktops = came.filter(C("kind") == "rdp").select(
        "to_session", "to_host", "came_from", "weight", "auth_us", "session_us", own_ts="ts_id",
    )
    called = within(
        desktops, signs.filter(C("said") != "client_1027"), on=["to_host"],
        time=("auth_us", "at_us"), before_us=before, after_us=after,
    ).filter(_same_way())
    got = within(
        desktops, signs.filter(C("said") == "client_1027"), on=["to_host"],
        time=("session_us", "at_us"), before_us=PROMPT_US, after_us=PROMPT_US,
    ).filter(_same_way() & (C("ts_id") == C("own_ts")))
    return pl.concat([_signed(called, "E2", "E2"), _signed(got, "E2", "E2 desktop")])


def _tickets(came: pl.DataFrame, aimed: pl.DataFrame) -> pl.DataFrame:
    """E5: the last ticket for this host and account from the same address."""
    given = aimed.filter((C("rule") == SERVICE_TICKET) & C("to_host").is_not_null()).select(
        "to_host", "guid", from_address="own_address", account=sam_of(C("peer_user")),
        sign="uid", at_us="time_us",
    ).sort("at_us", "sign")
    asked = came.filter(C("came_from").is_not_null()).with_columns(
        until=C("start_us") + LATE_US
    ).sort("until", "to_session")
    near = asked.join_asof(
        given, left_on="until", right_on="at_us", by=["to_host", "account", "from_address"],
        strategy="backward", check_sortedness=False,
    ).filter(C("start_us") - C("at_us") <= TICKET_US)
    used = (
        aimed.filter((C("rule") == "E3") & C("guid").is_not_null())
        .select("guid", came_from="host").unique()
    )
    uids = pl.concat_list("sign")
    return pl.concat(
        [
            shaped(near.with_columns(uids=uids), "E5", "E5", from_host=C("came_from")),
            shaped(
                near.with_columns(uids=uids).join(used, on=["guid", "came_from"], how="semi"),
                "E5", "E5 same", from_host=C("came_from"),
            ),
        ]
    )


def _shell_connections(came: pl.DataFrame, aimed: pl.DataFrame) -> pl.DataFrame:
    """E7: a person's connection to the WinRM port, if only one host opened one.

    The target logs neither address nor port of a WinRM logon.
    """
    before, after = (part * SECOND_US for part in WINDOWS["E7"])
    opened = aimed.filter(
        (C("rule") == "E1") & C("port").is_in(SHELL_PORTS) & C("to_host").is_not_null()
        & (C("session").is_not_null() | person(C("user")).fill_null(value=False))
    ).select("to_host", "host", "session", "how", "after", sign="uid", at_us="time_us")
    near = within(
        came.filter((C("kind") == "winrm") & C("source_address").is_null()).select(
            "to_session", "to_host", "start_us", "came_from"
        ),
        opened, on=["to_host"], time=("start_us", "at_us"), before_us=before, after_us=after,
    ).filter(C("host").n_unique().over("to_session") == 1)
    return _signed(near, "E7", "E7")


def _shells(marks: pl.DataFrame) -> pl.DataFrame:
    """E7: the server's own word on the client's address."""
    told = marks.filter((C("kind") == "winrm_91") & C("came_from").is_not_null())
    return shaped(
        told.group_by("to_session", "to_host", "came_from").agg(uids=C("uid").unique().sort()),
        "E7", "E7", from_host=C("came_from"),
    )


def _names(marks: pl.DataFrame, hosts: pl.DataFrame) -> pl.DataFrame:
    """E8: the client's own name; where its address is nobody's, the name alone."""
    known = known_names(hosts).rename({"name": "client_name", "id": "host"})
    said = (
        marks.filter(C("client_name").is_not_null())
        .with_columns(client_name=C("client_name").str.split(".").list.first())
        .join(known, on="client_name", how="inner")
        .filter((C("came_from") == C("host")) | C("came_from").is_null())
        .filter(C("host") != C("to_host"))
    )
    return shaped(
        said.group_by("to_session", "to_host", "host").agg(uids=C("uid").unique().sort()),
        "E8", "E8", from_host=C("host"),
    )


def hours_of_host(zone: pl.Expr) -> pl.Expr:
    """The whole hours from UTC in a host's zone, told as `UTC+01:00 …`."""
    return zone.str.extract(r"^UTC([+-]\d\d):00", 1).cast(pl.Int64)


def hours_of_client(zone: pl.Expr) -> pl.Expr:
    """The hours from UTC in a client's zone: the first number in it."""
    return zone.str.extract(r"(-?\d+)", 1).cast(pl.Int64)


def _zones(came: pl.DataFrame, hosts: pl.DataFrame) -> pl.DataFrame:
    """E10: the client's hours from UTC, as the target logged them, fit the host's own zone.

    The host's zone is told without summer time.
    """
    zones = hosts.select(came_from="id", own_hours=hours_of_host(C("time_zone")))
    same = came.join(zones, on="came_from", how="inner").filter(
        (hours_of_client(C("time_zone")) - C("own_hours")).is_in([0, SUMMER])
    )
    return shaped(
        same.with_columns(uids=pl.lit([], pl.List(pl.String))), "E10", "E10",
        from_host=C("came_from"),
    )
