"""The pages that people read: current, complete, and with links that lead somewhere."""

from __future__ import annotations

import importlib.util
import inspect
import re
import shlex
import tempfile
from pathlib import Path
from types import ModuleType

import click
import pytest

from graphsess.cli import main

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
FOR_USERS = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
EXAMPLE = re.compile(r"^\s*graphsess .+", re.MULTILINE)


def generator() -> ModuleType:
    """`docs/generate.py`, which is no module of the package."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands(group=main, before=""):
    """Every command that can be called, by its full name, groups taken apart."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield f"{before}{name}", command
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


COMMANDS = dict(commands())


def code_of(page):
    """The lines of a page's code blocks, fenced or indented."""
    fenced = False
    for line in page.read_text("utf-8").split("\n"):
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line.strip()


def called(line):
    """The command and the arguments of an example, without what follows in the shell."""
    line = re.split(r"\s[|#]\s|\s{2,}|\s&&\s", line)[0]
    words = shlex.split(line.replace("\\", "/"))[1:]
    return (words[0], words[1:]) if words else ("", [])


SHOWN = [
    pytest.param(line, id=f"{page.name}: {line}")
    for page in FOR_USERS
    for line in dict.fromkeys(code_of(page))
    if line.startswith("graphsess ")
]


@pytest.fixture(scope="module")
def pages():
    return generator().pages()


def test_generated_pages_are_current(pages):
    stale = [page.name for page, text in pages.items() if page.read_text("utf-8") != text]
    assert not stale, "run `make docs`"


def test_a_rule_that_the_code_names_is_explained():
    module = generator()
    parents = {"R7", "R8"}
    known = set(module.RULES)
    unknown = {
        rule
        for rule in module.rules_by_module()
        if rule not in known and rule.partition(".")[0] not in parents
        if not any(name.startswith(f"{rule}.") for name in known)
    }
    assert not unknown, "add them to RULES in docs/generate.py"


def test_every_module_of_the_rule_table_exists():
    found = generator().rules_by_module()
    named = {module for modules in found.values() for module in modules}
    assert {name for name in named if not (ROOT / "graphsess" / name).is_file()} == set()


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        pytest.param("see R5.3", {"R5.3"}, id="one"),
        pytest.param("rules R5.3-R5.5, R6.1", {"R5.3", "R5.4", "R5.5", "R6.1"}, id="a range"),
        pytest.param("rules R9.1-9.3", {"R9.1", "R9.2", "R9.3"}, id="a range in short"),
        pytest.param("(N4-N8)", {"N4", "N5", "N6", "N7", "N8"}, id="a range of N"),
        pytest.param("R2.5d, R2.5 (a)-(h)", {"R2.5"}, id="parts of a rule are the rule"),
        pytest.param("R20503 and RN5", set(), id="other words are none"),
    ],
)
def test_rules_are_read_out_of_texts(text, rules):
    assert generator().spoken_rules(text) == rules


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_stands_in_the_docs(name):
    assert any(f"graphsess {name}" in page.read_text("utf-8") for page in FOR_USERS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_s_examples_stand_in_the_docs(name):
    examples = [line.strip() for line in EXAMPLE.findall(inspect.cleandoc(COMMANDS[name].help))]
    text = "\n".join(page.read_text("utf-8") for page in FOR_USERS)
    assert examples, "its help has no example"
    assert [line for line in examples if line not in text] == []


@pytest.mark.parametrize("line", SHOWN)
def test_an_example_calls_what_there_is(line):
    name, words = called(line)
    if name.startswith("-"):
        return
    two = f"{name} {words[0]}" if words else name
    command = COMMANDS.get(two) or COMMANDS.get(name)
    assert command, f"there is no command {name}"
    options = {opt for param in command.params for opt in (*param.opts, *param.secondary_opts)}
    used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    values = {word for word, before in zip(words[1:], words, strict=False) if before == "--sort"}
    assert used - values <= {*options, "-h", "--help"}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_resolve(page):
    broken = [link for link in links(page.read_text("utf-8")) if not resolves(page, link)]
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_says_nothing_of_the_machine_it_was_written_on(page):
    text = page.read_text("utf-8")
    here = {str(place) for place in (ROOT, ROOT.parent, Path.home(), Path(tempfile.gettempdir()))}
    assert [place for place in here if len(place) > 1 and f"{place}/" in text] == []


def test_the_readme_names_the_two_commands():
    text = (ROOT / "README.md").read_text("utf-8")
    assert {"make demo", "make test"} <= {line.partition("#")[0].strip() for line in lines(text)}


def test_the_readme_fits_a_screen():
    assert len((ROOT / "README.md").read_text("utf-8").split("\n")) <= 60


def test_every_page_is_reached_from_the_readme():
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            found = (link.partition("#")[0] for link in links(page.read_text("utf-8")))
            todo += [(page.parent / link).resolve() for link in found if link]
    assert set(DOCS.glob("*.md")) <= reached


def lines(text):
    return text.split("\n")


def links(text):
    """Targets of the page's links that do not leave the project."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(r"`[^`\n]*`", "", prose)
    targets = re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", prose)
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def resolves(page, link):
    """True if the link's file is there, and in it the heading that the link names."""
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text("utf-8"))


def anchors(text):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
