"""The command line. One module a group of commands; what is heavy is imported when it is needed."""

from __future__ import annotations

import click

from graphsess import __version__
from graphsess.cli.build import BUILD
from graphsess.cli.group import Sections
from graphsess.cli.reading import READING
from graphsess.cli.show import SHOW

EPILOG = """\b
Start here:
  graphsess build C:\\evidence -o case          logs in, a case out
  graphsess sessions case --ip 203.0.113.7     who came from there
  graphsess show case ID                       the records that say so
"""


@click.group(
    cls=Sections,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EPILOG,
)
@click.version_option(__version__, "--version", prog_name="graphsess")
def main() -> None:
    """Windows event logs in; who got in, from where, when, and where they went next, out.

    A person at a terminal sees tables, a pipe gets one JSON object a line. Exit codes: 0 ok,
    1 error, 2 usage, 3 done but some evidence was bad, 4 nothing usable.
    """


main.add_to("Build a case", BUILD)
main.add_to("Read a case", *READING, SHOW)
