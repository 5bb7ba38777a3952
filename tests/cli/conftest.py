"""The demonstration, built once; and a way to run the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from graphsess.build import build
from graphsess.cli import main
from graphsess.synth.case import write_case
from graphsess.synth.scenarios import SCENARIOS


@pytest.fixture(scope="session")
def evidence(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evidence")
    write_case(SCENARIOS["demo"].run(seed=5), folder)
    return folder


@pytest.fixture(scope="session")
def case(evidence, tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "case"
    build([evidence], folder)
    return folder


@pytest.fixture(scope="session")
def run():
    """Run a command in this process: its exit code, stdout and stderr."""

    def invoke(*args, **more):
        return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False, **more)

    return invoke


@pytest.fixture(scope="session")
def ask(run, case):
    """The records of a stream, as a pipe gets them."""

    def invoke(stream, *args):
        result = run(stream, case, *args)
        assert result.exit_code == 0, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]

    return invoke


@pytest.fixture(scope="session")
def spawn():
    """Run a command as its own process."""

    def invoke(*args, **more):
        return subprocess.run(
            [sys.executable, "-m", "graphsess", *map(str, args)],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONWARNINGS": "error", **more.pop("env", {})},
            **more,
        )

    return invoke
