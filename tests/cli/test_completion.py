"""Tests of `graphsess completion`: each shell gets a script that names the program."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from graphsess.cli.completion import SHELLS


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_gets_its_script(run, shell):
    told = run("completion", shell)
    assert told.exit_code == 0
    assert "graphsess" in told.stdout
    assert "_GRAPHSESS_COMPLETE" in told.stdout


def test_the_script_s_question_is_answered_with_commands():
    asked = {
        "_GRAPHSESS_COMPLETE": "bash_complete",
        "COMP_WORDS": "graphsess ses",
        "COMP_CWORD": "1",
    }
    told = subprocess.run(
        [sys.executable, "-c", "from graphsess.cli import main; main(prog_name='graphsess')"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.stdout.split() == ["plain,sessions"]
