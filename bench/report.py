"""The HTML report of a large case: its size, how long it takes to write, to open and to use.

    python bench/report.py [--sessions 100000] [--seed 1]

Draws the tables of a case (`drawn_case`) with four events a session, writes its report and opens
it in Chromium, without a graphics processor. Neither drawing the case nor reading its tables is
measured; what the report reads by itself of events, sources and records is.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any, cast

from drawn_case import draw
from playwright.sync_api import sync_playwright

from graphsess.case import TABLES, Case
from graphsess.report.page import document

MB = 1_000_000
QUERIES = ("user:user0003", "ip:203.0.113.0/24 -outcome:failed", "srv01", "flag:takeover kind:rdp",
           "after:2026-03-20 before:2026-03-21", "user:*9 host:srv1 -kind:network")  # fmt: skip
TIMES = 5
"""How often each query is asked: other work on the machine must not count."""
FRAMES = """() => new Promise((done) => {
    const grid = document.querySelector('section[aria-label="Sessions"] .grid');
    const began = performance.now();
    let frames = 0;
    const step = (now) => {
        frames += 1;
        grid.scrollTop += 400;
        if (now - began < 2000) requestAnimationFrame(step);
        else done(frames / ((now - began) / 1000));
    };
    requestAnimationFrame(step);
})"""
MEASURED = """(name) => performance.getEntriesByType("measure")
    .filter((one) => one.name.startsWith(name)).map((one) => one.duration)"""


def main() -> None:
    """Draw, write, open, use; print what each took beside its goal."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--sessions", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        case = cast(Case, draw(Path(folder, "case"), given.sessions, given.seed))
        path = Path(folder, "report.html")
        for name in TABLES:
            case.table(name)
        size = f"{given.sessions:,} sessions, {4 * given.sessions:,} sources"
        print(f"{size}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        wall, cpu = time.perf_counter(), time.process_time()
        made = document.page(case, title="bench")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        path.write_bytes(made.content)
        tell("size", f"{len(made.content) / MB:.2f} MB", "6 MB")
        tell("written", f"{wall:.2f} s wall, {cpu:.2f} s CPU", "2 s on idle cores")
        tell("records as logged", f"{made.logged:,} of {made.events:,}", "what fits")
        use(path)


def use(path: Path) -> None:
    """Open the report and measure in the browser."""
    browser_path = os.environ.get("GRAPHSESS_BROWSER") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1600, "height": 950})
        opened = []
        for _ in range(3):
            page.goto("about:blank")
            page.goto(path.as_uri())
            page.wait_for_selector("html[data-ready=yes]", state="attached", timeout=60_000)
            opened.append(marks(page))
        best = min(opened, key=lambda one: one["painted"])
        tell("painted", f"{best['painted']:.0f} ms (of three)", "1,000 ms")
        tell("all unpacked", f"{best['ready']:.0f} ms", "-")
        page.evaluate("performance.clearMeasures()")
        for query in QUERIES * TIMES:
            page.fill("#query", query)
            page.keyboard.press("Enter")
            page.wait_for_timeout(200)
        took = page.evaluate(MEASURED, "filter")
        filters = sorted(min(took[at :: len(QUERIES)]) for at in range(len(QUERIES)))
        tell("filter", f"{filters[0]:.1f} to {filters[-1]:.1f} ms (best of {TIMES} each)", "20 ms")
        tell("filter, the first time", f"up to {max(took[: len(QUERIES)]):.1f} ms", "-")
        page.fill("#query", "")
        page.keyboard.press("Enter")
        for view in ("sessions", "timeline", "movement", "groups", "overview"):
            page.evaluate("(view) => { location.hash = `view=${view}`; }", view)
            page.wait_for_timeout(400)
            took = page.evaluate(MEASURED, f"view-{view}")
            tell(f"view {view}", f"{took[-1]:.0f} ms", "-")
        page.evaluate("location.hash = 'view=sessions&each=1'")
        page.wait_for_timeout(400)
        tell("scroll", f"{max(page.evaluate(FRAMES) for _ in range(TIMES)):.0f} frames/s", "50")
        before = time.perf_counter()
        page.locator('section[aria-label="Sessions"] .grid-row').first.click()
        page.wait_for_selector("aside .sources tbody tr", timeout=60_000)
        tell("first detail", f"{(time.perf_counter() - before) * 1000:.0f} ms", "-")
        browser.close()


def marks(page: Any) -> dict[str, float]:  # noqa: ANN401 - playwright's page
    """When the page's own marks were set, in milliseconds from the navigation on."""
    told = page.evaluate(
        "performance.getEntriesByType('mark').map((one) => [one.name, one.startTime])"
    )
    return dict(told)


def tell(what: str, took: str, goal: str) -> None:
    """One line of the table."""
    print(f"{what:20} {took:34} goal {goal}", flush=True)


if __name__ == "__main__":
    main()
