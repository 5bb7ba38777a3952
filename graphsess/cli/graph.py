"""`graphsess graph`: a part of a case as an interactive picture in one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from graphsess.cli.options import CASE_OR_STORE, OF_STORE


@click.command("graph", short_help="An interactive picture: a user, address, host, session …")
@CASE_OR_STORE
@OF_STORE
@click.option(
    "--scope",
    default="case",
    show_default=True,
    metavar="SCOPE",
    help="case, movement, user:NAME, address:A, host:NAME or session:ID.",
)
@click.option(
    "-o",
    "--output",
    "path",
    default="graph.html",
    show_default=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
@click.option("--since", metavar="TIME", help="Leave out what ended before TIME.")
@click.option("--until", metavar="TIME", help="Leave out what began at TIME or later.")
@click.option(
    "--tz", "zone", default="UTC", show_default=True, metavar="ZONE", help="Zone of all times."
)
@click.option(
    "--limit",
    type=click.IntRange(10, 300),
    default=300,
    show_default=True,
    metavar="N",
    help="At most N things; what does not fit is folded, and counted.",
)
@click.option("--all", "every", is_flag=True, help="Also hidden sessions: machine, service …")
@click.option("--title", metavar="TEXT", help="Heading, instead of case and scope.")
def GRAPH(
    case: Path | None,
    store: str | None,
    scope: str,
    path: Path,
    since: str | None,
    until: str | None,
    zone: str,
    limit: int,
    every: bool,
    title: str | None,
) -> None:
    """Draw a part of a case: who came from where, to which host, in which sessions.

    The file is whole: it opens in any browser of the last years, fetches nothing and can be handed
    on. From left to right it reads from where somebody came to what they reached. A click shows
    what is known of a thing, its sessions and the records that say so; the strip below chooses the
    time, the list at the left what is shown, ? the keys.

    \b
    Examples:
      graphsess graph case -o graph.html
      graphsess graph case --scope movement -o movement.html
      graphsess graph case --scope address:203.0.113.7 -o address.html
      graphsess graph case --scope user:administrator --since 2020-09-19 -o user.html
      graphsess graph case --scope 'session:session|rdp|…' -o session.html
    """
    from graphsess.cli.drawn import draw

    draw(case, scope, path, since, until, zone,
         limit=limit, every=every, title=title, store=store)  # fmt: skip
