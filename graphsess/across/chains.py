"""Paths over several hosts, each step from the session that the step before it opened.

Events:  those of the moves
Key:     the last session of a path; before it each session's one origin, or the session that a
         credential switch on the same host was opened from
Order:   by rank, then start, then id
Limits:  a host may be visited twice at most; beyond 32 steps a path is cut; what ranks first is
         what an intruder does, not proof of one
See:     rules R8.6, R8.7
"""

from __future__ import annotations

import polars as pl

from graphsess.across.identities import aliased
from graphsess.across.numbering import in_one_list, text
from graphsess.across.tables import CHAINS
from graphsess.resolve.ids import escaped
from graphsess.settings import Settings

C = pl.col
LONGEST = 32
BATCH = 100_000
"""Ends of paths that are walked back at once."""
VISITS = 2
ALARMING = 2
"""Points from which a path is shown without being asked for everything."""
POINTS = {"switch": 1, "new_host": 1, "entry": 1, "executed": 1, "guessed": 1}
"""A credential switch, a host that the causal user never reached before (Hopper's two conditions),
an entry from outside, execution at the end of a step, failures before the entry."""
HONEST = ("mistype", "stale_credential", "other")
"""Patterns of failed attempts that are no guessing."""
HOP = {"move": "move_id", "session": "session", "host": "host", "user": "user"}
Tables = dict[str, pl.DataFrame]


def chains(tables: Tables, made: Tables, settings: Settings) -> pl.DataFrame:
    """Table `chains`.

    Args:
        tables: `sessions`, `origins`, `followed_by_success`, `failure_runs`, and `executed`:
            sessions in which something was made to run.
        made: What `moves` gives.
        settings: For the aliases.
    """
    here, there = in_one_list([tables["sessions"]["host"], made["moves"]["to_host"]])
    made = {**made, "moves": made["moves"].with_columns(there)}
    sessions = tables["sessions"].select(
        "user", "sid", "source_address", "source_class", "kind", "flags", "end_us", "parent",
        session="id", host=here,
        start_us=pl.coalesce("start_us", "start_latest_us"),
        person=pl.coalesce("sid", aliased(C("user"), settings)),
    )
    links = _links(made, sessions)
    leaves = _leaves(links, made)
    known = {
        **tables,
        "moves": made["moves"],
        "reached": sessions.filter(C("person").is_not_null())
        .group_by("host", causal="person")
        .agg(known_us=C("start_us").min()),
    }
    parts = [
        _shaped(
            _entered(_walked(some, links), made).join(sessions, on="session", how="left"),
            some, known,
        )
        for some in leaves.iter_slices(BATCH) if some.height
    ] or [pl.DataFrame(schema=CHAINS)]
    return pl.concat(parts).sort("rank", "start_us", "id", descending=[True, False, False])


def _links(made: Tables, sessions: pl.DataFrame) -> pl.DataFrame:
    """Each session → the one before it: over a move, or on the same host by a credential switch."""
    real = made["moves"].filter(C("hidden").is_null() & C("from_session").is_not_null())
    stepped = made["steps"].join(
        real.select("score", "credential_switch", move="number", before="from_session"),
        on="move", how="inner",
    ).select("before", "move", "score", "credential_switch", session="to_session")
    opened = sessions.filter(C("parent").is_not_null()).join(
        stepped, on="session", how="anti"
    ).select(
        "session", before="parent", move=pl.lit(None, pl.UInt32), score=pl.lit(None, pl.Int64),
        credential_switch=pl.lit(value=True),
    )
    return pl.concat([stepped.select(opened.columns), opened]).filter(
        C("session") != C("before")
    ).sort("session")


def _leaves(links: pl.DataFrame, made: Tables) -> pl.DataFrame:
    """The ends of paths, numbered: a session that something led to and nothing leads on from.

    `step` is the path's last session, `out` the move from there out of the case, if one is. Of a
    move that stands for many only its first; steps out of the case end paths too.
    """
    first = made["moves"].filter(C("from_session").is_not_null() & C("hidden").is_null())
    inner = (
        links.filter(C("move").is_not_null())
        .join(first.select("to_session"), left_on="session", right_on="to_session", how="semi")
        .join(links.select(session="before"), on="session", how="anti")
        .join(first.select(session="from_session"), on="session", how="anti")
        .select(step="session", out=pl.lit(None, pl.UInt32))
    )
    outer = first.filter(C("to_session").is_null()).select(step="from_session", out="number")
    return pl.concat([inner, outer]).sort("step", "out").with_row_index("leaf")


