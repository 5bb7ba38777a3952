"""What only all hosts together can tell: whose an address was, who stands out, who went where.

It works on small tables and is made anew as a whole each time; host tables are never edited, what
it finds lies beside them as overlays.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphsess.across import addresses
from graphsess.across.chains import chains
from graphsess.across.clocks import corrected, moves_as_logged, offsets, paths_as_logged
from graphsess.across.corroboration import AT_CONTROLLER, corroboration
from graphsess.across.failure_patterns import failure_patterns, with_patterns
from graphsess.across.gateways import spliced
from graphsess.across.groups import groups
from graphsess.across.moves import moves
from graphsess.across.numbering import numbered
from graphsess.across.reaching import aimed
from graphsess.across.tables import TABLES
from graphsess.derive.failure_runs import failure_runs
from graphsess.settings import Settings

C = pl.col
GROUPED = ("hosts", "coverage", "sessions", "followed_by_success")
"""Tables of all hosts that groups are made of."""
MOVED = ("sessions", "arrivals", "hosts", "boots", "followed_by_success", "failure_runs")
"""Tables of all hosts that moves and chains are made of."""
_NONE = pl.lit([], dtype=pl.List(pl.String))


def across(tables: Mapping[str, pl.DataFrame], settings: Settings) -> dict[str, pl.DataFrame]:
    """The tables over all hosts.

    Args:
        tables: Those of stage *hosts*, of all hosts together.
        settings: Windows, the organisation's own ranges, people's aliases.
    """
    observed = tables["observations"]
    bound = addresses.bindings(observed, tables["hosts"])
    crowd = addresses.shared(observed, tables["hosts"], settings)
    left = aimed(tables["departures"], tables["hosts"], bound)
    origins = _origins(tables["sessions"], left, bound, crowd)
    found = corroboration(tables["sessions"])
    lonely = (
        tables["sessions"]
        .filter(C("flags").list.contains(AT_CONTROLLER))
        .join(found, left_on="id", right_on="dc_session", how="anti")
    )
    runs, run_of, _ = failure_runs(lonely, settings)
    every_run = pl.concat([tables["failure_runs"], in_schema("runs_at_controllers", runs)])
    patterns = failure_patterns(
        tables["sessions"],
        every_run,
        pl.concat(
            [tables["sessions"].select(session="id", failure_run="failure_run"), run_of],
        ).drop_nulls(),
        settings,
    )
    known = addresses.addresses(
        tables["sessions"], tables["connections"], bound, crowd, settings
    )
    judged = groups(
        {
            **{name: tables[name] for name in GROUPED},
            "addresses": known,
            "corroboration": found,
            "failure_runs": with_patterns(every_run, patterns),
        }
    )
    made = {
        "corroboration": found,
        "runs_at_controllers": runs,
        "run_of": run_of,
        "bindings": bound,
        "origins": origins,
        "addresses": known,
        "failure_patterns": patterns,
        "groups": judged,
        **_movement(tables, left, origins, settings),
    }
    return {name: in_schema(name, frame) for name, frame in made.items()}


def in_schema(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of a table of this stage, each of its type."""
    return frame.select([C(column).cast(kind) for column, kind in TABLES[name].items()])


def _origins(
    sessions: pl.DataFrame, left: pl.DataFrame, bound: pl.DataFrame, crowd: pl.DataFrame
) -> pl.DataFrame:
    """Table `origins`: the owner of the source address, or of the address behind a gateway."""
    through = spliced(sessions, left)
    behind = (
        sessions.select("id", "source_address", "start_us", "start_latest_us")
        .join(through, left_on="id", right_on="session", how="left")
        .with_columns(source_address=pl.coalesce("origin_address", "source_address"))
    )
    owned = addresses.origins(behind, bound, crowd)
    direct = owned.join(through, on="session", how="anti")
    met = (
        through.join(owned.rename({"uids": "owner_uids"}), on="session", how="left")
        .with_columns(
            rule=pl.lit("R4.5"),
            uids=pl.concat_list(C("owner_uids").fill_null(_NONE), "uids").list.unique().list.sort(),
        )
        .drop("owner_uids")
    )
    return pl.concat([direct, met], how="diagonal").sort("session")


def _movement(
    tables: Mapping[str, pl.DataFrame], left: pl.DataFrame, origins: pl.DataFrame,
    settings: Settings,
) -> dict[str, pl.DataFrame]:
    known = numbered(
        {
            **{name: tables[name] for name in MOVED},
            "departures": left, "origins": origins,
            "executed": _executed(tables["sessions"], tables["activities"]),
        }
    )
    ahead = offsets(known, settings)
    known = corrected(known, ahead)
    made = moves(known, settings)
    paths = paths_as_logged(chains(known, made, settings), ahead)
    made["moves"] = moves_as_logged(made["moves"], ahead)
    return {
        **{name: made[name] for name in ("moves", "move_evidence", "move_alternatives")},
        "chains": paths,
    }


def _executed(sessions: pl.DataFrame, activities: pl.DataFrame) -> pl.DataFrame:
    """Remote sessions in which something was made to run: session."""
    remote = sessions.filter(~C("kind").is_in(["console", "runas"])).select(session="id")
    made = activities.filter(
        C("kind").is_in(["service", "task"]) & C("session").is_not_null()
    ).select("session")
    by_kind = sessions.filter(C("kind") == "wmi").select(session="id")
    return pl.concat([made, by_kind]).unique().join(remote, on="session", how="semi").sort(
        "session"
    )


__all__ = ["across"]
