"""The command line. One module a group of commands; what is heavy is imported when it is needed."""

from __future__ import annotations

import logging

import click

from graphsess import __version__
from graphsess.cli.activity import ACTIVITY
from graphsess.cli.build import BUILD
from graphsess.cli.completion import COMPLETION
from graphsess.cli.cypher import CYPHER
from graphsess.cli.demo import DEMO
from graphsess.cli.export import EXPORT
from graphsess.cli.graph import GRAPH
from graphsess.cli.group import Sections
from graphsess.cli.hunt import HUNT, HUNTS
from graphsess.cli.reading import READING
from graphsess.cli.report import REPORT
from graphsess.cli.show import SHOW
from graphsess.cli.store import DERIVE, LOAD, VERIFY
from graphsess.cli.synth import SYNTH

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
EPILOG = """\b
Start here:
  graphsess build C:\\evidence -o case          logs in, a case out
  graphsess sessions case --ip 203.0.113.7     who came from there
  graphsess show case ID                       the records that say so
  graphsess report case -o report.html         all of it on one page, offline
  graphsess graph case --scope movement        who went where, as a picture
"""


@click.group(
    cls=Sections,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EPILOG,
)
@click.version_option(__version__, "--version", prog_name="graphsess")
@click.option("-v", "--verbose", count=True, help="Say more on stderr; -vv with tracebacks.")
def main(verbose: int) -> None:
    """Windows event logs in; who got in, from where, when and for how long, out.

    A person at a terminal sees tables, a pipe gets one JSON object a line. Exit codes: 0 ok,
    1 error, 2 usage, 3 done but some evidence was bad, 4 nothing usable.
    """
    if verbose:
        logging.basicConfig(level=_LEVELS[min(verbose, len(_LEVELS) - 1)], format="%(message)s")


main.add_to("Build a case", BUILD)
main.add_to("Read a case", *READING, ACTIVITY, SHOW)
main.add_to("Hunt", HUNT, HUNTS, CYPHER)
main.add_to("Ask Neo4j", LOAD, DERIVE, VERIFY)
main.add_to("See a case", REPORT, GRAPH, EXPORT)
main.add_to("Learn and test", DEMO, SYNTH, COMPLETION)
