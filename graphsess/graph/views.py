"""Parts of a case as networkx graphs: the whole, the movement, one user, one session.

A view is built when it is asked for, out of the few columns that it needs, and it is bounded: what
does not fit is folded into one thing that says how many it stands for.
"""

from __future__ import annotations

from graphsess.case.tables import Tables
from graphsess.graph import entities, inside, movement, things
from graphsess.graph.drawn import View
from graphsess.graph.scopes import About, Scope
from graphsess.graph.seen import sessions

NODES = 300
"""Things in one picture: above that nobody reads it."""

def view(
    tables: Tables,
    scope: Scope,
    *,
    every: bool = False,
    since_us: int | None = None,
    until_us: int | None = None,
    limit: int | None = NODES,
    events: bool = False,
) -> View:
    """The graph of a scope.

    Args:
        tables: A case.
        scope: Which part of it.
        every: Hidden sessions too (machine, service, system …).
        since_us: Leave out sessions that ended before.
        until_us: Leave out sessions that began at it or later.
        limit: At most so many things; None for all, then nothing is folded.
        events: Every event of the sessions as a thing too; a session's own scope has them always.

    Raises:
        UsageError: the case has no such thing, or it has more events than a graph can hold.
    """
    rows = sessions(tables, every=every, since_us=since_us, until_us=until_us)
    if scope.about is About.CASE:
        made = entities.build(tables, scope, rows, limit)
    elif scope.about is About.MOVEMENT:
        made = movement.build(tables, scope, rows, limit, every=every)
    elif scope.about is About.SESSION:
        made = inside.build(tables, scope, limit)
    else:
        made = things.build(tables, scope, rows, limit)
    if events and scope.about is not About.SESSION:
        inside.add_events(tables, made)
    return made

