"""`graphsess cypher`: ad-hoc Cypher over a case, without a server."""

from __future__ import annotations

from pathlib import Path

import click

from graphsess.cli.options import CASE_OR_STORE, FORM, OF_STORE, TO_FILE, Output
from graphsess.errors import UsageError


@click.command("cypher", short_help="Ad-hoc Cypher over a case, without a server")
@CASE_OR_STORE
@click.argument("query", required=False)
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter $NAME; the value is JSON, or else taken as text. Repeatable.",
)
@click.option("--events", is_flag=True, help="Also a node for each event; up to 200,000 of them.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Give up after so many seconds.",
)
@FORM
@TO_FILE
@OF_STORE
def CYPHER(
    case: Path | None,
    query: str | None,
    params: tuple[str, ...],
    events: bool,
    timeout: int,
    form: str | None,
    path: Path | None,
    store: str | None,
) -> None:
    """Ask a case in Cypher, without a server; - as QUERY reads it from stdin.

    The graph of sessions, users, hosts, addresses, desktops, logon sessions and moves is built in
    memory by kglite (pip install 'graphsess[cypher]') and only read. It knows most of Neo4j's
    Cypher; what it does not is listed in the docs for analysts. For answers that must be the
    same as Neo4j's use `hunt`. With --store Neo4j itself is asked, events and all; it runs nothing
    that it does not plan as reading, and no LOAD CSV.

    \b
    Examples:
      graphsess cypher case 'MATCH (u:User)<-[:OF_USER]-(s:Session) RETURN u.name, count(s)'
      graphsess cypher case 'MATCH (s:Session) WHERE s.kind = $kind RETURN s.id' --param kind=ssh
      graphsess cypher 'MATCH (e:Event) RETURN e.kind, count(*)' --store bolt://127.0.0.1:7687
    """
    from graphsess.cli.cyphering import show_answer
    from graphsess.cli.opened import after_case

    case, query = after_case(case, query, store)
    if not query:
        raise UsageError("cypher needs a query: graphsess cypher CASE 'MATCH …'")
    output = Output(form, path, "UTC")
    show_answer(case, query, params, output, events=events, timeout_s=timeout, store=store)
