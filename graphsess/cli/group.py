"""The group of all commands: help in sections, and errors as one line with an exit code."""

from __future__ import annotations

import sys
from typing import Any

import click

from graphsess.errors import GraphsessError, UsageError

ERROR, USAGE = 1, 2


class Sections(click.Group):
    """A click group whose help lists its commands in sections, in the order they were added."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click's own
        """As `click.Group`."""
        super().__init__(*args, **kwargs)
        self._sections: dict[str, list[str]] = {}

    def add_to(self, section: str, *commands: click.Command) -> None:
        """Add commands to a section of the help."""
        for command in commands:
            self.add_command(command)
            self._sections.setdefault(section, []).append(str(command.name))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands in the order of the help."""
        del ctx
        return [name for names in self._sections.values() for name in names]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections."""
        width = max(len(name) for name in self.list_commands(ctx))
        for section, names in self._sections.items():
            with formatter.section(section):
                formatter.write_dl(
                    [
                        (name.ljust(width), self.commands[name].get_short_help_str(100))
                        for name in names
                    ]
                )

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's own
        """Run; what goes wrong on purpose is one line on stderr and an exit code."""
        try:
            return super().main(*args, **kwargs)
        except GraphsessError as error:
            if not kwargs.get("standalone_mode", True):
                raise
            _say(error)
            sys.exit(USAGE if isinstance(error, UsageError) else ERROR)


def _say(error: GraphsessError) -> None:
    text = " ".join(str(error).split())
    safe = "".join(char if char.isprintable() else "�" for char in text)
    click.echo(f"graphsess: {safe}", err=True)
