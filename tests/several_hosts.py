"""Several hosts built inline and seen together: what `across` makes of them."""

from __future__ import annotations

import polars as pl
from events_inline import build, event, told

from graphsess.across import across
from graphsess.case.schema import Stage, tables_of
from graphsess.settings import Settings

ANN, ADM = "LAB\\ann", "LAB\\adm"
WS1, SRV = "10.0.0.11", "10.0.0.21"
ADDRESS = {"ws1": WS1, "srv": SRV, "srv2": "10.0.0.22", "dc1": "10.0.0.2", "gw": "10.0.0.5"}


def speaks(at, name, port=49_900, to="10.0.0.99", **more):
    """A connection that the host opens itself: it proves whose the address is."""
    return event("sysmon_3", at, verb="true", address=ADDRESS[name], port=port,
                 other_address=to, other_port=443, **more)


def network_on(at, user, luid, ip=WS1, port=50_000, **more):
    return event("security_4624", at, user=user, luid=luid, logon_type=3, address=ip, port=port,
                 package="Kerberos", logon_process="Kerberos", client_name=None, **more)


def complete(**tables):
    """The tables of all hosts; those that are not given are empty."""
    return {
        table.name: tables.get(table.name, pl.DataFrame(schema=table.columns))
        for table in tables_of(Stage.HOSTS)
    }


def seen_together(settings=None, *, known=("ws1", "srv"), **hosts):
    """Tables of all hosts and what `across` adds; every host of `known` proves its address."""
    settings = settings or Settings()
    made = []
    for name, lines in sorted(hosts.items()):
        host = f"{name}.lab"
        own = [speaks(-50, name), speaks(9_000, name)] if name in known else []
        flat = [*own]
        for line in lines:
            flat += [line] if isinstance(line, dict) else list(line)
        made.append(build(*[{**line, "computer": host} for line in flat], host=host,
                          settings=settings))
    tables = {name: pl.concat([one[name] for one in made]) for name in made[0]}
    return {**tables, **across(tables, settings)}


def session(made, **where):
    """The id of the one session with these values; `host` short."""
    if "host" in where:
        where["host"] = f"{where['host']}.lab"
    [found] = made["sessions"].filter(**where)["id"].to_list()
    return found


def steps(made, *columns, every=False):
    moves = made["moves"] if every else made["moves"].filter(pl.col("hidden").is_null())
    return told(moves.sort("start_us", "id"), *columns)


def proof(made, to_session=None):
    """rule → score of the one move, or of the move into a session."""
    moves = made["moves"] if to_session is None else made["moves"].filter(to_session=to_session)
    mine = made["move_evidence"].join(moves, left_on="move", right_on="id", how="semi")
    return dict(mine.select("rule", "score").iter_rows())
