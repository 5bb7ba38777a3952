"""`graphsess completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", short_help="Completion of commands and options for a shell")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def COMPLETION(context: click.Context, shell: str) -> None:
    """Print what makes bash, zsh or fish complete the commands and options of graphsess.

    PowerShell is not among them.

    \b
    Examples:
      graphsess completion bash > ~/.local/share/bash-completion/completions/graphsess
      graphsess completion zsh > ~/.zfunc/_graphsess
      graphsess completion fish > ~/.config/fish/completions/graphsess.fish
    """
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    made = dict(zip(SHELLS, (BashComplete, ZshComplete, FishComplete), strict=True))[shell]
    group = context.find_root().command
    # `source()` of bash starts bash to ask for its version; the text alone needs no shell.
    complete = made(group, {}, "graphsess", "_GRAPHSESS_COMPLETE")
    click.echo(complete.source_template % complete.source_vars())
