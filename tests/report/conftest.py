"""The demonstration as a report, and a real browser that opens it."""

from __future__ import annotations

import os
import shutil

import pytest

from graphsess.build import build
from graphsess.case import Case
from graphsess.report.page.document import page
from graphsess.synth.case import write_case
from graphsess.synth.scenarios import SCENARIOS

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_case(SCENARIOS["demo"].run(seed=5), folder / "evidence")
    build([folder / "evidence"], folder / "case", jobs=1)
    return Case.open(folder / "case")


@pytest.fixture(scope="session")
def made(case):
    """The demonstration's report."""
    return page(case, title="demo")


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests. CI must have one; elsewhere its absence skips, and says so."""
    path = os.environ.get("GRAPHSESS_BROWSER")
    path = path or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        told = "no Chromium, so no browser opened the report; install one: apt install chromium"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


class Sight:
    """A report in a browser, and everything that went wrong in it.

    Attributes:
        page: Playwright's page.
        faults: Script errors, console errors, dialogs and requests of any kind.
    """

    def __init__(self, context, path):
        self.faults = []
        self.path = path
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("request", self._request)

    def open(self, address="", *, anew=False):
        """Show an address; all of the report is there then. `anew` loads the file again."""
        if anew or self.page.url == "about:blank":
            self.page.goto("about:blank")
            self.page.goto(f"{self.path.as_uri()}#{address}")
            self.page.wait_for_selector("html[data-ready=yes]", state="attached", timeout=20_000)
        else:
            self.page.keyboard.press("Escape")
            self.page.evaluate("(address) => { location.hash = address; }", address)
        self.settle()
        return self.page

    def settle(self):
        """Wait until the browser has drawn what was asked for."""
        self.page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _dialog(self, dialog):
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request):
        if not request.url.startswith(("file:", "blob:", "about:")):
            self.faults.append(f"request: {request.url[:200]}")


@pytest.fixture
def sight_of(browser, tmp_path):
    """Shows a report in a window of its own; afterwards nothing may have gone wrong."""
    contexts, sights = [], []

    def show(content, width=1600, height=950, **more):
        path = tmp_path / f"report{len(sights)}.html"
        path.write_bytes(content)
        context = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, **more
        )
        contexts.append(context)
        sights.append(Sight(context, path))
        return sights[-1]

    yield show
    faults = [fault for sight in sights for fault in sight.faults]
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="module")
def window(browser, made, tmp_path_factory):
    """One window with the demonstration's report, for all tests of a module."""
    path = tmp_path_factory.mktemp("window") / "report.html"
    path.write_bytes(made.content)
    context = browser.new_context(
        viewport={"width": 1600, "height": 950}, accept_downloads=True, color_scheme="light"
    )
    yield Sight(context, path)
    context.close()


@pytest.fixture
def sight(window):
    """The demonstration's report; nothing may go wrong in it."""
    yield window
    faults, window.faults = window.faults, []
    assert faults == []
