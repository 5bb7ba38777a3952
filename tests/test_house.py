"""The house itself: one version, a wheel that holds what it should, modules of a readable size."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import graphsess

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graphsess"
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [module.relative_to(PACKAGE).as_posix() for module in MODULES]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LINES_MAX = 400
CATCH_ALL = {"utils", "util", "helpers", "helper", "common", "misc"}
LEFT_UNDONE = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")


def texts():
    """Every file that people write: code, tests, pages, queries, build files."""
    for folder in ("graphsess", "tests", "docs", "cypher", "bench"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".md", ".cypher", ".toml"}:
                yield path
    yield from (ROOT / name for name in ("Makefile", "pyproject.toml", "README.md"))


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_a_module_is_short_enough_to_be_read(module):
    assert len(module.read_text("utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_a_public_module_says_what_it_holds(module):
    private = module.stem.startswith("_") and not module.stem.startswith("__")
    assert private or ast.get_docstring(ast.parse(module.read_text("utf-8")))


def test_no_module_is_a_drawer_for_everything():
    found = {name for name in NAMES if CATCH_ALL & {*Path(name).with_suffix("").parts}}
    assert found == set()


def test_nothing_is_left_undone():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in texts()
        if LEFT_UNDONE.search(path.read_text("utf-8"))
    }
    assert found == set()


def test_the_version_stands_in_one_place():
    version = re.compile(rf"(?<![\d.]){re.escape(graphsess.__version__)}(?![\d.]|\.?\w)")
    tests = ROOT / "tests"
    found = {
        path.relative_to(ROOT).as_posix()
        for path in texts()
        if not path.is_relative_to(tests) and version.search(path.read_text("utf-8"))
    }
    assert found == {"graphsess/__init__.py"}
    assert PROJECT["project"]["dynamic"] == ["version"]


def test_every_dependency_has_its_sentence():
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(text for extra in extras for text in extra)]
    names = {re.split(r"[<>=!~;\[ ]", text)[0] for text in wanted}
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    told = set(re.findall(r"^\| ([\w-]+)(?: \(\w+\))? \| \w", text, re.MULTILINE))
    assert names - told == set()
    assert told - names - {"package"} == set()


def test_an_upper_bound_has_its_reason_beside_it():
    lines = (ROOT / "pyproject.toml").read_text("utf-8").split("\n")
    bounded = [line for line in lines if re.match(r'\s+"[\w-]+[^"]*<', line)]
    assert [line for line in bounded if "#" not in line] == []


# Slow, some seconds: it builds the wheel, once, without the network.
@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; `make` installs it")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-index",
               "--no-build-isolation", "--quiet", "--wheel-dir", str(folder)]  # fmt: skip
    made = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert made.returncode == 0, made.stderr
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def about(wheel):
    """The wheel's own records by name: METADATA, entry_points.txt, …"""
    return {
        name.rpartition("/")[2]: wheel.read(name).decode()
        for name in wheel.namelist()
        if ".dist-info/" in name
    }


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel):
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    wanted = {f"graphsess/{name}" for name in NAMES}
    taken = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"].get("force-include", {})
    for source, target in taken.items():
        wanted |= {
            f"{target}/{path.relative_to(ROOT / source).as_posix()}"
            for path in (ROOT / source).rglob("*")
            if path.is_file()
        }
    other = {path for path in held if path.startswith("graphsess/") and path.endswith(".py")}
    assert wanted - held == set()
    assert {name.partition("/")[0] for name in held} == {"graphsess"}
    assert other <= wanted


def test_the_wheel_bears_version_licence_and_command(about):
    assert f"\nVersion: {graphsess.__version__}\n" in about["METADATA"]
    assert f"\nRequires-Python: {PROJECT['project']['requires-python']}\n" in about["METADATA"]
    assert "graphsess contributors" in about["LICENSE"]
    assert "graphsess = graphsess.cli:main" in about["entry_points.txt"]
