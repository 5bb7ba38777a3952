"""Evidence for the tests of builds: two hosts of the demonstration in 16 files."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from graphsess.build import build, plan
from graphsess.synth.case import write_case
from graphsess.synth.scenarios import SCENARIOS
from graphsess.workers import inline


@pytest.fixture(scope="session")
def evidence(tmp_path_factory):
    """A folder of EVTX files; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("evidence")
    write_case(SCENARIOS["demo"].run(seed=5), folder)
    for other in ("DC1", "WS2"):
        shutil.rmtree(folder / other)
    return folder


@pytest.fixture(scope="session")
def files(evidence):
    return sorted(evidence.rglob("*.evtx"))


@pytest.fixture(scope="session")
def whole(evidence, files, tmp_path_factory):
    """The case of all files, built at once and undisturbed."""
    case = tmp_path_factory.mktemp("whole") / "case"
    build(files, case)
    return case


@pytest.fixture(scope="session")
def digest():
    """What a case consists of: every file's name with the hash of its bytes.

    Without `formerly.json`, which tells how it came together.
    """

    def of(case: Path) -> dict[str, str]:
        return {
            path.relative_to(case).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(case.rglob("*"))
            if path.is_file() and path.name != "formerly.json"
        }

    return of


@pytest.fixture
def processes():
    """Asked for by tests that want real worker processes."""


@pytest.fixture(autouse=True)
def workers(request, monkeypatch):
    """Work in this process unless a test asks for others: starting them takes a second a build."""
    if "processes" not in request.fixturenames:
        monkeypatch.setattr(plan, "local", lambda jobs: inline())
