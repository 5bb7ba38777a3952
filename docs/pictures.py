"""The pictures of the README and the docs, made from the demonstration as anybody can build it.

    python docs/pictures.py            make them anew; needs Chromium

A picture shows what the program writes and nothing else. Fonts and so bytes differ from machine to
machine; what stands in them does not.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "pictures"
LARGEST = 150_000
"""Bytes of one picture."""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture.

    Attributes:
        name: Of its file, without suffix.
        shows: What the page is of: `report`, or the scope of a graph.
        hash: Where in the page.
        theme: `light` or `dark`.
        size: Of the window.
    """

    name: str
    shows: str
    hash: str = ""
    theme: str = "light"
    size: tuple[int, int] = (1060, 600)


PICTURES = (
    Picture("overview", "report", "view=overview"),
    Picture("timeline", "report", "view=timeline", "dark"),
    Picture("movement", "movement", size=(1280, 560)),
    Picture("user", "user:svc-backup", size=(1280, 560)),
)
"""Every picture, in the order of the docs."""


def main() -> None:
    """Make all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        pages = dict(_pages(Path(folder)))
        FOLDER.mkdir(exist_ok=True)
        _take(pages)


def _pages(folder: Path) -> Iterator[tuple[str, Path]]:
    """What each picture is taken of, as a file."""
    from graphsess.build import build
    from graphsess.case import Case
    from graphsess.graph.scopes import scope_of
    from graphsess.graph.views import view
    from graphsess.report.network.page import page as graph_page
    from graphsess.report.page.document import page as report_page
    from graphsess.synth.shipped import demo_evidence

    build([str(demo_evidence())], folder / "demo-case", jobs=1)
    case = Case.open(folder / "demo-case")
    for number, shows in enumerate(dict.fromkeys(picture.shows for picture in PICTURES)):
        if shows == "report":
            content = report_page(case, title="graphsess demo").content
        else:
            seen = view(case, scope_of(shows))
            content = graph_page(case, seen, zone=dt.UTC, zone_name="UTC").encode()
        path = folder / f"{number}.html"
        path.write_bytes(content)
        yield shows, path


def _take(pages: dict[str, Path]) -> None:
    from playwright.sync_api import sync_playwright

    program = os.environ.get("GRAPHSESS_BROWSER") or next(
        filter(None, map(shutil.which, _BROWSERS)), None
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in PICTURES:
            wide, high = picture.size
            page = browser.new_page(
                viewport={"width": wide, "height": high}, color_scheme=picture.theme
            )
            page.goto(f"{pages[picture.shows].as_uri()}#{picture.hash}")
            page.wait_for_selector("html[data-ready=yes]", state="attached")
            page.wait_for_timeout(500)
            file = FOLDER / f"{picture.name}.png"
            page.screenshot(path=file)
            size = file.stat().st_size
            sys.stdout.write(f"{file.name}: {size:,} bytes\n")
            if size > LARGEST:
                raise SystemExit(f"{file.name} is larger than {LARGEST:,} bytes")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
