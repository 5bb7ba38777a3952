"""Tests of graphsess/report/page/document.py: one file, always the same, that fetches nothing."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from graphsess.report.page import bundle
from graphsess.report.page.document import Records, page

SCRIPTS = sorted(
    path.name.removesuffix(".js") for path in bundle.folder().iterdir() if path.name.endswith(".js")
)


@pytest.fixture(scope="module")
def text(made):
    return made.content.decode()


def test_the_same_case_gives_the_same_bytes(case, made):
    assert page(case, title="demo").content == made.content


def test_nothing_in_it_leads_anywhere(text):
    outside = re.findall(r"\b\w+://[\w.-]+", text)
    assert set(outside) <= {"http://www.w3.org"}  # the name of SVG, which nobody fetches
    assert not re.search(r"<(?:link|img|iframe|object|embed|base|form|meta[^>]*refresh)\b", text)
    assert not re.search(r"<script[^>]*\bsrc=", text)


def test_the_policy_names_the_only_script_and_style(text):
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == rules["connect-src"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    for name, tag in (("script-src", "script"), ("style-src", "style")):
        [code] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"


@pytest.mark.parametrize("keep", list(Records))
def test_records_as_logged_are_kept_as_asked(case, keep):
    made = page(case, title="demo", keep=keep)
    assert made.logged == (0 if keep is Records.NONE else made.events)


def test_a_full_file_keeps_the_records_of_the_worst_sessions(case, monkeypatch):
    monkeypatch.setattr("graphsess.report.page.logged.CHAPTER_ROWS", 50)
    whole = len(page(case, title="demo", keep=Records.NONE).content)
    monkeypatch.setattr("graphsess.report.page.document.ROOM", whole + 30_000)
    made = page(case, title="demo")
    assert 0 < made.logged < made.events
    assert whole < len(made.content) < whole + 31_000


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_imports_what_is_exported(name):
    for other, words in bundle.imports(name).items():
        assert set(words) <= set(bundle.exports(other)), other


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_script_exports_somebody_imports(name):
    taken = {word for one in SCRIPTS for word in bundle.imports(one).get(name, [])}
    assert set(bundle.exports(name)) == taken


def test_every_script_is_in_the_page_once_behind_what_it_imports():
    order = re.findall(r"^// ([\w-]+)\.js$", bundle.script(), re.MULTILINE)
    assert sorted(order) == SCRIPTS
    for name in SCRIPTS:
        assert all(order.index(other) < order.index(name) for other in bundle.imports(name))


def test_no_script_makes_markup_of_texts():
    code = "\n".join((bundle.folder() / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                 "new Function", "setAttribute(\"style\"", "localStorage", "fetch("):  # fmt: skip
        assert word not in code


def test_every_style_sheet_is_in_the_page():
    sheets = {path.name for path in bundle.folder().iterdir() if path.name.endswith(".css")}
    assert sheets == {f"{name}.css" for name in bundle._STYLES}