def _walked(leaves: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """leaf, depth (0 = the leaf), session, move, score, credential_switch, back to the origin."""
    here = leaves.select("leaf", session="step")
    rows = []
    for depth in range(LONGEST):
        found = here.join(links, on="session", how="left", maintain_order="left").with_columns(
            depth=pl.lit(depth, pl.Int64)
        )
        rows.append(found)
        here = found.filter(C("before").is_not_null()).select("leaf", session="before")
        if here.is_empty():
            break
    return pl.concat(rows).sort("leaf", "depth", descending=[False, True])


def _entered(path: pl.DataFrame, made: Tables) -> pl.DataFrame:
    """The paths with the move that led from outside into their first session."""
    came = made["steps"].select(session="to_session", entry="move")
    return (
        path.join(came, on="session", how="left")
        .with_columns(move=pl.coalesce("move", pl.when(C("before").is_null()).then("entry")))
        .drop("entry")
    )


def _simple(hops: pl.DataFrame) -> pl.DataFrame:
    """Each path back to where a host would stand a third time."""
    ordered = hops.sort("leaf", "depth").with_columns(
        visit=pl.int_range(1, pl.len() + 1).over("leaf", "host")
    )
    cut = ordered.filter(C("visit") > VISITS).group_by("leaf").agg(cut=C("depth").min())
    return (
        ordered.join(cut, on="leaf", how="left")
        .filter(C("cut").is_null() | (C("depth") < C("cut")))
        .drop("visit", "cut")
    )


def _shaped(hops: pl.DataFrame, leaves: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    path = _simple(hops)
    outer = (
        tables["moves"].select(
            "score", "credential_switch", "start_us", move="number", host="to_host",
            user="to_user", end_us="last_us", session="to_session",
        )
        .join(leaves.select("leaf", move="out"), on="move", how="inner")
        .with_columns(depth=pl.lit(-1, pl.Int64))
    )
    whole = pl.concat([path, outer], how="diagonal").sort("leaf", "depth", descending=[False, True])
    root = whole.unique("leaf", keep="first", maintain_order=True)
    came_by = root.select(
        "leaf", root="session", causal_user="user", causal="person", entry_class="source_class",
        came_address="source_address",
    ).join(
        tables["origins"].select("origin_address", root="session"), on="root", how="left"
    ).join(
        _guessed(tables), on="root", how="left",
    )
    stepped = whole.join(came_by, on="leaf", how="inner")
    new = (
        stepped.join(tables["reached"], on=["host", "causal"], how="left")
        .with_columns(
            new=(C("known_us").is_null() | (C("known_us") >= C("start_us")))
            & ((C("session") != C("root")) | C("session").is_null())
        )
    )
    ids = tables["moves"].select(move="number", move_id="id")
    executed = tables["executed"].select("session", ran=pl.lit(value=True))
    told = (
        new.join(executed, on="session", how="left")
        .join(ids, on="move", how="left")
        .sort("leaf", "depth", descending=[False, True])
        .group_by("leaf", maintain_order=True)
        .agg(
            hops=pl.struct(C(of).alias(name) for name, of in HOP.items()),
            hosts=C("host").n_unique(),
            start_us=C("start_us").min(),
            end_us=pl.coalesce("end_us", "start_us").max(),
            score=_inner("score").min(),
            total=_inner("score").sum(),
            credential_switches=_inner("credential_switch").sum().cast(pl.Int64),
            new_host=C("new").any(),
            ran=C("ran").any(),
            root=C("root").first(),
            entry_address=pl.coalesce("origin_address", "came_address").first(),
            entry_class=C("entry_class").first(),
            causal_user=C("causal_user").first(),
            guessed=C("guessed").any(),
        )
        .filter(C("hosts") > 1)
    )
    return _ranked(
        told.join(leaves, on="leaf", how="left")
        .join(ids, left_on="out", right_on="move", how="left")
        .with_columns(leaf=pl.coalesce("move_id", text("step")))
    )


def _guessed(tables: Tables) -> pl.DataFrame:
    """Sessions that came after somebody else's guessing: root, guessed."""
    honest = tables["failure_runs"].filter(C("pattern").is_in(HONEST)).select(failure_run="id")
    return (
        tables["followed_by_success"]
        .join(honest, on="failure_run", how="anti")
        .select(root="session", guessed=pl.lit(value=True))
        .unique()
    )


def _inner(column: str) -> pl.Expr:
    """The values of a path's own steps."""
    return C(column).filter(C("before").is_not_null() | C("session").is_null())


def _ranked(told: pl.DataFrame) -> pl.DataFrame:
    entry = C("entry_class").is_in(["external", "tunnelled"])
    signs = {
        "switch": C("credential_switches") > 0, "new_host": C("new_host"), "entry": entry,
        "executed": C("ran"), "guessed": C("guessed"),
    }
    rank = pl.sum_horizontal(
        sign.fill_null(value=False).cast(pl.Int64) * POINTS[name] for name, sign in signs.items()
    )
    return told.with_columns(
        id=pl.concat_str(
            pl.lit("chain|"), escaped(text("root").str.replace("session|", "", literal=True)),
            pl.lit("|"), escaped(C("leaf")),
        ),
        new_host=C("new_host").fill_null(value=False),
        rank=rank,
        rule=pl.lit("R8.6"),
    ).with_columns(
        hidden=pl.when(C("rank") < ALARMING).then(pl.lit("ordinary"))
    ).select([C(name).cast(kind) for name, kind in CHAINS.items()])
